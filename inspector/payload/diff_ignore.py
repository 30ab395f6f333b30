"""Which differences are not worth telling: ids and times that are never the same twice, and what the user says.

An entry is a text. `timestamp` is every field of that name, `metadata.sent_at` every `sent_at` inside a `metadata`,
`$.data[*].id` one place counted from the root, and `header:Date` a header. What lies inside an ignored field is ignored
with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from inspector.payload.diff import Keys
from inspector.payload.selector import EACH, parse_selector

HEADER = "header:"

_PLAIN_NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class _Place:
    keys: tuple[str | int, ...]
    from_root: bool

    def covers(self, keys: Keys) -> bool:
        """Whether a field is this place or lies inside it."""
        starts = (0,) if self.from_root else range(len(keys))
        return any(self._begins(keys, start) for start in starts)

    def _begins(self, keys: Keys, place: int) -> bool:
        """Whether keys from a place on begin with these; EACH passes over an index, or over none inside the path."""
        last = len(self.keys) - 1
        for number, wanted in enumerate(self.keys):
            key = keys[place] if place < len(keys) else None
            if wanted == EACH:
                # An XML element that occurs once has no index, like a single object where a list is usual.
                if isinstance(key, int):
                    place += 1
                elif number == last:
                    return False
                continue
            if key is None or (wanted != key and not (isinstance(key, int) and wanted == str(key))):
                return False
            place += 1
        return True


class Ignored:
    """A list of entries, read once. An entry that cannot be read covers nothing."""

    def __init__(self, entries: Iterable[str] = ()) -> None:
        self.entries = tuple(dict.fromkeys(entries))
        self._headers: dict[str, str] = {}
        self._places: list[tuple[str, _Place]] = []
        for entry in self.entries:
            if entry.lower().startswith(HEADER):
                self._headers[entry[len(HEADER) :].strip().lower()] = entry
            elif (place := _read(entry)) is not None:
                self._places.append((entry, place))

    def field(self, keys: Keys) -> str:
        """Return the entry that covers a field, "" for none; the root is never covered."""
        return next((entry for entry, place in self._places if place.covers(keys)), "")

    def header(self, name: str) -> str:
        """Return the entry that covers a header, "" for none."""
        return self._headers.get(name.lower(), "")

    def all_for_field(self, keys: Keys) -> tuple[str, ...]:
        """Return every entry that covers a field."""
        return tuple(entry for entry, place in self._places if place.covers(keys))


def entry_for_place(keys: Keys) -> str:
    """Return the entry for one place, in every element where it lies inside an array: `$.messages[*].time`."""
    parts = ["$"]
    for key in keys:
        if isinstance(key, int):
            parts.append("[*]")
        elif _PLAIN_NAME.fullmatch(key):
            parts.append(f".{key}")
        else:
            parts.append(_quoted(key))
    return "".join(parts)


def entry_for_name(keys: Keys) -> str:
    """Return the entry for every field with the same name, "" where the last key is an index."""
    if not keys or isinstance(keys[-1], int):
        return ""
    return keys[-1] if _PLAIN_NAME.fullmatch(keys[-1]) else _quoted(keys[-1])


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'


def _read(entry: str) -> _Place | None:
    try:
        keys = parse_selector(entry.strip())
    except ValueError:
        return None
    return _Place(keys, entry.strip().startswith("$")) if keys else None
