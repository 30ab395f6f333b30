"""Sleeps beside a measurement: where even a process that does nothing was held up, it was the machine."""

from __future__ import annotations

import threading
import time
from types import TracebackType

NAP_S = 0.005


class Idler:
    """Between entering and leaving, `longest_ms` is the longest time a nap of 5 ms took."""

    def __init__(self) -> None:
        self.longest_ms = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._nap, name="idler", daemon=True)

    def __enter__(self) -> Idler:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def _nap(self) -> None:
        before = time.perf_counter()
        while not self._over.wait(NAP_S):
            now = time.perf_counter()
            self.longest_ms = max(self.longest_ms, (now - before) * 1000)
            before = now
