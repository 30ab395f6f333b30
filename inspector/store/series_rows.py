"""Series as rows, and everything that changes them: each function is the work of one transaction."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from inspector.domain.attempt import Attempt, Outgoing, SeriesId
from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import StoreError
from inspector.domain.event import EventId
from inspector.domain.series import NewSeries, Series, SeriesPlan, SeriesState
from inspector.domain.values import to_us
from inspector.store.attempts import write_attempt
from inspector.store.packing import pack_headers, shown, unpack_headers
from inspector.store.plain import from_plain, to_plain
from inspector.store.revive import moment

COLUMNS = (
    *("id", "event_id", "endpoint_id", "rule_id", "target", "message_id", "state", "tries", "created_us", "next_us"),
    *("status", "ok_us", "failed_us", "failure", "ended_us", "note"),
)
OPEN = "state IN ('undecided', 'waiting', 'sending')"
SELECT = (
    f"SELECT {', '.join(f's.{name}' for name in COLUMNS)}, p.json, s.edited IS NOT NULL "
    "FROM series s JOIN series_plans p ON p.id = s.plan"
)
INSERT = (
    "INSERT INTO series (event_id, endpoint_id, rule_id, target, message_id, plan, state, created_us, next_us, edited) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

ORPHANS_KEPT_S = 7 * 24 * 3600
"""So long a series stays in its rule's log although its event is gone."""

EVENT_GONE = "Its event was deleted before it got through."


def plan_json(plan: SeriesPlan) -> str:
    """Return a plan as it is kept."""
    return json.dumps(to_plain(plan), separators=(",", ":"))


@lru_cache(maxsize=64)
def _plan(text: str) -> SeriesPlan:
    return from_plain(SeriesPlan, json.loads(text))


def plan_id(connection: sqlite3.Connection, text: str) -> int:
    """Return the number of a plan, which is kept where it is new."""
    connection.execute("INSERT OR IGNORE INTO series_plans (json) VALUES (?)", (text,))
    return int(connection.execute("SELECT id FROM series_plans WHERE json = ?", (text,)).fetchone()[0])


def series_of(row: Sequence[Any]) -> Series:
    """Return the series of a row of SELECT."""
    values: Mapping[str, Any] = dict(zip(COLUMNS, row, strict=False))
    return Series(
        id=SeriesId(values["id"]),
        event_id=EventId(values["event_id"]),
        endpoint_id=EndpointId(values["endpoint_id"]) if values["endpoint_id"] else None,
        rule_id=values["rule_id"],
        target=values["target"],
        plan=_plan(row[len(COLUMNS)]),
        state=SeriesState(values["state"]),
        created_at=moment(values["created_us"]),
        message_id=values["message_id"],
        tries=values["tries"],
        next_at=_moment(values["next_us"]),
        status=values["status"],
        ok_at=_moment(values["ok_us"]),
        failed_at=_moment(values["failed_us"]),
        failure=values["failure"],
        ended_at=_moment(values["ended_us"]),
        note=values["note"],
        is_edited=row[len(COLUMNS) + 1] == 1,
    )


def _moment(us: int | None) -> Any:
    return None if us is None else moment(us)


def these_series(connection: sqlite3.Connection, ids: Iterable[int]) -> list[Series]:
    """Return series by their ids, ascending; one that is gone is left out."""
    wanted = json.dumps(list(ids))
    rows = connection.execute(f"{SELECT} WHERE s.id IN (SELECT value FROM json_each(?)) ORDER BY s.id", (wanted,))
    return [series_of(row) for row in rows.fetchall()]


def start_series(connection: sqlite3.Connection, new: Sequence[NewSeries], now_us: int) -> list[Series]:
    """Begin series by hand. Raises StoreError where an event is gone; then none begins."""
    ids: list[int] = []
    for one in new:
        event = connection.execute(
            "SELECT ifnull(endpoint_id, 0), message_id FROM events WHERE id = ?", (one.event_id,)
        ).fetchone()
        if event is None:
            raise StoreError(f"Event #{one.event_id} no longer exists.", "It was deleted meanwhile.")
        due_us = now_us + first_wait_us(one.plan)
        plan = plan_id(connection, plan_json(one.plan))
        edited = None if one.edited is None else _pack_edited(one.edited)
        values = (one.event_id, event[0], "", shown(one.target), event[1], plan, SeriesState.WAITING.value)
        ids.append(connection.execute(INSERT, (*values, now_us, due_us, edited)).lastrowid or 0)
    return these_series(connection, ids)


def first_wait_us(plan: SeriesPlan) -> int:
    """Return how long a plan waits before its first try."""
    wait_s = plan.schedule.waits_s[0] if plan.schedule.waits_s else 0.0
    return int(wait_s * 1_000_000 / plan.speed) if plan.speed else 0


def _pack_edited(outgoing: Outgoing) -> bytes:
    parts = (pack_headers(outgoing.headers), outgoing.body)
    texts = [base64.b64encode(part).decode("ascii") for part in parts]
    return json.dumps([outgoing.method, outgoing.url, *texts]).encode()


def read_edited(connection: sqlite3.Connection, series_id: SeriesId) -> Outgoing | None:
    """Return what a series sends in place of the captured request, None where it sends that."""
    row = connection.execute("SELECT edited FROM series WHERE id = ?", (series_id,)).fetchone()
    if row is None or row[0] is None:
        return None
    method, url, headers, body = json.loads(row[0])
    return Outgoing(method, url, unpack_headers(base64.b64decode(headers)), base64.b64decode(body))


def mark_all_sending(connection: sqlite3.Connection, groups: Sequence[Sequence[int]]) -> list[list[int]]:
    """Do as `mark_sending` for several groups at once."""
    allowed = set(mark_sending(connection, [series_id for ids in groups for series_id in ids]))
    return [[series_id for series_id in ids if series_id in allowed] for ids in groups]


def mark_sending(connection: sqlite3.Connection, ids: Sequence[int]) -> list[int]:
    """Note that tries are about to be made; returns the series that may be: others were stopped meanwhile."""
    found = connection.execute(
        f"UPDATE series SET state = 'sending' WHERE id IN (SELECT value FROM json_each(?)) AND {OPEN} RETURNING id",
        (json.dumps(list(ids)),),
    )
    return [row[0] for row in found.fetchall()]


def write_tries(
    connection: sqlite3.Connection, tries: Sequence[tuple[Attempt, Series]]
) -> list[tuple[Attempt, Series] | Exception]:
    """Keep attempts and what they make of their series; one whose event is gone gets a StoreError, the others stay."""
    kept: list[tuple[Attempt, Series] | Exception] = []
    for attempt, series in tries:
        try:
            kept.append(write_try(connection, attempt, series))
        except StoreError as error:
            kept.append(error)
    return kept


def write_try(connection: sqlite3.Connection, attempt: Attempt, series: Series) -> tuple[Attempt, Series]:
    """Keep an attempt and what it makes of its series, both or nothing.

    A series that was stopped during the try stays stopped, unless it got through. StoreError where the event is gone.
    """
    kept = write_attempt(connection, attempt)
    connection.execute(
        f"""
        UPDATE series SET tries = ?, status = ?, failure = ?, ok_us = ?, failed_us = ?,
            state = iif({OPEN} OR ? = 'done', ?, state), next_us = iif({OPEN}, ?, NULL),
            ended_us = iif({OPEN}, ?, ended_us), note = iif({OPEN} OR ? = 'done', ?, note)
        WHERE id = ?
        """,
        (
            *(series.tries, series.status, shown(series.failure), _us(series.ok_at), _us(series.failed_at)),
            *(series.state.value, series.state.value, _us(series.next_at), _us(series.ended_at)),
            *(series.state.value, shown(series.note), series.id),
        ),
    )
    now = these_series(connection, [series.id])
    return kept, now[0] if now else series


def _us(at: Any) -> int | None:
    return None if at is None else to_us(at)


def decide_series(connection: sqlite3.Connection, matching: Sequence[int], others: Sequence[int]) -> list[Series]:
    """Let those whose rule matches wait for their first try, and forget the others; returns the former."""
    connection.execute(
        "DELETE FROM series WHERE id IN (SELECT value FROM json_each(?)) AND state = 'undecided'",
        (json.dumps(list(others)),),
    )
    connection.execute(
        "UPDATE series SET state = 'waiting' WHERE id IN (SELECT value FROM json_each(?)) AND state = 'undecided'",
        (json.dumps(list(matching)),),
    )
    return these_series(connection, matching)


def end_series(
    connection: sqlite3.Connection, ids: Sequence[int], state: SeriesState, note: str, now_us: int
) -> list[Series]:
    """End open series; returns those that this ended."""
    found = connection.execute(
        f"UPDATE series SET state = ?, note = ?, next_us = NULL, ended_us = ? "
        f"WHERE id IN (SELECT value FROM json_each(?)) AND {OPEN} RETURNING id",
        (state.value, note, now_us, json.dumps(list(ids))),
    )
    return these_series(connection, [row[0] for row in found.fetchall()])


def end_slice(
    connection: sqlite3.Connection, endpoint_id: EndpointId, rule_id: str | None, limit: int, note: str, now_us: int
) -> list[Series]:
    """Stop the next open series of a rule, of all of an endpoint where it is None; none when there are no more."""
    query = f"SELECT id FROM series WHERE endpoint_id = ? AND rule_id = ifnull(?, rule_id) AND {OPEN} LIMIT ?"
    ids = [row[0] for row in connection.execute(query, (endpoint_id, rule_id, limit)).fetchall()]
    return end_series(connection, ids, SeriesState.STOPPED, note, now_us) if ids else []


def pause_rule(connection: sqlite3.Connection, endpoint_id: EndpointId, rule_id: str, paused: bool) -> None:
    """Note that the series of a rule wait, or that they go on."""
    if paused:
        connection.execute("INSERT OR IGNORE INTO paused_rules VALUES (?, ?)", (endpoint_id, rule_id))
    else:
        connection.execute("DELETE FROM paused_rules WHERE endpoint_id = ? AND rule_id = ?", (endpoint_id, rule_id))


def purge_series(connection: sqlite3.Connection, event_ids: Sequence[int], now_us: int) -> None:
    """Let go of events that are about to go: what is over goes with them, what is not ends and says why.

    That stays in its rule's log for a week.
    """
    wanted = json.dumps(list(event_ids))
    these = "event_id IN (SELECT value FROM json_each(?))"
    connection.execute(f"DELETE FROM series WHERE {these} AND NOT {OPEN}", (wanted,))
    connection.execute(
        f"UPDATE series SET state = 'stopped', note = ?, next_us = NULL, ended_us = ?, edited = NULL "
        f"WHERE {these} AND {OPEN}",
        (EVENT_GONE, now_us, wanted),
    )
    connection.execute(
        "DELETE FROM series WHERE note = ? AND ended_us < ? AND id IN (SELECT id FROM series ORDER BY id LIMIT 1000)",
        (EVENT_GONE, now_us - ORPHANS_KEPT_S * 1_000_000),
    )
