"""What `serve` prints when an alert opens or closes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inspector.commands.printing import Paint
    from inspector.monitor.alerts import Alert

RED, GREEN = "31", "32"


def alert_as_json(alert: Alert, endpoint: str) -> dict[str, Any]:
    """Return what a program is told; what is not known is left out. `endpoint` is "" where it concerns all."""
    known: dict[str, Any] = {
        "alert": "opened" if alert.is_open else "closed",
        "id": alert.id,
        "rule": alert.rule.value,
        "endpoint": endpoint,
        "measured_at": alert.measured_at.value,
        "subject": alert.subject,
        "title": alert.title,
        "detail": alert.detail,
        "value": alert.value,
        "opened_at": _moment(alert.opened_us),
        "closed_at": None if alert.closed_us is None else _moment(alert.closed_us),
    }
    return {name: value for name, value in known.items() if value is not None and value != ""}


def alert_as_text(alert: Alert, endpoint: str, paint: Paint) -> str:
    """Return one line for a person."""
    moment_us = alert.opened_us if alert.closed_us is None else alert.closed_us
    time = datetime.fromtimestamp(moment_us / 1e6).strftime("%H:%M:%S")
    word = paint("Alert:", RED) if alert.is_open else paint("Resolved:", GREEN)
    where = f" [{endpoint}]" if endpoint else ""
    said = f"{alert.title}, {alert.detail}{where}"
    printable = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in said)
    return f"{time} {word} {printable}\n"


def _moment(moment_us: int) -> str:
    return datetime.fromtimestamp(moment_us / 1e6, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
