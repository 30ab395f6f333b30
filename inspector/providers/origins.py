"""Which raw value of an event fed which column: the mapping walked once more, noting the way to each value it took."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, NamedTuple

from inspector.payload.body import Payload
from inspector.payload.selector import EACH, MISSING
from inspector.providers.mapping import FIELDS, REPORT_LIMIT, Rule, Teller, unsaid
from inspector.providers.moments import parse_moment
from inspector.providers.profile import Profile
from inspector.providers.source import INTO, Reading, Source, Steps, walk

KIND = "kind"
"""The column of values that told what happened, where they are not the event's name as well."""

_PLAIN_NAME = re.compile(r"[^\W\d]\w*")


class _Item(NamedTuple):
    """A value, the objects around it nearest first, and the way to each of them from the document's top."""

    value: Any
    steps: Steps
    around: tuple[tuple[Any, Steps], ...]


def fields_of(profile: Profile | None, payload: Payload, others: Iterable[Profile] = ()) -> dict[str, str]:
    """Return for each raw value that fed a column its path and the column (`message_id`, `recipient`, … or `kind`).

    Paths are written as the payload tree writes them (`$.to[0].status`), form fields likewise; a value inside a
    document that a text holds as `$.message.data -> $.messageId`; others as `header:X` and `query:x`. The profile is
    asked first, then `others`, as when the event was told.
    """
    reading = Reading(payload)
    for known in (profile, *others):
        if known is not None:
            found: dict[str, str] = {}
            for path, column in _told(known.mapping, reading):
                if found.get(path, KIND) == KIND:  # a value that fed several columns is shown with the first
                    found[path] = column
            if found:
                return found
    return {}


def write_path(steps: Steps) -> str:
    """Return steps as the payload tree writes a path (RFC 9535): `$.to[0].status`, `$["odd key"]`."""
    parts = ["$"]
    for step in steps:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif _PLAIN_NAME.fullmatch(step):
            parts.append(f".{step}")
        else:
            escaped = step.replace("\\", "\\\\").replace('"', '\\"')
            parts.append(f'["{escaped}"]')
    return "".join(parts)


def _told(rules: tuple[Rule, ...], reading: Reading) -> Iterator[tuple[str, str]]:
    for rule in rules:
        found = list(_told_by(rule, reading))
        yield from found
        if found and rule.final:
            return


def _told_by(rule: Rule, reading: Reading) -> Iterator[tuple[str, str]]:
    for inside in rule.insides or (None,):
        document = reading.root if inside is None else reading.opened(inside)
        way = () if inside is None else inside.steps or ((inside.name,) if inside.name else ())
        front = f"{write_path(way)}{INTO}" if way else ""
        if inside is not None and document is MISSING:
            continue
        reading.look_at(document)
        tellers = [teller for teller in rule.tellers if teller.applies(reading)]
        items = _spread(document, rule.each) if tellers else ()
        found = [pair for item in items for pair in _item_told(tellers, item, reading, front)]
        if found:
            yield from found
            return


def _item_told(tellers: list[Teller], item: _Item, reading: Reading, front: str) -> Iterator[tuple[str, str]]:
    reading.look_at(item.value, tuple(value for value, _steps in item.around))
    teller = next((teller for teller in tellers if teller.fits(reading)), None)
    if teller is None:
        return
    kind, _said = teller.kind.find(reading)
    for source in (*teller.kind.sources, *(source for source, exists in teller.kind.exists if exists is kind)):
        if source.value(reading) not in (MISSING, None, ""):
            yield from ((path, KIND) for path in _paths(source, item, reading, front))
    left_out = unsaid(kind)
    for name in FIELDS:
        if name not in left_out:
            taken = next((source for source in teller.fields.get(name, ()) if _says(source, name, reading)), None)
            if taken is not None:
                yield from ((path, name) for path in _paths(taken, item, reading, front))


def _says(source: Source, name: str, reading: Reading) -> bool:
    if name == "occurred_at":
        return parse_moment(source.value(reading)) is not None
    return bool(source.read(reading))


def _paths(source: Source, item: _Item, reading: Reading, front: str) -> Iterator[str]:
    """Yield where the values of a source lie; nothing for a constant."""
    if source.kind == "join":
        for part in source.parts:
            if part.read(reading):
                yield from _paths(part, item, reading, front)
    elif source.kind in ("form", "param") and source.name in reading.form:
        yield write_path((source.name,))
    elif source.kind in ("header", "query", "param"):
        yield f"{'query' if source.kind == 'param' else source.kind}:{source.name}"
    elif source.kind != "constant":
        start: Any = item.value
        steps = item.steps
        if source.kind == "root":
            start, steps, front = reading.root, (), ""
        elif source.kind == "parent":
            around = ((value, way) for value, way in item.around if walk(value, source.steps) is not MISSING)
            start, steps = next(around, (MISSING, ()))
        way = write_path(_seen(reading.root if not front else None, (*steps, *_real(start, source.steps)), reading))
        yield front + way + (f"{INTO}{write_path(source.into)}" if source.into else "")


def _real(value: Any, steps: Steps) -> Steps:
    """Return steps with numbers where they lead through lists and names where through objects."""
    real: list[str | int] = []
    for step in steps:
        real.append(int(step) if isinstance(value, list) else str(step))
        value = walk(value, (step,))
    return tuple(real)


def _seen(root: Any, steps: Steps, reading: Reading) -> Steps:
    """Return steps as the tree shows them: an XML body's repeated elements are members of one name, not a list."""
    if root is None or reading.payload.json is not MISSING or not isinstance(root, dict):
        return steps
    return tuple(step for step in steps if isinstance(step, str))


def _spread(root: Any, steps: Steps) -> list[_Item]:
    """Return the items a fan-out leads to with the way to each, as `source.fan_out` finds them."""
    found = [_Item(root, (), ())]
    for step in steps:
        following: list[_Item] = []
        for item in found:
            if step == EACH:
                if isinstance(item.value, list):
                    numbered = enumerate(islice(item.value, REPORT_LIMIT - len(following)))
                    following.extend([_Item(value, (*item.steps, number), item.around) for number, value in numbered])
                else:
                    following.append(item)
            else:
                child = walk(item.value, (step,))
                if child is not MISSING:
                    around = ((item.value, item.steps), *item.around)
                    following.append(_Item(child, (*item.steps, *_real(item.value, (step,))), around))
        found = following
    return found
