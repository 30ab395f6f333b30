"""Every way providers write a point in time, read into one aware datetime."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

_EPOCH_LOW = 100_000_000
"""Below this (March 1973) a number is a count, a code or a "never" of 0 rather than a point in time."""

_EPOCH_MS = 100_000_000_000
"""From here on a number is milliseconds (as seconds it would be the year 5138), see rcs_payloads: AWS, Linear."""

_EPOCH_US = 100_000_000_000_000
_EPOCH_NS = 100_000_000_000_000_000
_LONGEST = 64
_NUMBER = re.compile(r"-?\d{1,20}(?:\.\d{1,9})?\Z", re.ASCII)
_COMPACT = re.compile(r"((?:19|20)\d\d)([01]\d)([0-3]\d)[T ]?([0-2]\d)([0-5]\d)([0-5]\d)(\d{3})?(Z)?\Z", re.ASCII)
_ISO = re.compile(
    r"(\d{4})[-/.](\d\d)[-/.](\d\d)[Tt ,]+(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,:](\d+))?)?\s?([AaPp]\.?[Mm]\.?)?\s?"
    r"(?:[Zz]|(?:UTC|GMT)?([+-]\d\d):?(\d\d)?|UTC|GMT)?(?:\s?(?:UTC|GMT|\[[\w/+-]+\]))?\Z",
    re.ASCII,
)
_UNIX_DATE = re.compile(
    r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (?:(?:UTC|GMT|Z) )?(\d{4})\Z", re.ASCII
)
_DOTNET = re.compile(r"/Date\((-?\d{1,15})(?:[+-]\d{4})?\)/\Z", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def parse_moment(value: Any) -> datetime | None:
    """Return the moment a JSON value or text names, in UTC, or None; a time without a zone is taken as UTC.

    Reads RFC 3339 and its relatives (any number of fraction digits, cut to µs; offsets with and without colon; a blank
    for the T; a zone's name behind), `20240131235959`, RFC 1123 and 2822 dates, the Unix `date` form, `/Date(ms)/`,
    protobuf's `{seconds, nanos}`, and numbers or digits as seconds, ms, µs or ns since the epoch by their size.
    """
    if isinstance(value, str):
        return _from_text(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value)
    if isinstance(value, dict):
        return _from_parts(value)
    return None


def _from_text(text: str) -> datetime | None:
    if len(text) >= 19 and text[4] == "-" and text[7] == "-" and text[10] in "T ":
        try:
            moment = datetime.fromisoformat(text)
            return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return None
    if text[0].isascii() and (text[0].isdigit() or text[0] == "-"):
        return _from_digits(text)
    dotnet = _DOTNET.match(text)
    return _from_ms(int(dotnet[1])) if dotnet else _from_words(text)


def _from_digits(text: str) -> datetime | None:
    compact = _COMPACT.match(text)
    if compact is not None:
        year, month, day, hour, minute, second, ms, _zulu = compact.groups()
        return _made(year, month, day, int(hour), minute, second, ms or "0")
    if _NUMBER.match(text):
        return _from_number(float(text) if "." in text else int(text))
    match = _ISO.match(text)
    if match is None:
        return _from_words(text)
    year, month, day, hour, minute, second, fraction, half, zone_hours, zone_minutes = match.groups()
    hours = int(hour) if half is None else int(hour) % 12 + (12 if half[0] in "Pp" else 0)
    moment = _made(year, month, day, hours, minute, second or "0", fraction or "0")
    if moment is None or not zone_hours:
        return moment
    offset = timedelta(hours=int(zone_hours[1:]), minutes=int(zone_minutes or 0))
    try:
        return moment + offset if zone_hours[0] == "-" else moment - offset
    except OverflowError:
        return None


def _made(year: str, month: str, day: str, hour: int, minute: str, second: str, fraction: str) -> datetime | None:
    micros = int(fraction[:6].ljust(6, "0"))
    try:
        return datetime(int(year), int(month), int(day), hour, int(minute), int(second), micros, UTC)
    except ValueError:
        return None


def _from_words(text: str) -> datetime | None:
    """Read `Fri, 20 Dec 2024 14:23:45 GMT` (RFC 1123, 2822) and `Fri Dec 20 14:23:45 UTC 2024` (Unix date)."""
    unix = _UNIX_DATE.match(text)
    if unix is not None:
        month, day, clock, year = unix.groups()
        text = f"{day} {month} {year} {clock} +0000"
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _from_parts(value: dict[Any, Any]) -> datetime | None:
    """Read protobuf's Timestamp written as an object, and Firestore's."""
    seconds = value.get("seconds", value.get("_seconds"))
    nanos = value.get("nanos", value.get("nanoseconds", value.get("_nanoseconds", 0)))
    if isinstance(seconds, str) and _NUMBER.match(seconds):
        seconds = float(seconds)
    if not isinstance(seconds, int | float) or isinstance(seconds, bool) or not isinstance(nanos, int):
        return None
    try:
        return _EPOCH + timedelta(seconds=seconds, microseconds=nanos // 1000)
    except (ValueError, OverflowError):
        return None


def _from_ms(number: int) -> datetime | None:
    try:
        return _EPOCH + timedelta(milliseconds=number)
    except OverflowError:
        return None


def _from_number(number: float) -> datetime | None:
    size = abs(number)
    if size < _EPOCH_LOW:
        return None
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
