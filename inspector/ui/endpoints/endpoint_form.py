"""What the endpoint dialog edits, as texts and choices, and why a value cannot be saved."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import urlsplit

from inspector.dedupe import parse_key_place
from inspector.domain.answer import MAX_DELAY_MS, Answer, AnswerRule
from inspector.domain.endpoint import DuplicateKey, DuplicateRule, Endpoint
from inspector.domain.verification import Verdict

STATUSES = (200, 201, 202, 204, 301, 400, 401, 403, 404, 408, 409, 410, 422, 429, 500, 502, 503, 504)
REJECT_STATUSES = (401, 403, 400, 404, 500, 503)
CONTENT_TYPES = ("text/plain; charset=utf-8", "application/json", "text/html; charset=utf-8", "application/xml")
REFUSED_VERDICTS = frozenset({Verdict.INVALID, Verdict.STALE, Verdict.UNSIGNED})
GUESSABLE_BELOW = 22  # characters of base64url that hold 128 bits

PLACE_MISSING = {
    "header": "Enter the header's name.",
    "json": "Enter a path such as data.id.",
    "form": "Enter the form field's name.",
    "query": "Enter the query parameter's name.",
}

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,100}")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_OURS = frozenset({"content-length", "transfer-encoding", "connection", "content-type"})


@dataclass(frozen=True, slots=True)
class EndpointForm:
    """One field of the dialog each; numbers are the texts that were typed."""

    name: str
    token: str
    target: str
    provider: str
    tolerance: str
    public_url: str
    reject: bool
    status: int
    body: str
    content_type: str
    headers: str
    delay: str
    rejected_status: int
    rejected_body: str
    duplicate_key: str
    window_h: str
    duplicate_place: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    stuck_min: str = "5"


def form_of(endpoint: Endpoint) -> EndpointForm:
    """Return the form that shows an endpoint."""
    accepted, rejected = endpoint.answers.accepted, endpoint.answers.rejected
    tolerance = endpoint.signing.tolerance_s
    return EndpointForm(
        name=endpoint.name,
        token=endpoint.token,
        target=endpoint.target,
        provider=endpoint.provider,
        tolerance="" if tolerance is None else str(tolerance),
        public_url=endpoint.signing.public_url,
        reject=bool(endpoint.answers.reject),
        status=accepted.status,
        body=accepted.body.decode("utf-8", "replace"),
        content_type=_content_type(accepted),
        headers="\n".join(f"{name}: {value}" for name, value in accepted.headers if name.lower() != "content-type"),
        delay=str(accepted.delay_ms),
        rejected_status=rejected.status,
        rejected_body=rejected.body.decode("utf-8", "replace"),
        duplicate_key=endpoint.duplicates.key.value,
        window_h=f"{endpoint.duplicates.window_s / 3600:g}",
        duplicate_place=endpoint.duplicates.place,
        facts=endpoint.signing.facts,
        stuck_min=f"{endpoint.stuck_after_s / 60:g}",
    )


def problems(form: EndpointForm, taken_tokens: Collection[str]) -> dict[str, str]:
    """Return the reason for every field that cannot be saved, by the field's name; empty when all can."""
    found = {
        "name": "" if form.name.strip() else "An endpoint needs a name.",
        "token": _token_problem(form.token, taken_tokens),
        "target": url_problem(form.target),
        "public_url": url_problem(form.public_url),
        "tolerance": number_problem(form.tolerance, 1, 30 * 86_400, "seconds", empty_ok=True),
        "delay": number_problem(form.delay, 0, MAX_DELAY_MS, "milliseconds"),
        "window_h": number_problem(form.window_h, 0, 24 * 365, "hours", whole=False),
        "stuck_min": number_problem(form.stuck_min, 1, 7 * 24 * 60, "minutes", whole=False),
        "headers": _headers_problem(form.headers),
        "duplicate_place": _place_problem(form.duplicate_key, form.duplicate_place),
    }
    return {name: reason for name, reason in found.items() if reason}


def applied(form: EndpointForm, endpoint: Endpoint) -> Endpoint:
    """Return the endpoint as the form says; only for a form without problems. The secret is kept elsewhere."""
    accepted = Answer(
        status=form.status,
        headers=(("Content-Type", form.content_type), *parse_headers(form.headers)),
        body=form.body.encode("utf-8"),
        delay_ms=int(form.delay),
    )
    rejected = replace(endpoint.answers.rejected, status=form.rejected_status, body=form.rejected_body.encode("utf-8"))
    return replace(
        endpoint,
        name=form.name.strip(),
        token=form.token,
        target=form.target.strip(),
        provider=form.provider,
        signing=replace(
            endpoint.signing,
            tolerance_s=int(form.tolerance) if form.tolerance.strip() else None,
            public_url=form.public_url.strip(),
            facts=tuple((name, value.strip()) for name, value in form.facts if value.strip()),
        ),
        answers=AnswerRule(accepted, rejected, REFUSED_VERDICTS if form.reject else frozenset()),
        duplicates=_duplicates(form),
        stuck_after_s=round(float(form.stuck_min) * 60),
    )


def status_words(status: int) -> str:
    """Return a status with its standard phrase: `200 OK`."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def parse_headers(text: str) -> tuple[tuple[str, str], ...]:
    """Return the header lines of a text that has no problem, in order."""
    lines = (_HEADER.fullmatch(line.strip()) for line in text.splitlines() if line.strip())
    return tuple((match[1], match[2].strip()) for match in lines if match)


def url_problem(text: str) -> str:
    """Return why a text is no address requests can be sent to; "" for a good one and for none at all."""
    if not text.strip():
        return ""
    try:
        parts = urlsplit(text.strip())
        _ = parts.port
    except ValueError as error:
        return f"This is not an address: {error}."
    if parts.scheme not in ("http", "https"):
        return "An address starts with http:// or https://."
    if not parts.hostname or any(letter.isspace() for letter in text.strip()):
        return "This address names no host."
    return ""


def number_problem(text: str, low: int, high: int, unit: str, *, empty_ok: bool = False, whole: bool = True) -> str:
    """Return why a text is no number within the limits; "" for a good one."""
    if empty_ok and not text.strip():
        return ""
    try:
        value = int(text) if whole else float(text)
    except ValueError:
        value = low - 1
    return "" if low <= value <= high else f"Enter {unit} from {low} to {high:,}."


def _token_problem(token: str, taken: Collection[str]) -> str:
    if not _TOKEN.fullmatch(token):
        return "Use 1 to 100 letters, digits, - and _."
    return "Another endpoint uses this path." if token in taken else ""


def _duplicates(form: EndpointForm) -> DuplicateRule:
    key = DuplicateKey(form.duplicate_key)
    place = form.duplicate_place.strip() if key is DuplicateKey.FIELD else ""
    return DuplicateRule(key, round(float(form.window_h) * 3600), place)


def _place_problem(key: str, place: str) -> str:
    if key != DuplicateKey.FIELD:
        return ""
    kind, _colon, name = place.strip().partition(":")
    if not name.strip():
        return PLACE_MISSING.get(kind, "Say where it lies.")
    try:
        parse_key_place(place.strip())
    except ValueError as reason:
        return f"This path cannot be read: {reason}."
    return ""


def _headers_problem(text: str) -> str:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = _HEADER.fullmatch(line.strip())
        if match is None:
            return f"Line {number} is not a header. Write Name: value."
        if match[1].lower() in _OURS:
            return f"{match[1]} is set by the program."
    return ""


def _content_type(answer: Answer) -> str:
    return next((value for name, value in answer.headers if name.lower() == "content-type"), CONTENT_TYPES[0])
