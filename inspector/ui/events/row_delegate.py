"""Paints a row of the event table cell by cell: ground, marks, then what the column says."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from inspector.domain.event import EventSummary
from inspector.domain.verification import Verdict
from inspector.ui.events.columns import COLUMNS
from inspector.ui.events.kit import Cell, CellKit
from inspector.ui.theme_tokens import mix

if TYPE_CHECKING:
    from inspector.ui.events.fade import Fade
    from inspector.ui.events.table_model import EventTableModel

BAR_PX = 3
INVALID_SHARE_LIGHT = 0.41
INVALID_SHARE_DARK = 0.35
DIMMED = 0.45
FOCUS_PX = 2

# As a plain number: an enum's & makes a new object for every cell.
_SELECTED: int = QStyle.StateFlag.State_Selected.value
_TINTED = frozenset({Verdict.INVALID})


class RowDelegate(QStyledItemDelegate):
    """Paints everything itself: one question to the model a cell instead of seven."""

    def __init__(
        self,
        model: EventTableModel,
        kit: CellKit,
        fade: Fade,
        parent: QObject | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._kit = kit
        self._fade = fade
        self._clock = clock
        self.row_height_px = 32
        self.dimmed = False
        self.hover_row = -1  # Qt tells only the cell under the pointer; the whole row shows it

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(40, self.row_height_px)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect = option.rect
        row = self._model.summary(index.row())
        tokens = self._kit.theme.tokens
        selected = bool(option.state.value & _SELECTED)
        focused = isinstance(option.widget, QAbstractItemView) and option.widget.hasFocus()
        over = index.row() == self.hover_row
        painter.fillRect(rect, self._ground(row, over=over, selected=selected, focused=focused))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.grid)
        if self._kit.theme.high_contrast and row is not None and row.verdict in _TINTED:
            for y in (rect.top(), rect.bottom()):
                painter.fillRect(rect.left(), y, rect.width(), 1, tokens.failFg)
        column = COLUMNS[index.column()]
        if selected and column.key == "gutter":
            painter.fillRect(rect.left(), rect.top(), BAR_PX, rect.height() - 1, tokens.accent)
        if focused and not selected and self._is_current_row(option, index.row()):
            self._paint_focus(painter, rect)
        if row is None:
            return
        # Cells leave no clip, transformation or opacity behind, so nothing has to be saved for the next one.
        cell = Cell(painter, rect, row, self._model.style, self._kit)
        if self.dimmed:
            painter.setOpacity(DIMMED)
            column.paint(cell)
            painter.setOpacity(1.0)
        else:
            column.paint(cell)

    def _ground(self, row: EventSummary | None, *, over: bool, selected: bool, focused: bool) -> QColor:
        tokens = self._kit.theme.tokens
        if selected:
            return tokens.selected if focused else tokens.selectedIdle
        ground = tokens.surface
        if row is not None and row.verdict in _TINTED:
            share = INVALID_SHARE_DARK if tokens.dark else INVALID_SHARE_LIGHT
            ground = mix(tokens.failBg, tokens.surface, share)
        elif over:
            ground = tokens.hover
        fresh = self._fade.share(row.id, self._clock()) if row is not None and self._fade.active else 0.0
        return mix(tokens.accentTint, ground, fresh) if fresh else ground

    @staticmethod
    def _is_current_row(option: QStyleOptionViewItem, row: int) -> bool:
        view = option.widget
        return isinstance(view, QAbstractItemView) and view.currentIndex().row() == row

    def _paint_focus(self, painter: QPainter, rect: QRect) -> None:
        focus = self._kit.theme.tokens.focus
        painter.fillRect(rect.left(), rect.top(), rect.width(), FOCUS_PX, focus)
        painter.fillRect(rect.left(), rect.bottom() - FOCUS_PX, rect.width(), FOCUS_PX, focus)
