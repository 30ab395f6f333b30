"""Where a mapping takes a value from, compiled into small functions that read one event.

A source is a text: a JSON selector of the item at hand (`payload.status`), or `root:` (the whole body), `parent:`
(the nearest object around a fanned-out item that has it), `form:`, `query:`, `param:` (a form field, else a query
parameter), `header:`, `=constant`, or `join:a b` (the texts of several sources that are there, with a dot between
them). `a.b -> c.d` leads into a document that the text at `a.b` holds, as JSON or as base64 of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from inspector.payload.body import Payload
from inspector.payload.selector import EACH, MISSING, parse_selector
from inspector.providers.document import document_of, form_of, unpack
from inspector.signatures.condition import Wanted
from inspector.signatures.place import text_of

_KINDS = ("json", "root", "parent", "form", "query", "param", "header", "join")
INTO = " -> "
"""Stands between the way to a text and the way inside the document it holds."""

Steps = tuple[str | int, ...]


class Reading:
    """One event being read: the payload, the item at hand, and the objects around it.

    `root` is the body as objects, lists and values, whatever it was written in; MISSING where it is no document.
    """

    __slots__ = ("_form", "_opened", "_query", "item", "parents", "payload", "root")

    def __init__(self, payload: Payload) -> None:
        self.payload = payload
        found = payload.json
        self.root: Any = document_of(payload) if found is MISSING else found
        self.item = self.root
        self.parents: tuple[Any, ...] = ()
        self._form: Mapping[str, str] | None = None
        self._query: Mapping[str, str] | None = None
        self._opened: dict[str, Any] | None = None

    def look_at(self, item: Any, parents: tuple[Any, ...] = ()) -> None:
        """Make `item` the item at hand; `parents` are the objects around it, nearest first."""
        self.item = item
        self.parents = parents

    @property
    def form(self) -> Mapping[str, str]:
        """The first value of each form field."""
        if self._form is None:
            self._form = form_of(self.payload)
        return self._form

    @property
    def query(self) -> Mapping[str, str]:
        """The first value of each query parameter."""
        if self._query is None:
            self._query = dict(reversed(self.payload.query))
        return self._query

    def opened(self, inside: Source) -> Any:
        """Return the document that a text inside the body holds, or MISSING; opened once for all who ask."""
        if self._opened is None:
            self._opened = {}
        if inside.text not in self._opened:
            self.look_at(self.root)
            self._opened[inside.text] = unpack(inside.value(self))
        return self._opened[inside.text]


Value = Callable[[Reading], Any]


@dataclass(frozen=True, slots=True)
class Source:
    """A compiled source: a selector's `steps`, the `name` of a header or field (or a constant), or joined `parts`.

    `value` reads the raw value, MISSING where there is none. `into` are the steps inside the document that the text
    at `steps` holds. `key` is the only step of a selector of the item, where it is a name: most of them are.
    """

    text: str
    kind: str
    steps: Steps = ()
    name: str = ""
    parts: tuple[Source, ...] = ()
    into: Steps = ()
    key: str | None = None
    value: Value = field(default=lambda reading: MISSING, repr=False, compare=False)

    def read(self, reading: Reading) -> str:
        """Return the value as text: strings as they are, numbers as written; "" for objects, lists and nothing."""
        return to_text(self.value(reading))


Condition = tuple[Source, Wanted]
"""A source and what must be there."""


def to_text(value: Any) -> str:
    """Return a value as text: strings as they are, numbers as written; "" for objects, lists and nothing.

    An XML element with attributes gives its text.
    """
    if type(value) is str:
        return value
    if value is None or value is MISSING:
        return ""
    if isinstance(value, dict):
        value = value.get("#text")
        return value if isinstance(value, str) else ""
    return "" if isinstance(value, list) else text_of(value) or ""


def parse_source(text: str) -> Source:
    """Return the source a text names; raises ValueError with the reason."""
    if text.startswith("="):
        constant = text[1:]
        return Source(text, "constant", name=constant, value=lambda reading: constant)
    kind, colon, rest = text.partition(":")
    if not colon or kind not in _KINDS:
        kind, rest = "json", text
    if kind in ("form", "query", "param", "header"):
        if not rest:
            raise ValueError(f"{text!r} names nothing")
        return Source(text, kind, name=rest, value=_named(kind, rest))
    if kind == "join":
        parts = tuple(parse_source(part) for part in rest.split())
        return Source(text, kind, parts=parts, value=_joined(parts))
    outer, arrow, inner = rest.partition(INTO)
    steps, into = parse_selector(outer.strip()), parse_selector(inner.strip()) if arrow else ()
    if EACH in steps or EACH in into:
        raise ValueError(f"{text!r} leads to several values; fan out with each")
    only = steps[0] if kind == "json" and len(steps) == 1 and not arrow else None
    key = only if isinstance(only, str) else None
    value = _selected(kind, steps, key)
    return Source(text, kind, steps, into=into, key=key, value=_entered(value, into) if arrow else value)


def _named(kind: str, name: str) -> Value:
    if kind == "form":
        return lambda reading: reading.form.get(name, MISSING)
    if kind == "query":
        return lambda reading: reading.query.get(name, MISSING)
    if kind == "header":
        return lambda reading: reading.payload.request.header(name) or MISSING
    return lambda reading: reading.form.get(name) or reading.query.get(name, MISSING)


def _joined(parts: tuple[Source, ...]) -> Value:
    return lambda reading: ".".join([text for part in parts if (text := part.read(reading))]) or MISSING


def _selected(kind: str, steps: Steps, key: str | None) -> Value:
    if kind == "root":
        return lambda reading: walk(reading.root, steps)
    if kind == "parent":
        return lambda reading: _around(reading.parents, steps)
    if key is None:
        return lambda reading: walk(reading.item, steps)

    def by_name(reading: Reading) -> Any:
        item = reading.item
        return item.get(key, MISSING) if type(item) is dict else walk(item, steps)

    return by_name


def _entered(value: Value, into: Steps) -> Value:
    return lambda reading: walk(unpack(value(reading)), into)


def _around(parents: tuple[Any, ...], steps: Steps) -> Any:
    for parent in parents:
        value = walk(parent, steps)
        if value is not MISSING:
            return value
    return MISSING


def compile_texts(sources: tuple[Source, ...]) -> Callable[[Reading], str]:
    """Return a function that reads the first of several sources that has a text."""
    if not sources:
        return lambda reading: ""
    if len(sources) == 1 and sources[0].kind == "constant":
        constant = sources[0].name
        return lambda reading: constant
    if all(source.kind == "json" and source.steps and not source.into for source in sources):
        return _selected_text(sources)
    readers = tuple(source.read for source in sources)

    def first(reading: Reading) -> str:
        for read in readers:
            text = read(reading)
            if text:
                return text
        return ""

    return first


def _selected_text(sources: tuple[Source, ...]) -> Callable[[Reading], str]:
    """Read selectors of the item: most items are objects, and the first step alone tells most sources away."""
    pairs = tuple((source.steps[0], source.steps[1:]) for source in sources)

    def first(reading: Reading) -> str:
        item = reading.item
        if type(item) is not dict:
            return next((text for source in sources if (text := source.read(reading))), "")
        for key, rest in pairs:
            value = item.get(key)
            if value is not None:
                if rest:
                    value = walk(value, rest)
                if type(value) is str:
                    if value:
                        return value
                elif value is not MISSING:
                    text = to_text(value)
                    if text:
                        return text
        return ""

    def only(reading: Reading) -> str:
        item = reading.item
        value = item.get(key) if type(item) is dict else walk(item, steps)
        return value if type(value) is str else to_text(value)

    if len(sources) > 1 or len(sources[0].steps) > 1:
        return first
    steps = sources[0].steps
    key = steps[0]
    return only


def compile_conditions(conditions: tuple[Condition, ...]) -> Callable[[Reading], bool]:
    """Return a function that tells whether all conditions hold; null counts as not there."""
    if not conditions:
        return lambda reading: True
    first = _condition(*conditions[0])
    if len(conditions) == 1:
        return first
    following = compile_conditions(conditions[1:])
    return lambda reading: first(reading) and following(reading)


def _condition(source: Source, wanted: Wanted) -> Callable[[Reading], bool]:
    value_of, fits = source.value, wanted.fits
    if wanted.exists is not None:
        exists = wanted.exists

        def is_there(reading: Reading) -> bool:
            value = value_of(reading)
            return (value is not MISSING and value is not None) is exists

        return is_there

    def holds(reading: Reading) -> bool:
        value = value_of(reading)
        return fits(value if type(value) is str else None if value is MISSING or value is None else to_text(value))

    return holds


def walk(value: Any, steps: Steps) -> Any:
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


def fan_out(root: Any, steps: Steps, limit: int) -> list[tuple[Any, tuple[Any, ...]]]:
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
