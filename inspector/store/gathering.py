"""Many small writes as few commits: what comes while one is on its way goes together with the next.

Nothing waits for company: a write that comes alone leaves at once. The busier it is, the more share one commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

A = TypeVar("A")
B = TypeVar("B")


class Gathering(Generic[A, B]):
    """Hands items to `work` together, at most `most` of them, and gives each its own result or error."""

    def __init__(self, work: Callable[[Sequence[A]], Awaitable[Sequence[B | Exception]]], most: int = 64) -> None:
        """`work` returns a result or an error for each item, in order; what it raises is every item's error."""
        self._work = work
        self._most = most
        self._waiting: list[tuple[A, asyncio.Future[B]]] = []
        self._task: asyncio.Task[None] | None = None

    async def add(self, item: A) -> B:
        """Have an item worked off and return its result; raises its error."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[B] = loop.create_future()
        self._waiting.append((item, future))
        if self._task is None:
            self._task = loop.create_task(self._run(), name="store-gathering")
        return await future

    async def _run(self) -> None:
        try:
            while self._waiting:
                some, self._waiting = self._waiting[: self._most], self._waiting[self._most :]
                try:
                    results = await self._work([item for item, _future in some])
                except Exception as error:
                    results = [error] * len(some)
                for (_item, future), result in zip(some, results, strict=True):
                    _settle(future, result)
        finally:
            self._task = None


def _settle(future: asyncio.Future[B], result: B | Exception) -> None:
    if future.done():  # who waited has gone; the write is done all the same
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)
