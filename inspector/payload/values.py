"""What a value means, in a few grey words beside it: how long before receipt, which country, what kind of link."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from inspector.payload.calling_codes import country_of
from inspector.payload.node import NodeKind

LONGEST_SHOWN = 2000
"""Characters of one value that are painted; copying always takes all."""

_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:[.,](\d{1,9}))?\s?(Z|UTC|[+-]\d{2}:?\d{2})?", re.IGNORECASE
)
_EPOCH = re.compile(r"[0-9]{10}(?:\.[0-9]{1,9})?|[0-9]{13}|[0-9]{16}|[0-9]{19}")
_PHONE = re.compile(r"(?:rcs:|whatsapp:|tel:|phones/)?\+([1-9][0-9]{6,14})")
_LINK = re.compile(r"https?://[^\s/]+\S*", re.IGNORECASE)
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
_NEAR = timedelta(days=3650)
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_OTHER_CONTROL = re.compile("[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def shown(kind: NodeKind, text: str) -> str:
    """Return a leaf's value on one line: strings in quotes with controls and odd marks escaped, others as sent."""
    cut = text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"
    if kind is not NodeKind.STRING:
        return cut
    return escape_odd(json.dumps(cut, ensure_ascii=False))


def escape_odd(text: str) -> str:
    r"""Write characters that would break or reorder a line of text as `\uXXXX`."""
    text = _OTHER_CONTROL.sub(_as_escape, text)
    return _LONE_SURROGATE.sub(_as_escape, text)


def _as_escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"


def note_on(kind: NodeKind, text: str, received_at: datetime) -> str:
    """Return the grey note for a value, "" for most."""
    if kind not in (NodeKind.STRING, NodeKind.NUMBER) or not 7 <= len(text) <= 400:
        return ""
    moment = read_moment(text)
    if moment is not None:
        relative = relative_to(moment, received_at)
        spelled = _EPOCH.fullmatch(text) is not None
        return f"{moment:%Y-%m-%d %H:%M:%S} UTC, {relative}" if spelled else relative
    epoch = read_epoch(text)
    if epoch is not None and abs(epoch - received_at) < _NEAR:
        return f"{epoch:%Y-%m-%d %H:%M:%S} UTC, {relative_to(epoch, received_at)}"
    if kind is NodeKind.NUMBER:
        return ""
    phone = _PHONE.fullmatch(text)
    if phone:
        return country_of(phone.group(1))
    return _link_note(text) if _LINK.fullmatch(text) else ""


def read_moment(text: str) -> datetime | None:
    """Return the moment a date and time with a zone names (RFC 3339 and its common relatives), or None.

    Nine fraction digits are cut to microseconds; a time without a zone is not a moment.
    """
    match = _MOMENT.fullmatch(text)
    if match is None:
        return None
    day, time, fraction, zone = match.groups()
    if zone is None:
        return None
    zone = "+00:00" if zone.upper() in ("Z", "UTC") else zone
    micros = (fraction or "0")[:6].ljust(6, "0")
    try:
        return datetime.fromisoformat(f"{day}T{time}.{micros}{zone}").astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def read_epoch(text: str) -> datetime | None:
    """Return the moment of Unix time in seconds, milliseconds, microseconds or nanoseconds, told by its length."""
    if _EPOCH.fullmatch(text) is None:
        return None
    whole, _, fraction = text.partition(".")
    digits = (whole + fraction)[:16] if len(whole) == 10 else whole[:16]
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(digits.ljust(16, "0")))
    except OverflowError:
        return None


def relative_to(moment: datetime, received_at: datetime) -> str:
    """Say how far a moment lies from receipt: "1.2 s before receipt"."""
    seconds = (received_at - moment).total_seconds()
    if abs(seconds) < 0.0005:
        return "at receipt"
    return f"{spell_span(abs(seconds))} {'before' if seconds > 0 else 'after'} receipt"


def spell_span(seconds: float) -> str:
    """Write a span of time with one unit: 15 ms, 1.2 s, 12 min, 3 h, 2 days."""
    if seconds < 0.9995:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 59.95:
        return f"{seconds:.1f} s"
    for limit, unit, length in ((3570, "min", 60), (84_600, "h", 3600)):
        if seconds < limit:
            return f"{seconds / length:.0f} {unit}"
    days = round(seconds / 86_400)
    return f"{days:,} day" if days == 1 else f"{days:,} days"


def _link_note(text: str) -> str:
    try:
        parts = urlsplit(text)
        host = parts.hostname or ""
    except ValueError:
        return ""
    count = len([part for part in parts.query.split("&") if part])
    query = f"{count} parameter" if count == 1 else f"{count} parameters" if count else ""
    open_line = "not encrypted" if parts.scheme.lower() == "http" and host not in _LOCAL_HOSTS else ""
    return ", ".join(part for part in ("link", query, open_line) if part)
