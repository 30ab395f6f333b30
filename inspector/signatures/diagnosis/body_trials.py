"""Trials about the body: a line break too many or too few, other line ends, another coding, written anew."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator
from dataclasses import replace

from inspector.payload.body import FORM
from inspector.signatures.diagnosis.cause import Cause
from inspector.signatures.diagnosis.ground import Ground
from inspector.signatures.diagnosis.json_rewrites import rewrites
from inspector.signatures.diagnosis.variant import Variant

_BOM = b"\xef\xbb\xbf"
_ESCAPE = re.compile(rb"%[0-9a-fA-F]{2}")
_GZIP_SYSTEMS = (0xFF, 0x03, 0x00, 0x0A, 0x13)  # RFC 1952: unknown, Unix, FAT, NTFS as written by .NET, macOS


def line_breaks(ground: Ground) -> Iterator[Variant]:
    """A line break at the body's end that only one side has."""
    body = ground.case.request.body
    without = body.removesuffix(b"\n").removesuffix(b"\r")
    if without != body:
        yield _with(ground, Cause.LINE_BREAK, "a line break at its end that was not signed", without)
    if body.rstrip() not in (body, without):
        yield _with(ground, Cause.LINE_BREAK, "blank space at its end that was not signed", body.rstrip())
    if body.strip() not in (body, without, body.rstrip()):
        yield _with(ground, Cause.LINE_BREAK, "blank space around it that was not signed", body.strip())
    for end, words in ((b"\n", "a line break"), (b"\r\n", "a line break (CRLF)"), (b" ", "a blank"), (b"\0", "a NUL")):
        yield _with(ground, Cause.LINE_BREAK, f"no longer {words} at its end, which was signed", body + end, True)


def json_rewritten(ground: Ground) -> Iterator[Variant | None]:
    """JSON that was read and written again; yields None between, where it takes a while."""
    body = ground.payload.plain
    seen = {ground.case.request.body}
    for found in rewrites(body):
        if found is None:
            yield None
        elif found[1] not in seen:
            seen.add(found[1])
            yield _with(ground, Cause.JSON_REWRITTEN, found[0], found[1])


def line_endings(ground: Ground) -> Iterator[Variant]:
    """Line breaks inside the body written in the other way."""
    body = ground.case.request.body
    if b"\r\n" in body:
        yield _with(ground, Cause.LINE_ENDINGS, "LF", body.replace(b"\r\n", b"\n"))
    elif b"\n" in body:
        yield _with(ground, Cause.LINE_ENDINGS, "CRLF", body.replace(b"\n", b"\r\n"))
    if b"\r" in body and b"\r\n" not in body:
        yield _with(ground, Cause.LINE_ENDINGS, "LF", body.replace(b"\r", b"\n"))


def text_encodings(ground: Ground) -> Iterator[Variant]:
    """The same text in another character coding, or with a byte order mark."""
    body = ground.case.request.body
    if body.startswith(_BOM):
        yield _with(ground, Cause.TEXT_ENCODING, "without a byte order mark", body.removeprefix(_BOM))
    else:
        yield _with(ground, Cause.TEXT_ENCODING, "with a byte order mark", _BOM + body)
    if body.isascii():
        return
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        yield _with(ground, Cause.TEXT_ENCODING, "as UTF-8", body.decode("latin-1").encode())
        return
    for coding, words in (("latin-1", "as Latin-1"), ("cp1252", "as Windows-1252"), ("utf-16-le", "as UTF-16")):
        try:
            yield _with(ground, Cause.TEXT_ENCODING, words, text.encode(coding))
            if coding != "utf-16-le":
                yield _with(ground, Cause.TEXT_ENCODING, "as UTF-8, once", text.encode(coding).decode("utf-8").encode())
        except (UnicodeEncodeError, UnicodeDecodeError):
            continue
    yield _with(ground, Cause.TEXT_ENCODING, "as ASCII with question marks", text.encode("ascii", "replace"))


def form_rewritten(ground: Ground) -> Iterator[Variant]:
    """A form whose fields were encoded anew."""
    request = ground.case.request
    if request.content_type != FORM:
        return
    body = request.body
    for words, text in (
        ("blanks as %20", body.replace(b"+", b"%20")),
        ("blanks as +", body.replace(b"%20", b"+")),
        ("escapes in capitals", _ESCAPE.sub(lambda found: found[0].upper(), body)),
        ("escapes in small letters", _ESCAPE.sub(lambda found: found[0].lower(), body)),
        ("fields sorted", b"&".join(sorted(body.split(b"&")))),
    ):
        if text != body:
            yield _with(ground, Cause.FORM_REWRITTEN, words, text)


def inflated(ground: Ground) -> Iterator[Variant]:
    """What a compressed body holds."""
    plain = ground.payload.plain
    if plain != ground.case.request.body:
        yield _with(ground, Cause.COMPRESSED, ground.case.request.header("Content-Encoding").lower(), plain)


def compressed(ground: Ground) -> Iterator[Variant | None]:
    """The body compressed again, as the usual libraries do it."""
    body = ground.case.request.body
    if not body or body.startswith(b"\x1f\x8b"):
        return
    for level in (6, 9, 1):
        packed = gzip.compress(body, level, mtime=0)
        yield None
        for system in _GZIP_SYSTEMS:
            head = packed[:9] + bytes([system])
            yield _with(ground, Cause.INFLATED, "gzip", head + packed[10:])
        yield _with(ground, Cause.INFLATED, "deflate", zlib.compress(body, level))


def _with(ground: Ground, cause: Cause, words: str, body: bytes, add_break: bool = False) -> Variant:
    return Variant(cause, words, request=replace(ground.case.request, body=body), add_break=add_break)
