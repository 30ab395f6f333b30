"""One outgoing try of a replay, with its response or the reason there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from inspector.domain.event import EventId
from inspector.domain.identity import Identity
from inspector.domain.request import Headers

AttemptId = NewType("AttemptId", int)
SeriesId = NewType("SeriesId", int)


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
class Tls:
    """How a connection was encrypted: "TLSv1.3", the cipher's name, whose certificate by whom, and until when."""

    version: str
    cipher: str
    subject: str = ""
    issuer: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try: what was sent where and when, and how it ended.

    Exactly one of `response` and `failure` is set. `failure_title` and `failure_hint` are sentences for a person.
    Durations are milliseconds: until connected, until the request was handed over, until the first byte of the response
    came, until its last. `tls` is None for plain connections. `note` says what was made anew, "" for nothing.
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
    send_ms: float = 0.0
    download_ms: float = 0.0
    tls: Tls | None = None
    identity: Identity = Identity.CAPTURED
    note: str = ""
    series_id: SeriesId | None = None  # the series it belongs to, None for a single sending
    try_no: int = 1

    @property
    def ok(self) -> bool:
        """Whether the target answered 2xx."""
        return self.response is not None and 200 <= self.response.status < 300
