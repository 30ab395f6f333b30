"""The rate bars of the status bar: one bar a second, the newest at the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.ui.theme import Theme

SLOTS = 32
_PITCH_PX = 4
_BAR_PX = 3
_HEIGHT_PX = 12


class RateBars(QWidget):
    """Up to `slots` values as bars whose tallest fills the height; nothing received still shows a 1 px line."""

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, slots: int = SLOTS) -> None:
        super().__init__(parent)
        self._theme = theme
        self._slots = slots
        self._values: tuple[float, ...] = ()
        self.setAccessibleName("Events per second")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    @property
    def values(self) -> tuple[float, ...]:
        """What is shown, the oldest first."""
        return self._values

    def set_values(self, values: Sequence[float]) -> None:
        """Show these values, the oldest first; only the last `slots` are kept."""
        kept = tuple(values[-self._slots :])
        if kept != self._values:
            self._values = kept
            highest = max(kept, default=0.0)
            self.setAccessibleDescription(f"now {kept[-1]:g}, highest {highest:g}" if kept else "")
            self.update()

    def bar_heights(self) -> list[int]:
        """Return each bar's height in pixels, at least 1."""
        padded = (0.0,) * (self._slots - len(self._values)) + self._values
        highest = max(padded, default=0.0)
        return [max(1, round(value / highest * _HEIGHT_PX)) if highest > 0 else 1 for value in padded]

    def sizeHint(self) -> QSize:
        return QSize(self._slots * _PITCH_PX, _HEIGHT_PX)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        color = self._theme.tokens.chart
        for slot, height in enumerate(self.bar_heights()):
            painter.fillRect(QRectF(slot * _PITCH_PX, self.height() - height, _BAR_PX, height), color)
        painter.end()
