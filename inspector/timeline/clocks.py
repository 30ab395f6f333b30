"""What the drawing of two clocks shows: when the provider says it happened above, when it arrived below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspector.domain.event import EventId
from inspector.timeline.happening import Happening
from inspector.timeline.lifecycle import Lifecycle
from inspector.timeline.stages import END_OF, STAGE_OF, STAGES, End, Mark
from inspector.timeline.words import STAGE_NAMES, name_of

STEPS_S = (1, 5, 15, 60, 300, 900, 3600, 21_600, 86_400)
MOST_STEPS = 6


@dataclass(frozen=True, slots=True)
class Refused:
    """An attempt that was not accepted: when it arrived (µs since zero), and which event it was."""

    at_us: int
    event_id: EventId


@dataclass(frozen=True, slots=True)
class Tie:
    """One line between the clocks; moments are µs since zero, None where a lane has none.

    `overtaken` says that something which happened later arrived before: the line crosses another.
    """

    name: str
    mark: Mark
    said_us: int | None
    arrived_us: int | None
    event_id: EventId | None = None
    refused: tuple[Refused, ...] = ()
    overtaken: bool = False


@dataclass(frozen=True, slots=True)
class Clocks:
    """The drawing: its ties, the end of its axis and the axis' steps in µs, and what zero is."""

    ties: tuple[Tie, ...]
    until_us: int
    step_us: int
    since: str

    @property
    def ticks_us(self) -> tuple[int, ...]:
        """The places of the axis that are labelled."""
        return tuple(range(0, self.until_us + 1, self.step_us))


def clocks_of(life: Lifecycle) -> Clocks:
    """Return the two clocks of a message; without ties where nothing is known of its stages."""
    items = [item for item in life.happenings if item.kind in STAGE_OF or item.kind in END_OF]
    if not items:
        return Clocks((), 1_000_000, 1_000_000, "")
    first = min(items, key=lambda item: min(item.happened_us, item.sightings[0].arrived_us))
    zero_us = min(first.happened_us, first.sightings[0].arrived_us)
    ties = [_tie(life, item, zero_us) for item in items]
    ties = [_crossed(tie, ties) for tie in ties]
    ties += _missing(life, ties)
    last = max(max(tie.said_us or 0, tie.arrived_us or 0, *(item.at_us for item in tie.refused), 0) for tie in ties)
    step_us = _step(last)
    until_us = max(step_us, -(-last // step_us) * step_us)
    return Clocks(tuple(ties), until_us, step_us, name_of(first.kind).lower())


def tick_label(us: int) -> str:
    """Write a place of the axis: 0, 15 s, 1 m, 1 m 15 s, 2 h."""
    seconds = us // 1_000_000
    if seconds == 0:
        return "0"
    units = ((86_400, "d"), (3600, "h"), (60, "m"), (1, "s"))
    parts = []
    for length, unit in units:
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])


def _step(last_us: int) -> int:
    for seconds in STEPS_S:
        if last_us <= seconds * 1_000_000 * MOST_STEPS:
            return seconds * 1_000_000
    days = -(-last_us // (86_400 * 1_000_000 * MOST_STEPS))
    return days * 86_400 * 1_000_000


def _tie(life: Lifecycle, item: Happening, zero_us: int) -> Tie:
    stage = STAGE_OF.get(item.kind)
    if item.accepted is None:
        mark = Mark.REFUSED
    elif stage is not None:
        mark = life.marks[stage]
    else:
        mark = Mark.FAILED if END_OF[item.kind] in {End.FAILED, End.EXPIRED} else Mark.ARRIVED
    return Tie(
        name_of(item.kind),
        mark,
        None if item.occurred_us is None else item.occurred_us - zero_us,
        None if item.accepted is None else item.arrived_us - zero_us,
        item.first.event_id,
        tuple(Refused(sighting.arrived_us - zero_us, sighting.event_id) for sighting in item.refused),
    )


def _crossed(tie: Tie, others: Sequence[Tie]) -> Tie:
    if tie.said_us is None or tie.arrived_us is None:
        return tie
    overtaken = any(
        other.said_us is not None
        and other.arrived_us is not None
        and other.said_us > tie.said_us
        and other.arrived_us < tie.arrived_us
        for other in others
    )
    return Tie(tie.name, tie.mark, tie.said_us, tie.arrived_us, tie.event_id, tie.refused, overtaken)


def _missing(life: Lifecycle, ties: Sequence[Tie]) -> list[Tie]:
    """Put what never arrived between its neighbours: when it happened is not known."""
    said = {tie.name: tie.said_us if tie.said_us is not None else tie.arrived_us for tie in ties}
    found = []
    for stage in STAGES:
        if life.marks[stage] is not Mark.MISSING:
            continue
        before = [moment for other in STAGES[:stage] if (moment := said.get(STAGE_NAMES[other])) is not None]
        after = [moment for other in STAGES[stage + 1 :] if (moment := said.get(STAGE_NAMES[other])) is not None]
        ends = [*before[-1:], *after[:1]]
        found.append(Tie(STAGE_NAMES[stage], Mark.MISSING, sum(ends) // len(ends) if ends else 0, None))
    return found
