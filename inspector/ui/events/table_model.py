"""The rows of the event table: a million ids in one array, and the few rows that are looked at.

Ids are kept ascending. Shown newest first, row r is ids[-1 - r], so a new event is an append and every page that was
read stays valid. Nothing is sorted and nothing is counted here: the store hands over ids in order.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Any, cast

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector.domain.event import EventId, EventSummary
from inspector.ui.events.columns import COLUMNS, Column
from inspector.ui.events.page_cache import PageCache
from inspector.ui.events.rows import PageRows
from inspector.ui.events.wording import RowStyle

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
NO_INDEX = QModelIndex()


class EventTableModel(QAbstractTableModel):
    """Events as rows, COLUMNS as columns."""

    def __init__(self, reader: PageRows, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: array[int] = array("q")
        self._oldest_first = False
        self._cache = PageCache(reader)
        self._style = RowStyle()

    @property
    def style(self) -> RowStyle:
        """How rows are written."""
        return self._style

    def set_style(self, style: RowStyle) -> None:
        """Write rows in another way."""
        if style != self._style:
            self._style = style
            if self._ids:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self._ids) - 1, len(COLUMNS) - 1))

    @property
    def oldest_first(self) -> bool:
        """Whether the oldest event is at the top."""
        return self._oldest_first

    @property
    def newest_id(self) -> EventId | None:
        """The id of the newest row."""
        return EventId(self._ids[-1]) if self._ids else None

    def show(self, ids: array[int], *, oldest_first: bool = False) -> None:
        """Show other events; `ids` are ascending."""
        self.beginResetModel()
        self._ids = array("q", ids)
        self._oldest_first = oldest_first
        self._cache.clear()
        self.endResetModel()

    def turn(self, *, oldest_first: bool) -> None:
        """Turn the order round."""
        if oldest_first != self._oldest_first:
            self.beginResetModel()
            self._oldest_first = oldest_first
            self.endResetModel()

    def complete(self, ids: array[int]) -> None:
        """Put the older events below the newest ones that are shown already; rows that came meanwhile stay.

        Where the shown rows are not the newest of `ids`, everything is shown anew.
        """
        shown = self._ids
        common = bisect_left(shown, ids[-1] + 1) if ids else 0
        older = len(ids) - common
        if older < 0 or ids[older:] != shown[:common]:
            self.show(ids + shown[common:], oldest_first=self._oldest_first)
            return
        if older == 0:
            return
        first = 0 if self._oldest_first else len(shown)
        self.beginInsertRows(NO_INDEX, first, first + older - 1)
        self._ids = ids[:older] + shown
        self._cache.clear()
        self.endInsertRows()

    def add(self, batch: Sequence[EventSummary]) -> int:
        """Add new events in one step; return how many were not here yet."""
        last = self._ids[-1] if self._ids else -1
        new = sorted({row.id: row for row in batch if row.id > last}.values(), key=lambda row: row.id)
        if not new:
            return 0
        self._begin_append(len(new))
        for row in new:
            self._cache.append(len(self._ids), row)
            self._ids.append(row.id)
        self.endInsertRows()
        return len(new)

    def add_ids(self, ids: Iterable[int]) -> int:
        """Add new events of which only the ids are known; return how many were not here yet."""
        last = self._ids[-1] if self._ids else -1
        new = array("q", sorted({item for item in ids if item > last}))
        if not new:
            return 0
        self._begin_append(len(new))
        self._ids.extend(new)
        self.endInsertRows()
        return len(new)

    def _begin_append(self, count: int) -> None:
        first = len(self._ids) if self._oldest_first else 0
        self.beginInsertRows(NO_INDEX, first, first + count - 1)

    def remove(self, ids: Iterable[int]) -> None:
        """Take events out of the list; neighbours leave in one step."""
        places = sorted(place for place in map(self._place_of, set(ids)) if place is not None)
        for first, last in reversed(_runs(places)):
            rows = sorted((self._row_at(first), self._row_at(last)))
            self.beginRemoveRows(NO_INDEX, rows[0], rows[1])
            del self._ids[first : last + 1]
            self._cache.clear(first)
            self.endRemoveRows()

    def refresh(self, ids: Iterable[int], first_row: int, last_row: int) -> None:
        """Read changed events again: those in the given rows now, others when they come into view."""
        hidden: list[int] = []
        visible: dict[int, EventId] = {}
        for event_id in set(ids):
            place = self._place_of(event_id)
            if place is None:
                continue
            row = self._row_at(place)
            if first_row <= row <= last_row:
                visible[row] = EventId(event_id)
            else:
                hidden.append(place)
        self._cache.drop(hidden)
        if visible:
            self._cache.renew(list(visible.values()))
            rows = sorted(visible)
            for first, last in _runs(rows):
                self.dataChanged.emit(self.index(first, 0), self.index(last, len(COLUMNS) - 1))

    def id_at(self, row: int) -> EventId:
        """Return the id of a row. Raises IndexError when there is no such row."""
        if not 0 <= row < len(self._ids):
            raise IndexError(row)
        return EventId(self._ids[self._place_at(row)])

    def ids_between(self, first: int, last: int) -> list[EventId]:
        """Return the ids of a run of rows, both ends included, from the top down."""
        end = len(self._ids) - first
        part = self._ids[first : last + 1] if self._oldest_first else self._ids[end - (last - first + 1) : end][::-1]
        return cast("list[EventId]", part.tolist())  # a million calls of EventId() would take a fifth of a second

    def row_of(self, event_id: int) -> int | None:
        """Return the row of an event, None when it is not in the list."""
        place = self._place_of(event_id)
        return None if place is None else self._row_at(place)

    def summary(self, row: int) -> EventSummary | None:
        """Return a row's event, read when it is not in memory; None when it is gone from the store."""
        return self._cache.get(self._ids, self._place_at(row))

    def _place_at(self, row: int) -> int:
        return row if self._oldest_first else len(self._ids) - 1 - row

    _row_at = _place_at  # the same mirror both ways

    def _place_of(self, event_id: int) -> int | None:
        place = bisect_left(self._ids, event_id)
        return place if place < len(self._ids) and self._ids[place] == event_id else None

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._ids)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid() or role not in _ANSWERED_ROLES:
            return None
        row = self.summary(index.row())
        return None if row is None else self._say(COLUMNS[index.column()], row, role)

    def _say(self, column: Column, row: EventSummary, role: int) -> str | None:
        if role == Role.DisplayRole:
            return column.text(row, self._style)
        if role == Role.ToolTipRole:
            return column.cell_tip(row, self._style) or None if column.cell_tip else None
        return column.spoken_text(row, self._style)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        column = COLUMNS[section]
        if role == Role.DisplayRole:
            return column.title
        if role == Role.ToolTipRole:
            return column.tip
        if role == Role.AccessibleTextRole:
            return column.title or "Unread"
        return None


_ANSWERED_ROLES = frozenset({Role.DisplayRole, Role.ToolTipRole, Role.AccessibleTextRole})


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return the unbroken runs of ascending numbers as (first, last)."""
    runs: list[tuple[int, int]] = []
    for number in numbers:
        if runs and runs[-1][1] == number - 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return runs
