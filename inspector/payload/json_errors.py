"""Says where a text stops being JSON and what was expected there, in one sentence."""

from __future__ import annotations

import re
from enum import Enum, auto
from typing import TYPE_CHECKING

from inspector.payload.node import NodeKind

if TYPE_CHECKING:
    from inspector.payload.json_tree import JsonTree

_SPACE = re.compile(r"[ \t\n\r]*+")
_WORD = re.compile(r"[+-]?[A-Za-z_]\w*")
_STRING_BODY = re.compile(r'"[^"\\\x00-\x1f]*+(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*+)*+')
_NAME = re.compile(_STRING_BODY.pattern + '"')
_NUMBER_START = re.compile(r"[-+.0-9]")
_FOREIGN_SPACE = "\u00a0\ufeff\u200b\u2028\u2029\x0b\x0c"


class Expected(Enum):
    """What could have come next."""

    VALUE = auto()
    MEMBER = auto()
    COMMA = auto()
    END = auto()


class JsonSyntaxError(ValueError):
    """A text is not JSON. `line` and `column` count from 1, `reason` is what was expected, without the place."""

    def __init__(self, reason: str, line: int, column: int, position: int) -> None:
        super().__init__(f"Line {line:,}, column {column:,}: {reason}")
        self.reason = reason
        self.line = line
        self.column = column
        self.position = position


def explain(tree: JsonTree, parent: int, position: int, expected: Expected) -> JsonSyntaxError:
    """Return the error for a scan that stopped at `position` inside the container `parent` (-1: outside of all)."""
    text = tree.source
    position = _skip(text, position)
    if position >= len(text):
        return _at(text, position, _ends_early(tree, parent))
    if expected is Expected.END:
        return _at(text, position, "more text follows the end of the JSON value.")
    if expected is Expected.COMMA:
        return _at(text, position, _no_comma(tree, parent, position))
    if expected is Expected.MEMBER:
        position, reason = _no_member(text, position)
    else:
        position, reason = _no_value(text, position)
    return _at(text, position, reason)


def _at(text: str, position: int, reason: str) -> JsonSyntaxError:
    line_start = text.rfind("\n", 0, position) + 1
    return JsonSyntaxError(reason, text.count("\n", 0, position) + 1, position - line_start + 1, position)


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _ends_early(tree: JsonTree, parent: int) -> str:
    if parent < 0 or not tree.source.strip():
        return "there is no JSON value."
    line = tree.source.count("\n", 0, tree.starts[parent]) + 1
    return f"the body ends before the {NodeKind(tree.kinds[parent]).word} from line {line:,} is closed."


def _no_comma(tree: JsonTree, parent: int, position: int) -> str:
    found = tree.source[position]
    closing = "}" if tree.kinds[parent] == NodeKind.OBJECT else "]"
    if found in "}]":
        return f"expected a comma or {closing}, found {found}."
    if found.isdecimal() and tree.source[position - 1] == "0":
        return "a number cannot start with 0."
    if found in '"{[-' or found.isalnum():
        return "expected a comma."
    return f"expected a comma or {closing}."


def _no_member(text: str, position: int) -> tuple[int, str]:
    found = text[position]
    if found == "}":
        return position, "expected a name after the comma."
    if found == "'":
        return position, "names need double quotes."
    if found != '"':
        bare = found.isalnum() or found == "_"
        return position, "names need double quotes." if bare else "expected a name in quotes."
    name = _NAME.match(text, position)
    if name is None:
        return _broken_string(text, position)
    colon = _skip(text, name.end())
    if colon >= len(text):
        return colon, "the body ends after a name."
    if text[colon] != ":":
        return colon, "expected a colon after the name."
    value = _skip(text, colon + 1)
    if value >= len(text):
        return value, "the body ends where a value should follow."
    return _no_value(text, value)


def _no_value(text: str, position: int) -> tuple[int, str]:
    found = text[position]
    if found == '"':
        return _broken_string(text, position)
    if found == "'":
        return position, "text needs double quotes."
    word = _WORD.match(text, position)
    if word:
        return position, f"{word.group()[:20]} is not a JSON value."
    if _NUMBER_START.match(found):
        return position, "this number is not complete or starts with a sign that JSON does not allow."
    if found in "}]":
        return position, "expected a value after the comma." if _follows_comma(text, position) else "expected a value."
    if text.startswith(("//", "/*"), position):
        return position, "JSON has no comments."
    if found in _FOREIGN_SPACE:
        return position, f"the character U+{ord(found):04X} is not allowed between values."
    return position, "expected a value."


def _follows_comma(text: str, position: int) -> bool:
    return text[:position].rstrip(" \t\r\n").endswith(",")


def _broken_string(text: str, position: int) -> tuple[int, str]:
    match = _STRING_BODY.match(text, position)
    stop = match.end() if match else position
    if stop >= len(text):
        return position, "the text that begins here has no closing quote."
    found = text[stop]
    if found == "\\":
        return stop, f"{text[stop : stop + 2]} is not an escape that JSON knows."
    if found in "\r\n":
        return stop, "a line break inside text, or a missing closing quote."
    return stop, f"the control character U+{ord(found):04X} must be escaped inside text."
