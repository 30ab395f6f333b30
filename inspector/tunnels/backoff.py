"""How long to wait before the next try: 1, 2, 4, 8, then every 30 seconds."""

from __future__ import annotations

WAITS_S = (1.0, 2.0, 4.0, 8.0, 30.0)

STEADY_S = 10.0
"""A tunnel that was up for so long had not failed: the next loss begins with the shortest wait again."""


class Backoff:
    """Counts failures in a row."""

    def __init__(self) -> None:
        self._failures = 0

    def next_wait_s(self, was_up_s: float = 0.0) -> float:
        """Return the wait after one more failure; `was_up_s` is how long it had worked before."""
        if was_up_s >= STEADY_S:
            self._failures = 0
        wait = WAITS_S[min(self._failures, len(WAITS_S) - 1)]
        self._failures += 1
        return wait

    def reset(self) -> None:
        """Begin with the shortest wait again."""
        self._failures = 0
