"""A template of a signed text cut into its fixed texts and its atoms."""

from __future__ import annotations

from collections.abc import Iterator


def pieces(text: str) -> Iterator[tuple[bool, str]]:
    """Yield (False, fixed text) and (True, atom without its braces) in order; `[[` and `]]` are fixed braces."""
    literal = ""
    position = 0
    while position < len(text):
        pair = text[position : position + 2]
        if pair in ("[[", "]]"):
            literal += "{" if pair == "[[" else "}"
            position += 2
        elif text[position] == "{":
            end = _end_of(text, position)
            if literal:
                yield False, literal
                literal = ""
            yield True, text[position + 1 : end]
            position = end + 1
        else:
            literal += text[position]
            position += 1
    if literal:
        yield False, literal


def _end_of(text: str, start: int) -> int:
    """Return where the brace at `start` is closed; braces may stand inside each other."""
    depth = 0
    for position in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if not depth:
            return position
    raise ValueError(f"the brace at {text[start : start + 20]!r} is never closed")
