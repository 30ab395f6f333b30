"""How values are written in a comparison: as they are where that is plain, as JSON where it would mislead. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from inspector.payload.diff_text import Spans, diff_words
from inspector.payload.node import NodeKind, Tree
from inspector.payload.values import LONGEST_SHOWN, escape_odd, shown

_LITERAL = re.compile(r"-?[0-9.][0-9.eE+-]*|true|false|null|[{\[\"].*")


def value_text(tree: Tree, node: int, *, quoted: bool = False) -> str:
    """Return a value on one line, cut where it is very long; `quoted` puts every string in quotes."""
    kind = tree.kind(node)
    if kind.is_container:
        return compact(tree, node)
    text = tree.text(node)
    plain = kind is NodeKind.STRING and text and text.isprintable() and text == text.strip()
    if plain and not quoted and not _LITERAL.fullmatch(text) and len(text) <= LONGEST_SHOWN:
        return escape_odd(text)
    return shown(kind, text)


def two_values(before: Tree, old: int, after: Tree, new: int) -> tuple[str, str]:
    """Return two values so that no difference between them is lost: "1" in quotes beside 1."""
    quoted = before.kind(old) is not after.kind(new)
    texts = value_text(before, old, quoted=quoted), value_text(after, new, quoted=quoted)
    if texts[0] == texts[1] or (texts[0][:1] == '"') != (texts[1][:1] == '"'):
        return value_text(before, old, quoted=True), value_text(after, new, quoted=True)
    return texts


def marked(old: str, new: str) -> tuple[Spans, Spans]:
    """Return which parts of two values differ, () where all of it does."""
    spans = diff_words(old, new)
    whole = (((0, len(old)),), ((0, len(new)),))
    return ((), ()) if spans == whole else spans


def compact(tree: Tree, node: int, limit: int = LONGEST_SHOWN) -> str:
    """Return a container as JSON on one line, cut at a number of characters."""
    parts: list[str] = []
    length = 0
    for piece in _pieces(tree, node):
        parts.append(piece)
        length += len(piece)
        if length > limit:
            return "".join(parts)[:limit] + "…"
    return "".join(parts)


def _pieces(tree: Tree, top: int) -> Iterator[str]:
    open_nodes: list[int] = []
    for node in range(top, tree.ends[top]):
        while open_nodes and node >= tree.ends[open_nodes[-1]]:
            yield _end(tree, open_nodes.pop())
        if node != top and tree.rows[node]:
            yield ", "
        if open_nodes and tree.kind(open_nodes[-1]) is NodeKind.OBJECT:
            yield json.dumps(tree.name(node), ensure_ascii=False) + ": "
        kind = tree.kind(node)
        if kind.is_container:
            open_nodes.append(node)
            yield "{" if kind is NodeKind.OBJECT else "["
        else:
            yield shown(kind, tree.text(node))
    while open_nodes:
        yield _end(tree, open_nodes.pop())


def _end(tree: Tree, node: int) -> str:
    return "}" if tree.kind(node) is NodeKind.OBJECT else "]"


def leaves(tree: Tree, top: int) -> Iterator[int]:
    """Yield the values in a part of a tree; a container without any is one itself."""
    return (node for node in range(top, tree.ends[top]) if tree.counts[node] == 0)


def place_words(path: str) -> str:
    """Return a path as the window writes it: without the root, where something follows it."""
    return "whole body" if path == "$" else escape_odd(path.removeprefix("$").removeprefix("."))
