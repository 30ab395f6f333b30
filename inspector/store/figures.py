"""Counting events and attempts: which deliveries succeeded, how long they took, why they failed.

The same counting is used behind the events, for what is kept, and when somebody asks, for what has come since. So a
figure is exact to the event, and equal to counting the events themselves.

A delivery is a request that became an event of an endpoint; it failed unless its answer was 2xx, left, and left within
the provider's limit. An event whose answer has not left yet is not settled: it is counted anew whenever asked, and kept
in the counts once it is.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from inspector.store.buckets import edge_sql
from inspector.store.figure_rows import HANDLER, RECEIVER, Place, Tally

DEFAULT_LIMIT_S = 5
"""Providers that do not say how long they wait are taken to wait as long as the RCS webhooks guide says."""

GIVEN_UP_US = 600_000_000
"""An answer that has not left after so long never will: the program ended meanwhile, or the event was imported."""

SLOT_US = 10_000_000

LATE, UNSENT, REJECTED = "late", "unsent", "sig"
"""Reasons besides the status and Failure's words: too slow, never left, turned away for its signature."""

Limits = Mapping[str, int]
"""How long each provider waits for an answer, in µs; DEFAULT_LIMIT_S where it is not in here."""

SETTLED = "(e.answer_us IS NOT NULL OR e.answer_sent = 0 OR e.refusal IS NOT NULL OR e.received_us < :given_up_us)"

_LIMITED = "LEFT JOIN (SELECT key AS provider, value AS limit_us FROM json_each(:limits)) l ON l.provider = e.provider"
_LIMIT = f"ifnull(l.limit_us, {DEFAULT_LIMIT_S * 1_000_000})"

# All rows come as one text of JSON: SQLite works on it in one go without the interpreter lock, where row by row it
# lets go of the lock and wins it back for each; reading the text is a tenth of making the rows.
_EVENTS = f"""
    SELECT json_group_array(json_array(
        e.received_us / {SLOT_US}, ifnull(e.endpoint_id, 0), e.provider, e.refusal IS NOT NULL, e.answer_status,
        e.answer_sent, ifnull(e.answer_us > {_LIMIT}, 0), 't' || ({edge_sql("e.answer_us")}), e.answer_us, e.verdict,
        e.repeat, e.repeat_no, iif(e.carrier <> '' AND e.repeat IS NULL, 'c' || e.carrier || '|' || e.kind, NULL),
        iif(e.verdict IN ('invalid', 'stale'), 'p' || e.peer, NULL)
    )) FROM {{source}} {_LIMITED} WHERE {{condition}}
"""

_ATTEMPTS = f"""
    SELECT a.sent_us / {SLOT_US} AS slot, ifnull(e.endpoint_id, 0), e.provider, a.status, a.failure,
        a.total_ms * 1000 > {_LIMIT}, {edge_sql("CAST(round(a.total_ms * 1000) AS INTEGER)")},
        ifnull(e.repeat = 'duplicate', 0), {{try_no}}, count(*), sum(CAST(round(a.total_ms * 1000) AS INTEGER))
    FROM attempts a JOIN events e ON e.id = a.event_id {_LIMITED}
    WHERE {{condition}} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""


def limits_of(providers: set[str], limit_s: Callable[[str], int]) -> dict[str, int]:
    """Return how long these providers wait, in µs; `limit_s` tells seconds, 0 where a provider does not say."""
    waits = {provider: limit_s(provider) for provider in providers}
    return {provider: wait_s * 1_000_000 for provider, wait_s in waits.items() if wait_s}


def new_events(
    connection: sqlite3.Connection, tally: Tally, limits: Limits, now_us: int, *, after_id: int, until_id: int
) -> None:
    """Count the settled events with ids over `after_id` up to `until_id`."""
    _events(
        connection,
        tally,
        limits,
        now_us,
        "events e",
        f"e.id > :after_id AND e.id <= :until_id AND {SETTLED}",
        after_id=after_id,
        until_id=until_id,
    )


def settled_events(connection: sqlite3.Connection, tally: Tally, limits: Limits, now_us: int) -> None:
    """Count the events that had been waiting for their answer to leave and are settled now."""
    source = "figures_waiting w CROSS JOIN events e ON e.id = w.event_id"
    _events(connection, tally, limits, now_us, source, SETTLED)


def tail(
    connection: sqlite3.Connection,
    limits: Limits,
    now_us: int,
    from_us: int,
    until_us: int,
    endpoint_id: int | None = None,
) -> Tally:
    """Count what the kept figures do not know yet, of a time: newer events, unsettled ones, and newer attempts."""
    tally: Tally = {}
    figured_id, figured_attempt_id = marks(connection)
    # The plus keeps SQLite from walking through all events of the endpoint in place of the few new ones.
    scope = "" if endpoint_id is None else f"AND +e.endpoint_id = {int(endpoint_id)}"
    within = f"e.received_us >= :from_us AND e.received_us < :until_us {scope}"
    times = {"from_us": from_us, "until_us": until_us}
    _events(
        connection,
        tally,
        limits,
        now_us,
        "events e",
        f"e.id > :figured_id AND {within}",
        figured_id=figured_id,
        **times,
    )
    _events(
        connection,
        tally,
        limits,
        now_us,
        "figures_waiting w CROSS JOIN events e ON e.id = w.event_id",
        within,
        **times,
    )
    within = f"a.id > :after AND a.sent_us >= :from_us AND a.sent_us < :until_us {scope}"
    attempts(connection, tally, limits, within, after=figured_attempt_id, **times)
    return tally


def marks(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return up to which event and which attempt the kept figures go."""
    found = dict(
        connection.execute(
            "SELECT name, value FROM facts WHERE name IN ('figured_id', 'figured_attempt_id')"
        ).fetchall()
    )
    return found["figured_id"], found["figured_attempt_id"]


def _events(
    connection: sqlite3.Connection,
    tally: Tally,
    limits: Limits,
    now_us: int,
    source: str,
    condition: str,
    **values: Any,
) -> None:
    values |= {"limits": json.dumps(limits), "given_up_us": now_us - GIVEN_UP_US}
    used = {name: value for name, value in values.items() if f":{name}" in condition or name == "limits"}
    [text] = connection.execute(_EVENTS.format(source=source, condition=condition), used).fetchone()
    _count_events(tally, orjson.loads(text))


def _count_events(tally: Tally, rows: list[list[Any]]) -> None:
    for row in rows:
        slot, endpoint_id, provider, refused, status, sent, late, edge, answer_us, verdict, repeat, repeat_no = row[:12]
        carrier, sender = row[12:]
        counts = tally.get(place := Place(slot, endpoint_id, RECEIVER, provider))
        if counts is None:
            counts = tally[place] = Counter()
        if refused:
            counts["x"] += 1
            continue
        ok = 200 <= status < 300 and sent == 1 and not late
        _outcome(counts, 1, ok=ok, duplicate=repeat == "duplicate")
        if not ok:
            counts[f"r{_reason(status, sent, late, verdict)}"] += 1
        if edge is not None:
            counts[edge] += 1
            counts["u"] += answer_us
        if sender is not None:
            counts["s"] += 1
            counts[sender] += 1
        if repeat == "retry":
            _retry(counts, 1, repeat_no - 1, ok=ok)
        if carrier is not None:
            counts[carrier] += 1


def _reason(status: int, sent: int, late: int, verdict: str | None) -> str:
    if not 200 <= status < 300:
        turned_away = 400 <= status < 500 and verdict in ("invalid", "stale", "unsigned")
        return REJECTED if turned_away else str(status)
    return UNSENT if not sent else LATE


def attempts(connection: sqlite3.Connection, tally: Tally, limits: Limits, condition: str, **values: Any) -> None:
    """Count attempts that meet a condition on `a` (the attempt) and `e` (its event)."""
    columns = {row[1] for row in connection.execute("PRAGMA table_info(attempts)")}
    sql = _ATTEMPTS.format(condition=condition, try_no="a.try_no" if "try_no" in columns else "1")
    for row in connection.execute(sql, {"limits": json.dumps(limits), **values}):
        slot, endpoint_id, provider, status, failure, late, edge, duplicate, try_no, count, sum_us = row
        counts = tally.setdefault(Place(slot, endpoint_id, HANDLER, provider), Counter())
        ok = status is not None and 200 <= status < 300 and not late
        _outcome(counts, count, ok=ok, duplicate=duplicate == 1)
        if not ok:
            accepted = status is not None and 200 <= status < 300
            counts[f"r{LATE if accepted else failure if status is None else status}"] += count
        if status is not None:
            counts[f"t{edge}"] += count
            counts["u"] += sum_us
        if try_no > 1:
            _retry(counts, count, try_no - 1, ok=ok)


def _outcome(counts: Counter[str], count: int, *, ok: bool, duplicate: bool) -> None:
    counts["n"] += count
    if not ok:
        counts["f"] += count
    elif duplicate:
        counts["d"] += count


def _retry(counts: Counter[str], count: int, step: int, *, ok: bool) -> None:
    counts[f"y{step}"] += count
    if ok:
        counts[f"z{step}"] += count
