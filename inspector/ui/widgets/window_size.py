"""How large a window is at first and at least: larger text needs more of both, as far as the screen has room."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSize
from PySide6.QtWidgets import QWidget

from inspector.ui.theme import Theme

FRAME_PX = 40
"""What a title bar takes from the height of a screen."""


def scaled(theme: Theme, pixels: int) -> int:
    """Return a width or height that belongs to text, as the text size wants it."""
    return round(pixels * max(1.0, theme.text_scale))


class WindowSize(QObject):
    """Gives a window its size, and keeps its smallest size in step with the text; the window keeps it alive.

    Both sizes are those at a text size of 100 %.
    """

    def __init__(self, window: QWidget, theme: Theme, size: QSize, smallest: QSize) -> None:
        super().__init__(window)
        self._window, self._theme, self._smallest = window, theme, smallest
        self._fit()
        window.resize(self._scaled(size))
        theme.changed.connect(self._fit)

    def _fit(self) -> None:
        self._window.setMinimumSize(self._scaled(self._smallest))

    def _scaled(self, size: QSize) -> QSize:
        room = self._window.screen().availableSize()
        wanted = size * max(1.0, self._theme.text_scale)
        return QSize(
            max(size.width(), min(wanted.width(), room.width())),
            max(size.height(), min(wanted.height(), room.height() - FRAME_PX)),
        )
