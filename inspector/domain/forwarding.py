"""Where an endpoint's events go on to while they come in, and how a target is tried again."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.identity import Identity


@dataclass(frozen=True, slots=True)
class Schedule:
    """When one event is tried again: seconds before each try, counted from the end of the one before (the first: 0).

    A try that took `limit_s` seconds without a response has failed. `heeds_retry_after` waits longer where the target
    asks for it. `source` says whose schedule it is.
    """

    id: str
    title: str
    waits_s: tuple[float, ...]
    limit_s: float
    heeds_retry_after: bool = True
    source: str = ""


@dataclass(frozen=True, slots=True)
class ForwardRule:
    """Events that `match` (a search text, "" for all) are sent to every one of `targets`.

    `schedule` is a Schedule's id, "once" for a single try, or waits of one's own as a text ("0, 10s, 5m").
    `in_order` sends an event of a message only after the earlier ones of that message have got through or been given
    up. `limit_s` of None takes the schedule's.
    """

    id: str
    targets: tuple[str, ...]
    name: str = ""
    match: str = ""
    enabled: bool = True
    identity: Identity = Identity.CAPTURED
    in_order: bool = False
    schedule: str = "once"
    limit_s: float | None = None
