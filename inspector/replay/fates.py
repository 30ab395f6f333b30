"""What becomes of each captured header line on the way out, as a table with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from inspector.domain.request import Headers
from inspector.replay.outgoing import HOP_BY_HOP, dropped_reason, nominated
from inspector.replay.target import Target


class Fate(StrEnum):
    """What happens to a header line."""

    KEPT = "kept"
    REPLACED = "replaced"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Line:
    """A captured header line, what becomes of it, and why in one sentence ("" for kept ones)."""

    name: bytes
    value: bytes
    fate: Fate
    why: str = ""


def fates_of(headers: Headers, target: Target, length: int) -> tuple[Line, ...]:
    """Return every captured line in order with its fate; `length` is that of the body that is sent."""
    named = nominated(headers)
    return tuple(_line(name, value, named, target, length) for name, value in headers)


def _line(name: bytes, value: bytes, named: frozenset[bytes], target: Target, length: int) -> Line:
    low = name.strip().lower()
    if low == b"host":
        return Line(name, value, Fate.REPLACED, f"The target is {target.authority}.")
    if low == b"content-length":
        same = value.strip() == b"%d" % length
        return Line(
            name, value, Fate.KEPT if same else Fate.REPLACED, "" if same else f"The body has {length:,} bytes."
        )
    if low == b"transfer-encoding":
        return Line(name, value, Fate.REPLACED, "The body is sent in one piece, with its length.")
    if low in HOP_BY_HOP or low in named:
        return Line(name, value, Fate.DROPPED, "It belongs to the connection it came over.")
    why = dropped_reason(low)
    return Line(name, value, Fate.DROPPED if why else Fate.KEPT, why)
