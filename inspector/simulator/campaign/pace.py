"""When the next request may leave: not before it is due, not faster than the rate, and not while the run is held."""

from __future__ import annotations

from collections import deque
from time import monotonic

CATCH_UP_S = 1.0
"""So far a run that was held up may hurry to make good; more would be a burst nobody asked for."""

RATE_OVER_S = 2.0


class Pace:
    """Seconds of a run, pauses left out, and the moments at which requests may leave."""

    def __init__(self, rate: float) -> None:
        self._gap_s = 1 / rate
        self._started = monotonic()
        self._paused_at: float | None = None
        self._next_s = 0.0
        self._lately: deque[float] = deque()

    def now(self) -> float:
        """Return the seconds that have run."""
        return (self._paused_at if self._paused_at is not None else monotonic()) - self._started

    def pause(self) -> None:
        """Let time stand still."""
        if self._paused_at is None:
            self._paused_at = monotonic()

    def resume(self) -> None:
        """Let time go on."""
        if self._paused_at is not None:
            self._started += monotonic() - self._paused_at
            self._paused_at = None

    def wait_s(self, due_s: float) -> float:
        """Return how long to wait for a request that is due then; 0 where it may leave."""
        return max(due_s, self._next_s) - self.now()

    def left(self) -> None:
        """Note that a request leaves."""
        now = self.now()
        self._next_s = max(self._next_s, now - CATCH_UP_S) + self._gap_s
        self._lately.append(now)
        while self._lately and self._lately[0] < now - RATE_OVER_S:
            self._lately.popleft()

    def rate(self) -> float:
        """Return the requests a second that left lately."""
        now = self.now()
        recent = sum(at >= now - RATE_OVER_S for at in self._lately)
        return recent / max(min(RATE_OVER_S, now), 0.05)
