"""The ground of all charts: axes, the rule that follows pointer and keys, the tip, and what a screen reader hears.

Why the charts are our own painting and no library's (tried on Linux, 2 cores, Python 3.11, PySide6 6.11.3):

- pyqtgraph 0.14 needs numpy and colorama: 83 MB more on disk (18.8 MB of wheels) beside the essential part of Qt that
  this program ships; 0.44 s to import, four times what Qt's widgets take; 52 MiB more memory before anything is drawn.
- QtCharts and QtGraphs are not in PySide6-Essentials. PySide6-Addons is a wheel of 175 MB, 422 MB unpacked, and
  both are GPL or commercial where the rest is LGPL. Charts alone is 3.3 MB, Graphs 4.3 MB with 7 MB of Quick3D.
- All three draw on a canvas of their own (QGraphicsView, Quick): a figure has no accessible text and no keyboard there,
  labels do not follow our fonts and 1 px lines, and a failed part of at least 2 px cannot be asked for.

What is left is small: some rectangles and lines, painted once for new data into a pixmap; what moves under the pointer
is painted over it.
"""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import faded
from inspector.ui.widgets.announce import announce
from inspector.ui.widgets.chart_data import ChartData
from inspector.ui.widgets.chart_scale import parts_for
from inspector.ui.widgets.chart_tip import paint_tip
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.paint import baseline, draw_text, text_width

_LEFT_PX = 46
_RIGHT_PX = 15
_EDGE_PX = 14
_LABEL_GAP_PX = 9
_FOOT_PX = 25
_TIME_GAP_PX = 28
_PAGE_STEP = 10
_DASH = (5.0, 2.0)
_DASH_PX = 1.2
_LIMIT_TEXT_PX = 11
_LIMIT_GAP_PX = 6
_NEAR_PX = 4
_MESSAGE_PX = 10

_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -_PAGE_STEP, Qt.Key.Key_PageDown: _PAGE_STEP}


class Chart(QWidget):
    """A chart over time. Left and Right, Home and End move the rule, Enter chooses its bar, Escape takes it away.

    Signals:
        chosen(int): a bar was clicked, or Enter pressed on it.
        ruled(int): the rule stands at another bar now, -1 for nowhere.
        menu_requested(QPoint): show the chart's menu at this place of the screen.
    """

    chosen = Signal(int)
    ruled = Signal(int)
    menu_requested = Signal(object)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None, *, top_px: int = 14) -> None:
        super().__init__(parent)
        self._theme = theme
        self._top_px = top_px
        self.data = ChartData()
        self.rule = -1
        self._shows_tip = False
        self._left_px = float(_LEFT_PX)
        self._drawn: QPixmap | None = None
        self._ring = FocusWatch(self)
        self.setAccessibleName(name)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme.changed.connect(self._redraw)

    def set_data(self, data: ChartData) -> None:
        """Show other figures; the rule stays at its bar."""
        self.data = data
        self.setAccessibleDescription(data.summary)
        if self.rule >= data.bars:
            self.put_rule(-1)
        self._redraw()

    def set_rule(self, place: int) -> None:
        """Put the rule at a bar without a tip, as another chart beside this one has it; -1 takes it away."""
        if not self._shows_tip and place != self.rule and place < self.data.bars:
            self.rule = place
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, self._theme.size("keyValueRow") * 6)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 100)

    # -- geometry -----------------------------------------------------------------------------------------------

    @property
    def plot(self) -> QRectF:
        """Where bars and lines are."""
        foot = max(_FOOT_PX, self._theme.font("badge").pixelSize() + 14)
        right = self.width() - _RIGHT_PX
        top = max(self._top_px, math.ceil(QFontMetricsF(self._axis_font()).capHeight() / 2))
        return QRectF(self._left_px, top, right - self._left_px, self.height() - top - foot)

    def x_of(self, place: int) -> float:
        """Return where a bar's middle, or a line's point, stands."""
        raise NotImplementedError

    def place_at(self, x: float) -> int:
        """Return the bar nearest to a place."""
        raise NotImplementedError

    def y_of(self, value: float) -> float:
        """Return how high a value stands."""
        plot = self.plot
        return plot.bottom() - plot.height() * self.data.scale.share(value)

    # -- the rule -----------------------------------------------------------------------------------------------

    def put_rule(self, place: int, *, spoken: bool = False) -> None:
        """Put the rule with its tip at a bar, -1 takes it away; `spoken` has the tip read out."""
        place = min(place, self.data.bars - 1)
        self._shows_tip = place >= 0
        if place != self.rule:
            self.rule = place
            self.ruled.emit(place)
        if place >= 0 and spoken:
            announce(self, self.data.tip(place).spoken, at_once=True)
        self.update()

    def _place_under(self, event: QMouseEvent) -> int:
        x, plot = event.position().x(), self.plot
        inside = plot.left() - _NEAR_PX <= x <= plot.right() + _NEAR_PX and self.data.bars > 0
        return self.place_at(x) if inside else -1

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        place = self._place_under(event)
        self.setCursor(Qt.CursorShape.PointingHandCursor if place >= 0 else Qt.CursorShape.ArrowCursor)
        self.put_rule(place)

    def leaveEvent(self, event: object) -> None:
        if not self._ring.visible:
            self.put_rule(-1)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.underMouse() and event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.put_rule(-1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        place = self._place_under(event)
        if (
            event.button() is Qt.MouseButton.LeftButton
            and place >= 0
            and self.rect().contains(event.position().toPoint())
        ):
            self.chosen.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, last = event.key(), self.data.bars - 1
        if last < 0 or event.modifiers() & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier):
            super().keyPressEvent(event)
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif key in _STEPS:
            step = _STEPS[Qt.Key(key)]
            self.put_rule(min(max(self.rule + step, 0), last) if self.rule >= 0 else last, spoken=True)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self.put_rule(0 if key == Qt.Key.Key_Home else last, spoken=True)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.rule >= 0:
            self.chosen.emit(self.rule)
        elif key == Qt.Key.Key_Escape and self.rule >= 0:
            self.put_rule(-1)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menu_requested.emit(event.globalPos())

    def copy(self) -> None:
        """Copy the figures as a table: a line for each bar, tabs between the columns."""
        table = (self.data.columns, *self.data.rows())
        QGuiApplication.clipboard().setText("\n".join("\t".join(row) for row in table))

    def _axis_font(self) -> QFont:
        font = QFont(self._theme.font("badge", numbers=True))
        font.setWeight(QFont.Weight.Normal)
        return font

    # -- painting -----------------------------------------------------------------------------------------------

    def _redraw(self) -> None:
        font = self._axis_font()
        widest = max((text_width(words, font) for _value, words in self.data.scale.ticks), default=0)
        self._left_px = float(max(_LEFT_PX, _EDGE_PX + widest + _LABEL_GAP_PX))
        self._drawn = None
        self.updateGeometry()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._drawn = None

    def prepare(self) -> QPixmap:
        """Draw the figures now, so that the next paint event, which paints all charts in one go, stays short."""
        ratio = self.devicePixelRatioF()
        if self._drawn is None or self._drawn.devicePixelRatio() != ratio:
            self._drawn = self._draw(ratio)
        return self._drawn

    def paintEvent(self, _event: QPaintEvent) -> None:
        drawn = self.prepare()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, drawn)
        if 0 <= self.rule < self.data.bars:
            self._paint_rule(painter)
        if self._ring.visible:
            paint_ring(painter, QRectF(self.rect()).adjusted(3, 0, -3, -3), 6, self._theme.tokens.focus)
        painter.end()

    def _draw(self, ratio: float) -> QPixmap:
        pixmap = QPixmap(round(self.width() * ratio), round(self.height() * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        self._draw_axes(painter)
        self.draw_figures(painter)
        for limit in self.data.limits:
            self._draw_limit(painter, limit.value, limit.words, limit.color)
        if self.data.message:
            self._draw_message(painter)
        painter.end()
        return pixmap

    def draw_figures(self, painter: QPainter) -> None:
        """Paint bars or lines."""
        raise NotImplementedError

    def _draw_message(self, painter: QPainter) -> None:
        """Write why there are no figures, on a ground that covers the lines behind."""
        tokens, middle = self._theme.tokens, self.plot.center()
        lines = [(self.data.message, self._theme.font("label"), tokens.text2)]
        if self.data.hint:
            lines.append((self.data.hint, self._theme.font("small"), tokens.text3))
        row = self._theme.font("body").pixelSize() + 8
        wide = max(text_width(words, font) for words, font, _ink in lines) + 2 * _MESSAGE_PX
        box = QRectF(round(middle.x() - wide / 2), round(middle.y() - row * len(lines) / 2), wide, row * len(lines))
        painter.fillRect(box, tokens.surface)
        line = QRectF(box.left(), box.top(), box.width(), row)
        for words, font, ink in lines:
            draw_text(painter, line, words, font, ink, align=Qt.AlignmentFlag.AlignHCenter)
            line.translate(0, row)

    def _draw_axes(self, painter: QPainter) -> None:
        tokens, plot, font = self._theme.tokens, self.plot, self._axis_font()
        for value, words in self.data.scale.ticks:
            y = round(self.y_of(value))
            painter.fillRect(QRectF(plot.left(), y, plot.width(), 1), tokens.grid)
            left = plot.left() - _LABEL_GAP_PX
            room = QRectF(0, y - 10, left, 20)
            draw_text(painter, room, words, font, tokens.text3, align=Qt.AlignmentFlag.AlignRight)
        if not self.data.bars:
            return
        widest = max(text_width(self.data.times(place), font) for place in (0, self.data.bars))
        parts = parts_for(self.data.bars, int(plot.width() // (widest + _TIME_GAP_PX)))
        line = QRectF(0, plot.bottom() + 2, self.width(), 20)
        for part in range(parts + 1):
            words = self.data.times(self.data.bars * part // parts)
            wide = text_width(words, font)
            x = plot.left() + plot.width() * part / parts - wide / 2
            line.setLeft(min(max(x, plot.left()), plot.right() - wide))
            draw_text(painter, line, words, font, tokens.text3)

    def _draw_limit(self, painter: QPainter, value: float, words: str, color: str) -> None:
        """Draw a dashed line whose words stand in a gap near its start."""
        plot, ink, font = self.plot, self._theme.color(color), self._theme.font("badge")
        y = round(self.y_of(value)) + 0.5
        painter.setPen(QPen(ink, _DASH_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.left() + 6, y))
        left = plot.left() + _LIMIT_TEXT_PX
        painter.setFont(font)
        painter.drawText(QPointF(left, baseline(QRectF(0, y - 10, 1, 20), font)), words)
        pen = QPen(ink, _DASH_PX, Qt.PenStyle.CustomDashLine, Qt.PenCapStyle.FlatCap)
        pen.setDashPattern(_DASH)
        painter.setPen(pen)
        start = left + text_width(words, font) + _LIMIT_GAP_PX
        painter.drawLine(QPointF(start, y), QPointF(plot.right(), y))

    def _paint_rule(self, painter: QPainter) -> None:
        tokens, plot, x = self._theme.tokens, self.plot, self.x_of(self.rule)
        painter.fillRect(QRectF(round(x), plot.top() - 4, 1, plot.height() + 4), faded(tokens.text2, 0.7))
        self.paint_points(painter, x)
        if self._shows_tip:
            paint_tip(painter, self._theme, self.data.tip(self.rule), x, QRectF(self.rect()), plot)

    def paint_points(self, painter: QPainter, x: float) -> None:
        """Mark what the rule meets; bars need no mark."""
