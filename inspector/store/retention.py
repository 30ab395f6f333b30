"""How long events stay: by an endpoint's own rule, and by how much room all of them may take.

What is due is looked for on a reading connection; the writer only takes it away, in small slices with rests between,
so that no arriving event waits for it. Starred events stay whatever the rules say.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sqlite3
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from inspector.domain.endpoint import Endpoint, EndpointId, StorageRule
from inspector.domain.errors import StoreError, StoreFull
from inspector.store.marks import give_back, purge_slice
from inspector.store.reading_thread import ReadingThread
from inspector.store.retelling import forget_messages
from inspector.store.words import WORD_COLUMNS, text_of

EVERY_S = 60.0
LEAST_REST_S = 0.02
RESTS = 3
"""After a slice this many times as long as it took is left to the commits, which come first."""

GIVE_BACK_REST_S = 0.05
"""Time for the checkpointer: every page that is cut off takes room in the log first."""

SLICE = 25
FOUND_AT_ONCE = 2_000
DAY_US = 86_400_000_000
YOUNG_ENOUGH = 1_000
"""So many young events in a row end the search for old ones: numbers grow with time as a rule."""

UNANSWERED_US = 600_000_000
"""An event that was not answered by then never will be."""

DOWN_TO = 0.95
"""Where there is too much, events go until this share of the room is left."""

_OPEN_SERIES = "SELECT 1 FROM series s WHERE s.event_id = e.id AND s.state IN ('undecided', 'waiting', 'sending')"
_BODIES = f"""
    SELECT e.id, length(p.body) > 0, e.answer_us IS NOT NULL OR e.answer_sent = 0 OR e.received_us < ?,
        EXISTS ({_OPEN_SERIES})
    FROM events e JOIN payloads p ON p.event_id = e.id
    WHERE e.endpoint_id = ? AND e.id > ? AND e.id <= (SELECT value FROM facts WHERE name = 'indexed_id')
    ORDER BY e.id LIMIT {FOUND_AT_ONCE}
"""

Write = Callable[..., Awaitable[Any]]
Told = Callable[[Sequence[int]], object]

_log = logging.getLogger(__name__)


class Retention:
    """Takes away what is over its time; `gone` and `changed` get the ids of events that went or lost their bodies."""

    def __init__(
        self,
        endpoints: Callable[[], tuple[Endpoint, ...]],
        numbers: ReadingThread,
        write: Write,
        gone: Told,
        changed: Told,
    ) -> None:
        self.most_bytes = 0  # room for all events, 0 for no limit
        self._endpoints, self._numbers, self._write = endpoints, numbers, write
        self._gone, self._changed = gone, changed

    async def run_now_and_then(self) -> None:
        """Look every minute, for ever; without a rule that asks for it nothing is read at all."""
        while True:
            await asyncio.sleep(EVERY_S)
            try:
                await self.run()
            except StoreError as error:
                _log.debug("Old events have to wait: %s", error)

    async def run(self) -> None:
        """Take away everything that is due now. Raises StoreError where nothing can be read or written."""
        now_us = time.time_ns() // 1000
        for endpoint in self._endpoints():
            rule = endpoint.storage
            if rule.keep_days or rule.keep_events:
                await self._remove(partial(expired_ids, endpoint_id=endpoint.id, rule=rule, now_us=now_us))
            if not rule.keep_bodies:
                await self._drop_bodies(endpoint.id, now_us)
        if self.most_bytes:
            await self._shrink()

    async def used_bytes(self) -> int:
        """Return how many bytes of the database hold something."""
        return await self._numbers.run(used_bytes)

    async def count_older(self, before_us: int) -> int:
        """Return how many events without a star were received before a moment."""
        return await self._numbers.run(partial(_count_older, before_us=before_us))

    async def remove_older(self, before_us: int) -> int:
        """Remove every event without a star that was received before a moment; returns how many went.

        Raises StoreError where nothing can be read or written; then some may have gone.
        """
        return await self._remove(partial(_all_older, before_us=before_us))

    async def give_back(self) -> None:
        """Cut the room of what was removed off the database, so that other programs have it too.

        This moves pages, which takes room for a while: on a full disk some of it may stay with the database.
        """
        with contextlib.suppress(StoreFull):
            while await self._unhurried(give_back):  # noqa: ASYNC110 - what follows is a rest, not a wait
                await asyncio.sleep(GIVE_BACK_REST_S)

    async def _remove(self, find: Callable[[sqlite3.Connection], list[int]], most: int = 0) -> int:
        """Remove what is found until nothing is, or `most` slices; returns how many events went."""
        count = slices = 0
        while ids := await self._numbers.run(find):
            for at in range(0, len(ids), SLICE):
                went: list[int] = await self._unhurried(remove_slice, ids[at : at + SLICE])
                while await self._unhurried(purge_slice, 0, needs=("sightings",)):
                    pass
                count, slices = count + len(went), slices + 1
                if went:
                    self._gone(went)
                if most and slices >= most:
                    return count
        return count

    async def _unhurried(self, work: Callable[..., Any], *values: Any, needs: tuple[str, ...] = ()) -> Any:
        """Do one slice and rest."""
        began = time.perf_counter()
        result = await self._write(work, *values, needs=needs)
        await asyncio.sleep(max(LEAST_REST_S, RESTS * (time.perf_counter() - began)))
        return result

    async def _shrink(self) -> None:
        """Remove the oldest events while all of them take more room than they may."""
        if await self._numbers.run(used_bytes) <= self.most_bytes:
            return
        while await self._numbers.run(used_bytes) > self.most_bytes * DOWN_TO:
            if not await self._remove(oldest_ids, most=1):
                return

    async def _drop_bodies(self, endpoint_id: EndpointId, now_us: int) -> None:
        while True:
            found = await self._numbers.run(lambda db: droppable(db, endpoint_id, now_us))
            for at in range(0, len(found.ids), SLICE):
                self._changed(await self._unhurried(drop_bodies, found.ids[at : at + SLICE]))
            if found.reached:
                await self._write(keep_reached, endpoint_id, found.reached)
            if not found.more:
                return


def expired_ids(connection: sqlite3.Connection, endpoint_id: int, rule: StorageRule, now_us: int) -> list[int]:
    """Return some of an endpoint's events that its rule keeps no longer, oldest first: too old, or too many."""
    found: dict[int, None] = {}
    if rule.keep_days:
        found.update(dict.fromkeys(_older(connection, endpoint_id, now_us - rule.keep_days * DAY_US)))
    if rule.keep_events:
        # The index alone answers which is the last that stays.
        last = connection.execute(
            "SELECT id FROM events WHERE endpoint_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?",
            (endpoint_id, rule.keep_events),
        ).fetchone()
        if last is not None:
            rows = connection.execute(
                "SELECT id FROM events WHERE endpoint_id = ? AND id <= ? AND starred = 0 AND deleted_us IS NULL"
                " ORDER BY id LIMIT ?",
                (endpoint_id, last[0], FOUND_AT_ONCE),
            )
            found.update(dict.fromkeys(row[0] for row in rows))
    return sorted(found)[:FOUND_AT_ONCE]


def _older(connection: sqlite3.Connection, endpoint_id: int, before_us: int) -> list[int]:
    ids: list[int] = []
    young = 0
    rows = connection.execute(
        "SELECT id, received_us, starred, deleted_us IS NULL FROM events WHERE endpoint_id = ? ORDER BY id",
        (endpoint_id,),
    )
    for event_id, received_us, starred, there in rows:
        if received_us >= before_us:
            young += 1
            if young >= YOUNG_ENOUGH:
                break
            continue
        young = 0
        if not starred and there:
            ids.append(event_id)
            if len(ids) >= FOUND_AT_ONCE:
                break
    rows.close()
    return ids


_FREE_TO_GO = "received_us < ? AND starred = 0 AND deleted_us IS NULL"


def _count_older(connection: sqlite3.Connection, before_us: int) -> int:
    return int(connection.execute(f"SELECT count(*) FROM events WHERE {_FREE_TO_GO}", (before_us,)).fetchone()[0])


def _all_older(connection: sqlite3.Connection, before_us: int) -> list[int]:
    query = f"SELECT id FROM events WHERE {_FREE_TO_GO} ORDER BY id LIMIT ?"
    return [row[0] for row in connection.execute(query, (before_us, FOUND_AT_ONCE))]


def oldest_ids(connection: sqlite3.Connection) -> list[int]:
    """Return the oldest events of all, but for the starred ones."""
    query = "SELECT id FROM events WHERE starred = 0 AND deleted_us IS NULL ORDER BY id LIMIT ?"
    return [row[0] for row in connection.execute(query, (SLICE,))]


def used_bytes(connection: sqlite3.Connection) -> int:
    """Return the bytes of the database that hold something; freed pages are filled again first."""
    pages, free, size = (
        connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "freelist_count", "page_size")
    )
    return int((pages - free) * size)


def remove_slice(connection: sqlite3.Connection, ids: Sequence[int]) -> list[int]:
    """Delete events for good, but for those that got a star meanwhile; returns which."""
    rows = connection.execute(
        "UPDATE events SET deleted_us = 0 WHERE id IN (SELECT value FROM json_each(?)) AND starred = 0 RETURNING id",
        (json.dumps(list(ids)),),
    ).fetchall()
    went = [row[0] for row in rows]
    forget_messages(connection, went)
    return went


class Droppable(NamedTuple):
    """Bodies that may go, up to which event all have gone then (0: no further), and whether there may be more."""

    ids: list[int]
    reached: int
    more: bool


def droppable(connection: sqlite3.Connection, endpoint_id: int, now_us: int) -> Droppable:
    """Find bodies of an endpoint whose events are indexed, answered and forwarded, from where it was left off."""
    row = connection.execute("SELECT value FROM facts WHERE name = ?", (_fact(endpoint_id),)).fetchone()
    after = reached = row[0] if row is not None else 0
    rows = connection.execute(_BODIES, (now_us - UNANSWERED_US, endpoint_id, after)).fetchall()
    ids: list[int] = []
    held = False
    for event_id, has_body, answered, forwarding in rows:
        ready = bool(answered) and not forwarding
        if has_body and ready:
            ids.append(event_id)
        held = held or not ready
        if not held:
            reached = event_id
    return Droppable(ids, reached if reached > after else 0, len(rows) == FOUND_AT_ONCE and reached > after)


def drop_bodies(connection: sqlite3.Connection, ids: Sequence[int]) -> list[int]:
    """Take the bodies of indexed events away, and their words out of the index; returns whose there were."""
    dropped = []
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.row_factory = sqlite3.Row
        for event_id in ids:
            row = cursor.execute(
                f"SELECT {WORD_COLUMNS} FROM events e JOIN payloads p ON p.event_id = e.id WHERE e.id = ?", (event_id,)
            ).fetchone()
            if row is None:
                continue
            with_body, without = text_of(row), text_of({**dict(row), "body": b""})
            if with_body != without:
                connection.execute(
                    "INSERT INTO search (search, rowid, words) VALUES ('delete', ?, ?)", (event_id, with_body)
                )
                connection.execute("INSERT INTO search (rowid, words) VALUES (?, ?)", (event_id, without))
            connection.execute("UPDATE payloads SET body = x'' WHERE event_id = ?", (event_id,))
            dropped.append(event_id)
    return dropped


def keep_reached(connection: sqlite3.Connection, endpoint_id: int, reached: int) -> None:
    """Remember up to which event an endpoint's bodies have gone."""
    connection.execute(
        "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (_fact(endpoint_id), reached),
    )


def _fact(endpoint_id: int) -> str:
    return f"bodies_dropped_{endpoint_id}"
