"""The events of a span of time that were not accepted, with every other time they came."""

from __future__ import annotations

import json
import sqlite3

from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventSummary
from inspector.store.rows import SUMMARY_COLUMNS, summary_of

_HIT = """
    SELECT DISTINCT ifnull(original_id, id) FROM events
    WHERE endpoint_id = ? AND received_us >= ? AND received_us < ? AND deleted_us IS NULL AND refusal IS NULL
        AND answer_status NOT BETWEEN 200 AND 299
"""
_ALL = f"""
    SELECT {", ".join(SUMMARY_COLUMNS)} FROM events
    WHERE endpoint_id = ?1 AND id >= ?2 AND deleted_us IS NULL
        AND ifnull(original_id, id) IN (SELECT value FROM json_each(?3)) ORDER BY id
"""


def read_outage(
    connection: sqlite3.Connection, endpoint_id: EndpointId, since_us: int, until_us: int
) -> tuple[EventSummary, ...]:
    """Return the rows an outage table is made of (replay/outage.py), ascending."""
    originals = [row[0] for row in connection.execute(_HIT, (endpoint_id, since_us, until_us)).fetchall()]
    if not originals:
        return ()
    rows = connection.execute(_ALL, (endpoint_id, min(originals), json.dumps(originals))).fetchall()
    return tuple(summary_of(row) for row in rows)
