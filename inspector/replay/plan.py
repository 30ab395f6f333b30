"""Which events go out when: order, spacing, repeats and chaos worked out beforehand. Pure, and the same for a seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from random import Random
from typing import NamedTuple

from inspector.domain.errors import UsageError
from inspector.domain.event import EventId


class Order(StrEnum):
    """In which order events are replayed."""

    CAPTURED = "captured"
    REVERSED = "reversed"
    SHUFFLED = "shuffled"


class Spacing(StrEnum):
    """How far apart they are sent."""

    NONE = "none"
    FIXED = "fixed"
    CAPTURED = "captured"


MOST_AT_ONCE = 64
MOST_REPEATS = 1000
MOST_SENDINGS = 1_000_000


@dataclass(frozen=True, slots=True)
class Options:
    """How many events are replayed.

    `gap_s` parts them with FIXED spacing; `speed` divides the gaps of CAPTURED. `repeat` sends the whole of them that
    often. Of 100 sendings `drop_percent` are left out and `duplicate_percent` sent twice, by chance as `seed` has it.
    `at_once` may be under way at the same time. `stop_on_failure` ends it with the first that is not answered 2xx.
    """

    order: Order = Order.CAPTURED
    spacing: Spacing = Spacing.NONE
    gap_s: float = 1.0
    speed: float = 1.0
    repeat: int = 1
    drop_percent: float = 0.0
    duplicate_percent: float = 0.0
    seed: int = 1
    at_once: int = 1
    stop_on_failure: bool = False


class Sending(NamedTuple):
    """One event to be sent, `at_s` seconds after the start at the earliest; `again` marks a duplicate by chance."""

    event_id: EventId
    at_s: float
    again: bool = False


class Captured(NamedTuple):
    """An event and when it was received, in µs since the epoch."""

    event_id: EventId
    received_us: int


def check(options: Options) -> None:
    """Raise UsageError for options that cannot be meant."""
    for name, percent in (("drop", options.drop_percent), ("duplicate", options.duplicate_percent)):
        if not 0 <= percent <= 100:
            raise UsageError(f"{percent:g} % cannot be the share to {name}.", "", "Use 0 to 100.")
    if not 1 <= options.repeat <= MOST_REPEATS:
        raise UsageError(f"{options.repeat} repeats cannot be done.", "", f"Use 1 to {MOST_REPEATS:,}.")
    if not 1 <= options.at_once <= MOST_AT_ONCE:
        raise UsageError(f"{options.at_once} at once cannot be done.", "", f"Use 1 to {MOST_AT_ONCE}.")
    if not 0 < options.speed <= 100_000 or not 0 <= options.gap_s <= 86_400:
        raise UsageError("The spacing cannot be used.", "", "Use a speed above 0, and a gap of up to a day.")


def plan(events: Sequence[Captured], options: Options) -> list[Sending]:
    """Return every sending in order. `events` may come in any; captured means by their number. Raises UsageError."""
    check(options)
    chance = Random(options.seed)
    if len(events) * options.repeat > MOST_SENDINGS:
        raise UsageError("These are too many at once.", f"The limit is {MOST_SENDINGS:,} sendings.")
    in_order = sorted(events)
    sendings: list[Sending] = []
    start_s = 0.0
    for _ in range(options.repeat):
        ordered = _ordered(in_order, options.order, chance)
        # Shuffled events keep the beat of the captured ones.
        beat = in_order if options.order is Order.SHUFFLED else ordered
        for event, gap_s in zip(ordered, _gaps(beat, options), strict=True):
            start_s += gap_s if sendings or options.spacing is Spacing.CAPTURED else 0.0
            if options.drop_percent and chance.random() * 100 < options.drop_percent:
                continue
            sendings.append(Sending(event.event_id, start_s))
            if options.duplicate_percent and chance.random() * 100 < options.duplicate_percent:
                sendings.append(Sending(event.event_id, start_s, again=True))
    return sendings


def _ordered(events: list[Captured], order: Order, chance: Random) -> list[Captured]:
    if order is Order.REVERSED:
        return events[::-1]
    if order is Order.SHUFFLED:
        return chance.sample(events, len(events))
    return events


def _gaps(events: Sequence[Captured], options: Options) -> list[float]:
    """Return the seconds before each event, counted from the one before it."""
    if options.spacing is Spacing.FIXED:
        return [options.gap_s] * len(events)
    if options.spacing is Spacing.NONE:
        return [0.0] * len(events)
    spans = [abs(later.received_us - earlier.received_us) for earlier, later in pairwise(events)]
    return [0.0, *(span / 1e6 / options.speed for span in spans)][: len(events)]
