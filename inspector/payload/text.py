"""Turns body bytes into text for the window, with nothing hidden: bad bytes and control characters stay visible."""

from __future__ import annotations

import codecs
import json
import re
from dataclasses import dataclass

_CHARSET = re.compile(r'charset\s*=\s*"?([\w.:-]+)', re.IGNORECASE)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A)} | {0x7F: 0x2421}
_BINARY_SAMPLE = 4096
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1b")


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body as text. `charset` is the name to show; `bad_bytes` counts bytes that are not of that charset."""

    text: str
    charset: str
    bad_bytes: int = 0


def charset_of(content_type: str, body: bytes) -> str:
    """Return the codec a body is read with: as its header says, else by byte order mark, else as JSON is (UTF-8)."""
    match = _CHARSET.search(content_type)
    if match:
        try:
            return codecs.lookup(match.group(1)).name
        except LookupError:
            pass
    for mark, name in _BOMS:
        if body.startswith(mark):
            return name
    return "utf-8"


def decode_json(body: bytes, content_type: str = "") -> str:
    """Return a JSON body as text (RFC 8259 section 8.1); bytes that do not decode stay as lone surrogates."""
    charset = _CHARSET.search(content_type)
    if charset is None or charset.group(1).lower().replace("-", "") in ("utf8", "usascii"):
        encoding: str = json.detect_encoding(body)
    else:
        encoding = charset_of(content_type, body)
    try:
        return body.decode(encoding, "surrogateescape")
    except (UnicodeDecodeError, LookupError):
        return body.decode("utf-8", "surrogateescape")


def decode_visibly(body: bytes, content_type: str = "") -> Decoded:
    r"""Return a body as text in which each byte that is not of the charset reads `\xff` and line ends are `\n`."""
    charset = charset_of(content_type, body)
    name = "UTF-8" if charset in ("utf-8", "utf-8-sig") else charset.upper()
    try:
        return Decoded(show_controls(body.decode(charset)), name)
    except UnicodeDecodeError:
        text = body.decode(charset, "backslashreplace")
    except LookupError:  # a codec that is not for text, such as "hex"
        text, name = body.decode("utf-8", "backslashreplace"), "UTF-8"
    bad = len(re.findall(r"\\x[0-9a-f]{2}", text)) - len(re.findall(rb"\\x[0-9a-f]{2}", body))
    return Decoded(show_controls(text), name, max(1, bad))


def show_controls(text: str) -> str:
    """Replace control characters by their pictures (U+2400 …); tabs and line breaks stay."""
    return text.replace("\r\n", "\n").translate(_CONTROLS)


def is_binary(body: bytes) -> bool:
    """Whether a body is clearly no text: it has a NUL or many control bytes near its beginning."""
    sample = body[:_BINARY_SAMPLE]
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return False
    if b"\x00" in sample:
        return True
    odd = sum(byte < 0x20 and byte not in _TEXT_CONTROLS for byte in sample)
    return odd * 20 > len(sample)
