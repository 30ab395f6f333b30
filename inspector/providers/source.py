"""Where a mapping takes a value from, and what it reads there while one event is told in our words.

A source is a text: a JSON selector of the item at hand (`payload.status`), or `root:` (the whole body), `parent:`
(the nearest object around a fanned-out item that has it), `form:`, `query:`, `header:`, `=constant`, or
`join:a b` (the texts of several sources that are there, with a dot between them).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any

from inspector.payload.body import Payload, parse_json
from inspector.payload.selector import EACH, MISSING, parse_selector
from inspector.signatures.place import text_of

_KINDS = ("json", "root", "parent", "form", "query", "header", "join")


class Reading:
    """One event being read: the payload, the item at hand, and the objects around it."""

    def __init__(self, payload: Payload) -> None:
        self.payload = payload
        self.item: Any = MISSING
        self.parents: tuple[Any, ...] = ()
        self._decoded: dict[str, Any] = {}

    def look_at(self, item: Any, parents: tuple[Any, ...] = ()) -> None:
        """Make `item` the item at hand; `parents` are the objects around it, nearest first."""
        self.item = item
        self.parents = parents

    @cached_property
    def form(self) -> Mapping[str, str]:
        """The first value of each form field."""
        return dict(reversed(self.payload.form))

    @cached_property
    def query(self) -> Mapping[str, str]:
        """The first value of each query parameter."""
        return dict(reversed(self.payload.query))

    def document(self, inside: Source | None) -> Any:
        """Return the parsed body, or the document that a base64 or text value inside it holds."""
        if inside is None:
            return self.payload.json
        if inside.text not in self._decoded:
            self.look_at(self.payload.json)
            self._decoded[inside.text] = _open(inside.value(self))
        return self._decoded[inside.text]


@dataclass(frozen=True, slots=True)
class Source:
    """A compiled source: a selector's `steps`, the `name` of a header or field (or a constant), or joined `parts`."""

    text: str
    kind: str
    steps: tuple[str | int, ...] = ()
    name: str = ""
    parts: tuple[Source, ...] = ()
    key: str | None = None  # the one step of a selector that is a name: most of them are

    def value(self, reading: Reading) -> Any:
        """Return the raw value, MISSING where there is none."""
        if self.key is not None and type(reading.item) is dict:
            return reading.item.get(self.key, MISSING)
        kind = self.kind
        if kind == "json":
            return walk(reading.item, self.steps)
        if kind == "constant":
            return self.name
        if kind == "form":
            return reading.form.get(self.name, MISSING)
        if kind == "root":
            return walk(reading.payload.json, self.steps)
        if kind == "query":
            return reading.query.get(self.name, MISSING)
        if kind == "header":
            return reading.payload.request.header(self.name) or MISSING
        if kind == "join":
            return ".".join([text for part in self.parts if (text := part.read(reading))]) or MISSING
        for parent in reading.parents:
            value = walk(parent, self.steps)
            if value is not MISSING:
                return value
        return MISSING

    def read(self, reading: Reading) -> str:
        """Return the value as text: strings as they are, numbers as written; "" for objects, lists and nothing."""
        value = self.value(reading)
        if type(value) is str:
            return value
        if isinstance(value, dict | list):
            return ""
        return text_of(value) or ""


def parse_source(text: str) -> Source:
    """Return the source a text names; raises ValueError with the reason."""
    if text.startswith("="):
        return Source(text, "constant", name=text[1:])
    kind, colon, rest = text.partition(":")
    if not colon or kind not in _KINDS:
        kind, rest = "json", text
    if kind in ("form", "query", "header"):
        if not rest:
            raise ValueError(f"{text!r} names nothing")
        return Source(text, kind, name=rest)
    if kind == "join":
        return Source(text, kind, parts=tuple(parse_source(part) for part in rest.split()))
    steps = parse_selector(rest)
    if EACH in steps:
        raise ValueError(f"{text!r} leads to several values; fan out with each")
    only = steps[0] if kind == "json" and len(steps) == 1 else None
    return Source(text, kind, steps, key=only if isinstance(only, str) else None)


def walk(value: Any, steps: tuple[str | int, ...]) -> Any:
    """Return what the steps lead to, or MISSING."""
    for step in steps:
        if isinstance(value, dict):
            value = value.get(step if isinstance(step, str) else str(step), MISSING)
        elif isinstance(value, list):
            index = step if isinstance(step, int) else int(step) if step.isascii() and step.isdecimal() else -1
            value = value[index] if 0 <= index < len(value) else MISSING
        else:
            return MISSING
    return value


def fan_out(root: Any, steps: tuple[str | int, ...], limit: int) -> list[tuple[Any, tuple[Any, ...]]]:
    """Return up to `limit` items with the objects around each, nearest first; EACH goes over a list."""
    found: list[tuple[Any, tuple[Any, ...]]] = [(root, ())]
    for step in steps:
        following: list[tuple[Any, tuple[Any, ...]]] = []
        for item, parents in found:
            if step == EACH:
                children = islice(item, limit - len(following)) if isinstance(item, list) else (item,)
                following.extend([(child, parents) for child in children])
            else:
                child = walk(item, (step,))
                if child is not MISSING:
                    following.append((child, (item, *parents)))
            if len(following) >= limit:
                break
        found = following
    return found


def _open(value: Any) -> Any:
    """Return the JSON document that a text holds, plainly or in base64, or MISSING."""
    if not isinstance(value, str):
        return MISSING
    plain = value.encode("utf-8", "surrogatepass")
    if plain.lstrip()[:1] in (b"{", b"["):
        return parse_json(plain)
    bare = plain.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return parse_json(base64.b64decode(bare + b"=" * (-len(bare) % 4), validate=True))
    except (binascii.Error, ValueError):
        return MISSING
