"""Values that must come back exactly as they were, as bytes: header lines, odd texts, JSON of nested facts."""

from __future__ import annotations

import json
import struct
from functools import lru_cache
from typing import Any

import orjson

from inspector.domain.request import Headers


@lru_cache(maxsize=512)
def _lengths(count: int) -> struct.Struct:
    return struct.Struct(f"<{count}I")


def pack_headers(headers: Headers) -> bytes:
    """Pack header lines without loss: number of lines, lengths of name and value in turn (all uint32), the bytes."""
    parts = [part for line in headers for part in line]
    count = len(parts)
    return _lengths(count + 1).pack(count >> 1, *map(len, parts)) + b"".join(parts)


def unpack_headers(packed: bytes) -> Headers:
    """Return the header lines that `pack_headers` packed."""
    (lines,) = _lengths(1).unpack_from(packed)
    lengths = _lengths(2 * lines).unpack_from(packed, 4)
    at = 4 + 8 * lines
    parts: list[bytes] = []
    for length in lengths:
        parts.append(packed[at : at + length])
        at += length
    return tuple(zip(parts[::2], parts[1::2], strict=True))


def to_bytes(text: str) -> bytes:
    """Return a text as bytes that `to_text` turns back exactly, lone surrogates of either origin included."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")


def to_text(data: bytes) -> str:
    """Return the text `to_bytes` was given."""
    return data.decode("utf-8", "surrogatepass")


def shown(text: str) -> str:
    """Return a text SQLite can keep and a window can show: lone surrogates become the replacement character."""
    return text.encode("utf-8", "replace").decode() if not _encodes(text) else text


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def to_json(value: Any) -> bytes:
    """Return dataclasses, tuples and texts as JSON; texts with lone surrogates take the slow way and survive too."""
    try:
        return orjson.dumps(value)
    except (TypeError, orjson.JSONEncodeError):
        return json.dumps(_plain(value)).encode()


def from_json(data: bytes) -> Any:
    """Return what `to_json` wrote, as dicts and lists."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return json.loads(data)


def _plain(value: Any) -> Any:
    """Return dataclasses as dicts and moments as ISO 8601 texts, all the way down."""
    if hasattr(value, "__dataclass_fields__"):
        return {name: _plain(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    if isinstance(value, str):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value
