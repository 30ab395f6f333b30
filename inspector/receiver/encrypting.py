"""From a fresh connection to an encrypted one, or to the reason why it did not become one.

A connection to the HTTPS port begins with FirstBytes, which reads the client's first record. If that is a TLS
handshake, asyncio's own TLS protocol takes over with the context in force at that moment: a new certificate applies
from the next connection, and those that are open go on. Anything else gets its reason, and plain HTTP an answer too.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from asyncio.sslproto import SSLProtocol
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Protocol

from inspector.domain.request import Request
from inspector.receiver.hello import HANDSHAKE, Hello, is_whole, read_hello
from inspector.receiver.reading import NO_REQUEST_LINE, best_guess
from inspector.receiver.row_cap import RowCap
from inspector.receiver.tls_words import LEFT_AT_ONCE, handshake_failure, looks_like_http, not_tls

HANDSHAKE_S = 10.0
"""How long a client may take from connecting to the end of its handshake."""

TURN_S = 0.003
"""How long handshakes are begun on end before the loop gets a turn; one costs about half a millisecond."""

GOODBYE_S = 3.0
"""How long a client may take to answer our goodbye."""

AT_ONCE_S = 1.0
"""A client that leaves so soon after its handshake, without a word, did not like what it saw."""

HEAD_KEPT = 16 * 1024
SUM_S = 5.0
"""How long failures that are too many to be listed are gathered into one row."""

PLAIN_WAIT_S = 0.5
"""How long the rest of a plain request's head is waited for."""

_PLAIN_TEXT = b"This port speaks HTTPS: use https:// in the address\r\n"
PLAIN_ANSWER = (
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(_PLAIN_TEXT), _PLAIN_TEXT)
)

Report = Callable[[Request, str], None]


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
    """Makes the first protocol of each connection to the HTTPS port, and knows those that are open.

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

    def __call__(self) -> asyncio.Protocol:
        """Return the protocol of a new connection."""
        return FirstBytes(self)

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

    def failed(self, request: Request, reason: str) -> None:
        """Have a failure listed, unless there are too many of them."""
        if self.closing:
            return
        loop = asyncio.get_running_loop()
        unlisted = self._cap.admit(request.peer, loop.time())
        if unlisted is not None:
            self._report(request, reason + _more(unlisted))
        elif self._sum is None:
            self._sum = loop.call_later(SUM_S, self._sum_up, request, reason)

    def _sum_up(self, request: Request, reason: str) -> None:
        """List in one row what was left out, if no other row has told of it by now."""
        self._sum = None
        unlisted = self._cap.take_unlisted()
        if unlisted and not self.closing:
            self._report(request, reason + _more(unlisted - 1))

    def abort(self) -> None:
        """Close whatever is still open, without a goodbye."""
        self.closing = True
        if self._sum is not None:
            self._sum.cancel()
        for transport in tuple(self._open):
            if isinstance(transport, asyncio.WriteTransport):
                transport.abort()
        self._open.clear()


class FirstBytes(asyncio.Protocol):
    """Reads what a client sends first and decides what it is."""

    def __init__(self, doorway: Doorway) -> None:
        self._doorway = doorway
        self._head = b""
        self._ended = False
        self._queued = False
        self._transport: asyncio.Transport | None = None
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._deadline = self._loop.time() + HANDSHAKE_S

    @property
    def _peer(self) -> str:
        peer = self._transport.get_extra_info("peername") if self._transport else None
        return str(peer[0]) if isinstance(peer, tuple) and peer else ""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        if not self._doorway.entered(transport):
            self._fail("All connections for HTTPS were in use.")
            self._close()
            return
        self._wake_in(HANDSHAKE_S, self._too_slow)

    def data_received(self, data: bytes) -> None:
        if self._ended:
            return
        self._head += data[: HEAD_KEPT + 1 - len(self._head)] if self._head else data
        if self._head[0] == HANDSHAKE:
            if is_whole(self._head) and not self._queued:
                self._queued = True
                self._doorway.queue(self._encrypt)
        elif not looks_like_http(self._head) or b"\n\r\n" in self._head or len(self._head) > HEAD_KEPT:
            self._turn_away()
        else:
            self._wake_in(PLAIN_WAIT_S, self._turn_away)

    def eof_received(self) -> bool | None:
        if not self._ended and self._head:
            if self._head[0] == HANDSHAKE:
                self._fail("The client hung up in the middle of its first message.")
            else:
                self._turn_away()
                return True
        return None

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._head and not self._ended:
            self._fail("The client hung up in the middle of its first message.")
        self._stop_timer()
        self._doorway.left(self._transport)
        self._transport = None

    def _encrypt(self) -> None:
        """Hand the connection over to the TLS protocol, with what has been read of it."""
        self._stop_timer()
        transport, doorway = self._transport, self._doorway
        context = doorway.credentials.context
        if transport is None or context is None:
            self._fail("No certificate is in use here: Settings, HTTPS tells why.")
            self._close()
            return
        self._ended = True
        patience = max(0.1, self._deadline - self._loop.time())
        visit = Visit(doorway, _nameless(self._peer), read_hello(self._head))
        tls = Encrypted(self._loop, Inside(doorway.inside(), visit), context, visit, patience)
        transport.set_protocol(tls)
        tls.connection_made(transport)
        tls.feed(self._head)

    def _turn_away(self) -> None:
        """List what is no TLS; one who speaks HTTP is told so."""
        self._fail(not_tls(self._head), best_guess(self._head[:HEAD_KEPT], self._peer))
        if self._transport is None or not looks_like_http(self._head):
            self._close()
            return
        self._transport.write(PLAIN_ANSWER)
        if self._transport.can_write_eof():
            self._transport.write_eof()
        # Closing with unread bytes would reset the connection, and the answer might be lost with it.
        self._wake_in(AT_ONCE_S, self._close)

    def _too_slow(self) -> None:
        if self._head:
            self._fail(handshake_failure(TimeoutError(), None, (), ""))
        self._close()

    def _fail(self, reason: str, request: Request | None = None) -> None:
        self._ended = True
        self._doorway.failed(request or _nameless(self._peer), reason)

    def _close(self) -> None:
        self._stop_timer()
        if self._transport is not None:
            self._transport.abort()

    def _wake_in(self, seconds: float, callback: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = self._loop.call_later(seconds, callback)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Visit:
    """One encrypted connection as it is told about: who, and what its first message was."""

    def __init__(self, doorway: Doorway, request: Request, hello: Hello | None) -> None:
        self._doorway = doorway
        self._request = request
        self._hello = hello
        self._told = False

    def failed(self, error: BaseException | None) -> None:
        """List that the handshake failed, once."""
        credentials = self._doorway.credentials
        self.tell(handshake_failure(error, self._hello, credentials.names, credentials.lowest))

    def tell(self, reason: str) -> None:
        """List a reason, if none has been listed for this connection."""
        if not self._told:
            self._told = True
            self._doorway.failed(replace(self._request, received_at=datetime.now(UTC)), reason)

    def ended(self, transport: asyncio.BaseTransport | None) -> None:
        """Note that the connection is closed."""
        self._doorway.left(transport)


class Encrypted(SSLProtocol):
    """asyncio's TLS protocol for a server, which tells how its handshake ended."""

    max_size = 64 * 1024

    def __init__(
        self, loop: asyncio.AbstractEventLoop, inside: Inside, context: ssl.SSLContext, visit: Visit, patience: float
    ) -> None:
        self._visit = visit
        self._raw: asyncio.Transport | None = None
        waiter = loop.create_future()
        waiter.add_done_callback(lambda done: self._shaken(inside, done))
        super().__init__(
            loop,
            inside,
            context,
            waiter,
            server_side=True,
            ssl_handshake_timeout=patience,  # type: ignore[arg-type]  # fractions are fine
            ssl_shutdown_timeout=GOODBYE_S,
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._raw = transport
        super().connection_made(transport)

    def connection_lost(self, exc: BaseException | None) -> None:
        super().connection_lost(exc)
        self._visit.ended(self._raw)

    def feed(self, data: bytes) -> None:
        """Take bytes that had been read before."""
        while data:
            room = memoryview(self.get_buffer(len(data)))
            count = min(len(room), len(data))
            room[:count] = data[:count]
            data = data[count:]
            self.buffer_updated(count)

    def _fatal_error(self, exc: BaseException, message: str = "Fatal error on transport") -> None:
        # WORKAROUND asyncio to 3.14 drops the alert that tells the client why: https://github.com/python/cpython
        # sslproto.py, _on_handshake_complete closes before what OpenSSL has written is sent.
        outgoing: ssl.MemoryBIO = self._outgoing  # type: ignore[attr-defined]  # typeshed does not tell of it
        alert = outgoing.read()
        if alert and self._raw is not None and not self._raw.is_closing():
            with contextlib.suppress(OSError):
                self._raw.write(alert)
        super()._fatal_error(exc, message)

    def _shaken(self, inside: Inside, done: asyncio.Future[None]) -> None:
        error = None if done.cancelled() else done.exception()
        if not inside.entered:
            self._visit.failed(error)


class Inside(asyncio.Protocol):
    """Stands between TLS and the HTTP protocol: TLS has no half-closed connections, and who says nothing is noticed."""

    def __init__(self, protocol: asyncio.Protocol, visit: Visit) -> None:
        self.entered = False
        self._protocol = protocol
        self._visit = visit
        self._heard = False
        self._since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.entered = True
        self._since = asyncio.get_running_loop().time()
        self._protocol.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        self._heard = True
        self._protocol.data_received(data)

    def eof_received(self) -> bool | None:
        self._protocol.eof_received()
        return None

    def pause_writing(self) -> None:
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._protocol.resume_writing()

    def connection_lost(self, exc: BaseException | None) -> None:
        if not self._heard:
            if isinstance(exc, ssl.SSLError):
                self._visit.failed(exc)
            elif asyncio.get_running_loop().time() - self._since < AT_ONCE_S:
                self._visit.tell(LEFT_AT_ONCE)
        self._protocol.connection_lost(exc)  # type: ignore[arg-type]  # as above


def _more(count: int) -> str:
    return f" {count:,} more failed connections around it are not listed." if count else ""


def _nameless(peer: str) -> Request:
    """Return what stands for a connection that never became a request."""
    return Request(NO_REQUEST_LINE, "", (), b"", datetime.now(UTC), peer, "")
