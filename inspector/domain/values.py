"""Small facts that several parts of the program compute the same way."""

from __future__ import annotations

from datetime import datetime

MICROSECOND = 1_000_000


def to_us(moment: datetime) -> int:
    """Return an aware moment as whole microseconds since the epoch, exactly (no float in between)."""
    seconds = int(moment.replace(microsecond=0).timestamp())
    return seconds * MICROSECOND + moment.microsecond
