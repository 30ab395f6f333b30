"""The list of messages: one of them selected, kept by its id while the list changes under it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from inspector.ui.events.kit import CellKit
from inspector.ui.icons import Icons
from inspector.ui.messages.cells import LEFT_PX
from inspector.ui.messages.columns import COLUMNS, fitting
from inspector.ui.messages.delegate import MessageDelegate
from inspector.ui.messages.model import MessageModel
from inspector.ui.theme import Theme
from inspector.ui.widgets.painted_table import PaintedHeader, set_up_rows

_MOVES = {Qt.Key.Key_J: Qt.Key.Key_Down, Qt.Key.Key_K: Qt.Key.Key_Up}
_OPENS = {Qt.Key.Key_Return, Qt.Key.Key_Enter}
_Move = QAbstractItemView.CursorAction
_RIGHT_PX = 14


class MessagesTable(QTableView):
    """Rows of one height, painted by the delegate.

    Signals:
        current_changed(object): id of the message to show, or None.
        opened(int): Enter or a double-click on a message.
        menu_requested(int, QPoint): show the menu of a message at this place of the screen.
    """

    current_changed = Signal(object)
    opened = Signal(object)
    menu_requested = Signal(object, QPoint)

    def __init__(self, model: MessageModel, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._messages = model
        self._theme = theme
        self._kit = CellKit(theme, icons)
        self._rows = MessageDelegate(model, self._kit, self)
        self._kept: int | None = None
        self._kept_scroll = 0
        self._told: int | None = None
        self._refilling = False
        self.letters = True
        self.setAccessibleName("Messages")
        self.header = PaintedHeader(theme, COLUMNS, _margins, self)
        self.setHorizontalHeader(self.header)
        self.setItemDelegate(self._rows)
        self.setModel(model)
        self._set_up()
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._restore)
        self.selectionModel().selectionChanged.connect(lambda *_: self._tell())
        self.doubleClicked.connect(self._on_double_click)
        self.clicked.connect(self._on_click)
        theme.changed.connect(self._on_theme)
        self._on_theme()

    def _set_up(self) -> None:
        set_up_rows(self)
        self.setMouseTracking(True)

    def _on_theme(self) -> None:
        self._kit.refresh()
        self.verticalHeader().setDefaultSectionSize(self._theme.size("messageRow"))
        self._fit()
        self.viewport().update()

    def _fit(self) -> None:
        """Show the columns that have room."""
        scale = max(1.0, self._theme.text_scale)
        shown, stretch = fitting(self.viewport().width(), scale)
        for place, column in enumerate(COLUMNS):
            self.setColumnHidden(place, column.key not in shown)
            mode = QHeaderView.ResizeMode.Stretch if column.key == stretch else QHeaderView.ResizeMode.Fixed
            self.header.setSectionResizeMode(place, mode)
            if column.key != stretch and column.width_px:
                self.setColumnWidth(place, round(column.width_px * scale))

    @property
    def at_top(self) -> bool:
        """Whether the newest message is in view."""
        return self.verticalScrollBar().value() == 0

    def current_id(self) -> int | None:
        """Return the id of the selected message, None for none and for a header."""
        rows = self.selectionModel().selectedRows()
        return self._messages.id_at(rows[0].row()) if rows else None

    def select_message(self, id: int) -> bool:
        """Select a message and bring it into view; False when it is not in the list."""
        row = self._messages.row_of(id)
        if row is None:
            return False
        self.selectRow(row)
        self.scrollTo(self._messages.index(row, 0))
        return True

    def _keep(self) -> None:
        self._refilling = True
        self._kept = self.current_id()
        self._kept_scroll = self.verticalScrollBar().value()

    def _restore(self) -> None:
        row = self._messages.row_of(self._kept) if self._kept is not None else None
        self._fit()
        if row is not None:
            self.selectRow(row)
        self.verticalScrollBar().setValue(self._kept_scroll)
        self._refilling = False
        self._tell()

    def _tell(self) -> None:
        current = self.current_id()
        if not self._refilling and current != self._told:
            self._told = current
            self.current_changed.emit(current)

    def _on_click(self, index: QModelIndex) -> None:
        self._messages.toggle_group(index.row())

    def _on_double_click(self, index: QModelIndex) -> None:
        id = self._messages.id_at(index.row())
        if id is not None:
            self.opened.emit(id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, plain = Qt.Key(event.key()), event.modifiers() == Qt.KeyboardModifier.NoModifier
        row = self.currentIndex().row()
        group = self._messages.group(row)
        if key in _OPENS and group is None:
            id = self._messages.id_at(row)
            if id is not None:
                self.opened.emit(id)
        elif group is not None and (key in _OPENS or self._turns(key, closed=self._messages.is_closed(group))):
            self._messages.toggle_group(row)
            self.selectRow(row)
        elif plain and self.letters and key in _MOVES:
            super().keyPressEvent(QKeyEvent(event.type(), _MOVES[key], event.modifiers()))
        else:
            super().keyPressEvent(event)

    @staticmethod
    def _turns(key: Qt.Key, *, closed: bool) -> bool:
        return key is Qt.Key.Key_Space or key is (Qt.Key.Key_Right if closed else Qt.Key.Key_Left)

    def moveCursor(self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        count = self._messages.rowCount()
        if count and action in {_Move.MoveHome, _Move.MoveEnd}:
            return self._messages.index(0 if action is _Move.MoveHome else count - 1, 0)
        return super().moveCursor(action, modifiers)

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are keys of the list."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place, row = event.globalPos(), self.rowAt(event.pos().y())
        if event.reason() is QContextMenuEvent.Reason.Keyboard:
            row = self.currentIndex().row()
            place = self.viewport().mapToGlobal(self.visualRect(self.currentIndex()).bottomLeft() + QPoint(24, 0))
        id = self._messages.id_at(row)
        if id is not None:
            self.menu_requested.emit(id, place)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(round(event.position().y())))

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Leave:
            self._hover(-1)
        return super().viewportEvent(event)

    def _hover(self, row: int) -> None:
        if row != self._rows.hover_row:
            before, self._rows.hover_row = self._rows.hover_row, row
            for changed in {row, before} - {-1}:
                top = self.rowViewportPosition(changed)
                self.viewport().update(0, top, self.viewport().width(), self.rowHeight(changed))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.selectionModel().hasSelection() and self._messages.rowCount() and not self.currentIndex().isValid():
            self.setCurrentIndex(self._messages.index(0, 0))
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()


def _margins(place: int) -> tuple[int, int]:
    """Return how far a caption stays from the left and the right of its column."""
    column = COLUMNS[place]
    return LEFT_PX if column.key == "message" else 6 if column.key == "state" else 0, _RIGHT_PX if column.right else 4
