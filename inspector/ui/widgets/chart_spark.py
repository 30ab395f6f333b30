"""A line of a few values in the corner of a figure, without axes: it shows the shape, the figure says the size."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

POINTS = 10
_LINE_PX = 1.6


def thinned(values: Sequence[float | None], points: int = POINTS, *, lowest: bool = False) -> tuple[float, ...]:
    """Return at most so many values: of each group the highest (or `lowest`), so that no spike is lost."""
    count = len(values)
    groups = [values[count * n // points : count * (n + 1) // points] for n in range(points)]
    known = [[value for value in group if value is not None] for group in groups]
    return tuple(min(group) if lowest else max(group) for group in known if group)


def paint_spark(painter: QPainter, rect: QRectF, values: Sequence[float], ink: QColor, *, room: float = 0.0) -> None:
    """Paint values from the left to the right edge, the highest at the top; fewer than two are no line.

    Changes smaller than `room` do not fill the height: what hardly moves looks so.
    """
    if len(values) < 2:
        return
    high, low = max(values), min(values)
    span = max(high - low, room) or 1.0
    step = rect.width() / (len(values) - 1)
    points = [
        QPointF(rect.left() + step * place, rect.top() + rect.height() * (high - value) / span)
        for place, value in enumerate(values)
    ]
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(ink, _LINE_PX, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.drawPolyline(QPolygonF(points))
