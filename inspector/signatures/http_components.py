"""The signature base of an HTTP message signature (RFC 9421 section 2): the components of a request, by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote_plus, urlsplit

from inspector.signatures.place import Scope, to_bytes
from inspector.signatures.structured_fields import (
    InnerList,
    Item,
    parse_dictionary,
    parse_item,
    parse_list,
    write_dictionary,
    write_list,
    write_member,
    write_params,
    write_value,
)

_DEFAULT_PORTS = {"http": 80, "https": 443}
_FOLD = re.compile(rb"[ \t]*\r?\n[ \t]+")
_URL_SAFE = "*-._"  # what the form-urlencoded set leaves as it is, beside letters and digits


class NoComponent(ValueError):
    """A component cannot be worked out; `name` is what the signature calls it, the message says why."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(why)
        self.name = name


@dataclass(frozen=True, slots=True)
class Input:
    """One member of Signature-Input: its label, the covered components, and how the member was written."""

    label: str
    covered: InnerList
    source: str

    @property
    def names(self) -> tuple[str, ...]:
        """The covered components as they are written, without quotation marks: `@method`, `digest;sf`."""
        return tuple(component_name(item) for item in self.covered.items)

    def param(self, name: str) -> Any:
        """Return a parameter such as created or keyid, None where it is missing."""
        return self.covered.params.get(name)


def component_name(item: Item) -> str:
    """Return what a component is called in a sentence."""
    name = item.value if isinstance(item.value, str) else write_value(item.value)
    return name + write_params(item.params)


def signature_bases(scope: Scope, signed: Input) -> tuple[bytes, ...]:
    """Return the signature base, and the one with the parameters just as they were written where that differs.

    Raises NoComponent where a component cannot be worked out.
    """
    lines: list[bytes] = []
    seen: set[tuple[str, frozenset[tuple[str, str]]]] = set()
    for item in signed.covered.items:
        name = item.value
        if not isinstance(name, str) or name != name.lower():
            raise NoComponent(component_name(item), "a component is written in small letters and quotation marks")
        mark = (name, frozenset((key, write_value(value)) for key, value in item.params.items()))
        if mark in seen:
            raise NoComponent(component_name(item), "it is listed twice")
        seen.add(mark)
        value = component_value(scope, name, item)
        if b"\n" in value or b"\r" in value:
            raise NoComponent(component_name(item), "its value has a line break")
        lines.append(to_bytes(write_member(item)) + b": " + value)
    front = b"".join(line + b"\n" for line in lines) + b'"@signature-params": '
    written = dict.fromkeys([write_member(signed.covered), signed.source])
    return tuple(front + to_bytes(text) for text in written)


def component_value(scope: Scope, name: str, item: Item) -> bytes:
    """Return the value of one component; raises NoComponent."""
    shown = component_name(item)
    for key, why in (("req", "it belongs to the request of a response"), ("tr", "trailers are not kept")):
        if key in item.params:
            raise NoComponent(shown, why)
    if not name.startswith("@"):
        return _field(scope, name, item, shown)
    if name == "@query-param":
        return _parameter(scope, item, shown)
    if item.params:
        raise NoComponent(shown, "it takes no parameters")
    maker = _DERIVED.get(name)
    if maker is None:
        raise NoComponent(shown, "a request has no such component")
    return to_bytes(maker(scope))


def _field(scope: Scope, name: str, item: Item, shown: str) -> bytes:
    values = [_FOLD.sub(b" ", value).strip(b" \t") for value in scope.request.header_values(name)]
    if not values:
        raise NoComponent(shown, "it was not sent")
    kinds = set(item.params) - {"sf", "bs", "key"}
    if kinds or ("bs" in item.params and len(item.params) > 1):
        raise NoComponent(shown, "its parameters do not go together")
    if "bs" in item.params:
        return b", ".join(to_bytes(write_value(value)) for value in values)
    joined = b", ".join(values)
    if not item.params:
        return joined
    return to_bytes(_structured(joined.decode("utf-8", "surrogateescape"), item, shown))


def _structured(text: str, item: Item, shown: str) -> str:
    """Return a structured field written strictly, or one member of it; the type is found by trying."""
    key = item.params.get("key")
    if key is not None:
        try:
            return write_member(parse_dictionary(text)[str(key) if isinstance(key, str) else ""])
        except (ValueError, KeyError):
            raise NoComponent(shown, "the field has no such member") from None
    for read in _READERS:
        try:
            return read(text)
        except ValueError:
            continue
    raise NoComponent(shown, "it is no structured field")


def _parameter(scope: Scope, item: Item, shown: str) -> bytes:
    wanted = item.params.get("name")
    if not isinstance(wanted, str) or set(item.params) != {"name"}:
        raise NoComponent(shown, "it needs the parameter name and no other")
    pairs = parse_qsl(_split(scope).query, keep_blank_values=True, errors="surrogateescape")
    values = [value for name, value in pairs if name == unquote_plus(wanted, errors="surrogateescape")]
    if len(values) != 1:
        raise NoComponent(shown, "the query has several of that name" if values else "the query has none of that name")
    return quote(values[0], safe=_URL_SAFE, errors="surrogateescape").encode()


def _split(scope: Scope) -> Any:
    try:
        return urlsplit(scope.url)
    except ValueError:
        raise NoComponent("@target-uri", "the address cannot be read") from None


def _authority(scope: Scope) -> str:
    parts = _split(scope)
    host = str(parts.netloc).rpartition("@")[2].lower()
    name, colon, port = host.rpartition(":")
    return name if colon and port == str(_DEFAULT_PORTS.get(parts.scheme.lower(), "")) else host


def _path(scope: Scope) -> str:
    return str(_split(scope).path) or "/"


def _target(scope: Scope) -> str:
    query = _split(scope).query
    return f"{_path(scope)}?{query}" if query else _path(scope)


_READERS: tuple[Callable[[str], str], ...] = (
    lambda text: write_dictionary(parse_dictionary(text)),
    lambda text: write_member(parse_item(text)),
    lambda text: write_list(parse_list(text)),
)

_DERIVED: dict[str, Callable[[Scope], str]] = {
    "@method": lambda scope: scope.request.method,
    "@target-uri": lambda scope: scope.url,
    "@authority": _authority,
    "@scheme": lambda scope: str(_split(scope).scheme).lower(),
    "@request-target": _target,
    "@path": _path,
    "@query": lambda scope: f"?{_split(scope).query}",
}
