"""Endpoints as rows: columns for what is looked up, JSON for the rules; secrets only by name and ending."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from typing import Any

from inspector.domain.access import AccessRule
from inspector.domain.answer import AnswerRule
from inspector.domain.endpoint import STUCK_AFTER_S, DuplicateRule, Endpoint, EndpointId, Signing, StorageRule
from inspector.domain.errors import StoreError
from inspector.domain.forwarding import ForwardRule
from inspector.domain.values import to_us
from inspector.store.plain import from_plain, to_plain
from inspector.store.revive import moment

_COLUMNS = ("token", "name", "created_us", "provider", "target", "position", "paused", "rules")

_INSERT = f"INSERT INTO endpoints (id, {', '.join(_COLUMNS)}) VALUES (?, {', '.join('?' * len(_COLUMNS))})"


def read_endpoints(connection: sqlite3.Connection) -> tuple[Endpoint, ...]:
    """Return every endpoint by position, then by age."""
    query = f"SELECT id, {', '.join(_COLUMNS)} FROM endpoints ORDER BY position, id"
    return tuple(_endpoint(row) for row in connection.execute(query).fetchall())


def write_endpoint(connection: sqlite3.Connection, endpoint: Endpoint) -> Endpoint:
    """Insert (id 0) or update an endpoint and return it with its id.

    Raises StoreError where the token belongs to another endpoint, or the endpoint was deleted meanwhile.
    """
    values = _row(endpoint)
    try:
        if endpoint.id == 0:
            cursor = connection.execute(_INSERT, (None, *values))
            return replace(endpoint, id=EndpointId(cursor.lastrowid or 0))
        changes = ", ".join(f"{name} = ?" for name in _COLUMNS)
        cursor = connection.execute(f"UPDATE endpoints SET {changes} WHERE id = ?", (*values, endpoint.id))
    except sqlite3.IntegrityError as error:
        raise StoreError(
            f"The path {endpoint.path} is taken.", "Another endpoint uses it.", "Choose another path."
        ) from error
    if cursor.rowcount == 0:
        raise StoreError(f"The endpoint {endpoint.name} no longer exists.", "It was deleted meanwhile.")
    return endpoint


def restore_endpoint(connection: sqlite3.Connection, endpoint: Endpoint) -> None:
    """Insert an endpoint that already has an id, as rescued from another database."""
    connection.execute(_INSERT, (endpoint.id, *_row(endpoint)))


def _row(endpoint: Endpoint) -> tuple[Any, ...]:
    return (
        endpoint.token,
        endpoint.name,
        to_us(endpoint.created_at),
        endpoint.provider,
        endpoint.target,
        endpoint.position,
        int(endpoint.paused),
        json.dumps(_rules(endpoint)),
    )


def _rules(endpoint: Endpoint) -> dict[str, Any]:
    """Return the rules as the first version laid them out: those of signing and answers side by side."""
    return {
        **to_plain(endpoint.signing),
        **to_plain(endpoint.answers),
        "duplicates": to_plain(endpoint.duplicates),
        "stuck_after_s": endpoint.stuck_after_s,
        "access": to_plain(endpoint.access),
        "forwards": to_plain(endpoint.forwards),
        "storage": to_plain(endpoint.storage),
        "colour": endpoint.colour,
        "notes": endpoint.notes,
    }


def _endpoint(row: tuple[Any, ...]) -> Endpoint:
    endpoint_id, token, name, created_us, provider, target, position, paused, text = row
    rules = json.loads(text)
    return Endpoint(
        id=EndpointId(endpoint_id),
        token=token,
        name=name,
        created_at=moment(created_us),
        provider=provider,
        signing=from_plain(Signing, rules),
        answers=from_plain(AnswerRule, rules),
        duplicates=from_plain(DuplicateRule, rules["duplicates"]),
        target=target,
        position=position,
        paused=paused == 1,
        stuck_after_s=rules.get("stuck_after_s", STUCK_AFTER_S),
        access=from_plain(AccessRule, rules.get("access", {})),
        forwards=tuple(from_plain(ForwardRule, rule) for rule in rules.get("forwards", ())),
        storage=from_plain(StorageRule, rules.get("storage", {})),
        colour=rules.get("colour", ""),
        notes=rules.get("notes", ""),
    )
