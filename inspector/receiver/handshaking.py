"""Answers a provider's set-up request in its own words, and makes the event say so."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from hmac import compare_digest

from inspector.directory import Resolved
from inspector.domain.answer import INVALID_SIGNATURE, Answer
from inspector.domain.event import Draft
from inspector.domain.report import Kind, Report
from inspector.domain.request import Request
from inspector.domain.verification import Verdict, Verification
from inspector.payload.body import Payload
from inspector.providers.handshake import Handshake, render_first
from inspector.providers.handshakes import Handshakes, Known
from inspector.providers.profile import Profile
from inspector.signatures.place import Scope, to_bytes

NOSNIFF = ("X-Content-Type-Options", "nosniff")
"""Goes with every text a request chose, so that no browser takes it for a page (Dropbox asks for it too)."""

WRONG_SIGNATURE = Answer(401, (), b"")
WRONG_VALUE = Answer(403, (), b"")

_log = logging.getLogger(__name__)

_SIGNED = frozenset({Verdict.VALID, Verdict.STALE, Verdict.INVALID})


@dataclass(frozen=True, slots=True)
class Greeting:
    """A handshake that was recognised: whose, the answer it gets, and what the row says ("" for an ordinary row)."""

    handshake: Handshake
    profile: Profile
    answer: Answer
    words: str
    own: bool

    def applied(self, draft: Draft) -> Draft:
        """Return the event as a handshake: its own report, no search for repeats, its answer.

        A signature that was sent keeps its verdict, also that the certificate for it is still to be fetched. That one
        was missing says nothing about a handshake.
        """
        if not self.words:
            return replace(draft, answer=self.answer)
        found = draft.verification
        sent = found is not None and (found.verdict in _SIGNED or bool(found.needs_url))
        judged = self.own and self.handshake.signed and sent
        report = Report(Kind.CHALLENGE, name=self.words)
        return replace(
            draft,
            answer=self.answer,
            verification=found if judged else None,
            reports=(report,),
            key=None,
            rule=None,
            duplicate_answer=None,
            forwards=(),
        )


def with_handshake(
    draft: Draft, resolved: Resolved, payload: Payload, url: str | Callable[[], str], known: Handshakes
) -> Draft:
    """Return `draft` as it is, or as the handshake its request is. Never raises: the event is kept in any case."""
    try:
        greeting = handshake_answer(resolved, draft.request, payload, url, draft.verification, known)
    except Exception:
        _log.exception("A request could not be looked at as a handshake and is taken as an event")
        return draft
    return draft if greeting is None else greeting.applied(draft)


def handshake_answer(
    resolved: Resolved,
    request: Request,
    payload: Payload,
    url: str | Callable[[], str],
    verification: Verification | None,
    known: Handshakes,
) -> Greeting | None:
    """Return how a set-up request is answered, None for any other request. Pure.

    A text under the endpoint's secret goes only to the endpoint's own provider, whose set-up demands it, and only
    over what that set-up names. Everything else that is answered on an endpoint of another provider is an echo.
    """
    profile = resolved.profile
    verdict = verification.verdict if verification is not None else None
    scope = Scope(request, payload, url, resolved.facts)
    found = known.find(profile, scope, resolved.secrets, known_sender=lambda: verdict in (Verdict.VALID, Verdict.STALE))
    if found is None:
        return None
    scope = found.scope or scope
    own = found.profile is profile
    if not found.handshake.row:
        return _ordinary(found, resolved, scope, verdict)
    return _greeting(found, resolved, scope, verdict, own)


def _ordinary(found: Known, resolved: Resolved, scope: Scope, verdict: Verdict | None) -> Greeting | None:
    """Return the answer a provider wants to every event, unless the user has chosen another."""
    rule, handshake = resolved.endpoint.answers, found.handshake
    if (rule.accepted, rule.rejected) != (Answer(), INVALID_SIGNATURE):
        return None
    if rule.choose(verdict, checked=resolved.endpoint.checks_signatures) == rule.accepted:
        answer = _answer(handshake, resolved, scope)
    else:
        answer = WRONG_SIGNATURE if handshake.needs_valid else None
    return None if answer is None else Greeting(handshake, found.profile, answer, "", True)


def _greeting(found: Known, resolved: Resolved, scope: Scope, verdict: Verdict | None, own: bool) -> Greeting | None:
    handshake, name = found.handshake, found.profile.name
    for place, fact in handshake.compare if own else ():
        wanted, values = to_bytes(resolved.facts.get(fact, "")), place.values(scope)
        if wanted and not any(compare_digest(value, wanted) for value in values):
            words = f"{name} sent another {place.title} than the one set here"
            return Greeting(handshake, found.profile, WRONG_VALUE, words, own)
    if handshake.needs_valid and verdict is not Verdict.VALID:
        words = f"{name} asked with a signature that is not right"
        return Greeting(handshake, found.profile, WRONG_SIGNATURE, words, own)
    rule = resolved.endpoint.answers
    if handshake.status >= 400 and rule.choose(verdict, checked=resolved.endpoint.checks_signatures) == rule.accepted:
        return None  # a provider is asked for credentials only where the endpoint insists on them
    answer = _answer(handshake, resolved, scope)
    return None if answer is None else Greeting(handshake, found.profile, answer, handshake.says(name), own)


def _answer(handshake: Handshake, resolved: Resolved, scope: Scope) -> Answer | None:
    """Return the answer; None where a part of it was not sent, or no secret has the form it needs."""
    if handshake.computes and not _take_secret(handshake, resolved, scope):
        return None
    body = render_first(handshake, (handshake.body,), scope)
    if body is None:
        return None
    headers: list[tuple[str, str]] = []
    if handshake.content_type:
        headers.append(("Content-Type", handshake.content_type))
    if body:
        headers.append(NOSNIFF)
    for name, replies in handshake.headers:
        value = render_first(handshake, replies, scope)
        if value is not None:
            headers.append((name, value.decode("utf-8", "surrogateescape")))
    return Answer(handshake.status, tuple(headers), body)


def _take_secret(handshake: Handshake, resolved: Resolved, scope: Scope) -> bool:
    for secret in resolved.secrets:
        keys = handshake.key_of(secret.value, resolved.facts.get("key_id", "").strip())
        if keys is not None:
            scope.secret, scope.extra = keys
            return True
    return False
