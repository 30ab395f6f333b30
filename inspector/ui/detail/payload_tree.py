"""The payload as a tree on screen: every row painted here, with guide lines, chevrons, grey notes and a copy button."""

from __future__ import annotations

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QKeySequence, QMouseEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from inspector.payload.node import ROOT, NodeKind
from inspector.ui.detail.keys import COPY_PATH, claim, is_key
from inspector.ui.detail.payload_model import NAME, PayloadModel
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.paint import draw_text, fill_box, text_width

INDENT_PX = 18
NAME_WIDTH_PX = 158
OPEN_UP_TO = 200
EXPAND_UP_TO = 1000
MOST_INDENTS = 16
_TEXT_LEFT_PX = 20
_CHEVRON_PX = 14
_LEAST_NAME_PX = 70
_NOTE_GAP_PX = 12
_COPY_PX = 28
_TAG_PX = 18
_TAG_PADDING_PX = 6

_VALUE_COLORS = {
    NodeKind.OBJECT: "text3",
    NodeKind.ARRAY: "text3",
    NodeKind.STRING: "jsStr",
    NodeKind.NUMBER: "jsNum",
    NodeKind.BOOL: "jsBool",
    NodeKind.NULL: "jsNull",
}


class PayloadTree(QTreeView):
    """The tree view; Left, Right and * fold as in any tree.

    Signals:
        copy_requested(node): the copy button of a row was clicked, or the keys for copying were pressed.
        path_copy_requested: the keys for copying the path were pressed.
        open_requested(node): a value that holds something was unfolded and has no rows yet.
        menu_requested(QPoint): the context menu is wanted there, in the viewport's coordinates.
    """

    copy_requested = Signal(int)
    path_copy_requested = Signal()
    open_requested = Signal(int)
    menu_requested = Signal(QPoint)

    def __init__(self, theme: Theme, icons: Icons, model: PayloadModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icons = icons
        self._rows = model
        self._hovered = -1
        self._ring = FocusWatch(self)
        self.setModel(model)
        self.setAccessibleName("Payload")
        self.setHeaderHidden(True)
        self.setUniformRowHeights(True)
        self.setIndentation(INDENT_PX)
        self.setExpandsOnDoubleClick(True)
        self.setAnimated(False)
        self.setItemDelegate(_RowHeight(theme, self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.header().setMinimumSectionSize(NAME_WIDTH_PX)
        self.header().resizeSection(NAME, NAME_WIDTH_PX)
        self.header().setStretchLastSection(True)
        self.expanded.connect(self._on_expanded)
        theme.changed.connect(self._on_theme)

    def _on_expanded(self, index: QModelIndex) -> None:
        node = self._rows.node(index)
        if self._rows.can_open(node):
            self.open_requested.emit(node)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu at the pointer, or under the selected row when a key was pressed."""
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            index = self.indexAt(event.pos())
            if index.isValid():
                self.setCurrentIndex(index)
            self.menu_requested.emit(event.pos())
        else:
            rect = self.visualRect(self.currentIndex())
            self.menu_requested.emit(QPoint(NAME_WIDTH_PX, rect.bottom() if rect.isValid() else 0))

    def _on_theme(self) -> None:
        self.scheduleDelayedItemsLayout()
        self.viewport().update()

    def keyboardSearch(self, _search: str) -> None:
        """Do nothing: letters are shortcuts here."""

    def open_levels(self, limit: int) -> None:
        """Open containers from the top down until `limit` rows are shown."""
        self.setUpdatesEnabled(False)
        for index in list(self._rows.breadth_first(limit)):
            self.expand(index)
        self.setUpdatesEnabled(True)

    def select_node(self, node: int) -> None:
        """Select a node, opening the way to it."""
        index = self._rows.index_of(node)
        if index.isValid():
            self.scrollTo(index)
            self.setCurrentIndex(index)

    def current_node(self) -> int:
        """Return the selected node's number, -1 for none."""
        index = self.currentIndex()
        return self._rows.node(index) if index.isValid() else -1

    def sizeHintForColumn(self, _column: int) -> int:
        return NAME_WIDTH_PX

    def event(self, event: QEvent) -> bool:
        return claim(event, QKeySequence.StandardKey.Copy, COPY_PATH) or super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Asterisk:
            self.open_below(self.currentIndex().siblingAtColumn(NAME))
        elif is_key(event, QKeySequence.StandardKey.Copy):
            self.copy_requested.emit(max(self.current_node(), ROOT))
        elif is_key(event, COPY_PATH):
            self.path_copy_requested.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            index = self.currentIndex().siblingAtColumn(NAME)
            self.setExpanded(index, not self.isExpanded(index))
        else:
            super().keyPressEvent(event)

    def open_below(self, start: QModelIndex) -> None:
        """Open everything under a row, up to a number of rows that stays quick."""
        level, rows = [start], 0
        if start.isValid() and self._rows.can_open(self._rows.node(start)):
            self.expand(start)
        while level and rows < EXPAND_UP_TO:
            following: list[QModelIndex] = []
            for index in level:
                count = self._rows.rowCount(index)
                rows += count
                if not count or rows >= EXPAND_UP_TO:
                    continue
                self.expand(index)
                following += [self._rows.index(row, NAME, index) for row in range(count)]
            level = following

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        self._hover(self._rows.node(index) if index.isValid() else -1)

    def leaveEvent(self, event: object) -> None:
        self._hover(-1)

    def _hover(self, node: int) -> None:
        if node != self._hovered:
            self._hovered = node
            self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = event.position().toPoint()
        index = self.indexAt(point)
        if event.button() is Qt.MouseButton.LeftButton and index.isValid():
            if point.x() >= self.viewport().width() - _COPY_PX:
                self.copy_requested.emit(self._rows.node(index))
                return
            left = self._depth(index) * INDENT_PX
            if left <= point.x() < left + _TEXT_LEFT_PX and self._rows.hasChildren(index.siblingAtColumn(NAME)):
                name = index.siblingAtColumn(NAME)
                self.setExpanded(name, not self.isExpanded(name))
                return
        super().mousePressEvent(event)

    def _depth(self, index: QModelIndex | QPersistentModelIndex) -> int:
        tree = self._rows.tree
        node = self._rows.node(index)
        # Deeper rows stand below each other: further in they would leave the pane.
        return min(len(tree.ancestors(node)) - 1, MOST_INDENTS) if tree is not None and node != ROOT else 0

    def drawRow(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        tree = self._rows.tree
        if tree is None:
            return
        rect = QRect(0, option.rect.top(), self.viewport().width(), option.rect.height())
        node = self._rows.node(index)
        selected = self.selectionModel().isRowSelected(index.row(), index.parent())
        tokens = self._theme.tokens
        if selected:
            painter.fillRect(rect, tokens.selected if self.hasFocus() else tokens.selectedIdle)
        elif node == self._hovered:
            painter.fillRect(rect, tokens.hover)
        depth = self._depth(index)
        self._paint_guides(painter, rect, depth, index)
        right = rect.right() + 1
        if selected or node == self._hovered:
            right -= _COPY_PX
            self._icons.paint(painter, "copy", "text2", right + 6, rect.top() + (rect.height() - 15) / 2, 15)
        self._paint_texts(painter, rect, node, depth, right)
        if selected and self._ring.visible:
            paint_ring(painter, QRectF(rect).adjusted(1, 1, -1, -1), 4, tokens.focus)

    def _paint_guides(
        self, painter: QPainter, rect: QRect, depth: int, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        guide = self._theme.tokens.guide
        for level in range(depth):
            painter.fillRect(QRect(level * INDENT_PX + 9, rect.top(), 1, rect.height()), guide)
        name = index.siblingAtColumn(NAME) if isinstance(index, QModelIndex) else QModelIndex(index)  # type: ignore[call-overload]
        if self._rows.hasChildren(name):
            icon = "chevron-down" if self.isExpanded(name) else "chevron-right"
            center = QPointF(depth * INDENT_PX + 9.5, rect.center().y() + 0.5)
            x, y = round(center.x() - _CHEVRON_PX / 2), round(center.y() - _CHEVRON_PX / 2)
            self._icons.paint(painter, icon, "text2", x, y, _CHEVRON_PX)

    def _paint_texts(self, painter: QPainter, rect: QRect, node: int, depth: int, right: int) -> None:
        tree = self._rows.tree
        assert tree is not None
        tokens = self._theme.tokens
        mono = self._theme.font("mono")
        left = depth * INDENT_PX + _TEXT_LEFT_PX
        value_left = max(NAME_WIDTH_PX, left + _LEAST_NAME_PX)
        ink: QColor = tokens.text3 if tree.is_element(node) or node == ROOT else tokens.jsKey
        name_rect = QRectF(left, rect.top(), value_left - left - 6, rect.height())
        draw_text(painter, name_rect, self._rows.name_text(node), mono, ink)
        right = self._paint_tag(painter, rect, node, right)
        value = self._rows.value_text(node)
        note = self._rows.note(node)
        small = self._theme.font("badge", numbers=True)
        room_px = right - value_left - 6
        if self._rows.inside(node) is not None and note:
            # What a text holds is worth more than its last letters.
            room_px = max(room_px // 3, room_px - text_width(note, small) - _NOTE_GAP_PX)
        value_rect = QRectF(value_left, rect.top(), room_px, rect.height())
        ink = self._theme.color(_VALUE_COLORS[tree.kind(node)])
        width = draw_text(painter, value_rect, _paintable(value), mono, ink)
        if note:
            room = QRectF(value_rect)
            room.setLeft(value_left + width + _NOTE_GAP_PX)
            room.setRight(right - 6)
            if room.width() >= min(48, text_width(note, small)):
                draw_text(painter, room, note, small, tokens.text3)

    def _paint_tag(self, painter: QPainter, rect: QRect, node: int, right: int) -> int:
        """Paint the column a value fed, and return where the room for the value ends."""
        tag = self._rows.tag(node)
        if not tag:
            return right
        font, tokens = self._theme.font("badge"), self._theme.tokens
        width = text_width(tag, font) + 2 * _TAG_PADDING_PX
        box = QRectF(right - width - 4, rect.center().y() - _TAG_PX / 2 + 0.5, width, _TAG_PX)
        fill_box(painter, box, self._theme.radius("badge"), tokens.neutBg)
        draw_text(painter, box.adjusted(_TAG_PADDING_PX, 0, 0, 0), tag, font, tokens.text2)
        return int(box.left()) - 2


def _paintable(text: str) -> str:
    """Measuring a text of thousands of characters takes longer than painting the row; what fits is far shorter."""
    return text if len(text) <= 300 else text[:300] + "…"


class _RowHeight(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, _option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(NAME_WIDTH_PX, self._theme.size("treeRow"))
