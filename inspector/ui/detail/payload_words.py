"""What a node of the payload tree is called, copied and searched as. Pure."""

from __future__ import annotations

import json

from inspector.payload.node import ROOT, NodeKind, Tree
from inspector.payload.written import write_json

LONGEST_FILTER_VALUE = 200


def describe(tree: Tree, node: int) -> str:
    """Return a node's type and length: "string · 17 chars", "object · 3 members"."""
    kind = tree.kind(node)
    if kind.is_container:
        word = "member" if kind is NodeKind.OBJECT else "element"
        count = tree.counts[node]
        return f"{kind.word} · {count:,} {word}{'' if count == 1 else 's'}"
    if kind is not NodeKind.STRING:
        return kind.word
    length = len(tree.text(node))
    return f"string · {length:,} char{'' if length == 1 else 's'}"


def value_of(tree: Tree, node: int) -> str:
    """Return what Copy value copies: a value decoded, a container as sent, or as JSON where it was none."""
    if not tree.kind(node).is_container:
        return tree.text(node)
    return tree.raw(node) or write_json(tree, node) or ""


def json_of(tree: Tree, node: int, is_json: bool) -> str:
    """Return a node as JSON text: as sent where it was JSON."""
    if is_json and (raw := tree.raw(node)):
        return raw
    if tree.kind(node).is_container:
        return write_json(tree, node) or ""
    return json.dumps(tree.text(node), ensure_ascii=False)


def filter_term(tree: Tree, node: int) -> str:
    """Return the search filter that finds events with the same value at the same place, "" where there is none."""
    text = tree.text(node)
    if node == ROOT or tree.kind(node).is_container or not 0 < len(text) <= LONGEST_FILTER_VALUE or '"' in text:
        return ""
    if node >= tree.body_size:
        return ""
    value = text if text.isprintable() and not set(text) & set(" ,") else f'"{text}"'
    return f"{tree.path(node)}={value}"
