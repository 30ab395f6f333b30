"""Blanks in an answer's body, `{{message_id}}` or `{{json:data.id}}`, filled from the event that is answered."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from inspector.domain.answer import Answer
from inspector.domain.report import Kind, Report
from inspector.domain.request import Request
from inspector.payload.body import Payload
from inspector.payload.selector import find
from inspector.signatures.place import Place, Scope, parse_place, text_of

PLACES = ("json", "header", "query", "form")
"""What may stand before the colon of a blank; see inspector/signatures/place.py."""

_BLANK = re.compile(r"\{\{\s*([^{}\s][^{}]*?)\s*\}\}")

_QUOTE = re.compile(r'\\.|(")', re.DOTALL)

_NO_REPORT = Report(Kind.OTHER)


@dataclass(frozen=True, slots=True)
class Told:
    """What blanks are filled from: the request, its body as read, and the first thing it says."""

    request: Request
    payload: Payload
    reports: tuple[Report, ...] = ()

    @property
    def first(self) -> Report:
        """The first report, an empty one where there is none."""
        return self.reports[0] if self.reports else _NO_REPORT


BLANKS: Mapping[str, Callable[[Told], str]] = MappingProxyType(
    {
        "event_id": lambda told: told.first.event_id,
        "message_id": lambda told: told.first.message_id,
        "kind": lambda told: told.first.kind.value,
        "name": lambda told: told.first.name,
        "recipient": lambda told: told.first.recipient,
        "channel": lambda told: told.first.channel,
        "campaign": lambda told: told.first.campaign,
        "text": lambda told: told.first.text,
        "received_at": lambda told: told.request.received_at.isoformat().replace("+00:00", "Z"),
        "received_s": lambda told: str(int(told.request.received_at.timestamp())),
        "method": lambda told: told.request.method,
        "path": lambda told: told.request.path,
        "query": lambda told: told.request.query_string,
        "body": lambda told: told.payload.plain.decode("utf-8", "replace"),
    }
)
"""Blanks that are one word, in the order a list of them shows."""


def unknown_blanks(text: str) -> tuple[str, ...]:
    """Return what stands in blanks nobody can fill, each once and in order; such blanks stay as they are."""
    names = [match[1] for match in _BLANK.finditer(text)]
    return tuple(dict.fromkeys(name for name in names if name not in BLANKS and _place(name) is None))


def filled(answer: Answer, told: Told) -> Answer:
    """Return an answer with its blanks filled, "" for what the event does not say; it is no template any more.

    In JSON, HTML and XML values are escaped, so that none can end the text it stands in. A blank of a JSON body that
    stands outside quotes becomes a whole value: a number, an object, a quoted text, null for what is not said.
    """
    if not answer.template:
        return answer
    text = answer.body.decode("utf-8", "surrogateescape")
    media = _media_type(answer)
    if media.endswith(("/json", "+json")):
        text = _filled_json(text, told)
    else:
        escape = html.escape if media.endswith(("/html", "/xml", "+xml")) else str
        text = _BLANK.sub(lambda match: match[0] if (said := _said(match[1], told)) is None else escape(said[0]), text)
    return replace(answer, body=text.encode("utf-8", "surrogateescape"), template=False)


def _filled_json(text: str, told: Told) -> str:
    parts: list[str] = []
    at = 0
    inside = False
    for match in _BLANK.finditer(text):
        between = text[at : match.start()]
        parts.append(between)
        inside ^= sum(map(bool, _QUOTE.findall(between))) % 2 == 1
        said = _said(match[1], told)
        at = match.end()
        if said is None:
            parts.append(match[0])
        elif inside:
            parts.append(json.dumps(said[0], ensure_ascii=False)[1:-1])
        else:
            parts.append(said[0] if said[1] else json.dumps(said[0], ensure_ascii=False) if said[0] else "null")
    return "".join([*parts, text[at:]])


def _said(name: str, told: Told) -> tuple[str, bool] | None:
    """Return what fills a blank, and whether that is a JSON value as it stands; None for an unknown blank."""
    known = BLANKS.get(name)
    if known is not None:
        return _clean(known(told)), name == "received_s"
    place = _place(name)
    if place is None:
        return None
    if place.kind == "json":
        value = find(told.payload.json, place.path)
        text = text_of(value)
        return ("" if text is None else _clean(text)), text is not None and not isinstance(value, str)
    values = place.values(Scope(told.request, told.payload, ""))
    return (values[0].decode("utf-8", "replace") if values else ""), False


def _clean(text: str) -> str:
    """Return a text that can be sent: bytes that came in undecodable become the replacement character."""
    return text.encode("utf-8", "replace").decode() if not text.isascii() else text


def _place(name: str) -> Place | None:
    try:
        place = parse_place(name)
    except ValueError:
        return None
    return place if place.kind in PLACES else None


def _media_type(answer: Answer) -> str:
    media = next((value for name, value in answer.headers if name.lower() == "content-type"), "")
    return media.partition(";")[0].strip().lower()
