"""A dialog that is awaited: it opens, the loop goes on, the answer comes as a value."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QPushButton, QVBoxLayout, QWidget

from inspector.ui.dialogs.scrim import Dimmer
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.labels import Label

PADDING_PX = 20


async def shown(dialog: QDialog) -> bool:
    """Open a dialog over its window and wait until it closes; True where it was accepted.

    `exec()` would run a loop inside the loop and stop the receiver.
    """
    closed: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def finish(result: int) -> None:
        if not closed.done():
            closed.set_result(result == QDialog.DialogCode.Accepted)

    dialog.finished.connect(finish)
    dialog.open()
    try:
        return await closed
    finally:
        dialog.deleteLater()


class Footer(QWidget):
    """The bar under a dialog: a quiet note or a dangerous button on the left, the answers on the right."""

    def __init__(self, theme: Theme, right: Sequence[QPushButton], left: QWidget | None = None) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedHeight(theme.size("dialogFooter"))
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(8)
        if left is not None:
            row.addWidget(left)
        row.addStretch(1)
        for button in right:
            row.addWidget(button)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.tokens.subtle)
        painter.fillRect(0, 0, self.width(), 1, self._theme.tokens.border)
        painter.end()


class PlainDialog(QDialog):
    """A window-modal dialog with a heading, a body and a footer."""

    def __init__(self, theme: Theme, icons: Icons, title: str, parent: QWidget | None, *, heading: str = "") -> None:
        super().__init__(parent)
        self.theme = theme
        self.icons = icons
        self.setWindowTitle(title)
        self.setWindowModality(Qt.WindowModality.WindowModal)
        self._dimmer = Dimmer(theme, self)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._outer.setSpacing(0)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(PADDING_PX, PADDING_PX, PADDING_PX, PADDING_PX)
        self.body.setSpacing(10)
        if heading:
            self.body.addWidget(Label(theme, heading, font="title", wrap=True))
        self._outer.addLayout(self.body)

    def set_footer(self, right: Sequence[QPushButton], left: QWidget | None = None) -> None:
        """Put the bar with the buttons under the body."""
        self._outer.addWidget(Footer(self.theme, right, left))

    def fit(self, width_px: int) -> None:
        """Give the dialog a width and the height its text needs at that width."""
        self.setMinimumWidth(width_px)
        self._outer.setSizeConstraint(QLayout.SizeConstraint.SetMinimumSize)
        self.resize(width_px, self._outer.totalHeightForWidth(width_px))
