"""Endpoints as rows: columns for what is looked up, JSON for the rules; secrets only by name and ending."""

from __future__ import annotations

import base64
import json
import sqlite3
from dataclasses import replace
from datetime import datetime
from typing import Any

from inspector.domain.answer import Answer, AnswerRule
from inspector.domain.endpoint import (
    STUCK_AFTER_S,
    DuplicateKey,
    DuplicateRule,
    Endpoint,
    EndpointId,
    SecretRef,
    Signing,
)
from inspector.domain.errors import StoreError
from inspector.domain.values import to_us
from inspector.domain.verification import Verdict
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
    signing, answers, duplicates = endpoint.signing, endpoint.answers, endpoint.duplicates
    return {
        "secrets": [_ref(ref) for ref in signing.secrets],
        "tolerance_s": signing.tolerance_s,
        "public_url": signing.public_url,
        "stuck_after_s": endpoint.stuck_after_s,
        "facts": signing.facts,
        "accepted": _answer(answers.accepted),
        "rejected": _answer(answers.rejected),
        "reject": sorted(verdict.value for verdict in answers.reject),
        "duplicates": {"key": duplicates.key.value, "window_s": duplicates.window_s, "place": duplicates.place},
    }


def _ref(ref: SecretRef) -> dict[str, Any]:
    return {
        "key": ref.key,
        "name": ref.name,
        "added_at": ref.added_at.isoformat(),
        "ending": ref.ending,
        "until": None if ref.until is None else ref.until.isoformat(),
    }


def _answer(answer: Answer) -> dict[str, Any]:
    body = base64.b64encode(answer.body).decode("ascii")
    return {"status": answer.status, "headers": answer.headers, "body": body, "delay_ms": answer.delay_ms}


def _endpoint(row: tuple[Any, ...]) -> Endpoint:
    endpoint_id, token, name, created_us, provider, target, position, paused, text = row
    rules = json.loads(text)
    return Endpoint(
        id=EndpointId(endpoint_id),
        token=token,
        name=name,
        created_at=moment(created_us),
        provider=provider,
        signing=_signing(rules),
        answers=AnswerRule(
            _read_answer(rules["accepted"]),
            _read_answer(rules["rejected"]),
            frozenset(Verdict(value) for value in rules["reject"]),
        ),
        duplicates=_duplicates(rules["duplicates"]),
        target=target,
        position=position,
        paused=paused == 1,
        stuck_after_s=rules.get("stuck_after_s", STUCK_AFTER_S),
    )


def _signing(rules: dict[str, Any]) -> Signing:
    """Return how the provider signs; rows of earlier versions know no facts and no secret that ends."""
    return Signing(
        secrets=tuple(_read_ref(ref) for ref in rules["secrets"]),
        tolerance_s=rules["tolerance_s"],
        public_url=rules["public_url"],
        facts=tuple((name, value) for name, value in rules.get("facts", ())),
    )


def _read_ref(item: dict[str, Any]) -> SecretRef:
    until = item.get("until")
    return SecretRef(
        key=item["key"],
        name=item["name"],
        added_at=datetime.fromisoformat(item["added_at"]),
        ending=item["ending"],
        until=None if until is None else datetime.fromisoformat(until),
    )


def _duplicates(item: dict[str, Any]) -> DuplicateRule:
    """Return how repeats are recognised; rows of earlier versions know no place."""
    return DuplicateRule(DuplicateKey(item["key"]), item["window_s"], item.get("place", ""))


def _read_answer(item: dict[str, Any]) -> Answer:
    headers = tuple((name, value) for name, value in item["headers"])
    return Answer(item["status"], headers, base64.b64decode(item["body"]), item["delay_ms"])
