"""Stand-ins for the seams that are not ours: a user's handler that misbehaves on demand, and a clock."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.builders import NOON

Behaviour = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"


class Clock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass."""
        self.now += timedelta(seconds=seconds)


@dataclass
class Target:
    """A user's handler on a real socket: keeps the bytes of every request and then behaves as told."""

    port: int = 0
    scheme: str = "http"
    requests: list[bytes] = field(default_factory=list)

    @property
    def url(self) -> str:
        """The address of the handler."""
        return f"{self.scheme}://127.0.0.1:{self.port}/hook"


def answering(data: bytes) -> Behaviour:
    """Answer with exactly these bytes, then close."""

    async def behave(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return behave


async def hang(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    """Say nothing until the client gives up."""
    await reader.read()


async def close(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close without a word."""


async def reset(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Break the connection off."""
    writer.transport.abort()


@contextlib.asynccontextmanager
async def a_target(
    behave: Behaviour | None = None,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    tls: ssl.SSLContext | None = None,
    reads_head: bool = True,
    reads_body: bool = True,
) -> AsyncIterator[Target]:
    """Run a target that answers 200 OK, or behaves as `behave` says once the request has been read."""
    target = Target(scheme="https" if tls else "http")
    behaviour = behave or answering(OK)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            head = await (reader.readuntil(b"\r\n\r\n") if reads_head else reader.read(16))
            length = _content_length(head) if reads_body else 0
            target.requests.append(head + await reader.readexactly(length))
            await behaviour(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(serve, host, port, ssl=tls)
    target.port = server.sockets[0].getsockname()[1]
    try:
        yield target
    finally:
        server.close()
        await _turns()  # a connection that was accepted just now begins: one cancelled before that is never closed
        for task in tuple(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
        await _turns()


async def _turns() -> None:
    """Let what the loop has in hand happen: connections begin, and closed ones end."""
    for _ in range(3):
        await asyncio.sleep(0)


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0
