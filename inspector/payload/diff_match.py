"""Which children of two containers belong together: members by name, elements by what they hold."""

from __future__ import annotations

from array import array
from collections import defaultdict, deque
from collections.abc import Sequence

from inspector.payload.diff_align import Pairs, align
from inspector.payload.node import NodeKind, Tree
from inspector.payload.steps import Steps

MOST_LIKENED = 900
"""A gap of at most so many pairs is matched by likeness; in a longer one elements pair up in their order."""

_LOOKED_AT = 64
_CHILDREN_PER_STEP = 400


class Matcher:
    """Pairs up children by the loose numbers of their values (see Numbers).

    `in_order` says which way round rows are compared: always the same, so that the older tree compared with the newer
    pairs up as the newer with the older.
    """

    def __init__(self, before: Tree, after: Tree, of_before: array[int], of_after: array[int], in_order: bool) -> None:
        self._first, self._second = (before, after) if in_order else (after, before)
        self._of_first, self._of_second = (of_before, of_after) if in_order else (of_after, of_before)
        self._in_order = in_order

    def match(self, before: int, after: int) -> Steps[Pairs]:
        """Return the pairs of nodes that belong together among the children of two containers of one kind."""
        one, other = (before, after) if self._in_order else (after, before)
        here = yield from _children(self._first, one)
        there = yield from _children(self._second, other)
        if self._first.kinds[one] == NodeKind.ARRAY:
            pairs = yield from self._rows(here, there)
        else:
            pairs = yield from self._members(here, there)
        return pairs if self._in_order else [(right, left) for left, right in pairs]

    def _members(self, here: list[int], there: list[int]) -> Steps[Pairs]:
        names: defaultdict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for side, tree, nodes in ((0, self._first, here), (1, self._second, there)):
            for place, node in enumerate(nodes):
                names[tree.name(node)][side].append(node)
                if place % _CHILDREN_PER_STEP == 0:
                    yield 0.0
        pairs: Pairs = []
        for left, right in names.values():
            if len(left) == len(right) == 1:
                pairs.append((left[0], right[0]))
            elif left and right:
                pairs += yield from self._rows(left, right)
        return pairs

    def _rows(self, here: list[int], there: list[int]) -> Steps[Pairs]:
        """Pair up elements: those in the same order, those that moved, then those between them that are alike."""
        values_here = [self._of_first[node] for node in here]
        values_there = [self._of_second[node] for node in there]
        kept = yield from align(values_here, values_there)
        moved = _moved(values_here, values_there, kept)
        taken_here = {place for place, _partner in [*kept, *moved]}
        taken_there = {partner for _place, partner in [*kept, *moved]}
        pairs = [(here[place], there[partner]) for place, partner in [*kept, *moved]]
        start = begin = 0
        for place, partner in [*kept, (len(here), len(there))]:
            left = [here[one] for one in range(start, place) if one not in taken_here]
            right = [there[other] for other in range(begin, partner) if other not in taken_there]
            start, begin = place + 1, partner + 1
            if left and right:
                pairs += self._alike(left, right)
                yield 0.0
        return pairs + self._kin(here, there, pairs)

    def _kin(self, here: list[int], there: list[int], pairs: Pairs) -> Pairs:
        """Pair up objects that are left at different places and share half of their values: they moved and changed."""
        left = sorted(set(here).difference(one for one, _other in pairs))
        right = sorted(set(there).difference(other for _one, other in pairs))
        if not left or not right or len(left) * len(right) > MOST_LIKENED:
            return []
        ranked = sorted(
            (-likeness, one, other)
            for one in left
            for other in right
            if (likeness := self._likeness(one, other)) >= 3 * min(self._first.counts[one], self._second.counts[other])
            and self._first.kind(one) is NodeKind.OBJECT is self._second.kind(other)
            and likeness
        )
        found: dict[int, int] = {}
        for _rank, one, other in ranked:
            if one not in found and other not in found.values():
                found[one] = other
        return [*found.items()]

    def _alike(self, left: list[int], right: list[int]) -> Pairs:
        """Pair up, in their order, elements of a gap that have the most in common."""
        if len(left) == len(right) == 1:
            return [(left[0], right[0])]
        if len(left) * len(right) > MOST_LIKENED:
            return [pair for pair in zip(left, right, strict=False) if self._likeness(*pair)]
        likeness = [[self._likeness(one, other) for other in right] for one in left]
        best = [[0] * (len(right) + 1) for _row in range(len(left) + 1)]
        for row in range(len(left) - 1, -1, -1):
            for column in range(len(right) - 1, -1, -1):
                together = likeness[row][column] + best[row + 1][column + 1] if likeness[row][column] else 0
                best[row][column] = max(together, best[row + 1][column], best[row][column + 1])
        pairs = []
        row = column = 0
        while row < len(left) and column < len(right):
            alike = likeness[row][column]
            if alike and best[row][column] == alike + best[row + 1][column + 1]:
                pairs.append((left[row], right[column]))
                row, column = row + 1, column + 1
            elif best[row][column] == best[row + 1][column]:
                row += 1
            else:
                column += 1
        return pairs

    def _likeness(self, one: int, other: int) -> int:
        """Return how much two values have in common, 0 for nothing at all."""
        kind, other_kind = self._first.kind(one), self._second.kind(other)
        if not kind.is_container and not other_kind.is_container:
            return 2 if kind is other_kind else 1
        if kind is not other_kind:
            return 0
        here, there = (
            {(tree.name(child), of[child]) for child in tree.children(node, _LOOKED_AT)}
            for tree, of, node in ((self._first, self._of_first, one), (self._second, self._of_second, other))
        )
        names = {name for name, _value in here} & {name for name, _value in there}
        return len(names) + 4 * len(here & there)


def _moved(here: Sequence[int], there: Sequence[int], kept: Pairs) -> Pairs:
    """Pair up equal values that are left on both sides, the first with the first."""
    left = set(range(len(here))).difference(place for place, _partner in kept)
    right = set(range(len(there))).difference(partner for _place, partner in kept)
    places: defaultdict[int, deque[int]] = defaultdict(deque)
    for place in sorted(left):
        places[here[place]].append(place)
    return [(places[there[partner]].popleft(), partner) for partner in sorted(right) if places.get(there[partner])]


def _children(tree: Tree, node: int) -> Steps[list[int]]:
    found: list[int] = []
    child = node + 1
    while child < tree.ends[node]:
        found.append(child)
        child = tree.ends[child]
        if len(found) % _CHILDREN_PER_STEP == 0:
            yield 0.0
    return found
