"""A thread beside the writer that sleeps until there is something to do after a commit."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod


class Follower(ABC):
    """What follows the writer: `_run` works until `_stop` is set, and sleeps on `_wake` between.

    A subclass calls `_begin` when it is ready to run.
    """

    def __init__(self) -> None:
        self._wake = threading.Event()
        self._stop = threading.Event()

    def wake(self) -> None:
        """Tell that something was committed; cheap enough for every commit."""
        if not self._wake.is_set():
            self._wake.set()

    def stop(self) -> None:
        """End the thread; blocks until it has. What it has not done yet follows at the next start."""
        self._stop.set()
        self._wake.set()
        self._thread.join()

    def _begin(self, name: str) -> None:
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @abstractmethod
    def _run(self) -> None: ...
