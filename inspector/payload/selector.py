"""Which value of a parsed body is meant: `data.payload.to[].status`, `$.entry[0].id`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final


class Missing:
    """The type of MISSING: what a selector finds where there is nothing; unlike None it is no JSON value."""

    def __repr__(self) -> str:
        return "MISSING"

    def __bool__(self) -> bool:
        return False


MISSING: Final = Missing()
EACH: Final = "[]"

_PART = re.compile(r"""\.?(?:\["((?:[^"\\]|\\.)*)"\]|\[([0-9]+)\]|(\[\]|\[\*\])|([^.\[\]]+))""")


@lru_cache(maxsize=1024)
def parse_selector(text: str) -> tuple[str | int, ...]:
    """Return the steps of a selector: names, indexes, and EACH for every element of a list.

    Accepts an optional leading `$`, names joined by dots, `[0]`, `[]` or `[*]`, and `["any.name"]`.
    Raises ValueError, naming the place, where it cannot be read.
    """
    rest = text[1:] if text.startswith("$") else text
    steps: list[str | int] = []
    position = 0
    while position < len(rest):
        match = _PART.match(rest, position)
        if match is None or match.end() == position:
            raise ValueError(f"cannot read {text!r} from {rest[position:]!r}")
        quoted, index, each, name = match.groups()
        if quoted is not None:
            steps.append(quoted.replace('\\"', '"').replace("\\\\", "\\"))
        elif index is not None:
            steps.append(int(index))
        else:
            steps.append(EACH if each else name)
        position = match.end()
    return tuple(steps)


def find(value: Any, selector: str) -> Any:
    """Return what a selector without EACH leads to inside parsed JSON, or MISSING."""
    for step in parse_selector(selector):
        value = _child(value, step)
        if value is MISSING:
            return MISSING
    return value


def find_all(value: Any, selector: str) -> list[Any]:
    """Return every value a selector leads to; EACH fans out over a list (a single object counts as a list of one)."""
    found = [value]
    for step in parse_selector(selector):
        following: list[Any] = []
        for item in found:
            if step == EACH:
                following.extend(item if isinstance(item, list) else [item])
            else:
                child = _child(item, step)
                if child is not MISSING:
                    following.append(child)
        found = following
    return found


def _child(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(step if isinstance(step, str) else str(step), MISSING)
    if isinstance(value, list):
        index = step if isinstance(step, int) else int(step) if step.isascii() and step.isdecimal() else -1
        return value[index] if 0 <= index < len(value) else MISSING
    return MISSING
