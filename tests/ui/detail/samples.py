"""The events the inspector is tested with, and a reader that knows them."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from inspector.domain.answer import INVALID_SIGNATURE, Answer
from inspector.domain.attempt import Attempt, AttemptId, Failure, Outgoing, Response
from inspector.domain.endpoint import Endpoint, EndpointId, Signing
from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.event import DedupeKey, DuplicateLevel, Event, EventId, EventSummary, Repeat
from inspector.domain.report import Kind, Report
from inspector.domain.request import Headers, Request
from inspector.domain.values import to_us
from inspector.domain.verification import Covers, Step, StepState, Verdict, Verification

RECEIVED = datetime(2024, 12, 20, 14, 23, 45, 218_000, tzinfo=UTC)
SECRET = b"whk_northwind_0001"
SIGNATURE_HEADER = "X-Webhook-Signature"
TARGET = "http://localhost:5000/webhooks/rcs"

DELIVERED: dict[str, Any] = {
    "event": "message.delivered",
    "timestamp": "2024-12-20T14:23:44Z",
    "message_id": "msg_8f31c07a",
    "recipient": "+14155550132",
    "channel": "rcs",
    "carrier": "verizon",
    "content": {"template": "cart_reminder_v4", "suggestions": ["Complete order", "STOP"]},
    "delivery": {"attempt": 1, "fallback_sms": False, "latency_ms": 1116, "error": None},
    "metadata": {"campaign_id": "cart_recovery_dec", "user_id": "user_456", "cart_value": 84.5},
}
BODY = json.dumps(DELIVERED, separators=(",", ":")).encode()


def signature_of(body: bytes) -> str:
    """Return the signature the provider puts in its header."""
    return hmac.new(SECRET, body, hashlib.sha256).hexdigest()


def provider_headers(body: bytes, *more: tuple[str, str]) -> Headers:
    """Return the header lines of an event that came through a tunnel."""
    lines = [
        ("Host", "quiet-otter-2214.trycloudflare.com"),
        ("User-Agent", "rcs-webhooks/3.2"),
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Length", str(len(body))),
        (SIGNATURE_HEADER, signature_of(body)),
        ("X-Webhook-Id", "dlv_5b1e77a4c9"),
        ("X-Webhook-Attempt", "1"),
        ("Accept-Encoding", "gzip, br"),
        ("Connection", "keep-alive"),
        ("CF-Connecting-IP", "203.0.113.24"),
        ("CF-Ray", "8f51c2d9ab3e4c11-LHR"),
        ("X-Forwarded-For", "203.0.113.24"),
        ("X-Forwarded-Proto", "https"),
        ("CDN-Loop", "cloudflare; loops=1"),
        *more,
    ]
    return tuple((name.encode(), value.encode()) for name, value in lines)


VALID = Verification(
    Verdict.VALID,
    "rcs-events",
    Covers.BODY,
    "Signed by the provider.",
    "HMAC-SHA256 of raw body in the header X-Webhook-Signature, secret ending 0001.",
    (
        Step("Header present", StepState.PASSED, SIGNATURE_HEADER),
        Step("Format", StepState.PASSED, "64 hex characters"),
        Step("SHA-256 of raw body, current secret", StepState.PASSED, "match"),
    ),
    "0001",
)


def invalid(received: str, expected: str) -> Verification:
    """Return the verdict on a signature that two secrets do not give."""
    return Verification(
        Verdict.INVALID,
        "rcs-events",
        Covers.NONE,
        "The signature does not match",
        "Well formed, but not made with this endpoint’s current secret.",
        (
            Step("Header present", StepState.PASSED, SIGNATURE_HEADER),
            Step("Format", StepState.PASSED, "64 hex characters"),
            Step("SHA-256 of raw body, current secret", StepState.FAILED, "no match", expected, received),
        ),
    )


def event(
    id: int = 12_466,
    *,
    body: bytes = BODY,
    headers: Headers | None = None,
    received: datetime = RECEIVED,
    kind: Kind = Kind.DELIVERED,
    verification: Verification | None = VALID,
    answer: Answer | None = None,
    reports: tuple[Report, ...] | None = None,
    key: DedupeKey | None = None,
    body_equals_original: bool | None = None,
    reason: str = "",
    **marks: Any,
) -> Event:
    """Return a stored event: a delivered message with a valid signature that was answered 200 in 11 ms."""
    answer = answer or Answer()
    values: dict[str, Any] = {
        "endpoint_id": EndpointId(1),
        "received_us": to_us(received),
        "method": "POST",
        "label": kind.value,
        "kind": kind.value,
        "message_id": "msg_8f31c07a",
        "recipient": "+14155550132",
        "verdict": verification.verdict if verification is not None else None,
        "answer_status": answer.status,
        "answer_us": 11_000,
        "size": len(body),
        "peer": "127.0.0.1",
        "provider": "rcs-events",
    }
    if reports is None:
        occurred = received - timedelta(seconds=1.218)
        reports = (
            Report(
                kind,
                kind.value,
                "msg_8f31c07a",
                "+14155550132",
                occurred,
                channel="rcs",
                carrier="verizon",
                campaign="cart_recovery_dec",
            ),
        )
    request = Request("POST", "/in/rcs-prod", headers or provider_headers(body), body, received, "127.0.0.1")
    summary = EventSummary(id=EventId(id), **(values | marks))
    return Event(summary, request, answer, verification, reports, key, reason, body_equals_original)


def duplicate() -> Event:
    """Return the second sighting of #12,462, 15 ms after it."""
    return event(
        12_463,
        kind=Kind.READ,
        received=RECEIVED - timedelta(seconds=1.563),
        repeat=Repeat.DUPLICATE,
        repeat_no=2,
        original_id=EventId(12_462),
        key=DedupeKey(DuplicateLevel.COMPOSITE, b"k", "message ID, event and timestamp"),
        body_equals_original=True,
        answer_us=8_000,
        starred=True,
    )


def failed_signature() -> Event:
    """Return an event whose signature does not match, which is also a retry."""
    received = signature_of(BODY)
    expected = "41d7a90c6be2f813" + signature_of(b"other")[16:]
    return event(
        12_459,
        verification=invalid(received, expected),
        answer=INVALID_SIGNATURE,
        answer_us=3_000,
        repeat=Repeat.RETRY,
        repeat_no=2,
        original_id=EventId(12_455),
        received=RECEIVED - timedelta(seconds=4.354),
    )


class Reader:
    """Knows one endpoint and the events it was given."""

    def __init__(self, *events: Event, target: str = TARGET) -> None:
        self.events = {item.id: item.summary for item in events}
        secret = SecretRef("k", "current", RECEIVED, "d41c")
        self.shop = Endpoint(
            EndpointId(1), "rcs-prod", "RCS production", RECEIVED, signing=Signing((secret,)), target=target
        )

    def summary(self, event_id: EventId) -> EventSummary | None:
        return self.events.get(event_id)

    def endpoint(self, endpoint_id: EndpointId) -> Endpoint | None:
        return self.shop if endpoint_id == self.shop.id else None

    def signature_headers(self, provider: str) -> tuple[str, ...]:
        return (SIGNATURE_HEADER,) if provider == "rcs-events" else ()


def originals() -> Reader:
    """Return a reader that knows the first sightings of the repeats above."""
    first = event(12_462, received=RECEIVED - timedelta(seconds=1.578))
    refused = event(12_455, answer=INVALID_SIGNATURE, received=RECEIVED - timedelta(seconds=9))
    return Reader(first, refused)


def attempts(source: Event) -> tuple[Attempt, ...]:
    """Return three replays of an event, newest first: answered, no answer, 503."""
    sent = Outgoing("POST", TARGET, source.request.headers, source.request.body)
    changed = Outgoing(
        "POST", TARGET, (*source.request.headers, (b"Idempotency-Key", b"1")), source.request.body + b" "
    )
    body = b'{"ok":true,"duplicate":false,"queued_job":"job_51c09e"}'
    ok = Response(200, "OK", ((b"Content-Type", b"application/json"), (b"Server", b"gunicorn")), body)
    at = RECEIVED + timedelta(seconds=28)
    return (
        Attempt(AttemptId(3), source.id, at, changed, ok, None, "", "", 2.0, 34.0, 38.0, "127.0.0.1:5000"),
        Attempt(
            AttemptId(2),
            source.id,
            at - timedelta(seconds=10),
            sent,
            None,
            Failure.TIMEOUT,
            "No answer within 5 s",
            "Answer first, then work in the background.",
            total_ms=5000.0,
        ),
        Attempt(
            AttemptId(1), source.id, at - timedelta(seconds=11), sent, Response(503, "", (), b"busy"), total_ms=41.0
        ),
    )
