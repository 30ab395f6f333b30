"""Painting that several controls share: crisp 1 px boxes, centred and elided text, and how tall wrapped text is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen


def fill_box(painter: QPainter, rect: QRectF, radius: float, fill: QColor | None, line: QColor | None = None) -> None:
    """Paint a rounded box with a crisp 1 px line just inside the rectangle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    if line is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawRoundedRect(rect, radius, radius)
    else:
        painter.setPen(QPen(line, 1))
        painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius - 0.5, radius - 0.5)


def half_rounded(rect: QRectF, radius: float, *, left: bool) -> QPainterPath:
    """Return a box whose corners are round on one side only."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    path.addRoundedRect(rect, radius, radius)
    square = QRectF(rect)
    if left:
        square.setLeft(rect.right() - radius)
    else:
        square.setRight(rect.left() + radius)
    path.addRect(square)
    return path.simplified()


def baseline(rect: QRectF, font: QFont) -> float:
    """Return the y at which text of a font stands centred by its capitals in a rectangle."""
    return round(rect.top() + (rect.height() + QFontMetricsF(font).capHeight()) / 2)


def draw_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    font: QFont,
    color: QColor,
    *,
    mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> float:
    """Paint one line of text centred by its capitals, elided to the rectangle, and return its width."""
    metrics = QFontMetricsF(font)
    width = metrics.horizontalAdvance(text)
    if width > rect.width() + 0.51:
        text = metrics.elidedText(text, mode, rect.width())
        width = metrics.horizontalAdvance(text)
    x = rect.left()
    if align & Qt.AlignmentFlag.AlignRight:
        x = rect.right() - width
    elif align & Qt.AlignmentFlag.AlignHCenter:
        x = rect.left() + (rect.width() - width) / 2
    painter.setFont(font)
    painter.setPen(color)
    painter.drawText(QPointF(x, baseline(rect, font)), text)
    return width


def text_width(text: str, font: QFont) -> int:
    """Return how wide a line is, rounded up to whole pixels."""
    return -int(-QFontMetricsF(font).horizontalAdvance(text) // 1)


def wrapped_height(text: str, font: QFont, width: int) -> int:
    """Return how tall text is when it wraps at a width."""
    bounds = QFontMetricsF(font).boundingRect(QRectF(0, 0, max(1, width), 10_000), Qt.TextFlag.TextWordWrap, text)
    return -int(-bounds.height() // 1)
