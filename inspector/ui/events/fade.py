"""The fade of new rows: which ids are new and how bright they still are."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

CALM_PER_S = 20
"""Above this many new events a second nothing fades."""


class Fade:
    """Tells how much of the accent tint a row still has; times are seconds of a steady clock."""

    def __init__(self, lasts_s: float) -> None:
        self._lasts_s = lasts_s
        self._born: dict[int, float] = {}
        self._arrivals: deque[tuple[float, int]] = deque()

    @property
    def active(self) -> bool:
        """Whether some row is fading."""
        return bool(self._born)

    def add(self, ids: Iterable[int], now_s: float) -> None:
        """Take note of new rows; in a burst they do not fade, and those that do stop."""
        new = tuple(ids)
        self._arrivals.append((now_s, len(new)))
        while self._arrivals and self._arrivals[0][0] <= now_s - 1.0:
            self._arrivals.popleft()
        if sum(count for _, count in self._arrivals) > CALM_PER_S:
            self._born.clear()
        else:
            self._born.update(dict.fromkeys(new, now_s))

    def share(self, event_id: int, now_s: float) -> float:
        """Return how bright a row is, from 1.0 when it came down to 0.0; it eases out."""
        born = self._born.get(event_id)
        if born is None:
            return 0.0
        left = 1.0 - (now_s - born) / self._lasts_s
        return left * left if left > 0 else 0.0

    def settle(self, now_s: float) -> None:
        """Forget the rows that have faded."""
        self._born = {event_id: born for event_id, born in self._born.items() if now_s - born < self._lasts_s}

    def ids(self) -> tuple[int, ...]:
        """Return the rows that are fading."""
        return tuple(self._born)

    def clear(self) -> None:
        """Stop fading."""
        self._born.clear()
