"""Marks on events that exist already, and their way out: each step small, so that arriving events never wait long."""

from __future__ import annotations

import json
import sqlite3
import time
from array import array
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import StoreError
from inspector.domain.event import EventId
from inspector.domain.verification import Verification
from inspector.store.packing import to_json
from inspector.store.repeats import Sightings
from inspector.store.retelling import forget_messages, recall_messages, unindex

if TYPE_CHECKING:
    from inspector.store.messages import Expected

MARKED_AT_ONCE = 2_000
PURGED_AT_ONCE = 100
FREED_PAGES = 64


def slices(ids: Sequence[int]) -> Iterator[list[int]]:
    """Cut many ids into as many as one transaction should touch."""
    for at in range(0, len(ids), MARKED_AT_ONCE):
        yield list(ids[at : at + MARKED_AT_ONCE])


def mark_slice(
    connection: sqlite3.Connection, ids: Sequence[int], column: str, value: int | None, *, expected: Expected
) -> None:
    """Set one mark of these events; `column` is a name of ours, never a user's. What is deleted leaves its messages."""
    _mark(connection, ids, column, value)
    if column == "deleted_us":
        if value is None:
            recall_messages(connection, ids, expected)
        else:
            forget_messages(connection, ids)


def _mark(connection: sqlite3.Connection, ids: Sequence[int], column: str, value: int | None) -> None:
    connection.execute(
        f"UPDATE events SET {column} = ? WHERE id IN (SELECT value FROM json_each(?))", (value, json.dumps(list(ids)))
    )


def write_recheck(
    connection: sqlite3.Connection, event_id: EventId, checked_us: int, verification: Verification
) -> None:
    """Keep the verdict of a later check in place of an earlier such one. StoreError where the event is gone."""
    if connection.execute("SELECT 1 FROM events WHERE id = ?", (event_id,)).fetchone() is None:
        raise StoreError(f"Event #{event_id} no longer exists.", "It was deleted meanwhile.")
    connection.execute(
        "INSERT OR REPLACE INTO rechecks (event_id, checked_us, verification) VALUES (?, ?, ?)",
        (event_id, checked_us, to_json(verification)),
    )


def sweep_endpoint(
    connection: sqlite3.Connection, endpoint_id: EndpointId, after_id: int, deleted_us: int
) -> array[int]:
    """Delete the next events of an endpoint behind `after_id` and return their ids, none when there are no more."""
    found = connection.execute(
        "SELECT id FROM events WHERE endpoint_id = ? AND id > ? AND (deleted_us IS NULL OR ? = 0) ORDER BY id LIMIT ?",
        (endpoint_id, after_id, deleted_us, MARKED_AT_ONCE),
    ).fetchall()
    ids = array("q", [row[0] for row in found])
    _mark(connection, ids, "deleted_us", deleted_us)
    forget_messages(connection, ids)
    return ids


def delete_endpoint_row(connection: sqlite3.Connection, endpoint_id: EndpointId, sightings: Sightings) -> None:
    """Remove an endpoint; its events follow in slices."""
    connection.execute("DELETE FROM endpoints WHERE id = ?", (endpoint_id,))
    connection.execute("DELETE FROM paused_rules WHERE endpoint_id = ?", (endpoint_id,))
    sightings.forget_endpoint(connection, endpoint_id)


def purge_slice(connection: sqlite3.Connection, before_us: int, sightings: Sightings) -> int:
    """Remove some events that were deleted before a moment, with all that belongs to them; returns how many."""
    found = connection.execute(
        "SELECT id FROM events WHERE deleted_us <= ? ORDER BY deleted_us LIMIT ?", (before_us, PURGED_AT_ONCE)
    ).fetchall()
    ids = [row[0] for row in found]
    if not ids:
        return 0
    # Numbers are never given twice, even when the newest event goes.
    connection.execute("UPDATE facts SET value = max(value, (SELECT max(id) FROM events)) WHERE name = 'last_event_id'")
    sightings.forget_originals(connection, ids)
    unindex(connection, ids)
    forget_messages(connection, ids)
    from inspector.store.series_rows import purge_series  # most programs purge nothing when they start

    purge_series(connection, ids, time.time_ns() // 1000)
    marks = ", ".join("?" * len(ids))
    for table in ("reports", "attempts", "rechecks", "payloads"):
        connection.execute(f"DELETE FROM {table} WHERE event_id IN ({marks})", ids)
    connection.execute(f"DELETE FROM events WHERE id IN ({marks})", ids)
    give_back(connection, FREED_PAGES)
    return len(ids)


def give_back(connection: sqlite3.Connection, most: int = FREED_PAGES) -> int:
    """Cut at most so many free pages off the database; returns how many are left in it.

    One page at a time: SQLite frees one with each step of the statement, and Python takes no more than one step of a
    statement that returns nothing.
    """
    free: int = connection.execute("PRAGMA freelist_count").fetchone()[0]
    for _ in range(min(free, most)):
        connection.execute("PRAGMA incremental_vacuum(1)")
    return max(0, free - most)
