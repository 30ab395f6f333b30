"""aiohttp's connection handling with three gaps closed: unreadable requests, half-closed clients, broken bodies.

aiohttp answers what its parser refuses by itself, and the request is gone. Here the parser's complaint reaches
`unreadable` together with the first bytes of the request, so that it becomes a row like any other. This file is the
only one that knows aiohttp's insides (3.14); the receiver's tests cover each of them over a real socket.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import EMPTY_PAYLOAD, StreamReader, web
from aiohttp.http_exceptions import HttpProcessingError
from aiohttp.http_parser import RawRequestMessage
from aiohttp.web_protocol import RequestHandler, RequestPayloadError, _ErrInfo

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


class Unreadable(Protocol):
    """Answers a request that the parser gave up on; `head` is how it began."""

    def __call__(self, request: web.BaseRequest, reason: str, head: bytes) -> Awaitable[web.StreamResponse]:
        """Return the response (already written)."""


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
        *("_answered", "_broken", "_direct", "_head_open", "_held", "_newest_body", "_unreadable"),
        *("half_closed", "head"),
    )

    def __init__(self, server: Server, unreadable: Unreadable, direct: TakeDirectly, **options: Any) -> None:
        super().__init__(server, **options)
        self._direct = direct
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

    def data_received(self, data: bytes) -> None:
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
            elif len(self.head) < HEAD_KEPT:
                self.head += data[: HEAD_KEPT - len(self.head)]
            if self._is_waiting:
                self._parse(data)
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
            if not isinstance(message, _ErrInfo) and payload.is_eof() and self._direct(self, message, payload):
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

    def _look_at_newest(self) -> None:
        if self._messages:
            self._head_open = False
            newest, body = self._messages[-1]
            if isinstance(newest, _ErrInfo):
                self._broken = True
                self._give_to_open_body(newest)
            else:
                self._newest_body = body

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
        if not goes_on or self.half_closed:
            self.close()
            self.transport.close()
            return
        if held:
            self.transport.resume_reading()
            self.data_received(b"".join(held))
        loop = asyncio.get_running_loop()
        self._next_keepalive_close_time = loop.time() + KEEP_ALIVE_S
        if self._keepalive_handle is None:
            self._keepalive_handle = loop.call_at(self._next_keepalive_close_time, self._process_keepalive)

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
        return self.half_closed or None

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        self._answered += 1
        return await super().finish_response(request, resp, start_time)

    def _make_error_handler(self, err_info: _ErrInfo) -> Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]:
        return lambda request: self._unreadable(request, err_info.message, self.head)


class Server(web.Server):
    """Makes a Connection for each client; bodies reach `handler` as sent, compressed ones compressed."""

    def __init__(
        self,
        handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]],
        unreadable: Unreadable,
        direct: TakeDirectly,
        logger: Any,
    ) -> None:
        super().__init__(handler)
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
