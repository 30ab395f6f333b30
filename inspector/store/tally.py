"""How many: counts of a query and of every endpoint, counted once and then only for what is new."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import orjson

from inspector.domain.endpoint import EndpointId
from inspector.domain.query import Query
from inspector.domain.report import Category
from inspector.store.browse import NO_ID, find_ids
from inspector.store.reading_thread import ReadingThread
from inspector.store.where import Sql, looks_at_words, plan

REMEMBERED = 64
COUNTED = 20_000
"""So many events are counted in one statement, which sorts them in memory; that memory stays with the process."""

_MARKS = frozenset({"unread", "star", "replay"})
_MOVING = frozenset({"time", "after", "before"})
"""Fields whose answer for an old event changes, through marks or by itself."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What a query finds: `by_category` and `total` ignore the query's own category, `issues` its `issues` too.

    A category that does not occur is left out.
    """

    total: int
    by_category: Mapping[Category, int]
    issues: int


@dataclass(frozen=True, slots=True)
class ScopeCount:
    """One endpoint's events, and how many of its wrong or old signatures nobody has looked at.

    `endpoint_id` is None for requests to no endpoint of ours.
    """

    endpoint_id: EndpointId | None
    events: int
    unseen_failures: int


Numbers = dict[Any, list[int]]
"""Sums by group; two of them add up."""

Count = Callable[[sqlite3.Connection, int, int], Numbers]
"""Counts the events above one id and not above another."""


@dataclass(frozen=True, slots=True)
class _Known:
    generation: int
    up_to: int
    numbers: Numbers


class Tally:
    """Counts in a reading thread and remembers: as long as nothing old changes, only new events are counted."""

    def __init__(self, thread: ReadingThread) -> None:
        self._thread = thread
        self._rows = 0
        self._marks = 0
        self._known: dict[Query | None, _Known] = {}

    def forget(self) -> None:
        """Count everything anew next time: events were deleted or came back."""
        self._rows += 1

    def forget_marks(self) -> None:
        """Count anew next time what depends on marks (read, starred, replayed)."""
        self._marks += 1

    async def counts(self, query: Query, now: datetime) -> Counts:
        """Return the numbers of a query."""
        basis = replace(query, category=None, issues=False, oldest_first=False)
        found = plan(basis, now)
        fields = {term.field for term in query.terms}

        def count(connection: sqlite3.Connection, above: int, up_to: int) -> Numbers:
            where = f"{found.where.text} AND e.id > ? AND e.id <= ?"
            return _by_category(connection, where, (*found.where.values, above, up_to))

        if found.checks or looks_at_words(basis):
            numbers = await self._thread.run(lambda connection: self._look(connection, basis, now))
        elif fields & _MOVING:
            numbers = await self._thread.run(lambda connection: count(connection, 0, NO_ID))
        else:
            generation = self._rows + (self._marks if fields & _MARKS else 0)
            numbers = await self._thread.run(lambda connection: self._more(connection, basis, generation, count))
        return _counts(numbers, query.issues)

    async def scopes(self) -> tuple[ScopeCount, ...]:
        """Return the numbers of every endpoint that has events."""
        generation = self._rows

        def read(connection: sqlite3.Connection) -> tuple[ScopeCount, ...]:
            events = self._more(connection, None, generation, _by_endpoint)
            unseen = dict(connection.execute(_UNSEEN).fetchall())
            return tuple(ScopeCount(key, total, unseen.get(key, 0)) for key, (total,) in events.items())

        return await self._thread.run(read)

    def _more(self, connection: sqlite3.Connection, key: Query | None, generation: int, count: Count) -> Numbers:
        """Return numbers from memory plus what is new since; only the reading thread comes here."""
        newest = connection.execute("SELECT ifnull(max(id), 0) FROM events").fetchone()[0]
        known = self._known.pop(key, None)
        if known is None or known.generation != generation:
            known = _Known(generation, 0, {})
        numbers = known.numbers
        for above in range(known.up_to, newest, COUNTED):
            self._thread.check()
            numbers = _added(numbers, count(connection, above, min(above + COUNTED, newest)))
        self._known[key] = _Known(generation, max(newest, known.up_to), numbers)
        while len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        return numbers

    def _look(self, connection: sqlite3.Connection, query: Query, now: datetime) -> Numbers:
        """Count what only looking at each event can tell, or what is partly in the search index."""
        found = plan(query, now)
        if found.checks:
            return self._count_ids(connection, find_ids(connection, query, now, self._thread.check))
        indexed = connection.execute("SELECT value FROM facts WHERE name = 'indexed_id'").fetchone()[0]
        numbers = _by_category(connection, f"{found.where.text} AND e.id <= ?", (*found.where.values, indexed))
        newer = find_ids(connection, query, now, self._thread.check, some=Sql("e.id > ?", (indexed,)))
        return _added(numbers, self._count_ids(connection, newer))

    def _count_ids(self, connection: sqlite3.Connection, ids: array[int]) -> Numbers:
        numbers: Numbers = {}
        for at in range(0, len(ids), COUNTED):
            some = orjson.dumps(ids[at : at + COUNTED].tolist()).decode()
            more = _by_category(connection, "e.id IN (SELECT value FROM json_each(?))", (some,))
            numbers = _added(numbers, more)
        return numbers


def _by_category(connection: sqlite3.Connection, where: str, values: tuple[Any, ...]) -> Numbers:
    sql = f"SELECT category, count(*), sum(issue) FROM events e WHERE {where} GROUP BY category"
    return {row[0]: [row[1], row[2]] for row in connection.execute(sql, values).fetchall()}


def _by_endpoint(connection: sqlite3.Connection, above: int, up_to: int) -> Numbers:
    sql = (
        "SELECT endpoint_id, count(*) FROM events WHERE deleted_us IS NULL AND id > ? AND id <= ? GROUP BY endpoint_id"
    )
    return {row[0]: [row[1]] for row in connection.execute(sql, (above, up_to)).fetchall()}


_UNSEEN = (
    "SELECT endpoint_id, count(*) FROM events INDEXED BY events_unseen "
    "WHERE unread = 1 AND verdict IN ('invalid', 'stale') AND deleted_us IS NULL GROUP BY endpoint_id"
)


def _added(some: Numbers, more: Numbers) -> Numbers:
    total = dict(some)
    for key, sums in more.items():
        known = total.get(key)
        total[key] = sums if known is None else [a + b for a, b in zip(known, sums, strict=True)]
    return total


def _counts(numbers: Numbers, only_issues: bool) -> Counts:
    by_category = {Category(key): sums[1] if only_issues else sums[0] for key, sums in numbers.items()}
    issues = sum(sums[1] for sums in numbers.values())
    return Counts(sum(by_category.values()), {key: count for key, count in by_category.items() if count}, issues)
