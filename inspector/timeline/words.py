"""How a message's life is worded: names of stages, spans of time, counts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from inspector.domain.report import Kind
from inspector.timeline.stages import Stage

NAMES: Mapping[Kind, str] = MappingProxyType(
    {
        Kind.QUEUED: "Queued",
        Kind.SENT: "Sent",
        Kind.DELIVERED: "Delivered",
        Kind.READ: "Read",
        Kind.FAILED: "Failed",
        Kind.EXPIRED: "Expired",
        Kind.DELETED: "Deleted",
        Kind.FALLBACK: "Fell back to another channel",
        Kind.INBOUND: "Replied",
        Kind.CLICKED: "Clicked",
        Kind.TYPING: "Typing",
        Kind.OPTIN: "Opted in",
        Kind.OPTOUT: "Opted out",
        Kind.COMPLAINED: "Spam report",
        Kind.CONVERSATION: "Conversation started",
    }
)

STAGE_NAMES: Mapping[Stage, str] = MappingProxyType(
    {Stage.QUEUED: "Queued", Stage.SENT: "Sent", Stage.DELIVERED: "Delivered", Stage.READ: "Read"}
)

_TIMES = ("never", "once", "twice")


def name_of(kind: Kind) -> str:
    """Return the word for a kind, as it stands at the start of a line."""
    return NAMES.get(kind, kind.value)


def span(us: int) -> str:
    """Write a span of time: 12 ms, 0.5 s, 61.1 s, 1 m 13 s, 2 h 05 m, 3 d 4 h. The sign is left out."""
    us = abs(us)
    if us < 99_500:
        return f"{us / 1000:.0f} ms"
    if us < 59_950_000:
        return f"{us / 1e6:.1f} s"
    seconds = round(us / 1e6)
    if seconds < 3600:
        return f"{seconds // 60} m {seconds % 60:02d} s"
    if seconds < 86_400:
        return f"{seconds // 3600} h {seconds % 3600 // 60:02d} m"
    return f"{seconds // 86_400} d {seconds % 86_400 // 3600} h"


def rough(us: int) -> str:
    """Write a span with one unit for a sentence: 45 s, 6 min, 2 h, 3 days; under ten seconds with a tenth."""
    seconds = abs(us) / 1e6
    if seconds < 9.95:
        return span(us)
    for limit, unit, length in ((90, "s", 1), (5400, "min", 60), (129_600, "h", 3600)):
        if seconds < limit:
            return f"{seconds / length:.0f} {unit}"
    return f"{seconds / 86_400:.0f} days"


def times(count: int) -> str:
    """Write how often: once, twice, 3 times."""
    return _TIMES[count] if count < len(_TIMES) else f"{count} times"
