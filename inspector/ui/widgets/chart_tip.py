"""The tip beside a chart's rule: when, and each figure behind the colour of its line."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from inspector.ui.theme import Theme
from inspector.ui.widgets.chart_data import Tip
from inspector.ui.widgets.paint import draw_text, fill_box, text_width

_PADDING_PX = 9
_AWAY_PX = 10
_SWATCH_PX = 8
_SWATCH_GAP_PX = 6
_FIGURE_GAP_PX = 16
_RADIUS_PX = 6


def paint_tip(painter: QPainter, theme: Theme, tip: Tip, x: float, whole: QRectF, plot: QRectF) -> None:
    """Paint a tip at the side of x that has more room, inside `whole`."""
    box = tip_box(theme, tip, x, whole, plot)
    # Colours of the other scheme: the tip's ground is the opposite of the window's.
    tokens, inverse = theme.tokens, theme.inverse
    fill_box(painter, box, _RADIUS_PX, tokens.tooltip)
    title, font = theme.font("caption"), theme.font("badge", numbers=True)
    row = _row_px(theme)
    line = QRectF(box.left() + _PADDING_PX, box.top() + _PADDING_PX - 3, box.width() - 2 * _PADDING_PX, row)
    draw_text(painter, line, tip.title, title, tokens.onTooltip)
    for item in tip.lines:
        line.translate(0, row)
        if item.color:
            swatch = QRectF(line.left(), round(line.center().y() - _SWATCH_PX / 2), _SWATCH_PX, _SWATCH_PX)
            fill_box(painter, swatch, 2, getattr(inverse, item.color))
        name = line.adjusted(_SWATCH_PX + _SWATCH_GAP_PX, 0, 0, 0)
        draw_text(painter, name, item.name, font, tokens.onTooltip)
        draw_text(painter, line, item.figure, font, tokens.onTooltip, align=Qt.AlignmentFlag.AlignRight)


def tip_box(theme: Theme, tip: Tip, x: float, whole: QRectF, plot: QRectF) -> QRectF:
    """Return where a tip stands for a rule at x."""
    font = theme.font("badge", numbers=True)
    widths = [
        _SWATCH_PX + _SWATCH_GAP_PX + text_width(item.name, font) + _FIGURE_GAP_PX + text_width(item.figure, font)
        for item in tip.lines
    ]
    width = max([text_width(tip.title, theme.font("caption")), *widths]) + 2 * _PADDING_PX
    height = _row_px(theme) * (1 + len(tip.lines)) + 2 * _PADDING_PX - 6
    left = x + _AWAY_PX
    if left + width > whole.right() - 4:
        left = x - _AWAY_PX - width
    left = min(max(left, 4.0), max(4.0, whole.right() - width - 4))
    top = min(max(plot.top() - 2, 2.0), max(2.0, whole.bottom() - height - 2))
    return QRectF(round(left), round(top), width, height)


def _row_px(theme: Theme) -> int:
    return theme.font("badge").pixelSize() + 6
