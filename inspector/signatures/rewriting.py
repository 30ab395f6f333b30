"""A request with one header, parameter or body set anew, every other byte as it was."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote, unquote_plus

from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.signatures.json_text import set_text
from inspector.signatures.place import Place


def with_header(request: Request, name: str, value: bytes) -> Request:
    """Return the request with a header: replaced in its place and spelling (repeats go), or appended."""
    lower = name.lower().encode("latin-1", "replace")
    headers: list[tuple[bytes, bytes]] = []
    done = False
    for key, held in request.headers:
        if key.lower() != lower:
            headers.append((key, held))
        elif not done:
            headers.append((key, value))
            done = True
    if not done:
        headers.append((name.encode("latin-1", "replace"), value))
    return replace(request, headers=tuple(headers))


def with_value(request: Request, place: Place, value: bytes) -> Request:
    """Return the request with a value at a place. Raises UsageError where the request has no such place."""
    if place.kind == "header":
        return with_header(request, place.name, value)
    if place.kind == "body":
        return replace(request, body=value)
    if place.kind == "query":
        pairs = [part for part in request.query_string.split("&") if part]
        kept = [part for part in pairs if unquote_plus(part.partition("=")[0]) != place.name]
        text = "&".join([*kept, f"{place.name}={quote(value, safe='')}"])
        return replace(request, target=f"{request.path}?{text}")
    body = set_text(request.body, place.path, value.decode("utf-8", "replace")) if place.kind == "json" else None
    if body is None:
        raise UsageError(
            "This request has no place for the signature.",
            f"This scheme keeps it in {place.words}, which the body does not have.",
            "Add the field to the body, with any value.",
        )
    return replace(request, body=body)
