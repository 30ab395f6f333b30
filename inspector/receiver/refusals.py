"""How many refusals become rows: enough to see what happens, too few for a flood to slow down the good events.

Those that are left out are counted, and the next row of their kind says how many they were. When nothing follows, a
row is made of the last one after a moment, so that the count is never lost.
"""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.access import RateLimit
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import Refusal
from inspector.domain.request import Request
from inspector.receiver.buckets import Bucket

ROWS = RateLimit(20, 1.0)
"""Rows a second for each endpoint and each reason."""

QUIET_S = 1.0
"""So long after the last row the rest is told."""

CAPPED = frozenset({Refusal.BLOCKED, Refusal.RATE_LIMITED, Refusal.METHOD, Refusal.PASSWORD, Refusal.TOO_SLOW})

Kind = tuple[EndpointId | None, Refusal]


@dataclass(slots=True)
class Unlisted:
    """What was left out of one kind: how many, and the last of them with its reason and body size."""

    count: int
    request: Request
    reason: str
    size: int


class Refusals:
    """Decides which refusals are listed, on a steady clock that is passed in (seconds)."""

    def __init__(self) -> None:
        self._buckets: dict[Kind, Bucket] = {}
        self._unlisted: dict[Kind, Unlisted] = {}

    def listed(self, kind: Kind, request: Request, reason: str, size: int, now: float) -> str | None:
        """Return the reason the row of a refusal gets, None where it gets no row of its own."""
        if kind[1] not in CAPPED:
            return reason
        bucket = self._buckets.get(kind)
        if bucket is None:
            bucket = self._buckets[kind] = Bucket(ROWS, now)
        if bucket.wait(ROWS, now) > 0:
            known = self._unlisted.get(kind)
            self._unlisted[kind] = Unlisted(1 if known is None else known.count + 1, request, reason, size)
            return None
        bucket.take()
        known = self._unlisted.pop(kind, None)
        return reason if known is None else f"{reason} {_more(known.count)} before it."

    @property
    def has_unlisted(self) -> bool:
        """Whether some are still to be told."""
        return bool(self._unlisted)

    def rest(self) -> list[tuple[Kind, Unlisted]]:
        """Return what is still to be told, the reasons complete, and forget it."""
        rest, self._unlisted = self._unlisted, {}
        self._buckets.clear()
        for unlisted in rest.values():
            if unlisted.count > 1:
                unlisted.reason = f"{unlisted.reason} {_more(unlisted.count - 1)} before it."
        return list(rest.items())


def _more(count: int) -> str:
    return f"{count:,} more {'was' if count == 1 else 'were'} turned away and not listed"
