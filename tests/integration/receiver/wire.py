"""HTTP by hand, so that a test says exactly which bytes go over the wire."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from tests.waiting import PATIENCE_S


@dataclass(frozen=True)
class Reply:
    """What came back: status, header lines in order, body."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def header(self, name: str) -> str:
        """Return a header's value, or ""."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class Wire:
    """One client connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def to(cls, port: int, host: str = "127.0.0.1") -> Wire:
        """Connect."""
        return cls(*await asyncio.open_connection(host, port))

    async def send(self, data: bytes) -> None:
        """Send exactly these bytes."""
        self.writer.write(data)
        await self.writer.drain()

    async def begin(self, path: str, *headers: tuple[str, str]) -> None:
        """Send a request's head and wait until the receiver is reading its body."""
        await self.send(http(path, headers=[("Expect", "100-continue"), *headers], length=False))
        async with asyncio.timeout(PATIENCE_S):
            assert await self.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"

    async def reply(self, method: str = "POST") -> Reply:
        """Read one reply whose body is as long as its Content-Length says."""
        async with asyncio.timeout(PATIENCE_S):
            head = await self.reader.readuntil(b"\r\n\r\n")
            first, *lines = head.decode("utf-8").removesuffix("\r\n\r\n").split("\r\n")
            headers = tuple((line.partition(": ")[0], line.partition(": ")[2]) for line in lines)
            reply = Reply(int(first.split(" ")[1]), headers, b"")
            length = int(reply.header("Content-Length") or 0)
            body = b"" if method == "HEAD" else await self.reader.readexactly(length)
        return Reply(reply.status, headers, body)

    async def ended(self) -> bool:
        """Tell whether the other side closes the connection without a further byte."""
        async with asyncio.timeout(PATIENCE_S):
            return await self.reader.read(1) == b""

    async def close(self) -> None:
        """Hang up."""
        self.writer.close()
        with contextlib.suppress(ConnectionError):
            await self.writer.wait_closed()


async def exchange(port: int, data: bytes, *, method: str = "POST", host: str = "127.0.0.1") -> Reply:
    """Send one request on a connection of its own and return the reply."""
    wire = await Wire.to(port, host)
    try:
        await wire.send(data)
        return await wire.reply(method)
    finally:
        await wire.close()


def http(
    path: str, body: bytes = b"", *, method: str = "POST", headers: Iterable[tuple[str, str]] = (), length: bool = True
) -> bytes:
    """Return an ordinary request as bytes."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in headers]
    if length and (body or method not in ("GET", "HEAD")):
        lines.append(f"Content-Length: {len(body)}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape") + body


def signature(secret: str, body: bytes) -> tuple[str, str]:
    """Return the header that signs a body the way the default provider does."""
    return ("X-Webhook-Signature", hmac.new(secret.encode(), body, hashlib.sha256).hexdigest())
