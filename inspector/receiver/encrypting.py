"""asyncio's TLS protocol for a server that takes turns, and what stands between it and HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from asyncio.sslproto import SSLProtocol

from inspector.receiver.doorway import Visit

GOODBYE_S = 3.0
"""How long a client may take to answer our goodbye."""

AT_ONCE_S = 1.0
"""A client that leaves so soon after its handshake, without a word, did not like what it saw."""


class Encrypted(SSLProtocol):
    """asyncio's TLS protocol for a server, which tells how its handshake ended.

    Until then every step waits for its turn, the first request too: of many clients that come at once each gets a bit,
    and whatever else the loop has to do comes in between.
    """

    max_size = 64 * 1024

    def __init__(
        self, loop: asyncio.AbstractEventLoop, inside: Inside, context: ssl.SSLContext, visit: Visit, patience: float
    ) -> None:
        self._visit = visit
        self._raw: asyncio.Transport | None = None
        self._is_shaken = False
        self._held: list[bytes] = []
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
        self._held.clear()
        super().connection_lost(exc)
        self._visit.ended(self._raw)

    def buffer_updated(self, nbytes: int) -> None:
        if self._is_shaken and not self._held:
            super().buffer_updated(nbytes)
            return
        self._held.append(bytes(memoryview(self.get_buffer(-1))[:nbytes]))
        if len(self._held) == 1:
            self._visit.queue(self._go_on)

    def eof_received(self) -> bool | None:  # type: ignore[override]  # typeshed forgets that it may return True
        self._go_on()
        return super().eof_received()

    def _go_on(self) -> None:
        held, self._held = self._held, []
        if held and self._raw is not None and not self._raw.is_closing():
            self.feed(b"".join(held))

    def feed(self, data: bytes) -> None:
        """Take bytes that had been read before."""
        while data:
            room = memoryview(self.get_buffer(len(data)))
            count = min(len(room), len(data))
            room[:count] = data[:count]
            data = data[count:]
            super().buffer_updated(count)

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
        self._is_shaken = True
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
                self._visit.left_at_once()
        self._protocol.connection_lost(exc)  # type: ignore[arg-type]  # as above
