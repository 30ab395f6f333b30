"""What the endpoint dialog edits, as texts and choices, and why a value cannot be saved."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from inspector.dedupe import parse_key_place
from inspector.domain.answer import MAX_DELAY_MS, Answer
from inspector.domain.endpoint import DuplicateKey, DuplicateRule, Endpoint
from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.verification import Verdict
from inspector.ui.endpoints.access_form import AccessForm, access_applied, access_form_of, access_problems
from inspector.ui.endpoints.answer_form import AnswerForm, answer_applied, answer_form_of, answer_problems
from inspector.ui.endpoints.checks import number_problem, url_problem
from inspector.ui.endpoints.forward_form import ForwardForm, forward_applied, forward_form_of, forward_problems
from inspector.ui.endpoints.storage_form import StorageForm, storage_applied, storage_form_of, storage_problems

__all__ = [
    "EndpointForm",
    "applied",
    "form_of",
    "number_problem",
    "parse_headers",
    "problems",
    "status_words",
    "url_problem",
]

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

_TOKEN = re.compile(r"[A-Za-z0-9_-]+(?:/[A-Za-z0-9_-]+)*")
LONGEST_TOKEN = 100
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
    answer_only: bool = False
    colour: str = ""
    notes: str = ""
    answer: AnswerForm = field(default_factory=AnswerForm)
    access: AccessForm = field(default_factory=AccessForm)
    forwards: tuple[ForwardForm, ...] = ()
    storage: StorageForm = field(default_factory=StorageForm)


def form_of(endpoint: Endpoint, password: str = "") -> EndpointForm:
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
        answer_only=endpoint.duplicates.answer_only,
        colour=endpoint.colour,
        notes=endpoint.notes,
        answer=answer_form_of(endpoint.answers),
        access=access_form_of(endpoint.access, password),
        forwards=tuple(map(forward_form_of, endpoint.forwards)),
        storage=storage_form_of(endpoint.storage),
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
        **answer_problems(form.answer),
        **access_problems(form.access),
        **forward_problems(form.forwards),
        **storage_problems(form.storage),
    }
    return {name: reason for name, reason in found.items() if reason}


def applied(form: EndpointForm, endpoint: Endpoint, password: SecretRef | None = None) -> Endpoint:
    """Return the endpoint as the form says; only for a form without problems.

    Secrets are kept elsewhere; `password` is the reference of the one that access asks for.
    """
    rejected = replace(
        endpoint.answers.rejected,
        status=form.rejected_status,
        body=_body(form.rejected_body, endpoint.answers.rejected),
    )
    answers = answer_applied(form.answer, endpoint.answers, _accepted(form, endpoint.answers.accepted))
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
        answers=replace(answers, rejected=rejected, reject=_refused(form, endpoint)),
        duplicates=_duplicates(form),
        stuck_after_s=round(float(form.stuck_min) * 60),
        access=access_applied(form.access, endpoint.access, password),
        forwards=tuple(map(forward_applied, form.forwards)),
        storage=storage_applied(form.storage, endpoint.storage),
        colour=form.colour,
        notes=form.notes.strip(),
    )


def _accepted(form: EndpointForm, before: Answer) -> Answer:
    return replace(
        before,
        status=form.status,
        headers=(("Content-Type", form.content_type), *parse_headers(form.headers)),
        body=_body(form.body, before),
        delay_ms=int(form.delay),
    )


def _body(text: str, before: Answer) -> bytes:
    """Return a body as typed; one that is no text stays what it was until somebody types."""
    return before.body if text == before.body.decode("utf-8", "replace") else text.encode("utf-8")


def _refused(form: EndpointForm, endpoint: Endpoint) -> frozenset[Verdict]:
    """Return the verdicts that are rejected: those there were, where there were any."""
    return (endpoint.answers.reject or REFUSED_VERDICTS) if form.reject else frozenset()


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


def _token_problem(token: str, taken: Collection[str]) -> str:
    if not _TOKEN.fullmatch(token) or len(token) > LONGEST_TOKEN:
        return f"Use 1 to {LONGEST_TOKEN} letters, digits, -, _ and / between them."
    return "Another endpoint uses this path." if token in taken else ""


def _duplicates(form: EndpointForm) -> DuplicateRule:
    key = DuplicateKey(form.duplicate_key)
    place = form.duplicate_place.strip() if key is DuplicateKey.FIELD else ""
    return DuplicateRule(key, round(float(form.window_h) * 3600), place, form.answer_only)


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
