"""On which line of a TOML file a key stands, so that a mistake in its value can be found."""

from __future__ import annotations

import re

Path = tuple[str | int, ...]

_HEADING = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\-\"' ]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")
_FENCES = ('"""', "'''")


def lines_of(text: str) -> dict[Path, int]:
    """Return the line (from 1) of every heading and key: ("funnel", "read") or ("failed", 0, "share")."""
    found: dict[Path, int] = {}
    at: Path = ()
    counts: dict[str, int] = {}
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        if fence:
            fence = "" if fence in line else fence
            continue
        heading = _HEADING.match(line)
        key = _KEY.match(line)
        if heading:
            at = _path_of(heading[2], heading[1] == "[[", counts)
            found.setdefault(at, number)
            if heading[1] == "[[":
                found.setdefault(at[:-1], number)
        elif key:
            found.setdefault((*at, key[1]), number)
        fence = next((mark for mark in _FENCES if line.count(mark) == 1), "")
    return found


def line_of(lines: dict[Path, int], path: Path) -> int:
    """Return the line a path stands on, else that of what it stands in; 0 where neither is known."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 0


def _path_of(name: str, listed: bool, counts: dict[str, int]) -> Path:
    parts = tuple(part.strip().strip("\"'") for part in name.split("."))
    if not listed:
        return parts
    counts[name] = counts.get(name, -1) + 1
    return (*parts, counts[name])
