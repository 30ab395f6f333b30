"""From a request to a kept event: verify, choose the answer, store.

Nearly always the verdict alone decides the answer, and what an event says is read later, by the writer. Where an
endpoint's rule looks at more, reports and duplicate key are read here, by the same functions, and handed over settled.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any, Protocol

from inspector.dedupe import dedupe_key
from inspector.directory import Resolved
from inspector.domain.answer import Answer, AskHandler
from inspector.domain.endpoint import DuplicateKey, DuplicateRule, Endpoint, EndpointId
from inspector.domain.errors import StoreError
from inspector.domain.event import DedupeKey, Draft, EventId, EventSummary, Refusal, Repeat
from inspector.domain.forwarding import ForwardRule
from inspector.domain.report import Kind, Report
from inspector.domain.request import Request
from inspector.domain.verification import Verification
from inspector.payload.body import Payload
from inspector.providers.catalogue import Catalogue
from inspector.providers.handshakes import Handshakes
from inspector.providers.mapping import normalise
from inspector.receiver.addressing import signed_url
from inspector.receiver.answering import BROKEN, REFUSALS
from inspector.receiver.choosing import ByHandWish, Courses
from inspector.receiver.cors import PREFLIGHT_WORDS, is_preflight, preflight_answer, with_cors
from inspector.receiver.filling import Told, filled
from inspector.receiver.handshaking import with_handshake
from inspector.signatures.engine import verify

LARGE = 1024 * 1024
"""Bodies above this many bytes are checked in a thread: parsing 1 MB takes about 6 ms, and the loop must stay free."""

LARGE_TO_READ = 128 * 1024
"""The same where what the event says is read as well."""

_log = logging.getLogger(__name__)


class Keeper(Protocol):
    """The part of the store that keeps events."""

    async def keep(self, draft: Draft) -> EventId:
        """Keep an event; returns its number when it is committed. Raises StoreError."""

    async def append(self, draft: Draft) -> EventSummary:
        """Keep an event; returns its row when it is committed. Raises StoreError."""

    def keep_soon(self, draft: Draft, waiting: Waiting) -> None:
        """Keep an event; tells `waiting` the row of the list when it is committed, or a StoreError."""


class Waiting(Protocol):
    """Waits for a row of the store; a future is one."""

    def done(self) -> bool:
        """Whether it does not wait any more."""

    def set_result(self, row: tuple[Any, ...], /) -> object:
        """Take the row, which begins with the event's number."""

    def set_exception(self, error: StoreError, /) -> object:
        """Take the reason why there is none."""


class EndpointsById(Protocol):
    """The part of the directory that knows an endpoint's rules and secrets."""

    def by_id(self, endpoint_id: EndpointId) -> Resolved | None:
        """Return the endpoint, or None."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An event that is safely stored, and the answer it gets.

    With `late`, that answer is provisional: a person or the handler may have another, which `finish` completes.
    """

    event_id: EventId
    answer: Answer
    endpoint_id: EndpointId | None = None
    late: ByHandWish | AskHandler | None = None
    finish: Callable[[Answer], Answer] = lambda answer: answer


@dataclass(frozen=True, slots=True)
class _Examined:
    """A draft whose answer is still to be chosen, with what the choice looks at; `told` is None where there is none."""

    draft: Draft
    told: Told | None = None
    rejected: bool = False


class Intake:
    """Makes events of requests and hands them to the store."""

    def __init__(
        self, store: Keeper, endpoints: EndpointsById, handshakes: Handshakes, catalogue: Catalogue | tuple[()] = ()
    ) -> None:
        self._store = store
        self._endpoints = endpoints
        self._handshakes = handshakes
        self._catalogue = catalogue
        self._courses = Courses()

    async def take(self, endpoint: Endpoint, request: Request, local_url: str) -> Kept:
        """Keep a request to an endpoint, by the rules in force now: an upload may have taken a while.

        Raises StoreError where it could not be kept.
        """
        resolved = self._endpoints.by_id(endpoint.id)
        if resolved is None:
            return await self.refuse(
                replace(request, body=b""),
                Refusal.UNKNOWN_ENDPOINT,
                f"The endpoint {endpoint.name} was deleted while the request came in.",
                size=len(request.body),
            )
        access, answers = resolved.endpoint.access, resolved.endpoint.answers
        if access.cors_origins and is_preflight(request.method, request.headers):
            return await self._keep(_preflight(resolved, request), None, request)
        if answers.is_fixed and not (answers.accepted.template or answers.rejected.template):
            draft = await self._away(request, LARGE, self.draft_of, resolved, request, local_url)
            return await self._keep(draft, None, request, access.cors_origins)
        examined = await self._away(request, LARGE_TO_READ, self._examined, resolved, request, local_url)
        draft, late = self._chosen(examined, resolved)
        return await self._keep(draft, late, request, access.cors_origins, examined.told)

    def draft_of(self, resolved: Resolved, request: Request, local_url: str) -> Draft:
        """Return what must be known about a request before it can be answered, and its answer."""
        return draft_of(resolved, request, local_url, self._handshakes)

    def take_soon(self, draft: Draft, waiting: Waiting) -> None:
        """Keep an ordinary request; `waiting` hears of it."""
        self._store.keep_soon(draft, waiting)

    async def refuse(
        self,
        request: Request,
        refusal: Refusal,
        reason: str,
        *,
        endpoint: Endpoint | None = None,
        size: int = 0,
        answer: Answer | None = None,
    ) -> Kept:
        """Keep a request that was turned away, without its body; `size` is what was announced or read."""
        draft = Draft(
            request=request,
            answer=REFUSALS[refusal] if answer is None else answer,
            endpoint_id=endpoint.id if endpoint else None,
            provider=endpoint.provider if endpoint else "",
            refusal=refusal,
            reason=reason,
            size=size,
        )
        return Kept(await self._store.keep(draft), draft.answer)

    async def _away(self, request: Request, large: int, work: Callable[..., Any], *values: Any) -> Any:
        """Do work about a request, in a thread where its body is large or may become so when it is unpacked."""
        if len(request.body) > large or (request.body and request.header("Content-Encoding")):
            return await asyncio.to_thread(work, *values)
        return work(*values)

    async def _keep(
        self,
        draft: Draft,
        late: ByHandWish | AskHandler | None,
        request: Request,
        origins: tuple[str, ...] = (),
        told: Told | None = None,
    ) -> Kept:
        """Store a draft whose answer is chosen; a duplicate gets the answer for duplicates, and nobody is asked."""
        origin = request.header("Origin") if origins else ""

        def finish(answer: Answer) -> Answer:
            return with_cors(filled(answer, told) if told is not None else answer, origins, origin)

        draft = replace(draft, answer=finish(draft.answer))
        if draft.duplicate_answer is None:
            return Kept(await self._store.keep(draft), draft.answer, draft.endpoint_id, late, finish)
        draft = replace(draft, duplicate_answer=finish(draft.duplicate_answer))
        row = await self._store.append(draft)
        if row.repeat is Repeat.DUPLICATE and draft.duplicate_answer is not None:
            return Kept(row.id, draft.duplicate_answer, draft.endpoint_id)
        return Kept(row.id, draft.answer, draft.endpoint_id, late, finish)

    def _examined(self, resolved: Resolved, request: Request, local_url: str) -> _Examined:
        """Return the draft with what it says settled; as it is where it is a handshake or could not be examined."""
        draft = self.draft_of(resolved, request, local_url)
        if draft.rule is None or draft.answer is BROKEN:
            return _Examined(draft)
        rule = resolved.endpoint.answers
        verdict = None if draft.verification is None else draft.verification.verdict
        rejected = rule.choose(verdict, checked=verdict is not None) is rule.rejected
        payload = Payload(request)
        reports: tuple[Report, ...] = ()
        try:
            reports = normalise(resolved.profile, request, payload, self._catalogue)
            key = dedupe_key(resolved.profile, draft.rule, request, payload, reports)
            draft = replace(draft, reports=reports, key=key, rule=None)
        except Exception:
            _log.exception("What an event says could not be read before its answer")
        return _Examined(draft, Told(request, payload, reports), rejected)

    def _chosen(self, examined: _Examined, resolved: Resolved) -> tuple[Draft, ByHandWish | AskHandler | None]:
        draft, told, endpoint = examined.draft, examined.told, resolved.endpoint
        if told is None or examined.rejected:
            return draft, None
        course = self._courses.of(endpoint.id, endpoint.answers, endpoint.duplicates.window_s)
        choice = course.choose(told.reports, self._known_by(draft.key, told, resolved), draft.request.received_at)
        if choice.answer is endpoint.answers.accepted:
            return draft, choice.late  # or what its provider wants in place of it
        if choice.fails:  # a receiver that is down passes nothing on: the retry is what reaches the user's handler
            return replace(draft, answer=choice.answer, duplicate_answer=None, forwards=()), choice.late
        return replace(draft, answer=choice.answer), choice.late

    def _known_by(self, key: DedupeKey | None, told: Told, resolved: Resolved) -> bytes:
        """Return what a script knows an event by, also where the endpoint does not look for duplicates."""
        if not resolved.endpoint.answers.script:
            return b""
        if key is None and resolved.endpoint.duplicates.key is DuplicateKey.OFF:
            key = dedupe_key(resolved.profile, DuplicateRule(), told.request, told.payload, told.reports)
        return b"" if key is None else key.digest


def _preflight(resolved: Resolved, request: Request) -> Draft:
    """Return the event of a browser that asks whether a page may call: it says nothing else."""
    endpoint = resolved.endpoint
    report = Report(Kind.CHALLENGE, name=f"{PREFLIGHT_WORDS} {request.header('Origin')}")
    return Draft(
        request=request,
        answer=preflight_answer(request, endpoint.access.cors_origins, endpoint.access.methods),
        endpoint_id=endpoint.id,
        provider=endpoint.provider,
        reports=(report,),
        size=len(request.body),
    )


@lru_cache(maxsize=256)
def _enabled(forwards: tuple[ForwardRule, ...]) -> tuple[ForwardRule, ...]:
    """Return the rules that are switched on: the very same tuple each time, which then goes to the writer once."""
    return tuple(rule for rule in forwards if rule.enabled)


@lru_cache(maxsize=256)
def _duplicate_answer(accepted: Answer) -> Answer:
    """Return what a duplicate gets where it is only answered: 200 with the fixed answer's words, if that accepts."""
    if not accepted.accepted:
        return Answer()
    return replace(accepted, status=200)


def draft_of(resolved: Resolved, request: Request, local_url: str, handshakes: Handshakes) -> Draft:
    """Return what must be known about a request before it can be answered; what it says is read by the store.

    A request that makes one of our own parts fail is kept all the same: evidence comes first.
    """
    endpoint = resolved.endpoint
    payload = Payload(request)
    url = partial(signed_url, endpoint, request, local_url)
    verification: Verification | None = None
    try:
        verification = _verify(resolved, request, payload, url)
        verdict = verification.verdict if verification else None
        answer = endpoint.answers.choose(verdict, checked=verdict is not None)
    except Exception:
        _log.exception("An event could not be examined and is kept unexamined")
        answer = BROKEN
    draft = Draft(
        request=request,
        answer=answer,
        endpoint_id=endpoint.id,
        provider=endpoint.provider,
        verification=verification,
        window_s=endpoint.duplicates.window_s,
        size=len(request.body),
        rule=endpoint.duplicates,
        duplicate_answer=_duplicate_answer(answer)
        if endpoint.duplicates.answer_only and answer is endpoint.answers.accepted
        else None,
        forwards=_enabled(endpoint.forwards) if endpoint.forwards else (),
    )
    return with_handshake(draft, resolved, payload, url, handshakes)


def _verify(resolved: Resolved, request: Request, payload: Payload, url: Callable[[], str]) -> Verification | None:
    """Check the signature as of the moment of receipt; None where the endpoint or its provider knows of none."""
    profile, endpoint = resolved.profile, resolved.endpoint
    if profile is None or not profile.recipes:
        return None
    return verify(
        request,
        payload,
        profile.recipes,
        resolved.secrets,
        scheme=profile.id,
        url=url,
        now=request.received_at,
        tolerance_s=endpoint.signing.tolerance_s,
        facts=resolved.facts,
        documents=resolved.documents,
    )
