"""Structured field values of HTTP (RFC 8941): dictionaries, inner lists, items and their parameters, read and written.

Strings are `str`, tokens `Bare`, byte sequences `bytes`, integers `int`, decimals `Decimal`, booleans `bool`.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from inspector.signatures.encodings import decode_digest

_KEY = re.compile(r"[a-z*][a-z0-9_\-.*]*")
_BARE = re.compile(r"[A-Za-z*][!#$%&'*+\-.^_`|~0-9A-Za-z:/]*")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,3})?")
_STRING = re.compile(r'"((?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_BYTES = re.compile(r":([A-Za-z0-9+/=]*):")
_BOOLEAN = re.compile(r"\?([01])")


class Bare(str):
    """A token: a word without quotation marks."""

    __slots__ = ()


Value: TypeAlias = "str | bytes | bool | int | Decimal"


@dataclass(frozen=True, slots=True)
class Item:
    """A value with its parameters in order."""

    value: Value
    params: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InnerList:
    """Items in parentheses, with parameters of the whole."""

    items: tuple[Item, ...]
    params: dict[str, Value] = field(default_factory=dict)


Member: TypeAlias = "Item | InnerList"


def parse_dictionary(text: str) -> dict[str, Member]:
    """Return the members of a dictionary in order; raises ValueError. The last of a repeated key counts."""
    return {key: member for key, (member, _source) in parse_sources(text).items()}


def parse_sources(text: str) -> dict[str, tuple[Member, str]]:
    """Return the members of a dictionary, each with the text it was written as; raises ValueError."""
    reader = _Reader(text.strip(" "))
    found: dict[str, tuple[Member, str]] = {}
    while not reader.done:
        key = reader.key()
        found.pop(key, None)
        valued = reader.take("=")
        start = reader.at
        member = reader.member() if valued else Item(True, reader.params())
        found[key] = (member, reader.text[start : reader.at])
        reader.next_member()
    return found


def parse_list(text: str) -> list[Member]:
    """Return the members of a list; raises ValueError."""
    reader = _Reader(text.strip(" "))
    found: list[Member] = []
    while not reader.done:
        found.append(reader.member())
        reader.next_member()
    return found


def parse_item(text: str) -> Item:
    """Return a single item; raises ValueError."""
    reader = _Reader(text.strip(" "))
    item = reader.item()
    if not reader.done:
        raise ValueError("there is more than one item")
    return item


class _Reader:
    """A text with the place it was read to (RFC 8941 section 4.2)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    @property
    def done(self) -> bool:
        return self.at >= len(self.text)

    def take(self, mark: str) -> bool:
        found = self.text.startswith(mark, self.at)
        self.at += len(mark) if found else 0
        return found

    def blanks(self, letters: str = " ") -> None:
        while not self.done and self.text[self.at] in letters:
            self.at += 1

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at
        return found

    def next_member(self) -> None:
        self.blanks(" \t")
        if self.done:
            return
        if not self.take(","):
            raise ValueError(f"a comma is missing at character {self.at + 1}")
        self.blanks(" \t")
        if self.done:
            raise ValueError("it ends with a comma")

    def key(self) -> str:
        found = self.match(_KEY)
        if found is None:
            raise ValueError(f"a name is missing at character {self.at + 1}")
        return found[0]

    def member(self) -> Member:
        if not self.take("("):
            return self.item()
        items: list[Item] = []
        while True:
            self.blanks()
            if self.take(")"):
                return InnerList(tuple(items), self.params())
            if self.done:
                raise ValueError("a parenthesis is never closed")
            items.append(self.item())
            if not self.done and self.text[self.at] not in " )":
                raise ValueError(f"a blank is missing at character {self.at + 1}")

    def item(self) -> Item:
        value = self.value()
        return Item(value, self.params())

    def params(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        while self.take(";"):
            self.blanks()
            key = self.key()
            found.pop(key, None)
            found[key] = self.value() if self.take("=") else True
        return found

    def value(self) -> Value:
        if found := self.match(_STRING):
            return re.sub(r"\\(.)", r"\1", found[1])
        if found := self.match(_BYTES):
            data = decode_digest(found[1].encode(), "base64")
            if data is None:
                raise ValueError("a byte sequence is not base64")
            return data
        if found := self.match(_BOOLEAN):
            return found[1] == "1"
        if found := self.match(_NUMBER):
            return Decimal(found[0]) if "." in found[0] else int(found[0])
        if found := self.match(_BARE):
            return Bare(found[0])
        raise ValueError(f"a value is missing at character {self.at + 1}")


def write_value(value: Value) -> str:
    """Return a value as it is written in a field."""
    if isinstance(value, bool):
        return f"?{int(value)}"
    if isinstance(value, bytes):
        return f":{base64.b64encode(value).decode()}:"
    if isinstance(value, Bare | int):
        return str(value)
    if isinstance(value, Decimal):
        text = f"{value.quantize(Decimal('0.001')).normalize():f}"
        return text if "." in text else f"{text}.0"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def write_params(params: dict[str, Value]) -> str:
    """Return parameters as they are written."""
    return "".join(f";{key}" if value is True else f";{key}={write_value(value)}" for key, value in params.items())


def write_member(member: Member) -> str:
    """Return an item or an inner list as it is written."""
    if isinstance(member, InnerList):
        return f"({' '.join(map(write_member, member.items))}){write_params(member.params)}"
    return write_value(member.value) + write_params(member.params)


def write_dictionary(members: dict[str, Member]) -> str:
    """Return a dictionary as it is written."""
    return ", ".join(
        key + write_params(member.params)
        if isinstance(member, Item) and member.value is True
        else f"{key}={write_member(member)}"
        for key, member in members.items()
    )


def write_list(members: list[Member]) -> str:
    """Return a list as it is written."""
    return ", ".join(map(write_member, members))
