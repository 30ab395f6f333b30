"""One step of following: the events and attempts that came, into the figures, in one transaction."""

from __future__ import annotations

import sqlite3
import threading

from inspector.store.figure_rows import Tally, add_tally
from inspector.store.figures import GIVEN_UP_US, SETTLED, Limits, attempts, marks, new_events, settled_events
from inspector.store.shapes import MOST_SAMPLES, follow_shapes, save_shapes


def advance_figures(
    connection: sqlite3.Connection,
    limits: Limits,
    now_us: int,
    until_id: int,
    gate: threading.Lock | None = None,
    samples: int = MOST_SAMPLES,
) -> int:
    """Count events up to one and all new attempts, in one transaction; returns how many rows it touched.

    Of these events about so many `samples` are compared with what payloads usually look like.

    What is dear happens before the gate is taken: nobody else writes these tables, and what the writer changes about
    an event meanwhile (its answer leaves) is settled by the next step.
    """
    tally: Tally = {}
    connection.execute("BEGIN")
    try:
        after_id, after_attempt = marks(connection)
        newest_attempt: int = connection.execute("SELECT ifnull(max(id), 0) FROM attempts").fetchone()[0]
        new_events(connection, tally, limits, now_us, after_id=after_id, until_id=until_id)
        settled_events(connection, tally, limits, now_us)
        attempts(
            connection, tally, limits, "a.id > :after AND a.id <= :until", after=after_attempt, until=newest_attempt
        )
        waiting, gone = _waiting(connection, after_id, until_id, now_us)
        shapes, drifted = follow_shapes(connection, after_id, until_id, samples)
    finally:
        connection.execute("COMMIT")
    changes = (after_id, after_attempt) != (max(after_id, until_id), newest_attempt) or gone
    if not changes:
        return 0
    with gate or threading.Lock():
        connection.execute("BEGIN IMMEDIATE")
        try:
            rows = add_tally(connection, tally, now_us // 1_000_000)
            connection.executemany("INSERT OR IGNORE INTO figures_waiting (event_id) VALUES (?)", waiting)
            connection.executemany("DELETE FROM figures_waiting WHERE event_id = ?", gone)
            save_shapes(connection, shapes, drifted)
            connection.execute("UPDATE facts SET value = max(value, ?) WHERE name = 'figured_id'", (until_id,))
            connection.execute("UPDATE facts SET value = ? WHERE name = 'figured_attempt_id'", (newest_attempt,))
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    return rows


def _waiting(
    connection: sqlite3.Connection, after_id: int, until_id: int, now_us: int
) -> tuple[list[tuple[int]], list[tuple[int]]]:
    """Return which of these events wait for their answer to leave, and which need not be waited for any more."""
    given_up = {"given_up_us": now_us - GIVEN_UP_US}
    waiting = connection.execute(
        f"SELECT e.id FROM events e WHERE e.id > :after AND e.id <= :until AND NOT {SETTLED}",
        {"after": after_id, "until": until_id, **given_up},
    ).fetchall()
    gone = connection.execute(
        "SELECT w.event_id FROM figures_waiting w LEFT JOIN events e ON e.id = w.event_id "
        f"WHERE e.id IS NULL OR {SETTLED}",
        given_up,
    ).fetchall()
    return waiting, gone
