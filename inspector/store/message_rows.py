"""How a message lies in its tables: reports and rows on the way in, and out again."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.domain.report import Kind
from inspector.domain.verification import Verdict
from inspector.store.bulk import BulkInsert
from inspector.timeline.findings import Trouble
from inspector.timeline.row import MessageRow
from inspector.timeline.sighted import Consent, Sighted, digits_of
from inspector.timeline.stages import STAGES, End, Outline, Stage, State

END_REFUSED = 16
NO_ENDPOINT = 0

PHASES = (State.PROGRESS, State.COMPLETE, State.FAILED)

_READ_COLUMNS = (
    *("id", "endpoint_id", "message_id", "last_id", "queued_us", "sent_us", "delivered_us", "read_us", "engaged_us"),
    *("queued_said_us", "sent_said_us", "delivered_said_us", "read_said_us", "asked_us", "total_us", "refused"),
    *("expected", "unverified", "end_kind", "engagement", "contradictions", "violation_id", "recipient", "carrier"),
    *("campaign", "provider", "error_code"),
)
ROW_COLUMNS = ", ".join(f"m.{name}" for name in _READ_COLUMNS)
"""What `row_from` takes, in order."""

INSERT_MESSAGES = BulkInsert(
    "messages", (*_READ_COLUMNS, "revision", "phase", "gap_us", "waiting_us", "digits"), replace=True
)

REPORT_COLUMNS = (
    *("message", "event_id", "position", "kind", "arrived_us", "occurred_us", "accepted", "verdict"),
    *("recipient", "error_code", "carrier", "campaign"),
)
INSERT_REPORTS = BulkInsert("message_reports", REPORT_COLUMNS, replace=True)

_KINDS = {kind.value: kind for kind in Kind}
_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_TROUBLES = {trouble.value: trouble for trouble in Trouble}


def sighted_from(row: Sequence[Any]) -> Sighted:
    """Return the report of a row of `message_reports` (REPORT_COLUMNS)."""
    (
        _message,
        event_id,
        position,
        kind,
        arrived_us,
        occurred_us,
        accepted,
        verdict,
        recipient,
        code,
        carrier,
        campaign,
    ) = row
    return Sighted(
        event_id,
        _KINDS[kind],
        arrived_us,
        occurred_us,
        accepted == 1,
        position,
        verdict=_VERDICTS.get(verdict),
        recipient=recipient,
        error_code=code,
        carrier=carrier,
        campaign=campaign,
    )


def values_of(row: MessageRow, revision: int) -> tuple[Any, ...]:
    """Return a row's values in the order of INSERT_MESSAGES."""
    outline = row.outline
    return (
        row.id,
        row.endpoint_id or NO_ENDPOINT,
        row.message_id,
        row.last_id,
        *outline.arrived_us,
        outline.engaged_us,
        *row.said_us,
        row.asked_us,
        row.total_us,
        _bits(outline.refused) | (END_REFUSED if outline.end_refused else 0),
        _bits(outline.expected),
        int(row.unverified),
        None if outline.end is None else outline.end.value,
        " ".join(kind.value for kind in row.engagement),
        " ".join(trouble.value for trouble in row.contradictions),
        row.violation_id,
        row.recipient,
        row.carrier,
        row.campaign,
        row.provider,
        row.error_code,
        revision,
        PHASES.index(outline.phase),
        outline.gap_us,
        outline.waiting_us,
        digits_of(row.recipient),
    )


def row_from(row: Sequence[Any]) -> MessageRow:
    """Return the message of a row with ROW_COLUMNS."""
    (id, endpoint_id, message_id, last_id, queued, sent, delivered, read, engaged, *said), rest = row[:13], row[13:]
    asked, total, refused, expected, unverified, end, engagement, contradictions, violation, *texts = rest
    recipient, carrier, campaign, provider, error_code = texts
    outline = Outline(
        (queued, sent, delivered, read),
        _STAGE_SETS[refused & ~END_REFUSED],
        None if end is None else End(end),
        bool(refused & END_REFUSED),
        engaged,
        _STAGE_SETS[expected],
    )
    return MessageRow(
        id,
        EndpointId(endpoint_id) if endpoint_id else None,
        message_id,
        EventId(last_id),
        outline,
        recipient,
        carrier,
        campaign,
        provider,
        error_code,
        tuple(_KINDS[word] for word in engagement.split()),
        tuple(_TROUBLES[word] for word in contradictions.split()),
        None if violation is None else EventId(violation),
        unverified == 1,
        (said[0], said[1], said[2], said[3]),
        asked,
        total,
    )


def consents_for(
    connection: sqlite3.Connection, people: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], list[Consent]]:
    """Return what these recipients (endpoint, digits) decided, oldest first; who decided nothing is left out."""
    found: dict[tuple[int, str], list[Consent]] = {}
    keys = list(people)
    for some in slices(keys):
        places = ", ".join(["(?, ?)"] * len(some))
        sql = (
            f"WITH wanted (e, d) AS (VALUES {places}) SELECT endpoint_id, digits, kind, happened_us, event_id "
            "FROM wanted CROSS JOIN consents ON endpoint_id = e AND digits = d ORDER BY happened_us, event_id"
        )
        values = [value for key in some for value in key]
        for endpoint_id, digits, kind, happened_us, event_id in connection.execute(sql, values).fetchall():
            found.setdefault((endpoint_id, digits), []).append(Consent(_KINDS[kind], happened_us, event_id))
    return found


def slices(items: Sequence[Any], size: int = 256) -> Iterable[Sequence[Any]]:
    """Cut a sequence into parts that fit into one statement."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _bits(stages: Iterable[Stage]) -> int:
    return sum(1 << stage for stage in stages)


_STAGE_SETS = tuple(frozenset(stage for stage in STAGES if bits >> stage & 1) for bits in range(1 << len(STAGES)))
