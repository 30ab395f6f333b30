"""Attempts as rows: every try of a replay is kept, a body equal to the captured one only once."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from inspector.domain.attempt import Attempt, AttemptId
from inspector.domain.errors import StoreError
from inspector.store.revive import ATTEMPT_COLUMNS, attempt_row

_VALUES = ", ".join(
    f"nullif(:{name}, (SELECT body FROM payloads WHERE event_id = :event_id))" if name == "body" else f":{name}"
    for name in ATTEMPT_COLUMNS
)
_INSERT = f"INSERT INTO attempts ({', '.join(ATTEMPT_COLUMNS)}) VALUES ({_VALUES})"


def write_attempt(connection: sqlite3.Connection, attempt: Attempt) -> Attempt:
    """Insert an attempt, count it with its event, and return it with its id. StoreError where the event is gone."""
    counted = connection.execute(
        "UPDATE events SET replay_count = replay_count + 1 WHERE id = ?", (attempt.event_id,)
    ).rowcount
    if counted == 0:
        raise StoreError(f"Event #{attempt.event_id} no longer exists.", "It was deleted meanwhile.")
    values = dict(zip(ATTEMPT_COLUMNS, attempt_row(attempt), strict=True))
    cursor = connection.execute(_INSERT, values)
    return replace(attempt, id=AttemptId(cursor.lastrowid or 0))
