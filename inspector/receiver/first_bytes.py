"""From a fresh connection to an encrypted one, or to the reason why it did not become one.

A connection to the HTTPS port begins with FirstBytes, which reads the client's first record. If that is a TLS
handshake, asyncio's own TLS protocol takes over with the context in force at that moment: a new certificate applies
from the next connection, and those that are open go on. Anything else gets its reason, and plain HTTP an answer too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from inspector.domain.answer import Answer
from inspector.domain.request import Request
from inspector.receiver.answering import TEXT, wire_bytes
from inspector.receiver.doorway import Doorway, Visit
from inspector.receiver.encrypting import Encrypted, Inside
from inspector.receiver.hello import HANDSHAKE, is_whole
from inspector.receiver.reading import NO_REQUEST_LINE, best_guess
from inspector.receiver.tls_words import handshake_failure, looks_like_http, not_tls

HANDSHAKE_S = 10.0
"""How long a client may take from connecting to the end of its handshake."""

HEAD_KEPT = 16 * 1024
PLAIN_WAIT_S = 0.5
"""How long the rest of a plain request's head is waited for."""

LEAVING_S = 1.0
"""How long one who was told something may take to hang up."""

PLAIN_ANSWER = Answer(400, (TEXT,), b"This port speaks HTTPS: use https:// in the address\r\n")
"""What one who speaks plain HTTP is told; everybody else gets no answer."""


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
        visit = Visit(doorway, nameless(self._peer), self._head)
        tls = Encrypted(self._loop, Inside(doorway.inside(), visit), context, visit, patience)
        transport.set_protocol(tls)
        tls.connection_made(transport)
        tls.feed(self._head)

    def _turn_away(self) -> None:
        """List what is no TLS; one who speaks HTTP is told so."""
        spoken = PLAIN_ANSWER if self._transport is not None and looks_like_http(self._head) else None
        self._fail(not_tls(self._head), best_guess(self._head[:HEAD_KEPT], self._peer), spoken)
        if self._transport is None or spoken is None:
            self._close()
            return
        self._transport.write(wire_bytes(spoken, method="GET", keep_alive=False))
        if self._transport.can_write_eof():
            self._transport.write_eof()
        # Closing with unread bytes would reset the connection, and the answer might be lost with it.
        self._wake_in(LEAVING_S, self._close)

    def _too_slow(self) -> None:
        if self._head:
            self._fail(handshake_failure(TimeoutError(), None, (), ""))
        self._close()

    def _fail(self, reason: str, request: Request | None = None, answer: Answer | None = None) -> None:
        self._ended = True
        self._doorway.failed(request or nameless(self._peer), reason, answer)

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


def nameless(peer: str) -> Request:
    """Return what stands for a connection that never became a request."""
    return Request(NO_REQUEST_LINE, "", (), b"", datetime.now(UTC), peer, "")
