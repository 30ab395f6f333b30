"""One kept-alive connection to a target, as a provider's delivery worker has it: one request after the other."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

from inspector.domain.attempt import Outgoing, Response
from inspector.domain.request import header_text
from inspector.replay.failures import trouble_of
from inspector.replay.outgoing import wire_bytes
from inspector.replay.response_reader import MAX_LINE, ProtocolProblem, read_response
from inspector.replay.schedules import retry_after_s
from inspector.replay.target import Target
from inspector.simulator.prepare import target_of

LOOPBACK = ("127.0.0.1", "::1")

KEPT_BODY = 64 * 1024
"""Bytes of a response that are read; a connection with more of them is not used again."""


@dataclass(frozen=True, slots=True)
class Answered:
    """How one request ended: the status, or None and why in words; `took_ms` in all."""

    status: int | None
    took_ms: float
    trouble: str = ""
    retry_after_s: float = 0.0  # what the target asks for

    @property
    def ok(self) -> bool:
        """Whether it was answered 2xx."""
        return self.status is not None and 200 <= self.status < 300


class Lane:
    """Sends requests to one target over one connection, which is made when needed and again where it broke."""

    def __init__(self, target: Target, tls: ssl.SSLContext | None, limit_s: float) -> None:
        self._target, self._tls, self._limit_s = target, tls, limit_s
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def send(self, outgoing: Outgoing) -> Answered:
        """Send one request and wait for its response; what goes wrong is part of the answer."""
        began = perf_counter()
        try:
            async with asyncio.timeout(self._limit_s):
                response = await self._answer_to(outgoing)
        except (OSError, ProtocolProblem, asyncio.IncompleteReadError) as error:
            connected = self._writer is not None
            self.close()
            trouble = trouble_of(error, self._target, connected=connected, timeout_s=self._limit_s)
            return Answered(None, (perf_counter() - began) * 1000, trouble.title)
        except asyncio.CancelledError:
            self.close()
            raise
        asked = 0.0 if response.status < 300 else retry_after_s(response, datetime.now(UTC)) or 0.0
        return Answered(response.status, (perf_counter() - began) * 1000, retry_after_s=asked)

    async def _answer_to(self, outgoing: Outgoing) -> Response:
        """Exchange one request; once more where a kept connection turns out to have been closed meanwhile.

        A server may close an idle connection at any time (RFC 9112 section 9.5), also while the request is on its way:
        that says nothing about how it treats the request.
        """
        kept = self._reader is not None
        if kept:
            await asyncio.sleep(0)  # a close that has arrived is seen first
        try:
            return await self._exchange(outgoing)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            if not kept or (isinstance(error, asyncio.IncompleteReadError) and error.partial):
                raise
            self.close()
            return await self._exchange(outgoing)

    async def _exchange(self, outgoing: Outgoing) -> Response:
        if self._reader is None or self._writer is None or self._reader.at_eof():
            self.close()
            self._reader, self._writer = await self._connected()
        self._writer.write(wire_bytes(outgoing, target_of(outgoing.url).path))
        response = await read_response(self._reader, outgoing.method, limit=KEPT_BODY)
        if response.truncated or header_text(response.headers, "Connection").strip().lower() == "close":
            self.close()
        elif not _bounded(response.status, response.headers):
            self.close()  # its body ended with the connection
        return response

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect; `localhost` is both loopback addresses, whatever the system's hosts file says."""
        host, port = self._target.host, self._target.port
        *others, last = LOOPBACK if host == "localhost" or host.endswith(".localhost") else (host,)
        name = host if self._tls else None
        for address in others:
            try:
                return await asyncio.open_connection(address, port, ssl=self._tls, server_hostname=name, limit=MAX_LINE)
            except ConnectionRefusedError:
                continue
        return await asyncio.open_connection(last, port, ssl=self._tls, server_hostname=name, limit=MAX_LINE)

    def close(self) -> None:
        """Drop the connection."""
        if self._writer is not None:
            self._writer.transport.abort()
        self._reader = self._writer = None


def _bounded(status: int, headers: tuple[tuple[bytes, bytes], ...]) -> bool:
    if status in (204, 304):
        return True
    return any(name.lower() in (b"content-length", b"transfer-encoding") for name, _value in headers)


async def tls_for(target: Target) -> ssl.SSLContext | None:
    """Return what encrypts connections to a target, None for a plain one."""
    # Reading the system's certificates takes about 20 ms.
    return await asyncio.to_thread(ssl.create_default_context) if target.secure else None
