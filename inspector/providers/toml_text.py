"""Writes a provider's definition as TOML: the standard library only reads it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+\Z")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_SHORT = 5
"""Inner tables of a `[[…]]` with at most this many plain values are written on one line, as bundled files do."""


def write_toml(table: Mapping[str, Any]) -> str:
    """Return a table as TOML that `tomllib` reads back equal (but for lone surrogates, which TOML cannot hold)."""
    lines: list[str] = []
    _write_table(lines, table, ())
    return "\n".join(lines).strip("\n") + "\n" if lines else ""


def _write_table(lines: list[str], table: Mapping[str, Any], path: tuple[str, ...]) -> None:
    """Write plain values first: what follows the heading of an inner table would belong to that table."""
    inner = {key: value for key, value in table.items() if _has_heading(value, bool(path))}
    for key, value in table.items():
        if key not in inner:
            lines.append(f"{_key(key)} = {_value(value)}")
    for key, value in inner.items():
        below = (*path, key)
        name = ".".join(_key(part) for part in below)
        for item in value if isinstance(value, list) else [value]:
            lines.extend(["", f"[[{name}]]" if isinstance(value, list) else f"[{name}]"])
            _write_table(lines, item, below)


def _has_heading(value: Any, inside: bool) -> bool:
    if isinstance(value, list):
        return bool(value) and all(isinstance(item, Mapping) for item in value)
    if not isinstance(value, Mapping):
        return False
    return not inside or len(value) > _SHORT or any(isinstance(item, (Mapping, list)) for item in value.values())


def _key(key: str) -> str:
    return key if _BARE.match(key) else _text(key)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(value) if math.isfinite(value) else "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, Mapping):
        pairs = ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items())
        return f"{{ {pairs} }}" if pairs else "{}"
    if isinstance(value, list):
        return f"[{', '.join(_value(item) for item in value)}]"
    raise TypeError(f"TOML cannot hold {type(value).__name__}")


def _text(text: str) -> str:
    return '"' + "".join(_letter(letter) for letter in text) + '"'


def _letter(letter: str) -> str:
    if letter in _ESCAPES:
        return _ESCAPES[letter]
    if "\ud800" <= letter <= "\udfff":
        return "\ufffd"
    return f"\\u{ord(letter):04x}" if letter < " " or letter == "\x7f" else letter
