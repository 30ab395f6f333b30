"""Lists of ids: the newest at once, the rest by the hundred thousand.

SQLite hands over each row with a turn of the interpreter lock. So it packs the ids of many rows into one JSON text
first, which is read in one go: a million ids in a fraction of a second, without stopping the event loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson

from inspector.domain.query import Query
from inspector.store.evidence import CHECK_COLUMNS
from inspector.store.reading_thread import ReadingThread
from inspector.store.where import Plan, Sql, looks_at_words, plan

FIRST = 500
"""So many of the newest ids are handed over at once."""

PACKED = 20_000
PACKED_WORDS = 1_000_000
"""So many ids come in one text; with plain words more, because each text looks all words up again."""

CHECKED = 200
NO_ID = (1 << 63) - 1

_FACETS = {
    "type": "label",
    "sig": "replace(verdict, '_', '')",
    "carrier": "carrier",
    "campaign": "campaign",
    "to": "recipient",
    "msg": "message_id",
    "code": "CAST(answer_status AS TEXT)",
    "ip": "peer",
}
FACETS = 20


@dataclass(frozen=True, slots=True)
class Facet:
    """A value of a search field and how many events have it."""

    value: str
    count: int


class Browser:
    """Finds the ids of queries in a reading thread."""

    def __init__(self, thread: ReadingThread) -> None:
        self._thread = thread

    async def ids(self, query: Query, now: datetime, chunk: Callable[[array[int]], None] | None) -> array[int]:
        """Return every id a query finds, ascending; see Store.ids."""
        loop = asyncio.get_running_loop()
        wanted = True

        def tell(newest: array[int]) -> None:
            if wanted and chunk is not None:
                chunk(newest)

        def first(newest: array[int]) -> None:
            loop.call_soon_threadsafe(tell, newest)

        check = self._thread.check
        try:
            return await self._thread.run(lambda connection: find_ids(connection, query, now, check, first))
        finally:
            wanted = False

    async def among(self, query: Query, now: datetime, ids: Sequence[int]) -> array[int]:
        """Return which of some ids a query finds, ascending."""
        some = Sql("e.id IN (SELECT value FROM json_each(?))", (json.dumps(list(ids)),))
        check = self._thread.check
        return await self._thread.run(lambda connection: find_ids(connection, query, now, check, some=some))

    async def facets(self, query: Query, now: datetime, field: str) -> tuple[Facet, ...]:
        """Return the most frequent values of a field, () for one without a column or a query that needs checks."""
        column = _FACETS.get(field)
        found = plan(query, now)
        if column is None or found.checks:
            return ()
        where = found.where
        sql = (
            f"SELECT {column} AS value, count(*) AS times FROM events e WHERE {where.text} AND {column} <> '' "
            f"GROUP BY 1 ORDER BY times DESC, value LIMIT {FACETS}"
        )
        return await self._thread.run(
            lambda connection: tuple(Facet(*row) for row in connection.execute(sql, where.values).fetchall())
        )


def find_ids(
    connection: sqlite3.Connection,
    query: Query,
    now: datetime,
    check: Callable[[], None],
    first: Callable[[array[int]], None] | None = None,
    some: Sql | None = None,
) -> array[int]:
    """Return the ids a query finds, ascending; `check` may raise to end the search, `first` hears of the newest."""
    descending: array[int] = array("q")
    for part in _parts(connection, query, now, some):
        check()
        descending.extend(part)
        if first is not None and len(descending) >= FIRST:
            first(descending[:FIRST][::-1])
            first = None
    return descending[::-1]


def _parts(connection: sqlite3.Connection, query: Query, now: datetime, some: Sql | None) -> Iterator[Sequence[int]]:
    """Give the ids in descending order, a few hundred first."""
    if not looks_at_words(query):
        yield from _between(connection, _narrowed(plan(query, now), some), 0, NO_ID)
        return
    indexed = connection.execute("SELECT value FROM facts WHERE name = 'indexed_id'").fetchone()[0]
    yield from _between(connection, _narrowed(plan(query, now, indexed=False), some), indexed, NO_ID)
    yield from _between(connection, _narrowed(plan(query, now), some), 0, indexed, PACKED_WORDS)


def _between(
    connection: sqlite3.Connection, found: Plan, above: int, last: int, packed: int | None = None
) -> Iterator[Sequence[int]]:
    """Give the ids of a plan that are above one id and not above another, in descending order."""
    if found.checks:
        yield from _checked(connection, found, above, last)
        return
    where, values = found.where.text, found.where.values
    many = FIRST
    while True:
        query = (
            f"SELECT json_group_array(id) FROM (SELECT e.id AS id FROM events e WHERE {where} "
            f"AND e.id > ? AND e.id <= ? ORDER BY e.id DESC LIMIT {many})"
        )
        ids = orjson.loads(connection.execute(query, (*values, above, last)).fetchone()[0])
        yield ids
        if len(ids) < many:
            return
        many, last = packed or PACKED, ids[-1] - 1


def _checked(connection: sqlite3.Connection, found: Plan, above: int, last: int) -> Iterator[Sequence[int]]:
    sql = (
        f"SELECT {CHECK_COLUMNS} FROM events e CROSS JOIN payloads p ON p.event_id = e.id "
        f"WHERE {found.where.text} AND e.id > ? AND e.id <= ? ORDER BY e.id DESC"
    )
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.row_factory = sqlite3.Row
        cursor.execute(sql, (*found.where.values, above, last))
        while rows := cursor.fetchmany(CHECKED):
            yield [row["id"] for row in rows if all(check(row) for check in found.checks)]


def _narrowed(found: Plan, some: Sql | None) -> Plan:
    if some is None:
        return found
    return Plan(Sql(f"{found.where.text} AND {some.text}", (*found.where.values, *some.values)), found.checks)
