"""One received request as it is stored, listed and shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import NamedTuple, NewType

from inspector.domain.answer import Answer
from inspector.domain.endpoint import DuplicateRule, EndpointId
from inspector.domain.forwarding import ForwardRule
from inspector.domain.report import Report
from inspector.domain.request import Request
from inspector.domain.verification import Covers, Verdict, Verification

EventId = NewType("EventId", int)


class Refusal(StrEnum):
    """Why a request was turned away before it became an event of an endpoint; its body is not kept."""

    UNKNOWN_ENDPOINT = "unknown_endpoint"  # 404
    TOO_LARGE = "too_large"  # 413
    MALFORMED = "malformed"  # 400
    BLOCKED = "blocked"  # 403: the sender's address is not on the list
    RATE_LIMITED = "rate_limited"  # 429
    METHOD = "method"  # 405
    PASSWORD = "password"  # 401: the basic password is missing or wrong
    TOO_SLOW = "too_slow"  # 408: head or body took too long
    TLS = "tls"  # no answer: the connection could not be encrypted


class Repeat(StrEnum):
    """What a second sighting of an event is."""

    DUPLICATE = "duplicate"  # we had answered 2xx: the handler should skip it
    RETRY = "retry"  # we had not: the provider tries again


class DuplicateLevel(StrEnum):
    """By what an event was recognised as a repeat, from the surest down."""

    EVENT_ID = "event_id"
    COMPOSITE = "composite"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class DedupeKey:
    """What identifies an event within its endpoint: a digest of `level` and what it was made from, and in words."""

    level: DuplicateLevel
    digest: bytes
    words: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """Everything about a received request that is known before it is stored.

    `endpoint_id` is None for a request to no endpoint of ours. With a `rule`, what the event says and its key are
    still to be read, by the store and before it is written (reports that are given stay). Without one, `reports` and
    `key` are final; `key` is None where repeats are not looked for. An event that turns out to be a duplicate gets
    `duplicate_answer` in place of `answer` and is not forwarded, where there is one. `forwards` are the rules of the
    endpoint that may send the event on: what is due goes into the same transaction.
    """

    request: Request
    answer: Answer
    endpoint_id: EndpointId | None = None
    provider: str = ""
    verification: Verification | None = None
    reports: tuple[Report, ...] = ()
    key: DedupeKey | None = None
    window_s: int = 0
    refusal: Refusal | None = None
    reason: str = ""
    size: int = 0  # body bytes as announced or read, also where the body is not kept
    rule: DuplicateRule | None = None
    duplicate_answer: Answer | None = None
    forwards: tuple[ForwardRule, ...] = ()


class EventSummary(NamedTuple):
    """One row of the list; a tuple, because thousands a second are made.

    Times are µs since the epoch (cheap to keep by the million); texts are "" when unknown. `repeat_no` counts
    sightings: 2 for the first repeat. `answer_us` is from the last byte read to the answer's last byte handed to the
    socket, None until it left. `verdict` is None for refused requests. `message_id` is the best id the first report
    has: the message's, else its template's, else the event's own.
    """

    id: EventId
    endpoint_id: EndpointId | None
    received_us: int
    method: str
    label: str
    kind: str
    message_id: str = ""
    recipient: str = ""
    verdict: Verdict | None = None
    covers: Covers = Covers.NONE
    checked: bool = True
    repeat: Repeat | None = None
    repeat_no: int = 1
    original_id: EventId | None = None
    answer_status: int = 0
    answer_us: int | None = None
    size: int = 0
    peer: str = ""
    provider: str = ""
    carrier: str = ""
    campaign: str = ""
    error_code: str = ""
    refusal: Refusal | None = None
    report_count: int = 0
    replay_count: int = 0
    unread: bool = True
    starred: bool = False

    @property
    def received_at(self) -> datetime:
        """The moment the request's last byte was read, in UTC."""
        return datetime.fromtimestamp(self.received_us / 1e6, UTC)

    @property
    def accepted(self) -> bool:
        """Whether we answered 2xx."""
        return 200 <= self.answer_status < 300


@dataclass(frozen=True, slots=True)
class Event:
    """One received request with everything known about it: what the inspector shows."""

    summary: EventSummary
    request: Request
    answer: Answer
    verification: Verification | None
    reports: tuple[Report, ...]
    key: DedupeKey | None = None
    reason: str = ""
    body_equals_original: bool | None = None
    recheck: Verification | None = None  # the latest check after the one at receipt

    @property
    def id(self) -> EventId:
        """The number shown as #1, #2 …"""
        return self.summary.id

    @property
    def body_kept(self) -> bool:
        """Whether the body is still there: one that was turned away, or that its endpoint does not keep, is not."""
        return self.summary.refusal is None and (bool(self.request.body) or self.summary.size == 0)
