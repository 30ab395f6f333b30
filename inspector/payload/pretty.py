"""Payloads laid out to be read: indented, with names, numbers and strings exactly as they were sent."""

from __future__ import annotations

import re

from inspector.payload.json_tree import JsonTree
from inspector.payload.node import NodeKind, Tree
from inspector.payload.steps import Steps

INDENT = "  "
INLINE_COLUMNS = 60
DEEPEST_INDENT = 100
LINES_PER_STEP = 300

_XML_PIECE = re.compile(r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<[^>]*>|[^<]+", re.DOTALL)


def pretty_json(tree: JsonTree) -> Steps[list[str]]:
    """Lay a JSON text out in steps and return its lines; short arrays of plain values stay on one line."""
    lines: list[str] = []
    pause_at = LINES_PER_STEP
    kinds, ends, parents = tree.kinds, tree.ends, tree.parents
    open_nodes: list[int] = []
    node = 0
    while node < len(tree) or open_nodes:
        if open_nodes and node == ends[open_nodes[-1]]:
            closed = open_nodes.pop()
            sign = "}" if kinds[closed] == NodeKind.OBJECT else "]"
            lines.append(_indent(len(open_nodes)) + sign + _comma(tree, closed))
            continue
        name = tree.raw_name(node) if parents[node] >= 0 else ""
        head = _indent(len(open_nodes)) + (f"{name}: " if name else "")
        if kinds[node] > NodeKind.ARRAY:
            lines.append(head + tree.raw(node) + _comma(tree, node))
            node += 1
        elif (inline := _inline(tree, node)) is not None:
            lines.append(head + inline + _comma(tree, node))
            node = ends[node]
        else:
            lines.append(head + ("{" if kinds[node] == NodeKind.OBJECT else "["))
            open_nodes.append(node)
            node += 1
        if len(lines) >= pause_at:
            pause_at = len(lines) + LINES_PER_STEP
            yield node / len(tree)
    return lines


def _indent(depth: int) -> str:
    return INDENT * min(depth, DEEPEST_INDENT)


def _comma(tree: Tree, node: int) -> str:
    parent = tree.parents[node]
    return "," if parent >= 0 and tree.rows[node] + 1 < tree.counts[parent] else ""


def _inline(tree: JsonTree, node: int) -> str | None:
    """Return a container on one line where it is empty, or an array of a few plain values; else None."""
    if tree.counts[node] == 0:
        return "{}" if tree.kinds[node] == NodeKind.OBJECT else "[]"
    size = tree.ends[node] - node - 1
    if tree.kinds[node] == NodeKind.OBJECT or size != tree.counts[node] or size > INLINE_COLUMNS // 3:
        return None
    children = range(node + 1, tree.ends[node])
    if any(tree.kinds[child] <= NodeKind.ARRAY for child in children):
        return None
    if sum(tree.stops[child] - tree.starts[child] + 2 for child in children) > INLINE_COLUMNS:
        return None
    return "[" + ", ".join(tree.raw(child) for child in children) + "]"


def pretty_fields(tree: Tree) -> list[str]:
    """Lay a form out: one decoded field a line."""
    return [f"{tree.name(node)} = {tree.text(node)}" for node in range(1, len(tree))]


def pretty_xml(text: str) -> Steps[list[str]]:
    """Lay XML out in steps: an element a line, text beside its tag; the pieces are as sent, only blanks are new."""
    lines: list[str] = []
    depth = 0
    pieces = [match.group().strip() for match in _XML_PIECE.finditer(text)]
    pieces = [piece for piece in pieces if piece]
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        joined = _whole_element(pieces, at)
        if joined:
            lines.append(_indent(depth) + "".join(joined))
            at += len(joined)
        else:
            if piece.startswith("</"):
                depth = max(0, depth - 1)
            lines.append(_indent(depth) + piece)
            opens = piece.startswith("<") and not piece.startswith(("</", "<?", "<!")) and not piece.endswith("/>")
            depth += opens
            at += 1
        if len(lines) % LINES_PER_STEP == 0:
            yield at / len(pieces)
    return lines


def _whole_element(pieces: list[str], at: int) -> list[str]:
    """Return the pieces of an element that fits on one line: `<a>text</a>` or `<a></a>`; else []."""
    first = pieces[at]
    if not first.startswith("<") or first.startswith(("</", "<?", "<!")) or first.endswith("/>"):
        return []
    closing = "</" + re.split(r"[\s>]", first[1:], maxsplit=1)[0]
    for count in (2, 3):
        if at + count <= len(pieces) and pieces[at + count - 1].startswith(closing):
            between = pieces[at + 1 : at + count - 1]
            return [] if any(piece.startswith("<") for piece in between) else pieces[at : at + count]
    return []
