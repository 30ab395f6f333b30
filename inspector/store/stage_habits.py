"""Which stages an endpoint's provider reports, learned from what it sends: what never comes is not missed.

A provider's file has words for more stages than the provider may send: some know no queued, some tell of delivered and
read alone. While little has come a stage that is not there counts as lost. When MANY messages got beyond a stage that
was never once reported, it is given up, and is expected again from the first report of it on.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from inspector.timeline.stages import Stage

MANY = 20

_NEVER_READ = (Stage.QUEUED, Stage.SENT, Stage.DELIVERED)
_BEYOND = {
    Stage.QUEUED: "sent_us IS NOT NULL OR delivered_us IS NOT NULL OR read_us IS NOT NULL",
    Stage.SENT: "delivered_us IS NOT NULL OR read_us IS NOT NULL",
    Stage.DELIVERED: "read_us IS NOT NULL",
}


def note_stages(connection: sqlite3.Connection, came: Iterable[tuple[int, Stage]]) -> None:
    """Take note that these stages were reported at these endpoints."""
    known = set(connection.execute("SELECT endpoint_id, stage FROM stage_habits WHERE seen = 1").fetchall())
    new = [(endpoint, int(stage)) for endpoint, stage in came if (endpoint, int(stage)) not in known]
    connection.executemany("INSERT OR REPLACE INTO stage_habits (endpoint_id, stage, seen) VALUES (?, ?, 1)", new)


def give_up_stages(connection: sqlite3.Connection, endpoints: Iterable[int]) -> list[int]:
    """Give up stages that never came; returns the messages that were said to have lost one."""
    known = set(connection.execute("SELECT endpoint_id, stage FROM stage_habits").fetchall())
    given_up = []
    for endpoint in endpoints:
        for stage in _NEVER_READ:
            if (endpoint, int(stage)) not in known and _got_beyond(connection, endpoint, stage):
                connection.execute("INSERT INTO stage_habits VALUES (?, ?, 0)", (endpoint, int(stage)))
                given_up.append(endpoint)
    return [
        row[0]
        for endpoint in set(given_up)
        for row in connection.execute("SELECT id FROM messages WHERE endpoint_id = ? AND gap_us > 0", (endpoint,))
    ]


def unreported(connection: sqlite3.Connection, endpoints: Iterable[int]) -> dict[int, frozenset[Stage]]:
    """Return the stages that were given up, by endpoint; one without any is left out."""
    rows = connection.execute("SELECT endpoint_id, stage FROM stage_habits WHERE seen = 0").fetchall()
    wanted = set(endpoints)
    return {
        endpoint: frozenset(Stage(stage) for other, stage in rows if other == endpoint)
        for endpoint, _stage in rows
        if endpoint in wanted
    }


def _got_beyond(connection: sqlite3.Connection, endpoint: int, stage: Stage) -> bool:
    some = f"SELECT 1 FROM messages WHERE endpoint_id = ? AND ({_BEYOND[stage]}) LIMIT {MANY}"
    return int(connection.execute(f"SELECT count(*) FROM ({some})", (endpoint,)).fetchone()[0]) >= MANY
