"""An answer that was chosen only after its event was stored: by a person, or by the handler that was asked."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from inspector.domain.answer import Answer
from inspector.domain.errors import StoreError
from inspector.domain.event import EventId
from inspector.store.repeats import Sightings
from inspector.store.retelling import forget_messages, recall_messages
from inspector.store.rows import answer_values

if TYPE_CHECKING:
    from inspector.store.messages import Expected

_EVENT = """
    UPDATE events SET answer_status = ?1, answer_sent = ?2, issue = (
        ?1 NOT BETWEEN 200 AND 299 OR repeat IS NOT NULL OR ifnull(verdict, '') IN ('invalid', 'stale')
        OR kind = 'message.failed'
        OR (report_count > 1 AND EXISTS (SELECT 1 FROM reports WHERE event_id = ?3 AND kind = 'message.failed'))
    ) WHERE id = ?3
"""
_PAYLOAD = "UPDATE payloads SET answer_headers = ?, answer_body = ?, answer_delay_ms = ? WHERE event_id = ?"


def amend_answer(
    connection: sqlite3.Connection, event_id: EventId, answer: Answer, *, sightings: Sightings, expected: Expected
) -> None:
    """Replace an event's answer, and what hangs on it: its mark as an issue, its sighting, its message's timeline.

    An answer that goes wrong on purpose counts as not sent. Raises StoreError where the event is gone.
    """
    sent = int(answer.fault is None)
    if connection.execute(_EVENT, (answer.status, sent, event_id)).rowcount == 0:
        raise StoreError(f"Event #{event_id} no longer exists.", "It was deleted meanwhile.")
    connection.execute(_PAYLOAD, (*answer_values(answer), event_id))
    sightings.answer_changed(connection, event_id, answer.accepted)
    forget_messages(connection, [event_id])
    recall_messages(connection, [event_id], expected)
