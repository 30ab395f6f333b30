"""Reads JSON into a tree that loses nothing: numbers as sent, repeated names, order, and where each value stands.

The text is scanned once by two regular expressions, one for "what comes next in this container" and one for "what ends
a value". No function calls itself, so nesting is limited by memory alone, and the scan pauses every few hundred values:
its caller decides how long it may hold the thread, which matters because a worker thread would hold the interpreter
lock all the same.
"""

from __future__ import annotations

import re
from array import array
from json.decoder import scanstring  # type: ignore[attr-defined]  # the C scanner, missing in typeshed

from inspector.payload.json_errors import Expected, explain
from inspector.payload.node import NodeKind, Tree
from inspector.payload.steps import Steps, finish

VALUES_PER_STEP = 400
"""Values between two pauses: about half a millisecond."""

_WS = r"[ \t\n\r]*+"
_STRING = r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+"'
_NUMBER = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+"
# The groups follow NodeKind: group number = kind + 1.
_VALUE = rf"(?:(\{{)|(\[)|({_STRING})|({_NUMBER})|(true|false)|(null))"

_element = re.compile(_WS + _VALUE).match
_member = re.compile(rf"{_WS}(?={_STRING}){_STRING}{_WS}:{_WS}{_VALUE}").match
_string = re.compile(_STRING).match
_after = re.compile(_WS + r"([,}\]])").match
_closing = (re.compile(_WS + r"\}").match, re.compile(_WS + r"\]").match)
_space = re.compile(_WS).match

_OBJECT, _ARRAY = int(NodeKind.OBJECT), int(NodeKind.ARRAY)
_CLOSES = ("}", "]")


class JsonTree(Tree):
    """A JSON text and where each of its values stands in it; names and values are cut out when asked for."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.source = text
        self.starts = array("i")
        self.stops = array("i")
        self.name_starts = array("i")

    def name(self, node: int) -> str:
        start = self.name_starts[node]
        return _decode(self.source, start) if start >= 0 else ""

    def raw_name(self, node: int) -> str:
        """Return a member's name as sent, with its quotes; "" where there is none."""
        start = self.name_starts[node]
        match = _string(self.source, start) if start >= 0 else None
        return match.group() if match else ""

    def text(self, node: int) -> str:
        kind = self.kinds[node]
        if kind <= NodeKind.ARRAY:
            return ""
        if kind == NodeKind.STRING:
            return _decode(self.source, self.starts[node])
        return self.source[self.starts[node] : self.stops[node]]

    def raw(self, node: int) -> str:
        return self.source[self.starts[node] : self.stops[node]]


def _decode(source: str, start: int) -> str:
    decoded: str = scanstring(source, start + 1, True)[0]
    return decoded


def parse_json_tree(text: str, *, many: bool = False) -> JsonTree:
    """Return the tree of a JSON text in one go; see `scan_json`."""
    return finish(scan_json(text, many=many))


def scan_json(text: str, *, many: bool = False) -> Steps[JsonTree]:
    """Read a JSON text (RFC 8259) in steps, yielding the share read so far, and return its tree.

    `many` reads one value after another (JSON lines) as the elements of an array that is not in the text.

    Raises:
        JsonSyntaxError: it is not JSON; says where and what was expected.
    """
    tree = JsonTree(text)
    kinds, parents, rows, counts = tree.kinds, tree.parents, tree.rows, tree.counts
    ends, starts, stops, name_starts = tree.ends, tree.starts, tree.stops, tree.name_starts
    position = 1 if text.startswith("\ufeff") else 0
    length = len(text) or 1
    parent, row = -1, 0
    if many:
        parent = _append_root(tree)
    pause_at = VALUES_PER_STEP
    while True:
        if len(kinds) >= pause_at:
            pause_at = len(kinds) + VALUES_PER_STEP
            yield position / length
        in_object = parent >= 0 and kinds[parent] == _OBJECT
        match = (_member if in_object else _element)(text, position)
        if match is None:
            raise explain(tree, parent, position, Expected.MEMBER if in_object else Expected.VALUE)
        kind = (match.lastindex or 1) - 1
        node = len(kinds)
        kinds.append(kind)
        parents.append(parent)
        rows.append(row)
        counts.append(0)
        ends.append(node + 1)
        starts.append(match.start(kind + 1))
        position = match.end()
        stops.append(position)
        name_starts.append(text.find('"', match.start()) if in_object else -1)
        if kind <= _ARRAY:
            closing = _closing[kind](text, position)
            if closing is None:
                parent, row = node, 0
                continue
            position = stops[node] = closing.end()
        row += 1
        # Everything that ends here: the value just read, and each container whose closing sign follows it.
        while parent >= 0 and not (many and parent == 0):
            after = _after(text, position)
            if after is None:
                raise explain(tree, parent, position, Expected.COMMA)
            sign = after.group(1)
            if sign == ",":
                position = after.end()
                break
            if sign != _CLOSES[kinds[parent]]:
                raise explain(tree, parent, after.start(1), Expected.COMMA)
            position = after.end()
            stops[parent], ends[parent], counts[parent] = position, len(kinds), row
            row = rows[parent] + 1
            parent = parents[parent]
            if parent > 0 and parent % VALUES_PER_STEP == 0:
                yield position / length  # a long row of closing signs takes time too
        if parent <= 0 and _is_finished(tree, parent, position, many=many):
            if many:
                counts[0], ends[0], stops[0] = row, len(kinds), len(text)
            return tree


def _append_root(tree: JsonTree) -> int:
    tree.kinds.append(_ARRAY)
    tree.name_starts.append(-1)
    for table, value in (
        (tree.parents, -1),
        (tree.rows, 0),
        (tree.counts, 0),
        (tree.ends, 1),
        (tree.starts, 0),
        (tree.stops, 0),
    ):
        table.append(value)
    return 0


def _is_finished(tree: JsonTree, parent: int, position: int, *, many: bool) -> bool:
    if parent == 0 and not many:
        return False  # still inside the outermost container
    space = _space(tree.source, position)
    rest = space.end() if space else position
    if rest == len(tree.source):
        return True
    if not many:
        raise explain(tree, -1, rest, Expected.END)
    return False
