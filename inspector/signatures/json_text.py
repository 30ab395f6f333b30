"""Changes one value inside a JSON text and leaves every other byte as it is."""

from __future__ import annotations

import json
import re

from inspector.payload.selector import parse_selector

_BLANK = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def set_text(body: bytes, selector: str, value: str, *, as_number: bool = False) -> bytes | None:
    """Return `body` with the value at `selector` replaced by a text, or None where there is no such value.

    `as_number` writes the value bare where a number stands there now, so that a timestamp keeps its type.
    """
    try:
        text = body.decode("utf-8", "surrogateescape")
        _DECODER.decode(text)
        span = _span(text, parse_selector(selector))
    except (ValueError, RecursionError):
        return None
    if span is None:
        return None
    start, end = span
    quoted = json.dumps(value)
    if as_number and text[start] in "-0123456789":
        quoted = value
    return (text[:start] + quoted + text[end:]).encode("utf-8", "surrogateescape")


def _span(text: str, steps: tuple[str | int, ...]) -> tuple[int, int] | None:
    position = _skip(text, 0)
    for step in steps:
        found = _child(text, position, step)
        if found is None:
            return None
        position = found
    return position, _DECODER.raw_decode(text, position)[1]


def _child(text: str, position: int, step: str | int) -> int | None:
    """Return where the value of a member or element starts; of repeated names the last counts, as parsers do."""
    opening = text[position : position + 1]
    if opening not in ("{", "["):
        return None
    found: int | None = None
    index = 0
    position = _skip(text, position + 1)
    while text[position : position + 1] not in ("}", "]", ""):
        name: str | int = index
        if opening == "{":
            name, position = _DECODER.raw_decode(text, position)
            position = _skip(text, _skip(text, position) + 1)
        if str(name) == str(step):
            found = position
        position = _skip(text, _DECODER.raw_decode(text, position)[1])
        if text[position : position + 1] == ",":
            position = _skip(text, position + 1)
        index += 1
    return found


def _skip(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match else position
