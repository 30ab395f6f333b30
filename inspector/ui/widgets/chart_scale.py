"""Where the ticks of a chart stand: round steps up the side, round stretches of time along the foot."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

MOST_STEPS = 5
_STEPS = (1.0, 2.0, 2.5, 5.0)
_WHOLE_STEPS = (1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """From 0 to `top`, with the values that get a line and their words, the lowest first."""

    top: float
    ticks: tuple[tuple[float, str], ...]

    def share(self, value: float) -> float:
        """Return how high a value stands, 0 to 1."""
        return min(max(value / self.top, 0.0), 1.0)


def scale_for(
    highest: float, words: Callable[[float], str], *, least: float = 1.0, steps: int = 3, whole: bool = False
) -> Scale:
    """Return a scale of about so many round steps in which `highest`, and at least `least`, has room.

    `whole` allows whole numbers only.
    """
    wanted = max(highest, least)
    step = _step(wanted / steps, _WHOLE_STEPS if whole else _STEPS)
    if whole:
        step = max(step, 1.0)
    count = max(1, math.ceil(wanted / step - 1e-9))
    return Scale(step * count, tuple((step * number, words(step * number)) for number in range(count + 1)))


def _step(raw: float, steps: Sequence[float]) -> float:
    """Return the smallest round number that is not under `raw`."""
    power = 10.0 ** math.floor(math.log10(raw))
    return next((step * power for step in (*steps, 10.0) if step * power >= raw * (1 - 1e-9)), 10.0 * power)


def parts_for(bars: int, most: int) -> int:
    """Return into how many equal stretches the foot is parted: whole bars each, at most `most` of them."""
    return next((parts for parts in range(min(max(most, 1), 7), 1, -1) if bars % parts == 0), 1)
