"""Paints a row of the message table cell by cell, and the headers of campaigns across all of them."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from inspector.store.message_reader import CampaignGroup
from inspector.ui.events.kit import CellKit
from inspector.ui.messages.cells import LEFT_PX, Cell
from inspector.ui.messages.columns import COLUMNS
from inspector.ui.messages.model import MessageModel
from inspector.ui.messages.wording import NO_CAMPAIGN
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.paint import draw_text

BAR_PX = 3
FOCUS_PX = 2
_CHEVRON_PX = 14
_WAITING_PX = 84

# As a plain number: an enum's & makes a new object for every cell.
_SELECTED: int = QStyle.StateFlag.State_Selected.value


class MessageDelegate(QStyledItemDelegate):
    """Paints everything itself."""

    def __init__(self, model: MessageModel, kit: CellKit, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._kit = kit
        self.hover_row = -1

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(40, self._kit.theme.size("messageRow"))

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        rect, view, tokens = option.rect, option.widget, self._kit.theme.tokens
        selected = bool(option.state.value & _SELECTED)
        focused = isinstance(view, QAbstractItemView) and view.hasFocus()
        ground = tokens.surface
        if selected:
            ground = tokens.selected if focused else tokens.selectedIdle
        elif index.row() == self.hover_row:
            ground = tokens.hover
        group = self._model.group(index.row())
        if group is not None and not selected:
            ground = tokens.subtle
        painter.fillRect(rect, ground)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.grid)
        if selected and rect.left() <= 0:
            painter.fillRect(rect.left(), rect.top(), BAR_PX, rect.height() - 1, tokens.accent)
        if focused and not selected and _is_current(option, index.row()):
            painter.fillRect(rect.left(), rect.top(), rect.width(), FOCUS_PX, tokens.focus)
            painter.fillRect(rect.left(), rect.bottom() - FOCUS_PX, rect.width(), FOCUS_PX, tokens.focus)
        if group is not None:
            self._paint_group(painter, option, group)
            return
        row = self._model.message(index.row())
        column = COLUMNS[index.column()]
        if row is not None:
            column.paint(Cell(painter, rect, row, self._model.style, self._kit))
        elif column.key == "message":  # being read: a quiet bar where the id will be
            box = QRectF(rect.left() + LEFT_PX, rect.center().y() - 4, _WAITING_PX, 8)
            painter.fillRect(box, tokens.neutBg)

    def _paint_group(self, painter: QPainter, option: QStyleOptionViewItem, group: CampaignGroup) -> None:
        """Paint the part of a header that lies in this cell."""
        view = option.widget
        width = view.viewport().width() if isinstance(view, QAbstractItemView) else option.rect.right()
        row = QRect(0, option.rect.top(), width, option.rect.height() - 1)
        tokens, theme = self._kit.theme.tokens, self._kit.theme
        painter.save()
        painter.setClipRect(option.rect)
        name = "chevron-right" if self._model.is_closed(group) else "chevron-down"
        top = row.top() + (row.height() - _CHEVRON_PX) / 2
        self._kit.icons.paint(painter, name, tokens.text2, LEFT_PX, top, _CHEVRON_PX)
        room = QRectF(row).adjusted(LEFT_PX + _CHEVRON_PX + 6, 0, -LEFT_PX, 0)
        x = draw_text(painter, room, group.campaign or NO_CAMPAIGN, theme.font("strong"), tokens.text) + 8
        room.setLeft(room.left() + x)
        count = grouped(group.messages)
        room.setLeft(
            room.left() + draw_text(painter, room, count, theme.font("small", numbers=True), tokens.text3) + 14
        )
        for number, word, ink in ((group.failed, "failed", tokens.failFg), (group.gaps, "with gaps", tokens.warnFg)):
            if number:
                text = f"{grouped(number)} {word}"
                wide = draw_text(painter, room, text, theme.font("small", numbers=True), ink)
                room.setLeft(room.left() + wide + 14)
        painter.restore()


def _is_current(option: QStyleOptionViewItem, row: int) -> bool:
    view = option.widget
    return isinstance(view, QAbstractItemView) and view.currentIndex().row() == row
