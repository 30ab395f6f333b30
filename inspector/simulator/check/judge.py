"""The pass rules: what an answer to a good or a forged event means. Pure."""

from __future__ import annotations

from dataclasses import replace

from inspector.domain.attempt import Failure, Response
from inspector.simulator.check.answer_body import TELLS_OF_ERROR, WEB_PAGE, objection_of
from inspector.simulator.check.outcome import Exchange, Ruling, State

LIMIT_S = 5.0
"""How long a provider waits for an answer (the public guide to RCS webhooks: "within 5 seconds")."""

TARGET_S = 2.0
"""How fast an answer should be (the same guide: "processing time, target under 2 seconds")."""

EXPECT_ACCEPTED = "2xx within 5 s"
EXPECT_REFUSED = "401 or 403"

SLOW = "Answered slowly"
ABOUT_ALL = frozenset({SLOW, WEB_PAGE, TELLS_OF_ERROR})
"""Headlines of notes that are about every answer of a handler, and are told once."""

NO_REDIRECT = "Providers do not follow redirects: they count this as failed and retry."
RETRIED = "The provider would retry and mark the webhook failed."


def accepted(exchange: Exchange, *, after: str = "") -> Ruling:
    """Judge the answer to an event that must be accepted; `after` is a sentence that is added to a failure."""
    seconds = exchange.ms / 1000
    if exchange.response is None:
        return _with(unanswered(exchange), after)
    status = exchange.status
    if 300 <= status < 400:
        return Ruling(State.FAILED, f"Answered {status}", _join(NO_REDIRECT, after), exchange, "address")
    if not exchange.accepted:
        topic = {413: "large", 429: "queue", 415: "body"}.get(status, "crash" if status >= 500 else "verify")
        return Ruling(State.FAILED, f"Answered {status}", _join(RETRIED, after), exchange, topic)
    if seconds > LIMIT_S:
        return _late(exchange)
    objection = objection_of(exchange.response)
    if objection is not None:
        state = State.FAILED if objection.failed else State.NOTED
        topic = "address" if objection.title == WEB_PAGE else "crash"
        return Ruling(state, objection.title, _join(objection.text, after), exchange, topic)
    if seconds > TARGET_S:
        text = f"It took {seconds:.1f} s; up to {TARGET_S:g} s is good, over {LIMIT_S:g} s counts as failed."
        return Ruling(State.NOTED, SLOW, text, exchange, "queue")
    return Ruling(State.PASSED, "Accepted", f"Answered {status} in {milliseconds(exchange.ms)}.", exchange)


def refused(exchange: Exchange, *, forged: str, harm: str, crash: str = "It crashed instead of rejecting") -> Ruling:
    """Judge the answer to an event that must be refused. `forged` is the headline where it was accepted."""
    status = exchange.status
    if exchange.response is None:
        return replace(unanswered(exchange), text="A forged event is answered 401, so that the sender sees why.")
    if exchange.accepted:
        return Ruling(State.FAILED, forged, f"It answered {status}. {harm}", exchange, "verify")
    if status >= 500:
        text = f"Answered {status}. Someone sending rubbish would fill your error log; answer 401 instead."
        return Ruling(State.FAILED, crash, text, exchange, "verify")
    if status < 400:
        text = f"Answered {status}. A redirect is no refusal; answer 401."
        return Ruling(State.FAILED, "Redirected instead of rejecting", text, exchange, "verify")
    if status == 429:
        text = "Answered 429 even after a pause: it limits how often it may be called, so nothing was learned."
        return Ruling(State.UNKNOWN, "It limits how often it may be called", text, exchange, "parallel")
    if status not in (401, 403):
        text = f"Answered {status}. It was refused, which is what counts; 401 or 403 would say why."
        return Ruling(State.NOTED, "Refused with another status", text, exchange, "verify")
    return Ruling(State.PASSED, "Refused", f"Answered {status} in {milliseconds(exchange.ms)}.", exchange)


def survived(exchange: Exchange, *, title: str, note: str = "") -> Ruling:
    """Judge the answer to an event that may be refused or ignored, but must not crash the handler.

    With `note`, being accepted is worth that note.
    """
    status = exchange.status
    if exchange.response is None:
        return unanswered(exchange)
    if status >= 500:
        text = f"Answered {status}. {RETRIED} Answer 400 to what cannot be read."
        return Ruling(State.FAILED, title, text, exchange, "malformed")
    if 300 <= status < 400:
        return Ruling(State.FAILED, f"Answered {status}", NO_REDIRECT, exchange, "address")
    if exchange.accepted and note:
        return Ruling(State.NOTED, f"Answered {status}", note, exchange, "malformed")
    return Ruling(State.PASSED, "Taken calmly", f"Answered {status} in {milliseconds(exchange.ms)}.", exchange)


def unanswered(exchange: Exchange) -> Ruling:
    """Return the failure of a request that got no answer."""
    trouble = exchange.trouble
    if trouble is not None and trouble.failure is Failure.TIMEOUT:
        text = f"{RETRIED} Answer first, then work in the background."
        return Ruling(State.FAILED, trouble.title, text, exchange, "queue")
    title = trouble.title if trouble else "No answer"
    return Ruling(State.FAILED, title, f"{trouble.hint if trouble else ''} {RETRIED}".strip(), exchange, "crash")


def _late(exchange: Exchange) -> Ruling:
    text = f"It took {exchange.ms / 1000:.1f} s. {RETRIED} Answer first, then work in the background."
    return Ruling(State.FAILED, f"Answered after more than {LIMIT_S:g} s", text, exchange, "queue")


def worst(rulings: list[Ruling]) -> Ruling:
    """Return the ruling that counts of several: the first of the worst state."""
    order = (State.FAILED, State.UNKNOWN, State.NOTED, State.PASSED, State.SKIPPED)
    return min(rulings, key=lambda ruling: order.index(ruling.state))


def _with(ruling: Ruling, after: str) -> Ruling:
    return replace(ruling, text=_join(ruling.text, after))


def _join(*parts: str) -> str:
    return " ".join(part for part in parts if part)


# -- words ------------------------------------------------------------------------------------------------------------


def milliseconds(ms: float) -> str:
    """Return a duration for a person: `29 ms`, `3.2 s`."""
    return f"{ms:.0f} ms" if ms < 1000 else f"{ms / 1000:.1f} s"


def got_words(exchange: Exchange | None) -> str:
    """Return what came back in one line: `200 OK in 29 ms, body “OK”`."""
    if exchange is None:
        return "–"
    if exchange.hung_up:
        return "not waited for"
    response = exchange.response
    if response is None:
        return exchange.trouble.title if exchange.trouble else "no answer"
    said = f"{response.status} {response.reason}".strip()
    body = body_words(response)
    return f"{said} in {milliseconds(exchange.ms)}{f', body “{body}”' if body else ''}"


def body_words(response: Response, most: int = 60) -> str:
    """Return the beginning of a response's body as one line of text, "" where it is empty or no text."""
    try:
        text = " ".join(response.body[: most * 4].decode("utf-8", "ignore").split())
    except ValueError:
        return ""
    if not text.isprintable():
        return ""
    return text if len(text) <= most else f"{text[: most - 1]}…"
