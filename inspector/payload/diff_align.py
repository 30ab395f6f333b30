"""Which elements of two rows belong together: the longest common part, found in steps and with a bounded effort."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

from inspector.payload.steps import Steps

MOST_CELLS = 40_000
"""A stretch of at most so many pairs is compared exactly; in a longer one only what occurs once on each side counts."""

_PAIRS_PER_STEP = 400
_CELLS_PER_STEP = 6_000

Pairs = list[tuple[int, int]]
Stretch = tuple[int, int, int, int]
"""Begin and end in the one row, begin and end in the other."""


def align(one: Sequence[int], other: Sequence[int]) -> Steps[Pairs]:
    """Return the places of equal elements that stand in the same order on both sides, ascending.

    Numbers stand for values: equal numbers are equal values.
    """
    pairs: Pairs = []
    waiting: list[Stretch] = [(0, len(one), 0, len(other))]
    while waiting:
        start, stop, begin, end = waiting.pop()
        edge = 0
        while start < stop and begin < end and one[start] == other[begin]:
            pairs.append((start, begin))
            start, begin, edge = start + 1, begin + 1, edge + 1
            if edge % _PAIRS_PER_STEP == 0:
                yield 0.0
        while start < stop and begin < end and one[stop - 1] == other[end - 1]:
            stop, end, edge = stop - 1, end - 1, edge + 1
            pairs.append((stop, end))
            if edge % _PAIRS_PER_STEP == 0:
                yield 0.0
        if start == stop or begin == end:
            continue
        if (stop - start) * (end - begin) <= MOST_CELLS:
            pairs += yield from _common(one, other, (start, stop, begin, end))
        else:
            anchors = yield from _anchors(one, other, (start, stop, begin, end))
            pairs += anchors
            waiting += _between(anchors, (start, stop, begin, end))
    pairs.sort()
    return pairs


def _common(one: Sequence[int], other: Sequence[int], stretch: Stretch) -> Steps[Pairs]:
    """Return a longest common subsequence by the textbook table of lengths."""
    start, stop, begin, end = stretch
    width = end - begin
    lengths = [[0] * (width + 1)]
    cells = 0
    for value in reversed(one[start:stop]):
        below = lengths[-1]
        row = [0] * (width + 1)
        for column in range(width - 1, -1, -1):
            if value == other[begin + column]:
                row[column] = below[column + 1] + 1
            else:
                row[column] = max(below[column], row[column + 1])
        lengths.append(row)
        cells += width
        if cells >= _CELLS_PER_STEP:
            cells = 0
            yield 0.0
    lengths.reverse()
    pairs: Pairs = []
    place, column = start, 0
    while place < stop and column < width:
        if one[place] == other[begin + column]:
            pairs.append((place, begin + column))
            place, column = place + 1, column + 1
        elif lengths[place - start + 1][column] >= lengths[place - start][column + 1]:
            place += 1
        else:
            column += 1
    return pairs


def _anchors(one: Sequence[int], other: Sequence[int], stretch: Stretch) -> Steps[Pairs]:
    """Return the pairs of values that occur once on each side and keep their order (patience diff)."""
    start, stop, begin, end = stretch
    here, there = Counter(one[start:stop]), Counter(other[begin:end])
    yield 0.0
    places = {other[place]: place for place in range(begin, end)}
    found = [
        (place, places[value])
        for place, value in enumerate(one[start:stop], start)
        if here[value] == 1 and there.get(value) == 1
    ]
    yield 0.0
    return [found[place] for place in longest_rise([there for _here, there in found])]


def _between(anchors: Pairs, stretch: Stretch) -> list[Stretch]:
    """Return what lies between anchors; nothing where there are none, because nothing tells what belongs together."""
    if not anchors:
        return []
    start, stop, begin, end = stretch
    rest = []
    for place, partner in [*anchors, (stop, end)]:
        rest.append((start, place, begin, partner))
        start, begin = place + 1, partner + 1
    return rest


def longest_rise(values: Sequence[int]) -> list[int]:
    """Return the places of a longest ascending subsequence of different numbers."""
    ends: list[int] = []  # the smallest end of a rise of each length, and where it stands
    at: list[int] = []
    before: list[int] = []
    for place, value in enumerate(values):
        length = bisect_left(ends, value)
        before.append(at[length - 1] if length else -1)
        if length == len(ends):
            ends.append(value)
            at.append(place)
        else:
            ends[length], at[length] = value, place
    found = []
    place = at[-1] if at else -1
    while place >= 0:
        found.append(place)
        place = before[place]
    return found[::-1]
