"""Real requests for a rehearsal: made like a replay's, answered by the handler, and not kept as attempts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from inspector.directory import Resolved
from inspector.domain.attempt import Outgoing
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import Event, EventId
from inspector.domain.identity import Identity
from inspector.replay.new_ids import NewIds
from inspector.replay.rehearsal import Outcome
from inspector.replay.rewrite import rewritten
from inspector.replay.sender import Result

LARGE = 64 * 1024


class Sends(Protocol):
    """Sends one request (replay.sender.Sender)."""

    async def send(self, outgoing: Outgoing, *, timeout_s: float) -> Result:
        """Send and wait for the response."""


class Endpoints(Protocol):
    """The part of the directory that has the secrets."""

    def by_id(self, endpoint_id: EndpointId) -> Resolved | None:
        """Return an endpoint, or None."""


class RealTries:
    """Makes the tries of a rehearsal: the same event has the same new ids in all of them."""

    def __init__(
        self,
        event: Callable[[EventId], Event],
        endpoints: Endpoints | None,
        sender: Sends,
        target: str,
        *,
        identity: Identity = Identity.CAPTURED,
        limit_s: float = 30.0,
    ) -> None:
        """`event` returns an event that can be sent, or raises UsageError (Replayer.event)."""
        self._event = event
        self._endpoints = endpoints
        self._sender = sender
        self._target = target
        self._identity = identity
        self._limit_s = limit_s
        self._ids = NewIds(datetime.now(UTC).isoformat())

    async def __call__(self, event_id: EventId, try_no: int) -> Outcome:
        """Make one try and return what came of it. Raises UsageError where the event cannot be sent."""
        event = self._event(event_id)
        endpoint_id = event.summary.endpoint_id
        resolved = None
        if self._identity is not Identity.CAPTURED and self._endpoints is not None and endpoint_id is not None:
            resolved = self._endpoints.by_id(endpoint_id)
        now = datetime.now(UTC)

        def make() -> Outgoing:
            made = rewritten(event.request, self._target, self._identity, now=now, resolved=resolved, ids=self._ids)
            return made.outgoing

        outgoing = await asyncio.to_thread(make) if len(event.request.body) > LARGE else make()
        result = await self._sender.send(outgoing, timeout_s=self._limit_s)
        failure = result.trouble.title if result.trouble is not None else ""
        return Outcome(result.response, failure, result.total_ms / 1000)
