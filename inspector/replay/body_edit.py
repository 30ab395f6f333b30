"""Ids changed inside a body and nothing else: every other byte stays where it stands.

An id is a whole value: a JSON string or number, a form field, an XML text. JSON or base64 of JSON that a string holds
is looked into as well (Google wraps its messages so). A body in gzip or deflate is unpacked and packed again.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import re
import zlib
from collections.abc import Callable, Mapping
from urllib.parse import quote_plus, unquote_plus

from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.payload.body import FORM, Payload
from inspector.payload.json_errors import JsonSyntaxError
from inspector.payload.json_tree import JsonTree, parse_json_tree
from inspector.payload.node import NodeKind

LARGEST_BYTES = 1_000_000
"""Larger bodies are not rewritten: reading one would hold the window up."""

SHORTEST = 6
"""Shorter ids are changed only under a name that holds ids: 1 or 200 may be anything."""

_BOM = "\ufeff"
_DEEPEST = 3
_BETWEEN_TAGS = re.compile(r"(?<=>)([^<>]+)(?=</)")

Edits = list[tuple[int, int, str]]


def with_ids(request: Request, new: Mapping[str, str], names: frozenset[str]) -> bytes:
    """Return the request's body with old ids replaced by new ones; `names` are members that hold ids.

    Raises UsageError for a body that is too large or in a charset that is not UTF-8, where an id is to be replaced.
    """
    payload = Payload(request)
    plain = payload.plain
    if not new or not plain:
        return request.body
    if len(plain) > LARGEST_BYTES:
        raise UsageError("The body is too large to be given new ids.", "The limit is 1 MB.", "Send it with its own.")
    try:
        text = plain.decode("utf-8")
    except UnicodeDecodeError:
        return request.body
    changed = _edited(text, request.content_type, new, names)
    if changed == text:
        return request.body
    return _packed(changed.encode("utf-8"), request, plain)


def _packed(plain: bytes, request: Request, before: bytes) -> bytes:
    if request.body == before:
        return plain
    if request.header("Content-Encoding").strip().lower() == "deflate":
        return zlib.compress(plain)
    return gzip.compress(plain, mtime=0)


def _edited(text: str, content_type: str, new: Mapping[str, str], names: frozenset[str]) -> str:
    if content_type == FORM:
        return _form(text, new, names)
    start = len(_BOM) if text.startswith(_BOM) else 0
    json_text = _json(text[start:], new, names)
    if json_text is not None:
        return text[:start] + json_text
    if text.lstrip(_BOM).lstrip().startswith("<"):
        return _BETWEEN_TAGS.sub(lambda found: new.get(found[1], found[1]), text)
    return text


def _form(text: str, new: Mapping[str, str], names: frozenset[str]) -> str:
    def changed(pair: str) -> str:
        name, sign, value = pair.partition("=")
        old = unquote_plus(value)
        if old not in new or (len(old) < SHORTEST and unquote_plus(name) not in names):
            return pair
        return f"{name}{sign}{quote_plus(new[old])}"

    return "&".join(changed(pair) for pair in text.split("&"))


def _json(text: str, new: Mapping[str, str], names: frozenset[str], depth: int = 0) -> str | None:
    """Return a JSON text with its ids replaced, None where it is none."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        tree = parse_json_tree(text)
    except JsonSyntaxError:
        return None
    edits: Edits = []
    for node in range(len(tree)):
        written = _new_value(tree, node, new, names, depth)
        if written is not None:
            edits.append((tree.starts[node], tree.stops[node], written))
    for start, stop, written in reversed(edits):
        text = text[:start] + written + text[stop:]
    return text


def _new_value(tree: JsonTree, node: int, new: Mapping[str, str], names: frozenset[str], depth: int) -> str | None:
    kind = tree.kinds[node]
    if kind not in (NodeKind.STRING, NodeKind.NUMBER):
        return None
    value = tree.text(node)
    if value in new:
        if len(value) < SHORTEST and tree.name(node) not in names:
            return None
        return _quoted(new[value]) if kind == NodeKind.STRING else new[value]
    if kind == NodeKind.STRING and depth < _DEEPEST and len(value) > SHORTEST:
        return _held(value, lambda inner: _json(inner, new, names, depth + 1))
    return None


def _held(value: str, edit: Callable[[str], str | None]) -> str | None:
    """Return a string that holds JSON, or base64 of it, with that JSON edited; None where nothing changes."""
    if value.lstrip()[:1] in ("{", "["):
        inner = edit(value)
        return None if inner is None or inner == value else _quoted(inner)
    url_safe = "-" in value or "_" in value
    decode, encode = (
        (base64.urlsafe_b64decode, base64.urlsafe_b64encode) if url_safe else (base64.b64decode, base64.b64encode)
    )
    try:
        plain = decode(value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4)).decode("utf-8")
    except (binascii.Error, ValueError):
        return None
    inner = edit(plain)
    if inner is None or inner == plain:
        return None
    made = encode(inner.encode("utf-8")).decode("ascii")
    return _quoted(made if value.endswith("=") or len(value) % 4 == 0 else made.rstrip("="))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
