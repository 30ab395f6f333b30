"""Alerts and the user's changes to their rules, as rows of plain values: what they mean is the monitor's affair."""

from __future__ import annotations

import json
import sqlite3
from typing import Any, NamedTuple

KEPT = 5_000
"""So many closed alerts are remembered."""

COLUMNS = (
    *("id", "rule", "endpoint_id", "measured_at", "subject", "opened_us", "closed_us", "title", "detail", "value"),
    *("worst", "search", "muted_until_us", "bad_us"),
)
_SELECT = f"SELECT {', '.join(COLUMNS)} FROM alerts"


class AlertRow(NamedTuple):
    """One alert; `id` 0 is a new one, `endpoint_id` 0 stands for all."""

    id: int
    rule: str
    endpoint_id: int
    measured_at: str
    subject: str
    opened_us: int
    closed_us: int | None
    title: str
    detail: str
    value: float
    worst: float
    search: str
    muted_until_us: int
    bad_us: int


def save_alerts(connection: sqlite3.Connection, rows: list[AlertRow]) -> list[int]:
    """Insert or update alerts and return their ids in the same order."""
    ids = []
    for row in rows:
        values = (row.id or None, *row[1:])
        cursor = connection.execute(
            f"INSERT OR REPLACE INTO alerts ({', '.join(COLUMNS)}) VALUES ({', '.join('?' * len(COLUMNS))})", values
        )
        ids.append(row.id or cursor.lastrowid or 0)
    connection.execute(
        f"DELETE FROM alerts WHERE closed_us IS NOT NULL AND id <= (SELECT max(id) FROM alerts) - {KEPT}"
    )
    return ids


def read_open(connection: sqlite3.Connection) -> list[AlertRow]:
    """Return the open alerts, oldest first."""
    return [AlertRow(*row) for row in connection.execute(f"{_SELECT} WHERE closed_us IS NULL ORDER BY id")]


def read_history(connection: sqlite3.Connection, endpoint_id: int | None, limit: int) -> list[AlertRow]:
    """Return alerts, newest first: all, or those of an endpoint and those that concern all endpoints."""
    scope = "" if endpoint_id is None else f"WHERE endpoint_id IN (0, {int(endpoint_id)})"
    rows = connection.execute(f"{_SELECT} {scope} ORDER BY opened_us DESC, id DESC LIMIT ?", (limit,))
    return [AlertRow(*row) for row in rows]


def read_changes(connection: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """Return what the user changed, by rule."""
    return {rule: json.loads(changes) for rule, changes in connection.execute("SELECT rule, changes FROM alert_rules")}


def write_changes(connection: sqlite3.Connection, rule: str, changes: dict[str, Any]) -> None:
    """Keep what the user changed about a rule in place of what was; nothing forgets it."""
    connection.execute("DELETE FROM alert_rules WHERE rule = ?", (rule,))
    if changes:
        connection.execute("INSERT INTO alert_rules (rule, changes) VALUES (?, ?)", (rule, json.dumps(changes)))
