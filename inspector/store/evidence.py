"""Looking into one payload: a header, a value inside JSON, a word of an event that is not indexed yet."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from inspector.payload.body import parse_json
from inspector.payload.selector import EACH, MISSING, find, find_all, parse_selector
from inspector.search import ANY
from inspector.store.packing import to_bytes, unpack_headers
from inspector.store.revive import NamedRow
from inspector.store.words import WORD_COLUMNS, folded, inflated, pattern_of, text_of

CHECK_COLUMNS = WORD_COLUMNS
"""What a row must have for the checks of this module."""

Check = Callable[[NamedRow], bool]


def holds_header(value: str) -> Check:
    """Return a check for `name` or `name=part of the value`; case does not matter."""
    name, equals, part = value.lower().partition("=")
    wanted, piece = to_bytes(name), to_bytes(part)
    anything = not equals or part == ANY

    def check(row: NamedRow) -> bool:
        lines = unpack_headers(row["headers"])
        return any(key.lower() == wanted and (anything or piece in text.lower()) for key, text in lines)

    return check


def holds_value(path: str, value: str) -> Check:
    """Return a check for a value at a path of a JSON body, written as JSON writes it, texts without their quotes."""
    fans_out = EACH in parse_selector(path)

    def check(row: NamedRow) -> bool:
        body = parse_json(inflated(unpack_headers(row["headers"]), row["body"]))
        if body is MISSING:
            return False
        found = find_all(body, path) if fans_out else [find(body, path)]
        return any(item is not MISSING and (value == ANY or written(item) == value) for item in found)

    return check


def holds_word(word: str) -> Check:
    """Return a check that finds a word as the search index and the list's columns would."""
    pattern = pattern_of(word)
    plain = word.lower()

    def check(row: NamedRow) -> bool:
        listed = (row["label"], row["message_id"], row["recipient"])
        if any(plain in text.lower() for text in listed) or plain.removeprefix("#") == str(row["id"]):
            return True
        text = folded(text_of(row))
        return plain in text if pattern is None else pattern.search(text) is not None

    return check


def written(value: Any) -> str:
    """Return a JSON value as a person writes it into the search field."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, separators=(",", ":"))
