"""The command palette: type some words, press Enter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.fields import SearchField
from inspector.ui.widgets.paint import draw_text, fill_box, text_width
from inspector.ui.widgets.popup_shape import prepare_popup, round_corners

WIDTH_PX = 560
ROW_PX = 34
MOST_ROWS = 10
_ICON_PX = 16
_SHORTCUT = Qt.ItemDataRole.UserRole + 1
_ICON = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class Command:
    """One thing to do: the words shown, more words it is found by, the shortcut, and a reason where it cannot now."""

    key: str
    text: str
    words: str = ""
    shortcut: str = ""
    icon: str = ""
    reason: str = ""


def matching(commands: Sequence[Command], typed: str) -> list[Command]:
    """Return the commands that have every typed word in any order; those whose text begins with it come first."""
    wanted = typed.lower().split()

    def rank(command: Command) -> int:
        return 0 if command.text.lower().startswith(typed.lower().strip()) else 1

    found = [item for item in commands if all(word in f"{item.text} {item.words}".lower() for word in wanted)]
    return sorted(found, key=rank)


class CommandPalette(QFrame):
    """A field and a list over the window.

    Signals:
        chosen(str): the key of the command.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, icons: Icons, commands: Sequence[Command], parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._theme, self._icons, self._commands = theme, icons, tuple(commands)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Command palette")
        column = QVBoxLayout(self)
        column.setContentsMargins(9, 9, 9, 9)
        column.setSpacing(7)
        self.field = SearchField(theme, icons, "What do you want to do?", self, name="Command")
        self.list = QListWidget(self)
        self.list.setObjectName("commands")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setAccessibleName("Commands")
        self._delegate = _CommandPainter(theme, icons, self)
        self.list.setItemDelegate(self._delegate)
        self.list.setStyleSheet("QListWidget#commands { background: transparent; border: 0; outline: 0; }")
        prepare_popup(self)
        column.addWidget(self.field)
        column.addWidget(self.list)
        self.field.textChanged.connect(self._fill)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda _item: self._choose())
        self.setFixedWidth(WIDTH_PX)
        self._fill("")

    def open_over(self, window: QWidget) -> None:
        """Show it at the top of a window, ready to type."""
        left = max(0, (window.width() - WIDTH_PX) // 2)
        self.move(window.mapToGlobal(QPoint(left, 84)))
        self.show()
        self.field.setFocus()

    def _fill(self, typed: str) -> None:
        self.list.clear()
        for command in matching(self._commands, typed):
            item = QListWidgetItem(command.text)
            item.setData(Qt.ItemDataRole.UserRole, command.key)
            item.setData(_SHORTCUT, command.shortcut)
            item.setData(_ICON, command.icon or "chevron-right")
            item.setSizeHint(QSize(0, ROW_PX))
            if command.reason:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
                item.setToolTip(command.reason)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.list.setFixedHeight(ROW_PX * min(MOST_ROWS, max(1, self.list.count())) + 4)
        self.adjustSize()

    def _choose(self) -> None:
        if self.list.currentRow() < 0:
            return
        item = self.list.currentItem()
        if not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        key = str(item.data(Qt.ItemDataRole.UserRole))
        self.close()
        self.chosen.emit(key)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list and Enter choose while the field has the focus."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = event.key()
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}.get(
                Qt.Key(key)
            )
            if step is not None:
                self.list.setCurrentRow(min(max(self.list.currentRow() + step, 0), self.list.count() - 1))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose()
                return True
            if key == Qt.Key.Key_Escape:
                self.close()
                return True
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        round_corners(self, self._theme.radius("dialog"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        fill_box(painter, QRectF(self.rect()), self._theme.radius("dialog"), tokens.surface, tokens.borderStrong)
        painter.end()


class _CommandPainter(QStyledItemDelegate):
    """Icon and words at the left, the shortcut at the right."""

    def __init__(self, theme: Theme, icons: Icons, parent: QObject) -> None:
        super().__init__(parent)
        self._theme, self._icons = theme, icons

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens, rect = self._theme.tokens, QRectF(option.rect)
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            fill_box(painter, rect, self._theme.radius("control"), tokens.selected)
        enabled = bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)
        ink = tokens.text if enabled else tokens.text3
        middle = rect.top() + (rect.height() - _ICON_PX) / 2
        self._icons.paint(painter, str(index.data(_ICON)), "text2", rect.left() + 10, middle, _ICON_PX)
        font = self._theme.font("label")
        draw_text(painter, rect.adjusted(36, 0, -110, 0), str(index.data(Qt.ItemDataRole.DisplayRole)), font, ink)
        shortcut, small = str(index.data(_SHORTCUT)), self._theme.font("small")
        left = rect.width() - text_width(shortcut, small) - 10
        draw_text(painter, rect.adjusted(left, 0, 0, 0), shortcut, small, tokens.text2)
