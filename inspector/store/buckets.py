"""How durations are kept: by the upper edge of their bucket, so that a percentile is off by five per cent at most.

Up to 200 µs every µs is an edge, up to 2,000 every 10, up to 20,000 every 100, and so on: any number of two digits and
noughts is an edge, so "over 5 s" is as exact as it would be with every single value. Rounding up keeps the order, so
the percentile of rounded values is the rounded percentile of the values.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

FINEST = 200
DECADES = 8


def edge_of(duration_us: int) -> int:
    """Return a duration in µs rounded up to the next edge."""
    step, top = 1, FINEST
    for _ in range(DECADES):
        if duration_us <= top:
            break
        step, top = step * 10, top * 10
    return max(0, -(-duration_us // step) * step)


def edge_sql(column: str) -> str:
    """Return the same as an expression of SQLite, for a column of integers."""
    cases = [f"WHEN {column} <= {FINEST} THEN max({column}, 0)"]
    for power in range(1, DECADES):
        step = 10**power
        cases.append(f"WHEN {column} <= {FINEST * step} THEN ({column} + {step - 1}) / {step} * {step}")
    step = 10**DECADES
    return f"CASE {' '.join(cases)} ELSE ({column} + {step - 1}) / {step} * {step} END"


def percentile(counts: Mapping[int, int], share: float) -> int | None:
    """Return the nearest-rank percentile of durations by edge: the least that `share` of all are at or under.

    None where there are none.
    """
    return percentiles(counts, (share,))[0]


def percentiles(counts: Mapping[int, int], shares: Sequence[float]) -> list[int | None]:
    """Return several percentiles, with ascending shares, in one pass."""
    total = sum(counts.values())
    if not total:
        return [None] * len(shares)
    ranks = [max(1, -(-total * round(share * 1000) // 1000)) for share in shares]
    found: list[int | None] = []
    passed = 0
    for edge, count in sorted(counts.items()):
        passed += count
        while len(found) < len(ranks) and passed >= ranks[len(found)]:
            found.append(edge)
    return found
