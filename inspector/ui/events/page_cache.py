"""Rows in memory: pages of 256, read when first seen, the least recently used given up first."""

from __future__ import annotations

from array import array
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from inspector.domain.event import EventId, EventSummary
from inspector.ui.events.rows import PageRows

PAGE_ROWS = 256
MOST_PAGES = 24
"""About 6,000 rows, 5 MB; reading a page again takes one to two milliseconds."""


@dataclass(slots=True)
class _Page:
    rows: dict[int, EventSummary] = field(default_factory=dict)
    known: int = 0  # how many places of the page were asked for; the newest page grows


class PageCache:
    """Summaries by place in an ascending array of ids.

    A place never moves when ids are appended, so pages stay valid while events come in.
    """

    def __init__(self, reader: PageRows) -> None:
        self._reader = reader
        self._pages: OrderedDict[int, _Page] = OrderedDict()

    def clear(self, from_place: int = 0) -> None:
        """Forget every page from a place on."""
        if from_place <= 0:
            self._pages.clear()
            return
        for number in [number for number in self._pages if number >= from_place // PAGE_ROWS]:
            del self._pages[number]

    def get(self, ids: array[int], place: int) -> EventSummary | None:
        """Return the row at a place, reading its page when it is not here; None when the event is gone."""
        number, offset = divmod(place, PAGE_ROWS)
        page = self._pages.get(number)
        if page is None or offset >= page.known:
            page = self._read(ids, number)
        self._pages.move_to_end(number)
        return page.rows.get(ids[place])

    def append(self, place: int, row: EventSummary) -> None:
        """Keep a row that was just added at the end, where that leaves no gap in its page."""
        number, offset = divmod(place, PAGE_ROWS)
        page = self._pages.get(number)
        if page is None and offset == 0:
            page = self._pages[number] = _Page()
            self._trim()
        if page is not None and page.known == offset:
            page.rows[row.id] = row
            page.known += 1

    def renew(self, ids: Sequence[EventId]) -> None:
        """Read these rows again; their pages are here."""
        fresh = {row.id: row for row in self._reader.page(ids)}
        for page in self._pages.values():
            for event_id in page.rows.keys() & set(ids):
                if event_id in fresh:
                    page.rows[event_id] = fresh[EventId(event_id)]
                else:
                    del page.rows[event_id]

    def drop(self, places: Iterable[int]) -> None:
        """Forget the pages of these places."""
        for number in {place // PAGE_ROWS for place in places}:
            self._pages.pop(number, None)

    def _read(self, ids: array[int], number: int) -> _Page:
        wanted = ids[number * PAGE_ROWS : (number + 1) * PAGE_ROWS]
        rows = self._reader.page([EventId(item) for item in wanted])
        page = self._pages[number] = _Page({row.id: row for row in rows}, len(wanted))
        self._trim()
        return page

    def _trim(self) -> None:
        while len(self._pages) > MOST_PAGES:
            self._pages.popitem(last=False)
