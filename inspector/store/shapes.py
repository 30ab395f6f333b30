"""What the JSON of one kind of event usually looks like, learned as events come, and what is new about one of them.

A field is a way into the body: `message.to`, `items[].price`. Where a body uses data as keys (ids, say) there is no end
of fields: such a shape is given up and nothing is said about it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspector.domain.request import Request
from inspector.domain.values import EPOCH
from inspector.payload.body import Payload
from inspector.store.packing import unpack_headers

MOST_FIELDS = 300
DEEPEST = 12
MOST_ITEMS = 8
"""Of a list so many items are looked at."""

LEARNED_FROM = 50
MOST_LABELS = 200

MOST_SAMPLES, FEW_SAMPLES = 40, 4
"""Of what came since the last time so many events are looked at: every one, until a rush. Of history fewer."""

MOST_BYTES = 64 * 1024

FORGED = ("invalid", "stale", "unsigned")

_NEW = f"""
    SELECT e.id, e.endpoint_id, e.label, e.received_us, p.headers, p.body FROM events e
    JOIN payloads p ON p.event_id = e.id
    WHERE e.id > ? AND e.id <= ? AND (e.id - ?) % ? = 0 AND e.endpoint_id IS NOT NULL AND e.refusal IS NULL
        AND e.repeat IS NULL AND ifnull(e.verdict, '') NOT IN {FORGED} AND length(p.body) BETWEEN 2 AND {MOST_BYTES}
    ORDER BY e.id
"""


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing about an event that was never so before: `what` is missing, type or new."""

    what: str
    field: str
    detail: str


@dataclass(slots=True)
class Shape:
    """What is known of one kind of event: how many were `seen`, and of each field how often and with which types."""

    seen: int
    fields: dict[str, tuple[int, frozenset[str]]]

    @property
    def is_given_up(self) -> bool:
        """Whether its fields have no end."""
        return len(self.fields) > MOST_FIELDS


def fields_of(value: Any) -> dict[str, frozenset[str]]:
    """Return every field of a JSON value with the types it has: object, list, text, number, truth, null."""
    found: dict[str, set[str]] = {}
    _walk(value, "", 0, found)
    return {field: frozenset(types) for field, types in found.items()}


def _walk(value: Any, field: str, depth: int, found: dict[str, set[str]]) -> None:
    if field:
        found.setdefault(field, set()).add(_type_of(value))
    if depth >= DEEPEST or len(found) > MOST_FIELDS:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            _walk(inner, f"{field}.{name}" if field else str(name), depth + 1, found)
    elif isinstance(value, list):
        for inner in value[:MOST_ITEMS]:
            _walk(inner, f"{field}[]", depth + 1, found)


def _type_of(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, str):
        return "text"
    if isinstance(value, dict):
        return "object"
    return "list" if isinstance(value, list) else "number"


def compare(shape: Shape, fields: Mapping[str, frozenset[str]], learned_from: int) -> list[Drift]:
    """Return what is new about an event; nothing before so many were seen. A part tells for what is in it."""
    if shape.seen < learned_from or shape.is_given_up or len(fields) > MOST_FIELDS:
        return []
    drifts = []
    for field, (count, types) in shape.fields.items():
        if field in fields:
            if not fields[field] <= types:
                now = ", ".join(sorted(fields[field] - types))
                drifts.append(Drift("type", field, f"was {', '.join(sorted(types))}, came as {now}"))
        elif count == shape.seen and _parent_is_in(field, fields):
            drifts.append(Drift("missing", field, f"was in all of {shape.seen} events before"))
    for field, types in fields.items():
        if field not in shape.fields and _parent_is_known(field, shape):
            drifts.append(Drift("new", field, f"came as {', '.join(sorted(types))}"))
    return drifts


def learn(shape: Shape, fields: Mapping[str, frozenset[str]]) -> None:
    """Take an event into account."""
    shape.seen += 1
    if shape.is_given_up:
        return
    for field, types in fields.items():
        count, known = shape.fields.get(field, (0, frozenset[str]()))
        shape.fields[field] = count + 1, known | types


def _parent_of(field: str) -> str:
    return field[:-2] if field.endswith("[]") else field.rpartition(".")[0]


def _parent_is_in(field: str, fields: Mapping[str, frozenset[str]]) -> bool:
    parent = _parent_of(field)
    holder = "list" if field.endswith("[]") else "object"
    return not field.endswith("[]") and (not parent or holder in fields.get(parent, frozenset()))


def _parent_is_known(field: str, shape: Shape) -> bool:
    parent = _parent_of(field)
    if field.endswith("[]") or not parent:
        return not field.endswith("[]")  # an empty list has no items: the first one is no news
    known = shape.fields.get(parent)
    return known is not None and "object" in known[1]


def follow_shapes(
    connection: sqlite3.Connection, after_id: int, until_id: int, samples: int
) -> tuple[dict[tuple[int, str], Shape], list[tuple[Any, ...]]]:
    """Compare the events after one up to another with what is known; returns the shapes and the rows of what drifted.

    Writes nothing: `save_shapes` does.
    """
    learned_from = _learned_from(connection)
    shapes: dict[tuple[int, str], Shape] = {}
    drifted: list[tuple[Any, ...]] = []
    if learned_from is None:
        return shapes, drifted
    step = max(1, -(-(until_id - after_id) // samples))
    for row in connection.execute(_NEW, (after_id, until_id, after_id + 1, step)).fetchall():
        event_id, endpoint_id, label, received_us, headers, body = row
        value = _json_of(headers, body)
        key = (endpoint_id, label)
        if not isinstance(value, dict | list) or (key not in shapes and not _load(connection, shapes, key)):
            continue
        fields = fields_of(value)
        for drift in compare(shapes[key], fields, learned_from):
            drifted.append((*key, drift.field, drift.what, drift.detail, event_id, received_us))
        learn(shapes[key], fields)
    return shapes, drifted


def save_shapes(
    connection: sqlite3.Connection, shapes: Mapping[tuple[int, str], Shape], drifted: list[tuple[Any, ...]]
) -> None:
    """Keep what `follow_shapes` returned."""
    rows = [(*key, shape.seen, _packed(shape)) for key, shape in shapes.items()]
    connection.executemany("INSERT OR REPLACE INTO shapes (endpoint_id, label, seen, fields) VALUES (?, ?, ?, ?)", rows)
    connection.executemany(
        "INSERT INTO drifts (endpoint_id, label, field, what, detail, event_id, happened_us) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        drifted,
    )


def _learned_from(connection: sqlite3.Connection) -> int | None:
    """Return from how many events a shape is learned, None where nobody wants to know."""
    found = connection.execute("SELECT changes FROM alert_rules WHERE rule = 'shape_drift'").fetchone()
    changes = {} if found is None else json.loads(found[0])
    return int(changes.get("at_least", LEARNED_FROM)) if changes.get("on", True) else None


def _load(connection: sqlite3.Connection, shapes: dict[tuple[int, str], Shape], key: tuple[int, str]) -> bool:
    found = connection.execute("SELECT seen, fields FROM shapes WHERE endpoint_id = ? AND label = ?", key).fetchone()
    if found is None:
        count = connection.execute("SELECT count(*) FROM shapes WHERE endpoint_id = ?", key[:1]).fetchone()[0]
        if count + sum(1 for known in shapes if known[0] == key[0]) >= MOST_LABELS:
            return False
        shapes[key] = Shape(0, {})
    else:
        fields = {field: (count, frozenset(types)) for field, (count, types) in json.loads(found[1]).items()}
        shapes[key] = Shape(found[0], fields)
    return True


def _packed(shape: Shape) -> str:
    return json.dumps({field: [count, sorted(types)] for field, (count, types) in shape.fields.items()})


def _json_of(headers: bytes, body: bytes) -> Any:
    try:
        return Payload(Request("POST", "/", unpack_headers(headers), body, EPOCH, "", "1.1")).json
    except Exception:
        return None  # a body that cannot be read has no shape
