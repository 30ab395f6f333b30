"""How many failed connections become rows: enough to see what goes wrong, too few for a scanner to bury the rest."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

BURST, PER_S = 60, 5.0
"""Rows at once, and how fast the allowance comes back, for all senders together."""

SENDER_BURST, SENDER_PER_S = 30, 1.0
"""The same for one sender: another one's failures stay visible beside it."""

SENDERS_KNOWN = 256


@dataclass(slots=True)
class _Bucket:
    most: float
    per_s: float
    tokens: float
    at: float

    def take(self, now: float) -> bool:
        self.tokens = min(self.most, self.tokens + (now - self.at) * self.per_s)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


class RowCap:
    """Says which failures are listed, and how many were not since the last one that was."""

    def __init__(self) -> None:
        self._all = _Bucket(BURST, PER_S, BURST, 0.0)
        self._senders: OrderedDict[str, _Bucket] = OrderedDict()
        self._unlisted = 0

    def admit(self, sender: str, now: float) -> int | None:
        """Return how many failures were left out before this one, None where this one is left out too.

        `now` is seconds of a monotonic clock.
        """
        bucket = self._senders.pop(sender, None) or _Bucket(SENDER_BURST, SENDER_PER_S, SENDER_BURST, now)
        self._senders[sender] = bucket
        if len(self._senders) > SENDERS_KNOWN:
            self._senders.popitem(last=False)
        if not (bucket.take(now) and self._all.take(now)):
            self._unlisted += 1
            return None
        return self.take_unlisted()

    def take_unlisted(self) -> int:
        """Return how many were left out since the last time, and begin to count anew."""
        unlisted, self._unlisted = self._unlisted, 0
        return unlisted
