"""The one owner of the window's coroutines: keeps them, names them, reports their errors, ends them on close."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from inspector.domain.errors import InspectorError

_log = logging.getLogger(__name__)


class Tasks:
    """Coroutines started from the window.

    An InspectorError goes to `report`, so the user reads it; any other exception is a bug: it is logged with its
    traceback and reported in one sentence.
    """

    def __init__(self, report: Callable[[InspectorError], None]) -> None:
        self._report = report
        self._loop: asyncio.AbstractEventLoop | None = None
        with contextlib.suppress(RuntimeError):
            self._loop = asyncio.get_running_loop()
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False

    def start(self, coroutine: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run a coroutine now; the returned task may be cancelled by the caller. After `close` nothing runs."""
        # The loop the window was made on: a timer of Qt's may ring while that loop takes a breath between two runs.
        task = (self._loop or asyncio.get_running_loop()).create_task(coroutine, name=name)
        if self._closed:  # a timer of a window that is going away
            task.cancel()
            return task
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    async def close(self) -> None:
        """Cancel what still runs and wait for it."""
        self._closed = True
        tasks = tuple(self._running)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, InspectorError):
            _log.warning("%s: %s", task.get_name(), error)
            self._report(error)
        elif error is not None:
            _log.error("%s failed", task.get_name(), exc_info=error)
            self._report(InspectorError(f"{task.get_name()} failed.", f"{type(error).__name__}: {error}."))
