"""One event on its way to one target: tried by a schedule until the first 2xx."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inspector.domain.attempt import Outgoing, SeriesId
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.domain.forwarding import Schedule
from inspector.domain.identity import Identity

BY_HAND = ""
"""The rule of a series that a person started."""


class SeriesState(StrEnum):
    """Where a series stands."""

    UNDECIDED = "undecided"  # whether the rule matches its event is still to be looked up
    WAITING = "waiting"  # for its next try
    SENDING = "sending"  # a try is under way, or was when the program ended
    DONE = "done"  # answered 2xx
    GIVEN_UP = "given_up"  # the schedule has no more tries
    STOPPED = "stopped"  # by a person, or because its event is gone
    SKIPPED = "skipped"  # it could not be sent at all

    @property
    def is_open(self) -> bool:
        """Whether there is more to come."""
        return self in OPEN


OPEN = frozenset({SeriesState.UNDECIDED, SeriesState.WAITING, SeriesState.SENDING})


@dataclass(frozen=True, slots=True)
class SeriesPlan:
    """How a series is sent; fixed when it begins, so that a later edit of its rule does not change it.

    `speed` divides the schedule's waits (1 is real time, 0 leaves no wait); the time limit of a try stays as it is.
    `match` is the rule's search text, for what is still undecided. `secret` is the key of the reference of the secret
    that signs every try (SecretRef), "" for the endpoint's newest at that time.
    """

    schedule: Schedule
    identity: Identity = Identity.CAPTURED
    in_order: bool = False
    speed: float = 1.0
    match: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class NewSeries:
    """A series a person starts. `edited` is what is sent in place of the captured request, None for that."""

    event_id: EventId
    target: str
    plan: SeriesPlan
    edited: Outgoing | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One event to one target. `tries` have been made; the next is due at `next_at`, None where there is none.

    `rule_id` is BY_HAND for one a person started. `status` is the last response's, None where there was none;
    `failure` says how the last try failed, `note` why a series ended other than by its schedule. `is_edited` says
    that something else than the captured request is sent.
    """

    id: SeriesId
    event_id: EventId
    endpoint_id: EndpointId | None
    rule_id: str
    target: str
    plan: SeriesPlan
    state: SeriesState
    created_at: datetime
    message_id: str = ""
    tries: int = 0
    next_at: datetime | None = None
    status: int | None = None
    ok_at: datetime | None = None
    failed_at: datetime | None = None
    failure: str = ""
    ended_at: datetime | None = None
    note: str = ""
    is_edited: bool = False


@dataclass(frozen=True, slots=True)
class TargetHealth:
    """How it goes with one target of a rule, from its newest series.

    `counts` are series by state. `share` is how many of the tries were answered 2xx, None before the first one.
    """

    target: str
    counts: dict[SeriesState, int]
    tries: int = 0
    share: float | None = None
    last_ok_at: datetime | None = None
    last_failed_at: datetime | None = None
    last_failure: str = ""

    @property
    def is_failing(self) -> bool:
        """Whether the latest try failed."""
        return self.last_failed_at is not None and (self.last_ok_at is None or self.last_failed_at > self.last_ok_at)
