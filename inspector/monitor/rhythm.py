"""How long an endpoint is usually silent: from the minutes in which it received something."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

DAY_S = 86_400
NEAR_S = 90 * 60
ENOUGH = 3

LEAST_S = 600
"""Nothing shorter than ten minutes is a silence, however busy an endpoint is."""


def usual_wait_s(minutes: Sequence[int], last_s: int, *, hours: int) -> int | None:
    """Return the longest wait that is usual after an event at `last_s`, None where the rhythm is not known.

    `minutes` are those of the last seven days in which something came, ascending, in seconds since the epoch. Waits
    that began within an hour and a half of the same time of day count; where there are fewer than three of those, all
    do. The rhythm is known when events came in so many different `hours`.
    """
    if len({minute // 3600 for minute in minutes}) < hours:
        return None
    waits = [(start, end - start) for start, end in pairwise(minutes) if start < last_s // 60 * 60]
    near = [wait for start, wait in waits if _apart(start, last_s) <= NEAR_S]
    chosen = near if len(near) >= ENOUGH else [wait for _, wait in waits]
    return max(chosen, default=None)


def allowed_s(minutes: Sequence[int], last_s: int, *, hours: int, factor: float) -> int | None:
    """Return how long a silence after an event may be before it is worth a word; None where nobody can tell."""
    usual = usual_wait_s(minutes, last_s, hours=hours)
    return None if usual is None else max(LEAST_S, round(usual * factor))


def _apart(one_s: int, other_s: int) -> int:
    """Return how far two times of day are from each other."""
    apart = abs(one_s - other_s) % DAY_S
    return min(apart, DAY_S - apart)
