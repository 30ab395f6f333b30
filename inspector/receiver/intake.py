"""From a request to a kept event: verify, choose the answer, store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from inspector.directory import Resolved
from inspector.domain.answer import Answer
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.errors import StoreError
from inspector.domain.event import Draft, EventId, Refusal
from inspector.domain.request import Request
from inspector.domain.verification import Verification
from inspector.payload.body import Payload
from inspector.providers.handshakes import Handshakes
from inspector.receiver.addressing import signed_url
from inspector.receiver.answering import BROKEN, REFUSALS
from inspector.receiver.handshaking import with_handshake
from inspector.signatures.engine import verify

LARGE = 1024 * 1024
"""Bodies above this many bytes are checked in a thread: parsing 1 MB takes about 6 ms, and the loop must stay free."""

_log = logging.getLogger(__name__)


class Keeper(Protocol):
    """The part of the store that keeps events."""

    async def keep(self, draft: Draft) -> EventId:
        """Keep an event; returns its number when it is committed. Raises StoreError."""

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
    """An event that is safely stored, and the answer it gets."""

    event_id: EventId
    answer: Answer


class Intake:
    """Makes events of requests and hands them to the store."""

    def __init__(self, store: Keeper, endpoints: EndpointsById, handshakes: Handshakes) -> None:
        self._store = store
        self._endpoints = endpoints
        self._handshakes = handshakes

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
        if len(request.body) > LARGE:
            draft = await asyncio.to_thread(self.draft_of, resolved, request, local_url)
        else:
            draft = self.draft_of(resolved, request, local_url)
        return Kept(await self._store.keep(draft), draft.answer)

    def draft_of(self, resolved: Resolved, request: Request, local_url: str) -> Draft:
        """Return what must be known about a request before it can be answered, and its answer."""
        return draft_of(resolved, request, local_url, self._handshakes)

    def take_soon(self, draft: Draft, waiting: Waiting) -> None:
        """Keep an ordinary request; `waiting` hears of it."""
        self._store.keep_soon(draft, waiting)

    async def refuse(
        self, request: Request, refusal: Refusal, reason: str, *, endpoint: Endpoint | None = None, size: int = 0
    ) -> Kept:
        """Keep a request that was turned away, without its body; `size` is what was announced or read."""
        draft = Draft(
            request=request,
            answer=REFUSALS[refusal],
            endpoint_id=endpoint.id if endpoint else None,
            provider=endpoint.provider if endpoint else "",
            refusal=refusal,
            reason=reason,
            size=size,
        )
        return Kept(await self._store.keep(draft), draft.answer)


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
