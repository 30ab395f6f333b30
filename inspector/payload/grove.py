"""A tree whose values can be opened: what a text holds becomes further nodes under it, in the same tables."""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass

from inspector.payload.node import ROOT, NodeKind, Tree, write_step
from inspector.payload.selector import parse_selector
from inspector.payload.steps import Steps

NODES_PER_STEP = 4000
"""Nodes numbered between two pauses: about half a millisecond."""

MOST_SEARCHED = 1000

INTO = " -> $"
"""Stands in a path between the way to a text and the way inside the document it holds, as in a mapping."""


@dataclass(frozen=True, slots=True)
class Graft:
    """A tree numbered to go under a text; its children are `count`."""

    node: int
    tree: Tree
    base: int
    parents: array[int]
    ends: array[int]

    @property
    def count(self) -> int:
        """How many children the text gets."""
        return self.tree.counts[ROOT]


class Grove(Tree):
    """A body's tree and, numbered after it, the trees of the texts that were opened.

    The root of an inner tree is no row of its own: its children are those of the text. The first tree's tables are
    taken over and grow, because copying those of a large body would take too long.
    """

    def __init__(self, tree: Tree) -> None:
        super().__init__()
        self.kinds, self.parents, self.rows = tree.kinds, tree.parents, tree.rows
        self.counts, self.ends = tree.counts, tree.ends
        self._trees = [tree]
        self._bases = [0]
        self._inside: dict[int, int] = {}

    @property
    def body_size(self) -> int:
        """How many nodes the body itself has; what was opened is numbered from there."""
        return self._bases[1] if len(self._bases) > 1 else len(self)

    def is_open(self, node: int) -> bool:
        """Whether a text was opened."""
        return node in self._inside

    def prepare(self, node: int, tree: Tree) -> Steps[Graft]:
        """Number the nodes of a tree that goes under a text, in steps; nothing else may be joined meanwhile."""
        base, size = len(self), len(tree)
        parents, ends = array("i"), array("i")
        for start in range(0, size, NODES_PER_STEP):
            stop = min(size, start + NODES_PER_STEP)
            # Children of the inner root are the text's own; that root itself is nobody's.
            for parent in tree.parents[start:stop]:
                parents.append(parent + base if parent > ROOT else node if parent == ROOT else -1)
            ends.extend([end + base for end in tree.ends[start:stop]])
            yield stop / size
        return Graft(node, tree, base, parents, ends)

    def join(self, graft: Graft) -> None:
        """Put a tree under its text."""
        if graft.base != len(self):
            raise ValueError("another tree was joined since this one was numbered")
        node, tree = graft.node, graft.tree
        self.kinds += tree.kinds
        self.parents += graft.parents
        self.rows += tree.rows
        self.counts += tree.counts
        self.ends += graft.ends
        self._trees.append(tree)
        self._bases.append(graft.base)
        self._inside[node] = graft.base
        self._children.pop(node, None)
        self.counts[node] = tree.counts[ROOT]

    def holds(self, node: int) -> NodeKind:
        return NodeKind(self.kinds[self._inside.get(node, node)])

    def children(self, node: int, limit: int) -> array[int]:
        base = self._inside.get(node)
        if base is not None and self.counts[node] and not self._children.get(node):
            self._children[node] = array("i", [base + 1])
        return super().children(node, limit)

    def name(self, node: int) -> str:
        tree, number = self._place(node)
        return tree.name(number)

    def text(self, node: int) -> str:
        tree, number = self._place(node)
        return tree.text(number)

    def raw(self, node: int) -> str:
        tree, number = self._place(node)
        return tree.raw(number)

    def path(self, node: int) -> str:
        parts = ["$"]
        for part in [*self.ancestors(node)[1:], *([node] if node != ROOT else [])]:
            if self.parents[part] in self._inside:
                parts.append(INTO)
            parts.append(write_step(self.key(part)))
        return "".join(parts)

    def _place(self, node: int) -> tuple[Tree, int]:
        if len(self._bases) == 1:
            return self._trees[0], node
        place = bisect_right(self._bases, node) - 1
        return self._trees[place], node - self._bases[place]

    def find(self, path: str) -> int | None:
        """Return the node at a path of names and numbers, None where there is none; long lists are not gone through."""
        try:
            steps = parse_selector(path)
        except ValueError:
            return None
        node = ROOT
        for step in steps:
            children = self.children(node, step + 1 if isinstance(step, int) else MOST_SEARCHED)
            if isinstance(step, int):
                found = children[step] if step < len(children) else None
            else:
                found = next((child for child in children if self.name(child) == step), None)
            if found is None:
                return None
            node = found
        return node
