"""News from the receiver to the window: many events become one Qt signal a frame."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from inspector.domain.event import EventId, EventSummary
from inspector.feed import Feed

FRAME_MS = 66
"""Short enough that, with the work of a frame, the list never stands still for 100 ms while events arrive."""

RUSH_FRAME_MS = 250
RUSH_PER_S = 1000.0
"""From here on the list is told four times a second: each frame paints all rows anew, and nobody reads faster.

The frame before tells, not the rate of the last seconds: a rush is to be seen when it begins.
"""

RUSH_LASTS_S = 1.0
"""A rush is over when nothing came for so long; the next event is shown as soon as any."""

RATE_MS = 500
RATE_WINDOW_S = 2.0
HISTORY_S = 30
BURST_PER_S = 50.0


class EventFeeds(Protocol):
    """The store's news."""

    added: Feed[Sequence[EventSummary]]
    changed: Feed[Sequence[EventId]]


class Bridge(QObject):
    """Collects what happened since the last frame and tells the window once.

    Signals:
        added(list[EventSummary]): new events in order of arrival, at most fifteen times a second (four in a rush).
        changed(list[int]): ids of events with new marks, without repeats, in the same rhythm.
        rate(float, float, list): events per second now, the peak, and a value for each of the last seconds.
    """

    added = Signal(list)
    changed = Signal(list)
    rate = Signal(float, float, list)

    def __init__(
        self, feeds: EventFeeds, parent: QObject | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._new: list[EventSummary] = []
        self._touched: dict[EventId, None] = {}
        self._clock = clock
        self._meter = RateMeter(clock())
        self._told_at = clock()
        self._is_rush = False
        self._frame = QTimer(self, singleShot=True, interval=FRAME_MS)
        self._frame.timeout.connect(self.flush)
        self._ticks = QTimer(self, interval=RATE_MS)
        self._ticks.timeout.connect(self._tell_rate)
        self._ticks.start()
        self._unsubscribe = (feeds.added.subscribe(self._on_added), feeds.changed.subscribe(self._on_changed))

    @property
    def frame_ms(self) -> int:
        """How long news is collected now before it is told."""
        return RUSH_FRAME_MS if self._is_rush and self._clock() - self._told_at < RUSH_LASTS_S else FRAME_MS

    def close(self) -> None:
        """Stop listening; nothing is emitted afterwards."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self._frame.stop()
        self._ticks.stop()

    def flush(self) -> None:
        """Tell now what has come since the last frame."""
        new, self._new = self._new, []
        touched, self._touched = list(self._touched), {}
        before, self._told_at = self._told_at, self._clock()
        self._is_rush = len(new) > RUSH_PER_S * (self._told_at - before)
        if new:
            self.added.emit(new)
        if touched:
            self.changed.emit(touched)

    def _on_added(self, summaries: Iterable[EventSummary]) -> None:
        before = len(self._new)
        self._new.extend(summaries)
        self._meter.count(self._clock(), len(self._new) - before)
        self._arm()

    def _on_changed(self, ids: Iterable[EventId]) -> None:
        self._touched.update(dict.fromkeys(ids))
        self._arm()

    def _arm(self) -> None:
        if not self._frame.isActive():
            self._frame.start(self.frame_ms)

    def _tell_rate(self) -> None:
        if self._meter.advance(self._clock()):
            self.rate.emit(self._meter.now, self._meter.peak, self._meter.history)


class RateMeter:
    """Events per second over the last two seconds, their peak, and one bar per second of the last half minute."""

    def __init__(self, now_s: float) -> None:
        self.now = 0.0
        self.peak = 0.0
        self._arrivals: deque[tuple[float, int]] = deque()
        self._bars: deque[int] = deque([0] * HISTORY_S, maxlen=HISTORY_S)
        self._second = int(now_s)

    @property
    def history(self) -> list[float]:
        """Events in each of the last seconds, oldest first."""
        return [float(bar) for bar in self._bars]

    def count(self, now_s: float, events: int) -> None:
        """Take note of `events` that came at `now_s` (seconds of a steady clock)."""
        self._roll(now_s)
        self._bars[-1] += events
        self._arrivals.append((now_s, events))

    def advance(self, now_s: float) -> bool:
        """Bring the figures to `now_s`; False where nothing moved since the last call."""
        rolled = self._roll(now_s)
        while self._arrivals and self._arrivals[0][0] < now_s - RATE_WINDOW_S:
            self._arrivals.popleft()
        before = self.now
        self.now = sum(events for _, events in self._arrivals) / RATE_WINDOW_S
        self.peak = max(self.peak, self.now)
        return self.now != before or (rolled and any(self._bars))

    def _roll(self, now_s: float) -> bool:
        seconds = int(now_s) - self._second
        for _ in range(min(max(seconds, 0), HISTORY_S)):
            self._bars.append(0)
        self._second += max(seconds, 0)
        return seconds > 0
