"""The grid's view: a mark where two targets differ, and cells in the colour of what they say."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from inspector.replay.versus import VersusRow
from inspector.ui.icons import Icons
from inspector.ui.replay.versus_model import COLUMNS, VersusModel
from inspector.ui.theme import Theme
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.paint import draw_text

WIDTHS = (92, 0, 112, 112, 112, 72, 72, 80)
"""The one of 0 takes the room that is left."""

_PAD_PX = 8
_ICON_PX = 14

Index = QModelIndex | QPersistentModelIndex


class VersusTable(QTableView):
    """Up and Down move from event to event.

    Signals:
        row_chosen(VersusRow): another row is current, None for none.
        opened(int): an event was asked for by Enter or a double click, by its id.
    """

    row_chosen = Signal(object)
    opened = Signal(object)

    def __init__(self, theme: Theme, icons: Icons, model: VersusModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model = model
        self.ring = FocusWatch(self)
        self.setModel(model)
        self.setAccessibleName("Comparison of two targets")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.setHorizontalHeader(_Captions(theme, self))
        self.setItemDelegate(_Cells(theme, icons, self))
        for column, width in enumerate(WIDTHS):
            mode = QHeaderView.ResizeMode.Fixed if width else QHeaderView.ResizeMode.Stretch
            self.horizontalHeader().setSectionResizeMode(column, mode)
            if width:
                self.setColumnWidth(column, width)
        self.selectionModel().currentRowChanged.connect(lambda _now, _before: self.row_chosen.emit(self.row))
        model.modelReset.connect(lambda: self.row_chosen.emit(None))
        self.doubleClicked.connect(lambda _index: self._open())
        theme.changed.connect(self._fit)
        self._fit()

    @property
    def row(self) -> VersusRow | None:
        """The row the keyboard stands on."""
        place = self.currentIndex().row()
        return self._model.rows[place] if 0 <= place < len(self._model.rows) else None

    def keyboardSearch(self, _search: str) -> None:
        """Do nothing: there is nothing to type ahead for."""

    def keyPressEvent(self, event: Any) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open()
            return
        super().keyPressEvent(event)

    def _open(self) -> None:
        if self.row is not None:
            self.opened.emit(self.row.event_id)

    def _fit(self) -> None:
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(self._theme.size("treeRow") + 2)
        self.viewport().update()


class _Captions(QHeaderView):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setSectionsClickable(False)

    def sizeHint(self) -> QSize:
        return QSize(0, self._theme.size("treeRow") + 2)

    def paintSection(self, painter: QPainter, rect: Any, logicalIndex: int) -> None:
        tokens, column = self._theme.tokens, COLUMNS[logicalIndex]
        painter.fillRect(rect, tokens.surface)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.border)
        inner = rect.adjusted(_PAD_PX, 0, -_PAD_PX, 0).toRectF()
        if logicalIndex == 0:
            inner.setLeft(inner.left() + _ICON_PX + 6)
        align = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        draw_text(painter, inner, column.name, self._theme.font("caption"), tokens.text2, align=align)


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
            room.setLeft(room.left() + _ICON_PX + 6)
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
