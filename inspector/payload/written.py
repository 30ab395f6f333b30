"""Writes any tree as JSON text: how a form, XML, MessagePack or protobuf is copied as JSON."""

from __future__ import annotations

import json

from inspector.payload.node import NodeKind, Tree

INDENT = "  "
MOST_NODES = 50_000


def write_json(tree: Tree, node: int) -> str | None:
    """Return a node with all it holds as JSON, names that repeat kept; None for more than MOST_NODES.

    Texts that are no JSON by themselves, as numbers may be, are written as strings.
    """
    if not tree.kind(node).is_container:
        return _leaf(tree, node)
    if tree.ends[node] - node > MOST_NODES:
        return None
    lines: list[str] = []
    _write(tree, node, lines)
    return "".join(lines)


def _write(tree: Tree, top: int, out: list[str]) -> None:
    """Write without calling itself, so that depth has no limit."""
    closing: list[str] = []
    waiting: list[int | None] = [top]
    while waiting:
        node = waiting.pop()
        depth = len(closing)
        if node is None:
            out.append(f"\n{INDENT * (depth - 1)}{closing.pop()}")
            continue
        if node != top:
            out.append(f"{'' if tree.rows[node] == 0 else ','}\n{INDENT * depth}")
            if not tree.is_element(node):
                out.append(f"{_text(tree.name(node))}: ")
        kind, count = tree.kind(node), tree.counts[node]
        if not kind.is_container:
            out.append(_leaf(tree, node))
        elif not count:
            out.append("{}" if kind is NodeKind.OBJECT else "[]")
        else:
            out.append("{" if kind is NodeKind.OBJECT else "[")
            closing.append("}" if kind is NodeKind.OBJECT else "]")
            waiting.append(None)
            waiting.extend(reversed(tree.children(node, count)))


def _leaf(tree: Tree, node: int) -> str:
    text = tree.text(node)
    if tree.kind(node) is NodeKind.STRING:
        return _text(text)
    try:
        json.loads(text)
    except ValueError:
        return _text(text)
    return text


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
