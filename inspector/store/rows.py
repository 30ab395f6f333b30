"""How an event lies in its tables: a draft into rows on the way in, rows into facts on the way out."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import fields
from functools import lru_cache
from typing import Any, NamedTuple

from inspector.domain.endpoint import UNSIGNED_PROVIDER
from inspector.domain.event import DedupeKey, Draft, DuplicateLevel, EventSummary, Refusal, Repeat
from inspector.domain.report import Category, Kind
from inspector.domain.values import to_us
from inspector.domain.verification import Covers, Verdict, Verification
from inspector.store.bulk import BulkInsert
from inspector.store.packing import pack_headers, shown, to_bytes, to_json

SUMMARY_COLUMNS = tuple(field.name for field in fields(EventSummary))
"""What a row of the list is made of; the columns are called as the fields."""

EVENT_COLUMNS = (*SUMMARY_COLUMNS, "issue", "category")
"""What a stored event's row is made of: the list's row and what only filters ask for."""

ID, ISSUE, RECEIVED_US = (EVENT_COLUMNS.index(name) for name in ("id", "issue", "received_us"))
REPEAT, REPEAT_NO, ORIGINAL_ID = (EVENT_COLUMNS.index(name) for name in ("repeat", "repeat_no", "original_id"))
"""Places in an event row that the writer fills in or looks at."""

INSERT_EVENTS = BulkInsert("events", EVENT_COLUMNS)

PAYLOAD_COLUMNS = (
    *("event_id", "target", "http_version", "headers", "answer_headers", "answer_body", "answer_delay_ms"),
    *("verification", "reports", "key_level", "key_digest", "key_words", "reason", "body"),
)
INSERT_PAYLOADS = BulkInsert("payloads", PAYLOAD_COLUMNS)

INSERT_REPORTS = BulkInsert("reports", ("event_id", "position", "message_id", "kind", "occurred_us"))

DIGEST_BYTES = 16
"""How much of a digest the table of sightings keeps: two events meet by chance once in 2^64."""

LABEL_CHARS = 200

_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_COVERS = {covers.value: covers for covers in Covers}
_REPEATS = {repeat.value: repeat for repeat in Repeat}
_REFUSALS = {refusal.value: refusal for refusal in Refusal}

_VERDICT, _COVER, _CHECKED, _REFUSAL, _UNREAD, _STARRED = (
    SUMMARY_COLUMNS.index(name) for name in ("verdict", "covers", "checked", "refusal", "unread", "starred")
)

_WRONG = frozenset({Verdict.INVALID, Verdict.STALE})


class Sighting(NamedTuple):
    """What identifies an event in the table of sightings."""

    endpoint_id: int
    digest: bytes


class Entry:
    """A draft made ready for the writer: its rows with an empty place for the id, and who waits for it."""

    __slots__ = ("draft", "event", "future", "payload", "reports", "sighting")

    def __init__(self, draft: Draft, future: asyncio.Future[EventSummary]) -> None:
        self.draft = draft
        self.future = future
        self.event = _event_row(draft)
        self.payload = _payload_row(draft)
        self.reports = [
            (position, shown(report.message_id), report.kind.value, _us(report.occurred_at))
            for position, report in enumerate(draft.reports)
        ]
        self.sighting: Sighting | None = None
        if draft.key is not None and draft.endpoint_id is not None:
            self.sighting = Sighting(draft.endpoint_id, draft.key.digest[:DIGEST_BYTES])

    def number(self, event_id: int) -> None:
        """Give the event its id."""
        self.event[ID] = event_id
        self.payload[0] = event_id

    def repeats(self, repeat: Repeat | None, repeat_no: int, original_id: int | None) -> None:
        """Say what this sighting is; a repeat is an issue."""
        self.event[REPEAT] = None if repeat is None else repeat.value
        self.event[REPEAT_NO] = repeat_no
        self.event[ORIGINAL_ID] = original_id
        if repeat is not None:
            self.event[ISSUE] = 1

    def summary(self) -> EventSummary:
        """Return the row of the list this event has become."""
        return summary_of(self.event[: len(SUMMARY_COLUMNS)])


def summary_of(row: Iterable[Any]) -> EventSummary:
    """Return the list row for values in the order of SUMMARY_COLUMNS."""
    values = list(row)
    values[_VERDICT] = _VERDICTS.get(values[_VERDICT])
    values[_COVER] = _COVERS.get(values[_COVER], Covers.NONE)
    values[_CHECKED] = values[_CHECKED] == 1
    values[REPEAT] = _REPEATS.get(values[REPEAT])
    values[_REFUSAL] = _REFUSALS.get(values[_REFUSAL])
    values[_UNREAD] = values[_UNREAD] == 1
    values[_STARRED] = values[_STARRED] == 1
    return EventSummary(*values)


def key_of(level: str | None, digest: bytes, words: str) -> DedupeKey | None:
    """Return the key an event is recognised by, or None where it has none."""
    return None if level is None else DedupeKey(DuplicateLevel(level), digest, words)


def _event_row(draft: Draft) -> list[Any]:
    request, answer, reports = draft.request, draft.answer, draft.reports
    verification = draft.verification
    verdict = None if verification is None else verification.verdict
    kind, category, label = Kind.OTHER, Category.OTHER, ""
    message_id = recipient = carrier = campaign = error_code = ""
    if reports:
        first = reports[0]
        kind, label = first.kind, first.label
        category = kind.category
        # Where no message is named, the list shows the best other id there is.
        message_id = first.message_id or first.template or first.event_id
        recipient, carrier = first.recipient, first.carrier
        campaign, error_code = first.campaign, first.error_code
    else:
        label = f"{request.method} {request.path}"[:LABEL_CHARS]
    texts = (request.method, label, message_id, recipient, request.peer, draft.provider, carrier, campaign, error_code)
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        texts = tuple(map(shown, texts))  # type: ignore[assignment]  # the same number of texts
    method, label, message_id, recipient, peer, provider, carrier, campaign, error_code = texts
    is_issue = verdict in _WRONG or not answer.accepted or any(report.kind is Kind.FAILED for report in reports)
    return [
        0,
        draft.endpoint_id,
        to_us(request.received_at),
        *(method, label, kind.value, message_id, recipient),
        None if verdict is None else verdict.value,
        Covers.NONE.value if verification is None else verification.covers.value,
        int(draft.provider != UNSIGNED_PROVIDER),
        *(None, 1, None),  # repeat, repeat_no, original_id
        answer.status,
        None,  # answer_us
        draft.size or len(request.body),
        *(peer, provider, carrier, campaign, error_code),
        None if draft.refusal is None else draft.refusal.value,
        len(reports),
        *(0, 1, 0),  # replay_count, unread, starred
        int(is_issue),
        category.value,
    ]


def _payload_row(draft: Draft) -> list[Any]:
    request, answer, key = draft.request, draft.answer, draft.key
    return [
        0,
        to_bytes(request.target),
        request.http_version,
        pack_headers(request.headers),
        _answer_headers(answer.headers),
        answer.body,
        answer.delay_ms,
        None if draft.verification is None else _verification_json(draft.verification),
        to_json(draft.reports) if draft.reports else None,
        None if key is None else key.level.value,
        None if key is None else key.digest,
        None if key is None else to_bytes(key.words),
        to_bytes(draft.reason) if draft.reason else None,
        request.body,
    ]


@lru_cache(maxsize=256)
def _verification_json(verification: Verification) -> bytes:
    """Write a verification as JSON; genuine events of an endpoint often have the very same one."""
    return to_json(verification)


@lru_cache(maxsize=64)
def _answer_headers(lines: tuple[tuple[str, str], ...]) -> bytes:
    """Pack the header lines of an answer; most events get one of very few answers."""
    return pack_headers(tuple((to_bytes(name), to_bytes(value)) for name, value in lines))


def _us(moment: Any) -> int | None:
    return None if moment is None else to_us(moment)
