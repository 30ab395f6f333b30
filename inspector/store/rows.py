"""How an event lies in its tables: a draft into rows on the way in, rows into facts on the way out."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from inspector.domain.answer import Answer
from inspector.domain.endpoint import UNSIGNED_PROVIDER
from inspector.domain.event import DedupeKey, DuplicateLevel, EventSummary, Refusal, Repeat
from inspector.domain.report import Category, Kind, Report
from inspector.domain.values import to_us
from inspector.domain.verification import Covers, Verdict
from inspector.store.bulk import BulkInsert
from inspector.store.packing import pack_headers, shown, to_bytes, to_json
from inspector.store.wire import Arrival, Terms, Verified

SUMMARY_COLUMNS = EventSummary._fields
"""What a row of the list is made of; the columns are called as the fields."""

SUMMARY_WIDTH = len(SUMMARY_COLUMNS)

EVENT_COLUMNS = (*SUMMARY_COLUMNS, "issue", "category")
"""What a stored event's row is made of: the list's row and what only filters ask for."""

ID, ISSUE, RECEIVED_US = (EVENT_COLUMNS.index(name) for name in ("id", "issue", "received_us"))
REPEAT, REPEAT_NO, ORIGINAL_ID = (EVENT_COLUMNS.index(name) for name in ("repeat", "repeat_no", "original_id"))
ANSWER_STATUS, ANSWER_US = EVENT_COLUMNS.index("answer_status"), EVENT_COLUMNS.index("answer_us")
"""Places in an event row that the writer fills in or looks at."""

INSERT_EVENTS = BulkInsert("events", EVENT_COLUMNS)

PAYLOAD_COLUMNS = (
    *("event_id", "target", "http_version", "headers", "answer_headers", "answer_body", "answer_delay_ms"),
    *("verification", "reports", "key_level", "key_digest", "key_words", "reason", "body"),
)
ANSWER_FROM = PAYLOAD_COLUMNS.index("answer_headers")
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

_WRONG = frozenset({Verdict.INVALID.value, Verdict.STALE.value})

UNVERIFIED = Verified(0, "", Covers.NONE.value, b"")
"""Stands where nothing was checked."""


class Sighting(NamedTuple):
    """What identifies an event in the table of sightings."""

    endpoint_id: int
    digest: bytes


class Entry:
    """An event's rows in the writer's hands, with an empty place for the id."""

    __slots__ = ("accepted", "event", "issue", "payload", "reports", "sighting", "swapped", "terms", "window_s")

    def __init__(
        self,
        event: list[Any],
        payload: list[Any],
        reports: list[tuple[int, str, str, int | None]],
        sighting: Sighting | None,
        terms: Terms,
    ) -> None:
        self.event = event
        self.payload = payload
        self.reports = reports
        self.sighting = sighting
        self.terms = terms
        self.window_s = terms.window_s
        self.accepted = terms.answer.accepted
        self.issue = event[ISSUE]
        self.swapped = False

    def begin_anew(self) -> None:
        """Forget what was found out about repeats: the transaction was taken back."""
        self.event[REPEAT], self.event[REPEAT_NO], self.event[ORIGINAL_ID] = None, 1, None
        self.event[ISSUE] = self.issue
        if self.swapped:
            self._answer(self.terms.answer)
            self.swapped = False

    def number(self, event_id: int) -> None:
        """Give the event its id."""
        self.event[ID] = event_id
        self.payload[0] = event_id

    def repeats(self, repeat: Repeat | None, repeat_no: int, original_id: int | None) -> None:
        """Say what this sighting is; a repeat is an issue, and a duplicate may get an answer of its own."""
        self.event[REPEAT] = None if repeat is None else repeat.value
        self.event[REPEAT_NO] = repeat_no
        self.event[ORIGINAL_ID] = original_id
        if repeat is not None:
            self.event[ISSUE] = 1
        if repeat is Repeat.DUPLICATE and self.terms.duplicate_answer is not None:
            self._answer(self.terms.duplicate_answer)
            self.swapped = True

    def _answer(self, answer: Answer) -> None:
        self.accepted = answer.accepted
        self.event[ANSWER_STATUS] = answer.status
        self.payload[ANSWER_FROM : ANSWER_FROM + 3] = answer_values(answer)


def entry_of(
    arrival: Arrival,
    terms: Terms,
    verified: Verified,
    verification: bytes | None,
    reports: tuple[Report, ...],
    key: DedupeKey | None,
) -> Entry:
    """Return an event's rows; `verification` is what its row keeps of the verification."""
    said: list[tuple[int, str, str, int | None]] = []
    if len(reports) > 1 or (reports and not reports[0].message_id):
        said = [
            (position, shown(report.message_id), report.kind._value_, _us(report.occurred_at))
            for position, report in enumerate(reports)
        ]
    sighting: Sighting | None = None
    if key is not None and terms.endpoint_id is not None:
        sighting = Sighting(terms.endpoint_id, key.digest[:DIGEST_BYTES])
    return Entry(
        _event_row(arrival, terms, verified, reports),
        _payload_row(arrival, terms.answer, verification, reports, key),
        said,
        sighting,
        terms,
    )


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
    return EventSummary._make(values)


def key_of(level: str | None, digest: bytes, words: str) -> DedupeKey | None:
    """Return the key an event is recognised by, or None where it has none."""
    return None if level is None else DedupeKey(DuplicateLevel(level), digest, words)


def _event_row(arrival: Arrival, terms: Terms, verified: Verified, reports: tuple[Report, ...]) -> list[Any]:
    status = terms.answer.status
    provider, verdict = terms.provider, verified.verdict or None
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
        label = f"{arrival.method} {arrival.target.partition('?')[0]}"[:LABEL_CHARS]
    method, peer = arrival.method, arrival.peer
    texts = (method, label, message_id, recipient, peer, provider, carrier, campaign, error_code)
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        method, label, message_id, recipient, peer, provider, carrier, campaign, error_code = map(shown, texts)
    is_issue = verdict in _WRONG or not 200 <= status < 300 or _has_failed(reports)
    return [
        0,
        terms.endpoint_id,
        arrival.received_us,
        method,
        label,
        kind._value_,
        message_id,
        recipient,
        verdict,
        verified.covers,
        int(provider != UNSIGNED_PROVIDER and (verdict is not None or arrival.refusal is not None)),
        None,  # repeat
        1,  # repeat_no
        None,  # original_id
        status,
        None,  # answer_us
        arrival.size,
        peer,
        provider,
        carrier,
        campaign,
        error_code,
        arrival.refusal,
        len(reports),
        0,  # replay_count
        1,  # unread
        0,  # starred
        int(is_issue),
        category._value_,
    ]


def _has_failed(reports: tuple[Report, ...]) -> bool:
    return any([report.kind is Kind.FAILED for report in reports])  # noqa: C419 - a generator costs more than it saves


def _payload_row(
    arrival: Arrival,
    answer: Answer,
    verification: bytes | None,
    reports: tuple[Report, ...],
    key: DedupeKey | None,
) -> list[Any]:
    level = digest = words = None
    if key is not None:
        level, digest, words = key.level._value_, key.digest, to_bytes(key.words)
    return [
        0,
        to_bytes(arrival.target),
        arrival.http_version,
        pack_headers(arrival.headers),
        *answer_values(answer),
        verification,
        to_json(reports) if reports else None,
        level,
        digest,
        words,
        to_bytes(arrival.reason) if arrival.reason else None,
        arrival.body,
    ]


def answer_values(answer: Answer) -> tuple[bytes, bytes, int]:
    """Return what a payload row keeps of an answer, in the order of its columns."""
    return _answer_headers(answer.headers), answer.body, answer.delay_ms


@lru_cache(maxsize=64)
def _answer_headers(lines: tuple[tuple[str, str], ...]) -> bytes:
    """Pack the header lines of an answer; most events get one of very few answers."""
    return pack_headers(tuple((to_bytes(name), to_bytes(value)) for name, value in lines))


def _us(moment: Any) -> int | None:
    return None if moment is None else to_us(moment)
