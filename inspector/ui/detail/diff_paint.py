"""How a row of a comparison looks: the place, what became of it, and its values on tinted ground."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from inspector.payload.diff import Change
from inspector.payload.diff_text import Spans
from inspector.ui.detail.diff_rows import Row, Side
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import faded
from inspector.ui.widgets.focus import paint_ring
from inspector.ui.widgets.paint import draw_text, text_width

PAD_PX = 16
SIGN_PX = 6
TEXT_PX = 22
GROUND_SHARE = 0.59
SPAN_SHARE = 0.28
_GAP_PX = 6
_HEAD_SHARE = 1.9
_VALUE_SHARE = 1.58
_FOLD_PX = 31
_ABOVE_FOLD_PX = 8
_CHEVRON_PX = 14
_BEFORE_DIFFERENCE = 12
"""Characters of a long value that stay in sight before the first one that differs."""

_CHANGE_COLORS = {
    Change.CHANGED: "warnFg",
    Change.ADDED: "passFg",
    Change.REMOVED: "failFg",
    Change.MOVED: "text2",
}


class RowPainter(QStyledItemDelegate):
    """Paints everything of a row itself; `by_keyboard` tells whether the ring is to be shown."""

    def __init__(self, theme: Theme, icons: Icons, by_keyboard: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._by_keyboard = theme, icons, by_keyboard

    def _row(self, index: QModelIndex | QPersistentModelIndex) -> Row | None:
        rows: tuple[Row, ...] = getattr(index.model(), "rows", ())
        return rows[index.row()] if index.row() < len(rows) else None

    def _head_px(self) -> int:
        return round(self._theme.font("mono").pixelSize() * _HEAD_SHARE)

    def _value_px(self) -> int:
        return round(self._theme.font("mono").pixelSize() * _VALUE_SHARE)

    def _above(self, index: QModelIndex | QPersistentModelIndex) -> int:
        """Return the room over a fold's line: only where values end above it."""
        row = index.row()
        rows: tuple[Row, ...] = getattr(index.model(), "rows", ())
        return _ABOVE_FOLD_PX if 0 < row < len(rows) and rows[row - 1].change is not None else 0

    def sizeHint(self, _option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        row = self._row(index)
        if row is None or row.fold:
            return QSize(40, self._above(index) + max(_FOLD_PX, self._theme.size("keyValueRow") + 5))
        if row.change is None:
            return QSize(40, max(self._theme.size("keyValueRow"), self._head_px()))
        values = (row.old is not None) + (row.new is not None)
        return QSize(40, _GAP_PX + self._head_px() + values * self._value_px())

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = self._row(index)
        if row is None:
            return
        rect = QRectF(option.rect)
        state = option.state
        tokens = self._theme.tokens
        current = bool(state & QStyle.StateFlag.State_Selected)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        if row.fold:
            rect = rect.adjusted(0, self._above(index), 0, 0)
        if current:
            painter.fillRect(rect, tokens.selected if focused else tokens.selectedIdle)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, tokens.hover)
        if row.fold:
            self._paint_fold(painter, rect, row)
        elif row.change is None:
            self._paint_equal(painter, rect, row)
        else:
            self._paint_difference(painter, rect, row, row.change)
        if current and focused and self._by_keyboard():
            paint_ring(painter, rect.adjusted(1, 1, -1, -1), 4, tokens.focus)

    def _paint_fold(self, painter: QPainter, rect: QRectF, row: Row) -> None:
        tokens = self._theme.tokens
        painter.fillRect(QRectF(0, rect.top(), rect.right(), 1), tokens.border)
        chevron = "chevron-down" if row.open else "chevron-right"
        top = rect.top() + (rect.height() - _CHEVRON_PX) / 2
        self._icons.paint(painter, chevron, "text2", PAD_PX, round(top), _CHEVRON_PX)
        room = rect.adjusted(PAD_PX + 21, 0, -PAD_PX, 0)
        draw_text(painter, room, row.title, self._theme.font("column", numbers=True), tokens.text2)

    def _paint_equal(self, painter: QPainter, rect: QRectF, row: Row) -> None:
        tokens, mono = self._theme.tokens, self._theme.font("mono")
        room = rect.adjusted(PAD_PX, 0, -PAD_PX, 0)
        if row.new is None:
            draw_text(painter, room, row.title, self._theme.font("small", numbers=True), tokens.text3)
            return
        half = room.width() * 0.45
        width = draw_text(painter, QRectF(room.left(), room.top(), half, room.height()), row.title, mono, tokens.jsKey)
        left = room.left() + min(width, half) + 14
        value = QRectF(left, room.top(), room.right() - left, room.height())
        draw_text(painter, value, row.new.text[:500], mono, tokens.text2)

    def _paint_difference(self, painter: QPainter, rect: QRectF, row: Row, change: Change) -> None:
        tokens = self._theme.tokens
        head = QRectF(PAD_PX, rect.top() + _GAP_PX, rect.width() - 2 * PAD_PX, self._head_px())
        font = self._theme.font("badge")
        word = text_width(change.value, font)
        ink = self._theme.color(_CHANGE_COLORS[change])
        draw_text(painter, QRectF(head.right() - word, head.top(), word + 1, head.height()), change.value, font, ink)
        room = head.adjusted(0, 0, -word - 12, 0)
        draw_text(painter, room, row.title, self._theme.font("mono"), tokens.jsKey)
        top = head.bottom()
        for side, sign, tone in ((row.old, "-", "fail"), (row.new, "+", "pass")):
            if side is None:
                continue
            place = QRectF(PAD_PX, top, head.width(), self._value_px())
            if change is Change.MOVED:
                self._paint_side(painter, place, side, "", tokens.neutBg, tokens.text2, None)
            else:
                ground, ink = self._theme.color(f"{tone}Bg"), self._theme.color(f"{tone}Fg")
                solid = self._theme.color(f"{tone}Solid")
                self._paint_side(painter, place, side, sign, ground, ink, solid)
            top = place.bottom()

    def _paint_side(
        self, painter: QPainter, rect: QRectF, side: Side, sign: str, ground: QColor, ink: QColor, solid: QColor | None
    ) -> None:
        mono = self._theme.font("mono")
        painter.fillRect(rect, faded(ground, GROUND_SHARE))
        draw_text(painter, rect.adjusted(SIGN_PX, 0, 0, 0), sign, mono, ink)
        room = rect.adjusted(TEXT_PX, 0, -SIGN_PX, 0)
        metrics = QFontMetricsF(mono)
        text, spans = in_sight(side.text, side.spans, int(room.width() / metrics.horizontalAdvance("0")))
        if solid is not None:
            paint_spans(painter, room, text, spans, metrics, faded(solid, SPAN_SHARE))
        draw_text(painter, room, text, mono, self._theme.tokens.text)


def paint_spans(
    painter: QPainter, room: QRectF, text: str, spans: Spans, metrics: QFontMetricsF, color: QColor
) -> None:
    """Tint the parts of a line that differ; the text is painted over them."""
    for start, end in spans:
        left = room.left() + metrics.horizontalAdvance(text[:start])
        width = metrics.horizontalAdvance(text[start:end])
        if left < room.right():
            painter.fillRect(QRectF(left, room.top() + 2, min(width, room.right() - left), room.height() - 4), color)


def in_sight(text: str, spans: Spans, columns: int) -> tuple[str, Spans]:
    """Return a long line from shortly before the first part that differs on, where that would be out of sight."""
    if not spans or len(text) <= columns or spans[0][1] <= columns:
        return text[: columns + 200], spans
    start = max(0, spans[0][0] - _BEFORE_DIFFERENCE)
    shift = start - 1
    cut = tuple((begin - shift, end - shift) for begin, end in spans)
    return "…" + text[start : start + columns + 200], cut
