"""The answer a person gives, as the window edits it: presets, texts, and the reason for what cannot be sent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus

from inspector.answer_text import BLANK, TEXT_PLAIN, plain_answer
from inspector.domain.answer import Answer, Fault
from inspector.receiver.filling import unknown_blanks
from inspector.ui.endpoints.endpoint_form import parse_headers

LEAST_STATUS, MOST_STATUS = 200, 599
BODYLESS = (204, 304)
OURS = frozenset({"content-length", "transfer-encoding", "connection", "date", "server"})
"""Header lines the receiver writes itself."""


@dataclass(frozen=True, slots=True)
class HandForm:
    """One field each, as typed. With a `fault` nothing of it is sent whole."""

    status: str = "200"
    headers: str = ""
    body: str = "OK"
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Preset:
    """An answer of one click; `says` is for the pointer and a screen reader."""

    words: str
    answer: Answer
    says: str


def _status(status: int, *headers: tuple[str, str]) -> Preset:
    answer = plain_answer(status)
    phrase = HTTPStatus(status).phrase
    return Preset(str(status), replace(answer, headers=(*answer.headers, *headers)), f"{status} {phrase}")


PRESETS = (
    _status(200),
    _status(400),
    _status(401),
    _status(404),
    _status(429, ("Retry-After", "30")),
    _status(500),
    _status(503, ("Retry-After", "30")),
    Preset("Reset", Answer(fault=Fault.RESET), "Reset the connection"),
    Preset("Time out", Answer(fault=Fault.SILENT), "Never answer: the provider's time runs out"),
)
"""In the order of the keys Alt+1 to Alt+9."""

FAULT_WORDS = {
    Fault.RESET.value: "The connection is reset; nothing is sent.",
    Fault.SILENT.value: "Nothing is ever sent; the provider waits until its own limit.",
    Fault.HALF.value: "Half of the answer is sent, then the connection ends.",
}


def form_of(answer: Answer) -> HandForm:
    """Return the form that shows an answer."""
    lines = [f"{name}: {value}" for name, value in answer.headers if (name, value) != ("Content-Type", TEXT_PLAIN)]
    body = answer.body.decode("utf-8", "replace")
    return HandForm(str(answer.status), "\n".join(lines), body, answer.fault.value if answer.fault else "")


def problems(form: HandForm) -> dict[str, str]:
    """Return the reason for every field that cannot be sent."""
    found = {"headers": _headers_problem(form.headers)}
    text = form.status.strip()
    if not (text.isascii() and text.isdigit() and LEAST_STATUS <= int(text) <= MOST_STATUS):
        found["status"] = f"Enter a status from {LEAST_STATUS} to {MOST_STATUS}."
    elif int(text) in BODYLESS and form.body:
        found["body"] = f"An answer of status {text} has no body."
    return {name: reason for name, reason in found.items() if reason}


def body_note(form: HandForm) -> str:
    """Return what there is to know about the blanks in the body, "" for nothing."""
    if BLANK not in form.body:
        return ""
    unknown = unknown_blanks(form.body)
    return f"{{{{{unknown[0]}}}}} is not known and stays as it is." if unknown else "Blanks are filled from the event."


def answer_of(form: HandForm) -> Answer:
    """Return the answer of a form without problems."""
    headers = parse_headers(form.headers)
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers = (("Content-Type", TEXT_PLAIN), *headers)
    return Answer(
        status=int(form.status),
        headers=headers,
        body=form.body.encode("utf-8", "replace"),
        fault=Fault(form.fault) if form.fault else None,
        template=BLANK in form.body,
    )


def preset_of(form: HandForm) -> int | None:
    """Return the place of the preset that a form is, None where it is none."""
    return next((place for place, preset in enumerate(PRESETS) if form_of(preset.answer) == form), None)


def phrase_of(status: str) -> str:
    """Return the standard words for a status, "" where it has none."""
    try:
        return HTTPStatus(int(status)).phrase
    except ValueError:
        return ""


def said(answer: Answer) -> str:
    """Return an answer as a sentence names it: "503", "a reset connection", "no answer", "half of 200"."""
    if answer.fault is Fault.RESET:
        return "a reset connection"
    if answer.fault is Fault.SILENT:
        return "no answer"
    return f"half of {answer.status}" if answer.fault is Fault.HALF else str(answer.status)


def _headers_problem(text: str) -> str:
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        read = parse_headers(line)
        if not read:
            return f"Line {number} is not a header. Write Name: value."
        if read[0][0].lower() in OURS:
            return f"{read[0][0]} is set by the program."
    return ""
