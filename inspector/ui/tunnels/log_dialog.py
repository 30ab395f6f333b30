"""The tunnel's log: what the helper program or the server said, and when nothing could arrive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QVBoxLayout, QWidget

from inspector.tunnels.journal import KEPT
from inspector.tunnels.state import LogLine, TunnelState
from inspector.tunnels.tunnels import Tunnels
from inspector.ui.dialogs.base import PADDING_PX, Footer
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.tunnels.words import menu_caption, outage_words
from inspector.ui.widgets.buttons import PrimaryButton, SecondaryButton
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.window_size import WindowSize

SIZE = QSize(760, 480)
SMALLEST = QSize(480, 320)
OUTAGES = 4


class TunnelLogDialog(QDialog):
    """Follows the tunnel while it is open; the newest line is at the bottom."""

    def __init__(self, theme: Theme, icons: Icons, tunnels: Tunnels, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._theme, self._tunnels = theme, tunnels
        self.setWindowTitle("Tunnel log")
        WindowSize(self, theme, SIZE, SMALLEST)
        self.heading = Label(theme, "", font="title", wrap=True)
        self.address = Label(theme, "", color="text2", wrap=True)
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.outages = Label(theme, "", font="small", color="warnFg", wrap=True)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setAccessibleName("Tunnel log")
        self.text.setMaximumBlockCount(KEPT)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        body = QVBoxLayout()
        body.setContentsMargins(PADDING_PX, PADDING_PX, PADDING_PX, 12)
        body.setSpacing(6)
        for label in (self.heading, self.address, self.outages):
            body.addWidget(label)
        body.addSpacing(4)
        body.addWidget(self.text, 1)
        copy = SecondaryButton(theme, icons, "Copy log", "copy")
        copy.clicked.connect(self.copy)
        close = PrimaryButton(theme, icons, "Close")
        close.clicked.connect(self.accept)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(body, 1)
        outer.addWidget(Footer(theme, [close], copy))
        self._fit_font()
        theme.changed.connect(self._fit_font)
        leave = (tunnels.changed.subscribe(self._show_state), tunnels.journal.added.subscribe(self._add))
        self.destroyed.connect(partial(_end, leave))
        self.text.setPlainText("\n".join(_line(line) for line in tunnels.log))
        self._to_end()
        self._show_state(tunnels.state)

    def copy(self) -> None:
        """Copy every line."""
        QGuiApplication.clipboard().setText("\n".join(_line(line) for line in self._tunnels.log))

    def _fit_font(self) -> None:
        self.text.setFont(self._theme.font("monoSmall"))

    def _show_state(self, state: TunnelState) -> None:
        now = datetime.now(UTC)
        self.heading.setText(menu_caption(state, now) if state.wanted else "No tunnel")
        why = str(state.error) if state.error is not None else state.note
        self.address.setText("\n".join(part for part in (state.public_url, why) if part))
        self.address.setVisible(bool(self.address.text()))
        newest = reversed(self._tunnels.outages()[-OUTAGES:])
        self.outages.setText("\n".join(outage_words(outage, now) for outage in newest))
        self.outages.setVisible(bool(self.outages.text()))

    def _add(self, line: LogLine) -> None:
        bar = self.text.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 4
        self.text.appendPlainText(_line(line))
        if follows:
            self._to_end()

    def _to_end(self) -> None:
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.maximum())


def _line(line: LogLine) -> str:
    return f"{line.at.astimezone():%H:%M:%S}  {line.text}"


def _end(leave: tuple[Callable[[], None], ...], *_gone: object) -> None:
    for unsubscribe in leave:
        unsubscribe()
