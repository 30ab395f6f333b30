"""The timeline as lines of text: what happened, when, how it arrived, and what is not there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from inspector.domain.event import EventId, Repeat
from inspector.domain.report import Kind
from inspector.domain.verification import Verdict
from inspector.timeline.happening import Happening
from inspector.timeline.lifecycle import Lifecycle
from inspector.timeline.sighted import Sighted
from inspector.timeline.stages import END_OF, STAGE_OF, STAGES, End, Mark, Stage
from inspector.timeline.words import STAGE_NAMES, name_of, span

NEVER = "never arrived"
WAITING = "waiting"
_MINUS = "\N{MINUS SIGN}"


class Order(StrEnum):
    """By whose clock the lines are sorted and timed."""

    PROVIDER = "provider"
    ARRIVAL = "arrival"


class Flag(StrEnum):
    """What stands out about a line."""

    MISSING = "missing"
    DISORDER = "disorder"
    RETRY = "retry"
    DUPLICATE = "duplicate"
    UNVERIFIED = "unverified"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Sight:
    """One more sighting under a line: an attempt that was not accepted, or a repeat that came afterwards."""

    title: str
    answer: str
    moment_us: int
    event_id: EventId
    accepted: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One line. `moment_us` is by the chosen clock, None where there is none; `aside` stands in its place then.

    `gap` is the time to the next line that has one, with its sign; `solid` whether both arrived in order. `event_ids`
    are all events behind the line; `event_id` the one it opens.
    """

    name: str
    mark: Mark
    kind: Kind | None
    moment_us: int | None = None
    aside: str = ""
    text: str = ""
    event_id: EventId | None = None
    event_ids: tuple[EventId, ...] = ()
    flags: tuple[tuple[Flag, str], ...] = ()
    sights: tuple[Sight, ...] = ()
    gap: str = ""
    solid: bool = False


def lines_of(life: Lifecycle, order: Order = Order.PROVIDER) -> tuple[Line, ...]:
    """Return the timeline of a message."""
    lines = [*_stage_lines(life, order), *_other_lines(life, order)]
    if order is Order.ARRIVAL:
        lines.sort(key=lambda line: (line.moment_us is None, line.moment_us or 0))
    return tuple(_with_gaps(lines))


def _stage_lines(life: Lifecycle, order: Order) -> Iterator[Line]:
    for stage in STAGES:
        item, mark = life.stage(stage), life.marks[stage]
        if item is not None:
            yield _line(life, item, Mark.REFUSED if item.accepted is None else mark, order)
        elif mark is Mark.MISSING:
            yield Line(
                STAGE_NAMES[stage],
                mark,
                None,
                aside=NEVER,
                text="Later events came, so this one was lost or not sent.",
                flags=((Flag.MISSING, "Missing"),),
            )
        elif mark is Mark.WAITING:
            text = "Optional: not every device reports it" if stage is Stage.READ else ""
            yield Line(STAGE_NAMES[stage], mark, None, aside=WAITING, text=text)


def _other_lines(life: Lifecycle, order: Order) -> Iterator[Line]:
    others = [item for item in life.happenings if item.kind not in STAGE_OF]
    for item in sorted(others, key=lambda item: (item.happened_us, item.kind.value)):
        broken = END_OF.get(item.kind) in {End.FAILED, End.EXPIRED}
        mark = Mark.REFUSED if item.accepted is None else Mark.FAILED if broken else Mark.ARRIVED
        yield _line(life, item, mark, order)


def _line(life: Lifecycle, item: Happening, mark: Mark, order: Order) -> Line:
    moment_us = item.happened_us if order is Order.PROVIDER else item.arrived_us
    return Line(
        _title(item),
        mark,
        item.kind,
        moment_us,
        text=_text(life, item, mark),
        event_id=item.first.event_id,
        event_ids=tuple(sighting.event_id for sighting in item.sightings),
        flags=tuple(_flags(item, mark)),
        sights=tuple(_sights(item)),
    )


def _title(item: Happening) -> str:
    code = item.said("error_code")
    return f"{name_of(item.kind)} {code}" if code and item.kind in END_OF else name_of(item.kind)


def _text(life: Lifecycle, item: Happening, mark: Mark) -> str:
    first = item.first
    parts = [_arrival(item)]
    if item.refused and item.accepted is not None:
        parts[0] += f" on attempt {len(item.refused) + 1}"
    else:
        parts.append(f"answered {first.status}")
    early = _overtaken(life, item)
    if early:
        parts[1:] = [early]
    said = item.said("error_text") or item.said("text")
    return f"{', '.join(parts)}. {said}" if said else ", ".join(parts)


def _arrival(item: Happening) -> str:
    delay_us = item.delay_us
    if delay_us is None:
        return "Arrived, with no time by the provider"
    return f"Arrived {span(delay_us)} {'later' if delay_us >= 0 else 'earlier, the clocks differ'}"


def _overtaken(life: Lifecycle, item: Happening) -> str:
    """Return which earlier stage this one overtook: "45.0 s before Delivered"."""
    stage = STAGE_OF.get(item.kind)
    arrived = life.outline.arrived_us[stage] if stage is not None else None
    if stage is None or arrived is None:
        return ""
    late = [(moment, other) for other in STAGES[:stage] if (moment := life.outline.arrived_us[other]) is not None]
    last = max(late, default=None)
    return f"{span(last[0] - arrived)} before {STAGE_NAMES[last[1]]}" if last and last[0] > arrived else ""


def _flags(item: Happening, mark: Mark) -> Iterator[tuple[Flag, str]]:
    if mark is Mark.DISORDER:
        yield Flag.DISORDER, "Out of order"
    if item.accepted is None:
        wrong = all(sighting.verdict is Verdict.INVALID for sighting in item.refused)
        yield (Flag.UNVERIFIED, "Unverified") if wrong else (Flag.REFUSED, "Not accepted")
    retries = sum(sighting.repeat is Repeat.RETRY for sighting in item.sightings)
    if retries:
        yield Flag.RETRY, f"Retry {retries}"
    if item.repeats:
        yield Flag.DUPLICATE, f"{len(item.repeats) + 1} times"


def _sights(item: Happening) -> Iterator[Sight]:
    refused = item.refused if item.accepted is not None or len(item.refused) > 1 else ()
    for number, sighting in enumerate(refused, 1):
        yield _sight(f"Attempt {number}", sighting)
    for sighting in item.repeats:
        yield _sight("Again", sighting)


def _sight(title: str, sighting: Sighted) -> Sight:
    answer = str(sighting.status)
    if sighting.answer_us is not None:
        answer += f" in {span(sighting.answer_us)}"
    if sighting.verdict is Verdict.INVALID:
        answer += ", wrong signature"
    return Sight(title, answer, sighting.arrived_us, sighting.event_id, sighting.accepted)


def _with_gaps(lines: Sequence[Line]) -> Iterator[Line]:
    for place, line in enumerate(lines):
        following = next((item for item in lines[place + 1 :] if item.moment_us is not None), None)
        gap = ""
        if line.moment_us is not None and following is not None and following.moment_us is not None:
            took = following.moment_us - line.moment_us
            gap = f"{'+' if took >= 0 else _MINUS}{span(took)}"
        below = lines[place + 1] if place + 1 < len(lines) else None
        solid = below is not None and _in_order(line) and _in_order(below)
        yield replace(line, gap=gap, solid=solid)


def _in_order(line: Line) -> bool:
    return line.mark in {Mark.ARRIVED, Mark.CURRENT}
