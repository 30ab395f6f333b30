"""What the receiver is doing, as one value that the window and the command line show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from inspector.domain.errors import InspectorError, ListenError


class Status(StrEnum):
    """The receiver's condition."""

    STARTING = "starting"
    RECEIVING = "receiving"
    PAUSED = "paused"
    STOPPED = "stopped"
    FAILED = "failed"


class PauseMode(StrEnum):
    """How a paused receiver turns events away; nothing is stored in any of them."""

    REFUSE = "refuse"  # 503 with Retry-After: providers try again
    DISCARD = "discard"  # 200: providers think it was delivered
    CLOSED = "closed"  # nobody listens: providers cannot connect


_NEVER = datetime.fromtimestamp(0, UTC)


@dataclass(frozen=True, slots=True)
class ReceiverState:
    """A moment of the receiver. `since` is when `status` began; `url` is scheme, host and port without a slash.

    `turned_away` counts requests refused while paused, since the pause began; `aborted` counts clients that hung up
    before their request was complete, since the start. `port` is 0 and `url` "" while nothing listens.

    `https_url` is the address of the HTTPS port, "" while there is none; where there is nothing else, `url` and `port`
    are the same. `https_error` is why HTTPS is missing although it is asked for. `inner_url` is where this program's
    own helpers (tunnels, test events) reach the receiver by plain HTTP: `url`, or a loopback port of their own.
    """

    status: Status = Status.STOPPED
    host: str = ""
    port: int = 0
    url: str = ""
    error: ListenError | None = None
    turned_away: int = 0
    since: datetime = _NEVER
    pause: PauseMode | None = None
    aborted: int = 0
    https_url: str = ""
    https_port: int = 0
    https_error: InspectorError | None = None
    inner_url: str = ""
    inner_port: int = 0

    def url_by(self, host: str) -> str:
        """Return the local address a kept request came by, from its Host line: HTTPS where that names its port.

        What is kept of a request does not say whether its connection was encrypted, but the two never share a port.
        """
        port = host.rpartition("]")[2].rpartition(":")[2] if ":" in host.rpartition("]")[2] else "443"
        return self.https_url if self.https_url and port == str(self.https_port) else self.url
