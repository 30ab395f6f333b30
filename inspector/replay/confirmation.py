"""Opens the address a provider wants opened before it delivers, after the user has agreed and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol
from urllib.parse import urlsplit

from inspector.domain.attempt import Outgoing
from inspector.domain.errors import UsageError
from inspector.providers.handshake import may_be_opened
from inspector.replay.sender import Result

TIMEOUT_S = 15.0

_SHOWN = 200


class Sends(Protocol):
    """Sends one request with the system's certificate rules and follows no redirect (replay.sender.Sender)."""

    async def send(self, outgoing: Outgoing, *, timeout_s: float) -> Result:
        """Send and wait for the response."""
        ...


@dataclass(frozen=True, slots=True)
class Confirmation:
    """How it went: `words` in one sentence, `detail` what the provider wrote or what to do ("" for nothing)."""

    done: bool
    words: str
    detail: str = ""


def confirmation_host(url: str, patterns: tuple[str, ...]) -> str:
    """Return the host that would be asked; raises UsageError where the address is not the provider's own."""
    if not may_be_opened(url, patterns):
        raise UsageError("This address is not opened.", "It is not one of the provider's own addresses.")
    return urlsplit(url).hostname or ""


async def confirm(url: str, patterns: tuple[str, ...], sender: Sends, *, timeout_s: float = TIMEOUT_S) -> Confirmation:
    """Open an address that a captured event names; `patterns` are the provider's own (see handshake.may_be_opened).

    Raises UsageError where the address does not fit them.
    """
    host = confirmation_host(url, patterns)
    outgoing = Outgoing("GET", url, ((b"Accept", b"*/*"), (b"User-Agent", b"Webhook Inspector")), b"")
    result = await sender.send(outgoing, timeout_s=timeout_s)
    if result.trouble is not None:
        return Confirmation(False, f"{result.trouble.title}.", result.trouble.hint)
    if result.response is None:
        return Confirmation(False, f"{host} sent no response.")
    status = result.response.status
    text = " ".join(result.response.body[: 4 * _SHOWN].decode("utf-8", "replace").split())[:_SHOWN]
    if 200 <= status < 300:
        return Confirmation(True, f"Confirmed: {host} answered {status}.")
    return Confirmation(False, f"Not confirmed: {host} answered {status}.", text)
