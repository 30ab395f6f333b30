"""Runs long computations on the window's own thread in slices so short that neither painting nor receiving notices."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

from PySide6.QtCore import QObject, QTimer

from inspector.payload.steps import Steps

SLICE_MS = 4.0
"""A slice ends after this; with one step of about a millisecond on top it stays under a frame."""

PAUSE_MS = 1

T = TypeVar("T")


class Slices(QObject):
    """One computation at a time; a new one or `cancel` drops the one before.

    A worker thread would not help: it would hold the interpreter lock just as long, only at worse moments.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = QTimer(self)
        self._clock.setInterval(PAUSE_MS)
        self._clock.timeout.connect(self._run_slice)
        self._advance: Callable[[], bool] | None = None
        self.share = 0.0

    @property
    def busy(self) -> bool:
        """Whether a computation has not ended yet."""
        return self._advance is not None

    def start(
        self,
        steps: Steps[T],
        done: Callable[[T], object],
        failed: Callable[[Exception], object],
        expected: tuple[type[Exception], ...] = (),
    ) -> None:
        """Run steps and hand the result to `done`, an exception of the `expected` kinds to `failed`.

        The first slice runs at once, so a small computation is over when this returns.
        """
        self.cancel()
        self.share = 0.0

        def advance() -> bool:
            try:
                self.share = next(steps)
            except StopIteration as end:
                self.cancel()
                done(end.value)
                return False
            except expected as error:
                self.cancel()
                failed(error)
                return False
            except Exception:
                self.cancel()
                raise
            return True

        self._advance = advance
        self._run_slice()
        if self._advance is advance:
            self._clock.start()

    def cancel(self) -> None:
        """Drop the computation that runs, if any."""
        self._clock.stop()
        self._advance = None

    def _run_slice(self) -> None:
        until = perf_counter() + SLICE_MS / 1000
        advance = self._advance
        while advance is not None and advance():
            if perf_counter() >= until:
                return
