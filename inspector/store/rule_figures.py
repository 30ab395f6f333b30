"""How it goes with every target of a forward rule, and a series sent once more by hand."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inspector.domain.endpoint import EndpointId
from inspector.domain.series import Series
from inspector.store.revive import moment
from inspector.store.series_rows import OPEN, these_series

FIGURES_OF = 10_000
"""So many of a rule's newest series are looked at."""

SENT_AGAIN = "Sent again by hand."


@dataclass(frozen=True, slots=True)
class TargetFigures:
    """One target of a rule.

    `tried` and `through` count the events whose latest try was since the given moment, and those of them that were
    answered 2xx. `failed_in_row` counts the tries that failed since the last one that did not.
    """

    target: str
    waiting: int = 0
    sending: int = 0
    tried: int = 0
    through: int = 0
    failed_in_row: int = 0
    last_ok_at: datetime | None = None
    last_failed_at: datetime | None = None
    last_failure: str = ""

    @property
    def share(self) -> float | None:
        """How many of the events got through, None where none was tried."""
        return self.through / self.tried if self.tried else None


# A column that stands bare beside one max() is of the row that has the maximum (sqlite.org/lang_select.html).
_NEWEST = """
    WITH newest AS (
        SELECT target, tries, ok_us, failed_us, failure FROM series
        WHERE endpoint_id = ?1 AND rule_id = ?2 ORDER BY id DESC LIMIT ?3
    ), best AS (SELECT target, max(ok_us) AS best_us FROM newest GROUP BY target)
    SELECT n.target, b.best_us, max(n.failed_us), n.failure,
        sum(max(ifnull(n.ok_us, 0), ifnull(n.failed_us, 0)) >= ?4), sum(ifnull(n.ok_us, 0) >= ?4),
        sum(iif(n.failed_us > ifnull(b.best_us, 0), n.tries, 0))
    FROM newest n JOIN best b ON b.target = n.target GROUP BY n.target
"""
_OPEN = f"""
    SELECT target, sum(state <> 'sending'), sum(state = 'sending') FROM series INDEXED BY series_open
    WHERE {OPEN} AND endpoint_id = ? AND rule_id = ? GROUP BY target
"""


def read_figures(
    connection: sqlite3.Connection, endpoint_id: EndpointId, rule_id: str, since_us: int
) -> tuple[TargetFigures, ...]:
    """Return the figures of every target a rule has sent to, by the target's address."""
    waiting = {row[0]: row for row in connection.execute(_OPEN, (endpoint_id, rule_id)).fetchall()}
    rows = connection.execute(_NEWEST, (endpoint_id, rule_id, FIGURES_OF, since_us)).fetchall()
    newest = {row[0]: row for row in rows}
    return tuple(_figures(name, newest.get(name), waiting.get(name)) for name in sorted({*newest, *waiting}))


def _figures(target: str, newest: Sequence[Any] | None, waiting: Sequence[Any] | None) -> TargetFigures:
    _name, ok_us, failed_us, failure, tried, through, in_row = newest or (target, None, None, "", 0, 0, 0)
    return TargetFigures(
        target,
        waiting=waiting[1] if waiting else 0,
        sending=waiting[2] if waiting else 0,
        tried=tried,
        through=through,
        failed_in_row=in_row,
        last_ok_at=None if ok_us is None else moment(ok_us),
        last_failed_at=None if failed_us is None else moment(failed_us),
        last_failure=failure if failed_us is not None else "",
    )


def series_again(connection: sqlite3.Connection, ids: Sequence[int], now_us: int) -> list[Series]:
    """Make series due now, also those that are over; returns them.

    Left alone are those with a try under way, those not yet decided, and those whose event is gone.
    """
    found = connection.execute(
        "UPDATE series SET state = 'waiting', next_us = ?, ended_us = NULL, note = ? "
        "WHERE id IN (SELECT value FROM json_each(?)) AND state NOT IN ('sending', 'undecided') "
        "AND event_id IN (SELECT id FROM events WHERE deleted_us IS NULL) RETURNING id",
        (now_us, SENT_AGAIN, json.dumps(list(ids))),
    )
    return these_series(connection, [row[0] for row in found.fetchall()])
