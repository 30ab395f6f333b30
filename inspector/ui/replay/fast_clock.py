"""The fast clock's drawing: a lane an event, its tries over days, the span the handler is down, and where it is now."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip, QWidget

from inspector.replay.rehearsal import Down, Lane, Picture, VirtualTry
from inspector.ui.detail.sizes import spell_number
from inspector.ui.icons import Icons
from inspector.ui.replay.fast_clock_words import moment_words, standing_words, ticks_of, try_words
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import faded
from inspector.ui.widgets.badges import duration
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.marks import paint_mark
from inspector.ui.widgets.paint import draw_text, fill_box, text_width

LANE_PX = 34
AXIS_PX = 30
LEFT_PX = 92
RIGHT_PX = 196
BAR = QSize(4, 14)
DENSE_PX = 5
DENSE_SHARE = 0.25
"""Tries that would cover more than this share of a lane are painted as a thin band."""

NEAR_PX = 7
SNAP = 200
"""A span drawn by hand begins and ends at one of so many places."""

_DOWN_SHARE = 0.75
_GAP_PX = 12


class FastClock(QAbstractScrollArea):
    """The drawing; the lines under it say the same in words.

    Signals:
        down_drawn(float, float): a span was drawn with the pointer, in seconds from the start.
    """

    down_drawn = Signal(float, float)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self.picture = Picture(0.0, 1.0, ())
        self.downs: tuple[Down, ...] = ()
        self._editable = True
        self._drawn_from: float | None = None
        self._ring = FocusWatch(self)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Tries over time")
        self.setAccessibleDescription("The lines below tell the same in words")
        self.verticalScrollBar().setSingleStep(LANE_PX)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)
        theme.changed.connect(self.viewport().update)

    def sizeHint(self) -> QSize:
        return QSize(700, AXIS_PX + 5 * LANE_PX)

    def show_picture(self, picture: Picture) -> None:
        """Show how far a rehearsal is."""
        self.picture = picture
        self._fit()
        self.viewport().update()

    def set_downs(self, downs: tuple[Down, ...]) -> None:
        """Show when the handler is down."""
        self.downs = downs
        self.viewport().update()

    def set_editable(self, editable: bool) -> None:
        """Let a span be drawn, or not while it runs."""
        self._editable = editable
        self.viewport().setCursor(Qt.CursorShape.CrossCursor if editable else Qt.CursorShape.ArrowCursor)

    def x_of(self, seconds: float) -> float:
        """Return where a moment is."""
        return LEFT_PX + self._room() * min(max(seconds / self.picture.span_s, 0.0), 1.0)

    def seconds_at(self, x: float) -> float:
        """Return the moment at a place."""
        return min(max((x - LEFT_PX) / self._room(), 0.0), 1.0) * self.picture.span_s

    def _room(self) -> float:
        return max(self.viewport().width() - LEFT_PX - RIGHT_PX, 1)

    def _fit(self) -> None:
        room = self.viewport().height() - AXIS_PX
        self.verticalScrollBar().setPageStep(max(room, 1))
        self.verticalScrollBar().setRange(0, max(0, len(self.picture.lanes) * LANE_PX - room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    # -- pointing -----------------------------------------------------------------------------------------------

    def try_at(self, position: QPointF) -> tuple[Lane, VirtualTry] | None:
        """Return the try nearest to a point, None where none is near."""
        place = int((position.y() - AXIS_PX + self.verticalScrollBar().value()) // LANE_PX)
        if position.y() < AXIS_PX or not 0 <= place < len(self.picture.lanes):
            return None
        lane = self.picture.lanes[place]
        best = min(lane.tries, key=lambda one: abs(self.x_of(one.at_s) - position.x()), default=None)
        if best is None or abs(self.x_of(best.at_s) - position.x()) > NEAR_PX:
            return None
        return lane, best

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            found = self.try_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), tip_of(*found) if found is not None else "", self)
            return True
        if event.type() is QEvent.Type.Paint and isinstance(event, QPaintEvent):
            self._paint()
            return True
        return super().viewportEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._editable and event.button() is Qt.MouseButton.LeftButton and event.position().x() >= LEFT_PX:
            self._drawn_from = self._snapped(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drawn_from is None:
            return
        from_s, until_s = sorted((self._drawn_from, self._snapped(event.position().x())))
        if until_s > from_s:
            self.down_drawn.emit(from_s, until_s)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        self._drawn_from = None

    def _snapped(self, x: float) -> float:
        step = max(self.picture.span_s / SNAP, 1.0)
        nice = next((size for size in (1, 10, 30, 60, 300, 600, 1_800, 3_600) if size >= step), 3_600)
        return round(self.seconds_at(x) / nice) * nice

    # -- painting -----------------------------------------------------------------------------------------------

    def _paint(self) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.viewport().rect(), self._theme.tokens.surface)
        self._paint_grid(painter)
        self._paint_lanes(painter)
        self._paint_axis(painter)
        if self._ring.visible:
            paint_ring(painter, QRectF(self.viewport().rect()).adjusted(1, 1, -1, -1), 4, self._theme.tokens.focus)
        painter.end()

    def _paint_grid(self, painter: QPainter) -> None:
        tokens, height = self._theme.tokens, self.viewport().height()
        for down in self.downs:
            left, right = self.x_of(down.from_s), self.x_of(down.until_s)
            span = QRectF(left, AXIS_PX, max(right - left, 2), height - AXIS_PX)
            painter.fillRect(span, faded(tokens.warnBg, _DOWN_SHARE))
            pen = QPen(faded(tokens.warnSolid, 0.6), 1)
            pen.setDashPattern([3.0, 3.0])
            painter.setPen(pen)
            for x in (span.left(), span.right()):
                painter.drawLine(QPointF(round(x) + 0.5, AXIS_PX), QPointF(round(x) + 0.5, height))
        for tick in ticks_of(self.picture.span_s, self._room()):
            painter.fillRect(QRectF(round(self.x_of(tick)), AXIS_PX - 4, 1, height), tokens.grid)

    def _paint_axis(self, painter: QPainter) -> None:
        """Write the times over a ground of their own: lanes scroll away under it."""
        tokens, font = self._theme.tokens, self._theme.font("badge", numbers=True)
        painter.fillRect(QRectF(0, 0, self.viewport().width(), AXIS_PX - 4), tokens.surface)
        painter.fillRect(QRectF(0, AXIS_PX - 4, self.viewport().width(), 1), tokens.border)
        taken: list[QRectF] = []
        for down in self.downs:
            words = "Down"
            wide = text_width(words, font) + 12
            middle = (self.x_of(down.from_s) + self.x_of(down.until_s)) / 2
            chip = QRectF(min(max(middle - wide / 2, LEFT_PX), LEFT_PX + self._room() - wide), 4, wide, 18)
            fill_box(painter, chip, 4, tokens.warnBg)
            draw_text(painter, chip, words, font, tokens.warnFg, align=Qt.AlignmentFlag.AlignHCenter)
            taken.append(chip)
        for tick in ticks_of(self.picture.span_s, self._room()):
            words = moment_words(tick) if tick else "0"
            wide = text_width(words, font)
            room = QRectF(self.x_of(tick) - wide / 2, 4, wide + 1, 18)
            if not any(room.adjusted(-4, 0, 4, 0).intersects(other) for other in taken):
                draw_text(painter, room, words, font, tokens.text3)
                taken.append(room)
        if self.picture.now_s > 0:
            x = round(self.x_of(self.picture.now_s))
            painter.fillRect(QRectF(x - 0.5, AXIS_PX - 8, 1.5, self.viewport().height()), tokens.accent)

    def _paint_lanes(self, painter: QPainter) -> None:
        first = self.verticalScrollBar().value()
        lanes = self.picture.lanes
        begin = first // LANE_PX
        end = min(len(lanes), begin + self.viewport().height() // LANE_PX + 2)
        for place in range(begin, end):
            self._paint_lane(painter, lanes[place], AXIS_PX + place * LANE_PX - first)

    def _paint_lane(self, painter: QPainter, lane: Lane, top: float) -> None:
        tokens = self._theme.tokens
        middle = top + LANE_PX / 2
        name = QRectF(12, top, LEFT_PX - 20, LANE_PX)
        draw_text(painter, name, spell_number(lane.event_id), self._theme.font("small", numbers=True), tokens.text)
        ended_s = lane.through_s if lane.through_s is not None else lane.lost_s
        until = self.x_of(ended_s if ended_s is not None else self.picture.now_s)
        start = self.x_of(lane.tries[0].at_s) if lane.tries else until
        if until > start:
            painter.fillRect(QRectF(start, middle - 1, until - start, 2), tokens.borderStrong)
        self._paint_tries(painter, lane, middle)
        if lane.next_s is not None and not self.picture.is_over:
            paint_mark(painter, QPointF(self.x_of(lane.next_s), middle), "waiting", self._theme, self._icons)
        if ended_s is not None:
            mark = "arrived" if lane.through_s is not None else "failed"
            paint_mark(painter, QPointF(until, middle), mark, self._theme, self._icons)  # type: ignore[arg-type]
        color = "passFg" if lane.through_s is not None else "failFg" if lane.lost_s is not None else "text2"
        right = QRectF(LEFT_PX + self._room() + _GAP_PX, top, RIGHT_PX - _GAP_PX - 8, LANE_PX)
        draw_text(
            painter, right, standing_words(lane), self._theme.font("small", numbers=True), self._theme.color(color)
        )

    def _paint_tries(self, painter: QPainter, lane: Lane, middle: float) -> None:
        """Paint the tries that failed as bars, many as a band; of those in the same place one is seen."""
        tokens = self._theme.tokens
        scale = self._room() / self.picture.span_s
        dense = len(lane.tries) * BAR.width() > self._room() * DENSE_SHARE
        width, height = (2, DENSE_PX) if dense else (BAR.width(), BAR.height())
        painted = -2.0
        for one in lane.tries:
            x = LEFT_PX + one.at_s * scale
            if x - painted < 1 or one.ok:
                continue
            painted = x
            box = QRectF(x - width / 2, middle - height / 2, width, height)
            if dense:
                painter.fillRect(box, tokens.warnSolid if one.was_down else tokens.failSolid)
            elif one.was_down:
                fill_box(painter, box, 2, tokens.surface, tokens.warnSolid)  # hollow: nothing was sent
            else:
                fill_box(painter, box, 2, tokens.failSolid)


def tip_of(lane: Lane, one: VirtualTry) -> str:
    """Return what a try was, in words."""
    number = lane.tries.index(one) + 1
    took = f", {duration(one.took_s * 1000)}" if one.took_s else ""
    return f"{spell_number(lane.event_id)}, try {number:,} at {moment_words(one.at_s)}: {try_words(one)}{took}"
