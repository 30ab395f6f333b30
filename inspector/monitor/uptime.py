"""From spans to shares: how much of a time the receiver listened and the tunnel answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inspector.monitor.board import Downtime, Uptime
from inspector.store.spans import SpanRow

KINDS = ("receiver", "tunnel")

GRACE_US = 1_000_000
"""Up again within a second is no downtime worth a line, and counts all the same."""


def uptimes_of(spans: Sequence[SpanRow], first_us: Mapping[str, int], from_us: int, now_us: int) -> tuple[Uptime, ...]:
    """Return how long each kind was there since `from_us`, or since it was first used where that was later.

    An open span lasts until now. The receiver is expected all the time: when the program does not run, it is down. A
    tunnel is expected only while it is used.
    """
    return tuple(
        _uptime(kind, [span for span in spans if span.kind == kind], first_us.get(kind), from_us, now_us)
        for kind in KINDS
    )


def _uptime(kind: str, spans: Sequence[SpanRow], first_us: int | None, from_us: int, now_us: int) -> Uptime:
    if first_us is None or first_us >= now_us:
        return Uptime(kind, None)
    begins = max(from_us, first_us)
    clipped = [
        (max(span.from_us, begins), min(now_us if span.is_open else span.until_us, now_us), span.state)
        for span in spans
    ]
    up = sorted((start, end) for start, end, state in clipped if state == "up" and end > start)
    there_us = sum(end - start for start, end in up)
    if kind == "receiver":
        expected_us = now_us - begins
        downtimes = _gaps(up, begins, now_us)
    else:
        expected_us = sum(end - start for start, end, _ in clipped if end > start)
        downtimes = tuple(
            Downtime(start, None if end >= now_us else end) for start, end, state in clipped if state == "down"
        )
    share = min(1.0, there_us / expected_us) if expected_us > 0 else None
    return Uptime(kind, share, downtimes)


def _gaps(up: Sequence[tuple[int, int]], begins: int, now_us: int) -> tuple[Downtime, ...]:
    gaps = []
    reached = begins
    for start, end in up:
        if start - reached > GRACE_US:
            gaps.append(Downtime(reached, start))
        reached = max(reached, end)
    if now_us - reached > GRACE_US:
        gaps.append(Downtime(reached, None))
    return tuple(gaps)
