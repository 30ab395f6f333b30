"""Reads the ids and the counts of a query off the window's thread; a newer query ends the older."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from inspector.domain.event import EventId
from inspector.domain.query import Query
from inspector.ui.events.rows import Cancellable, EventRows, Starter

SLOW_MS = 150
COUNT_MS = 500
"""Counts are read at most twice a second while events come in."""


class ListLoader(QObject):
    """Asks the store for what the page shows.

    Signals:
        first(object): the newest ids of the query, while the others are still read.
        done(object): all ids of the query.
        caught_up(object): ids of new events that belong to the query, where only a search could tell.
        counted(object): counts of the query without its segment and issues.
        slow(bool): reading takes long, or is done.
    """

    first = Signal(object)
    done = Signal(object)
    caught_up = Signal(object)
    counted = Signal(object)
    slow = Signal(bool)
    _chunk = Signal(int, object)

    def __init__(self, rows: EventRows, tasks: Starter, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self._tasks = tasks
        self._query = Query()
        self._turn = 0
        self._waiting_for_first = 0
        self._list_task: Cancellable | None = None
        self._count_task: Cancellable | None = None
        self._undecided: list[EventId] = []
        self.loading = False
        self._slow = QTimer(self, singleShot=True, interval=SLOW_MS)
        self._slow.timeout.connect(partial(self.slow.emit, True))
        self._count_later = QTimer(self, singleShot=True, interval=COUNT_MS)
        self._count_later.timeout.connect(self.count)
        self._catch_up_later = QTimer(self, singleShot=True, interval=COUNT_MS)
        self._catch_up_later.timeout.connect(self._catch_up)
        # The store may read in a thread: the signal brings the ids to the window's.
        self._chunk.connect(self._on_chunk)

    @property
    def query(self) -> Query:
        """What was asked for last."""
        return self._query

    def load(self, query: Query) -> None:
        """Read the ids and counts of a query."""
        self._query = query
        self._turn += 1
        self._waiting_for_first = self._turn
        self._undecided.clear()
        if self._list_task is not None:
            self._list_task.cancel()
        self.loading = True
        self._slow.start()
        self._list_task = self._tasks.start(self._load(query, self._turn), "Reading the list of events")
        self.count()

    def note_order(self, *, oldest_first: bool) -> None:
        """The list was turned round; the ids are the same."""
        self._query = replace(self._query, oldest_first=oldest_first)

    async def _load(self, query: Query, turn: int) -> None:
        try:
            ids = await self._rows.ids(query, chunk=partial(self._chunk.emit, turn))
        finally:
            if turn == self._turn:
                self.loading = False
                self._slow.stop()
                self.slow.emit(False)
        if turn == self._turn:
            self._waiting_for_first = 0
            self.done.emit(ids)

    def _on_chunk(self, turn: int, ids: array[int]) -> None:
        if turn == self._waiting_for_first and ids:
            self._waiting_for_first = 0
            self._slow.stop()
            self.slow.emit(False)
            self.first.emit(ids)

    def count(self) -> None:
        """Count now."""
        self._count_later.stop()
        if self._count_task is not None:
            self._count_task.cancel()
        self._count_task = self._tasks.start(self._count(self._query), "Counting events")

    def count_soon(self) -> None:
        """Count within half a second; asked again meanwhile it is counted once."""
        if not self._count_later.isActive():
            self._count_later.start()

    async def _count(self, query: Query) -> None:
        counts = await self._rows.counts(replace(query, category=None, issues=False))
        if query == self._query:
            self.counted.emit(counts)

    def look_up(self, ids: Sequence[EventId]) -> None:
        """Find out within half a second which of these new events belong to the query."""
        if not self.loading:
            self._undecided.extend(ids)
            if not self._catch_up_later.isActive():
                self._catch_up_later.start()

    def _catch_up(self) -> None:
        ids, self._undecided = self._undecided, []
        if ids and not self.loading:
            self._tasks.start(self._find(self._query, self._turn, ids), "Searching new events")

    async def _find(self, query: Query, turn: int, ids: Sequence[EventId]) -> None:
        found = await self._rows.among(query, ids)
        if turn == self._turn and len(found):
            self.caught_up.emit(found)
