"""Values for tests, each with everything filled in: name only what the test is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from inspector.domain.answer import Answer
from inspector.domain.endpoint import DEFAULT_PROVIDER, Endpoint, EndpointId, new_token
from inspector.domain.event import Event, EventId, EventSummary
from inspector.domain.request import Headers, Request
from inspector.domain.values import to_us

NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)

DELIVERED = (
    b'{"event":"message.delivered","message_id":"msg_7f3a","recipient":"+14155550132",'
    b'"timestamp":"2026-03-01T12:00:00Z","status":"delivered"}'
)


def headers_of(lines: Iterable[tuple[str, str]]) -> Headers:
    """Return header lines as bytes."""
    return tuple((name.encode(), value.encode("utf-8", "surrogateescape")) for name, value in lines)


def a_request(
    body: bytes = DELIVERED,
    *,
    method: str = "POST",
    target: str = "/in/abc",
    headers: Headers | None = None,
    received_at: datetime = NOON,
    **others: Any,
) -> Request:
    """Return a received request; without `headers`, what a plain JSON webhook carries."""
    if headers is None:
        headers = headers_of([
            ("Host", "127.0.0.1:8787"),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
        ])  # fmt: skip
    others.setdefault("peer", "127.0.0.1")
    return Request(method=method, target=target, headers=headers, body=body, received_at=received_at, **others)


def an_endpoint(id: int = 1, *, name: str = "Shop", provider: str = DEFAULT_PROVIDER, **others: Any) -> Endpoint:
    """Return an endpoint that asks for signatures of the default provider."""
    others.setdefault("token", new_token())
    others.setdefault("created_at", NOON)
    return Endpoint(id=EndpointId(id), name=name, provider=provider, **others)


def a_summary(id: int = 1, **others: Any) -> EventSummary:
    """Return one row of the list: a delivered message that was answered 200."""
    values: dict[str, Any] = {
        "endpoint_id": EndpointId(1),
        "received_us": to_us(NOON),
        "method": "POST",
        "label": "message.delivered",
        "kind": "message.delivered",
        "message_id": "msg_7f3a",
        "recipient": "+14155550132",
        "answer_status": 200,
        "answer_us": 900,
        "size": len(DELIVERED),
        "peer": "127.0.0.1",
        "provider": DEFAULT_PROVIDER,
    }
    return EventSummary(id=EventId(id), **(values | others))


def an_event(
    id: int = 1, *, request: Request | None = None, summary: EventSummary | None = None, **others: Any
) -> Event:
    """Return a stored event with its request."""
    request = request or a_request()
    summary = summary or a_summary(id, method=request.method, size=len(request.body))
    values: dict[str, Any] = {"answer": Answer(), "verification": None, "reports": ()}
    return Event(summary=summary, request=request, **(values | others))
