"""Takes the content coding off a body in steps, and stops where a small body would become an enormous one."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from inspector.domain.request import Request
from inspector.payload.packed import PackedError
from inspector.payload.steps import Steps

CHUNK_BYTES = 256 * 1024
"""Bytes made between two pauses: about half a millisecond."""

MAX_CODINGS = 3

_GZIP = ("gzip", "x-gzip")

ZSTD_WINDOW_LOG = 25
"""Zstandard frames that need more than 2^25 bytes of memory are not unpacked; senders may ask for 8 MB (RFC 9659)."""


class OverLimitError(PackedError):
    """What was packed is too large to be read; the text says how large."""


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A body without its codings. `coding` names them as sent, "" for none.

    `problem` is "" or a sentence why `body` is still packed; `too_large` says that this was because of the limit.
    """

    body: bytes
    coding: str = ""
    problem: str = ""
    too_large: bool = False


def unpack_body(request: Request, limit: int) -> Steps[Unpacked]:
    """Return a request's body as its sender wrote it, up to `limit` bytes of it (a guard against bombs)."""
    coding = request.header("Content-Encoding").strip()
    names = [name for part in coding.lower().split(",") if (name := part.strip()) and name != "identity"]
    body = request.body
    if not names or not body:
        return Unpacked(body)
    if len(names) > MAX_CODINGS:
        return Unpacked(body, coding, f"It was packed {len(names)} times over.")
    for name in reversed(names):
        unpack = UNPACKERS.get(name)
        if unpack is None:
            return Unpacked(request.body, coding, f"It was sent as {name}, which cannot be unpacked here.")
        try:
            made = yield from unpack(body, name, limit)
        except OverLimitError as error:
            return Unpacked(request.body, coding, str(error), too_large=True)
        if made is None:
            return Unpacked(request.body, coding, f"It was sent as {name}, but cannot be unpacked as that.")
        body = made
    return Unpacked(body, coding)


def inflate_in_steps(data: bytes, coding: str, limit: int) -> Steps[bytes | None]:
    """Return what gzip or deflate packed, None where it is not that.

    Raises:
        OverLimitError: there are more than `limit` bytes; told as soon as that is seen.
    """
    # "deflate" is zlib's format (RFC 9110 section 8.4.1.2); some senders leave its wrapper away.
    modes = (zlib.MAX_WBITS | 16,) if coding in _GZIP else (zlib.MAX_WBITS, -zlib.MAX_WBITS)
    for mode in modes:
        made = yield from _inflate(data, mode, limit)
        if made is not None:
            return made
    return None


def unbrotli_in_steps(data: bytes, coding: str, limit: int) -> Steps[bytes | None]:
    """Return what Brotli (RFC 7932) packed, None where it is not that. Raises OverLimitError as `inflate_in_steps`."""
    import brotli

    stream, made, rest = brotli.Decompressor(), bytearray(), memoryview(data)
    while True:
        piece = b""
        if stream.can_accept_more_data():
            piece, rest = bytes(rest[:CHUNK_BYTES]), rest[CHUNK_BYTES:]
        before = len(made)
        try:
            made += stream.process(piece, output_buffer_limit=CHUNK_BYTES)
        except brotli.error:
            return None
        yield _share(made, limit)
        if stream.is_finished():
            return bytes(made) if not rest else None
        if not piece and not rest and len(made) == before:
            return None  # it ends in the middle


def unzstd_in_steps(data: bytes, coding: str, limit: int) -> Steps[bytes | None]:
    """Return what Zstandard (RFC 8878) packed, None where it is not that. Raises OverLimitError as above."""
    zstd = _zstd()
    options = {zstd.DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG}
    stream, made = zstd.ZstdDecompressor(options=options), bytearray()
    rest, piece = memoryview(data), b""
    while True:
        if not piece and stream.needs_input:
            piece, rest = bytes(rest[:CHUNK_BYTES]), rest[CHUNK_BYTES:]
            if not piece:
                return None  # it ends in the middle
        try:
            made += stream.decompress(piece, CHUNK_BYTES)
        except zstd.ZstdError:
            return None
        yield _share(made, limit)
        piece = b""
        if stream.eof:
            # Frames may follow one another (RFC 8878 section 3.1).
            piece = stream.unused_data
            if not piece and not rest:
                return bytes(made)
            stream = zstd.ZstdDecompressor(options=options)


def _share(made: bytearray, limit: int) -> float:
    if len(made) > limit:
        raise OverLimitError(f"It unpacks to over {limit // (1024 * 1024):,} MB.")
    return min(1.0, len(made) / limit)


def _zstd() -> Any:
    """Return the module; it came into the standard library with Python 3.14."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd


def _inflate(data: bytes, mode: int, limit: int) -> Steps[bytes | None]:
    stream, made = zlib.decompressobj(mode), bytearray()
    rest, piece, full = memoryview(data), b"", False
    while True:
        if not piece:
            # Fed in pieces, because what is left of a piece is copied at every turn.
            piece, rest = bytes(rest[:CHUNK_BYTES]), rest[CHUNK_BYTES:]
            if not piece and not full:
                return None
        try:
            more = stream.decompress(piece, CHUNK_BYTES)
        except zlib.error:
            return None
        made += more
        full = len(more) == CHUNK_BYTES
        yield _share(made, limit)
        piece = stream.unused_data if stream.eof else stream.unconsumed_tail
        if stream.eof:
            # A gzip file may have several members (RFC 1952 section 2.2).
            following = piece or bytes(rest[:2])
            if mode <= zlib.MAX_WBITS or not following.startswith(b"\x1f"):
                return bytes(made)
            stream, full = zlib.decompressobj(mode), False


UNPACKERS: dict[str, Callable[[bytes, str, int], Steps[bytes | None]]] = {
    "gzip": inflate_in_steps,
    "x-gzip": inflate_in_steps,
    "deflate": inflate_in_steps,
    "br": unbrotli_in_steps,
    "zstd": unzstd_in_steps,
}
"""How each content coding is taken off (RFC 9110 section 8.4.1; iana.org/assignments/http-parameters)."""
