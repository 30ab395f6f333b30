"""One outgoing try of a replay, with its response or the reason there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from inspector.domain.event import EventId
from inspector.domain.request import Headers

AttemptId = NewType("AttemptId", int)


class Failure(StrEnum):
    """Why a target gave no response, in the few kinds a person acts on differently."""

    REFUSED = "refused"
    DNS = "dns"
    TLS = "tls"
    TIMEOUT = "timeout"
    RESET = "reset"
    PROTOCOL = "protocol"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """What is sent to a target: the request line's parts, header lines in order, body bytes."""

    method: str
    url: str
    headers: Headers
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """What the target said, byte for byte; the body is as sent (a gzip body stays gzip)."""

    status: int
    reason: str
    headers: Headers
    body: bytes
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: what was sent where and when, and how it ended.

    Exactly one of `response` and `failure` is set. `failure_title` and `failure_hint` are sentences for a person.
    Durations are milliseconds. `body_changed` tells that `sent.body` differs from the captured one; where it does not,
    the store keeps no second copy.
    """

    id: AttemptId
    event_id: EventId
    sent_at: datetime
    sent: Outgoing
    response: Response | None = None
    failure: Failure | None = None
    failure_title: str = ""
    failure_hint: str = ""
    connect_ms: float = 0.0
    wait_ms: float = 0.0
    total_ms: float = 0.0
    remote: str = ""

    @property
    def ok(self) -> bool:
        """Whether the target answered 2xx."""
        return self.response is not None and 200 <= self.response.status < 300
