"""The log of one rule as a table: newest first, older pages when they are scrolled to, changes as they come."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from inspector.domain.attempt import SeriesId
from inspector.domain.series import Series, SeriesState
from inspector.domain.values import to_us
from inspector.ui.events.wording import clock_parts
from inspector.ui.forwarding.words import short_target, spoken, state_words, status_words

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
Role = Qt.ItemDataRole

PAGE = 200
"""Rows of one read."""

MOST_AT_TOP = 5_000
"""More rows than this are let go of from the end while the newest are looked at; they are read again when wanted."""


@dataclass(frozen=True, slots=True)
class LogColumn:
    """One column; `width_px` 0 takes what the others leave."""

    key: str
    title: str
    width_px: int
    text: Callable[[Series, datetime], str]
    right: bool = False


def time_text(series: Series) -> tuple[str, str]:
    """Return when a series began, as "14:23:45" and ".218"."""
    return clock_parts(to_us(series.created_at), None)


COLUMNS: tuple[LogColumn, ...] = (
    LogColumn("time", "Began", 116, lambda series, _now: "".join(time_text(series))),
    LogColumn("event", "Event", 74, lambda series, _now: f"#{series.event_id:,}"),
    LogColumn("target", "Target", 0, lambda series, _now: short_target(series.target)),
    LogColumn("tries", "Tries", 44, lambda series, _now: f"{series.tries:,}", right=True),
    LogColumn("status", "Answer", 104, lambda series, _now: status_words(series)),
    LogColumn("state", "State", 190, state_words),
)


class LogModel(QAbstractTableModel):
    """Series of one rule, each once, by falling number.

    Signals:
        more_wanted(): the end was scrolled to, and there is more to be read behind `last_id`.
    """

    more_wanted = Signal()

    def __init__(self, parent: QObject | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(parent)
        self._rows: list[Series] = []
        self._whole = True
        self._early: list[Series] | None = None  # what changed while the first page is being read
        self._asked = False
        self.now = now
        self.paused = False

    # -- filling ------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Empty it for another rule; the first page is then expected."""
        self.beginResetModel()
        self._rows, self._early = [], []
        self._whole, self._asked = False, True
        self.endResetModel()

    def append(self, page: Sequence[Series], *, whole: bool) -> None:
        """Add older rows at the end; `whole` says that there are no more."""
        self._whole, self._asked = whole, False
        lowest = self._rows[-1].id if self._rows else None
        older = [one for one in page if _shown(one) and (lowest is None or one.id < lowest)]
        if older:
            first = len(self._rows)
            self.beginInsertRows(NO_INDEX, first, first + len(older) - 1)
            self._rows.extend(older)
            self.endInsertRows()
        early, self._early = self._early, None
        if early:
            self.take(early)

    def take(self, changed: Iterable[Series]) -> int:
        """Take over what changed, and put what is new on top; returns how many rows came."""
        if self._early is not None:
            self._early.extend(changed)
            return 0
        new: dict[SeriesId, Series] = {}
        touched: list[int] = []
        for series in changed:
            row = self.row_of(series.id)
            if row is not None:
                self._rows[row] = series
                touched.append(row)
            elif _shown(series) and (not self._rows or series.id > self._rows[-1].id or self._whole):
                new[series.id] = series
        if touched:
            self.dataChanged.emit(self.index(min(touched), 0), self.index(max(touched), len(COLUMNS) - 1))
        if new:
            self._put(sorted(new.values(), key=lambda one: -one.id))
        return len(new)

    def _put(self, new: Sequence[Series]) -> None:
        top = self._rows[0].id if self._rows else 0
        newest = [one for one in new if one.id > top]
        if newest:
            self.beginInsertRows(NO_INDEX, 0, len(newest) - 1)
            self._rows[:0] = newest
            self.endInsertRows()
        for series in new[len(newest) :]:  # one that was undecided while later ones began
            place = self._place(series.id)
            self.beginInsertRows(NO_INDEX, place, place)
            self._rows.insert(place, series)
            self.endInsertRows()

    def _place(self, series_id: SeriesId) -> int:
        """Return where a series stands, or would."""
        return bisect_left(self._rows, -series_id, key=lambda one: -one.id)

    def trim(self) -> None:
        """Let go of the oldest rows where there are many."""
        if len(self._rows) > MOST_AT_TOP + PAGE:
            self.beginRemoveRows(NO_INDEX, MOST_AT_TOP, len(self._rows) - 1)
            del self._rows[MOST_AT_TOP:]
            self._whole = False
            self.endRemoveRows()

    # -- asking -------------------------------------------------------------------------------------------------

    @property
    def last_id(self) -> SeriesId | None:
        """The oldest series that is here, None for none."""
        return self._rows[-1].id if self._rows else None

    @property
    def waits(self) -> bool:
        """Whether one of the rows says something that changes with time alone."""
        return any(one.state is SeriesState.WAITING for one in self._rows[:MOST_AT_TOP])

    def row_of(self, series_id: SeriesId) -> int | None:
        """Return the row of a series, None where it is not here."""
        place = self._place(series_id)
        return place if place < len(self._rows) and self._rows[place].id == series_id else None

    def series(self, row: int) -> Series | None:
        """Return what stands in a row."""
        return self._rows[row] if 0 <= row < len(self._rows) else None

    # -- Qt -----------------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self._whole and not self._asked

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self._asked = True
            self.more_wanted.emit()

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        series = self.series(index.row()) if index.isValid() else None
        if series is None:
            return None
        column = COLUMNS[index.column()]
        if role == Role.DisplayRole:
            return self.text(series, column)
        if role == Role.AccessibleTextRole:
            return spoken(series, self.now()) if index.column() == 0 else self.text(series, column)
        if role == Role.ToolTipRole:
            if column.key == "state":
                return "\n".join(dict.fromkeys((self.text(series, column), *_why(series))))
            return series.target if column.key == "target" else "\n".join(_why(series))
        return None

    def text(self, series: Series, column: LogColumn) -> str:
        """Return what a cell says."""
        if column.key == "state":
            return state_words(series, self.now(), paused=self.paused)
        return column.text(series, self.now())

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:
        if orientation is Qt.Orientation.Horizontal and role == Role.DisplayRole:
            return COLUMNS[section].title
        return None


def _why(series: Series) -> list[str]:
    """Return what is known of a failure."""
    return [words for words in (series.failure, series.note) if words]


def _shown(series: Series) -> bool:
    """Whether a series has its line: before it is known that the rule matches it has none."""
    return series.state is not SeriesState.UNDECIDED
