"""Reports of one message, with everything filled in: name only what the test is about."""

from __future__ import annotations

from typing import Any

from inspector.domain.event import EventId
from inspector.domain.report import Kind
from inspector.timeline import Mark, Sighted

SECOND = 1_000_000
START = 1_734_704_600 * SECOND
LATER = START + 3600 * SECOND
"""Long enough after everything that what is missing counts as missing."""

Q, S, D, R = Kind.QUEUED, Kind.SENT, Kind.DELIVERED, Kind.READ


def sighted(kind: Kind, said_s: float | None, arrived_s: float, event_id: int = 0, **others: Any) -> Sighted:
    """Return a report of what happened and arrived so many seconds after START."""
    return Sighted(
        EventId(event_id or round(arrived_s * 1000) + 1),
        kind,
        START + round(arrived_s * SECOND),
        None if said_s is None else START + round(said_s * SECOND),
        recipient=others.pop("recipient", "+12065550155"),
        **others,
    )


def in_time(*kinds: Kind) -> list[Sighted]:
    """Return reports that happened ten seconds apart and arrived half a second later."""
    return [sighted(kind, 10 * place, 10 * place + 0.5) for place, kind in enumerate(kinds)]


def letters(marks: tuple[Mark, ...]) -> str:
    """Write marks as one letter each: a c w m d f r, and - for none."""
    return "".join("-" if mark is Mark.NONE else mark.value[0] for mark in marks)
