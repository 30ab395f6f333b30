"""A table whose rows and header are painted: its settings, a header that keeps its font, and what an empty one says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import (
    QAbstractItemModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from inspector.ui.theme import Theme
from inspector.ui.widgets.paint import draw_text

SMALLEST_SECTION_PX = 8
CHOSEN_BAR_PX = 3

_SELECTED: int = QStyle.StateFlag.State_Selected.value


class PaintedColumn(Protocol):
    """What a header and the widths need to know of a column; `width_px` 0 takes what the others leave."""

    @property
    def title(self) -> str:
        """The caption."""

    @property
    def width_px(self) -> int:
        """The width at a text size of 100 %."""

    @property
    def right(self) -> bool:
        """Whether it stands at the right."""


def set_up_rows(view: QTableView) -> None:
    """Let a table show whole rows of one height that a delegate paints: nothing is edited, nothing scrolls sideways."""
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.setCornerButtonEnabled(False)
    rows = view.verticalHeader()
    rows.hide()
    rows.setMinimumSectionSize(1)
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)


def paint_ground(
    painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex, theme: Theme
) -> None:
    """Paint what lies under a cell: whether its row is chosen, where the keyboard stands, the line to the next row."""
    rect, view, tokens = option.rect, option.widget, theme.tokens
    focused = isinstance(view, QAbstractItemView) and view.hasFocus()
    if option.state.value & _SELECTED:
        painter.fillRect(rect, tokens.selected if focused else tokens.selectedIdle)
        if rect.left() <= 0:
            painter.fillRect(rect.left(), rect.top(), CHOSEN_BAR_PX, rect.height() - 1, tokens.accent)
    painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.grid)
    if focused and isinstance(view, QAbstractItemView) and view.currentIndex().row() == index.row():
        painter.fillRect(rect.left(), rect.top(), rect.width(), 1, tokens.focus)
        painter.fillRect(rect.left(), rect.bottom() - 1, rect.width(), 1, tokens.focus)


class PaintedHeader(QHeaderView):
    """Paints itself: a style sheet on header sections would discard the font.

    `margins` tells how far a caption stays from the left and from the right of its column, in pixels.
    """

    def __init__(
        self,
        theme: Theme,
        columns: Sequence[PaintedColumn],
        margins: Callable[[int], tuple[int, int]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._theme, self._columns, self._margins = theme, columns, margins
        self.setHighlightSections(False)
        self.setMinimumSectionSize(SMALLEST_SECTION_PX)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self._on_theme()
        theme.changed.connect(self._on_theme)

    def _on_theme(self) -> None:
        self.setFixedHeight(self._theme.size("columnHeader"))
        self.viewport().update()

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._theme.size("columnHeader"))

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        tokens, column = self._theme.tokens, self._columns[section]
        painter.fillRect(rect, tokens.surface)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, tokens.border)
        left, right = self._margins(section)
        align = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        painter.save()
        room = QRectF(rect).adjusted(left, 0, -right, 0)
        draw_text(painter, room, column.title, self._theme.font("column"), tokens.text3, align=align)
        painter.restore()


class PaintedTable(QTableView):
    """Such a table with such a header. Columns grow with the text; rows are as tall as the theme's `row`.

    A subclass says with `width_of` how wide a column is, and with `margins_of` how far its caption stays from its
    edges; `empty_text` is shown while there are no rows.
    """

    def __init__(
        self,
        model: QAbstractItemModel,
        columns: Sequence[PaintedColumn],
        theme: Theme,
        name: str,
        parent: QWidget | None = None,
        *,
        row: str = "eventRow",
    ) -> None:
        super().__init__(parent)
        self._columns, self._theme, self._row = columns, theme, row
        self.empty_text = ""
        self.setAccessibleName(name)
        self.setHorizontalHeader(PaintedHeader(theme, columns, self.margins_of, self))
        self.setModel(model)
        set_up_rows(self)
        self.setFrameShape(QTableView.Shape.NoFrame)
        theme.changed.connect(self.fit_theme)

    def margins_of(self, place: int) -> tuple[int, int]:
        """Return how far the caption of a column stays from its left and its right edge, in pixels."""
        raise NotImplementedError

    def width_of(self, place: int) -> int | None:
        """Return how wide a column is at a text size of 100 %, 0 for what the others leave, None for not shown."""
        return self._columns[place].width_px

    @property
    def text_scale(self) -> float:
        """How much larger than usual columns are."""
        return max(1.0, self._theme.text_scale)

    def fit_theme(self) -> None:
        """Take over the heights and widths of the theme; a subclass calls it once it is whole."""
        self.verticalHeader().setDefaultSectionSize(self._theme.size(self._row))
        self.fit()
        self.viewport().update()

    def fit(self) -> None:
        """Give every column its width."""
        header = self.horizontalHeader()
        for place in range(len(self._columns)):
            width_px = self.width_of(place)
            self.setColumnHidden(place, width_px is None)
            mode = QHeaderView.ResizeMode.Fixed if width_px else QHeaderView.ResizeMode.Stretch
            header.setSectionResizeMode(place, mode)
            if width_px:
                self.setColumnWidth(place, round(width_px * self.text_scale))

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: rows are not found by their first letter."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.empty_text and not self.model().rowCount():
            painter = QPainter(self.viewport())
            left, _right = self.margins_of(0)
            room = QRectF(self.viewport().rect()).adjusted(left, 0, -left, 0)
            center = Qt.AlignmentFlag.AlignHCenter
            draw_text(painter, room, self.empty_text, self._theme.font("body"), self._theme.tokens.text2, align=center)
            painter.end()
