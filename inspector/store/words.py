"""The text of an event that a search looks through: made from its rows, the same every time.

The search index keeps words only. To take an event's words out again the same text is made again, so what this module
returns for a stored row must not change without a migration that builds the index anew.
"""

from __future__ import annotations

import contextlib
import json
import re
import unicodedata
import zlib
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from inspector.domain.request import Headers, header_text
from inspector.payload.body import FORM, parse_form
from inspector.store.packing import from_json, to_text, unpack_headers
from inspector.store.revive import NamedRow

MAX_CHARS = 64 * 1024
"""How much of a body is searched, in characters of its decoded text."""

MAX_PARSED = 1024 * 1024
"""JSON bodies up to so many bytes are parsed where they write characters as escapes."""

WORD_COLUMNS = """e.id, e.method, e.label, e.message_id, e.recipient, e.carrier, e.campaign, e.error_code, e.peer,
    e.provider, p.target, p.headers, p.reports, p.body"""

_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
_TOKEN = re.compile(r"[^\W_]+")
_WINDOW_BITS = {
    "gzip": (zlib.MAX_WBITS | 16,),
    "x-gzip": (zlib.MAX_WBITS | 16,),
    "deflate": (zlib.MAX_WBITS, -zlib.MAX_WBITS),
}
_CONTROL = bytes(set(range(32)) - set(b"\t\n\r\x1b")) + b"\x7f"


def text_of(row: NamedRow) -> str:
    """Return the searched text of a row with WORD_COLUMNS: what the list shows, what was reported, the body."""
    headers = unpack_headers(row["headers"])
    listed = [row[name] for name in ("label", "message_id", "recipient", "carrier", "campaign", "error_code", "peer")]
    parts = [*listed, row["provider"], unquote(to_text(row["target"]), errors="replace")]
    if row["reports"] is not None:
        parts.extend(_reported(from_json(row["reports"]), set(listed)))
    parts.append(body_text(headers, row["body"]))
    text = "\n".join(part for part in parts if part)
    return text.encode("utf-8", "replace").decode()


def body_text(headers: Headers, body: bytes) -> str:
    """Return the start of a body as text: decompressed, in its charset, escapes of JSON and forms undone.

    "" for a body that is no text.
    """
    if not body:
        return ""
    plain = inflated(headers, body)
    charset = _charset(headers, plain)
    if b"\\u" in plain[:MAX_CHARS] and len(plain) <= MAX_PARSED:
        with contextlib.suppress(ValueError, RecursionError):
            plain = json.dumps(json.loads(plain), ensure_ascii=False).encode("utf-8", "replace")
    # Four bytes are the most a character takes in any charset that is met here.
    start = plain[: MAX_CHARS * 4]
    if charset == "utf-8" and _is_binary(start[:1024]):
        return ""
    try:
        text = start.decode(charset, "replace")
    except (LookupError, ValueError):
        text = start.decode("utf-8", "replace")
    text = text[:MAX_CHARS]
    if header_text(headers, "Content-Type").partition(";")[0].strip().lower() == FORM:
        text = " ".join(f"{name} {value}" for name, value in parse_form(text))
    return text


def pattern_of(word: str) -> re.Pattern[str] | None:
    """Return what finds a word in a folded text as the index would (its end may be longer), None for mere signs."""
    tokens = _TOKEN.findall(folded(word))
    if not tokens:
        return None
    return re.compile(r"(?<![^\W_])" + r"[\W_]+".join(map(re.escape, tokens)))


def match_of(word: str) -> str | None:
    """Return a full-text query for a word or phrase whose end may be longer, None where it has only signs."""
    if not _TOKEN.search(word):
        return None
    quoted = word.replace('"', '""').replace("\x00", " ")
    return f'"{quoted}" *'


def folded(text: str) -> str:
    """Return a text without case and accents, as the index compares it."""
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c))


def _reported(reports: Iterable[dict[str, Any]], known: set[str]) -> Iterable[str]:
    for report in reports:
        for value in report.values():
            if isinstance(value, str) and value not in known:
                known.add(value)
                yield value


def inflated(headers: Headers, body: bytes) -> bytes:
    """Return the first megabyte of a body without its compression; a bomb costs no more than that."""
    encoding = header_text(headers, "Content-Encoding").strip().lower()
    for bits in _WINDOW_BITS.get(encoding, ()):
        with contextlib.suppress(zlib.error):
            return zlib.decompressobj(bits).decompress(body, MAX_PARSED)
    return body


def _charset(headers: Headers, plain: bytes) -> str:
    if plain.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    found = _CHARSET.search(header_text(headers, "Content-Type"))
    return found[1].lower() if found else "utf-8"


def _is_binary(start: bytes) -> bool:
    """Whether more than one byte in twenty is a control character that no text has."""
    return (len(start) - len(start.translate(None, _CONTROL))) * 20 > len(start)
