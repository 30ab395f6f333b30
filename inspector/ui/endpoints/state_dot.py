"""The dot that tells whether an endpoint receives."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from inspector.ui.theme import Theme


class StateDot(QWidget):
    """The state of the endpoint: a green dot while it receives, an amber one while it is paused."""

    def __init__(self, theme: Theme, paused: bool) -> None:
        super().__init__()
        self._theme = theme
        self._paused = paused
        self.setFixedSize(14, 14)
        self.setAccessibleName("Paused" if paused else "Receiving")

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.warnBg if self._paused else tokens.passBg)
        painter.drawEllipse(0, 0, 14, 14)
        painter.setBrush(tokens.warnSolid if self._paused else tokens.passSolid)
        painter.drawEllipse(3, 3, 8, 8)
        painter.end()
