"""Gives equal values of two trees the same number, so that any two of them are compared by one look."""

from __future__ import annotations

from array import array

from inspector.payload.node import NodeKind, Tree
from inspector.payload.steps import Steps

NODES_PER_STEP = 300

_Shape = tuple[object, ...]


class Numbers:
    """Numbers of the values in some trees.

    `exact` numbers are equal where kind, names, order and texts are; `loose` ones also where only the members of
    objects stand in another order. Numbers are compared as they were sent, strings decoded.
    """

    def __init__(self) -> None:
        self._known: dict[_Shape, int] = {}

    def of(self, tree: Tree) -> Steps[tuple[array[int], array[int]]]:
        """Return the exact and the loose number of every node, in steps."""
        size = len(tree)
        exact, loose = array("i", bytes(4 * size)), array("i", bytes(4 * size))
        kinds, ends = tree.kinds, tree.ends
        pause = NODES_PER_STEP
        for node in range(size - 1, -1, -1):
            kind = kinds[node]
            if kind > NodeKind.ARRAY:
                exact[node] = loose[node] = self._number((kind, tree.text(node)))
                pause -= 1
            else:
                strictly: list[object] = []
                freely: list[tuple[str, int]] = []
                child = node + 1
                while child < ends[node]:
                    name = tree.name(child) if kind == NodeKind.OBJECT else ""
                    strictly += (name, exact[child])
                    freely.append((name, loose[child]))
                    child = ends[child]
                    pause -= 1
                    if pause <= 0:
                        pause = NODES_PER_STEP
                        yield 1 - node / size
                exact[node] = self._number((kind, *strictly))
                if kind == NodeKind.OBJECT:
                    freely.sort()
                loose[node] = self._number((kind, "loose", *freely))
            if pause <= 0:
                pause = NODES_PER_STEP
                yield 1 - node / size
        return exact, loose

    def _number(self, shape: _Shape) -> int:
        return self._known.setdefault(shape, len(self._known))
