"""Lines over time, with limits; what is over a limit that asks for it is painted in its colour and filled."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from inspector.ui.theme_tokens import faded
from inspector.ui.widgets.chart import Chart
from inspector.ui.widgets.chart_data import Limit, Line

_LINE_PX = 1.75
_FILL_SHARE = 0.13
_OVER_SHARE = 0.22
_POINT_PX = 3.5
_LONE_PX = 2.0


class LineChart(Chart):
    """Lines from the left edge to the right one, a point for each stretch of time."""

    def x_of(self, place: int) -> float:
        plot = self.plot
        return plot.left() + plot.width() * (place / (self.data.bars - 1) if self.data.bars > 1 else 0.5)

    def place_at(self, x: float) -> int:
        plot = self.plot
        share = (x - plot.left()) / max(1.0, plot.width())
        return min(max(round(share * (self.data.bars - 1)), 0), self.data.bars - 1)

    def runs(self, values: Sequence[float | None]) -> list[list[QPointF]]:
        """Return the points of a line, one list for each uninterrupted stretch."""
        return [[QPointF(self.x_of(place), self.y_of(value)) for place, value in run] for run in _runs(values)]

    def draw_figures(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line in self.data.lines:
            runs = self.runs(line.values)
            if line.filled:
                painter.fillPath(self._ground(runs), faded(self._theme.color(line.color), _FILL_SHARE))
        for line in reversed(self.data.lines):
            self._draw_line(painter, line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _draw_line(self, painter: QPainter, line: Line) -> None:
        runs = self.runs(line.values)
        _stroke(painter, runs, self._theme.color(line.color))
        for limit in self.data.limits:
            if limit.over and line.filled:
                self._draw_over(painter, runs, limit)

    def _draw_over(self, painter: QPainter, runs: list[list[QPointF]], limit: Limit) -> None:
        """Paint again, in the limit's colour, what stands over it; nothing where nothing does."""
        plot, y = self.plot, self.y_of(limit.value)
        if all(point.y() >= y - 0.01 for run in runs for point in run):
            return
        ink = self._theme.color(limit.over)
        painter.save()
        painter.setClipRect(QRectF(plot.left(), 0, plot.width() + 2, y))
        ground = self._ground(runs)
        painter.fillPath(ground, self._theme.tokens.surface)
        painter.fillPath(ground, faded(ink, _OVER_SHARE))
        _stroke(painter, runs, ink)
        painter.restore()

    def _ground(self, runs: list[list[QPointF]]) -> QPainterPath:
        """Return the ground under a line as a path."""
        foot, path = round(self.plot.bottom()), QPainterPath()
        for run in runs:
            path.addPolygon(QPolygonF([QPointF(run[0].x(), foot), *run, QPointF(run[-1].x(), foot)]))
            path.closeSubpath()
        return path

    def paint_points(self, painter: QPainter, x: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for line in reversed(self.data.lines):
            value = line.values[self.rule]
            if value is not None:
                painter.setPen(QPen(self._theme.tokens.surface, 1.5))
                painter.setBrush(self._theme.color(line.color))
                painter.drawEllipse(QPointF(round(x) + 0.5, self.y_of(value)), _POINT_PX, _POINT_PX)


def _stroke(painter: QPainter, runs: list[list[QPointF]], ink: QColor) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(ink, _LINE_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    for run in runs:
        if len(run) > 1:
            painter.drawPolyline(QPolygonF(run))
    lone = [run[0] for run in runs if len(run) == 1]
    if lone:  # a point without neighbours is no line, and shows all the same
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        for point in lone:
            painter.drawEllipse(point, _LONE_PX, _LONE_PX)


def _runs(values: Sequence[float | None]) -> Iterator[list[tuple[int, float]]]:
    run: list[tuple[int, float]] = []
    for place, value in enumerate(values):
        if value is not None:
            run.append((place, value))
        elif run:
            yield run
            run = []
    if run:
        yield run
