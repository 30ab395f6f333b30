"""The handlers the gallery sends events to."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

Answer = tuple[bytes, bytes]
"""Status line without the version, and body."""

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def forbearing(serve: Serve) -> Serve:
    """Return `serve` so that it lets a client go that ends before it has sent its request."""

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    return served


def answering(answers: Sequence[Answer]) -> Serve:
    """Return what gives one answer after the other, and the last for ever."""
    coming = iter(answers)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        status, body = next(coming, answers[-1])
        await asyncio.sleep(0.02)
        head = b"HTTP/1.1 %b\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(body))
        writer.write(head + body)
        await writer.drain()
        writer.close()

    return forbearing(answer)
