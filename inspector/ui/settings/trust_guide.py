"""How to make a system trust the local authority: a choice, the words, and commands to copy."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from inspector.receiver.trust import TRUST, distribution, usual_here
from inspector.ui.detail.copy_button import CopyButton
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import css
from inspector.ui.widgets.fields import ComboBox
from inspector.ui.widgets.labels import Label


class TrustGuide(QWidget):
    """One way at a time; `file` is the certificate to trust, `port` the HTTPS port."""

    def __init__(self, theme: Theme, icons: Icons, file: Path, port: int) -> None:
        super().__init__()
        self._theme = theme
        self._file, self._port = file, port
        self.systems = ComboBox(theme, icons, name="System or program that has to trust it")
        for way in TRUST:
            self.systems.addItem(way.name, way.key)
        self.words = Label(theme, font="small", color="text2", wrap=True)
        self.commands = Label(theme, font="mono", wrap=True)
        self.commands.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.note = Label(theme, font="small", color="text3", wrap=True)
        self._box = QFrame()
        self._box.setObjectName("commands")
        inner = QHBoxLayout(self._box)
        inner.setContentsMargins(10, 8, 6, 8)
        inner.addWidget(self.commands, 1)
        self.copy = CopyButton(theme, icons, "Copy commands")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.commands.text()))
        inner.addWidget(self.copy, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        line = QHBoxLayout()
        line.addWidget(self.systems)
        line.addStretch(1)
        column.addLayout(line)
        for part in (self.words, self._box, self.note):
            column.addWidget(part)
        self.systems.currentIndexChanged.connect(self._show)
        theme.changed.connect(self._dress)
        self.systems.setCurrentIndex(self.systems.findData(usual_here(sys.platform, distribution())))
        self._show()
        self._dress()

    def set_port(self, port: int) -> None:
        """Name another port in the commands."""
        self._port = port
        self._show()

    def _show(self) -> None:
        way = next(way for way in TRUST if way.key == self.systems.currentData())
        commands = way.commands_for(self._file, self._port)
        self.words.setText(way.words)
        self.commands.setText(commands)
        self._box.setVisible(bool(commands))
        self.note.setText(way.note)
        self.note.setVisible(bool(way.note))

    def _dress(self) -> None:
        tokens = self._theme.tokens
        self._box.setStyleSheet(
            f"QFrame#commands {{ background: {css(tokens.subtle)}; border: 1px solid {css(tokens.border)};"
            " border-radius: 6px; }"
        )
