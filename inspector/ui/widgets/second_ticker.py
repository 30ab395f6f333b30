"""Tells a widget once a second that time went on, while there is somebody to see it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

TICK_MS = 1000


class SecondTicker(QObject):
    """Calls `tell` once a second while it is on and its widget is on screen; a minimised window hears nothing.

    A widget that comes back into view is told at once, since what it shows is old.
    """

    def __init__(self, widget: QWidget, tell: Callable[[], None]) -> None:
        super().__init__(widget)
        self._widget = widget
        self._tell = tell
        self._on = False
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        widget.installEventFilter(self)

    @property
    def runs(self) -> bool:
        """Whether the widget will be told within a second."""
        return self._timer.isActive()

    def set_on(self, on: bool) -> None:
        """Begin or end telling."""
        self._on = on
        self._fit()

    def _fit(self) -> None:
        wanted = self._on and self._widget.isVisible()
        if wanted and not self._timer.isActive():
            self._timer.start()
        elif not wanted:
            self._timer.stop()

    def _tick(self) -> None:
        if not self._widget.window().isMinimized():
            self._tell()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind in (QEvent.Type.Show, QEvent.Type.Hide):
            self._fit()
            if kind == QEvent.Type.Show and self._on:
                self._tell()
        return super().eventFilter(watched, event)
