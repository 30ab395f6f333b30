"""Every way providers write a point in time, read into one aware datetime."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

_EPOCH_MS = 100_000_000_000
"""From here on a number is milliseconds (as seconds it would be the year 5138), see rcs_payloads: AWS, Linear."""

_EPOCH_US = 100_000_000_000_000
_EPOCH_NS = 100_000_000_000_000_000
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,9})?\Z")
_RFC3339 = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d+))?\s?(?:([Zz])|(UTC|GMT)|([+-]\d\d):?(\d\d)?)?\Z", re.ASCII
)


def parse_moment(value: Any) -> datetime | None:
    """Return the moment a JSON value or text names, in UTC, or None.

    Reads RFC 3339 with any number of fraction digits (cut to µs), offsets with and without colon, a blank for the T,
    no zone (taken as UTC), and numbers or digits as seconds, milliseconds, µs or ns since the epoch by their size.
    """
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    return None


def _from_text(text: str) -> datetime | None:
    if len(text) == 20 and text[19] == "Z" and text[10] == "T":
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            return None
    text = text.strip()
    if _NUMBER.match(text):
        return _from_number(float(text) if "." in text else int(text))
    match = _RFC3339.match(text)
    if match is None:
        return None
    day, clock, fraction, _zulu, _name, hours, minutes = match.groups()
    offset = f"{hours}:{minutes or '00'}" if hours else "+00:00"
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}{'.' + fraction[:6] if fraction else ''}{offset}")
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _from_number(number: float) -> datetime | None:
    size = abs(number)
    try:
        if size >= _EPOCH_NS:
            number = number / 1_000_000_000
        elif size >= _EPOCH_US:
            number = number / 1_000_000
        elif size >= _EPOCH_MS:
            number = number / 1_000
        return datetime.fromtimestamp(number, UTC)
    except (ValueError, OverflowError, OSError):
        return None
