"""The door for encrypted connections: what they come in with, whose turn it is, and which failures are listed."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from inspector.domain.answer import Answer
from inspector.domain.request import Request
from inspector.receiver.hello import read_hello
from inspector.receiver.row_cap import RowCap
from inspector.receiver.tls_words import handshake_failure, left_at_once

TURN_S = 0.003
"""How long handshakes are begun on end before the loop gets a turn; one costs about half a millisecond."""

SUM_S = 5.0
"""How long failures that are too many to be listed are gathered into one row."""

Report = Callable[[Request, str, Answer | None], None]


class Credentials(Protocol):
    """The certificate in force."""

    @property
    def context(self) -> ssl.SSLContext | None:
        """What new connections are encrypted with; None turns them away."""

    @property
    def names(self) -> tuple[str, ...]:
        """Host names and addresses of the certificate."""

    @property
    def lowest(self) -> str:
        """The oldest version of TLS that is taken: "1.2" or "1.3"."""


class Doorway:
    """What the connections to the HTTPS port share; it knows those that are open.

    `inside` makes the protocol that gets the decrypted bytes, `report` hears of each failure that is to be listed,
    `most` says how many connections there may be.
    """

    def __init__(
        self,
        inside: Callable[[], asyncio.Protocol],
        credentials: Credentials,
        report: Report,
        most: Callable[[], int] = lambda: 1000,
    ) -> None:
        self.inside = inside
        self.credentials = credentials
        self.closing = False
        self._report = report
        self._most = most
        self._cap = RowCap()
        self._waiting: deque[Callable[[], None]] = deque()
        self._sum: asyncio.TimerHandle | None = None
        self._open: set[asyncio.BaseTransport] = set()

    def entered(self, transport: asyncio.BaseTransport) -> bool:
        """Note that a connection is open; returns whether there is room for it.

        Those that have not shaken hands yet count too, or any number of silent ones could be held.
        """
        self._open.add(transport)
        return len(self._open) <= self._most()

    def left(self, transport: asyncio.BaseTransport | None) -> None:
        """Note that it is not any more."""
        if transport is not None:
            self._open.discard(transport)

    def queue(self, handshake: Callable[[], None]) -> None:
        """Begin a handshake when it is its turn: many at once leave the loop time for everything else."""
        self._waiting.append(handshake)
        if len(self._waiting) == 1:
            asyncio.get_running_loop().call_soon(self._shake_some)

    def _shake_some(self) -> None:
        loop = asyncio.get_running_loop()
        end = loop.time() + TURN_S
        while self._waiting:
            self._waiting[0]()
            self._waiting.popleft()
            if loop.time() >= end:
                break
        if self._waiting:
            loop.call_soon(self._shake_some)

    def failed(self, request: Request, reason: str, answer: Answer | None = None) -> None:
        """Have a failure listed, with the answer it got, unless there are too many of them."""
        if self.closing:
            return
        loop = asyncio.get_running_loop()
        unlisted = self._cap.admit(request.peer, loop.time())
        if unlisted is not None:
            self._report(request, reason + _more(unlisted), answer)
        elif self._sum is None:
            self._sum = loop.call_later(SUM_S, self._sum_up, request, reason, answer)

    def _sum_up(self, request: Request, reason: str, answer: Answer | None) -> None:
        """List in one row what was left out, if no other row has told of it by now."""
        self._sum = None
        unlisted = self._cap.take_unlisted()
        if unlisted and not self.closing:
            self._report(request, reason + _more(unlisted - 1), answer)

    def abort(self) -> None:
        """Close whatever is still open, without a goodbye."""
        self.closing = True
        if self._sum is not None:
            self._sum.cancel()
        for transport in tuple(self._open):
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()
        self._open.clear()


class Visit:
    """One encrypted connection as it is told about: who, and what its first message was."""

    def __init__(self, doorway: Doorway, request: Request, head: bytes) -> None:
        self._doorway = doorway
        self._request = request
        self._head = head
        self._told = False

    def queue(self, work: Callable[[], None]) -> None:
        """Go on with the handshake when it is its turn."""
        self._doorway.queue(work)

    def failed(self, error: BaseException | None) -> None:
        """List that the handshake failed, once."""
        credentials = self._doorway.credentials
        hello = read_hello(self._head)
        self.tell(handshake_failure(error, hello, credentials.names, credentials.lowest))

    def left_at_once(self) -> None:
        """List that the client left as soon as it had seen the certificate."""
        self.tell(left_at_once(read_hello(self._head), self._doorway.credentials.names))

    def tell(self, reason: str) -> None:
        """List a reason, if none has been listed for this connection."""
        if not self._told:
            self._told = True
            self._doorway.failed(replace(self._request, received_at=datetime.now(UTC)), reason)

    def ended(self, transport: asyncio.BaseTransport | None) -> None:
        """Note that the connection is closed."""
        self._doorway.left(transport)


def _more(count: int) -> str:
    return f" {count:,} more failed connections around it are not listed." if count else ""
