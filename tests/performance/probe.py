"""Sits in the window while it is measured: how long neither the event loop nor Qt got a turn, and what was painted."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer

from inspector.ui.main_window import MainWindow
from tests.performance.figures import percentile

TICK_S = 0.010
BEAT_MS = 16


class Gaps:
    """Times between two moments of one kind, in ms."""

    def __init__(self) -> None:
        self._last: float | None = None
        self._gaps: list[float] = []

    def note(self) -> None:
        """It happened again."""
        now = time.perf_counter()
        if self._last is not None:
            self._gaps.append((now - self._last) * 1000)
        self._last = now

    def report(self) -> dict[str, float]:
        """Return how often it happened, and the gaps."""
        ordered = sorted(self._gaps)
        return {"count": len(ordered), "p99_ms": percentile(ordered, 0.99), "max_ms": percentile(ordered, 1.0)}


class Probe(QObject):
    """Watches one window; made once it has been shown and before it has been painted.

    `started_at` is when the process was started (seconds since the epoch); `rows` are expected in the list.
    """

    def __init__(self, window: MainWindow, started_at: float, rows: int) -> None:
        super().__init__(window)
        self._window = window
        self._model = window.page.model
        self._started_at = started_at
        self._rows = rows
        self._loop = asyncio.get_running_loop()
        self.milestones: dict[str, float] = {}
        self.listed = asyncio.Event()
        self._ticks, self._beats, self._paints = Gaps(), Gaps(), Gaps()
        self._ticking = False
        self.mark("shown")
        window.installEventFilter(self)
        window.page.table.viewport().installEventFilter(self)
        self._beat = QTimer(self, interval=BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(lambda: self._beats.note())

    def reset(self, *, gaps: bool) -> None:
        """Begin to measure anew; with `gaps` also how long the loop and Qt got no turn, by 160 timers a second."""
        self._ticks, self._beats, self._paints = Gaps(), Gaps(), Gaps()
        if gaps and not self._ticking:
            self._beat.start()
            self._tick()
        elif not gaps:
            self._beat.stop()
        self._ticking = gaps

    def mark(self, name: str, when: float | None = None) -> None:
        """Note when something was so first (seconds since the epoch, None for now), as seconds since the start."""
        self.milestones.setdefault(name, (time.time() if when is None else when) - self._started_at)

    def report(self) -> dict[str, Any]:
        """Return what was measured since the last reset."""
        return {
            "ticks": self._ticks.report(),
            "beats": self._beats.report(),
            "paints": self._paints.report(),
            "rows": self._model.rowCount(),
            "milestones_s": self.milestones,
        }

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note every painting of the list, and the first one of the window."""
        if event.type() == QEvent.Type.Paint:
            if watched is not self._window:
                self._paints.note()
            if not self.listed.is_set():
                QTimer.singleShot(0, self._painted)
        return False

    def _painted(self) -> None:
        rows = self._model.rowCount()
        self.mark("painted")
        if rows or not self._rows:
            self.mark("first_page")
        if rows >= self._rows:
            self.mark("listed")
            self.listed.set()

    def _tick(self) -> None:
        if self._ticking:
            self._ticks.note()
            self._loop.call_later(TICK_S, self._tick)
