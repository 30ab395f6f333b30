"""A request's body read as what it is (JSON, a form), once and only when somebody asks."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qsl

import orjson

from inspector.domain.request import Request
from inspector.payload.selector import MISSING, find
from inspector.payload.steps import finish
from inspector.payload.unpacking import UNPACKERS, OverLimitError, unpack_body

MAX_INFLATED = 64 * 1024 * 1024
"""Bytes a compressed body may grow to before we stop reading it (a guard against decompression bombs)."""

FORM = "application/x-www-form-urlencoded"

Pairs = tuple[tuple[str, str], ...]

_UNREAD = object()

_JSON_START = b'{["-0123456789tfn'


class Payload:
    """The readable side of one request: parsed at most once, shared by verification, mapping and duplicate search.

    Nothing here raises for a body that is not what it says: `json` is MISSING, `form` is empty.
    """

    __slots__ = ("_form", "_json", "_plain", "_query", "request")

    def __init__(self, request: Request) -> None:
        self.request = request
        self._plain: bytes | None = None
        self._json: Any = _UNREAD
        self._form: Pairs | None = None
        self._query: Pairs | None = None

    # Not functools.cached_property, which takes a lock each time: this is done for every event.

    @property
    def plain(self) -> bytes:
        """The body with its content codings taken off; as received where that is not possible."""
        if self._plain is None:
            self._plain = self._unpacked()
        return self._plain

    def _unpacked(self) -> bytes:
        encoding = self.request.header("Content-Encoding").strip().lower()
        if not encoding or encoding == "identity":
            return self.request.body
        return finish(unpack_body(self.request, MAX_INFLATED)).body

    @property
    def json(self) -> Any:
        """The parsed body, or MISSING. Numbers are Python's, repeated keys keep the last: a view, never evidence."""
        if self._json is _UNREAD:
            self._json = parse_json(self.plain)
        return self._json

    @property
    def form(self) -> Pairs:
        """The fields of a form-encoded body in order, repeats and blank values kept; () for any other body."""
        if self._form is None:
            is_form = self.request.content_type == FORM
            self._form = parse_form(self.plain.decode("utf-8", "surrogateescape")) if is_form else ()
        return self._form

    @property
    def query(self) -> Pairs:
        """The parameters of the query string in order."""
        if self._query is None:
            self._query = parse_form(self.request.query_string)
        return self._query

    def find(self, selector: str) -> Any:
        """Return what `selector` leads to in the JSON body, or MISSING."""
        return find(self.json, selector)

    def field(self, name: str) -> str | None:
        """Return the first form field called `name`, or None."""
        return next((value for key, value in self.form if key == name), None)


def parse_json(data: bytes) -> Any:
    """Return the parsed value of a JSON text, or MISSING.

    orjson is strict and fast; what it refuses but Python reads (NaN, a byte order mark, UTF-16, lone surrogates) is
    tried with the standard library. Integers beyond 64 bits come out as floats.
    """
    head = data[:64].lstrip()[:1]
    if (
        head
        and head not in _JSON_START
        and not data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"N", b"I"))
    ):
        return MISSING
    if not data.strip():
        return MISSING
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        pass
    try:
        return json.loads(data.decode(json.detect_encoding(data), "surrogatepass"))
    except (ValueError, RecursionError):
        return MISSING


def parse_form(text: str) -> tuple[tuple[str, str], ...]:
    """Return the name and value pairs of a form-encoded text, in order, blank values kept."""
    if not text:
        return ()
    return tuple(parse_qsl(text, keep_blank_values=True, errors="surrogateescape", max_num_fields=None))


def inflate(data: bytes, encoding: str, limit: int = MAX_INFLATED) -> bytes:
    """Return `data` with its content coding taken off, or unchanged where that fails or would pass `limit` bytes."""
    unpack = UNPACKERS.get(encoding)
    if unpack is None or not data:
        return data
    try:
        made = finish(unpack(data, encoding, limit))
    except OverLimitError:
        return data
    return data if made is None else made
