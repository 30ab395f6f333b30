"""The parts of a multipart body as a table: name, type, file and size, one row each."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from inspector.payload.multipart_tree import Part
from inspector.ui.detail.sizes import spell_size
from inspector.ui.theme import Theme
from inspector.ui.widgets.paint import draw_text, text_width

COLUMNS = ("Name", "Type", "File", "Size")
NAME, TYPE, FILE, SIZE = range(4)
MOST_ROWS_IN_SIGHT = 5
_PADDING_PX = 8
_WIDEST_PX = 180

Index = QModelIndex | QPersistentModelIndex


class PartsModel(QAbstractTableModel):
    """One row a part."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.parts: tuple[Part, ...] = ()

    def set_parts(self, parts: tuple[Part, ...]) -> None:
        """Show other parts."""
        self.beginResetModel()
        self.parts = parts
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.parts)

    def columnCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        wanted = orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return COLUMNS[section] if wanted and 0 <= section < len(COLUMNS) else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        part = self.parts[index.row()]
        texts = (part.name, part.media_type or "text", part.file_name, spell_size(len(part.content)))
        if role == Qt.ItemDataRole.DisplayRole:
            return texts[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return texts[index.column()] or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(text for text in texts if text)
        return None


class PartsTable(QTableView):
    """As high as its rows, up to a few; the others scroll.

    Signals:
        part_chosen(int): another row is selected.
    """

    part_chosen = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._most_rows = MOST_ROWS_IN_SIGHT
        self.rows = PartsModel(self)
        self.setModel(self.rows)
        self.setAccessibleName("Parts")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.verticalHeader().hide()
        self.setHorizontalHeader(_Captions(theme, self))
        self.setItemDelegate(_Cells(theme, self))
        header = self.horizontalHeader()
        for column, mode in ((NAME, "Stretch"), (TYPE, "ResizeToContents"), (FILE, "Stretch"), (SIZE, "Fixed")):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode[mode])
        header.setResizeContentsPrecision(50)
        self.setColumnWidth(SIZE, 76)
        self.selectionModel().currentRowChanged.connect(self._on_row)
        theme.changed.connect(self._fit)
        self.hide()

    def keyboardSearch(self, _search: str) -> None:
        """Do nothing: letters are shortcuts here."""

    def show_parts(self, parts: tuple[Part, ...]) -> None:
        """Show the parts of a body; () hides the table."""
        self.rows.set_parts(parts)
        self.setVisible(bool(parts))
        self._fit()

    def set_most_rows(self, count: int) -> None:
        """Show at most so many rows at once."""
        if count != self._most_rows:
            self._most_rows = count
            self._fit()

    @property
    def part(self) -> Part | None:
        """The selected part."""
        index = self.currentIndex()
        return self.rows.parts[index.row()] if index.isValid() else None

    def _on_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self.part_chosen.emit(current.row())

    def _fit(self) -> None:
        row = self._theme.size("treeRow")
        self.verticalHeader().setMinimumSectionSize(1)
        self.verticalHeader().setDefaultSectionSize(row)
        seen = min(len(self.rows.parts), self._most_rows)
        self.setFixedHeight(self.horizontalHeader().sizeHint().height() + seen * row + 2)
        self.viewport().update()


class _Captions(QHeaderView):
    """The names of the columns, quiet as in the list of events."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self.setSectionsClickable(False)

    def sizeHint(self) -> QSize:
        return QSize(0, self._theme.size("treeRow"))

    def paintSection(self, painter: QPainter, rect: Any, logicalIndex: int) -> None:
        tokens = self._theme.tokens
        painter.fillRect(rect, tokens.surface)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.border)
        inner = rect.adjusted(_PADDING_PX, 0, -_PADDING_PX, 0).toRectF()
        align = Qt.AlignmentFlag.AlignRight if logicalIndex == SIZE else Qt.AlignmentFlag.AlignLeft
        draw_text(painter, inner, COLUMNS[logicalIndex], self._theme.font("caption"), tokens.text2, align=align)


class _Cells(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QTableView) -> None:
        super().__init__(parent)
        self._theme, self._view = theme, parent

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens = self._theme.tokens
        if self._view.selectionModel().isRowSelected(index.row(), QModelIndex()):
            painter.fillRect(option.rect, tokens.selected if self._view.hasFocus() else tokens.selectedIdle)
        room = option.rect.toRectF().adjusted(_PADDING_PX, 0, -_PADDING_PX, 0)
        right = index.column() == SIZE
        align = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        font = self._theme.font("mono") if index.column() in (NAME, TYPE) else self._theme.font("body", numbers=right)
        ink = tokens.jsKey if index.column() == NAME else tokens.text2
        draw_text(painter, room, str(index.data() or ""), font, ink, align=align)

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        width = text_width(str(index.data() or ""), self._theme.font("mono")) + 2 * _PADDING_PX + 2
        return QSize(min(width, _WIDEST_PX), self._theme.size("treeRow"))
