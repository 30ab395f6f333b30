"""The receiver: where it listens, whether it does, and the way from one state to the next."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from inspector.domain.endpoint import Endpoint
from inspector.domain.errors import ListenError
from inspector.feed import Feed
from inspector.receiver.addressing import base_url
from inspector.receiver.direct import Direct
from inspector.receiver.handler import Answers, Endpoints, Handler
from inspector.receiver.intake import Intake
from inspector.receiver.ports import BACKLOG, listening_sockets
from inspector.receiver.protocol import Server
from inspector.receiver.state import PauseMode, ReceiverState, Status

FINISH_S = 3.0
"""How long requests in flight may take to finish when the receiver stops."""

CLOSE_S = 0.1
"""How long a connection may take to close after that."""

NEWS_S = 0.2
"""Counts of turned away requests are published at most this often."""

_log = logging.getLogger(__name__)


class Receiver:
    """Receives webhooks on a running event loop, whichever that is.

    Feeds: `changed` (ReceiverState) with every change of `state`.
    """

    def __init__(self, directory: Endpoints, intake: Intake, store: Answers, max_body_bytes: int) -> None:
        self.changed: Feed[ReceiverState] = Feed()
        self._state = ReceiverState()
        self._handler = Handler(
            directory,
            intake,
            store,
            max_body_bytes,
            on_turned_away=self._count_turned_away,
            on_aborted=self._count_aborted,
        )
        self._direct = Direct(self._handler, intake)
        self._server: Server | None = None
        self._listeners: list[asyncio.Server] = []
        self._news: asyncio.TimerHandle | None = None
        self._turned_away = 0
        self._aborted = 0
        # Two changes at once (a restart while the receiver stops) follow one another.
        self._changing = asyncio.Lock()

    @property
    def state(self) -> ReceiverState:
        """What the receiver is doing now."""
        return replace(self._state, turned_away=self._turned_away, aborted=self._aborted)

    @property
    def max_body_bytes(self) -> int:
        """The largest body that is accepted; a change applies from the next request."""
        return self._handler.max_body_bytes

    @max_body_bytes.setter
    def max_body_bytes(self, limit: int) -> None:
        self._handler.max_body_bytes = limit

    def address_of(self, endpoint: Endpoint) -> str:
        """Return the local address of an endpoint; only its path while nothing listens."""
        return self._state.url + endpoint.path

    async def start(self, host: str, port: int, *, fallback: bool = True) -> None:
        """Listen. With `fallback`, a taken port gives way to the next free one; port 0 lets the system choose.

        Raises ListenError (also kept in `state`) where that is not possible.
        """
        async with self._changing:
            await self._start(host, port, fallback)

    async def restart(self, host: str | None = None, port: int | None = None, *, fallback: bool = False) -> None:
        """Stop and listen again, at the same place where none is given. Raises ListenError."""
        async with self._changing:
            await self._stop()
            host = self._state.host if host is None else host
            await self._start(host, self._state.port if port is None else port, fallback)

    async def pause(self, mode: PauseMode = PauseMode.REFUSE) -> None:
        """Turn events away until `resume`; requests that have been read are still answered as usual."""
        async with self._changing:
            if self._state.status not in (Status.RECEIVING, Status.PAUSED):
                return
            if mode is PauseMode.CLOSED:
                await self._close_listeners()
            elif not self._listeners:
                await self._listen(self._state.host, self._state.port)
            if self._state.status is Status.RECEIVING:
                self._turned_away = 0
            self._handler.paused = mode
            self._to(Status.PAUSED, pause=mode)

    async def resume(self) -> None:
        """Receive again. Raises ListenError where the port was given up and has been taken by another program."""
        async with self._changing:
            if self._state.status is not Status.PAUSED:
                return
            if not self._listeners:
                try:
                    await self._listen(self._state.host, self._state.port)
                except ListenError as error:
                    self._to(Status.FAILED, error=error, pause=None)
                    raise
            self._receiving(self._state.host, self._state.port)

    async def stop(self) -> None:
        """Stop accepting, let requests in flight finish for FINISH_S, close what remains. Safe to call twice."""
        async with self._changing:
            await self._stop()

    async def _start(self, host: str, port: int, fallback: bool) -> None:
        if self._listeners:
            await self._stop()
        self._to(Status.STARTING, host=host, port=port, url="", error=None, pause=None)
        try:
            taken = await self._listen(host, port, fallback=fallback)
        except ListenError as error:
            self._to(Status.FAILED, error=error)
            raise
        self._receiving(host, taken)

    async def _stop(self) -> None:
        self._handler.closing = True
        await self._close_listeners()
        server, self._server = self._server, None
        if server is not None:
            server.pre_shutdown()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(FINISH_S):
                    await self._handler.finished()
            await server.shutdown(CLOSE_S)
            # What was cut off has to note that its answer never left, while the store is still open.
            await self._handler.finished()
        if self._news is not None:
            self._news.cancel()
            self._news = None
        if self._state.status not in (Status.STOPPED, Status.FAILED):
            self._to(Status.STOPPED, url="", pause=None)

    async def _listen(self, host: str, port: int, *, fallback: bool = False) -> int:
        """Open the listeners and return their port. Raises ListenError."""
        loop = asyncio.get_running_loop()
        sockets = await asyncio.to_thread(listening_sockets, host, port, fallback=fallback)
        if self._server is None:
            self._server = Server(self._handler.handle, self._handler.unreadable, self._direct.take, _log)
        self._handler.closing = False
        self._listeners = [await loop.create_server(self._server, sock=item, backlog=BACKLOG) for item in sockets]
        return int(sockets[0].getsockname()[1])

    async def _close_listeners(self) -> None:
        listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener.close()
        # Gives the loop a turn to close the sockets: the port is free when this returns.
        await asyncio.sleep(0)

    def _receiving(self, host: str, port: int) -> None:
        url = base_url(host, port)
        self._handler.local_url = url
        self._handler.paused = None
        self._turned_away = 0
        self._to(Status.RECEIVING, host=host, port=port, url=url, error=None, pause=None)

    def _to(self, status: Status, **changes: Any) -> None:
        self._state = replace(self._state, status=status, since=datetime.now(UTC), **changes)
        self.changed.publish(self.state)

    def _count_turned_away(self) -> None:
        self._turned_away += 1
        self._tell_soon()

    def _count_aborted(self) -> None:
        self._aborted += 1
        self._tell_soon()

    def _tell_soon(self) -> None:
        if self._news is None:
            self._news = asyncio.get_running_loop().call_later(NEWS_S, self._tell)

    def _tell(self) -> None:
        self._news = None
        self.changed.publish(self.state)
