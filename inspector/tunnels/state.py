"""What the tunnel is doing, as one value that the window and the command line show."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from inspector.domain.errors import InspectorError


class TunnelStatus(StrEnum):
    """The tunnel's condition."""

    OFF = "off"
    CONNECTING = "connecting"
    UP = "up"
    DOWN = "down"
    NO_NETWORK = "no network"
    ASKING = "asking"  # a question has to be answered first, see TunnelState.question


class TunnelError(InspectorError):
    """The tunnel could not be set up or was lost. With `lasting` trying again alone does not help."""

    def __init__(self, what: str, why: str = "", todo: str = "", *, lasting: bool = False) -> None:
        super().__init__(what, why, todo)
        self.lasting = lasting


class HostKeyChanged(TunnelError):
    """An SSH server shows another key than the one that was accepted."""

    def __init__(self, host: str, port: int, key_type: str, fingerprint: str) -> None:
        super().__init__(
            f"The key of {host} has changed.",
            f"It now shows the {key_type} key {fingerprint}. "
            "Somebody may be listening in, or the server was set up anew. Nothing was sent.",
            "Ask its administrator; if the change is right, forget the old key and start again.",
            lasting=True,
        )
        self.host = host
        self.port = port


def system_words(error: BaseException) -> str:
    """Return what the system says went wrong, as a sentence."""
    number = getattr(error, "errno", None)
    # asyncio puts words of its own in the place of the system's ("Connect call failed (…)").
    words = os.strerror(number) if isinstance(error, OSError) and isinstance(number, int) and number > 0 else ""
    words = words or str(getattr(error, "reason", "") or error) or type(error).__name__
    return f"{words.rstrip('.')}."


class ConsentNeeded(InspectorError):
    """Somebody else would carry the traffic, and nobody has agreed to that yet."""

    def __init__(self, who: str, text: str) -> None:
        super().__init__(f"{who} has not been agreed to.", text, "Agree to it first.")
        self.who = who
        self.text = text


@dataclass(frozen=True, slots=True)
class HostKeyQuestion:
    """A server seen for the first time: is this really its key? `fingerprint` is `SHA256:…` as OpenSSH prints it."""

    host: str
    port: int
    key_type: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the tunnel's log."""

    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Outage:
    """A time in which nothing could arrive at the public address; `end` is None while it lasts.

    `reason` completes the sentence "Nothing could arrive: …".
    """

    start: datetime
    end: datetime | None
    reason: str


_NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class TunnelState:
    """A moment of the tunnel. `since` is when `status` began; `public_url` has no slash at its end, "" before there
    is one; it stays while the tunnel is down, since most kinds come back under the same address.

    `latency_ms` is the last round trip through the public address, None before the first. `retry_at` is when the
    next try begins, None where none is planned. `down_since` is when the running outage began. `changed_from` is the
    address providers were told before, "" once that was taken note of. `note` says what is special about what
    arrives. `client_header` names the header that holds the sender's address, "" where the carrier sends none that
    can be trusted. `carrier` is who carries the traffic, in words. `single_endpoint` is the id of the one endpoint the
    address leads to, 0 where it leads to all of them.
    """

    kind: str = ""
    title: str = ""
    carrier: str = ""
    status: TunnelStatus = TunnelStatus.OFF
    public_url: str = ""
    since: datetime = _NEVER
    latency_ms: float | None = None
    retry_at: datetime | None = None
    down_since: datetime | None = None
    error: InspectorError | None = None
    question: HostKeyQuestion | None = None
    changed_from: str = ""
    note: str = ""
    client_header: str = ""
    single_endpoint: int = 0

    @property
    def wanted(self) -> bool:
        """Whether somebody started the tunnel."""
        return self.status is not TunnelStatus.OFF

    @property
    def alive(self) -> bool | None:
        """Whether requests arrive; None while no tunnel is wanted, or the first one is still being opened."""
        if self.status is TunnelStatus.UP:
            return True
        return False if self.down_since is not None else None
