"""Answers that are found only after the event is kept: from a person, or from the user's own handler."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from inspector.domain.answer import Answer, AskHandler
from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import StoreError
from inspector.domain.event import EventId
from inspector.receiver.by_hand import ByHand
from inspector.receiver.choosing import ByHandWish

ASK_GRACE_S = 0.5
"""So long past its own limit a question to the handler may take to come back."""

Ask = Callable[[EventId, AskHandler], Awaitable[Answer | None]]
"""Asks the user's handler for its answer to a stored event; None where it has none in time."""

_log = logging.getLogger(__name__)


class Amends(Protocol):
    """The part of the store that changes the answer of an event that has not left."""

    async def amend_answer(self, event_id: EventId, answer: Answer) -> None:
        """Keep another answer in place of the provisional one; returns after COMMIT. Raises StoreError."""


class Late:
    """Waits for late answers. `ask` is set once there is somebody who can ask; without it nobody is asked."""

    def __init__(self, store: Amends) -> None:
        self.by_hand = ByHand()
        self.ask: Ask | None = None
        self._store = store

    async def answer(
        self,
        event_id: EventId,
        endpoint_id: EndpointId | None,
        provisional: Answer,
        wish: ByHandWish | AskHandler,
        finish: Callable[[Answer], Answer],
        given_up: Callable[[], Awaitable[object]],
    ) -> Answer:
        """Return the answer an event gets, kept in place of the provisional one where it is another.

        `finish` completes an answer for this event. When `given_up` returns (the client hung up, the receiver closes)
        the provisional answer stands.
        """
        waiting = asyncio.ensure_future(self._ask(event_id, endpoint_id, provisional, wish))
        over = asyncio.ensure_future(given_up())
        try:
            await asyncio.wait({waiting, over}, return_when=asyncio.FIRST_COMPLETED)
            found = waiting.result() if waiting.done() else None
        finally:
            for task in (waiting, over):
                task.cancel()
            await asyncio.gather(waiting, over, return_exceptions=True)
        if found is None:
            return provisional
        answer = finish(found)
        if answer == provisional:
            return provisional
        try:
            await self._store.amend_answer(event_id, answer)
        except StoreError as error:
            _log.error("The answer chosen for event %s could not be kept, the fixed one is sent: %s", event_id, error)
            return provisional
        return answer

    async def _ask(
        self, event_id: EventId, endpoint_id: EndpointId | None, provisional: Answer, wish: ByHandWish | AskHandler
    ) -> Answer | None:
        if isinstance(wish, ByHandWish):
            return await self.by_hand.wait(event_id, endpoint_id, wish.limit_s, provisional)
        if self.ask is None:
            return None
        try:
            async with asyncio.timeout(wish.limit_s + ASK_GRACE_S):
                return await self.ask(event_id, wish)
        except TimeoutError:
            return None
        except Exception:
            _log.exception("The handler could not be asked; the fixed answer is sent")
            return None
