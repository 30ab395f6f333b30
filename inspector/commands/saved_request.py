"""Requests from files and lines of JSON, in the form the signature check takes."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from inspector.domain.errors import UsageError
from inspector.domain.request import Headers, Request, header_text

_REQUEST_LINE = re.compile(rb"(\S+) (\S+)(?: HTTP/(\d(?:\.\d)?))?$")
_HEAD_END = re.compile(rb"\r?\n\r?\n")


class BadLine(UsageError):
    """A line of JSON that cannot be used; `identity` is its id where it could be read."""

    def __init__(self, what: str, identity: Any = None) -> None:
        super().__init__(what)
        self.identity = identity


@dataclass(frozen=True, slots=True)
class Case:
    """One request to check, with what to check it by.

    `public_key` is a key, or the name of one; `extra` what a scheme needs besides, an object or a text (see extra.py).
    """

    request: Request
    url: str
    provider: str
    secrets: tuple[str, ...]
    public_key: str = ""
    extra: Any = None


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a line of JSON need not say."""

    url: str
    provider: str
    secrets: tuple[str, ...]
    extra: Any = None


def read_saved_request(data: bytes, received_at: datetime) -> Request:
    """Return the request in a file: request line, header lines, an empty line, and the body byte for byte.

    Lines may end with LF or CRLF. A Content-Length that is shorter than what follows cuts it: editors like to add a
    line break at the end. Raises UsageError.
    """
    end = _HEAD_END.search(data)
    head, body = (data[: end.start()], data[end.end() :]) if end else (data.rstrip(b"\r\n"), b"")
    first, *lines = [line.rstrip(b"\r") for line in head.split(b"\n")]
    match = _REQUEST_LINE.match(first)
    if match is None:
        raise UsageError(
            "The file is not a raw HTTP request.",
            f"It begins with {first[:60].decode('utf-8', 'replace')!r}.",
            "The first line must read like POST /in/abc HTTP/1.1.",
        )
    headers = tuple(_header_line(line) for line in lines)
    if header_text(headers, "Transfer-Encoding"):
        raise UsageError("The body is in chunks.", "Signatures are made over the whole.", "Save it without chunks.")
    length = header_text(headers, "Content-Length").strip()
    if length.isascii() and length.isdecimal():
        body = body[: int(length)]
    return Request(
        method=match[1].decode("latin-1"),
        target=match[2].decode("utf-8", "surrogateescape"),
        headers=headers,
        body=body,
        received_at=received_at,
        http_version=(match[3] or b"1.1").decode(),
    )


def _header_line(line: bytes) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(b":")
    if not colon or not name.strip():
        raise UsageError("A header line cannot be read.", f"{line[:60].decode('utf-8', 'replace')!r} has no name.")
    return name.strip(), value.strip(b" \t")


def url_of(request: Request, url: str = "") -> str:
    """Return `url`, or the address the request itself names."""
    if url or "://" in request.target:
        return url or request.target
    host = request.header("Host") or "localhost"
    scheme = request.header("X-Forwarded-Proto").partition(",")[0].strip() or "http"
    return f"{scheme}://{host}{request.target}"


def case_of_json(
    line: bytes, defaults: Defaults, moment_of: Callable[[Any], datetime], now: Callable[[], datetime]
) -> tuple[Any, Case]:
    """Return the id and the case of one JSON object. Raises BadLine."""
    try:
        values = json.loads(line)
    except ValueError as error:
        raise BadLine(f"The line is not JSON: {error}.") from error
    if not isinstance(values, dict):
        raise BadLine("The line is not a JSON object.")
    identity = values.get("id")
    try:
        at = values.get("at")
        url = _text(values, "url") or defaults.url
        request = Request(
            method=_text(values, "method") or "POST",
            target=_target(url),
            headers=_headers(values.get("headers", {})),
            body=_body(values),
            received_at=now() if at is None else moment_of(at),
        )
        public_key = _key_text(values.get("public_key"))
        secrets = _secrets(values) or (() if public_key else defaults.secrets)
        provider = _text(values, "provider") or defaults.provider
        extra = values.get("extra", defaults.extra)
        return identity, Case(request, url or url_of(request), provider, secrets, public_key, extra)
    except UsageError as error:
        raise BadLine(str(error), identity) from error


def _text(values: dict[str, Any], name: str) -> str:
    value = values.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UsageError(f"{name} is not a text.")
    return value


def _target(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise UsageError(f"url cannot be read: {error}.") from error
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _body(values: dict[str, Any]) -> bytes:
    try:
        return base64.b64decode(_text(values, "body_base64"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise UsageError(f"body_base64 cannot be read: {error}.") from error


def _secrets(values: dict[str, Any]) -> tuple[str, ...]:
    several = values.get("secrets") or []
    if not isinstance(several, list) or not all(isinstance(item, str) for item in several):
        raise UsageError("secrets is not a list of texts.")
    return tuple(item for item in (_text(values, "secret"), *several) if item)


def _key_text(value: Any) -> str:
    """Return a public key as text; a JWK or a key set may be given as the object it is."""
    if isinstance(value, dict):
        return json.dumps(value)
    if value is not None and not isinstance(value, str):
        raise UsageError("public_key is not a text.")
    return value or ""


def _headers(values: Any) -> Headers:
    """Accept {"Name": "value"}, {"Name": ["value", "value"]} and [["Name", "value"], …]."""
    lines: list[tuple[Any, Any]] = []
    if isinstance(values, dict):
        for name, value in values.items():
            lines += [(name, item) for item in (value if isinstance(value, list) else [value])]
    elif isinstance(values, list) and all(isinstance(item, list) and len(item) == 2 for item in values):
        lines = [(name, value) for name, value in values]
    else:
        raise UsageError("headers is neither an object nor a list of pairs.")
    if not all(isinstance(name, str) and isinstance(value, str) for name, value in lines):
        raise UsageError("headers holds something that is not a text.")
    return tuple(
        (name.encode("utf-8", "surrogatepass"), value.encode("utf-8", "surrogatepass")) for name, value in lines
    )
