"""aiohttp's connection handling with its gaps closed: unreadable requests, half-closed and slow clients, broken bodies.

aiohttp answers what its parser refuses by itself, and the request is gone. Here the parser's complaint reaches
`unreadable` together with the first bytes of the request, so that it becomes a row like any other. This file is the
only one that knows aiohttp's insides (3.14); the receiver's tests cover each of them over a real socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, cast

from aiohttp import EMPTY_PAYLOAD, StreamReader, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.http_parser import RawRequestMessage
from aiohttp.web_protocol import RequestHandler, RequestPayloadError, _ErrInfo

from inspector.receiver.answering import CROWDED, wire_bytes
from inspector.receiver.limits import Limits

HEAD_KEPT = 16 * 1024
"""Bytes of a request's beginning that are kept until its head has been read."""

LINE_LIMIT = 64 * 1024
HEADER_COUNT_LIMIT = 1000
KEEP_ALIVE_S = 75.0
LINGER_S = 5.0
READ_SIZE = 256 * 1024

HELD_BYTES = 256 * 1024
"""So much may come while a request is being answered directly before reading stops."""

RESET_WAIT_S = 0.05
"""How long a client that closed its sending side may take to tell that it is not reading either."""


HEAD_END = b"\r\n\r\n"
MOST_PIECES = 1_000

SWEEP_S = 1.0
"""How often connections are looked through for those whose request takes too long to begin."""


class Unreadable(Protocol):
    """Answers a request that the parser gave up on, or (`slow`) that took too long; `head` is how it began."""

    def __call__(self, request: web.BaseRequest, reason: str, head: bytes, slow: bool) -> Awaitable[web.StreamResponse]:
        """Return the response (already written)."""


class House(Protocol):
    """What the connections share: how many there may be and how patient we are, and who hears of the others."""

    limits: Limits
    aborted: Callable[[], None]

    def crowded(self, peer: str) -> None:
        """Note a connection that was turned away because there were too many."""


class TakeDirectly(Protocol):
    """Takes a request that has arrived whole, if it is an ordinary one."""

    def __call__(self, connection: Connection, message: RawRequestMessage, payload: StreamReader) -> bool:
        """Return whether it was taken; then `hold` was called, and `release` follows."""


class Connection(RequestHandler):
    """One client connection.

    `head` is the beginning of the request being read. `half_closed` tells that the client has said it will send
    nothing more: it may still be reading (`nc -N`), or it may be gone; the two look the same until we write.

    Between `hold` and `release` one request is being answered past aiohttp's own machinery; what comes meanwhile waits.
    """

    __slots__ = (
        *(
            "_answered",
            "_broken",
            "_direct",
            "_gone",
            "_head_open",
            "_held",
            "_newest_body",
            "_refused",
            "_server",
            "_taking",
        ),
        *("_since", "_slow", "_unreadable", "half_closed", "head"),
    )

    def __init__(self, server: Server, unreadable: Unreadable, direct: TakeDirectly, **options: Any) -> None:
        super().__init__(server, **options)
        self._server = server
        self._since: float | None = None
        self._slow = False
        self._refused = False
        self._gone: asyncio.Event | None = None
        self._direct = direct
        self._taking = False
        self._held: list[bytes] | None = None
        self.head = b""
        self.half_closed = False
        self._head_open = False
        self._broken = False
        self._answered = 0
        self._newest_body: StreamReader = EMPTY_PAYLOAD
        self._unreadable = unreadable

    @property
    def _idle(self) -> bool:
        """Whether every request whose head has been read has been answered."""
        return self._request_count == self._answered

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if not self._server.has_room():
            self._refused = self._broken = True
            stream = cast(asyncio.Transport, transport)
            stream.write(wire_bytes(CROWDED, method="POST", keep_alive=False))
            stream.close()
            peer = transport.get_extra_info("peername")
            self._server.turned_away(str(peer[0]) if isinstance(peer, tuple) and peer else "")
            return
        super().connection_made(transport)
        self._since = asyncio.get_running_loop().time()
        self._server.watch()

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._gone is not None:
            self._gone.set()
        if self._refused:
            return
        if self._head_open and not self._broken:
            self._server.house.aborted()
        super().connection_lost(exc)

    @property
    def gone(self) -> asyncio.Event:
        """Set as soon as the connection has ended, or the client says that it will send nothing more.

        Hardly any client does the latter and goes on to wait; whether it does shows only when we write.
        """
        if self._gone is None:
            self._gone = asyncio.Event()
            if self.is_gone or self.half_closed:
                self._gone.set()
        return self._gone

    def data_received(self, data: bytes) -> None:
        if data.count(HEAD_END) > 1:
            for piece in _pieces(data):
                self._take_in(piece)
        else:
            self._take_in(data)

    def _take_in(self, data: bytes) -> None:
        if self._broken:
            return
        if self._held is not None:
            self._hold_back(data)
            return
        # aiohttp calls with no data to have the parser go on with what it holds.
        if data and self._idle:
            if not self._head_open:
                self.head = data[:HEAD_KEPT]
                self._head_open = True
                self._since = None
            elif len(self.head) < HEAD_KEPT:
                self.head += data[: HEAD_KEPT - len(self.head)]
            if self._is_waiting:
                self._parse(data)
            else:
                super().data_received(data)
                self._look_at_newest()
            if self._head_open and self._since is None:
                self._since = asyncio.get_running_loop().time()
            return
        super().data_received(data)
        self._look_at_newest()

    @property
    def _is_waiting(self) -> bool:
        """Whether nothing is queued or being handled, so that a request may be taken past the queue."""
        waiter = self._waiter
        return (
            waiter is not None
            and not waiter.done()
            and not self._messages
            and self._payload_parser is None
            and not (self._upgraded or self._force_close or self._close)
        )

    def _parse(self, data: bytes) -> None:
        """Do what aiohttp's data_received does, but for a request that can be taken directly."""
        assert self._parser is not None
        try:
            messages, upgraded, tail = self._parser.feed_data(data)
        except HttpProcessingError as error:
            messages = [(_ErrInfo(status=400, exc=error, message=error.message), EMPTY_PAYLOAD)]
            upgraded, tail = False, b""
        if len(messages) == 1 and not upgraded:
            message, payload = messages[0]
            if not isinstance(message, _ErrInfo) and payload.is_eof() and self._taken(message, payload):
                self._request_count += 1
                self._head_open = False
                self._newest_body = payload
                self._parser.message_consumed()
                return
        for item in messages:
            self._request_count += 1
            self._messages.append(item)
        if messages and self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        if not self._buffer_paused and len(self._messages) >= self._max_msg_queue_size:
            self._pause_reading_for_buffer()
        self._upgraded = upgraded
        if upgraded and tail:
            self._message_tail = tail
        self._look_at_newest()

    def _taken(self, message: RawRequestMessage, payload: StreamReader) -> bool:
        self._taking = True
        try:
            return self._direct(self, message, payload)
        finally:
            self._taking = False

    def resume_reading(self, resume_parser: bool = True) -> None:
        # A body that came whole is read out in one go; aiohttp would look for more of it each time.
        if not self._taking or self._reading_paused:
            super().resume_reading(resume_parser)

    def _look_at_newest(self) -> None:
        if self._messages:
            self._head_open = False
            newest, body = self._messages[-1]
            if isinstance(newest, _ErrInfo):
                self._broken = True
                self._give_to_open_body(newest)
            else:
                self._newest_body = body

    # Clients that take their time

    def overdue(self, now: float, head_s: float) -> bool:
        """Tell whether a request was begun (or the connection opened) more than `head_s` ago and no head has come."""
        if self._since is None or self._broken or not (self._head_open or self._request_count == 0):
            return False
        return now - self._since > head_s

    def give_up(self, head_s: float) -> None:
        """Answer a head that does not come to its end; a client that has said nothing at all is let go without a word.

        The parser's own complaints take the same way.
        """
        self._broken = True
        waiter = self._waiter
        if not self.head or waiter is None or waiter.done():
            self._server.house.aborted()
            self.force_close()
            return
        self._slow = True
        words = f"The head of the request had not come to its end after {head_s:g} s."
        self._request_count += 1
        self._messages.append((_ErrInfo(status=408, exc=TimeoutError(words), message=words), EMPTY_PAYLOAD))
        waiter.set_result(None)

    @property
    def is_idle(self) -> bool:
        """Whether it waits for a further request, and none has begun to come."""
        waiting = self._waiter is not None and not self._waiter.done()
        return waiting and self._held is None and not self._head_open and self._request_count > 0

    # A request that is answered directly

    @property
    def is_gone(self) -> bool:
        """Whether nothing can be sent any more."""
        return self.transport is None or self.transport.is_closing()

    def hold(self) -> None:
        """Keep what comes back until `release`."""
        self._held = []

    def send(self, data: bytes) -> None:
        """Send an answer."""
        if self.transport is not None:
            self.transport.write(data)

    def release(self, goes_on: bool) -> None:
        """Go on after the answer, or close the connection."""
        held, self._held = self._held or [], None
        self._answered += 1
        if self.is_gone:
            return
        assert self.transport is not None
        if not goes_on or (self.half_closed and not held):
            self._end()
            return
        if held:
            self.transport.resume_reading()
            self.data_received(b"".join(held))
            if self.half_closed and self._idle and self._held is None:
                self._server.house.aborted()  # a request that will never come to its end
                self._end()
                return
        loop = asyncio.get_running_loop()
        self._next_keepalive_close_time = loop.time() + KEEP_ALIVE_S
        if self._keepalive_handle is None:
            self._keepalive_handle = loop.call_at(self._next_keepalive_close_time, self._process_keepalive)

    @property
    def has_more(self) -> bool:
        """Whether further requests have come already."""
        return bool(self._held or self._messages)

    def _end(self) -> None:
        self.close()
        if self.transport is not None:
            self.transport.close()

    async def still_there(self) -> bool:
        """Tell whether a half-closed client took the answer: one that has gone answers our bytes with a reset."""
        return await still_there(self.transport)

    def _hold_back(self, data: bytes) -> None:
        assert self._held is not None
        self._held.append(data)
        if self.transport is not None and sum(map(len, self._held)) > HELD_BYTES:
            self.transport.pause_reading()

    def _process_keepalive(self) -> None:
        if self._held is not None:  # it is not idle, though aiohttp does not know of the request
            loop = asyncio.get_running_loop()
            self._next_keepalive_close_time = loop.time() + KEEP_ALIVE_S
        super()._process_keepalive()

    def _give_to_open_body(self, problem: _ErrInfo) -> None:
        """Hand a broken body's problem to the request it belongs to.

        WORKAROUND aiohttp 3.14 queues the problem as a request of its own behind the one whose body is still being
        read; that one then waits for its end for ever.
        """
        if self._newest_body.is_eof():
            return
        self._messages.pop()
        self._answered += 1
        self._newest_body.set_exception(RequestPayloadError(problem.message))
        self._newest_body.feed_eof()

    def eof_received(self) -> bool | None:  # type: ignore[override]
        """Keep the connection open for our answer where all that was begun has arrived (RFC 9112 section 9.6)."""
        self.half_closed = not self._idle and self._newest_body.is_eof()
        if self._gone is not None:
            self._gone.set()
        return self.half_closed or None

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        self._answered += 1
        return await super().finish_response(request, resp, start_time)

    def _make_error_handler(self, err_info: _ErrInfo) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
        return lambda request: self._unreadable(request, err_info.message, self.head, self._slow)


def _pieces(data: bytes) -> list[bytes]:
    """Return data cut behind whatever may be the end of a head.

    WORKAROUND aiohttp 3.14 drops the good requests that lie before a broken one in the same bytes: its parser raises
    before it has handed them out. In pieces they have been handed out by then.
    """
    pieces: list[bytes] = []
    at = 0
    while len(pieces) < MOST_PIECES:
        end = data.find(HEAD_END, at)
        if end < 0:
            break
        pieces.append(data[at : end + len(HEAD_END)])
        at = end + len(HEAD_END)
    return [*pieces, data[at:]] if at < len(data) else pieces


class Server(web.Server):
    """Makes a Connection for each client; bodies reach `handler` as sent, compressed ones compressed."""

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        unreadable: Unreadable,
        direct: TakeDirectly,
        logger: Any,
        house: House,
    ) -> None:
        super().__init__(handler)
        self.house = house
        self._sweep: asyncio.TimerHandle | None = None
        self._unreadable = unreadable
        self._direct = direct
        self._logger = logger

    def __call__(self) -> RequestHandler:
        return Connection(
            self,
            self._unreadable,
            self._direct,
            loop=asyncio.get_running_loop(),
            logger=self._logger,
            access_log=None,
            keepalive_timeout=KEEP_ALIVE_S,
            lingering_time=LINGER_S,
            read_bufsize=READ_SIZE,
            max_line_size=LINE_LIMIT,
            max_field_size=LINE_LIMIT,
            max_headers=HEADER_COUNT_LIMIT,
            auto_decompress=False,
        )

    def has_room(self) -> bool:
        """Tell whether one more connection may come; one that is only kept open for later gives way to it."""
        if len(self._connections) < self.house.limits.connections:
            return True
        for connection, transport in self._connections.items():
            if isinstance(connection, Connection) and connection.is_idle and not transport.is_closing():
                connection.force_close()
                return True
        return False

    def turned_away(self, peer: str) -> None:
        """Note a connection there was no room for."""
        self.house.crowded(peer)

    def watch(self) -> None:
        """Look through the connections now and then, for as long as there are any."""
        if self._sweep is None:
            pause = min(SWEEP_S, self.house.limits.head_s / 4)
            self._sweep = asyncio.get_running_loop().call_later(pause, self._look_through)

    def _look_through(self) -> None:
        self._sweep = None
        if not self._connections:
            return
        now, head_s = asyncio.get_running_loop().time(), self.house.limits.head_s
        for connection in self._connections:
            if isinstance(connection, Connection) and connection.overdue(now, head_s):
                connection.give_up(head_s)
        self.watch()

    async def shutdown(self, timeout: float | None = None) -> None:  # noqa: ASYNC109 - aiohttp's signature
        if self._sweep is not None:
            self._sweep.cancel()
            self._sweep = None
        await super().shutdown(timeout)


class Written(web.StreamResponse):
    """Tells aiohttp how the connection goes on after an answer we have written ourselves."""

    def __init__(self, *, keep_alive: bool, gone: bool = False) -> None:
        self._goes_on = keep_alive
        self._gone = gone

    @property
    def keep_alive(self) -> bool | None:
        return self._goes_on

    async def prepare(self, request: web.BaseRequest) -> None:
        if self._gone:
            raise ConnectionResetError("The client has gone")

    async def write_eof(self, data: Any = b"") -> None:
        """Nothing is left to write."""


GOES_ON = Written(keep_alive=True)
ENDS = Written(keep_alive=False)
GONE = Written(keep_alive=False, gone=True)


async def still_there(transport: asyncio.Transport | None) -> bool:
    """Tell whether a half-closed client took the answer: one that has gone answers our bytes with a reset."""
    if transport is None or transport.is_closing():
        return False
    await asyncio.sleep(RESET_WAIT_S)
    connection: socket.socket | None = transport.get_extra_info("socket")
    if transport.is_closing() or connection is None:
        return False
    with contextlib.suppress(OSError):
        return connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR) == 0
    return False
