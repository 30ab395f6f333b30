"""How long a step takes after the one before it: always the same, evenly spread, or mostly short and sometimes long."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

LONGEST_S = 7 * 86_400
"""No step waits longer: the longest any provider goes on with one event."""

TAIL = 4.0
"""A lognormal latency is at most so many times its 95th percentile: one straggler would hold a campaign for hours."""

_P95 = 1.6448536269514722
"""The 95th percentile of the standard normal distribution."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds, in one of three forms.

    `fixed`: low == high. Even: anything from `low` to `high`. Lognormal (`p95` is set): half of all are below `low`,
    the median, and 95 of 100 below `p95`; the form measured delays usually have.
    """

    low: float
    high: float
    p95: float | None = None

    @classmethod
    def fixed(cls, seconds: float) -> Latency:
        """Return the one that always takes so long."""
        return cls(seconds, seconds)

    @classmethod
    def lognormal(cls, median: float, p95: float) -> Latency:
        """Return the one with this median and 95th percentile."""
        return cls(median, median, p95)

    @property
    def median_s(self) -> float:
        """Half of all take less."""
        return self.low if self.p95 is not None else (self.low + self.high) / 2

    def draw_ms(self, rng: Random) -> int:
        """Return one latency in whole milliseconds; every form takes two numbers from `rng`."""
        first, second = rng.random(), rng.random()
        if self.p95 is None:
            seconds = self.low + (self.high - self.low) * first
        else:
            normal = math.sqrt(-2 * math.log(1 - first)) * math.cos(2 * math.pi * second)
            seconds = min(self.low * math.exp(math.log(self.p95 / self.low) / _P95 * normal), TAIL * self.p95)
        return round(min(seconds, LONGEST_S) * 1000)

    def words(self) -> str:
        """Return it in words: "2 s", "1 to 5 s", "about 2 s, 95 % within 10 s"."""
        if self.p95 is not None:
            return f"about {self.low:g} s, 95 % within {self.p95:g} s"
        return f"{self.low:g} s" if self.low == self.high else f"{self.low:g} to {self.high:g} s"
