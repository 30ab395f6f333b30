"""The grid's view: a mark where two targets differ, and cells in the colour of what they say."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from inspector.replay.versus import VersusRow
from inspector.ui.icons import Icons
from inspector.ui.replay.versus_model import COLUMNS, VersusModel
from inspector.ui.theme import Theme
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.paint import draw_text
from inspector.ui.widgets.painted_table import PaintedTable

_PAD_PX = 8
_ICON_PX = 14
_ICON_GAP_PX = 6

Index = QModelIndex | QPersistentModelIndex


class VersusTable(PaintedTable):
    """Up and Down move from event to event.

    Signals:
        row_chosen(VersusRow): another row is current, None for none.
        opened(int): an event was asked for by Enter or a double click, by its id.
    """

    row_chosen = Signal(object)
    opened = Signal(object)

    def __init__(self, theme: Theme, icons: Icons, model: VersusModel, parent: QWidget | None = None) -> None:
        super().__init__(model, COLUMNS, theme, "Comparison of two targets", parent, row="treeRow")
        self._model = model
        self.ring = FocusWatch(self)
        self.setItemDelegate(_Cells(theme, icons, self))
        self.selectionModel().currentRowChanged.connect(lambda _now, _before: self.row_chosen.emit(self.row))
        model.modelReset.connect(lambda: self.row_chosen.emit(None))
        self.doubleClicked.connect(lambda _index: self._open())
        self.fit_theme()

    def margins_of(self, place: int) -> tuple[int, int]:
        return _PAD_PX + (0 if place else _ICON_PX + _ICON_GAP_PX), _PAD_PX

    @property
    def row(self) -> VersusRow | None:
        """The row the keyboard stands on."""
        place = self.currentIndex().row()
        return self._model.rows[place] if 0 <= place < len(self._model.rows) else None

    def keyPressEvent(self, event: Any) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
            return
        super().keyPressEvent(event)

    def _open(self) -> None:
        if self.row is not None:
            self.opened.emit(self.row.event_id)


class _Cells(QStyledItemDelegate):
    def __init__(self, theme: Theme, icons: Icons, parent: VersusTable) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._view = theme, icons, parent

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = self._theme.tokens
        model = index.model()
        assert isinstance(model, VersusModel)
        if index.row() >= len(model.rows):
            return
        row, column = model.rows[index.row()], COLUMNS[index.column()]
        current = index.row() == self._view.currentIndex().row()
        if current:
            painter.fillRect(option.rect, tokens.selected if self._view.hasFocus() else tokens.selectedIdle)
        room = option.rect.toRectF().adjusted(_PAD_PX, 0, -_PAD_PX, 0)
        if index.column() == 0:
            icon, color = ("circle-check", "text3") if row.same else ("git-compare", "warnFg")
            self._icons.paint(painter, icon, color, room.left(), room.center().y() - _ICON_PX / 2, _ICON_PX)
            room.setLeft(room.left() + _ICON_PX + _ICON_GAP_PX)
            if current and self._view.ring.visible:
                whole = option.rect.toRectF()
                whole.setWidth(self._view.viewport().width())
                paint_ring(painter, whole, 2, tokens.focus)
        align = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        text = column.text(row, model.label(row))
        draw_text(
            painter,
            room,
            text,
            self._theme.font("body", numbers=True),
            self._theme.color(column.color(row)),
            align=align,
        )
