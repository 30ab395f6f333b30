"""Takes the content coding off a body in steps, and stops where a small body would become an enormous one."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

from inspector.domain.request import Request
from inspector.payload.packed import PackedError
from inspector.payload.steps import Steps

CHUNK_BYTES = 256 * 1024
"""Bytes made between two pauses: about half a millisecond."""

MAX_CODINGS = 3

_GZIP = ("gzip", "x-gzip")


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
        if name not in (*_GZIP, "deflate"):
            return Unpacked(request.body, coding, f"It was sent as {name}, which cannot be unpacked here.")
        try:
            made = yield from inflate_in_steps(body, name, limit)
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
        yield min(1.0, len(made) / limit)
        if len(made) > limit:
            raise OverLimitError(f"It unpacks to over {limit // (1024 * 1024):,} MB.")
        piece = stream.unused_data if stream.eof else stream.unconsumed_tail
        if stream.eof:
            # A gzip file may have several members (RFC 1952 section 2.2).
            following = piece or bytes(rest[:2])
            if mode <= zlib.MAX_WBITS or not following.startswith(b"\x1f"):
                return bytes(made)
            stream, full = zlib.decompressobj(mode), False
