"""A plain painted table whose cells are made when they are first seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QWidget

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import FontName
from inspector.ui.widgets.paint import draw_text
from inspector.ui.widgets.painted_table import PaintedTable, paint_ground

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
Role = Qt.ItemDataRole
T = TypeVar("T")

LEFT_PX = 14
GAP_PX = 14
ICON_PX = 14


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `width_px` 0 takes what the others leave."""

    title: str
    width_px: int
    right: bool = False
    font: FontName = "small"


@dataclass(frozen=True, slots=True)
class CellText:
    """What one cell says, in which colour, with which icon before it."""

    text: str
    color: str = "text"
    icon: str = ""


class RowsModel(QAbstractTableModel, Generic[T]):
    """Items, each a row; `cells` says what its cells are."""

    def __init__(
        self, columns: Sequence[Column], cells: Callable[[T], Sequence[CellText]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._cells = cells
        self.items: tuple[T, ...] = ()

    def set_items(self, items: Sequence[T]) -> None:
        """Show other items; as many as before keep selection and place, more are added at the end."""
        new, before = tuple(items), len(self.items)
        if len(new) < before:
            self.beginResetModel()
            self.items = new
            self.endResetModel()
            return
        if len(new) > before:
            self.beginInsertRows(NO_INDEX, before, len(new) - 1)
            self.items = new
            self.endInsertRows()
        self.items = new
        if before:
            self.dataChanged.emit(self.index(0, 0), self.index(before - 1, len(self.columns) - 1))

    def cell(self, row: int, column: int) -> CellText:
        """Return what a cell says."""
        return self._cells(self.items[row])[column]

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.items)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.items):
            return None
        if role in (Role.DisplayRole, Role.ToolTipRole, Role.AccessibleTextRole):
            return self.cell(index.row(), index.column()).text
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Role.DisplayRole:
            return self.columns[section].title
        return None


class _Delegate(QStyledItemDelegate):
    def __init__(self, model: RowsModel[Any], theme: Theme, icons: Icons, parent: QObject) -> None:
        super().__init__(parent)
        self._model, self._theme, self._icons = model, theme, icons

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        return QSize(40, self._theme.size("eventRow"))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect = option.rect
        paint_ground(painter, option, index, self._theme)
        column, cell = self._model.columns[index.column()], self._model.cell(index.row(), index.column())
        room = QRectF(rect).adjusted(LEFT_PX if index.column() == 0 else 0, 0, -GAP_PX, -1)
        ink = self._theme.color(cell.color)
        if cell.icon:
            self._icons.paint(painter, cell.icon, ink, room.left(), round(room.center().y() - ICON_PX / 2), ICON_PX)
            room.setLeft(room.left() + ICON_PX + 6)
        align = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        font = self._theme.font(column.font, numbers=not column.font.startswith("mono"))
        draw_text(painter, room, cell.text, font, ink, align=align)


class RowsTable(PaintedTable):
    """Signals:
    row_wanted(int): a row was clicked, or Enter pressed on it.
    """

    row_wanted = Signal(int)

    def __init__(
        self, model: RowsModel[Any], theme: Theme, icons: Icons, name: str, empty: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(model, model.columns, theme, name, parent)
        self.empty_text = empty
        self.setItemDelegate(_Delegate(model, theme, icons, self))
        self.clicked.connect(lambda index: self.row_wanted.emit(index.row()))
        self.fit_theme()

    def margins_of(self, place: int) -> tuple[int, int]:
        return 0 if place else LEFT_PX, GAP_PX

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.row_wanted.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)
