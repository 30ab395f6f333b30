"""The events of the gallery: the same on every machine, at a fixed moment, with one of every mark."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from inspector.app import App
from inspector.directory import Resolved
from inspector.domain.attempt import Attempt, AttemptId, Failure, Outgoing, Response
from inspector.domain.endpoint import Endpoint
from inspector.domain.event import EventId
from inspector.domain.request import Headers, Request
from inspector.receiver.intake import draft_of

MOMENT = datetime(2024, 12, 20, 14, 23, 45, 218_000, tzinfo=UTC)
SECRET = "5b0c7f3a9e1d4826b7f0a3c5d9e8174c2a6b1f0e9d8c7b6a5f4e3d2c1b0ad41c"
OLD_SECRET = "c1d4826b7f0a3c5d9e8174c2a6b1f0e95b0c7f3a9e8d7b6a5f4e3d2c1b0a77f0"
TARGET = "http://localhost:5000/webhooks/rcs"
HOST = "quiet-otter-2214.example"

TOKENS = (("RCS production", "rcs-prod"), ("RCS staging", "rcs-staging"), ("Template reviews", "templates"))


@dataclass(frozen=True, slots=True)
class Made:
    """One event of the gallery: `before_s` seconds before MOMENT, `sign` is good, wrong or none."""

    before_s: float
    kind: str
    message: str
    recipient: str
    answer_ms: int
    sign: str = "good"
    template: str = ""
    said_before_s: float | None = None  # the moment the provider names, where it is an earlier one


MADE = (
    Made(24.4, "template.rejected", "", "", 9, template="flash_sale_v8"),
    Made(22.5, "message.delivered", "msg_8f2e44d0", "+12065550155", 9),
    Made(22.1, "message.delivered", "msg_8f2e44d0", "+12065550155", 8),
    Made(21.2, "message.sent", "msg_8f2fe6c3", "+15125550176", 11),
    Made(20.785, "template.rejected", "", "", 10, template="flash_sale_v7"),
    Made(19.344, "message.delivered", "msg_8f2e44d0", "+12065550155", 8, said_before_s=22.5),
    Made(17.918, "message.queued", "msg_8f30d5b1", "+12125550187", 9),
    Made(17.099, "message.complained", "msg_8f2c05be", "+13035550121", 15),
    Made(14.666, "message.delivered", "msg_8f2d7c19", "+33639982107", 3, "none"),
    Made(14.151, "message.sent", "msg_8f30d5b1", "+12125550187", 10),
    Made(11.798, "message.read", "msg_8f2e44d0", "+12065550155", 11),
    Made(9.237, "template.approved", "", "", 9, template="order_upd_v3"),
    Made(9.003, "message.delivered", "msg_8f2fe6c3", "+15125550176", 4, "wrong"),
    Made(7.474, "message.optout", "msg_8f2e91aa", "+17025550168", 13),
    Made(7.128, "message.delivered", "msg_8f30d5b1", "+12125550187", 10),
    Made(5.706, "message.replied", "msg_8f2fb018", "+447700900312", 22),
    Made(4.354, "message.delivered", "msg_8f2fe6c3", "+15125550176", 3, "wrong", said_before_s=9.003),
    Made(3.838, "message.failed", "msg_8f30fa12", "+16465550143", 14),
    Made(2.241, "message.queued", "msg_8f31c07a", "+14155550132", 9),
    Made(1.578, "message.read", "msg_8f3122e9", "+13055550119", 10),
    Made(1.563, "message.read", "msg_8f3122e9", "+13055550119", 8),
    Made(1.116, "message.sent", "msg_8f31c07a", "+14155550132", 12),
    Made(0.487, "message.clicked", "msg_8f30d5b1", "+12125550187", 9),
    Made(0.0, "message.delivered", "msg_8f31c07a", "+14155550132", 11),
)


async def fill(app: App) -> list[EventId]:
    """Put the gallery's endpoints, events and replays into an empty program; return the ids, oldest first."""
    endpoints = await _endpoints(app)
    ids = []
    for made in MADE:
        resolved = app.directory.by_id(endpoints[0].id)
        assert resolved is not None
        draft = draft_of(resolved, request_of(made, resolved), "http://127.0.0.1:8787", app.handshakes)
        summary = await app.store.append(draft)
        app.store.record_answer(summary.id, made.answer_ms * 1000, True)
        ids.append(summary.id)
    await app.store.mark_read([event_id for event_id in ids if event_id not in (ids[-2], ids[-4])], True)
    newest = app.store.event(ids[-1])
    assert newest is not None
    for attempt in attempts_of(newest.id, newest.request.body):
        await app.store.add_attempt(attempt)
    return ids


async def _endpoints(app: App) -> list[Endpoint]:
    made = []
    for number, (name, token) in enumerate(TOKENS):
        existing = app.directory.all()
        endpoint = existing[number] if number < len(existing) else await app.directory.create(name)
        target = TARGET if number == 0 else ""
        made.append(await app.directory.save(replace(endpoint, name=name, token=token, target=target)))
    first = await app.directory.set_secret(made[0].id, OLD_SECRET)
    await app.directory.replace_secret(first.id, first.signing.secrets[0].key, SECRET, keep_former_for_s=0)
    paused = await app.directory.create("Payments sandbox", "stripe")
    made.append(await app.directory.save(replace(paused, token="payments", paused=True)))
    return made


def request_of(made: Made, resolved: Resolved) -> Request:
    """Return the request an event of the gallery came in."""
    received = MOMENT - timedelta(seconds=made.before_s)
    body = json.dumps(_payload(made, received), indent=2).encode()
    return Request(
        method="POST",
        target=resolved.endpoint.path,
        headers=_headers(made, body),
        body=body,
        received_at=received,
        peer="203.0.113.24",
    )


def _payload(made: Made, received: datetime) -> dict[str, Any]:
    said = received if made.said_before_s is None else MOMENT - timedelta(seconds=made.said_before_s)
    happened = (said - timedelta(milliseconds=1218)).strftime("%Y-%m-%dT%H:%M:%SZ")
    payload: dict[str, Any]
    if made.template:
        payload = {"event": made.kind, "timestamp": happened, "template": made.template, "carrier": "verizon"}
        return payload | ({"reason": "Promotional content"} if made.kind.endswith("rejected") else {})
    payload = {
        "event": made.kind,
        "timestamp": happened,
        "message_id": made.message,
        "recipient": made.recipient,
        "channel": "rcs",
        "carrier": "verizon",
    }
    if made.kind == "message.failed":
        payload |= {"error": {"code": "4102", "message": "Handset unreachable"}}
    return payload | {
        "content": {"template": "cart_reminder_v4", "suggestions": ["Complete order", "STOP"]},
        "delivery": {"attempt": 1, "fallback_sms": False, "latency_ms": 1116, "error": None},
        "metadata": {"campaign_id": "cart_recovery_dec", "user_id": "user_456", "cart_value": 84.5},
    }


def _headers(made: Made, body: bytes) -> Headers:
    key = SECRET if made.sign == "good" else OLD_SECRET
    signature = hmac.new(key.encode(), body, hashlib.sha256).hexdigest()
    lines = [
        ("Host", HOST),
        ("User-Agent", "rcs-webhooks/3.2"),
        ("Content-Type", "application/json; charset=utf-8"),
        ("Content-Length", str(len(body))),
        *([("X-Webhook-Signature", signature)] if made.sign != "none" else []),
        ("X-Webhook-Id", "dlv_5b1e77a4c9"),
        ("Accept-Encoding", "gzip, br"),
        ("Connection", "keep-alive"),
        ("CF-Connecting-IP", "203.0.113.24"),
        ("X-Forwarded-For", "203.0.113.24"),
        ("X-Forwarded-Proto", "https"),
    ]
    return tuple((name.encode(), value.encode()) for name, value in lines)


def attempts_of(event_id: EventId, body: bytes) -> Iterator[Attempt]:
    """Return three replays of an event, oldest first: refused by the handler, no answer, answered."""
    sent = Outgoing("POST", TARGET, (), body)
    json_type: Headers = ((b"Content-Type", b"application/json"),)
    busy = Response(503, "Service Unavailable", json_type, b'{"ok": false}')
    good = Response(200, "OK", json_type, b'{\n  "ok": true,\n  "duplicate": false,\n  "queued_job": "job_51c09e"\n}')
    start = MOMENT + timedelta(seconds=17)
    yield Attempt(AttemptId(0), event_id, start, sent, response=busy, total_ms=41, remote="127.0.0.1")
    yield Attempt(
        AttemptId(0),
        event_id,
        start + timedelta(seconds=1),
        sent,
        failure=Failure.TIMEOUT,
        failure_title="No answer within 5 s",
        failure_hint="The provider would count this as failed and retry.",
        total_ms=5000,
    )
    yield Attempt(
        AttemptId(0), event_id, start + timedelta(seconds=11), sent, response=good, total_ms=38, remote="127.0.0.1"
    )
