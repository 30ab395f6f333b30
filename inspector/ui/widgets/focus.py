"""The focus ring: 2 px, and only after the keyboard moved the focus."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QColor, QFocusEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

RING_PX = 2

_KEYBOARD_REASONS = frozenset(
    {
        Qt.FocusReason.TabFocusReason,
        Qt.FocusReason.BacktabFocusReason,
        Qt.FocusReason.ShortcutFocusReason,
    }
)


class FocusWatch(QObject):
    """Knows whether a widget got its focus by the keyboard, and repaints it when that changes.

    A key pressed in a widget that was clicked shows the ring too: from then on the keyboard is what steers.
    """

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self._widget = widget
        self._by_keyboard = False
        widget.installEventFilter(self)

    @property
    def visible(self) -> bool:
        """Whether the ring is to be painted now."""
        return self._by_keyboard and self._widget.hasFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind is QEvent.Type.FocusIn and isinstance(event, QFocusEvent):
            # A window that comes back to the front gives the focus back for the reason it was there before.
            if event.reason() is not Qt.FocusReason.ActiveWindowFocusReason:
                self._show(event.reason() in _KEYBOARD_REASONS)
        elif kind is QEvent.Type.KeyPress:
            self._show(True)
        elif kind is QEvent.Type.MouseButtonPress:
            self._show(False)
        return super().eventFilter(watched, event)

    def _show(self, by_keyboard: bool) -> None:
        if by_keyboard != self._by_keyboard:
            self._by_keyboard = by_keyboard
            self._widget.update()


def paint_ring(painter: QPainter, rect: QRectF, radius: float, color: QColor) -> None:
    """Paint the ring just inside a rectangle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(color, RING_PX))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inset = RING_PX / 2
    painter.drawRoundedRect(rect.adjusted(inset, inset, -inset, -inset), radius - inset, radius - inset)
    painter.restore()
