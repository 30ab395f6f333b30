"""A signature header read without knowing its scheme: every digest in it, however it is labelled and encoded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from inspector.signatures.encodings import ALGORITHMS, ENCODINGS, decode_digest

SIZES = {size: alg for alg, size in ALGORITHMS.items()}
"""The hash whose digest has this many bytes: a digest's length gives its hash away."""

_LABEL = re.compile(rb"([A-Za-z][A-Za-z0-9_.+-]{0,30}(?:[=:,] ?| ))(?=.{16})", re.DOTALL)
_SPLITS = (b",", b" ", b";", b"&")
LONGEST = 4096


@dataclass(frozen=True, slots=True)
class Written:
    """One digest as it is written: the text before it, its encoding, and what had to be mended to read it."""

    digest: bytes
    label: bytes
    encoding: str
    mended: str = ""

    @property
    def alg(self) -> str:
        """The hash that makes digests of this length."""
        return SIZES[len(self.digest)]


def read_digests(raw: bytes) -> list[Written]:
    """Return every digest a header value may hold, the plainest reading first, each digest once."""
    found: dict[bytes, Written] = {}
    for text in _texts(raw[:LONGEST]):
        for written in _readings(text):
            found.setdefault(written.digest, written)
    return list(found.values())


def _texts(raw: bytes) -> Iterator[bytes]:
    """Yield the whole value, then its items."""
    yield raw
    for split in _SPLITS:
        if split in raw:
            yield from (item.strip() for item in raw.split(split) if len(item) >= 16)


def _readings(text: bytes) -> Iterator[Written]:
    yield from _plain(text, "")
    bare = text.strip(b" \t\"'")
    if bare != text:
        yield from _plain(bare, "quotes or blanks around it")
    if b" " in bare:
        yield from _plain(bare.replace(b" ", b"+"), "plus signs that became blanks")
    if b"%" in bare:
        yield from _plain(unquote_to_bytes(bare), "percent signs")


def _plain(text: bytes, mended: str) -> Iterator[Written]:
    label = _LABEL.match(text)
    for start in (0, label.end()) if label else (0,):
        for encoding in ENCODINGS:
            digest = decode_digest(text[start:], encoding)
            if digest is not None and len(digest) in SIZES:
                yield Written(digest, text[:start], encoding, mended)
