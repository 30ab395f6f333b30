"""What differs between two trees of values: changed, added, removed and moved fields, with equal parts left whole.

Numbers count as they were sent (1.0 is not 1, and no digit of a long one is lost), strings as they read, and repeated
names each for themselves. Members of objects belong together by name, elements of arrays by what they hold.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from enum import Enum

from inspector.payload.diff_align import longest_rise
from inspector.payload.diff_match import Matcher
from inspector.payload.diff_numbers import NODES_PER_STEP, Numbers
from inspector.payload.node import ROOT, NodeKind, Tree
from inspector.payload.steps import Steps

MOST_KEPT = 2_000
"""Differences told one by one; further ones are only counted."""

Keys = tuple[str | int, ...]
"""The names and indexes that lead to a value."""

_NONE = -1


class Change(Enum):
    """What became of a field."""

    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that differs: its nodes in both trees (-1 where it is not), its JSONPath and the keys that lead to it.

    Path and keys are those of the newer tree, of the older one for what was removed. A field that moved and changed
    makes a difference of each kind.
    """

    change: Change
    before: int
    after: int
    path: str
    keys: Keys


@dataclass(frozen=True, slots=True)
class TreeDiff:
    """What differs, in the order of the newer tree; `equal` has the largest parts that are the same, by their nodes.

    `equal_fields` counts values (a container without any counts as one). `left_out` counts differences beyond
    MOST_KEPT.
    """

    before: Tree
    after: Tree
    differences: tuple[Difference, ...] = ()
    equal: tuple[tuple[int, int], ...] = ()
    equal_fields: int = 0
    left_out: int = 0


def diff_trees(before: Tree, after: Tree) -> Steps[TreeDiff]:
    """Compare two trees in steps; those that look at a whole row of children take as long as it is.

    The same two trees the other way round give the same differences, with added and removed exchanged.
    """
    in_order = yield from _comes_first(before, after)
    first, second = (before, after) if in_order else (after, before)
    numbers = Numbers()
    of_first = yield from numbers.of(first)
    of_second = yield from numbers.of(second)
    of_before, of_after = (of_first, of_second) if in_order else (of_second, of_first)
    walk = _Walk(before, after, of_before[0], of_after[0], Matcher(before, after, of_before[1], of_after[1], in_order))
    return (yield from walk.run())


def _comes_first(one: Tree, other: Tree) -> Steps[bool]:
    """Bring two trees into an order that does not depend on which is the newer one."""
    shapes = [(len(tree), bytes(tree.kinds), tree.counts.tobytes()) for tree in (one, other)]
    if shapes[0] != shapes[1]:
        return shapes[0] < shapes[1]
    for node in range(len(one)):
        here, there = (one.name(node), one.text(node)), (other.name(node), other.text(node))
        if here != there:
            return here < there
        if node % NODES_PER_STEP == 0:
            yield 0.0
    return True


class _Walk:
    """Goes down both trees side by side, without calling itself, and writes down what differs."""

    def __init__(
        self, before: Tree, after: Tree, exact_before: array[int], exact_after: array[int], matcher: Matcher
    ) -> None:
        self._before, self._after = before, after
        self._exact_before, self._exact_after = exact_before, exact_after
        self._matcher = matcher
        self._found: list[Difference] = []
        self._equal: list[tuple[int, int]] = []
        self._equal_fields = 0
        self._left_out = 0

    def run(self) -> Steps[TreeDiff]:
        """Compare from the roots on."""
        waiting = [(ROOT, ROOT, False)]
        seen = 0
        while waiting:
            before, after, moved = waiting.pop()
            seen += 1
            if seen % NODES_PER_STEP == 0:
                yield max(before, 0) / len(self._before)
            if moved:
                self._add(Change.MOVED, before, after)
            if before == _NONE:
                self._add(Change.ADDED, before, after)
            elif after == _NONE:
                self._add(Change.REMOVED, before, after)
            elif self._exact_before[before] == self._exact_after[after]:
                if not moved:
                    self._keep_equal(before, after)
            elif self._before.kinds[before] == self._after.kinds[after] <= NodeKind.ARRAY:
                waiting += (yield from self._children(before, after))[::-1]
            else:
                self._add(Change.CHANGED, before, after)
        found, equal = tuple(self._found), tuple(self._equal)
        return TreeDiff(self._before, self._after, found, equal, self._equal_fields, self._left_out)

    def _children(self, before: int, after: int) -> Steps[list[tuple[int, int, bool]]]:
        """Return the children of two containers side by side, in the order of the newer with the removed in between."""
        matched = yield from self._matcher.match(before, after)
        matched.sort(key=lambda pair: pair[1])
        staying = set(longest_rise([here for here, _there in matched]))
        moved = {there: here for place, (here, there) in enumerate(matched) if place not in staying}
        partners = {there: here for here, there in matched}
        gone = self._unmatched(before, set(partners.values()))
        rows: list[tuple[int, int, bool]] = []
        next_gone = 0
        child = after + 1
        while child < self._after.ends[after]:
            partner = partners.get(child, _NONE)
            if partner != _NONE and child not in moved:
                while next_gone < len(gone) and gone[next_gone] < partner:
                    rows.append((gone[next_gone], _NONE, False))
                    next_gone += 1
            rows.append((partner, child, child in moved))
            child = self._after.ends[child]
        rows += [(node, _NONE, False) for node in gone[next_gone:]]
        return rows

    def _unmatched(self, parent: int, matched: set[int]) -> list[int]:
        found = []
        child = parent + 1
        while child < self._before.ends[parent]:
            if child not in matched:
                found.append(child)
            child = self._before.ends[child]
        return found

    def _keep_equal(self, before: int, after: int) -> None:
        self._equal.append((before, after))
        self._equal_fields += self._after.counts[after : self._after.ends[after]].count(0)

    def _add(self, change: Change, before: int, after: int) -> None:
        if len(self._found) >= MOST_KEPT:
            self._left_out += 1
            return
        tree, node = (self._before, before) if after == _NONE else (self._after, after)
        self._found.append(Difference(change, before, after, tree.path(node), keys_of(tree, node)))


def keys_of(tree: Tree, node: int) -> Keys:
    """Return the names and indexes that lead to a node, () for the root."""
    if node == ROOT:
        return ()
    return tuple(tree.key(part) for part in [*tree.ancestors(node)[1:], node])
