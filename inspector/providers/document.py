"""Opens what a body holds as plain values: JSON, XML, JSON lines, form fields, and documents packed inside texts."""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any

from inspector.domain.request import Request
from inspector.payload.body import Payload, parse_json
from inspector.payload.contents import Contents, contents_of
from inspector.payload.multipart_tree import MultipartError, parse_multipart_tree
from inspector.payload.node import ROOT, NodeKind, Tree
from inspector.payload.selector import MISSING
from inspector.payload.steps import finish
from inspector.payload.xml_tree import XmlError, scan_xml

MAX_SLOW_BYTES = 256 * 1024
"""XML and multipart bodies are read in Python, a few ms for so many bytes; larger ones are not told in our words."""

MAX_LINES = 1000

_MISSING_COMMA = re.compile(rb'(["\d}\]el])(\s*\n\s*"[\w.-]{1,80}"\s*:)')
_LEFT_OVER_COMMA = re.compile(rb",(\s*[}\]])")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")


def document_of(payload: Payload) -> Any:
    """Return the body as objects, lists and values, MISSING where it is none of JSON, XML and JSON lines.

    XML reads as its tree does: `{"messages": {"msg": {"to": "…", "@id": "…"}}}`, a repeated element as a list, text
    beside attributes as `#text`.
    """
    if payload.json is not MISSING or not payload.plain:
        return payload.json
    body = payload.plain
    contents = contents_of(body, payload.request.content_type)
    if contents is Contents.XML and len(body) <= MAX_SLOW_BYTES:
        try:
            return values_of(finish(scan_xml(body)))
        except XmlError:
            return MISSING
    if contents in (Contents.JSON, Contents.JSON_LINES) and body.lstrip()[:1] in (b"{", b"["):
        lines = [parse_json(line) for line in body.splitlines()[:MAX_LINES] if line.strip()]
        if len(lines) > 1 and not any(line is MISSING for line in lines):
            return lines
        return _mended(body) if len(body) <= MAX_SLOW_BYTES else MISSING
    return MISSING


def _mended(body: bytes) -> Any:
    """Return what JSON says in which commas are missing or left over, MISSING where more is wrong.

    Kaleyra's published callbacks miss one before "ref"; mobtexting's have one before a closing brace.
    """
    return parse_json(_LEFT_OVER_COMMA.sub(rb"\1", _MISSING_COMMA.sub(rb"\1,\2", body)))


def values_of(tree: Tree) -> Any:
    """Return a tree of an XML body as objects and texts; members of one name become a list."""
    values: dict[int, dict[str, Any]] = {ROOT: {}}
    for node in range(1, len(tree)):
        holder, name = values[tree.parents[node]], tree.name(node)
        if tree.kinds[node] == NodeKind.OBJECT:
            value: Any = {}
            values[node] = value
        else:
            value = tree.text(node)
        known = holder.get(name)
        if known is None:
            holder[name] = value
        elif isinstance(known, list):
            known.append(value)
        else:
            holder[name] = [known, value]
    return values[ROOT]


def form_of(payload: Payload) -> dict[str, str]:
    """Return the first value of each field of a form, url-encoded or multipart."""
    if payload.form:
        return dict(reversed(payload.form))
    request: Request = payload.request
    if not request.content_type.startswith("multipart/") or len(payload.plain) > MAX_SLOW_BYTES:
        return {}
    try:
        tree = parse_multipart_tree(payload.plain, request.header("Content-Type"))
    except MultipartError:
        return {}
    fields = [node for node in tree.children(ROOT, tree.counts[ROOT]) if tree.kinds[node] == NodeKind.STRING]
    return {tree.name(node): tree.text(node) for node in reversed(fields)}


def unpack(value: Any) -> Any:
    """Return the JSON document that a text holds, plainly or in base64; an object or list as it is; else MISSING."""
    if isinstance(value, dict | list):
        return value
    if not isinstance(value, str):
        return MISSING
    plain = value.encode("utf-8", "surrogatepass")
    if plain.lstrip()[:1] in (b"{", b"["):
        return parse_json(plain)
    bare = b"".join(plain.split()).rstrip(b"=").translate(_TO_STANDARD)
    try:
        return parse_json(base64.b64decode(bare + b"=" * (-len(bare) % 4), validate=True))
    except (binascii.Error, ValueError):
        return MISSING
