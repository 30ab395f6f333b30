"""The doors of the receiver: plain HTTP, HTTPS beside it or alone, and the inner one for this program's own helpers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from inspector.domain.errors import InspectorError, ListenError
from inspector.receiver.https import Https
from inspector.receiver.https_state import HttpsMode, Plan
from inspector.receiver.ports import BACKLOG, listening_sockets

INNER_HOST = "127.0.0.1"

MakeProtocol = Callable[[], asyncio.Protocol]


class Ports(NamedTuple):
    """Where it listens now; 0 for what is closed. `https_error` says why HTTPS is not there beside HTTP."""

    plain: int = 0
    https: int = 0
    inner: int = 0
    https_error: InspectorError | None = None


class _Door(NamedTuple):
    """One kind of listener: what was asked for, the port it got, and its servers, one for each address."""

    asked: tuple[str, int]
    port: int
    servers: tuple[asyncio.Server, ...]


class Listeners:
    """Opens and closes them together."""

    def __init__(self, https: Https | None) -> None:
        self._https = https
        self._doors: dict[str, _Door] = {}

    def __bool__(self) -> bool:
        """Whether anything listens."""
        return bool(self._doors)

    @property
    def plan(self) -> Plan:
        """What the settings say about HTTPS."""
        return self._https.plan if self._https else Plan()

    async def open(self, host: str, port: int, *, fallback: bool, plain: MakeProtocol, secure: MakeProtocol) -> Ports:
        """Open what the settings ask for; what is open already at the right place stays open all the while.

        `plain` and `secure` make the protocols of new connections. Raises ListenError, with everything closed, where
        it must not do without: HTTP, or HTTPS where that is all there shall be.
        """
        plan = self.plan
        only = plan.mode is HttpsMode.ONLY
        wanted = {} if only else {"plain": (host, port)}
        wanted |= {"https": (host, plan.port)} if plan.mode is not HttpsMode.OFF else {}
        wanted |= {"inner": (INNER_HOST, 0)} if only else {}
        for kind in [kind for kind, door in self._doors.items() if wanted.get(kind) != door.asked]:
            await self._close(kind)
        try:
            if not only:
                await self._open("plain", wanted["plain"], plain, fallback=fallback)
            problem = await self._open_https(wanted["https"], secure) if "https" in wanted else None
            if only:
                if problem is not None:
                    raise _as_listen_error(problem, plan.port)
                await self._open("inner", wanted["inner"], plain)
        except BaseException:
            await self.close()
            raise
        if self._https and plan.mode is HttpsMode.OFF:
            await self._https.close()
        return self._ports._replace(https_error=problem)

    @property
    def _ports(self) -> Ports:
        return Ports(self._port("plain"), self._port("https"), self._port("inner"))

    def _port(self, kind: str) -> int:
        return self._doors[kind].port if kind in self._doors else 0

    async def _open_https(self, asked: tuple[str, int], secure: MakeProtocol) -> InspectorError | None:
        """Load the certificate and open the port; return why that was not possible."""
        assert self._https is not None
        port = asked[1]
        try:
            if port and port == self._ports.plain:
                why = f"Port {port} already speaks HTTP."
                raise ListenError("HTTPS needs a port of its own", why, "Choose another.", port=port)
            await self._https.load()
            await self._open("https", asked, secure)
        except InspectorError as error:
            await self._close("https")
            return error
        return None

    async def _open(self, kind: str, asked: tuple[str, int], make: MakeProtocol, *, fallback: bool = False) -> None:
        if kind in self._doors:
            return
        loop = asyncio.get_running_loop()
        sockets = await asyncio.to_thread(listening_sockets, *asked, fallback=fallback)
        port = int(sockets[0].getsockname()[1])
        servers = [await loop.create_server(make, sock=item, backlog=BACKLOG) for item in sockets]
        self._doors[kind] = _Door(asked, port, tuple(servers))

    async def close(self) -> None:
        """Close them; connections that are open stay open."""
        for kind in tuple(self._doors):
            await self._close(kind)

    async def _close(self, kind: str) -> None:
        door = self._doors.pop(kind, None)
        for server in door.servers if door else ():
            server.close()
        # Gives the loop a turn to close the sockets: the port is free when this returns.
        await asyncio.sleep(0)


def _as_listen_error(error: InspectorError, port: int) -> ListenError:
    if isinstance(error, ListenError):
        return error
    return ListenError(error.what, error.why, error.todo, port=port)
