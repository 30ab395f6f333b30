"""The list of events that wait for a person's answer, each with the time that is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from inspector.domain.event import EventId, EventSummary
from inspector.receiver.by_hand import Held
from inspector.ui.by_hand.words import HURRY_S, left_words
from inspector.ui.icons import Icons, kind_look
from inspector.ui.theme import Theme
from inspector.ui.widgets.paint import draw_text, fill_box

MOST_ROWS = 500
"""More are counted and answered, but have no row."""
ROW_PX = 30
BAR_PX = 5
BAR_WIDTH_PX = 54
LEFT_PX = 10
Index = QModelIndex | QPersistentModelIndex
Words = Callable[[Held, EventSummary | None], str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `px` 0 takes the room that is left."""

    title: str
    px: int


EVENT, NUMBER, WHERE, RECIPIENT, LEFT = range(5)
COLUMNS = (Column("Event", 0), Column("#", 76), Column("Endpoint", 136), Column("Recipient", 118), Column("Left", 142))


class WaitingModel(QAbstractTableModel):
    """Rows come at the end and go anywhere; those that stay keep their place, so the selection does too."""

    def __init__(self, icons: Icons, words: Mapping[int, Words]) -> None:
        super().__init__()
        self._icons = icons
        self._words = words
        self._held: list[Held] = []
        self._summaries: dict[EventId, EventSummary] = {}

    def show_held(self, held: Sequence[Held], read: Callable[[Sequence[EventId]], Sequence[EventSummary]]) -> None:
        """Take over what waits now; `read` returns the rows of events."""
        wanted = {item.event_id for item in held[:MOST_ROWS]}
        gone = [row for row, item in enumerate(self._held) if item.event_id not in wanted]
        while gone:  # from the end, and rows beside one another together
            last = first = gone.pop()
            while gone and gone[-1] == first - 1:
                first = gone.pop()
            self.beginRemoveRows(QModelIndex(), first, last)
            for item in self._held[first : last + 1]:
                self._summaries.pop(item.event_id, None)
            del self._held[first : last + 1]
            self.endRemoveRows()
        known = {item.event_id for item in self._held}
        new = [item for item in held[:MOST_ROWS] if item.event_id not in known]
        if new:
            self._summaries |= {row.id: row for row in read([item.event_id for item in new])}
            self.beginInsertRows(QModelIndex(), len(self._held), len(self._held) + len(new) - 1)
            self._held += new
            self.endInsertRows()

    def tick(self) -> None:
        """Tell that time has gone by."""
        if self._held:
            self.dataChanged.emit(self.index(0, LEFT), self.index(len(self._held) - 1, LEFT))

    def held(self, row: int) -> Held | None:
        """Return what waits in a row."""
        return self._held[row] if 0 <= row < len(self._held) else None

    def summary(self, row: int) -> EventSummary | None:
        """Return the event of a row."""
        held = self.held(row)
        return self._summaries.get(held.event_id) if held is not None else None

    def row_of(self, event_id: EventId | None) -> int:
        """Return the row of an event, -1 where it does not wait."""
        return next((row for row, held in enumerate(self._held) if held.event_id == event_id), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(self._held)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        held = self.held(index.row())
        if held is None:
            return None
        summary = self._summaries.get(held.event_id)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._text(held, summary, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{COLUMNS[index.column()].title}: {self._text(held, summary, index.column())}"
        if role == Qt.ItemDataRole.DecorationRole and index.column() == EVENT and summary is not None:
            look = kind_look(summary.kind)
            return self._icons.icon(look.icon, look.color)
        return None

    def _text(self, held: Held, summary: EventSummary | None, column: int) -> str:
        if column == LEFT:
            return left_words(held.left_s)
        if column == NUMBER:
            return f"#{held.event_id:,}"
        return self._words[column](held, summary)


class LeftDelegate(QStyledItemDelegate):
    """Paints the time that is left as a bar that shrinks, and in words."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        held = model.held(index.row()) if isinstance(model, WaitingModel) else None
        if held is None:
            return
        tokens = self._theme.tokens
        painter.save()
        rect = QRectF(option.rect)
        if option.state & option.state.State_Selected:
            painter.fillRect(rect, tokens.selected)
        left_s = held.left_s
        hurry = left_s <= HURRY_S
        share = min(1.0, left_s / held.limit_s) if held.limit_s else 0.0
        bar = QRectF(rect.left() + 4, round(rect.center().y() - BAR_PX / 2), BAR_WIDTH_PX, BAR_PX)
        fill_box(painter, bar, BAR_PX / 2, tokens.pressed)
        bar.setWidth(max(BAR_PX, BAR_WIDTH_PX * share))
        fill_box(painter, bar, BAR_PX / 2, tokens.failSolid if hurry else tokens.chart)
        room = rect.adjusted(4 + BAR_WIDTH_PX + 8, 0, 0, 0)
        ink = tokens.failFg if hurry else tokens.text2
        draw_text(painter, room, left_words(left_s), self._theme.font("small", numbers=True), ink)
        painter.restore()


class WaitingTable(QTableView):
    """Shows the model; the arrow keys choose."""

    def __init__(self, theme: Theme, model: WaitingModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.setAccessibleName("Events that wait")
        self.setModel(model)
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.setItemDelegateForColumn(LEFT, LeftDelegate(theme, self))
        self.verticalHeader().hide()
        scale = max(1.0, theme.text_scale)
        self.verticalHeader().setDefaultSectionSize(round(ROW_PX * scale))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        for place, column in enumerate(COLUMNS):
            if column.px:
                self.setColumnWidth(place, round(column.px * scale))
            else:
                header.setSectionResizeMode(place, QHeaderView.ResizeMode.Stretch)

    @property
    def row(self) -> int:
        """The chosen row, -1 for none."""
        return self.currentIndex().row() if self.currentIndex().isValid() else -1

    def choose(self, row: int) -> None:
        """Choose a row."""
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self._model.index(row, 0), flags)
