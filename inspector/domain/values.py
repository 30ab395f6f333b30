"""Small facts that several parts of the program compute the same way."""

from __future__ import annotations

from datetime import UTC, datetime

MICROSECOND = 1_000_000

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def to_us(moment: datetime) -> int:
    """Return a moment (local where it names no zone) as whole microseconds since the epoch, exactly: no float."""
    since = (moment if moment.tzinfo else moment.astimezone()) - EPOCH
    return (since.days * 86_400 + since.seconds) * MICROSECOND + since.microseconds
