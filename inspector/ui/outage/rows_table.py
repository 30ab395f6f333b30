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
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import FontName
from inspector.ui.widgets.paint import draw_text

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
Role = Qt.ItemDataRole
T = TypeVar("T")

LEFT_PX = 14
GAP_PX = 14
ICON_PX = 14

_SELECTED: int = QStyle.StateFlag.State_Selected.value


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
        rect, tokens, view = option.rect, self._theme.tokens, option.widget
        focused = isinstance(view, QAbstractItemView) and view.hasFocus()
        if option.state.value & _SELECTED:
            painter.fillRect(rect, tokens.selected if focused else tokens.selectedIdle)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.grid)
        if focused and isinstance(view, QAbstractItemView) and view.currentIndex().row() == index.row():
            painter.fillRect(rect.left(), rect.top(), rect.width(), 1, tokens.focus)
            painter.fillRect(rect.left(), rect.bottom() - 1, rect.width(), 1, tokens.focus)
        column, cell = self._model.columns[index.column()], self._model.cell(index.row(), index.column())
        room = QRectF(rect).adjusted(LEFT_PX if index.column() == 0 else 0, 0, -GAP_PX, -1)
        ink = self._theme.color(cell.color)
        if cell.icon:
            self._icons.paint(painter, cell.icon, ink, room.left(), round(room.center().y() - ICON_PX / 2), ICON_PX)
            room.setLeft(room.left() + ICON_PX + 6)
        align = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        font = self._theme.font(column.font, numbers=not column.font.startswith("mono"))
        draw_text(painter, room, cell.text, font, ink, align=align)


class RowsTable(QTableView):
    """Signals:
    row_wanted(int): a row was clicked, or Enter pressed on it.
    """

    row_wanted = Signal(int)

    def __init__(
        self, model: RowsModel[Any], theme: Theme, icons: Icons, name: str, empty: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows, self._theme = model, theme
        self.empty_text = empty
        self.setAccessibleName(name)
        self.setHorizontalHeader(_Header(model, theme, self))
        self.setItemDelegate(_Delegate(model, theme, icons, self))
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.clicked.connect(lambda index: self.row_wanted.emit(index.row()))
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def _on_theme(self) -> None:
        self.verticalHeader().setDefaultSectionSize(self._theme.size("eventRow"))
        self._fit()
        self.viewport().update()

    def _fit(self) -> None:
        scale = max(1.0, self._theme.text_scale)
        for place, column in enumerate(self._rows.columns):
            mode = QHeaderView.ResizeMode.Fixed if column.width_px else QHeaderView.ResizeMode.Stretch
            self.horizontalHeader().setSectionResizeMode(place, mode)
            if column.width_px:
                self.setColumnWidth(place, round(column.width_px * scale))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.row_wanted.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: rows are not found by their first letter."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._rows.rowCount() and self.empty_text:
            painter = QPainter(self.viewport())
            room = QRectF(self.viewport().rect()).adjusted(LEFT_PX, 0, -LEFT_PX, 0)
            center = Qt.AlignmentFlag.AlignHCenter
            draw_text(painter, room, self.empty_text, self._theme.font("body"), self._theme.tokens.text2, align=center)
            painter.end()


class _Header(QHeaderView):
    """Paints itself: a style sheet on header sections would discard the font."""

    def __init__(self, model: RowsModel[Any], theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._rows, self._theme = model, theme
        self.setHighlightSections(False)
        self.setMinimumSectionSize(8)
        self._on_theme()
        theme.changed.connect(self._on_theme)

    def _on_theme(self) -> None:
        self.setFixedHeight(self._theme.size("columnHeader"))
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._theme.size("columnHeader"))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        tokens, column = self._theme.tokens, self._rows.columns[section]
        painter.fillRect(rect, tokens.surface)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.border)
        room = QRectF(rect).adjusted(LEFT_PX if section == 0 else 0, 0, -GAP_PX, 0)
        align = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        painter.save()
        draw_text(painter, room, column.title, self._theme.font("column"), tokens.text3, align=align)
        painter.restore()
