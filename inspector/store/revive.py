"""Facts made again from what the payload and attempt tables keep."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from inspector.domain.answer import Answer
from inspector.domain.attempt import Attempt, AttemptId, Failure, Outgoing, Response, SeriesId, Tls
from inspector.domain.event import Event, EventId, EventSummary
from inspector.domain.identity import Identity
from inspector.domain.report import Kind, Report
from inspector.domain.request import Request
from inspector.domain.values import to_us
from inspector.domain.verification import Covers, Step, StepState, Verdict, Verification
from inspector.store.packing import from_json, pack_headers, shown, to_bytes, to_text, unpack_headers
from inspector.store.rows import key_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ATTEMPT_COLUMNS = (
    *("event_id", "sent_us", "method", "url", "headers", "body", "status", "reason", "response_headers"),
    *("response_body", "truncated", "failure", "failure_title", "failure_hint"),
    *("connect_ms", "wait_ms", "total_ms", "remote", "send_ms", "download_ms", "tls", "identity", "note"),
    *("series_id", "try_no"),
)


class NamedRow(Protocol):
    """A row whose columns are asked for by name: sqlite3.Row."""

    def __getitem__(self, name: str, /) -> Any:
        """Return a column."""


def moment(us: int) -> datetime:
    """Return µs since the epoch as an aware moment in UTC, exactly."""
    return _EPOCH + timedelta(microseconds=us)


def event_of(
    summary: EventSummary, row: NamedRow, body_equals_original: bool | None, recheck: Verification | None = None
) -> Event:
    """Return the event of a list row and its payload row (columns by name)."""
    request = Request(
        method=summary.method,
        target=to_text(row["target"]),
        headers=unpack_headers(row["headers"]),
        body=row["body"],
        received_at=moment(summary.received_us),
        peer=summary.peer,
        http_version=row["http_version"],
    )
    return Event(
        summary=summary,
        request=request,
        answer=answer_of(summary.answer_status, row),
        verification=None if row["verification_json"] is None else verification_of(from_json(row["verification_json"])),
        reports=reports_of(row["reports"]),
        key=key_of(row["key_level"], row["key_digest"], to_text(row["key_words"] or b"")),
        reason=to_text(row["reason"] or b""),
        body_equals_original=body_equals_original,
        recheck=recheck,
    )


def answer_of(status: int, row: NamedRow) -> Answer:
    """Return the answer of a payload row."""
    lines = unpack_headers(row["answer_headers"])
    headers = tuple((to_text(name), to_text(value)) for name, value in lines)
    return Answer(status, headers, row["answer_body"], row["answer_delay_ms"])


def reports_of(data: bytes | None) -> tuple[Report, ...]:
    """Return the reports of a payload row."""
    return () if data is None else tuple(_report(item) for item in from_json(data))


def verification_of(item: dict[str, Any]) -> Verification:
    """Return a verification from its JSON object."""
    known = _known(Verification, item)
    steps = tuple(Step(**(_known(Step, step) | {"state": StepState(step["state"])})) for step in item["steps"])
    return Verification(
        **(known | {"verdict": Verdict(item["verdict"]), "covers": Covers(item["covers"]), "steps": steps})
    )


def attempt_row(attempt: Attempt) -> tuple[Any, ...]:
    """Return an attempt's values in the order of ATTEMPT_COLUMNS."""
    response = attempt.response
    return (
        attempt.event_id,
        to_us(attempt.sent_at),
        to_bytes(attempt.sent.method),
        to_bytes(attempt.sent.url),
        pack_headers(attempt.sent.headers),
        attempt.sent.body,
        None if response is None else response.status,
        None if response is None else to_bytes(response.reason),
        None if response is None else pack_headers(response.headers),
        None if response is None else response.body,
        int(response is not None and response.truncated),
        None if attempt.failure is None else attempt.failure.value,
        shown(attempt.failure_title),
        shown(attempt.failure_hint),
        attempt.connect_ms,
        attempt.wait_ms,
        attempt.total_ms,
        shown(attempt.remote),
        attempt.send_ms,
        attempt.download_ms,
        "" if attempt.tls is None else json.dumps(asdict(attempt.tls)),
        attempt.identity.value,
        shown(attempt.note),
        attempt.series_id,
        attempt.try_no,
    )


def attempt_of(row: NamedRow, captured: bytes) -> Attempt:
    """Return the attempt of a row of its table; `captured` is the body of the event it replayed."""
    sent = Outgoing(
        method=to_text(row["method"]),
        url=to_text(row["url"]),
        headers=unpack_headers(row["headers"]),
        body=captured if row["body"] is None else row["body"],
    )
    response = None
    if row["status"] is not None:
        response = Response(
            status=row["status"],
            reason=to_text(row["reason"]),
            headers=unpack_headers(row["response_headers"]),
            body=row["response_body"],
            truncated=row["truncated"] == 1,
        )
    return Attempt(
        id=AttemptId(row["id"]),
        event_id=EventId(row["event_id"]),
        sent_at=moment(row["sent_us"]),
        sent=sent,
        response=response,
        failure=None if row["failure"] is None else Failure(row["failure"]),
        failure_title=row["failure_title"],
        failure_hint=row["failure_hint"],
        connect_ms=row["connect_ms"],
        wait_ms=row["wait_ms"],
        total_ms=row["total_ms"],
        remote=row["remote"],
        send_ms=row["send_ms"],
        download_ms=row["download_ms"],
        tls=Tls(**_known(Tls, json.loads(row["tls"]))) if row["tls"] else None,
        identity=Identity(row["identity"]),
        note=row["note"],
        series_id=None if row["series_id"] is None else SeriesId(row["series_id"]),
        try_no=row["try_no"],
    )


def _report(item: dict[str, Any]) -> Report:
    at = item.get("occurred_at")
    occurred_at = None if at is None else datetime.fromisoformat(at)
    return Report(**(_known(Report, item) | {"kind": Kind(item["kind"]), "occurred_at": occurred_at}))


def _known(fact: type[Any], item: dict[str, Any]) -> dict[str, Any]:
    """Keep what the fact still has a field for: older rows may say more."""
    names = {field.name for field in fields(fact)}
    return {name: value for name, value in item.items() if name in names}
