"""A request as it came in: body bytes up to a limit, and what can be told of one that is no HTTP."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime

from aiohttp import StreamReader, web
from aiohttp.web_protocol import RequestPayloadError

from inspector.domain.request import Headers, Request

NO_REQUEST_LINE = "—"
"""Stands for the method of something that has none."""

SLOWEST_BYTES_S = 16 * 1024
"""A body has its time limit, and a second more for so many bytes that have come: large ones may take their time."""

MOST_ANNOUNCED = 2**63 - 1

_REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}) (\S+)(?: HTTP/(\d\.\d))?\r?$")
_HEADER_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(.*?)[ \t]*$")

_KNOWN_BEGINNINGS = (
    (b"\x16\x03", "The client speaks HTTPS; this port speaks plain HTTP."),
    (b"PRI * HTTP/2", "The client speaks HTTP/2 without asking; this port speaks HTTP/1.1."),
)


class BodyTooLarge(Exception):
    """More than the limit was sent; `size` bytes had been read by then."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class BodyTooSlow(Exception):
    """The body did not come in time; `size` bytes had been read by then."""

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


async def read_body(stream: StreamReader, limit: int, limit_s: float) -> bytes:
    """Return the body with only the chunked framing taken off.

    Raises BodyTooLarge past `limit` bytes, RequestPayloadError where the framing breaks, ConnectionError where the
    client goes before the end, BodyTooSlow where it takes longer than `limit_s` and what its size allows.
    """
    chunks: list[bytes] = []
    if stream.is_eof():
        return await _read(stream, limit, chunks, None)
    try:
        async with asyncio.timeout(limit_s) as patience:
            return await _read(stream, limit, chunks, patience)
    except TimeoutError:
        raise BodyTooSlow(sum(map(len, chunks))) from None


async def _read(stream: StreamReader, limit: int, chunks: list[bytes], patience: asyncio.Timeout | None) -> bytes:
    size = 0
    until = (patience.when() if patience is not None else None) or 0.0
    while data := await stream.readany():
        size += len(data)
        if size > limit:
            raise BodyTooLarge(size)
        chunks.append(data)
        if stream.at_eof():
            # A broken frame ends the stream too, maybe after bytes that were still good.
            if isinstance(problem := stream.exception(), RequestPayloadError):
                raise problem
            break
        if patience is not None:
            patience.reschedule(until + size / SLOWEST_BYTES_S)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def announced_size(request: web.BaseRequest) -> int:
    """Return the Content-Length as sent, 0 without one (aiohttp has refused anything that is not a number).

    No more than the store can keep: some announce 2^64 bytes.
    """
    value = request.headers.get("Content-Length", "")
    return min(int(value), MOST_ANNOUNCED) if value.isascii() and value.isdecimal() and len(value) < 100 else 0


def request_of(request: web.BaseRequest, body: bytes, now: datetime, peer: str | None = None) -> Request:
    """Return the request as evidence: raw target, raw header lines, raw body; from `peer` where a proxy told."""
    version = request.version
    return Request(
        method=request.method,
        target=request.raw_path,
        headers=request.raw_headers,
        body=body,
        received_at=now,
        peer=peer_of(request) if peer is None else peer,
        http_version="1.1" if version == (1, 1) else f"{version.major}.{version.minor}",
    )


def peer_of(request: web.BaseRequest) -> str:
    """Return the address of the other end of the connection, without its port."""
    peer = request.protocol.peername
    return str(peer[0]) if isinstance(peer, tuple) and peer else ""


def best_guess(head: bytes, peer: str) -> Request:
    """Return what can be told of a request whose head could not be parsed; the body is left out."""
    lines = head.split(b"\n")
    first = _REQUEST_LINE.match(lines[0])
    headers: list[tuple[bytes, bytes]] = []
    if first:
        for line in lines[1:-1]:
            match = _HEADER_LINE.match(line.rstrip(b"\r"))
            if match is None:
                break
            headers.append((match[1], match[2]))
    return Request(
        method=first[1].decode("ascii") if first else NO_REQUEST_LINE,
        target=first[2].decode("utf-8", "surrogateescape") if first else "",
        headers=_frozen(headers),
        body=b"",
        received_at=datetime.now(UTC),
        peer=peer,
        http_version=(first[3] or b"0.9").decode() if first else "",
    )


def _frozen(headers: list[tuple[bytes, bytes]]) -> Headers:
    return tuple(headers)


def complaint(message: str, head: bytes) -> str:
    """Return why a request could not be read, in one line for a person."""
    for beginning, words in _KNOWN_BEGINNINGS:
        if head.startswith(beginning):
            return words
    if "more than" in message and "when reading" in message:
        return "The request line or a header is longer than 64 KiB."
    if "Expected space after method" in message or "Invalid method" in message or "Bad status line" in message:
        return "The request does not begin with a method HTTP knows."
    return " ".join(message.split()) or "The request is not HTTP."
