"""An event changed in one way, as text: other spelling, another kind, more fields, cut short, made large. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from inspector.domain.report import Report
from inspector.domain.request import Request
from inspector.payload.body import FORM
from inspector.payload.selector import parse_selector
from inspector.signatures.place import Place

TELEPORTED = "teleported"
"""A thing no provider reports."""

NEW_FIELD = "handler_check"

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},:]|[^\s"\[\]{},:]+|\s+', re.DOTALL)
_BARE_SLASH = re.compile(r"(?<!\\)/")
_KIND_KEYS = ("event", "type", "event_type", "eventType", "event_name", "eventName", "action", "status", "kind")


def is_json(request: Request) -> bool:
    """Whether the body is a JSON object or array."""
    if request.body.lstrip()[:1] not in (b"{", b"["):
        return False
    try:
        json.loads(request.body)
    except ValueError:
        return False
    return True


def is_form(request: Request) -> bool:
    """Whether the body is a form."""
    return request.content_type == FORM and bool(request.body)


# -- places a scheme needs --------------------------------------------------------------------------------------------


def with_places(request: Request, places: Sequence[Place]) -> Request:
    """Return the event with the fields that a scheme keeps its signature or a signed value in; they hold a "1"."""
    for place in places:
        if place.kind == "form" and place.name not in _form_names(request):
            request = _with_form_field(request, place.name, "1")
        elif place.kind == "formjson":
            request = _with_form_json(request, place)
        elif place.kind == "json" and is_json(request):
            data = json.loads(request.body)
            if _grow(data, parse_selector(place.path)):
                request = replace(request, body=_compact(data))
    return request


def _form_names(request: Request) -> set[str]:
    text = request.body.decode("utf-8", "surrogateescape")
    return {unquote_plus(part.partition("=")[0]) for part in text.split("&")} if is_form(request) else set()


def _with_form_field(request: Request, name: str, value: str) -> Request:
    if not is_form(request):
        return request
    return replace(request, body=request.body + f"&{name}={quote_plus(value)}".encode())


def _with_form_json(request: Request, place: Place) -> Request:
    parts = request.body.decode("utf-8", "surrogateescape").split("&")
    held = next((part for part in parts if part.partition("=")[0] == place.name), "")
    data = json.loads(unquote_plus(held.partition("=")[2])) if held else {}
    if not is_form(request) or not _grow(data, parse_selector(place.path)):
        return request
    kept = [part for part in parts if part is not held]
    written = f"{place.name}={quote_plus(_compact(data))}"
    return replace(request, body="&".join([*kept, written]).encode("utf-8", "surrogateescape"))


def _grow(data: Any, steps: Sequence[str | int]) -> bool:
    """Add what a path leads through to a JSON value; tell whether something was missing."""
    for place, step in enumerate(steps):
        following = steps[place + 1] if place + 1 < len(steps) else None
        fresh: Any = "1" if following is None else [] if isinstance(following, int) else {}
        if isinstance(step, int):
            if not isinstance(data, list):
                return False
            missing = len(data) <= step
            data.extend([fresh] * (step + 1 - len(data)))
        else:
            if not isinstance(data, dict):
                return False
            missing = step not in data
            data.setdefault(step, fresh)
        if following is None:
            return missing
        data = data[step]
    return False


# -- spelling ---------------------------------------------------------------------------------------------------------


def spelled_otherwise(
    body: bytes, *, blanks: bool = True, escapes: bool = True, numbers: bool = True, end: bool = True
) -> bytes:
    """Return a JSON text that means the same, but that no program would write again byte for byte.

    Blanks and line ends stand between the tokens, the first letter of each text value is an escape (`\\u006d`) and
    slashes are too (`\\/`), fractions get a zero, and a line end is the `end`.
    """
    tokens = [token for token in _TOKEN.findall(body.decode("utf-8", "surrogateescape")) if not token.isspace()]
    written: list[str] = []
    for place, token in enumerate(tokens):
        following = tokens[place + 1] if place + 1 < len(tokens) else ""
        if token.startswith('"') and following != ":" and escapes:
            written.append(_escaped(token))
        elif numbers and re.fullmatch(r"-?\d+\.\d+", token):
            written.append(f"{token}0")
        else:
            written.append(token)
    spaced = {"{": "{ ", "}": " }", ",": " ,\n   ", ":": " :  ", "[": "[ ", "]": " ]"} if blanks else {}
    text = "".join(spaced.get(token, token) for token in written)
    return f"{text}{chr(10) if end else ''}".encode("utf-8", "surrogateescape")


def _escaped(token: str) -> str:
    inside = token[1:-1]
    first = inside[:1]
    if first.isascii() and first.isalnum():
        inside = f"\\u{ord(first):04x}{inside[1:]}"
    return '"' + _BARE_SLASH.sub(r"\\/", inside) + '"'


# -- contents ---------------------------------------------------------------------------------------------------------


def of_unknown_kind(request: Request, reports: Sequence[Report]) -> Request | None:
    """Return the event with a kind no provider has; None where the kind's place is not known."""
    names = {report.name for report in reports} | {report.kind.value for report in reports}
    wanted = {name.casefold() for name in names if name} | {name.rpartition(".")[2].casefold() for name in names}
    wanted.discard("")
    if is_json(request):
        data = json.loads(request.body)
        if _rename(data, wanted) or _rename_key(data):
            return replace(request, body=_compact(data))
    if is_form(request):
        parts = request.body.decode("utf-8", "surrogateescape").split("&")
        for place, part in enumerate(parts):
            name, _, value = part.partition("=")
            if unquote_plus(value).casefold() in wanted or unquote_plus(name) in _KIND_KEYS:
                parts[place] = f"{name}={TELEPORTED}"
                return replace(request, body="&".join(parts).encode("utf-8", "surrogateescape"))
    return None


def _rename(data: object, wanted: set[str]) -> bool:
    """Rename every text that names the kind; tell whether there was one."""
    done = False
    for container, key, value in _leaves(data):
        if isinstance(value, str) and value.casefold() in wanted:
            container[key] = _renamed(value)
            done = True
    return done


def _rename_key(data: object) -> bool:
    for container, key, value in _leaves(data):
        if isinstance(value, str) and key in _KIND_KEYS:
            container[key] = _renamed(value)
            return True
    return False


def _renamed(value: str) -> str:
    """Return `message.teleported` for `message.delivered`, `TELEPORTED` for `DELIVERED`."""
    head, dot, _tail = value.rpartition(".")
    made = f"{head}{dot}{TELEPORTED}"
    return made.upper() if value.isupper() else made


def _leaves(data: object) -> Iterator[tuple[Any, str | int, object]]:
    """Yield container, key and value of everything that is no container, outermost first."""
    level: list[object] = [data]
    while level:
        inner: list[object] = []
        for item in level:
            pairs: list[tuple[str | int, object]] = []
            if isinstance(item, dict):
                pairs = list(item.items())
            elif isinstance(item, list):
                pairs = list(enumerate(item))
            for key, value in pairs:
                if isinstance(value, dict | list):
                    inner.append(value)
                else:
                    yield item, key, value
        level = inner


def with_unknown_fields(request: Request, letter: str = "ü") -> Request | None:
    """Return the event with fields its documentation does not name, at the top and one level down.

    One of them holds `letter`: text from people is not made of plain letters alone.
    """
    if is_json(request):
        data = json.loads(request.body)
        first = data[0] if isinstance(data, list) and data else data
        if not isinstance(first, dict):
            return None
        inner = next((value for value in first.values() if isinstance(value, dict)), None)
        if inner is not None:
            inner[NEW_FIELD] = letter
        first[NEW_FIELD] = {"added": True, "at": 1, "tags": ["new", letter], "nothing": None}
        return replace(request, body=_compact(data))
    if is_form(request):
        return replace(request, body=request.body + f"&{NEW_FIELD}={quote_plus(f'added {letter}')}".encode())
    return None


def cut_short(request: Request) -> Request | None:
    """Return the event with its JSON broken off inside; None for other bodies."""
    if not is_json(request):
        return None
    return replace(request, body=request.body[: max(2, len(request.body) * 2 // 3)].rstrip(b"}] \n"))


def enlarged(request: Request, size: int) -> Request | None:
    """Return the event with a body of `size` bytes that means the same: JSON with blanks, a form with a long field."""
    missing = size - len(request.body)
    if missing <= 0:
        return None
    if is_json(request):
        start = request.body.index(request.body.lstrip()[:1]) + 1
        return replace(request, body=request.body[:start] + b" " * missing + request.body[start:])
    if is_form(request):
        field = f"&{NEW_FIELD}=".encode()
        return replace(request, body=request.body + field + b"a" * (missing - len(field)))
    return None


def other_content(request: Request) -> Request | None:
    """Return the event with another text in it, the ids untouched; None where no value is free to change."""
    if is_json(request):
        data = json.loads(request.body)
        free = [leaf for leaf in reversed(list(_leaves(data))) if not _NAMES_SOMETHING.search(str(leaf[1]))]
        texts = [leaf for leaf in free if isinstance(leaf[2], str) and leaf[2]]
        numbers = [leaf for leaf in free if isinstance(leaf[2], int | float) and not isinstance(leaf[2], bool)]
        for container, key, value in [*(leaf for leaf in texts if " " in str(leaf[2])), *numbers, *texts]:
            container[key] = f"{value} 2" if isinstance(value, str) else value + 1
            return replace(request, body=_compact(data))
    if is_form(request):
        parts = request.body.decode("utf-8", "surrogateescape").split("&")
        for place in range(len(parts) - 1, -1, -1):
            name, _, value = parts[place].partition("=")
            if value and not _NAMES_SOMETHING.search(name):
                parts[place] = f"{name}={value}2"
                return replace(request, body="&".join(parts).encode("utf-8", "surrogateescape"))
    return None


_NAMES_SOMETHING = re.compile(
    r"id\Z|_id|id_|key|uuid|time|date|_at\Z|type|event|status|action|phone|recipient|\Ato\Z|\Afrom\Z|number|version"
    r"|object|created|signature|token",
    re.IGNORECASE,
)
"""Names of fields that identify an event or say what it is about."""


def tampered(request: Request) -> Iterator[Request]:
    """Yield the event with one letter or digit of one value changed, from the end of the body; it stays readable."""
    text = request.body.decode("latin-1")
    if is_json(request):
        spots = [
            match.start() + len(match[0]) - 2
            for match in re.finditer(r'"(?:[^"\\])*[A-Za-z0-9]"(?!\s*:)|(?<=[:,\[\s])\d+(?=\s*[,}\]])', text)
            if match[0].startswith('"')
        ]
        numbers = [match.end() - 1 for match in re.finditer(r"(?<=[:,\[\s])\d+(?=\s*[,}\]])", text)]
        spots = sorted([*spots, *numbers], reverse=True)
    elif is_form(request):
        spots = [match.end() - 1 for match in re.finditer(r"(?<==)[A-Za-z0-9]+(?=&|\Z)", text)][::-1]
    else:
        spots = [match.start() for match in re.finditer(r"[A-Za-z0-9](?=</)", text)][::-1]
    for spot in spots[:40]:
        yield replace(request, body=(text[:spot] + _next(text[spot]) + text[spot + 1 :]).encode("latin-1"))


def _next(sign: str) -> str:
    if sign.isdigit():
        return "1" if sign == "9" else str(int(sign) + 1)
    return "a" if sign in "zZ" else chr(ord(sign) + 1)


def _compact(data: object) -> bytes:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
