"""Clients that speak HTTPS to the receiver, well and badly."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from inspector.app import App
from inspector.domain.event import Event, EventId, Refusal
from inspector.domain.query import Query
from tests.waiting import PATIENCE_S, until


@dataclass(frozen=True)
class Heard:
    """What came back over TLS."""

    status: int
    body: bytes
    version: str
    certificate: bytes


def trusting(authority: Path | None, *, newest: str = "", ciphers: str = "") -> ssl.SSLContext:
    """Return a client's context that trusts one authority only, the system's where there is none."""
    context = ssl.create_default_context(cafile=str(authority) if authority else None)
    if newest:
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = ssl.TLSVersion[newest]
    if ciphers:
        context.set_ciphers(ciphers)
    return context


class Line:
    """One TLS connection that stays open for several requests."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def open(
        cls, port: int, context: ssl.SSLContext, *, name: str = "localhost", host: str = "127.0.0.1"
    ) -> Line:
        """Connect and shake hands."""
        async with asyncio.timeout(PATIENCE_S):
            return cls(*await asyncio.open_connection(host, port, ssl=context, server_hostname=name))

    async def post(self, path: str, body: bytes = b"{}") -> Heard:
        """Send a webhook and read the answer."""
        head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
        self._writer.write(head.encode() + body)
        async with asyncio.timeout(PATIENCE_S):
            answer = await self._reader.readuntil(b"\r\n\r\n")
            lines = answer.lower().split(b"\r\n")
            size = next((int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:")), 0)
            content = await self._reader.readexactly(size)
        tls: ssl.SSLObject = self._writer.get_extra_info("ssl_object")
        return Heard(int(answer.split()[1]), content, tls.version() or "", tls.getpeercert(True) or b"")

    async def close(self) -> None:
        """Say goodbye."""
        self._writer.close()
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(PATIENCE_S):
                await self._writer.wait_closed()


async def post(port: int, path: str, context: ssl.SSLContext, body: bytes = b"{}", *, name: str = "localhost") -> Heard:
    """Send one webhook over a connection of its own."""
    line = await Line.open(port, context, name=name)
    try:
        return await line.post(path, body)
    finally:
        await line.close()


async def raw(port: int, data: bytes, *, end: bool = True) -> bytes:
    """Send bytes to the HTTPS port as they are and return all that comes back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        if end:
            writer.write_eof()
        async with asyncio.timeout(PATIENCE_S):
            with contextlib.suppress(ConnectionError):
                return await reader.read()
        return b""
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


def shake_hands(port: int, context: ssl.SSLContext, name: str = "localhost") -> None:
    """Shake hands and leave without a word, in a thread: blocking, as plain clients do."""
    with (
        socket.create_connection(("127.0.0.1", port), PATIENCE_S) as connection,
        context.wrap_socket(connection, server_hostname=name),
    ):
        pass


async def failures(app: App, count: int) -> list[Event]:
    """Return the rows of failed connections, oldest first, as soon as there are `count`."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = [app.store.event(EventId(id)) for id in await app.store.ids(Query())]
            rows = [event for event in found if event is not None and event.summary.refusal is Refusal.TLS]
            if len(rows) >= count:
                return rows
            await asyncio.sleep(0.02)


async def until_https(app: App) -> int:
    """Return the HTTPS port as soon as it listens."""
    await until(lambda: app.receiver.state.https_url)
    return app.receiver.state.https_port
