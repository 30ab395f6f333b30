"""Chooses a provider among some two hundred: a button, and under it a list by category with a search field."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QHideEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from inspector.ui.endpoints.provider_rows import ProviderRow, listed
from inspector.ui.form import Line
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import SECONDARY, ThemedButton, link_button
from inspector.ui.widgets.fields import SearchField
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.paint import draw_text, fill_box
from inspector.ui.widgets.popup_shape import prepare_popup, round_corners

USUAL_PX, LEAST_PX = 330, 200
LIST_WIDTH_PX = 400
ROW_PX, HEADING_PX = 30, 28
LIST_PX = 330
_ROW = Qt.ItemDataRole.UserRole
_CHEVRON_PX = 14
_CHECK_PX = 14


class ProviderButton(ThemedButton):
    """Shows the provider in use; a click, Enter, Space or an arrow key opens the list.

    Signals:
        opened: the list is wanted.
    """

    opened = Signal()

    def __init__(self, theme: Theme, icons: Icons) -> None:
        super().__init__(theme, icons, "", look=SECONDARY)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleDescription("Opens the list of providers")
        self.clicked.connect(self.opened)

    def show_provider(self, title: str) -> None:
        """Show a provider's title."""
        self.setText(title.replace("&", "&&"))
        self.setAccessibleName(f"Provider: {title}")
        self.setToolTip(title)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_F4):
            self.opened.emit()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        return QSize(USUAL_PX, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST_PX, super().sizeHint().height())

    def _paint_content(self, painter: QPainter, rect: QRectF, ink: QColor) -> None:
        draw_text(painter, rect.adjusted(10, 0, -30, 0), self._shown_text(), self._theme.font("body"), ink)
        y = (rect.height() - _CHEVRON_PX) / 2
        self._icons.paint(painter, "chevron-down", "text2", rect.right() - 10 - _CHEVRON_PX + 4, y, _CHEVRON_PX)


class ProviderList(QFrame):
    """The list that opens under the button.

    Signals:
        chosen(str): a provider's id, "" for not signed.
        closed: it is gone, by a choice or without one.
    """

    chosen = Signal(str)
    closed = Signal()

    def __init__(
        self,
        theme: Theme,
        icons: Icons,
        current: str,
        parent: QWidget,
        *,
        new: Callable[[], object] | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._theme = theme
        self._current = current
        self._rows: Sequence[ProviderRow] = ()
        self._moved = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName("Providers")
        prepare_popup(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(6)
        self.field = SearchField(theme, icons, "Search by name or header", self, name="Search providers")
        self.list = QListWidget(self)
        self.list.setObjectName("providers")
        self.list.setAccessibleName("Providers")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setFixedHeight(LIST_PX)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setStyleSheet("QListWidget#providers { background: transparent; border: 0; outline: 0; }")
        self.list.setItemDelegate(_RowPainter(theme, icons, current, self))
        self.nothing = Label(theme, "No provider has this name or header.", self, color="text2", wrap=True)
        self.nothing.hide()
        column.addWidget(self.field)
        column.addWidget(self.nothing)
        column.addWidget(self.list)
        column.addWidget(Line(theme))
        foot = QHBoxLayout()
        self.count = Label(theme, "", self, font="small", color="text3")
        foot.addWidget(self.count)
        foot.addStretch(1)
        if new is not None:
            foot.addWidget(link_button(theme, icons, "New scheme…", lambda: self._leave_for(new), self))
        column.addLayout(foot)
        self.field.textChanged.connect(self._on_text)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda _item: self._choose())

    def set_rows(self, rows: Sequence[ProviderRow], *, loading: bool) -> None:
        """Show these providers; `loading` says that more are on their way."""
        self._rows = rows
        self.count.setText(f"Reading {len(rows)}…" if loading else f"{len(rows)} providers")
        self._fill(self.field.text(), keep=self._moved)

    def open_under(self, button: QWidget) -> None:
        """Show it under a button, or over it where there is no room below."""
        self.setFixedWidth(max(button.width(), LIST_WIDTH_PX))
        self.adjustSize()
        at = button.mapToGlobal(QPoint(0, button.height() + 2))
        room: QRect = button.screen().availableGeometry()
        if at.y() + self.height() > room.bottom():
            above = button.mapToGlobal(QPoint(0, -self.height() - 2))
            at = above if above.y() >= room.top() else QPoint(at.x(), max(room.top(), room.bottom() - self.height()))
        self.move(at)
        self.show()
        self.field.setFocus()

    def _on_text(self, text: str) -> None:
        self._moved = False
        self._fill(text)

    def _fill(self, text: str, *, keep: bool = False) -> None:
        wanted = self._selected() if keep else "" if text.strip() else self._current
        self.list.clear()
        lines = listed(self._rows, text)
        for line in lines:
            item = QListWidgetItem(line if isinstance(line, str) else line.title)
            item.setSizeHint(QSize(0, HEADING_PX if isinstance(line, str) and line else 9 if line == "" else ROW_PX))
            if isinstance(line, str):
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            else:
                item.setData(_ROW, line.id)
                item.setToolTip(line.title)
            self.list.addItem(item)
        self.nothing.setVisible(not lines)
        self.list.setVisible(bool(lines))
        places = [place for place, line in enumerate(lines) if isinstance(line, ProviderRow)]
        found = next((place for place in places if self._id(place) == wanted), places[0] if places else -1)
        self.list.setCurrentRow(found)
        if found >= 0:
            self.list.scrollToItem(self.list.item(found), QListWidget.ScrollHint.PositionAtCenter)

    def _selected(self) -> str:
        item = self.list.currentItem()
        return str(item.data(_ROW)) if item is not None else self._current

    def _id(self, place: int) -> str:
        return str(self.list.item(place).data(_ROW))

    def _choose(self) -> None:
        item = self.list.currentItem()
        if item is None or not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        id = str(item.data(_ROW))
        self.close()
        self.chosen.emit(id)

    def _leave_for(self, action: Callable[[], object]) -> None:
        self.close()
        action()

    def _step(self, by: int) -> None:
        self._moved = True
        places = [place for place in range(self.list.count()) if self.list.item(place).data(_ROW) is not None]
        if not places:
            return
        now = self.list.currentRow()
        at = places.index(now) if now in places else 0
        self.list.setCurrentRow(places[min(max(at + by, 0), len(places) - 1)])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Let the arrow keys move in the list and Enter choose while the field has the focus."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 9, Qt.Key.Key_PageUp: -9}
            key = Qt.Key(event.key())
            if key in steps:
                self._step(steps[key])
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose()
                return True
            if key == Qt.Key.Key_Escape:
                self.close()
                return True
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.closed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        round_corners(self, self._theme.radius("card"))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = self._theme.tokens
        fill_box(painter, QRectF(self.rect()), self._theme.radius("card"), tokens.surface, tokens.borderStrong)
        painter.end()


class _RowPainter(QStyledItemDelegate):
    """Headings in small bold words, providers under them, a check at the one in use."""

    def __init__(self, theme: Theme, icons: Icons, current: str, parent: QObject) -> None:
        super().__init__(parent)
        self._theme, self._icons, self._current = theme, icons, current

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tokens, rect = self._theme.tokens, QRectF(option.rect)
        text, id = str(index.data(Qt.ItemDataRole.DisplayRole)), index.data(_ROW)
        if id is None:
            if text:
                draw_text(painter, rect.adjusted(9, 4, -9, 0), text, self._theme.font("caption"), tokens.text3)
            else:
                painter.fillRect(QRectF(rect.left() + 4, rect.center().y(), rect.width() - 8, 1), tokens.border)
            return
        if option.state & QStyle.StateFlag.State_Selected:
            fill_box(painter, rect, self._theme.radius("control"), tokens.selected)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            fill_box(painter, rect, self._theme.radius("control"), tokens.hover)
        if id == self._current:
            y = rect.top() + (rect.height() - _CHECK_PX) / 2
            self._icons.paint(painter, "check", "accent", rect.right() - _CHECK_PX - 9, y, _CHECK_PX)
        draw_text(painter, rect.adjusted(9, 0, -32, 0), text, self._theme.font("body"), tokens.text)
