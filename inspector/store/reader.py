"""Short reads of single events, rows and attempts on a connection of their own: cheap enough for the loop's thread."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from inspector.domain.attempt import Attempt, Outgoing, SeriesId
from inspector.domain.endpoint import Endpoint
from inspector.domain.event import Event, EventId, EventSummary
from inspector.store.endpoints import read_endpoints
from inspector.store.packing import from_json
from inspector.store.revive import attempt_of, event_of, verification_of
from inspector.store.rows import SUMMARY_COLUMNS, summary_of
from inspector.store.shared import VERIFICATION

if TYPE_CHECKING:
    from inspector.domain.series import Series

_COLUMNS = ", ".join(f"e.{name}" for name in SUMMARY_COLUMNS)
_PAGE = f"SELECT {_COLUMNS} FROM json_each(?) wanted CROSS JOIN events e ON e.id = wanted.value"
_ONE = f"SELECT {_COLUMNS} FROM events e WHERE e.id = ?"
_PAYLOAD = f"SELECT *, {VERIFICATION} AS verification_json FROM payloads WHERE event_id = ?"
_SAME_BODY = """
    SELECT repeated.body = original.body FROM payloads repeated
    JOIN payloads original ON original.event_id = ? WHERE repeated.event_id = ?
"""


class Reader:
    """Reads on one connection, which belongs to one thread at a time. Closes it with `close`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def page(self, ids: Sequence[EventId]) -> list[EventSummary]:
        """Return the rows of these events in the same order; one that is gone is left out."""
        return [summary_of(row) for row in self._connection.execute(_PAGE, (json.dumps(list(ids)),)).fetchall()]

    def summary(self, event_id: EventId) -> EventSummary | None:
        """Return one row of the list, or None where there is no such event."""
        row = self._connection.execute(_ONE, (event_id,)).fetchone()
        return None if row is None else summary_of(row)

    def event(self, event_id: EventId) -> Event | None:
        """Return everything about one event, or None where there is none; deleted ones are there until purged."""
        summary = self.summary(event_id)
        row = self._named(_PAYLOAD, event_id)
        if summary is None or row is None:
            return None
        same: bool | None = None
        if summary.original_id is not None:
            found = self._connection.execute(_SAME_BODY, (summary.original_id, event_id)).fetchone()
            same = None if found is None else found[0] == 1
        later = self._connection.execute("SELECT verification FROM rechecks WHERE event_id = ?", (event_id,)).fetchone()
        return event_of(summary, row, same, None if later is None else verification_of(from_json(later[0])))

    def body(self, event_id: EventId) -> bytes:
        """Return an event's body as received. Raises LookupError where there is no such event."""
        row = self._connection.execute("SELECT body FROM payloads WHERE event_id = ?", (event_id,)).fetchone()
        if row is None:
            raise LookupError(f"there is no event {event_id}")
        return bytes(row[0])

    def attempts(self, event_id: EventId) -> tuple[Attempt, ...]:
        """Return every attempt to replay an event, newest first."""
        cursor = self._connection.cursor()
        cursor.row_factory = sqlite3.Row
        rows = cursor.execute("SELECT * FROM attempts WHERE event_id = ? ORDER BY id DESC", (event_id,)).fetchall()
        if not rows:
            return ()
        captured = self._connection.execute("SELECT body FROM payloads WHERE event_id = ?", (event_id,)).fetchone()
        return tuple(attempt_of(row, b"" if captured is None else captured[0]) for row in rows)

    def series(self, event_id: EventId) -> tuple[Series, ...]:
        """Return every series of an event, newest first."""
        from inspector.store.series_rows import SELECT, series_of

        query = f"{SELECT} WHERE s.event_id = ? ORDER BY s.id DESC"
        return tuple(series_of(row) for row in self._connection.execute(query, (event_id,)).fetchall())

    def edited(self, series_id: SeriesId) -> Outgoing | None:
        """Return what a series sends in place of the captured request, None where it sends that."""
        from inspector.store.series_rows import read_edited

        return read_edited(self._connection, series_id)

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return every endpoint in the user's order."""
        return read_endpoints(self._connection)

    def _named(self, query: str, *values: Any) -> sqlite3.Row | None:
        cursor = self._connection.cursor()
        cursor.row_factory = sqlite3.Row
        row: sqlite3.Row | None = cursor.execute(query, values).fetchone()
        return row
