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


class Identity(StrEnum):
    """As whom a captured event is sent."""

    CAPTURED = "captured"  # as it came, signature and all
    SIGNED = "signed"  # with a signature and a timestamp of now
    NEW_IDS = "new_ids"  # with other message and event ids, and signed again


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

    @property
    def ok(self) -> bool:
        """Whether the target answered 2xx."""
        return self.response is not None and 200 <= self.response.status < 300
