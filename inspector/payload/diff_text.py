"""What differs between two texts, line by line and inside a line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from inspector.payload.diff_align import MOST_CELLS, align
from inspector.payload.steps import Steps, finish

CONTEXT = 3
"""Equal lines shown before and after a difference; more of them are folded."""

LONGEST_LINE = 2_000
"""Characters of a line that are looked into for what differs."""

_LINES_PER_STEP = 1_000
_CHANGED_PER_STEP = 8
_HEAD = re.compile(r"[^:=>]*[:=>]?")
_WORD = re.compile(r"\w+|\s+|[^\w\s]")

Spans = tuple[tuple[int, int], ...]
"""Parts of a line that differ: begin and end."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row of two texts side by side: line numbers from 1 (0 where a side has no line), both texts, what differs."""

    before: int
    after: int
    old: str = ""
    new: str = ""
    old_spans: Spans = ()
    new_spans: Spans = ()

    @property
    def equal(self) -> bool:
        """Whether the line is the same on both sides."""
        return self.before > 0 and self.after > 0 and self.old == self.new


@dataclass(frozen=True, slots=True)
class TextDiff:
    """Two texts as rows in their order; `removed` and `added` count lines that only one side has."""

    rows: tuple[Line, ...] = ()
    removed: int = 0
    added: int = 0


def diff_lines(old: Sequence[str], new: Sequence[str]) -> Steps[TextDiff]:
    """Compare two texts given as lines, in steps; lines that stand in each other's place are rows with both sides."""
    known: dict[str, int] = {}
    numbered: list[list[int]] = []
    for lines in (old, new):
        numbers: list[int] = []
        for line in lines:
            numbers.append(known.setdefault(line, len(known)))
            if len(numbers) % _LINES_PER_STEP == 0:
                yield 0.2
        numbered.append(numbers)
    pairs = yield from align(*numbered)
    rows: list[Line] = []
    removed = added = 0
    left = right = 0
    for place, partner in [*pairs, (len(old), len(new))]:
        gone, come = old[left:place], new[right:partner]
        for here, there in _facing(gone, come):
            rows.append(_changed(old, new, left + here if here >= 0 else -1, right + there if there >= 0 else -1))
            if len(rows) % _CHANGED_PER_STEP == 0:
                yield 0.5 + 0.5 * place / (len(old) or 1)
        removed, added = removed + len(gone), added + len(come)
        if place < len(old):
            rows.append(Line(place + 1, partner + 1, old[place], new[partner]))
        if len(rows) % _LINES_PER_STEP == 0:
            yield 0.5 + 0.5 * place / (len(old) or 1)
        left, right = place + 1, partner + 1
    return TextDiff(tuple(rows), removed, added)


def _facing(gone: Sequence[str], come: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Pair up the lines of a stretch that differs, those that begin alike first; -1 is a line the other has not."""
    if len(gone) * len(come) > MOST_CELLS:
        yield from zip_longest(range(len(gone)), range(len(come)), fillvalue=-1)
        return
    known: dict[str, int] = {}
    heads = [[known.setdefault(_head(line), len(known)) for line in lines] for lines in (gone, come)]
    left = right = 0
    for place, partner in [*finish(align(*heads)), (len(gone), len(come))]:
        yield from zip_longest(range(left, place), range(right, partner), fillvalue=-1)
        if place < len(gone):
            yield place, partner
        left, right = place + 1, partner + 1


def _head(line: str) -> str:
    """Return how a line begins: with its name, where it has one."""
    found = _HEAD.match(line)
    return found.group() if found is not None else ""


def _changed(old: Sequence[str], new: Sequence[str], here: int, there: int) -> Line:
    if there < 0:
        return Line(here + 1, 0, old[here])
    if here < 0:
        return Line(0, there + 1, new=new[there])
    return Line(here + 1, there + 1, old[here], new[there], *diff_words(old[here], new[there]))


def diff_words(old: str, new: str) -> tuple[Spans, Spans]:
    """Return which parts of two lines differ, by words; () for both where they have nothing in common."""
    one, other = _words(old), _words(new)
    if len(one) * len(other) > MOST_CELLS:
        return _middles(old, new)
    known: dict[str, int] = {}
    numbers = [[known.setdefault(old_or_new[a:b], len(known)) for a, b in words]
               for old_or_new, words in ((old, one), (new, other))]  # fmt: skip
    pairs = finish(align(*numbers))
    if not any(old[slice(*one[place])].strip() for place, _partner in pairs):
        middles = _middles(old, new)
        changed = max((end - start for spans in middles for start, end in spans), default=0)
        return middles if 2 * changed <= max(len(old), len(new)) else ((), ())
    kept_old, kept_new = {place for place, _partner in pairs}, {partner for _place, partner in pairs}
    return _spans(one, kept_old), _spans(other, kept_new)


def _words(text: str) -> list[tuple[int, int]]:
    words = [match.span() for match in _WORD.finditer(text[:LONGEST_LINE])]
    return [*words, (LONGEST_LINE, len(text))] if len(text) > LONGEST_LINE else words


def _spans(words: list[tuple[int, int]], kept: set[int]) -> Spans:
    spans: list[tuple[int, int]] = []
    for place, (start, end) in enumerate(words):
        if place in kept:
            continue
        if spans and spans[-1][1] == start:
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return tuple(spans)


def _middles(old: str, new: str) -> tuple[Spans, Spans]:
    """Return what lies between the common beginning and the common end."""
    start = first_difference(old, new)
    length = min(len(old), len(new)) - start
    tail = 0
    while tail < length and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    ends = [(start, len(text) - tail) for text in (old, new)]
    here, there = ((span,) if span[0] < span[1] else () for span in ends)
    return here, there


def first_difference(one: str | bytes, other: str | bytes) -> int:
    """Return the first place where two texts differ; where one ends, if the other goes on."""
    length = min(len(one), len(other))
    low, high = 0, length
    while low < high:  # slices are compared far faster than characters
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


@dataclass(frozen=True, slots=True)
class Fold:
    """Equal lines that are not shown: the row they begin at, and how many."""

    start: int
    count: int


def folded(rows: Sequence[Line], opened: frozenset[int] = frozenset(), context: int = CONTEXT) -> Iterator[Line | Fold]:
    """Yield rows with long equal stretches folded; `opened` has the first rows of folds that are open."""
    place = 0
    while place < len(rows):
        if not rows[place].equal:
            yield rows[place]
            place += 1
            continue
        end = place
        while end < len(rows) and rows[end].equal:
            end += 1
        head = context if place else 0
        tail = context if end < len(rows) else 0
        start, count = place + head, end - place - head - tail
        if count <= 1 or start in opened:
            yield from rows[place:end]
        else:
            yield from rows[place:start]
            yield Fold(start, count)
            yield from rows[start + count : end]
        place = end
