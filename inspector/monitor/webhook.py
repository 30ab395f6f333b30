"""Telling alerts to an address of the user's, as JSON that Slack (and Mattermost, and Discord's /slack) understands."""

from __future__ import annotations

import json
import logging
from typing import Protocol
from urllib.parse import urlsplit

from inspector.domain.attempt import Outgoing, Response
from inspector.domain.errors import UsageError
from inspector.monitor.alerts import Alert
from inspector.monitor.wording import duration

TIMEOUT_S = 10.0
_COLOURS = {True: "#c62828", False: "#2e7d32"}

_log = logging.getLogger(__name__)


class _Trouble(Protocol):
    @property
    def title(self) -> str:
        """What went wrong, in a sentence."""


class Sent(Protocol):
    """How a sending ended: with a response, or with trouble."""

    @property
    def response(self) -> Response | None:
        """What the target said."""

    @property
    def trouble(self) -> _Trouble | None:
        """Why it said nothing."""


class Sending(Protocol):
    """What sends a request; never raises for what the network does."""

    async def send(self, outgoing: Outgoing, *, timeout_s: float) -> Sent:
        """Send a request and return how it ended."""


def check_url(url: str) -> str:
    """Return an address without the blanks around it. Raises UsageError for what is no http(s) address."""
    trimmed = url.strip()
    parts = urlsplit(trimmed)
    if trimmed and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise UsageError("This is no address alerts can be posted to.", "", "Write it as https://host/path.")
    return trimmed


def message_of(alert: Alert, endpoint: str) -> bytes:
    """Return what is posted when an alert opens or closes; `endpoint` is its name, "" where it concerns all."""
    state = "Alert" if alert.is_open else "Resolved"
    where = f" on {endpoint}" if endpoint else ""
    text = f"{state}: {alert.title}{where}, {alert.detail}"
    fields = [{"title": "Rule", "value": alert.rule.value, "short": True}]
    if endpoint:
        fields.append({"title": "Endpoint", "value": endpoint, "short": True})
    if alert.closed_us is not None:
        lasted = duration((alert.closed_us - alert.opened_us) // 1_000_000)
        fields.append({"title": "Lasted", "value": lasted, "short": True})
    moment_us = alert.opened_us if alert.closed_us is None else alert.closed_us
    attachment = {
        "color": _COLOURS[alert.is_open],
        "fallback": text,
        "fields": fields,
        "ts": moment_us // 1_000_000,
    }
    return json.dumps({"text": _escaped(text), "attachments": [attachment]}).encode()


def trial_message() -> bytes:
    """Return what is posted to try an address."""
    return json.dumps({"text": "Test: alerts of Webhook Inspector arrive here."}).encode()


async def post(sending: Sending, url: str, body: bytes) -> str:
    """Post a message and return why it did not arrive, "" where it did."""
    headers = ((b"Content-Type", b"application/json"), (b"User-Agent", b"WebhookInspector"))
    result = await sending.send(Outgoing("POST", url, headers, body), timeout_s=TIMEOUT_S)
    if result.response is None:
        trouble = "" if result.trouble is None else result.trouble.title
        problem = trouble or "No answer"
    elif 200 <= result.response.status < 300:
        return ""
    else:
        said = result.response.body[:200].decode("utf-8", "replace").strip()
        problem = f"Answered {result.response.status}{f': {said}' if said else ''}"
    _log.warning("An alert could not be posted: %s", problem)
    return problem


def _escaped(text: str) -> str:
    """Slack's three control characters, as its documentation of message formatting asks for."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
