"""What stands in a view while its content is being read: nothing at first, then grey bars, then a way to stop."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import SecondaryButton
from inspector.ui.widgets.paint import fill_box

BARS_AFTER_MS = 100
CANCEL_AFTER_MS = 2000
_BARS = ((0, 90, 120), (0, 110, 170), (0, 80, 90), (18, 100, 140), (18, 70, 200), (36, 60, 110), (0, 95, 150))
_ROW_PX = 26
_BAR_PX = 8
_VALUE_LEFT_PX = 158


class Waiting(QWidget):
    """Grey bars in the rhythm of rows after 100 ms, and Cancel after 2 s.

    Signals:
        cancelled: the user does not want to wait.
    """

    cancelled = Signal()

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bars = False
        self.setAccessibleName("Reading the body")
        self.cancel_button = SecondaryButton(theme, icons, "Cancel", "x", self)
        self.cancel_button.clicked.connect(self.cancelled)
        self._bars_clock = self._single_shot(BARS_AFTER_MS, self._show_bars)
        self._cancel_clock = self._single_shot(CANCEL_AFTER_MS, self.cancel_button.show)
        column = QVBoxLayout(self)
        column.addSpacing(_ROW_PX * (len(_BARS) + 1))
        column.addWidget(self.cancel_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        theme.changed.connect(self.update)

    def begin(self) -> None:
        """Start the clocks anew."""
        self._bars = False
        self.cancel_button.hide()
        self._bars_clock.start()
        self._cancel_clock.start()

    def end(self) -> None:
        """Stop the clocks."""
        self._bars_clock.stop()
        self._cancel_clock.stop()

    def _single_shot(self, after_ms: int, slot: object) -> QTimer:
        clock = QTimer(self)
        clock.setSingleShot(True)
        clock.setInterval(after_ms)
        clock.timeout.connect(slot)
        return clock

    def _show_bars(self) -> None:
        self._bars = True
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._bars:
            return
        painter = QPainter(self)
        for row, (left, name, value) in enumerate(_BARS):
            y = row * _ROW_PX + (_ROW_PX - _BAR_PX) / 2
            for x, width in ((28 + left, name), (8 + _VALUE_LEFT_PX, value)):
                fill_box(painter, QRectF(x, y, width, _BAR_PX), _BAR_PX / 2, self._theme.tokens.neutBg)
        painter.end()
