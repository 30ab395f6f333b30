"""The list of what differs: a row a field, with the old and the new value below each other, and folds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from inspector.ui.detail.diff_paint import RowPainter
from inspector.ui.detail.diff_rows import Row
from inspector.ui.detail.keys import COPY_PATH, claim, is_key
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.focus import FocusWatch

Index = QModelIndex | QPersistentModelIndex


class DiffModel(QAbstractListModel):
    """The rows of a comparison; a row carries itself under UserRole."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Row, ...] = ()

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show other rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            texts = [side.text[:1000] for side in (row.old, row.new) if side is not None]
            return "\n".join(texts) if any(len(text) > 40 for text in texts) else None
        return None


class DiffList(QListView):
    """Up and Down move, Enter or Space folds, Ctrl+C copies a field with its values, Ctrl+Shift+C its path.

    Signals:
        fold_toggled(str): a fold was opened or closed.
        copy_requested(Row), path_copy_requested(Row): copy a row, or the path of one.
        menu_requested(Row, QPoint): open the context menu of a row at a point of the screen.
    """

    fold_toggled = Signal(str)
    copy_requested = Signal(object)
    path_copy_requested = Signal(object)
    menu_requested = Signal(object, QPoint)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None, *, name: str = "") -> None:
        super().__init__(parent)
        self.rows = DiffModel(self)
        self._ring = FocusWatch(self)
        self._painter = RowPainter(theme, icons, lambda: self._ring.visible, self)
        self.setModel(self.rows)
        self.setItemDelegate(self._painter)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        theme.changed.connect(self._on_theme)

    def set_rows(self, rows: Sequence[Row], *, keep_place: bool = False) -> None:
        """Show other rows; `keep_place` stays where the list was scrolled to."""
        place, current = self.verticalScrollBar().value(), self.currentIndex().row()
        self.rows.set_rows(rows)
        self.doItemsLayout()
        if keep_place:
            self.setCurrentIndex(self.rows.index(min(current, len(rows) - 1)))
            self.verticalScrollBar().setValue(place)
        else:
            self.scrollToTop()

    def current_row(self) -> Row | None:
        """Return the row the keyboard stands on."""
        place = self.currentIndex().row()
        return self.rows.rows[place] if 0 <= place < len(self.rows.rows) else None

    def keyboardSearch(self, _search: str) -> None:
        """Do nothing: letters are shortcuts here."""

    def _on_theme(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def event(self, event: QEvent) -> bool:
        return claim(event, QKeySequence.StandardKey.Copy, COPY_PATH) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.current_row()
        key = event.key()
        if row is None:
            super().keyPressEvent(event)
        elif is_key(event, QKeySequence.StandardKey.Copy):
            self.copy_requested.emit(row)
        elif is_key(event, COPY_PATH):
            self.path_copy_requested.emit(row)
        elif row.fold and (
            key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
            or key == (Qt.Key.Key_Left if row.open else Qt.Key.Key_Right)
        ):
            self.fold_toggled.emit(row.fold)
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and index.isValid():
            row = self.rows.rows[index.row()]
            if row.fold:
                self.fold_toggled.emit(row.fold)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if not index.isValid():
            return
        self.setCurrentIndex(index)
        row = self.rows.rows[index.row()]
        if row.path:
            below = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft() + QPoint(24, 0))
            self.menu_requested.emit(row, event.globalPos() if by_mouse else below)
