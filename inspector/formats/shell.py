"""Bytes as words and texts of a bash command, exactly."""

from __future__ import annotations

import base64
import re
from textwrap import wrap

LONGEST_ARGUMENT = 120_000
"""Linux takes at most 128 KiB in one argument; a longer body, or one with NUL bytes, is piped in."""

_SAFE = re.compile(r"[\w@%+=:,./-]+", re.ASCII)
_ESCAPES = {0x27: "\\'", 0x5C: "\\\\", 0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t"}
_COLUMNS = 100
_END = "END_OF_BODY"


def quoted(data: bytes) -> str:
    """Return bytes as one word of bash: plain, in single quotes, or in $'…' where bytes need escapes."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = ""
    if text and "'" not in text and text.replace("\n", "").isprintable():
        return text if _SAFE.fullmatch(text) else f"'{text}'"
    return "$'" + "".join(_ansi_c(byte) for byte in data) + "'"


def _ansi_c(byte: int) -> str:
    if byte in _ESCAPES:
        return _ESCAPES[byte]
    return chr(byte) if 0x20 <= byte < 0x7F else f"\\{byte:03o}"


def fits_argument(data: bytes) -> bool:
    """Whether bytes can be one argument of a command: the system ends arguments at a NUL byte and limits them."""
    return b"\x00" not in data and len(data) <= LONGEST_ARGUMENT


def piped_into(command: str, data: bytes) -> str:
    """Return a command that is fed these bytes: base64 in a here-document, which bash takes of any length."""
    lines = wrap(base64.b64encode(data).decode("ascii"), _COLUMNS) if len(data) < 1 << 20 else [_one_line(data)]
    return "\n".join([f"base64 -d <<'{_END}' | {command}", *lines, _END])


def _one_line(data: bytes) -> str:
    return base64.encodebytes(data).decode("ascii").rstrip("\n")
