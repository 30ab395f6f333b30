"""Two clocks: when the provider says it happened above, when it arrived below, and a line for each stage."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from inspector.domain.event import EventId
from inspector.timeline.clocks import Clocks, Tie, tick_label
from inspector.timeline.stages import Mark
from inspector.timeline.words import span
from inspector.ui.icons import Icons
from inspector.ui.messages.cells import STAGE_MARKS
from inspector.ui.theme import Theme
from inspector.ui.widgets.marks import MARK_PX, paint_mark
from inspector.ui.widgets.paint import baseline, text_width
from inspector.ui.widgets.window_size import scaled

HEIGHT_PX = 152
_LEFT_PX = 74
_RIGHT_PX = 12
_UPPER_Y = 49
_LOWER_Y = 115
_AXIS_Y = 143
_LABEL_Y = 28
_RAISED_Y = 10
_SMALL_PX = 12
_NEAR_PX = 10
_LABEL_GAP_PX = 6


@dataclass(frozen=True, slots=True)
class _Spot:
    """Something that can be pointed at."""

    center: QPointF
    tip: str
    event_id: EventId | None


class TwoClocks(QWidget):
    """The drawing; the timeline below says the same in words.

    Signals:
        event_chosen(int): a mark was clicked.
    """

    event_chosen = Signal(object)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons
        self.clocks = Clocks((), 1, 1, "")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(HEIGHT_PX)
        self.setMouseTracking(True)
        self.setAccessibleName("Provider and arrival times")
        self.setAccessibleDescription("The timeline below tells the same in words")
        theme.changed.connect(self.update)

    def show_clocks(self, clocks: Clocks) -> None:
        """Show the two clocks of a message."""
        self.clocks = clocks
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(380, HEIGHT_PX)

    @property
    def _left(self) -> int:
        """Where the axes begin: the words before them grow with the text."""
        return scaled(self._theme, _LEFT_PX)

    def x_of(self, us: int) -> float:
        """Return where a moment is, µs since zero."""
        room = self.width() - self._left - _RIGHT_PX
        return self._left + room * us / max(1, self.clocks.until_us)

    def spots(self) -> list[_Spot]:
        """Return what can be pointed at, the last painted first."""
        found = []
        for tie in self.clocks.ties:
            tip = _tip(tie)
            if tie.said_us is not None:
                found.append(_Spot(QPointF(self.x_of(tie.said_us), _UPPER_Y), tip, tie.event_id))
            if tie.arrived_us is not None:
                found.append(_Spot(QPointF(self.x_of(tie.arrived_us), _LOWER_Y), tip, tie.event_id))
            for item, x in zip(tie.refused, self._apart(tie), strict=True):
                words = f"{tie.name} arrived after {span(item.at_us)} and was not accepted"
                found.append(_Spot(QPointF(x, _LOWER_Y), words, item.event_id))
        return found[::-1]

    def _spot_at(self, position: QPointF) -> _Spot | None:
        near = [
            (spot, abs(spot.center.x() - position.x()) + abs(spot.center.y() - position.y())) for spot in self.spots()
        ]
        best = min(near, key=lambda item: item[1], default=None)
        return best[0] if best is not None and best[1] <= _NEAR_PX else None

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            spot = self._spot_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), spot.tip if spot is not None else "", self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        spot = self._spot_at(event.position())
        points = spot is not None and spot.event_id is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if points else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        spot = self._spot_at(event.position())
        if event.button() is Qt.MouseButton.LeftButton and spot is not None and spot.event_id is not None:
            self.event_chosen.emit(spot.event_id)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_axis(painter)
        for tie in self.clocks.ties:
            self._paint_lines(painter, tie)
        for tie in self.clocks.ties:
            self._paint_marks(painter, tie)
        self._paint_names(painter)
        painter.end()

    def _paint_axis(self, painter: QPainter) -> None:
        tokens, theme = self._theme.tokens, self._theme
        font = theme.font("badge", numbers=True)
        right = -1.0
        for tick in self.clocks.ticks_us:
            x = self.x_of(tick)
            painter.fillRect(QRectF(round(x), _UPPER_Y - 14, 1, _LOWER_Y - _UPPER_Y + 32), tokens.grid)
            words = tick_label(tick)
            wide = text_width(words, font)
            left = min(x - wide / 2, self.width() - wide)
            if left > right:
                _text(painter, left, _AXIS_Y, words, font, tokens.text3)
                right = left + wide + 8
        for y, words in ((_UPPER_Y, "Provider"), (_LOWER_Y, "Arrived")):
            painter.fillRect(
                QRectF(self._left, y - 0.5, self.width() - self._left - _RIGHT_PX + 6, 1), tokens.borderStrong
            )
            _text(painter, 0, y, words, theme.font("small"), tokens.text2)

    def _paint_lines(self, painter: QPainter, tie: Tie) -> None:
        tokens = self._theme.tokens
        if tie.said_us is None:
            return
        start = QPointF(self.x_of(tie.said_us), _UPPER_Y + MARK_PX / 2)
        for x in self._apart(tie):
            pen = QPen(tokens.failSolid, 1.4)
            pen.setDashPattern([2.0, 1.4])
            painter.setPen(pen)
            painter.drawLine(start, QPointF(x, _LOWER_Y - _SMALL_PX / 2))
        if tie.arrived_us is not None:
            painter.setPen(QPen(tokens.warnSolid if tie.overtaken else tokens.passSolid, 1.75))
            painter.drawLine(start, QPointF(self.x_of(tie.arrived_us), _LOWER_Y - MARK_PX / 2))

    def _paint_marks(self, painter: QPainter, tie: Tie) -> None:
        for x in self._apart(tie):
            self._paint_refused(painter, QPointF(x, _LOWER_Y))
        mark = STAGE_MARKS.get(tie.mark, "arrived")
        if tie.said_us is not None:
            upper = "arrived" if tie.mark in {Mark.DISORDER, Mark.CURRENT} else mark
            paint_mark(painter, QPointF(self.x_of(tie.said_us), _UPPER_Y), upper, self._theme, self._icons)
        if tie.arrived_us is not None:
            lower = "arrived" if tie.mark is Mark.CURRENT else mark
            paint_mark(painter, QPointF(self.x_of(tie.arrived_us), _LOWER_Y), lower, self._theme, self._icons)

    def _apart(self, tie: Tie) -> list[float]:
        """Return where refused attempts are drawn: side by side where they came at nearly the same time."""
        places: list[float] = []
        for item in tie.refused:
            x = self.x_of(item.at_us)
            places.append(max(x, places[-1] + _SMALL_PX + 1) if places else x)
        return places

    def _paint_refused(self, painter: QPainter, center: QPointF) -> None:
        tokens = self._theme.tokens
        painter.setPen(QPen(tokens.failSolid, 1.4))
        painter.setBrush(tokens.surface)
        painter.drawEllipse(center, _SMALL_PX / 2 - 0.7, _SMALL_PX / 2 - 0.7)
        arm = 2.2
        for sign in (1, -1):
            painter.drawLine(center + QPointF(-arm, -arm * sign), center + QPointF(arm, arm * sign))

    def _paint_names(self, painter: QPainter) -> None:
        """Write the names over their marks; one that would touch its neighbour is raised, with a thin line."""
        tokens, font = self._theme.tokens, self._theme.font("badge")
        rows = {_LABEL_Y: -1.0, _RAISED_Y: -1.0}
        for tie, x in self._named():
            wide = text_width(tie.name, font)
            left = min(max(0.0, x - wide / 2), self.width() - wide)
            y = _LABEL_Y
            if left < rows[_LABEL_Y] or tie.mark is Mark.MISSING:
                y = _RAISED_Y
            if left < rows[y]:
                continue
            rows[y] = left + wide + _LABEL_GAP_PX
            loud = tie.overtaken or tie.mark is Mark.MISSING
            ink = tokens.warnFg if loud else tokens.failFg if tie.mark in {Mark.FAILED, Mark.REFUSED} else tokens.text
            if y == _RAISED_Y:
                painter.fillRect(QRectF(round(x), _RAISED_Y + 9, 1, _UPPER_Y - _RAISED_Y - 17), ink)
            _text(painter, left, y, tie.name, font, ink)

    def _named(self) -> Iterator[tuple[Tie, float]]:
        placed = [(tie, self.x_of(tie.said_us)) for tie in self.clocks.ties if tie.said_us is not None]
        yield from sorted(placed, key=lambda item: (item[0].mark is Mark.MISSING, item[1]))


def _tip(tie: Tie) -> str:
    said = f"{span(tie.said_us)} by the provider" if tie.said_us is not None else "no time by the provider"
    if tie.mark is Mark.MISSING:
        return f"{tie.name}: never arrived"
    arrived = f"arrived after {span(tie.arrived_us)}" if tie.arrived_us is not None else "never accepted"
    return f"{tie.name}: {said}, {arrived}"


def _text(painter: QPainter, x: float, y: float, words: str, font: QFont, ink: QColor) -> None:
    painter.setFont(font)
    painter.setPen(ink)
    painter.drawText(QPointF(x, baseline(QRectF(0, y - 8, 10, 16), font)), words)
