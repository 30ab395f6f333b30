"""When the receiver listened and the tunnel answered, as spans of time with an open end that a heartbeat moves on.

Where the program is killed, the writer's process sees its socket end and closes the spans at that moment. Where both
are gone at once (no power), the last heartbeat or the last event received, whichever is later, was the end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

NEVER: Mapping[str, int] = MappingProxyType({})


class SpanRow(NamedTuple):
    """One span: `kind` is receiver or tunnel, `state` up or down; times in µs since the epoch."""

    kind: str
    from_us: int
    until_us: int
    is_open: bool
    state: str


def note_spans(
    connection: sqlite3.Connection, states: Mapping[str, str], now_us: int, since_us: Mapping[str, int] = NEVER
) -> None:
    """Say what is so now: kinds to "up" or "down"; a kind left out is not in use. Extends spans, ends them, begins new.

    Without a change this is the heartbeat. New spans begin now, or when `since_us` says.
    """
    rows = connection.execute("SELECT id, kind, state FROM spans WHERE is_open = 1").fetchall()
    known = {kind: (id, state) for id, kind, state in rows}
    for kind, (id, state) in known.items():
        goes_on = states.get(kind) == state
        connection.execute(
            "UPDATE spans SET until_us = max(until_us, ?), is_open = ? WHERE id = ?", (now_us, int(goes_on), id)
        )
    for kind, state in states.items():
        if kind not in known or known[kind][1] != state:
            connection.execute(
                "INSERT INTO spans (kind, from_us, until_us, is_open, state) VALUES (?, ?, ?, 1, ?)",
                (kind, min(since_us.get(kind, now_us), now_us), now_us, state),
            )


def begin_spans(connection: sqlite3.Connection, now_us: int) -> None:
    """End what an earlier run left open: at its last heartbeat, or its last event where that came later."""
    last_event = connection.execute("SELECT received_us FROM events ORDER BY id DESC LIMIT 1").fetchone()
    last_us = 0 if last_event is None else min(last_event[0], now_us)
    connection.execute(
        "UPDATE spans SET is_open = 0, until_us = iif(state = 'up', max(until_us, ?), until_us) WHERE is_open = 1",
        (last_us,),
    )


def close_spans(connection: sqlite3.Connection, now_us: int) -> None:
    """End what is open, because the program has ended."""
    connection.execute("UPDATE spans SET is_open = 0, until_us = max(until_us, ?) WHERE is_open = 1", (now_us,))


def read_spans(connection: sqlite3.Connection, from_us: int) -> list[SpanRow]:
    """Return the spans that reach into the time since a moment, oldest first."""
    rows: Sequence[tuple[str, int, int, int, str]] = connection.execute(
        "SELECT kind, from_us, until_us, is_open, state FROM spans WHERE until_us >= ? OR is_open = 1 ORDER BY id",
        (from_us,),
    ).fetchall()
    return [SpanRow(kind, start, end, is_open == 1, state) for kind, start, end, is_open, state in rows]


def first_use(connection: sqlite3.Connection, kind: str) -> int | None:
    """Return when a kind was first there or expected, None for never."""
    found = connection.execute("SELECT min(from_us) FROM spans WHERE kind = ?", (kind,)).fetchone()
    return None if found is None else found[0]
