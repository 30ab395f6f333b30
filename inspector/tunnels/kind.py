"""What a kind of tunnel is: how it is called, who carries the traffic, and the coroutine that keeps it open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from inspector.settings import Settings
from inspector.tunnels.state import HostKeyQuestion

PROBE_EVERY_S = 30.0


@dataclass(frozen=True, slots=True)
class Setup:
    """What a tunnel needs to know: the `host` and `port` where the receiver speaks plain HTTP on this computer.

    `path` is the path of the endpoint that a relay of one address delivers to. `secret` reads a secret by its key.
    `folder` is where host keys are remembered, `memory` is kept from one try to the next.
    """

    host: str
    port: int
    path: str
    settings: Settings
    folder: Path
    program: str
    secret: Callable[[str], Awaitable[str | None]]
    memory: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The receiver's address on this computer, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"


class Reporter(Protocol):
    """Whom a running tunnel tells what happens."""

    def up(self, url: str, *, note: str = "") -> None:
        """The tunnel is open under this address; may be called again where the address changes."""

    def log(self, text: str) -> None:
        """One line of what the helper program or the server said."""

    def measured(self, latency_ms: float) -> None:
        """A round trip of a kind that measures on its own."""

    def suspect(self) -> None:
        """Something was said that may mean trouble: a round trip shall tell."""

    def unreachable(self, reason: str) -> None:
        """The round trip of a kind that measures on its own did not come back."""

    async def ask(self, question: HostKeyQuestion) -> bool:
        """Ask the user and wait for the answer."""


Run = Callable[[Setup, Reporter], Awaitable[None]]
"""Opens a tunnel and keeps it open until it is cancelled; raises TunnelError when it is lost."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of tunnel.

    `who` names who carries the traffic, from the settings; "" where nobody else does. `consent` is the sentence that
    tells so, with {who} in it. `missing` returns what the user has to fill in first, "" for nothing. `programs` are
    names of the helper program, `install` where it is got. `client_header` is the header that holds the sender's
    address and that the carrier overwrites, "" for none. With `verified` the tunnel counts as up only once a round
    trip came back. `probe_s` is how often one is made, 0 where the kind measures on its own; the first after a new
    address waits `settle_s`. `single` kinds have one
    address for one endpoint.
    """

    key: str
    title: str
    run: Run
    who: Callable[[Settings], str]
    consent: str
    missing: Callable[[Settings], str] = lambda _settings: ""
    programs: tuple[str, ...] = ()
    install: str = ""
    client_header: str = ""
    verified: bool = False
    probe_s: float = PROBE_EVERY_S
    settle_s: float = 0.0
    single: bool = False
    asks_for_program: bool = False

    def consent_text(self, settings: Settings) -> str:
        """Return the sentence that names who carries the traffic."""
        return self.consent.replace("{who}", self.who(settings))


def always(who: str) -> Callable[[Settings], str]:
    """Return a function that names the same carrier whatever the settings say."""
    return lambda _settings: who


READS_ALL = "Requests to the public address pass through {who}, who can read them."
"""The consent sentence of carriers that end TLS themselves."""
