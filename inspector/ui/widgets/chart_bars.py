"""Stacked bars over time; a part over 0 is never too low to be seen."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPainterPath

from inspector.ui.widgets.chart import Chart

_BAR_SHARE = 0.69
_GAP_PX = 1


class BarChart(Chart):
    """One bar for each stretch of time, its parts stacked in the order they are given, a line of ground between."""

    def x_of(self, place: int) -> float:
        left, width = self._bar(place)
        return left + width / 2

    def place_at(self, x: float) -> int:
        plot = self.plot
        pitch = plot.width() / max(1, self.data.bars)
        return min(max(int((x - plot.left()) // pitch), 0), self.data.bars - 1)

    def draw_figures(self, painter: QPainter) -> None:
        for stack, path in zip(self.data.stacks, self.paths(), strict=True):
            painter.fillPath(path, self._theme.color(stack.color))

    def paths(self) -> list[QPainterPath]:
        """Return the parts of all bars as one path for each colour, on whole pixels."""
        paths = [QPainterPath() for _ in self.data.stacks]
        for place in range(self.data.bars):
            left, width = self._bar(place)
            for number, rect in self.parts(place, left, width):
                paths[number].addRect(rect)
        return paths

    def parts(self, place: int, left: int, width: int) -> list[tuple[int, QRectF]]:
        """Return the parts of a bar that are over 0, from the foot up: the number of the stack and its rectangle."""
        plot, found = self.plot, []
        foot = round(plot.bottom())
        for number, stack in enumerate(self.data.stacks):
            value = stack.values[place]
            if value <= 0:
                continue
            height = max(stack.least_px, round(plot.height() * self.data.scale.share(value)))
            found.append((number, QRectF(left, foot - height, width, height)))
            foot -= height + (_GAP_PX if width > 2 else 0)
        return found

    def _bar(self, place: int) -> tuple[int, int]:
        plot = self.plot
        pitch = plot.width() / max(1, self.data.bars)
        width = max(1, round(pitch * _BAR_SHARE))
        return round(plot.left() + pitch * place + (pitch - width) / 2), width
