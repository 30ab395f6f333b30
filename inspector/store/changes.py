"""Ids whose rows changed, collected and told at most ten times a second."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence

from inspector.domain.event import EventId
from inspector.feed import Feed

EVERY_S = 0.1


class ChangedIds:
    """Collects ids on the loop and publishes them without repeats."""

    def __init__(self, feed: Feed[Sequence[EventId]], loop: asyncio.AbstractEventLoop) -> None:
        self._feed = feed
        self._loop = loop
        self._ids: dict[EventId, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, ids: Iterable[int]) -> None:
        """Note that these events changed."""
        for event_id in ids:
            self._ids[EventId(event_id)] = None
        if self._ids and self._timer is None:
            self._timer = self._loop.call_later(EVERY_S, self._publish)

    def close(self) -> None:
        """Tell what is left; nothing is told afterwards."""
        if self._timer is not None:
            self._timer.cancel()
            self._publish()

    def _publish(self) -> None:
        self._timer = None
        ids = tuple(self._ids)
        self._ids = {}
        if ids:
            self._feed.publish(ids)
