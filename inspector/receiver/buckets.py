"""How often: buckets of tokens for an endpoint as a whole and for each of its senders, on a clock that is passed in."""

from __future__ import annotations

from collections import OrderedDict
from ipaddress import IPv6Address

from inspector.domain.access import RateLimit
from inspector.receiver.client_address import Address

MOST_SENDERS = 10_000
"""Senders an endpoint remembers; the one not heard of for longest is forgotten first."""

IPV6_SITE_BITS = 64
"""One sender has at least a /64 of IPv6 addresses (RFC 6177), so all of them count as one."""


class Bucket:
    """Tokens: full at first, one taken by each event, filled steadily."""

    __slots__ = ("_at", "_tokens")

    def __init__(self, limit: RateLimit, now: float) -> None:
        self._tokens = float(limit.events)
        self._at = now

    def wait(self, limit: RateLimit, now: float) -> float:
        """Return the seconds until there is a token, 0 where there is one; takes none. `now` is in seconds."""
        per_token = limit.per_s / max(1, limit.events)
        self._tokens = min(float(limit.events), self._tokens + max(0.0, now - self._at) / per_token)
        self._at = now
        # A billionth is what adding fractions may have lost.
        return 0.0 if self._tokens >= 1 - 1e-9 else (1 - self._tokens) * per_token

    def take(self) -> None:
        """Take a token."""
        self._tokens -= 1


class Buckets:
    """The buckets of one endpoint. Nothing is taken from one where another says no."""

    def __init__(self, rate: RateLimit | None, sender_rate: RateLimit | None) -> None:
        self.rates = (rate, sender_rate)
        self._whole: Bucket | None = None
        self._senders: OrderedDict[int, Bucket] = OrderedDict()

    def take(self, sender: Address | None, now: float) -> tuple[float, RateLimit | None, bool]:
        """Take a token for an event; returns (seconds to wait, the limit that is reached, whether it is the sender's).

        (0, None, False) says that the event may come in. A sender that is not known shares a bucket with all such.
        """
        rate, sender_rate = self.rates
        taken: list[Bucket] = []
        if sender_rate is not None:
            bucket = self._of(sender, sender_rate, now)
            if wait := bucket.wait(sender_rate, now):
                return wait, sender_rate, True
            taken.append(bucket)
        if rate is not None:
            if self._whole is None:
                self._whole = Bucket(rate, now)
            if wait := self._whole.wait(rate, now):
                return wait, rate, False
            taken.append(self._whole)
        for bucket in taken:
            bucket.take()
        return 0.0, None, False

    def _of(self, sender: Address | None, limit: RateLimit, now: float) -> Bucket:
        key = _key(sender)
        bucket = self._senders.get(key)
        if bucket is None:
            bucket = self._senders[key] = Bucket(limit, now)
            if len(self._senders) > MOST_SENDERS:
                self._senders.popitem(last=False)
        else:
            self._senders.move_to_end(key)
        return bucket


def _key(sender: Address | None) -> int:
    if sender is None:
        return -1
    if isinstance(sender, IPv6Address):
        return (int(sender) >> (128 - IPV6_SITE_BITS)) | 1 << 64
    return int(sender)
