"""Marks that are not words: state dots with a halo, and the discs and rings of a message's stages."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from inspector.ui.icons import BOLD_STROKE, Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import faded

DotState = Literal["receiving", "paused", "error", "idle"]
StageMark = Literal["arrived", "current", "waiting", "missing", "disorder", "failed", "refused"]

STAGE_MARKS: tuple[StageMark, ...] = ("arrived", "current", "waiting", "missing", "disorder", "failed", "refused")
MARK_PX = 16
_GLYPH_PX = 12
_HALO_SHARE = 0.22


def paint_dot(painter: QPainter, center: QPointF, color: QColor, diameter: float = 8.0, *, halo: bool = False) -> None:
    """Paint a filled dot; the halo adds a soft ring half as wide as the dot."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    radius = diameter / 2
    if halo:
        painter.setBrush(faded(color, _HALO_SHARE))
        painter.drawEllipse(center, radius * 1.7, radius * 1.7)
    painter.setBrush(color)
    painter.drawEllipse(center, radius, radius)


def paint_state(
    painter: QPainter, center: QPointF, state: DotState, theme: Theme, icons: Icons, *, halo: bool = False
) -> None:
    """Paint what an endpoint or the receiver is doing; each state has a shape of its own."""
    tokens = theme.tokens
    if state == "receiving":
        paint_dot(painter, center, tokens.passSolid, 8.0, halo=halo)
    elif state == "idle":
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tokens.control, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawEllipse(center, 3.5, 3.5)
    else:
        name, tint = ("pause", tokens.warnFg) if state == "paused" else ("x", tokens.failSolid)
        icons.paint(painter, name, tint, round(center.x() - 6), round(center.y() - 6), 12)


def paint_mark(painter: QPainter, center: QPointF, mark: StageMark, theme: Theme, icons: Icons) -> None:
    """Paint the mark of one stage, 16 px wide (20 with the halo of the current one), centred on a point."""
    tokens = theme.tokens
    radius = MARK_PX / 2
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if mark == "current":
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(faded(tokens.passSolid, _HALO_SHARE))
        painter.drawEllipse(center, radius + 3, radius + 3)
    if mark in {"waiting", "missing", "refused"}:
        color = {"waiting": tokens.control, "missing": tokens.warnSolid, "refused": tokens.failSolid}[mark]
        pen = QPen(color, 1.5 if mark == "waiting" else 1.75)
        if mark == "waiting":
            pen.setDashPattern([2.0, 1.7])
        painter.setPen(pen)
        painter.setBrush(tokens.surface)
        painter.drawEllipse(center, radius - 1, radius - 1)
        glyph, tint = {"waiting": "", "missing": "minus", "refused": "x"}[mark], color
    else:
        fill = {"disorder": tokens.warnSolid, "failed": tokens.failSolid}.get(mark, tokens.passSolid)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawEllipse(center, radius, radius)
        glyph = {"disorder": "arrow-left-right", "failed": "x"}.get(mark, "check")
        # White is too faint on the dark scheme's lighter green and amber.
        tint = tokens.onAccent if mark == "failed" else tokens.surface
    if glyph:
        _paint_glyph(painter, center, glyph, tint, icons)


def _paint_glyph(painter: QPainter, center: QPointF, glyph: str, tint: QColor, icons: Icons) -> None:
    size_px = 10 if glyph in {"arrow-left-right", "minus"} else _GLYPH_PX
    corner = QRectF(center.x() - size_px / 2, center.y() - size_px / 2, size_px, size_px).topLeft()
    icons.paint(painter, glyph, tint, corner.x(), corner.y(), size_px, BOLD_STROKE)
