"""The pill that floats over a held list and says how many events came since."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.paint import draw_text, fill_box, text_width

_HEIGHT_PX = 30
_ICON_PX = 14
_LEFT_PX = 13
_GAP_PX = 7
_RIGHT_PX = 21
_SHADOW_PX = 3
_SHADOW = QColor(16, 20, 28, 20)


class NewEventsPill(QAbstractButton):
    """A click returns to the newest event; the keyboard does it with Home or L, so the pill takes no focus."""

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._arrow = "arrow-up"
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Back to the newest event (Home)")
        self.hide()
        theme.changed.connect(self._fit)

    def show_count(self, count: int, *, at_bottom: bool = False) -> None:
        """Show how many events wait, or nothing when none do."""
        text = f"{grouped(count)} new event{'' if count == 1 else 's'}"
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(f"{text}, back to the newest")
            self._fit()
        self._arrow = "arrow-down" if at_bottom else "arrow-up"
        self.setVisible(count > 0)

    def _fit(self) -> None:
        self.resize(self.sizeHint())
        self.update()

    def _words_font(self) -> QFont:
        font = QFont(self._theme.font("small", numbers=True))
        font.setWeight(QFont.Weight.DemiBold)
        return font

    def sizeHint(self) -> QSize:
        text = text_width(self.text(), self._words_font())
        width = _LEFT_PX + _ICON_PX + _GAP_PX + text + _RIGHT_PX
        return QSize(width + 2 * _SHADOW_PX, _HEIGHT_PX + 2 * _SHADOW_PX)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._theme.tokens
        painter = QPainter(self)
        body = QRectF(_SHADOW_PX, _SHADOW_PX, self.width() - 2 * _SHADOW_PX, self.height() - 2 * _SHADOW_PX)
        for spread in range(_SHADOW_PX, 0, -1):
            halo = body.adjusted(-spread, 1 - spread, spread, spread)
            fill_box(painter, halo, halo.height() / 2, _SHADOW)
        fill = tokens.accentHover if self.underMouse() or self.isDown() else tokens.accentFill
        fill_box(painter, body, body.height() / 2, fill)
        x = body.left() + _LEFT_PX
        y = body.top() + (body.height() - _ICON_PX) / 2
        self._icons.paint(painter, self._arrow, tokens.onAccent, x, y, _ICON_PX)
        room = body.adjusted(_LEFT_PX + _ICON_PX + _GAP_PX, 0, -4, 0)
        draw_text(painter, room, self.text(), self._words_font(), tokens.onAccent)
        painter.end()
