"""Events whose answer a person gives while the provider waits."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from inspector.domain.answer import Answer
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.feed import Feed


@dataclass(frozen=True, slots=True)
class Held:
    """An event that waits for its answer until `until` (seconds of time.monotonic); `fallback` leaves then."""

    event_id: EventId
    endpoint_id: EndpointId | None
    until: float
    limit_s: float
    fallback: Answer

    @property
    def left_s(self) -> float:
        """The seconds that are left."""
        return max(0.0, self.until - time.monotonic())


class ByHand:
    """The events that wait, oldest first. `waiting` tells whenever one comes or goes, with all that wait now."""

    def __init__(self) -> None:
        self.waiting: Feed[tuple[Held, ...]] = Feed()
        self._held: dict[EventId, tuple[Held, asyncio.Future[Answer]]] = {}

    @property
    def held(self) -> tuple[Held, ...]:
        """The events that wait now."""
        return tuple(held for held, _ in self._held.values())

    def answer(self, event_id: EventId, answer: Answer) -> bool:
        """Answer an event; returns False where it does not wait any more."""
        known = self._held.get(event_id)
        if known is None or known[1].done():
            return False
        known[1].set_result(answer)
        return True

    async def wait(
        self, event_id: EventId, endpoint_id: EndpointId | None, limit_s: float, fallback: Answer
    ) -> Answer | None:
        """Wait for a person's answer; None where none came within `limit_s` seconds. Cancelling gives the event up."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        held = Held(event_id, endpoint_id, time.monotonic() + limit_s, limit_s, fallback)
        self._held[event_id] = (held, future)
        self.waiting.publish(self.held)
        try:
            async with asyncio.timeout(limit_s):
                return await future
        except TimeoutError:
            return None
        finally:
            del self._held[event_id]
            self.waiting.publish(self.held)
