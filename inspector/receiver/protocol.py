"""aiohttp's connection handling with three gaps closed: unreadable requests, half-closed clients, broken bodies.

aiohttp answers what its parser refuses by itself, and the request is gone. Here the parser's complaint reaches
`unreadable` together with the first bytes of the request, so that it becomes a row like any other. This file is the
only one that knows aiohttp's insides (3.14); the receiver's tests cover each of them over a real socket.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiohttp import EMPTY_PAYLOAD, StreamReader, web
from aiohttp.web_protocol import RequestHandler, RequestPayloadError, _ErrInfo

HEAD_KEPT = 16 * 1024
"""Bytes of a request's beginning that are kept until its head has been read."""

LINE_LIMIT = 64 * 1024
HEADER_COUNT_LIMIT = 1000
KEEP_ALIVE_S = 75.0
LINGER_S = 5.0
READ_SIZE = 256 * 1024


class Unreadable(Protocol):
    """Answers a request that the parser gave up on; `head` is how it began."""

    def __call__(self, request: web.BaseRequest, reason: str, head: bytes) -> Awaitable[web.StreamResponse]:
        """Return the response (already written)."""


class Connection(RequestHandler):
    """One client connection.

    `head` is the beginning of the request being read. `half_closed` tells that the client has said it will send
    nothing more: it may still be reading (`nc -N`), or it may be gone; the two look the same until we write.
    """

    __slots__ = ("_answered", "_broken", "_head_open", "_newest_body", "_unreadable", "half_closed", "head")

    def __init__(self, server: Server, unreadable: Unreadable, **options: Any) -> None:
        super().__init__(server, **options)
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
        # aiohttp calls with no data to have the parser go on with what it holds.
        if data and self._idle:
            if not self._head_open:
                self.head = data[:HEAD_KEPT]
                self._head_open = True
            elif len(self.head) < HEAD_KEPT:
                self.head += data[: HEAD_KEPT - len(self.head)]
        super().data_received(data)
        if self._messages:
            self._head_open = False
            newest, body = self._messages[-1]
            if isinstance(newest, _ErrInfo):
                self._broken = True
                self._give_to_open_body(newest)
            else:
                self._newest_body = body

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
        self, handler: Callable[[web.BaseRequest], Awaitable[web.StreamResponse]], unreadable: Unreadable, logger: Any
    ) -> None:
        super().__init__(handler)
        self._unreadable = unreadable
        self._logger = logger

    def __call__(self) -> RequestHandler:
        return Connection(
            self,
            self._unreadable,
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
