"""A captured request as texts to edit, and back: what was not touched stays the same bytes. Pure."""

from __future__ import annotations

import gzip
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

from inspector.domain.errors import UsageError
from inspector.domain.request import Headers, Request
from inspector.payload.body import Payload

LARGEST_BYTES = 1_000_000
MOST_COMPARED = 5_000
"""Lines that are compared one by one; with more, only whether there is a difference is told."""

_UNEDITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ufdd0\ufdd1]|\r(?!\n)")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_LINE = re.compile("([^\r\n]*)(\r\n|\n|$)")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ShownBody:
    """A body to edit. `text` (with \\n between lines) is None where the bytes are sent as they are, and `why` says why.

    `coding` is what the body was packed with: an edited one is packed again.
    """

    body: bytes
    text: str | None
    why: str = ""
    coding: str = ""
    bom: bool = False
    ends: tuple[str, ...] = ()


def shown_body(request: Request) -> ShownBody:
    """Return a body as text where a text editor can hold it without changing a byte."""
    plain = Payload(request).plain
    coding = request.header("Content-Encoding").strip().lower() if plain is not request.body else ""
    if len(plain) > LARGEST_BYTES:
        return ShownBody(request.body, None, f"{len(plain):,} bytes are too many to edit; they are sent as captured.")
    bom = plain.startswith(_BOM)
    try:
        text = plain[len(_BOM) if bom else 0 :].decode("utf-8")
    except UnicodeDecodeError:
        return ShownBody(request.body, None, f"{len(plain):,} bytes that are not text; they are sent as captured.")
    if _UNEDITABLE.search(text):
        why = f"{len(plain):,} bytes with control characters; they are sent as captured."
        return ShownBody(request.body, None, why)
    ends = tuple(match[2] for match in _LINE.finditer(text))
    return ShownBody(request.body, text.replace("\r\n", "\n"), "", coding, bom, ends)


def body_from(shown: ShownBody, text: str) -> bytes:
    """Return the bytes of an edited body: the captured ones where nothing was edited.

    Lines that stay keep their line end; new ones get the usual one.
    """
    if shown.text is None or text == shown.text:
        return shown.body
    plain = (_BOM if shown.bom else b"") + _with_ends(shown, text).encode("utf-8", "surrogatepass")
    if shown.coding in ("gzip", "x-gzip"):
        return gzip.compress(plain, mtime=0)
    return zlib.compress(plain) if shown.coding == "deflate" else plain


def _with_ends(shown: ShownBody, text: str) -> str:
    if "\r\n" not in shown.ends:
        return text
    usual = Counter(end for end in shown.ends if end).most_common(1)[0][0]
    before, after = (shown.text or "").split("\n"), text.split("\n")
    ends = [usual] * len(after)
    if len(before) <= MOST_COMPARED and len(after) <= MOST_COMPARED:
        for old, new, count in SequenceMatcher(None, before, after, autojunk=False).get_matching_blocks():
            for place in range(count):
                ends[new + place] = shown.ends[old + place] or usual
    ends[-1] = ""
    return "".join(line + end for line, end in zip(after, ends, strict=True))


def changed_lines(before: str, after: str) -> list[int]:
    """Return the numbers of lines (from 0) of `after` that were changed or added."""
    if before == after:
        return []
    old, new = before.split("\n"), after.split("\n")
    if max(len(old), len(new)) > MOST_COMPARED:
        return []
    found: list[int] = []
    for tag, _, _, start, stop in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "delete":
            found.append(min(start, len(new) - 1))
        elif tag != "equal":
            found.extend(range(start, stop))
    return sorted(set(found))


def shown_headers(headers: Headers) -> str:
    """Return header lines as a text, one a line."""
    return "\n".join(_line(name, value) for name, value in headers)


def headers_from(text: str, captured: Headers) -> Headers:
    """Return the header lines of a text; one that reads as it was captured has its captured bytes.

    Raises UsageError, naming the line, where one is no header line.
    """
    known: dict[str, list[tuple[bytes, bytes]]] = {}
    for name, value in captured:
        known.setdefault(_line(name, value), []).append((name, value))
    found: list[tuple[bytes, bytes]] = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        same = known.get(line)
        found.append(same.pop(0) if same else _parsed(line, number))
    return tuple(found)


def _line(name: bytes, value: bytes) -> str:
    return f"{name.decode('utf-8', 'replace')}: {value.decode('utf-8', 'replace')}"


def _parsed(line: str, number: int) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(":")
    if not colon or not _TOKEN.fullmatch(name.strip()):
        raise UsageError(f"Line {number} is no header line.", f"{line[:40]!r} has no name before a colon.")
    if any(ord(letter) < 0x20 and letter != "\t" for letter in value):
        raise UsageError(f"Line {number} holds a control character.")
    return name.strip().encode("ascii"), value.strip(" \t").encode("utf-8", "surrogatepass")
