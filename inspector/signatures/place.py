"""Where a value lies: `header:X`, `query:x`, `form:x`, `json:a.b`, `formjson:f:a.b`, `field:t`, `fact:x`, `body`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from inspector.domain.request import Request
from inspector.payload.body import Payload, parse_json
from inspector.payload.selector import MISSING, find, parse_selector

KINDS = ("header", "query", "form", "json", "formjson", "field", "fact")

_ACRONYMS = ("id", "url", "arn")

_NOTHING: Mapping[str, str] = MappingProxyType({})


class Scope:
    """Everything a scheme may read while one request is checked or signed.

    `url` is the address as the provider knows it. `fields` are the items of the signature header beside the signature
    (`t=…`), `extra` the part of the secret before the colon where a scheme asks for `name:secret`, `facts` what the
    user told about the account besides the secret.
    """

    __slots__ = ("_url", "extra", "facts", "fields", "payload", "request", "secret")

    def __init__(
        self,
        request: Request,
        payload: Payload,
        url: str | Callable[[], str],
        facts: Mapping[str, str] = _NOTHING,
    ) -> None:
        self.request = request
        self.payload = payload
        self._url = url
        self.facts = facts
        self.fields: Mapping[bytes, bytes] = {}
        self.secret = b""
        self.extra = b""

    @property
    def url(self) -> str:
        """The address as the provider knows it: worked out when asked for, because few schemes sign it."""
        return self._url() if callable(self._url) else self._url


@dataclass(frozen=True, slots=True)
class Place:
    """One readable place. `name` is the header, parameter or field; `path` the JSON selector where there is one."""

    kind: str
    name: str
    path: str = ""
    lower: bytes = field(default=b"", compare=False)

    @property
    def words(self) -> str:
        """The place as a person calls it: `the header X-Signature`, `the field data.id of the body`."""
        if self.kind == "header":
            return f"the header {self.name}"
        if self.kind == "query":
            return f"the query parameter {self.name}"
        if self.kind == "form":
            return f"the form field {self.name}"
        if self.kind == "field":
            return f"the item {self.name} of the signature header"
        if self.kind == "formjson":
            return f"the field {self.path} of the form field {self.name}"
        if self.kind == "fact":
            return f"the {self.title} in the endpoint’s settings"
        if self.kind == "body":
            return "the body"
        return f"the JSON field {self.path}"

    @property
    def title(self) -> str:
        """The place in one or two words, as the right side of a step."""
        if self.kind == "fact":
            return " ".join(word.upper() if word in _ACRONYMS else word for word in self.name.split("_"))
        return self.path if self.kind in ("json", "formjson") else self.name

    def values(self, scope: Scope) -> list[bytes]:
        """Return every value at this place as bytes, in order; [] where there is none."""
        if self.kind == "header":
            lower, size = self.lower, len(self.lower)
            return [value for name, value in scope.request.headers if len(name) == size and name.lower() == lower]
        if self.kind == "field":
            value = scope.fields.get(self.lower)
            return [] if value is None else [value]
        if self.kind in ("query", "form"):
            pairs = scope.payload.query if self.kind == "query" else scope.payload.form
            return [to_bytes(value) for name, value in pairs if name == self.name]
        if self.kind == "fact":
            fact = scope.facts.get(self.name, "").strip()
            return [to_bytes(fact)] if fact else []
        if self.kind == "body":
            return [scope.request.body] if scope.request.body else []
        text = text_of(self._json_value(scope))
        return [] if text is None else [to_bytes(text)]

    def _json_value(self, scope: Scope) -> Any:
        if self.kind == "json":
            return find(scope.payload.json, self.path)
        held = scope.payload.field(self.name)
        return MISSING if held is None else find(parse_json(to_bytes(held)), self.path)


def parse_place(text: str) -> Place:
    """Return the place a text like `header:X-Signature` names; raise ValueError with the reason where it does not."""
    kind, colon, name = text.partition(":")
    if text == "body":
        return Place("body", "body")
    if not colon or kind not in KINDS or not name:
        raise ValueError(f"{text!r} is no place; write one of {', '.join(f'{kind}:…' for kind in KINDS)}")
    if kind == "json":
        parse_selector(name)
        return Place(kind, name, name)
    if kind == "formjson":
        name, colon, path = name.partition(":")
        if not colon or not path:
            raise ValueError(f"{text!r} needs a form field and a path: formjson:field:a.b")
        parse_selector(path)
        return Place(kind, name, path)
    lower = name.lower().encode("latin-1", "replace") if kind == "header" else name.encode()
    return Place(kind, name, "", lower)


def to_bytes(text: str) -> bytes:
    """Return the UTF-8 bytes of a text; bytes that came in undecodable leave as they came."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate written as \\ud800 in JSON
        return text.encode("utf-8", "surrogatepass")


def text_of(value: Any) -> str | None:
    """Return a JSON value as a signer pastes it: strings bare, all else as in JSON; None for null and nothing."""
    if isinstance(value, str):
        return value
    if value is None or value is MISSING:
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return json.dumps(value)
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
