"""Figures as a real table: it can be walked by keys, read by a screen reader, selected and copied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from inspector.ui.theme import Theme
from inspector.ui.widgets.paint import draw_text

Index = QModelIndex | QPersistentModelIndex

_PADDING_PX = 8
_INSET_PX = 4  # as the header's words have it
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_NOWHERE = QModelIndex()


class FiguresModel(QAbstractTableModel):
    """Rows of words; the first column names the row, the others are figures at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.columns: tuple[str, ...] = ()
        self.rows: tuple[tuple[str, ...], ...] = ()

    def show_table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show other figures; a table of the same size keeps selection and place."""
        new = tuple(tuple(row) for row in rows)
        if tuple(columns) == self.columns and len(new) == len(self.rows):
            if new != self.rows:
                self.rows = new
                self.dataChanged.emit(self.index(0, 0), self.index(len(new) - 1, len(self.columns) - 1))
            return
        self.beginResetModel()
        self.columns, self.rows = tuple(columns), new
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.rows[index.row()][index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            row, column = self.rows[index.row()], index.column()
            return row[0] if column == 0 else f"{row[0]}, {self.columns[column]} {row[column]}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if index.column() else _LEFT
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or section >= len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if section else _LEFT
        return None


class FiguresTable(QTableView):
    """The table itself; whole rows are selected, Ctrl+C copies them with tabs between the columns.

    Signals:
        chosen(int): Enter or a double-click on a row.
    """

    chosen = Signal(int)

    def __init__(self, theme: Theme, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.figures = FiguresModel(self)
        self.setModel(self.figures)
        self.setItemDelegate(_Cells(theme, self))
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(lambda index: self.chosen.emit(index.row()))
        theme.changed.connect(self._fit)
        self._fit()

    def show_table(self, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show other figures."""
        self.figures.show_table(columns, rows)

    def copy(self) -> None:
        """Copy the selected rows, or all, under their headings."""
        chosen = sorted({index.row() for index in self.selectionModel().selectedRows()})
        rows = [self.figures.rows[place] for place in chosen] or self.figures.rows
        QGuiApplication.clipboard().setText("\n".join("\t".join(row) for row in (self.figures.columns, *rows)))

    def height_for(self, rows: int) -> int:
        """Return how tall it is to show so many rows without a scroll bar."""
        return self.horizontalHeader().height() + rows * self._theme.size("keyValueRow")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.chosen.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.figures.rows:
            self.setCurrentIndex(self.figures.index(0, 0))

    def _fit(self) -> None:
        self.verticalHeader().setMinimumSectionSize(0)
        self.verticalHeader().setDefaultSectionSize(self._theme.size("keyValueRow"))
        self.horizontalHeader().setFixedHeight(self._theme.size("columnHeader"))
        self.viewport().update()


class _Cells(QStyledItemDelegate):
    """Paints a cell with a line under it, in digits of equal width."""

    def __init__(self, theme: Theme, parent: QTableView) -> None:
        super().__init__(parent)
        self._theme = theme
        self._table = parent

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, rect = self._theme.tokens, QRectF(option.rect)
        if self._table.selectionModel().isRowSelected(index.row(), QModelIndex()):
            painter.fillRect(rect, tokens.selected if self._table.hasFocus() else tokens.selectedIdle)
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1), tokens.grid)
        first = index.column() == 0
        align = Qt.AlignmentFlag.AlignLeft if first else Qt.AlignmentFlag.AlignRight
        inner = rect.adjusted(_INSET_PX if first else _PADDING_PX, 0, -_INSET_PX, 0)
        font = self._theme.font("small", numbers=True)
        draw_text(painter, inner, str(index.data()), font, tokens.text if first else tokens.text2, align=align)
