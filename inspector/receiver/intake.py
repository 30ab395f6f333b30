"""From a request to a kept event: verify, normalise, find its duplicate key, choose the answer, store."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Protocol

from inspector.dedupe import dedupe_key
from inspector.directory import Resolved
from inspector.domain.answer import Answer
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.event import Draft, EventSummary, Refusal
from inspector.domain.report import Report
from inspector.domain.request import Request
from inspector.domain.verification import Verification
from inspector.payload.body import Payload
from inspector.providers.catalogue import Catalogue
from inspector.providers.mapping import normalise
from inspector.providers.profile import Profile
from inspector.receiver.addressing import signed_url
from inspector.receiver.answering import BROKEN, REFUSALS
from inspector.signatures.engine import verify

LARGE = 1024 * 1024
"""Bodies above this many bytes are checked in a thread: parsing 1 MB takes about 6 ms, and the loop must stay free."""

_log = logging.getLogger(__name__)


class Keeper(Protocol):
    """The part of the store that keeps events."""

    async def append(self, draft: Draft) -> EventSummary:
        """Keep an event; returns when it is committed. Raises StoreError."""


class EndpointsById(Protocol):
    """The part of the directory that knows an endpoint's rules and secrets."""

    def by_id(self, endpoint_id: EndpointId) -> Resolved | None:
        """Return the endpoint, or None."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An event that is safely stored, and the answer it gets."""

    summary: EventSummary
    answer: Answer


class Intake:
    """Makes events of requests and hands them to the store."""

    def __init__(self, store: Keeper, endpoints: EndpointsById, catalogue: Catalogue) -> None:
        self._store = store
        self._endpoints = endpoints
        self._providers = tuple(catalogue)

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
            draft = await asyncio.to_thread(draft_of, resolved, request, local_url, self._providers)
        else:
            draft = draft_of(resolved, request, local_url, self._providers)
        return Kept(await self._store.append(draft), draft.answer)

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
        return Kept(await self._store.append(draft), draft.answer)


def draft_of(resolved: Resolved, request: Request, local_url: str, others: Sequence[Profile] = ()) -> Draft:
    """Return everything that is known about a request before it is stored.

    A request that makes one of our own parts fail is kept all the same: evidence comes first.
    """
    endpoint = resolved.endpoint
    payload = Payload(request)
    verification: Verification | None = None
    reports: tuple[Report, ...] = ()
    key = None
    try:
        verification = _verify(resolved, request, payload, local_url)
        reports = normalise(resolved.profile, request, payload, others)
        key = dedupe_key(resolved.profile, endpoint.duplicates, request, payload, reports)
        verdict = verification.verdict if verification else None
        answer = endpoint.answers.choose(verdict, checked=endpoint.checks_signatures)
    except Exception:
        _log.exception("An event could not be examined and is kept unexamined")
        answer = BROKEN
    return Draft(
        request=request,
        answer=answer,
        endpoint_id=endpoint.id,
        provider=endpoint.provider,
        verification=verification,
        reports=reports,
        key=key,
        window_s=endpoint.duplicates.window_s,
        size=len(request.body),
    )


def _verify(resolved: Resolved, request: Request, payload: Payload, local_url: str) -> Verification | None:
    """Check the signature as of the moment of receipt; None where the endpoint asks for none."""
    profile, endpoint = resolved.profile, resolved.endpoint
    if profile is None:
        return None
    return verify(
        request,
        payload,
        profile.recipes,
        resolved.secrets,
        scheme=profile.id,
        url=partial(signed_url, endpoint, request, local_url),
        now=request.received_at,
        tolerance_s=endpoint.signing.tolerance_s,
    )
