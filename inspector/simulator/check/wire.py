"""Ways of sending that an ordinary request does not have: hanging up, dripping, in chunks."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from time import perf_counter
from typing import SupportsIndex

from inspector.domain.attempt import Outgoing, Response
from inspector.replay.failures import Trouble, trouble_of
from inspector.replay.outgoing import addressed, wire_bytes
from inspector.replay.response_reader import MAX_LINE, ProtocolProblem, read_response
from inspector.replay.sender import Incoming, Result, Sender, addresses_of
from inspector.replay.target import Target, parse_target
from inspector.replay.target_options import options_for

CHUNK = 512

EXPECT_S = 1.0
"""How long a sender waits for `100 Continue` before it sends its body all the same."""


class Wire:
    """Opens connections of its own for requests that are sent in an unusual way."""

    def __init__(self, sender: Sender, options: Callable[[], Sequence[str]] = tuple) -> None:
        """`sender` knows whom to trust, `options` what single targets need (replay/target_options.py)."""
        self._sender = sender
        self._options = options
        self._version = b""

    async def hang_up(self, outgoing: Outgoing, *, after_s: float, timeout_s: float) -> Result:
        """Send a request and break off `after_s` later, whatever was answered; connecting takes the time it takes."""
        return await self._talk(self._addressed(outgoing), [(0.0, b"")], timeout_s, hang_up_s=after_s)

    async def speaks_http10(self, outgoing: Outgoing, *, timeout_s: float) -> bool:
        """Send a request and tell whether the answer is of HTTP/1.0, which has no chunked bodies."""
        sent = self._addressed(outgoing)
        await self._talk(sent, [(0.0, sent.body)], timeout_s)
        return self._version == b"HTTP/1.0"

    async def drip(self, outgoing: Outgoing, *, pieces: int, over_s: float, timeout_s: float) -> tuple[Result, bool]:
        """Send the body piece by piece over some seconds. The flag tells whether the answer began before its end."""
        sent = self._addressed(outgoing)
        size = max(1, -(-len(sent.body) // pieces))
        parts = [sent.body[start : start + size] for start in range(0, len(sent.body), size)]
        steps = [(over_s / max(1, len(parts)), part) for part in parts]
        return await self._early(sent, steps, timeout_s + over_s, over_s)

    async def chunked(self, outgoing: Outgoing, *, timeout_s: float) -> Result:
        """Send the body in chunks, its length not announced (RFC 9112 section 7.1)."""
        plain = self._addressed(outgoing)
        kept = tuple(line for line in plain.headers if line[0].lower() != b"content-length")
        sent = replace(plain, headers=(*kept, (b"Transfer-Encoding", b"chunked")))
        pieces = [(0.0, piece) for piece in _chunks(sent.body)]
        return await self._talk(sent, pieces, timeout_s)

    async def expecting(self, outgoing: Outgoing, *, timeout_s: float) -> Result:
        """Ask with `Expect: 100-continue` before sending the body (RFC 9110 section 10.1.1).

        The body follows a second later, as it does from senders whose question gets no answer (curl waits as long).
        """
        plain = self._addressed(outgoing)
        sent = replace(plain, headers=(*plain.headers, (b"Expect", b"100-continue")))
        result = await self._talk(sent, [(EXPECT_S, sent.body)], timeout_s + EXPECT_S)
        ms = result.total_ms - EXPECT_S * 1000
        return replace(result, total_ms=ms if ms > 0 else result.total_ms)

    async def _early(
        self, sent: Outgoing, steps: Sequence[tuple[float, bytes]], timeout_s: float, over_s: float
    ) -> tuple[Result, bool]:
        marks: list[float] = []
        result = await self._talk(sent, steps, timeout_s, marks=marks)
        early = len(marks) < len(steps)
        # What counts as the answer's time begins when the body was there.
        ms = result.total_ms if early else max(0.0, result.total_ms - over_s * 1000)
        return replace(result, total_ms=ms), early and result.response is not None

    async def _talk(
        self,
        sent: Outgoing,
        steps: Sequence[tuple[float, bytes]],
        timeout_s: float,
        *,
        hang_up_s: float | None = None,
        marks: list[float] | None = None,
    ) -> Result:
        """Send the head (the whole request where we hang up), then each piece after its pause, and read the answer."""
        target = parse_target(sent.url)
        started = perf_counter()
        connected = False
        response: Response | None = None
        trouble: Trouble | None = None
        try:
            async with asyncio.timeout(timeout_s):
                reader, writer = await self._open(target)
                connected = True
                try:
                    if hang_up_s is not None:
                        writer.write(wire_bytes(sent, target.path))
                        await asyncio.sleep(hang_up_s)
                    else:
                        writer.write(wire_bytes(replace(sent, body=b""), target.path))
                        response = await _converse(reader, writer, steps, sent.method, marks)
                finally:
                    self._version = reader.beginning[:8]
                    writer.transport.abort()
        except (OSError, ProtocolProblem, asyncio.IncompleteReadError) as error:
            trouble = trouble_of(error, target, connected=connected, timeout_s=timeout_s)
        total = (perf_counter() - started) * 1000
        return Result(sent, response, trouble, total_ms=total, wait_ms=total)

    async def _open(self, target: Target) -> tuple[_Reader, asyncio.StreamWriter]:
        tls, name = await self._sender.trust(target) if target.secure else (None, "")
        *others, last = await addresses_of(target)
        for address in others:
            try:
                return await _connect(address, target, tls, name)
            except (ConnectionRefusedError, TimeoutError):
                continue
        return await _connect(last, target, tls, name)

    def _addressed(self, outgoing: Outgoing) -> Outgoing:
        """Return a request with the header lines its target needs."""
        sent = addressed(outgoing)
        options = options_for(sent.url, self._options())
        if options is None or not options.host:
            return sent
        host = options.host.encode("ascii")
        return replace(sent, headers=tuple((name, host if name == b"Host" else value) for name, value in sent.headers))


class _Reader(Incoming):
    """A stream that remembers how it began."""

    beginning = b""

    def feed_data(self, data: Iterable[SupportsIndex]) -> None:
        received = bytes(data)
        if len(self.beginning) < len(b"HTTP/1.1"):
            self.beginning += received[:16]
        super().feed_data(received)


async def _connect(
    address: str, target: Target, tls: ssl.SSLContext | None, name: str
) -> tuple[_Reader, asyncio.StreamWriter]:
    loop = asyncio.get_running_loop()
    reader = _Reader(limit=MAX_LINE, loop=loop)
    protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
    transport, _ = await loop.create_connection(
        lambda: protocol, address, target.port, ssl=tls, server_hostname=name if tls else None
    )
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop)


async def _converse(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    steps: Sequence[tuple[float, bytes]],
    method: str,
    marks: list[float] | None,
) -> Response:
    """Send piece by piece until all is sent or an answer comes, and return the answer."""
    reading = asyncio.ensure_future(read_response(reader, method))
    try:
        for pause_s, piece in steps:
            if pause_s:
                await asyncio.wait([reading], timeout=pause_s)
            if reading.done():
                break
            writer.write(piece)
            if marks is not None:
                marks.append(perf_counter())
        return await reading
    finally:
        reading.cancel()


def _chunks(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), CHUNK):
        piece = body[start : start + CHUNK]
        yield b"%x\r\n%b\r\n" % (len(piece), piece)
    yield b"0\r\n\r\n"
