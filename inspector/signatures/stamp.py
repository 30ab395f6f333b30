"""The timestamp of a signature: read as the scheme writes it, written when we sign, aged against the clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from inspector.providers.moments import parse_moment
from inspector.signatures.place import Place

PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
UNITS = (*PER_SECOND, "iso", "http")

_DIGITS = re.compile(rb"-?[0-9]{1,20}\Z")
_ISO_START = re.compile(rb"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ]")


@dataclass(frozen=True, slots=True)
class TimeRule:
    """Where a scheme's timestamp lies, how it is written, and how far off it may be.

    `tolerance_s` 0 means the scheme itself sets no limit. `future` False accepts timestamps ahead of our clock,
    however far; True limits both directions.
    """

    place: Place
    unit: str = "s"
    tolerance_s: int = 0
    future: bool = True

    def outside(self, age_s: float, tolerance_s: int) -> bool:
        """Whether an age is beyond the tolerance (0 = no limit)."""
        if not tolerance_s:
            return False
        return age_s > tolerance_s or (self.future and -age_s > tolerance_s)


def read_stamp(text: bytes, unit: str) -> float | None:
    """Return a timestamp as seconds since the epoch, or None where it is not written in `unit`."""
    per_second = PER_SECOND.get(unit)
    if per_second:
        return int(text) / per_second if _DIGITS.match(text) else None
    try:
        written = text.decode("ascii")
        if unit == "http":
            moment = parsedate_to_datetime(written)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    found = parse_moment(written) if _ISO_START.match(text) else None
    return None if found is None else found.timestamp()


def write_stamp(moment: datetime, unit: str) -> str:
    """Return a moment as the scheme writes it; exact to what the unit holds."""
    per_second = PER_SECOND.get(unit)
    if per_second:
        whole = int(moment.replace(microsecond=0).timestamp())
        return str(whole * per_second + moment.microsecond * per_second // 1_000_000)
    if unit == "http":
        return format_datetime(moment.astimezone(UTC), usegmt=True)
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def span_words(seconds: float) -> str:
    """Return a duration as the window writes it: `0.9 s`, `12 s`, `5 min`, `3 h`, `2 days`."""
    if seconds < 10:
        return f"{seconds:.1f}".removesuffix(".0") + " s"
    for limit, size, unit in ((120, 1, "s"), (7_200, 60, "min"), (172_800, 3_600, "h")):
        if seconds < limit:
            return f"{int(seconds // size)} {unit}"
    return f"{int(seconds // 86_400):,} days"


def limit_words(seconds: int) -> str:
    """Return a limit without rounding it: `5 min`, `90 s`, `2 h`."""
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"
