"""The receiver: where it listens, whether it does, and the way from one state to the next."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

from inspector.domain.answer import Answer
from inspector.domain.endpoint import Endpoint
from inspector.domain.errors import ListenError, StoreError
from inspector.domain.event import Refusal
from inspector.domain.request import Request
from inspector.feed import Feed
from inspector.receiver.addressing import base_url
from inspector.receiver.direct import Direct
from inspector.receiver.handler import Answers, Endpoints, Handler
from inspector.receiver.https import Https
from inspector.receiver.https_state import HttpsMode, HttpsState, Plan
from inspector.receiver.intake import Intake
from inspector.receiver.late import Late
from inspector.receiver.limits import Limits
from inspector.receiver.listeners import INNER_HOST, Listeners, Ports
from inspector.receiver.nonces import Nonces
from inspector.receiver.protocol import Server
from inspector.receiver.state import PauseMode, ReceiverState, Status

if TYPE_CHECKING:
    from inspector.receiver.doorway import Doorway

FINISH_S = 3.0
"""How long requests in flight may take to finish when the receiver stops."""

CLOSE_S = 0.1
"""How long a connection may take to close after that."""

NEWS_S = 0.2
"""Counts of turned away requests are published at most this often."""

_NOWHERE: dict[str, Any] = {
    **dict.fromkeys(("url", "https_url", "inner_url"), ""),
    **dict.fromkeys(("https_port", "inner_port"), 0),
    "https_error": None,
}
"""What the state says of addresses while nothing listens; `port` stays, as the one that is wanted."""

_log = logging.getLogger(__name__)


class Inner:
    """The addresses of a receiver as this program's own helpers use them: always plain HTTP on this computer."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver

    def address_of(self, endpoint: Endpoint) -> str:
        """Return the address of an endpoint; only its path while nothing listens."""
        return self._receiver.inner_address_of(endpoint)


class Receiver:
    """Receives webhooks on a running event loop, whichever that is.

    With `https` it speaks that too, as the settings say. Feeds: `changed` (ReceiverState) with every change of `state`.
    """

    def __init__(
        self, directory: Endpoints, intake: Intake, store: Answers, max_body_bytes: int, *, https: Https | None = None
    ) -> None:
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
        self._doorway: Doorway | None = None
        self._intake = intake
        self._https = https
        self._arranged = Plan()
        self._place = ("", 0)
        self._wanted = False
        self._listeners = Listeners(https)
        if https is not None:
            https.changed.subscribe(self._on_certificate)
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

    @property
    def limits(self) -> Limits:
        """How many connections there may be and how patient they are; a change applies from now on."""
        return self._handler.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self.be_limited(limits)

    def be_limited(self, limits: Limits) -> None:
        """Take other limits from now on."""
        self._handler.limits = limits

    @property
    def nonces(self) -> Nonces:
        """Paths that only this process answers; nothing of them is stored."""
        return self._handler.nonces

    @property
    def late(self) -> Late:
        """Who is waited for where a person or the user's handler answers."""
        return self._handler.late

    def address_of(self, endpoint: Endpoint) -> str:
        """Return the local address of an endpoint; only its path while nothing listens."""
        return self._state.url + endpoint.path

    def https_address_of(self, endpoint: Endpoint) -> str:
        """Return the local address of an endpoint by HTTPS, "" while that does not listen."""
        return self._state.https_url + endpoint.path if self._state.https_url else ""

    def inner_address_of(self, endpoint: Endpoint) -> str:
        """Return where this program's own helpers reach an endpoint; only its path while nothing listens."""
        return self._state.inner_url + endpoint.path

    @property
    def inner(self) -> Inner:
        """Where this program's own helpers reach endpoints."""
        return Inner(self)

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
            await self._start(
                self._place[0] if host is None else host, self._place[1] if port is None else port, fallback
            )

    async def rearrange(self) -> None:
        """Listen anew as the settings for HTTPS say by now; connections that are open go on. Raises ListenError."""
        async with self._changing:
            if not self._wanted or not (self._listeners or self._state.status is Status.FAILED):
                return
            try:
                ports = await self._listen(*self._place)
            except ListenError as error:
                self._to(Status.FAILED, error=error, pause=None, **_NOWHERE)
                raise
            if self._state.status is Status.PAUSED:
                self._to(Status.PAUSED, **self._addresses(ports))
            else:
                self._receiving(ports)

    def https_settings_changed(self) -> None:
        """Take up the settings for HTTPS soon, if they have changed; how that went is in `state`."""
        plan, before = self._listeners.plan, self._arranged
        if plan == before or not self._wanted:
            return
        same_place = (plan.mode, plan.port) == (before.mode, before.port)
        if same_place and self._state.https_url and self._https is not None:
            self._arranged = plan
            self._soon(self._take_certificate(self._https), "https-certificate")
        else:
            self._rearrange_soon()

    async def pause(self, mode: PauseMode = PauseMode.REFUSE) -> None:
        """Turn events away until `resume`; requests that have been read are still answered as usual."""
        async with self._changing:
            if self._state.status not in (Status.RECEIVING, Status.PAUSED):
                return
            if mode is PauseMode.CLOSED:
                await self._close_listeners()
            elif not self._listeners:
                await self._listen(*self._place)
            if self._state.status is Status.RECEIVING:
                self._turned_away = 0
            self._handler.paused = mode
            self._to(Status.PAUSED, pause=mode)

    async def resume(self) -> None:
        """Receive again. Raises ListenError where the port was given up and has been taken by another program."""
        async with self._changing:
            if self._state.status is not Status.PAUSED:
                return
            ports: Ports | None = None
            if not self._listeners:
                try:
                    ports = await self._listen(*self._place)
                except ListenError as error:
                    self._to(Status.FAILED, error=error, pause=None)
                    raise
            self._receiving(ports)

    async def stop(self) -> None:
        """Stop accepting, let requests in flight finish for FINISH_S, close what remains. Safe to call twice."""
        async with self._changing:
            await self._stop()

    async def _start(self, host: str, port: int, fallback: bool) -> None:
        if self._listeners:
            await self._stop()
        self._place, self._wanted = (host, port), True
        self._to(Status.STARTING, host=host, port=port, error=None, pause=None, **_NOWHERE)
        try:
            ports = await self._listen(host, port, fallback=fallback)
        except ListenError as error:
            self._to(Status.FAILED, error=error)
            raise
        self._place = (host, ports.plain or port)
        self._receiving(ports)

    async def _stop(self) -> None:
        self._handler.closing = True
        self._wanted = False
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
        if self._doorway is not None:
            self._doorway.abort()
            self._doorway = None
        if self._news is not None:
            self._news.cancel()
            self._news = None
        if self._state.status not in (Status.STOPPED, Status.FAILED):
            self._to(Status.STOPPED, pause=None, **_NOWHERE)

    async def _listen(self, host: str, port: int, *, fallback: bool = False) -> Ports:
        """Open the listeners and return their ports. Raises ListenError."""
        server = self._server
        if server is None:
            handler = self._handler
            server = self._server = Server(handler.handle, handler.unreadable, self._direct.take, _log, handler)
        self._handler.closing = False
        self._arranged = self._listeners.plan
        secure = server if self._arranged.mode is HttpsMode.OFF else self._secure(server)
        return await self._listeners.open(host, port, fallback=fallback, plain=server, secure=secure)

    def _secure(self, server: Server) -> Callable[[], asyncio.Protocol]:
        """Return what makes the protocols of the HTTPS port; loaded when it is first needed."""
        from inspector.receiver.doorway import Doorway
        from inspector.receiver.first_bytes import FirstBytes

        assert self._https is not None
        if self._doorway is None:
            self._doorway = Doorway(
                server, self._https, self._encryption_failed, lambda: self._handler.limits.connections
            )
        return partial(FirstBytes, self._doorway)

    async def _close_listeners(self) -> None:
        await self._listeners.close()

    def _receiving(self, ports: Ports | None) -> None:
        """Receive, at `ports` where they are new."""
        addresses = self._addresses(ports) if ports else {}
        self._handler.paused = None
        self._turned_away = 0
        self._to(Status.RECEIVING, host=self._place[0], error=None, pause=None, **addresses)
        self._handler.local_url, self._handler.https_url = self._state.inner_url, self._state.https_url

    def _addresses(self, ports: Ports) -> dict[str, Any]:
        host = self._place[0]
        plain = base_url(host, ports.plain) if ports.plain else ""
        https = base_url(host, ports.https).replace("http:", "https:", 1) if ports.https else ""
        return {
            "url": plain or https,
            "port": ports.plain or ports.https,
            "https_url": https,
            "https_port": ports.https,
            "https_error": ports.https_error,
            "inner_url": base_url(INNER_HOST, ports.inner) if ports.inner else plain,
            "inner_port": ports.inner or ports.plain,
        }

    # HTTPS

    def _encryption_failed(self, request: Request, reason: str, answer: Answer | None) -> None:
        """List a connection that could not be encrypted."""
        if self._handler.paused is None and not self._handler.closing:
            self._soon(self._keep_failure(request, reason, answer), "tls-failure")

    async def _keep_failure(self, request: Request, reason: str, answer: Answer | None) -> None:
        self._handler.began()
        try:
            kept = await self._intake.refuse(request, Refusal.TLS, reason, answer=answer)
        except StoreError as error:
            self._handler.not_stored(error)
        else:
            self._handler.left(kept.event_id, perf_counter(), sent=answer is not None)
        finally:
            self._handler.ended()

    def _on_certificate(self, state: HttpsState) -> None:
        """Open the HTTPS port that could not be opened before: its certificate is good now."""
        if self._changing.locked() or state.error is not None or self._https is None or self._https.context is None:
            return
        is_missing = self._state.status is Status.RECEIVING and self._state.https_error is not None
        only = self._arranged.mode is HttpsMode.ONLY and self._state.status is Status.FAILED
        if is_missing or only:
            self._rearrange_soon()

    async def _take_certificate(self, https: Https) -> None:
        """Use another certificate at the same port; one that cannot be used at all closes it."""
        if not await https.reload() and https.context is None:
            self._rearrange_soon()

    def _rearrange_soon(self) -> None:
        async def rearrange() -> None:
            with contextlib.suppress(ListenError):  # it is in `state`
                await self.rearrange()

        self._soon(rearrange(), "https-rearrange")

    def _soon(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._handler.keep_task(asyncio.get_running_loop().create_task(work, name=name))

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
