"""Keeps the messages up to date behind the events: a slice of events at a time, any of them again at any time.

`advance_messages` reads what was committed since the last position and makes the rows of the messages it is about
anew, each from all its reports. So a slice that is read twice changes nothing, a crash loses nothing (position and
rows change in one transaction), and events may be forgotten and recalled in any order. Transactions are the caller's.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from inspector.domain.report import Category, Kind
from inspector.domain.values import to_us
from inspector.domain.verification import Verdict
from inspector.store.bulk import BulkInsert
from inspector.store.message_rows import (
    INSERT_MESSAGES,
    INSERT_REPORTS,
    NO_ENDPOINT,
    REPORT_COLUMNS,
    consents_for,
    sighted_from,
    slices,
    values_of,
)
from inspector.store.packing import from_json, shown
from inspector.store.stage_habits import give_up_stages, note_stages, unreported
from inspector.timeline.consent import CONSENT_KINDS
from inspector.timeline.row import row_of
from inspector.timeline.sighted import Sighted, digits_of, is_accepted
from inspector.timeline.stages import ALL_STAGES, STAGE_OF, Stage

SLICE = 256
"""So many events are read in one transaction by default: some ten milliseconds."""

Expected = Callable[[str], frozenset[Stage]]
"""Tells by a provider's id which stages it reports."""

_TOLD = frozenset(kind.value for kind in Kind if kind.category in {Category.STATUS, Category.ENGAGEMENT})
_TEMPLATES = frozenset({Kind.TEMPLATE_APPROVED.value, Kind.TEMPLATE_REJECTED.value})
_CONSENTS = frozenset(kind.value for kind in CONSENT_KINDS)
_VERDICTS = {verdict.value: verdict for verdict in Verdict}

_COLUMNS = "e.id, e.deleted_us, e.endpoint_id, e.received_us, e.answer_status, e.verdict, e.provider, p.reports"
_NEXT = f"""
    SELECT {_COLUMNS} FROM events e JOIN payloads p ON p.event_id = e.id
    WHERE e.id > (SELECT value FROM facts WHERE name = 'messages_told_id') ORDER BY e.id LIMIT ?
"""
_THESE = f"""
    SELECT {_COLUMNS} FROM json_each(?) AS wanted CROSS JOIN events e ON e.id = wanted.value
    JOIN payloads p ON p.event_id = e.id WHERE e.id <= (SELECT value FROM facts WHERE name = 'messages_told_id')
"""

_INSERT_CONSENTS = BulkInsert(
    "consents", ("endpoint_id", "digits", "happened_us", "event_id", "position", "kind"), replace=True
)
_INSERT_TEMPLATES = BulkInsert(
    "template_reports",
    (
        *("endpoint_id", "template", "event_id", "position", "kind", "arrived_us", "occurred_us", "accepted", "status"),
        *("reason", "carrier"),
    ),
    replace=True,
)


def every_stage(_provider: str) -> frozenset[Stage]:
    """Expect every stage of every provider."""
    return ALL_STAGES


def advance_messages(connection: sqlite3.Connection, limit: int = SLICE, expected: Expected = every_stage) -> int:
    """Read the next events into their messages; returns how many were read, 0 when there are none.

    `expected` tells by provider id which stages are reported at all. To be called inside a transaction.
    """
    rows = connection.execute(_NEXT, (limit,)).fetchall()
    if rows:
        _take_in(connection, rows, expected)
        connection.execute("UPDATE facts SET value = ? WHERE name = 'messages_told_id'", (rows[-1][0],))
    return len(rows)


def forget_messages(connection: sqlite3.Connection, event_ids: Sequence[int]) -> int:
    """Take events out of their messages: they were deleted or purged. Returns how many messages it touched.

    To be called inside a transaction, before or after the events' own rows go.
    """
    wanted = json.dumps(list(event_ids))
    these = "event_id IN (SELECT value FROM json_each(?))"
    gone = connection.execute(f"DELETE FROM message_reports WHERE {these} RETURNING message", (wanted,)).fetchall()
    ids = {row[0] for row in gone}
    connection.execute(f"DELETE FROM template_reports WHERE {these}", (wanted,))
    withdrawn = connection.execute(
        f"DELETE FROM consents WHERE {these} RETURNING endpoint_id, digits, happened_us", (wanted,)
    ).fetchall()
    ids |= _concerned(connection, withdrawn)
    _renew(connection, ids, every_stage)
    return len(ids)


def recall_messages(connection: sqlite3.Connection, event_ids: Sequence[int], expected: Expected = every_stage) -> int:
    """Put events back whose deletion was undone; what was not read yet follows by itself. Returns how many it read."""
    rows = connection.execute(_THESE, (json.dumps(list(event_ids)),)).fetchall()
    if rows:
        _take_in(connection, rows, expected)
    return len(rows)


@dataclass(slots=True)
class _Found:
    """What a slice of events says."""

    reports: list[tuple[tuple[int, str], tuple[Any, ...]]] = field(default_factory=list)
    providers: dict[tuple[int, str], str] = field(default_factory=dict)
    consents: list[tuple[Any, ...]] = field(default_factory=list)
    templates: list[tuple[Any, ...]] = field(default_factory=list)


def _take_in(connection: sqlite3.Connection, rows: Sequence[Sequence[Any]], expected: Expected) -> None:
    found = _Found()
    for row in rows:
        if row[1] is None and row[-1] is not None:
            _read(row, found)
    if found.templates:
        _INSERT_TEMPLATES(connection, found.templates)
    ids = _ids_of(connection, found.providers)
    INSERT_REPORTS(connection, [(ids[key], *values) for key, values in found.reports])
    touched = set(ids.values())
    came = {(key[0], STAGE_OF[kind]) for key, values in found.reports if (kind := Kind(values[2])) in STAGE_OF}
    note_stages(connection, came)
    if found.consents:
        _INSERT_CONSENTS(connection, found.consents)
        touched |= _concerned(connection, found.consents)
    new = {ids[key]: (*key, provider) for key, provider in found.providers.items()}
    _renew(connection, touched, expected, new)
    _renew(connection, give_up_stages(connection, {key[0] for key in found.providers}), expected)


def _read(row: Sequence[Any], found: _Found) -> None:
    """Add what one event says."""
    event_id, _deleted, endpoint_id, received_us, status, verdict, provider, data = row
    endpoint = endpoint_id or NO_ENDPOINT
    accepted = int(is_accepted(status, _VERDICTS.get(verdict)))
    for position, item in enumerate(from_json(data)):
        kind = item["kind"]
        if kind in _TEMPLATES:
            name, reason = _text(item, "template"), _text(item, "text") or _text(item, "error_text")
            values = (kind, received_us, _us(item.get("occurred_at")), accepted, status, reason, _text(item, "carrier"))
            found.templates.append((endpoint, name, event_id, position, *values))
        elif kind in _TOLD:
            occurred_us = _us(item.get("occurred_at"))
            recipient, message_id = _text(item, "recipient"), _text(item, "message_id")
            if kind in _CONSENTS and accepted and (digits := digits_of(recipient)):
                happened_us = received_us if occurred_us is None else occurred_us
                found.consents.append((endpoint, digits, happened_us, event_id, position, kind))
            if message_id:
                texts = (recipient, *(_text(item, name) for name in ("error_code", "carrier", "campaign")))
                values = (event_id, position, kind, received_us, occurred_us, accepted, verdict, *texts)
                found.reports.append(((endpoint, message_id), values))
                found.providers[endpoint, message_id] = provider


def _text(item: dict[str, Any], name: str) -> str:
    return shown(item.get(name) or "")


def _us(moment: str | None) -> int | None:
    return None if moment is None else to_us(datetime.fromisoformat(moment))


def _ids_of(connection: sqlite3.Connection, keys: Iterable[tuple[int, str]]) -> dict[tuple[int, str], int]:
    """Return the ids of messages by endpoint and name; one that is not there yet gets the next."""
    found: dict[tuple[int, str], int] = {}
    wanted = list(keys)
    for some in slices(wanted):
        sql = (
            f"WITH wanted (e, n) AS (VALUES {', '.join(['(?, ?)'] * len(some))}) SELECT endpoint_id, message_id, id "
            "FROM wanted CROSS JOIN messages ON endpoint_id = e AND message_id = n"
        )
        for endpoint, name, id in connection.execute(sql, [value for key in some for value in key]).fetchall():
            found[endpoint, name] = id
    newest = connection.execute("SELECT ifnull(max(seq), 0) FROM sqlite_sequence WHERE name = 'messages'").fetchone()[0]
    for key in wanted:
        if key not in found:
            newest += 1
            found[key] = newest
    return found


def _concerned(connection: sqlite3.Connection, consents: Iterable[Sequence[Any]]) -> set[int]:
    """Return the messages that were sent to these recipients after what they decided."""
    earliest: dict[tuple[int, str], int] = {}
    for endpoint, digits, happened_us, *_rest in consents:
        earliest[endpoint, digits] = min(happened_us, earliest.get((endpoint, digits), happened_us))
    sql = "SELECT id FROM messages WHERE endpoint_id = ? AND digits = ? AND asked_us > ?"
    return {row[0] for (key, us) in earliest.items() for row in connection.execute(sql, (*key, us)).fetchall()}


def _renew(
    connection: sqlite3.Connection,
    ids: Iterable[int],
    expected: Expected,
    new: dict[int, tuple[int, str, str]] | None = None,
) -> None:
    """Make the rows of messages anew from their reports; one without reports goes.

    `new` has endpoint, name and provider of those that just got reports; the rest keep what their rows say.
    """
    wanted = sorted(ids)
    if not wanted:
        return
    connection.execute("UPDATE facts SET value = value + 1 WHERE name = 'messages_revision'")
    revision = connection.execute("SELECT value FROM facts WHERE name = 'messages_revision'").fetchone()[0]
    listed = json.dumps(wanted)
    reports: dict[int, list[Sighted]] = {}
    for row in connection.execute(
        f"SELECT {', '.join(REPORT_COLUMNS)} FROM message_reports WHERE message IN (SELECT value FROM json_each(?))",
        (listed,),
    ).fetchall():
        reports.setdefault(row[0], []).append(sighted_from(row))
    known = _known(connection, listed, new or {}, expected)
    silent = unreported(connection, {endpoint for endpoint, *_rest in known.values()})
    people = {
        (known[id][0], digits): None
        for id, items in reports.items()
        for digits in {digits_of(item.recipient) for item in items if item.recipient}
        if digits
    }
    consents = consents_for(connection, people)
    rows = []
    for id, items in reports.items():
        endpoint, name, provider, stages = known[id]
        decided = [
            consent
            for digits in {digits_of(item.recipient) for item in items if item.recipient}
            for consent in consents.get((endpoint, digits), ())
        ]
        stages -= silent.get(endpoint, frozenset())
        row = row_of((id, endpoint, name), items, provider=provider, consents=decided, expected=stages)  # type: ignore[arg-type]  # a plain number of the table
        rows.append(values_of(row, revision))
    INSERT_MESSAGES(connection, rows)
    empty = [id for id in wanted if id not in reports]
    if empty:
        connection.execute("DELETE FROM messages WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(empty),))
        connection.execute("UPDATE facts SET value = ? WHERE name = 'messages_forgotten'", (revision,))


def _known(
    connection: sqlite3.Connection, listed: str, new: dict[int, tuple[int, str, str]], expected: Expected
) -> dict[int, tuple[int, str, str, frozenset[Stage]]]:
    """Return endpoint, name, provider and stages of messages: of those with new reports, and as their rows say."""
    found = {id: (endpoint, name, provider, expected(provider)) for id, (endpoint, name, provider) in new.items()}
    sql = (
        "SELECT id, endpoint_id, message_id, provider, expected FROM messages "
        "WHERE id IN (SELECT value FROM json_each(?))"
    )
    for id, endpoint, name, provider, bits in connection.execute(sql, (listed,)).fetchall():
        if id not in found:
            stages = frozenset(stage for stage in Stage if bits >> stage & 1)
            found[id] = (endpoint, name, provider, stages)
    return found
