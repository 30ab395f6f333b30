"""The single values of a template's text, JSON or a form, where they stand: each can be edited and all else stays."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote_plus, unquote_plus

from inspector.domain.errors import UsageError
from inspector.payload.json_errors import JsonSyntaxError
from inspector.payload.json_tree import JsonTree, parse_json_tree
from inspector.payload.node import NodeKind
from inspector.simulator.samples import BLANK

MOST_LEAVES = 400
LARGEST = 50_000
"""Larger texts are edited as a text only."""

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?\Z")
_WORDS = {"true", "false", "null"}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value: where it is ("metadata.campaign_id"), what stands there, and from where to where in the text.

    `kind` is "text", "number", "word" (true, false, null) or "form".
    """

    path: str
    value: str
    kind: str
    start: int
    stop: int


def leaves_of(text: str) -> tuple[Leaf, ...]:
    """Return the values of a JSON or form template in order; () for another text, or one that cannot be read."""
    stripped = text.strip()
    if len(text) > LARGEST or not stripped:
        return ()
    if stripped[0] in "{[":
        return _json_leaves(text)
    if stripped[0] != "<" and "=" in stripped and "\n" not in stripped:
        return _form_leaves(text)
    return ()


def with_leaf(text: str, leaf: Leaf, value: str) -> str:
    """Return a text with one value changed. Raises UsageError where JSON would no longer be JSON."""
    if leaf.kind == "form":
        written = _kept_blanks(value)
    elif leaf.kind == "text":
        written = json.dumps(value, ensure_ascii=False)
    else:
        written = value.strip()
        if not (_NUMBER.match(BLANK.sub("1", written)) or written in _WORDS):
            raise UsageError(f"{value!r} is no number.", f"{leaf.path} is one.", "Edit the text instead.")
    return text[: leaf.start] + written + text[leaf.stop :]


def _json_leaves(text: str) -> tuple[Leaf, ...]:
    try:
        tree = parse_json_tree(_without_bare_blanks(text))
    except JsonSyntaxError:
        return ()
    found = []
    for node in range(len(tree)):
        kind = _KINDS.get(NodeKind(tree.kinds[node]))
        if kind is not None:
            start, stop = tree.starts[node], tree.stops[node]
            value = tree.text(node) if kind == "text" else text[start:stop]
            found.append(Leaf(_path(tree, node), value, kind, start, stop))
    return tuple(found[:MOST_LEAVES])


_KINDS = {
    NodeKind.STRING: "text",
    NodeKind.NUMBER: "number",
    NodeKind.BOOL: "word",
    NodeKind.NULL: "word",
}


def _without_bare_blanks(text: str) -> str:
    """Return JSON of the same length in which blanks that stand for numbers are numbers."""
    parts, at, quoted = [], 0, False
    while at < len(text):
        letter = text[at]
        if quoted and letter == "\\":
            parts.append(text[at : at + 2])
            at += 2
            continue
        if letter == '"':
            quoted = not quoted
        blank = None if quoted else BLANK.match(text, at)
        if blank is not None:
            parts.append("1" * len(blank[0]))
            at = blank.end()
            continue
        parts.append(letter)
        at += 1
    return "".join(parts)


def _path(tree: JsonTree, node: int) -> str:
    names: list[str] = []
    while node > 0:
        names.append(tree.name(node) or f"[{tree.rows[node]}]")
        node = tree.parents[node]
    return ".".join(reversed(names)).replace(".[", "[")


def _form_leaves(text: str) -> tuple[Leaf, ...]:
    found = []
    at = 0
    body = text.rstrip()
    for pair in body.split("&"):
        name, equals, value = pair.partition("=")
        start = at + len(name) + len(equals)
        if equals and name.strip():
            found.append(Leaf(unquote_plus(name.strip()), _shown(value), "form", start, start + len(value)))
        at += len(pair) + 1
    return tuple(found[:MOST_LEAVES])


def _shown(value: str) -> str:
    """Return a form value decoded, with its blanks as they are."""
    return _apart(value, unquote_plus)


def _kept_blanks(value: str) -> str:
    """Return a form value encoded, with its blanks as they are."""
    return _apart(value, quote_plus)


def _apart(value: str, change: Callable[[str], str]) -> str:
    done: list[str] = []
    at = 0
    for blank in BLANK.finditer(value):
        done += [change(value[at : blank.start()]), blank[0]]
        at = blank.end()
    return "".join([*done, change(value[at:])])
