"""Writes one value to its place in a request and leaves every other byte, name and order as it was."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote, quote_plus, unquote_plus

from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.payload.body import FORM, Payload
from inspector.signatures.json_text import set_text
from inspector.signatures.place import Place, to_bytes


def put_value(request: Request, place: Place, value: bytes) -> Request:
    """Return the request with `value` at `place`; headers that are missing are appended.

    Raises UsageError where the body has no such field.
    """
    if place.kind == "header":
        return put_header(request, place.name, value)
    if place.kind == "query":
        pairs = _replaced(request.query_string, place.name, quote(value, safe=""))
        return replace(request, target=f"{request.path}?{pairs}")
    if place.kind == "body":
        return replace(request, body=value)
    if place.kind == "form" and (request.content_type == FORM or not request.body):
        text = request.body.decode("utf-8", "surrogateescape")
        return replace(request, body=to_bytes(_replaced(text, place.name, quote_plus(value))))
    return _put_json(request, place, value)


def put_header(request: Request, name: str, value: bytes) -> Request:
    """Return the request with one header of this name: the first is replaced in place, repeats are dropped."""
    headers: list[tuple[bytes, bytes]] = []
    wanted = name.lower().encode("latin-1", "replace")
    done = False
    for known, held in request.headers:
        if known.lower() != wanted:
            headers.append((known, held))
        elif not done:
            headers.append((known, value))
            done = True
    if not done:
        headers.append((name.encode("latin-1", "replace"), value))
    return replace(request, headers=tuple(headers))


def _put_json(request: Request, place: Place, value: bytes) -> Request:
    text = value.decode("utf-8", "replace")
    body = None
    if place.kind == "json":
        body = set_text(request.body, place.path, text, as_number=text.isdigit())
    elif place.kind == "formjson":
        held = Payload(request).field(place.name)
        inner = set_text(to_bytes(held), place.path, text, as_number=text.isdigit()) if held is not None else None
        if inner is not None:
            form = request.body.decode("utf-8", "surrogateescape")
            body = to_bytes(_replaced(form, place.name, quote_plus(inner)))
    if body is None:
        raise UsageError(
            "This request has no place for the signature.",
            f"This scheme keeps it in {place.words}, which the body does not have.",
            "Add the field to the body, with any value.",
        )
    return replace(request, body=body)


def _replaced(pairs: str, name: str, value: str) -> str:
    """Return an encoded query or form with the field `name` set, every other byte as it was."""
    parts = pairs.split("&") if pairs else []
    for index, part in enumerate(parts):
        if unquote_plus(part.partition("=")[0]) == name:
            parts[index] = f"{part.partition('=')[0]}={value}"
            return "&".join(parts)
    return "&".join([*parts, f"{name}={value}"])
