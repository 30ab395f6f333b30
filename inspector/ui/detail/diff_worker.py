"""Runs a comparison: a small one at once in slices, a large one in a thread of its own."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject, Signal

from inspector.payload.steps import Steps
from inspector.ui.detail.slices import Slices

BREATH_S = 0.0002
BREATHE_EVERY_S = 0.002
"""The thread sleeps a little now and then, so that the window need not wait for the interpreter lock."""

T = TypeVar("T")


class _Errand:
    """One run in the thread; `wanted` turns false when nobody waits for it any more."""

    def __init__(self, steps: Steps[object], done: Callable[[object], object]) -> None:
        self.steps, self.done, self.wanted = steps, done, True
        self.result: object = None


class DiffWorker(QObject):
    """One comparison at a time; a new one or `cancel` drops the one before.

    Some steps of a comparison look at a whole row of values at once, which for a long row takes longer than a slice
    may: in a thread the interpreter stops them every few milliseconds by itself.
    """

    _ended = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._slices = Slices(self)
        self._errand: _Errand | None = None
        self._ended.connect(self._on_ended)

    def start(self, steps: Steps[T], done: Callable[[T], object], *, large: bool) -> None:
        """Run steps and hand the result to `done`, at once for a small comparison."""
        self.cancel()
        if not large:
            self._slices.start(steps, done, lambda _error: None)
            return
        self._errand = _Errand(steps, done)  # type: ignore[arg-type]  # what the steps give is what `done` takes
        threading.Thread(target=self._run, args=(self._errand,), name="compare", daemon=True).start()

    def cancel(self) -> None:
        """Drop the comparison that runs, if any."""
        self._slices.cancel()
        if self._errand is not None:
            self._errand.wanted = False
            self._errand = None

    def _run(self, errand: _Errand) -> None:
        breathed = time.perf_counter()
        while errand.wanted:
            try:
                next(errand.steps)
            except StopIteration as end:
                errand.result = end.value
                # The window may have been closed in the meantime.
                with contextlib.suppress(RuntimeError):
                    self._ended.emit(errand)
                return
            if time.perf_counter() - breathed > BREATHE_EVERY_S:
                time.sleep(BREATH_S)
                breathed = time.perf_counter()

    def _on_ended(self, errand: _Errand) -> None:
        if errand is self._errand:
            self._errand = None
            errand.done(errand.result)
