"""Which nodes of a tree a typed word matches, with the way to each of them."""

from __future__ import annotations

from array import array

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
    kinds, parents, ends = tree.kinds, tree.parents, tree.ends
    node = 1
    seen = 0
    while node < len(tree):
        in_name = kinds[parents[node]] == NodeKind.OBJECT and needle in tree.name(node).casefold()
        if in_name or (kinds[node] > NodeKind.ARRAY and needle in tree.text(node).casefold()):
            _keep(kept, tree, node)
        node = ends[node] if in_name else node + 1
        seen += 1
        if seen % NODES_PER_STEP == 0:
            yield node / len(tree)
    return kept


def _keep(kept: Kept, tree: Tree, node: int) -> None:
    """Keep a node and the way to it; nodes come in order, so a parent's list stays sorted."""
    while node != ROOT:
        parent = tree.parents[node]
        siblings = kept.setdefault(parent, array("i"))
        if siblings and siblings[-1] == node:
            return
        siblings.append(node)
        node = parent
