"""Paints the rows of the sidebar, wide or as a rail of initials and icons."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from inspector.ui.endpoints.colour_field import colour_token
from inspector.ui.endpoints.sidebar_model import AllRow, EndpointRow, SidebarModel, SidebarRow, ViewRow
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.theme_tokens import FontName
from inspector.ui.widgets.counts import grouped
from inspector.ui.widgets.focus import FocusWatch, paint_ring
from inspector.ui.widgets.marks import paint_state
from inspector.ui.widgets.paint import draw_text, fill_box

Index = QModelIndex | QPersistentModelIndex

_SIDE_PX = 8
_MARK_X_PX = 24
_TEXT_X_PX = 38
_RIGHT_PX = 18
_ICON_PX = 15
_SHIELD_PX = 13
_ARROW_PX = 9
_COUNT_PX = 15
_NAME_Y = 0.33  # the two lines of an endpoint, as shares of the row
_PATH_Y = 0.70
RAIL_ENDPOINT_PX = 40
RAIL_VIEW_PX = 36
_TILE_PX = 36
_BAR_PX = 3
MOST_IN_BADGE = 9


class SidebarDelegate(QStyledItemDelegate):
    """`rail` paints initials and icons only."""

    def __init__(self, model: SidebarModel, theme: Theme, icons: Icons, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._model = model
        self._theme = theme
        self._icons = icons
        self._ring = FocusWatch(view)
        self.rail = False

    def row_height(self, row: SidebarRow) -> int:
        """Return how tall a row is, in pixels."""
        if self.rail:
            return RAIL_VIEW_PX if isinstance(row, ViewRow) else RAIL_ENDPOINT_PX
        if isinstance(row, EndpointRow):
            return self._theme.size("endpointRow")
        return self._theme.size("savedViewRow") + isinstance(row, AllRow)

    def sizeHint(self, _option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(40, self.row_height(self._model.rows[index.row()]))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = self._model.rows[index.row()]
        rect = QRectF(option.rect)
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        over = bool(option.state & QStyle.StateFlag.State_MouseOver)
        font: FontName
        painter.save()
        self._paint_ground(painter, rect, selected=selected, over=over)
        if self.rail:
            self._paint_rail(painter, rect, row, index.row())
        elif isinstance(row, EndpointRow):
            self._paint_endpoint(painter, rect, row, selected=selected)
        elif isinstance(row, AllRow):
            font = "strong" if selected else "label"
            self._paint_line(painter, rect, row.name, "inbox", "text2", row.events or None, font)
        else:
            font = "strong" if selected else "body"
            self._paint_line(painter, rect, row.name, row.view.icon, row.view.color, row.events, font)
        view = self.parent()
        if self._ring.visible and isinstance(view, QAbstractItemView) and view.currentIndex().row() == index.row():
            paint_ring(painter, self._tile(rect), self._theme.radius("control"), self._theme.tokens.focus)
        painter.restore()

    def _tile(self, rect: QRectF) -> QRectF:
        if self.rail:
            height = min(_TILE_PX, rect.height())
            top = rect.top() + (rect.height() - height) / 2
            return QRectF(rect.center().x() - _TILE_PX / 2, top, _TILE_PX, height)
        return rect.adjusted(_SIDE_PX, 1, -_SIDE_PX, -1)

    def _paint_ground(self, painter: QPainter, rect: QRectF, *, selected: bool, over: bool) -> None:
        tokens = self._theme.tokens
        if selected or over:
            radius = self._theme.radius("control")
            fill_box(painter, self._tile(rect), radius, tokens.selected if selected else tokens.pressed)

    def _paint_line(
        self, painter: QPainter, rect: QRectF, name: str, icon: str, color: str, count: int | None, font: FontName
    ) -> None:
        tokens = self._theme.tokens
        x, y = rect.left() + _MARK_X_PX - _ICON_PX // 2 - 1, rect.top() + (rect.height() - _ICON_PX) / 2
        self._icons.paint(painter, icon, color, x, round(y), _ICON_PX)
        right = self._paint_count(painter, rect, count)
        room = QRectF(rect.left() + _TEXT_X_PX, rect.top(), right - rect.left() - _TEXT_X_PX - 6, rect.height())
        draw_text(painter, room, name, self._theme.font(font), tokens.text)

    def _paint_count(self, painter: QPainter, rect: QRectF, count: int | None) -> float:
        right = rect.right() - _RIGHT_PX
        if count is None:
            return right
        room = QRectF(rect.left(), rect.top(), right - rect.left(), rect.height())
        font = self._theme.font("small", numbers=True)
        align = Qt.AlignmentFlag.AlignRight
        return right - draw_text(painter, room, grouped(count), font, self._theme.tokens.text2, align=align)

    def _paint_endpoint(self, painter: QPainter, rect: QRectF, row: EndpointRow, *, selected: bool) -> None:
        tokens, height = self._theme.tokens, rect.height()
        self._paint_colour(painter, self._tile(rect), row.colour)
        first = QRectF(rect.left(), rect.top(), rect.width(), 2 * _NAME_Y * height)
        second = QRectF(rect.left(), rect.top() + (2 * _PATH_Y - 1) * height, rect.width(), 2 * (1 - _PATH_Y) * height)
        dot = QPointF(rect.left() + _MARK_X_PX, first.center().y())
        paint_state(painter, dot, row.state, self._theme, self._icons)
        right = self._paint_count(painter, first, row.events or None)
        left = rect.left() + _TEXT_X_PX
        room = QRectF(left, first.top(), right - left - 6, first.height())
        draw_text(painter, room, row.name, self._theme.font("strong" if selected else "label"), tokens.text)
        right = self._paint_failures(painter, second, row.failures)
        right = self._paint_forwards(painter, second, right) if row.forwards_fail else right
        room = QRectF(left, second.top(), right - left - 6, second.height())
        middle = Qt.TextElideMode.ElideMiddle
        draw_text(painter, room, row.path, self._theme.font("monoSmall"), tokens.text3, mode=middle)

    def _paint_colour(self, painter: QPainter, tile: QRectF, colour: str) -> None:
        """Paint the user's own mark: a short bar at the left edge."""
        token = colour_token(colour)
        if token:
            bar = QRectF(tile.left() + 1, tile.top() + 7, _BAR_PX, tile.height() - 14)
            fill_box(painter, bar, _BAR_PX / 2, getattr(self._theme.tokens, token))

    def _paint_failures(self, painter: QPainter, rect: QRectF, failures: int) -> float:
        right = rect.right() - _RIGHT_PX
        if not failures:
            return right
        tokens = self._theme.tokens
        room = QRectF(rect.left(), rect.top(), right - rect.left(), rect.height())
        font = self._theme.font("caption", numbers=True)
        align = Qt.AlignmentFlag.AlignRight
        right -= draw_text(painter, room, grouped(failures), font, tokens.failFg, align=align) + 3 + _SHIELD_PX
        self._icons.paint(painter, "shield-x", "failFg", right, round(rect.center().y() - _SHIELD_PX / 2), _SHIELD_PX)
        return right

    def _paint_forwards(self, painter: QPainter, rect: QRectF, right: float) -> float:
        """Paint that a forward rule keeps failing: a red dot with an arrow, left of what stands there."""
        right -= _SHIELD_PX + (5 if right < rect.right() - _RIGHT_PX else 0)
        top = round(rect.center().y() - _SHIELD_PX / 2)
        fill_box(painter, QRectF(right, top, _SHIELD_PX, _SHIELD_PX), _SHIELD_PX / 2, self._theme.tokens.failSolid)
        inset = (_SHIELD_PX - _ARROW_PX) / 2
        self._icons.paint(painter, "corner-down-right", "onAccent", right + inset, top + inset, _ARROW_PX)
        return right

    def _paint_rail(self, painter: QPainter, rect: QRectF, row: SidebarRow, place: int) -> None:
        center = rect.center()
        if not isinstance(row, EndpointRow):
            icon, color = ("inbox", "text2") if isinstance(row, AllRow) else (row.view.icon, row.view.color)
            x, y = round(center.x() - _ICON_PX / 2), round(center.y() - _ICON_PX / 2)
            self._icons.paint(painter, icon, color, x, y, _ICON_PX)
            return
        tokens = self._theme.tokens
        self._paint_colour(painter, self._tile(rect), row.colour)
        initial = self._model.initial(place)
        align = Qt.AlignmentFlag.AlignHCenter
        draw_text(painter, rect, initial, self._theme.font("strong"), tokens.text, align=align)
        paint_state(painter, center + QPointF(10, 10), row.state, self._theme, self._icons)
        if row.forwards_fail:
            self._paint_forwards(painter, QRectF(center.x() - _TILE_PX / 2, center.y() + 4, _SHIELD_PX, 12), center.x())
        if row.failures:
            text = str(row.failures) if row.failures <= MOST_IN_BADGE else f"{MOST_IN_BADGE}+"
            badge = QRectF(center.x() + 3.5, center.y() - _TILE_PX / 2 - 3, _COUNT_PX, _COUNT_PX)
            fill_box(painter, badge, _COUNT_PX / 2, tokens.failSolid)
            draw_text(painter, badge, text, self._theme.font("caption", numbers=True), tokens.onAccent, align=align)

    # The field in which an endpoint is renamed

    def createEditor(self, parent: QWidget, _option: QStyleOptionViewItem, _index: Index) -> QWidget:
        editor = QLineEdit(parent)
        editor.setAccessibleName("Name of the endpoint")
        editor.setStyleSheet("QLineEdit, QLineEdit:focus { min-height: 0px; padding: 0 3px; }")
        editor.setFont(self._theme.font("body"))
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole)))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        if isinstance(editor, QLineEdit):
            model.setData(index, editor.text(), Qt.ItemDataRole.EditRole)

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, _index: Index) -> None:
        rect = option.rect
        editor.setGeometry(QRect(rect.left() + _TEXT_X_PX - 6, rect.top() + 3, rect.width() - _TEXT_X_PX - 6, 25))
