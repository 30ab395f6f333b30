"""The header of the event table: titles, the arrow of the order, and the menu of columns."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetricsF, QMouseEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from inspector.ui.events.columns import COLUMNS
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.paint import draw_text

_ARROW_PX = 14
_ARROW_GAP_PX = 5


class EventHeader(QHeaderView):
    """Paints itself: a style sheet on header sections would discard the font. Only the time column can be clicked.

    Signals:
        order_requested(): turn the order round.
        columns_requested(QPoint): show the choice of columns at this place of the screen.
    """

    order_requested = Signal()
    columns_requested = Signal(QPoint)

    def __init__(self, theme: Theme, icons: Icons, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme = theme
        self._icons = icons
        self._oldest_first = False
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setMinimumSectionSize(8)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setFixedHeight(theme.size("columnHeader"))
        self.sectionClicked.connect(self._on_clicked)
        theme.changed.connect(self._on_theme)

    def set_oldest_first(self, oldest_first: bool) -> None:
        """Point the arrow the way the order runs."""
        self._oldest_first = oldest_first
        self.viewport().update()

    def _on_theme(self) -> None:
        self.setFixedHeight(self._theme.size("columnHeader"))
        self.viewport().update()

    def _on_clicked(self, section: int) -> None:
        if COLUMNS[section].sorts:
            self.order_requested.emit()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._theme.size("columnHeader"))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        section = self.logicalIndexAt(event.position().toPoint())
        sorts = 0 <= section < len(COLUMNS) and COLUMNS[section].sorts
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if sorts else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.columns_requested.emit(event.globalPos())

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        tokens = self._theme.tokens
        painter.fillRect(rect, tokens.surface)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.border)
        column = COLUMNS[section]
        font = self._theme.font("column")
        ink = tokens.text3
        room = rect.toRectF().adjusted(0, 0, -4, 0)
        painter.save()
        draw_text(painter, room, column.title, font, ink)
        if column.sorts:
            x = rect.left() + QFontMetricsF(font).horizontalAdvance(column.title) + _ARROW_GAP_PX
            y = rect.top() + (rect.height() - _ARROW_PX) // 2
            self._icons.paint(painter, "arrow-up" if self._oldest_first else "arrow-down", ink, x, y, _ARROW_PX)
        painter.restore()
