"""Which nodes of a tree a typed word matches, with the way to each of them."""

from __future__ import annotations

from array import array
from bisect import bisect_left

from inspector.payload.node import ROOT, NodeKind, Tree
from inspector.payload.steps import Steps

NODES_PER_STEP = 400

Kept = dict[int, "array[int]"]
"""The children that stay visible, by parent. A visible container that is not a key keeps all it holds."""


def match_nodes(tree: Tree, wanted: str) -> Steps[Kept]:
    """Find `wanted` in names and values, ignoring case, in steps; return what stays visible.

    A match keeps its ancestors visible, and a container whose name matches keeps all it holds.
    """
    needle = wanted.casefold()
    kept: Kept = {}
    whole: set[int] = set()
    kinds, ends, body_size = tree.kinds, tree.ends, tree.body_size
    node = 1
    seen = 0
    while node < len(tree):
        in_name = not tree.is_element(node) and needle in tree.name(node).casefold()
        found = in_name or (kinds[node] > NodeKind.ARRAY and needle in tree.text(node).casefold())
        if found and not (node >= body_size and _is_within(tree, node, whole)):
            _keep(kept, tree, node)
            if in_name:
                whole.add(node)
        node = ends[node] if in_name else node + 1
        seen += 1
        if seen % NODES_PER_STEP == 0:
            yield node / len(tree)
    return kept


def _is_within(tree: Tree, node: int, whole: set[int]) -> bool:
    """Whether something around a node is kept with all it holds."""
    return not whole.isdisjoint(tree.ancestors(node))


def _keep(kept: Kept, tree: Tree, node: int) -> None:
    """Keep a node and the way to it.

    Nodes come in order, but for those inside opened texts, which are numbered after all others.
    """
    while node != ROOT:
        parent = tree.parents[node]
        siblings = kept.setdefault(parent, array("i"))
        place = bisect_left(siblings, node)
        if siblings[place : place + 1] == array("i", [node]):
            return
        siblings.insert(place, node)
        node = parent
