"""A bordered box that other things are laid out in."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from inspector.ui.theme import Theme
from inspector.ui.widgets.paint import fill_box


class Card(QWidget):
    """A box with a 1 px line and round corners; the caller sets the layout."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, fill: str = "surface") -> None:
        super().__init__(parent)
        self._theme = theme
        self._fill = fill
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        radius = self._theme.radius("card")
        fill_box(painter, QRectF(self.rect()), radius, self._theme.color(self._fill), self._theme.tokens.borderStrong)
        painter.end()
