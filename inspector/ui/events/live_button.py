"""The switch that says whether the list follows or stands still."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import ButtonLook, ThemedButton
from inspector.ui.widgets.marks import paint_dot
from inspector.ui.widgets.paint import draw_text, text_width

_LOOK = ButtonLook("text", padding_px=8)
_MARK_PX = 14
_GAP_PX = 5
_DOT_PX = 7.0


class LiveButton(ThemedButton):
    """A green dot and Live, or amber bars and Held; `set_short` leaves the mark alone."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(theme, icons, "Live", "", parent, look=_LOOK, size_name="controlSmall")
        self._held = False
        self._short = False
        self.set_held(False)

    def set_held(self, held: bool) -> None:
        """Show which of the two it is."""
        self._held = held
        self.setText("Held" if held else "Live")
        self.setAccessibleName("List is held" if held else "List is live")
        self.setAccessibleDescription("Follow new events" if held else "Hold the list")
        self.setToolTip("Back to the newest event (L)" if held else "Hold the list where it is (L)")
        self.updateGeometry()

    def set_short(self, short: bool) -> None:
        """Leave out the word."""
        self._short = short
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        height = self._theme.size("controlSmall")
        if self._short:
            return QSize(max(24, height), height)
        # Room for the longer of both words, so that nothing beside it moves when the list is held.
        word = max(text_width(text, self._theme.font("label")) for text in ("Live", "Held"))
        return QSize(2 * self._look.padding_px + _MARK_PX + _GAP_PX + word, height)

    def _paint_content(self, painter: QPainter, rect: QRectF, _ink: QColor) -> None:
        tokens = self._theme.tokens
        x = (rect.width() - _MARK_PX) / 2 if self._short else float(self._look.padding_px)
        middle = QPointF(x + _MARK_PX / 2, rect.center().y())
        if self._held:
            y = round(middle.y() - _MARK_PX / 2)
            self._icons.paint(painter, "pause", tokens.warnFg, x, y, _MARK_PX)
        else:
            paint_dot(painter, middle, tokens.passSolid, _DOT_PX, halo=True)
        if not self._short:
            room = rect.adjusted(x + _MARK_PX + _GAP_PX, 0, 0, 0)
            ink = tokens.warnFg if self._held else tokens.text
            draw_text(painter, room, self.text(), self._theme.font("label"), ink)
