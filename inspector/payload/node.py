"""A tree of values as flat tables: one number per node, so that a million nodes cost no object each."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from array import array
from collections.abc import Iterable
from enum import IntEnum

ROOT = 0

_PLAIN_NAME = re.compile(r"[^\W\d]\w*")


class NodeKind(IntEnum):
    """What a node is; everything a payload can hold is one of JSON's kinds."""

    OBJECT = 0
    ARRAY = 1
    STRING = 2
    NUMBER = 3
    BOOL = 4
    NULL = 5

    @property
    def is_container(self) -> bool:
        """Whether the node has children rather than a value."""
        return self <= NodeKind.ARRAY

    @property
    def word(self) -> str:
        """What the window calls it."""
        return _WORDS[self]


_WORDS = {
    NodeKind.OBJECT: "object",
    NodeKind.ARRAY: "array",
    NodeKind.STRING: "string",
    NodeKind.NUMBER: "number",
    NodeKind.BOOL: "boolean",
    NodeKind.NULL: "null",
}


class Tree(ABC):
    """Nodes numbered in the order they are written: a parent before its children, ROOT first.

    `ends[n]` is the number after n's last descendant, so a leaf's is n + 1 and the next sibling of n is `ends[n]`.
    Whoever builds a tree fills all tables to the same length. Names may repeat and keep their order.
    """

    def __init__(self) -> None:
        self.kinds = bytearray()
        self.parents = array("i")
        self.rows = array("i")
        self.counts = array("i")
        self.ends = array("i")
        self._children: dict[int, array[int]] = {}

    def __len__(self) -> int:
        return len(self.kinds)

    @property
    def body_size(self) -> int:
        """How many nodes the body itself has; what was opened inside a text is numbered from there."""
        return len(self)

    @abstractmethod
    def name(self, node: int) -> str:
        """Return the decoded name of an object's member; "" for elements of arrays and the root."""

    @abstractmethod
    def text(self, node: int) -> str:
        """Return a leaf's value decoded: a string without quotes, a number exactly as sent; "" for containers."""

    @abstractmethod
    def raw(self, node: int) -> str:
        """Return the node's value as it was sent, containers with all they hold."""

    def kind(self, node: int) -> NodeKind:
        """Return what the node is."""
        return NodeKind(self.kinds[node])

    def parent(self, node: int) -> int:
        """Return the number of the parent, -1 for the root."""
        return self.parents[node]

    def key(self, node: int) -> str | int:
        """Return the name or, inside an array, the index."""
        return self.rows[node] if self.is_element(node) else self.name(node)

    def holds(self, node: int) -> NodeKind:
        """Return what kind of container the node is to its children."""
        return NodeKind(self.kinds[node])

    def is_element(self, node: int) -> bool:
        """Whether the node stands in an array, so that it has an index and no name."""
        parent = self.parents[node]
        return parent >= 0 and self.holds(parent) is NodeKind.ARRAY

    def children(self, node: int, limit: int) -> array[int]:
        """Return the numbers of the first `limit` children, looked up no further than needed and kept."""
        known = self._children.setdefault(node, array("i"))
        wanted = min(limit, self.counts[node])
        if len(known) < wanted:
            ends = self.ends
            child = ends[known[-1]] if known else node + 1
            while len(known) < wanted:
                known.append(child)
                child = ends[child]
        return known[:wanted] if len(known) > wanted else known

    def child(self, node: int, row: int) -> int:
        """Return the number of the child at `row`.

        Raises:
            IndexError: there are fewer children.
        """
        return self.children(node, row + 1)[row]

    def ancestors(self, node: int) -> list[int]:
        """Return the numbers from the root down to the parent of `node`."""
        chain = []
        while (node := self.parents[node]) >= 0:
            chain.append(node)
        return chain[::-1]

    def path(self, node: int) -> str:
        """Return the JSONPath (RFC 9535) of a node: `$.metadata.campaign_id`, `$["odd key"]`, `$.to[0]`."""
        way = [*self.ancestors(node)[1:], *([node] if node != ROOT else [])]
        return "".join(["$", *(write_step(self.key(part)) for part in way)])


def write_step(key: str | int) -> str:
    """Return one step of a path: `.name`, `["odd key"]`, `[0]`."""
    if isinstance(key, int):
        return f"[{key}]"
    if _PLAIN_NAME.fullmatch(key):
        return f".{key}"
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'


class ListTree(Tree):
    """A tree built node by node, for forms, XML and multipart bodies."""

    def __init__(self) -> None:
        super().__init__()
        self._names: list[str] = []
        self._texts: list[str] = []
        self._raws: list[str] = []
        self._open: list[int] = []

    def name(self, node: int) -> str:
        return self._names[node]

    def text(self, node: int) -> str:
        return self._texts[node]

    def raw(self, node: int) -> str:
        return self._raws[node]

    def leaf(self, name: str, text: str, raw: str = "", kind: NodeKind = NodeKind.STRING) -> int:
        """Append a value to the container that is open and return its number."""
        return self._append(name, text, raw or text, kind)

    def open(self, name: str, kind: NodeKind, raw: str = "") -> int:
        """Begin a container; what is appended up to `close` is inside."""
        node = self._append(name, "", raw, kind)
        self._open.append(node)
        return node

    def close(self) -> None:
        """End the container opened last."""
        self.ends[self._open.pop()] = len(self)

    def leaves(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Append several values."""
        for name, text in pairs:
            self.leaf(name, text)

    def _append(self, name: str, text: str, raw: str, kind: NodeKind) -> int:
        node = len(self)
        parent = self._open[-1] if self._open else -1
        self.kinds.append(kind)
        self.parents.append(parent)
        self.rows.append(self.counts[parent] if parent >= 0 else 0)
        self.counts.append(0)
        self.ends.append(node + 1)
        if parent >= 0:
            self.counts[parent] += 1
        self._names.append(name)
        self._texts.append(text)
        self._raws.append(raw)
        return node
