"""Reads one HTTP/1 response from a stream, keeping status line, header lines and body as they were sent."""

from __future__ import annotations

import asyncio
import re

from inspector.domain.attempt import Response
from inspector.domain.request import Headers, header_values

MAX_LINE = 64 * 1024
MAX_HEADER_LINES = 1000
MAX_BODY = 16 * 1024 * 1024
"""Body bytes that are kept; the rest is not waited for."""

_STATUS_LINE = re.compile(rb"HTTP/(\d)\.(\d) (\d{3})(?: (.*))?$")
_BLOCK = 64 * 1024


class ProtocolProblem(Exception):
    """What came back is not HTTP/1; the text says where."""


async def read_response(stream: asyncio.StreamReader, method: str, *, limit: int = MAX_BODY) -> Response:
    """Return the response to a request made with `method`; interim responses (1xx) are skipped.

    Raises ProtocolProblem, and IncompleteReadError where the connection ends inside the response.
    """
    status, reason, headers = await _read_head(stream)
    while 100 <= status < 200 and status != 101:
        status, reason, headers = await _read_head(stream)
    body, truncated = await _read_body(stream, method, status, headers, limit)
    return Response(status, reason, headers, body, truncated)


async def _read_head(stream: asyncio.StreamReader) -> tuple[int, str, Headers]:
    line = await _read_line(stream)
    match = _STATUS_LINE.match(line)
    if match is None or match[1] != b"1":
        raise ProtocolProblem(f"The response begins with {line[:60].decode('latin-1')!r}.")
    headers: list[tuple[bytes, bytes]] = []
    while line := await _read_line(stream):
        if len(headers) == MAX_HEADER_LINES:
            raise ProtocolProblem(f"The response has more than {MAX_HEADER_LINES} header lines.")
        if line[:1] in b" \t" and headers:
            # An obsolete continuation line (RFC 9112 section 5.2) belongs to the value before it.
            name, value = headers[-1]
            headers[-1] = (name, value + b" " + line.strip(b" \t"))
            continue
        name, colon, value = line.partition(b":")
        if not colon or not name.strip():
            raise ProtocolProblem(f"A header line has no name: {line[:60].decode('latin-1')!r}.")
        headers.append((name, value.strip(b" \t")))
    return int(match[3]), (match[4] or b"").decode("utf-8", "surrogateescape"), tuple(headers)


async def _read_line(stream: asyncio.StreamReader) -> bytes:
    try:
        line = await stream.readuntil(b"\n")
    except asyncio.LimitOverrunError as error:
        raise ProtocolProblem(f"A line of the response is longer than {MAX_LINE} bytes.") from error
    return line.rstrip(b"\n").removesuffix(b"\r")


async def _read_body(
    stream: asyncio.StreamReader, method: str, status: int, headers: Headers, limit: int
) -> tuple[bytes, bool]:
    """Return the body and whether it was cut; how it ends is said by RFC 9112 section 6.3."""
    if method.upper() == "HEAD" or status in (101, 204, 304):
        return b"", False
    codings = b",".join(header_values(headers, "Transfer-Encoding")).lower()
    if codings.rpartition(b",")[2].strip() == b"chunked":
        return await _read_chunked(stream, limit)
    lengths = {part.strip() for value in header_values(headers, "Content-Length") for part in value.split(b",")}
    if lengths and not codings:
        length = lengths.pop()
        if lengths or not length.isdigit():
            raise ProtocolProblem("The response's Content-Length is not one number.")
        size = int(length)
        body = await stream.readexactly(min(size, limit))
        return body, size > limit
    return await _read_to_end(stream, limit)


async def _read_chunked(stream: asyncio.StreamReader, limit: int) -> tuple[bytes, bool]:
    body = bytearray()
    while True:
        line = await _read_line(stream)
        try:
            size = int(line.partition(b";")[0].strip(), 16)
            if size < 0:
                raise ValueError
        except ValueError as error:
            raise ProtocolProblem(f"A chunk's size is {line[:20].decode('latin-1')!r}.") from error
        if size == 0:
            break
        body += await stream.readexactly(min(size, limit - len(body) + 1))
        if len(body) > limit:
            return bytes(body[:limit]), True
        if await _read_line(stream):
            raise ProtocolProblem("A chunk does not end where it says.")
    while await _read_line(stream):
        pass  # trailers
    return bytes(body), False


async def _read_to_end(stream: asyncio.StreamReader, limit: int) -> tuple[bytes, bool]:
    body = bytearray()
    while block := await stream.read(_BLOCK):
        body += block
        if len(body) > limit:
            return bytes(body[:limit]), True
    return bytes(body), False
