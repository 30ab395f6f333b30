"""One list of the sidebar: as tall as its rows, without a frame, in the colours of the window."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QListView, QSizePolicy, QWidget

from inspector.ui.endpoints.sidebar_delegate import SidebarDelegate
from inspector.ui.endpoints.sidebar_model import SidebarModel, SidebarRow
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme

_LEAST_ROWS = 3


class SidebarList(QListView):
    """Signals:

    chosen(int): the user picked this row by mouse or keyboard.
    menu_requested(int, QPoint): show the context menu of a row at a place of the screen.
    delete_pressed(int): Del was pressed on a row.
    """

    chosen = Signal(int)
    menu_requested = Signal(int, QPoint)
    delete_pressed = Signal(int)

    def __init__(
        self, model: SidebarModel, theme: Theme, icons: Icons, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._rows = model
        self.setAccessibleName(name)
        self.setModel(model)
        self.rows_painter = SidebarDelegate(model, theme, icons, self)
        self.setItemDelegate(self.rows_painter)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setStyleSheet("QListView { background: transparent; }")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.clicked.connect(self._on_clicked)
        model.modelReset.connect(self.fit)
        theme.changed.connect(self.fit)
        self.fit()

    def set_rail(self, rail: bool) -> None:
        """Paint initials and icons only, or whole rows."""
        self.rows_painter.rail = self._rows.rail = rail
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.NoEditTriggers if rail else QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.fit()

    def fit(self) -> None:
        """Take the height of the rows."""
        heights = [self.rows_painter.row_height(row) for row in self._rows.rows]
        self.setMinimumHeight(sum(heights[:_LEAST_ROWS]))
        self.setMaximumHeight(max(1, sum(heights)))
        self.scheduleDelayedItemsLayout()
        self.updateGeometry()
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(100, self.maximumHeight())

    def row(self, place: int) -> SidebarRow | None:
        """Return the row at a place, None outside the list."""
        return self._rows.rows[place] if 0 <= place < len(self._rows.rows) else None

    def select(self, place: int | None) -> None:
        """Select a row, or none."""
        if place is None:
            self.clearSelection()
        else:
            self.setCurrentIndex(self._rows.index(place, 0))

    def rename(self, place: int) -> None:
        """Open the field that renames a row."""
        self.edit(self._rows.index(place, 0))

    def _on_clicked(self, index: QModelIndex) -> None:
        self.chosen.emit(index.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        before = self.currentIndex().row()
        if event.key() == Qt.Key.Key_Delete:
            self.delete_pressed.emit(before)
            return
        super().keyPressEvent(event)
        row = self.currentIndex().row()
        confirmed = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}
        editing = self.state() is QAbstractItemView.State.EditingState
        if row >= 0 and not editing and (row != before or confirmed):
            self.chosen.emit(row)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        index = self.indexAt(event.pos())
        place = event.globalPos()
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            index = self.currentIndex()
            place = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft() + QPoint(24, 0))
        if index.isValid():
            self.menu_requested.emit(index.row(), place)
