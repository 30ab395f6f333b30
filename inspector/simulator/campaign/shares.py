"""Choices by chance that keep to their shares exactly: 3 percent of 10,000 are 300, only which ones is chance."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

BLOCK = 100
"""So many choices are drawn at once; percents of a block are whole numbers but for a rest that is carried on."""

_ALMOST = 1e-9


class Shares:
    """Hands out one of several outcomes, each in `percents[outcome]` of all cases; what is left is None.

    Only `Random.random` is used, whose sequence Python promises to keep.
    """

    def __init__(self, rng: Random, percents: Sequence[float]) -> None:
        self._rng = rng
        self._percents = tuple(percents)
        self._owed = [0.0] * len(self._percents)
        self._block: list[int | None] = []

    def next(self) -> int | None:
        """Return the outcome of one case, None for none of them."""
        if not self._block:
            self._block = self._drawn()
        return self._block.pop()

    def _drawn(self) -> list[int | None]:
        block: list[int | None] = []
        for outcome, percent in enumerate(self._percents):
            self._owed[outcome] += percent * BLOCK / 100
            count = min(int(self._owed[outcome] + _ALMOST), BLOCK - len(block))
            self._owed[outcome] -= count
            block += [outcome] * count
        block += [None] * (BLOCK - len(block))
        for place in range(BLOCK - 1, 0, -1):
            other = int(self._rng.random() * (place + 1))
            block[place], block[other] = block[other], block[place]
        return block


class Share:
    """Yes or no: yes in `percent` of all cases."""

    def __init__(self, rng: Random, percent: float) -> None:
        self._shares = Shares(rng, (percent,)) if 0 < percent < 100 else None
        self._always = percent >= 100

    def next(self) -> bool:
        """Return whether this case is one of them."""
        return self._always if self._shares is None else self._shares.next() is not None
