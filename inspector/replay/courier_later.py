"""The courier, made when it is first needed: most programs forward nothing, and should start as if there were none."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from inspector.feed import Feed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from inspector.domain.series import Series
    from inspector.replay.courier import Courier

MODULES = ("inspector.replay.courier", "inspector.replay.rewrite", "inspector.search")


class HasSeries(Protocol):
    """The part of the store that knows whether there is anything to do."""

    planned: Feed[Sequence[Series]]

    async def has_open_series(self) -> bool:
        """Whether a series is not over."""


class CourierLater:
    """Makes the courier once, and starts it as soon as there is a series."""

    def __init__(self, make: Callable[[], Courier], store: HasSeries) -> None:
        self._make = make
        self._store = store
        self._courier: Courier | None = None
        self._task: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] = lambda: None

    @property
    def is_made(self) -> bool:
        """Whether there was anything to do yet."""
        return self._courier is not None

    def get(self) -> Courier:
        """Return the courier, at work."""
        if self._courier is None:
            self._courier = self._make()
            self._courier.start()
        return self._courier

    def watch(self, after_s: float) -> None:
        """Look for series `after_s` seconds from now, and for new ones from now on."""
        self._task = asyncio.get_running_loop().create_task(self._watch(after_s), name="courier-later")

    async def close(self) -> None:
        """End it, where it was made at all."""
        self._unsubscribe()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._courier is not None:
            await self._courier.close()

    async def _watch(self, after_s: float) -> None:
        begun = asyncio.Event()
        self._unsubscribe = self._store.planned.subscribe(lambda _series: begun.set())
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(begun.wait(), after_s)
        if not begun.is_set() and not await self._store.has_open_series():
            await begun.wait()
        self._unsubscribe()
        # In a thread, because it takes longer than the loop may wait.
        for name in MODULES:
            await asyncio.to_thread(importlib.import_module, name)
        self.get()
