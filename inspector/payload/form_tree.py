"""Form-encoded bodies as a tree: one value per field, in order, repeats kept."""

from __future__ import annotations

from urllib.parse import unquote_plus

from inspector.payload.node import ListTree, NodeKind


def parse_form_tree(text: str) -> ListTree:
    """Return the fields of an `application/x-www-form-urlencoded` text; a field's raw form is as sent, undecoded."""
    tree = ListTree()
    tree.open("", NodeKind.OBJECT, text)
    for field in text.split("&"):
        if not field.strip():
            continue
        name, _, value = field.partition("=")
        tree.leaf(_decoded(name.strip()), _decoded(value.rstrip("\r\n")), value)
    tree.close()
    return tree


def _decoded(text: str) -> str:
    return unquote_plus(text, errors="backslashreplace")
