"""Reading that is asked for often and done now and then: it takes at most a share of the time."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, QTimer

from inspector.ui.tasks import Tasks

COST_SHARE = 10
"""Reading takes at most a tenth of the time."""


class SpacedReading:
    """Does one reading at a time, `least_ms` or later after it was asked for, and later still where reading takes long.

    `read` takes over what it read by itself; what went wrong is told as `name`.
    """

    def __init__(
        self, tasks: Tasks, name: str, read: Callable[[], Awaitable[None]], least_ms: int, parent: QObject
    ) -> None:
        self._tasks, self._name, self._read, self._least_ms = tasks, name, read, least_ms
        self._reading, self._again, self._stopped = False, False, False
        self._timer = QTimer(parent, singleShot=True, interval=least_ms)
        self._timer.timeout.connect(self.now)

    @property
    def interval_ms(self) -> int:
        """How long after `soon` is read."""
        return self._timer.interval()

    def soon(self) -> None:
        """Read before long; asking again before that changes nothing."""
        if not self._timer.isActive() and not self._reading and not self._stopped:
            self._timer.start()

    def now(self) -> None:
        """Read at once; where a reading is under way, once more behind it."""
        self._again = self._reading
        if not self._reading and not self._stopped:
            self._timer.stop()
            self._reading = True
            self._tasks.start(self._run(), self._name)

    def stop(self) -> None:
        """Begin no more reading."""
        self._stopped = True
        self._timer.stop()

    async def _run(self) -> None:
        started = time.monotonic()
        try:
            await self._read()
        finally:
            self._reading = False
        if not self._stopped:
            self._timer.setInterval(max(self._least_ms, round((time.monotonic() - started) * 1000 * COST_SHARE)))
            if self._again:
                self.now()
