"""Sends one request over a connection of its own, byte for byte, and times it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from inspector.domain.attempt import Outgoing, Response
from inspector.replay.failures import Trouble, trouble_of
from inspector.replay.outgoing import addressed, wire_bytes
from inspector.replay.response_reader import MAX_LINE, ProtocolProblem, read_response
from inspector.replay.target import Target, parse_target

NEXT_ADDRESS_S = 2.0
"""How long one of several addresses may take to accept before the next is tried."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a sending ended: `response` or `trouble`. Durations are milliseconds; `remote` is "127.0.0.1:5000"."""

    sent: Outgoing
    response: Response | None = None
    trouble: Trouble | None = None
    connect_ms: float = 0.0
    wait_ms: float = 0.0
    total_ms: float = 0.0
    remote: str = ""


class _Progress:
    """How far one sending has come, also when it is cut short."""

    def __init__(self) -> None:
        self.started = perf_counter()
        self.connected_at: float | None = None
        self.remote = ""


class Sender:
    """Sends requests; redirects are not followed, since a provider would not follow them either."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls

    async def send(self, outgoing: Outgoing, *, timeout_s: float) -> Result:
        """Send and wait for the whole response, `timeout_s` seconds in all. Raises UsageError for an unusable URL."""
        target = parse_target(outgoing.url)
        sent = addressed(outgoing, target)
        progress = _Progress()
        response: Response | None = None
        trouble: Trouble | None = None
        try:
            async with asyncio.timeout(timeout_s):
                response = await self._exchange(sent, target, progress)
        except (OSError, ProtocolProblem, asyncio.IncompleteReadError) as error:
            trouble = trouble_of(error, target, connected=progress.connected_at is not None, timeout_s=timeout_s)
        ended = perf_counter()
        connected = progress.connected_at if progress.connected_at is not None else ended
        return Result(
            sent,
            response,
            trouble,
            connect_ms=(connected - progress.started) * 1000,
            wait_ms=(ended - connected) * 1000,
            total_ms=(ended - progress.started) * 1000,
            remote=progress.remote,
        )

    async def _exchange(self, outgoing: Outgoing, target: Target, progress: _Progress) -> Response:
        reader, transport = await self._connect(target)
        progress.connected_at = perf_counter()
        progress.remote = _name_of(transport.get_extra_info("peername"))
        try:
            # Nothing waits for the request to be taken whole: a target may answer (413) and close before that.
            transport.write(wire_bytes(outgoing, target.path))
            return await read_response(reader, outgoing.method)
        finally:
            # Aborting rather than closing: there is nothing left to say, and a TLS goodbye could wait for ever.
            transport.abort()

    async def _connect(self, target: Target) -> tuple[asyncio.StreamReader, asyncio.Transport]:
        """Try the target's addresses one after the other; where none accepts, raise the most telling error."""
        tls = await self._context() if target.secure else None
        addresses = await _addresses(target)
        errors: list[OSError] = []
        for address in addresses:
            others_left = len(errors) + 1 < len(addresses)
            try:
                async with asyncio.timeout(NEXT_ADDRESS_S if others_left else None):
                    return await _open(address, target, tls)
            except ssl.SSLError:
                raise
            except OSError as error:
                errors.append(error)
        raise next((error for error in errors if isinstance(error, ConnectionRefusedError)), errors[0])

    async def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            # Reading the system's certificates takes about 20 ms.
            self._tls = await asyncio.to_thread(ssl.create_default_context)
        return self._tls


class Incoming(asyncio.StreamReader):
    """A stream that can be read to its end although the other side reset the connection while we were sending."""

    def set_exception(self, exc: Exception) -> None:
        if isinstance(exc, ConnectionError):
            self.feed_eof()
        else:
            super().set_exception(exc)


async def _open(
    address: str, target: Target, tls: ssl.SSLContext | None
) -> tuple[asyncio.StreamReader, asyncio.Transport]:
    loop = asyncio.get_running_loop()
    reader = Incoming(limit=MAX_LINE, loop=loop)
    transport, _ = await loop.create_connection(
        lambda: asyncio.StreamReaderProtocol(reader, loop=loop),
        address,
        target.port,
        ssl=tls,
        server_hostname=target.host if tls else None,
    )
    return reader, transport


async def _addresses(target: Target) -> Sequence[str]:
    """Return the addresses to try. `localhost` is both loopback addresses, whatever the system's hosts file says:
    a server may listen on either only.
    """
    if target.host == "localhost" or target.host.endswith(".localhost"):
        return ("127.0.0.1", "::1")
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(item[4][0]) for item in found))


def _name_of(peer: object) -> str:
    """Return a socket address as "127.0.0.1:5000" or "[::1]:5000"."""
    if not isinstance(peer, tuple) or len(peer) < 2:
        return ""
    return f"[{peer[0]}]:{peer[1]}" if ":" in str(peer[0]) else f"{peer[0]}:{peer[1]}"
