"""The series of a store: begun, tried, ended, looked up; what changes is told."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from inspector.domain.attempt import Attempt, Outgoing, SeriesId
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.domain.series import NewSeries, Series, SeriesState, TargetHealth
from inspector.feed import Feed
from inspector.store.gathering import Gathering
from inspector.store.reader import Reader
from inspector.store.reading_thread import ReadingThread
from inspector.store.revive import moment
from inspector.store.rule_figures import TargetFigures, read_figures, series_again
from inspector.store.series_rows import (
    OPEN,
    SELECT,
    decide_series,
    end_series,
    end_slice,
    mark_all_sending,
    pause_rule,
    series_of,
    start_series,
    write_tries,
)

READ_AT_ONCE = 500
WRITTEN_AT_ONCE = 100
HEALTH_OF = 1_000
"""How many of the newest series of a rule its health is told from."""

STOPPED_BY_HAND = "Stopped."


class Write(Protocol):
    """Has a job done by the writer."""

    def __call__(self, work: Callable[..., Any], *values: Any, needs: tuple[str, ...] = ()) -> Awaitable[Any]:
        """Return the job's result."""


@dataclass(frozen=True, slots=True)
class RuleKey:
    """One rule of one endpoint."""

    endpoint_id: EndpointId
    rule_id: str


class SeriesBook:
    """Every series of a data folder. `changed` tells those that are new or have changed, as they are now."""

    def __init__(self, reader: Reader, thread: ReadingThread, write: Write, tried: Callable[[EventId], None]) -> None:
        self.changed: Feed[Sequence[Series]] = Feed()
        self._reader = reader
        self._thread = thread
        self._write = write
        self._tried = tried
        self._tries: Gathering[tuple[Attempt, Series], tuple[Attempt, Series]] = Gathering(self._keep_tries)
        self._sendings: Gathering[list[SeriesId], list[SeriesId]] = Gathering(self._mark_sending)

    # Changing

    async def start(self, new: Sequence[NewSeries]) -> tuple[Series, ...]:
        """Begin series by hand. Raises StoreError where an event is gone; its slice of series then does not begin."""
        found: list[Series] = []
        for some in _slices(new):
            found += await self._told(start_series, some, _now_us())
        return tuple(found)

    async def sending(self, ids: Sequence[SeriesId]) -> frozenset[SeriesId]:
        """Note that tries are about to be made; returns which may be, the others were stopped meanwhile."""
        return frozenset(await self._sendings.add(list(ids)))

    async def keep_try(self, attempt: Attempt, series: Series) -> tuple[Attempt, Series]:
        """Keep an attempt and what it makes of its series in one transaction; returns both as they are kept."""
        kept = await self._tries.add((attempt, series))
        self._tried(attempt.event_id)
        self.changed.publish((kept[1],))
        return kept

    async def decide(self, matching: Sequence[SeriesId], others: Sequence[SeriesId]) -> tuple[Series, ...]:
        """Say of undecided series whether their rule matches; those that do are returned, the others are gone."""
        return await self._told(decide_series, list(matching), list(others))

    async def end(self, ids: Sequence[SeriesId], state: SeriesState, note: str) -> tuple[Series, ...]:
        """End series that are open, and say why; returns those this ended."""
        found: list[Series] = []
        for some in _slices(ids):
            found += await self._told(end_series, some, state, note, _now_us())
        return tuple(found)

    async def stop(self, ids: Sequence[SeriesId]) -> tuple[Series, ...]:
        """Stop series by hand; a try that is under way ends, and is kept."""
        return await self.end(ids, SeriesState.STOPPED, STOPPED_BY_HAND)

    async def again(self, ids: Sequence[SeriesId]) -> tuple[Series, ...]:
        """Make series due now, also those that are over; one that is under way, or whose event is gone, is left out."""
        found: list[Series] = []
        for some in _slices(ids):
            found += await self._told(series_again, some, _now_us())
        return tuple(found)

    async def stop_rule(self, rule: RuleKey) -> int:
        """Stop every open series of a rule; returns how many there were."""
        return await self._end_all(rule.endpoint_id, rule.rule_id, STOPPED_BY_HAND)

    async def stop_endpoint(self, endpoint_id: EndpointId) -> int:
        """Stop every open series of an endpoint, because it goes; returns how many there were."""
        return await self._end_all(endpoint_id, None, "Its endpoint was deleted.")

    async def _end_all(self, endpoint_id: EndpointId, rule_id: str | None, note: str) -> int:
        count = 0
        while found := await self._told(end_slice, endpoint_id, rule_id, WRITTEN_AT_ONCE, note, _now_us()):
            count += len(found)
        return count

    async def pause(self, rule: RuleKey, paused: bool) -> None:
        """Note that the series of a rule wait, also after the next start, or that they go on."""
        await self._write(pause_rule, rule.endpoint_id, rule.rule_id, paused)

    # Reading

    def of_event(self, event_id: EventId) -> tuple[Series, ...]:
        """Return every series of an event, newest first; a short read on the loop's thread."""
        return self._reader.series(event_id)

    def edited(self, series_id: SeriesId) -> Outgoing | None:
        """Return what a series sends in place of the captured request, None where it sends that."""
        return self._reader.edited(series_id)

    async def open_after(self, after_id: int = 0) -> tuple[Series, ...]:
        """Return the next open series behind one, ascending, at most READ_AT_ONCE."""
        query = f"{SELECT} WHERE s.{OPEN} AND s.id > ? ORDER BY s.id LIMIT ?"
        return await self._thread.run(lambda connection: _read(connection, query, after_id, READ_AT_ONCE))

    async def paused(self) -> frozenset[RuleKey]:
        """Return the rules whose series wait."""
        query = "SELECT endpoint_id, rule_id FROM paused_rules"
        rows = await self._thread.run(lambda connection: connection.execute(query).fetchall())
        return frozenset(RuleKey(EndpointId(row[0]), row[1]) for row in rows)

    async def log(self, rule: RuleKey, *, before: SeriesId | None = None, limit: int = 100) -> tuple[Series, ...]:
        """Return the newest series of a rule, newest first; `before` goes on from an earlier page."""
        query = f"{SELECT} WHERE s.endpoint_id = ? AND s.rule_id = ? AND s.id < ? ORDER BY s.id DESC LIMIT ?"
        below = before if before is not None else (1 << 63) - 1
        values = (rule.endpoint_id, rule.rule_id, below, limit)
        return await self._thread.run(lambda connection: _read(connection, query, *values))

    async def health(self, rule: RuleKey) -> tuple[TargetHealth, ...]:
        """Return how it goes with each target of a rule, from its newest series."""
        return await self._thread.run(lambda connection: _health(connection, rule))

    async def figures(self, rule: RuleKey, since_us: int) -> tuple[TargetFigures, ...]:
        """Return the figures of each target of a rule; `since_us` is where its share of successes begins."""
        return await self._thread.run(
            lambda connection: read_figures(connection, rule.endpoint_id, rule.rule_id, since_us)
        )

    async def _keep_tries(
        self, tries: Sequence[tuple[Attempt, Series]]
    ) -> Sequence[tuple[Attempt, Series] | Exception]:
        kept: Sequence[tuple[Attempt, Series] | Exception] = await self._write(write_tries, tries)
        return kept

    async def _mark_sending(self, groups: Sequence[list[SeriesId]]) -> Sequence[list[SeriesId] | Exception]:
        allowed: Sequence[list[SeriesId] | Exception] = await self._write(mark_all_sending, groups)
        return allowed

    async def _told(self, work: Callable[..., Any], *values: Any) -> tuple[Series, ...]:
        found = tuple(await self._write(work, *values))
        if found:
            self.changed.publish(found)
        return found


def _read(connection: sqlite3.Connection, query: str, *values: Any) -> tuple[Series, ...]:
    return tuple(series_of(row) for row in connection.execute(query, values).fetchall())


_HEALTH = """
    WITH newest AS (
        SELECT target, state, tries, ok_us, failed_us, failure FROM series
        WHERE endpoint_id = ? AND rule_id = ? ORDER BY id DESC LIMIT ?
    )
    SELECT target, state, count(*), sum(tries), sum(ok_us IS NOT NULL), max(ok_us), max(failed_us),
        (SELECT failure FROM newest failing WHERE failing.target = newest.target AND failing.failed_us IS NOT NULL
         ORDER BY failing.failed_us DESC LIMIT 1)
    FROM newest GROUP BY target, state
"""


def _health(connection: sqlite3.Connection, rule: RuleKey) -> tuple[TargetHealth, ...]:
    rows = connection.execute(_HEALTH, (rule.endpoint_id, rule.rule_id, HEALTH_OF)).fetchall()
    by_target: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        by_target.setdefault(row[0], []).append(row)
    return tuple(_health_of(target, rows) for target, rows in sorted(by_target.items()))


def _health_of(target: str, rows: Sequence[tuple[Any, ...]]) -> TargetHealth:
    tries = sum(row[3] for row in rows)
    ok_us = max((row[5] for row in rows if row[5] is not None), default=None)
    failed_us = max((row[6] for row in rows if row[6] is not None), default=None)
    return TargetHealth(
        target,
        {SeriesState(row[1]): row[2] for row in rows},
        tries,
        sum(row[4] for row in rows) / tries if tries else None,
        None if ok_us is None else moment(ok_us),
        None if failed_us is None else moment(failed_us),
        next((row[7] for row in rows if row[7]), ""),
    )


def _slices(items: Sequence[Any]) -> Iterator[list[Any]]:
    for at in range(0, len(items), WRITTEN_AT_ONCE):
        yield list(items[at : at + WRITTEN_AT_ONCE])


def _now_us() -> int:
    return time.time_ns() // 1000
