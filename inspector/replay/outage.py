"""A rehearsed outage, looked back on: what came back, after how long, what never did, beside the documented waits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from inspector.domain.event import EventId, EventSummary
from inspector.domain.values import MICROSECOND


@dataclass(frozen=True, slots=True)
class Sighting:
    """One time an event came. `after_s` is counted from its first, `wait_s` from the time before.

    `expected_s` is the wait the provider documents, None where it documents none for this try.
    """

    event_id: EventId
    received_us: int
    status: int
    accepted: bool
    after_s: float
    wait_s: float = 0.0
    expected_s: float | None = None


@dataclass(frozen=True, slots=True)
class Struck:
    """An event that was not accepted during the outage, with every time it came.

    `back_s` is after how long it was accepted, None for one that never was.
    """

    event_id: EventId
    kind: str
    message_id: str
    sightings: tuple[Sighting, ...]
    back_s: float | None = None

    @property
    def retries(self) -> int:
        """How often it came again."""
        return len(self.sightings) - 1


@dataclass(frozen=True, slots=True)
class Step:
    """One retry of the schedule: how many events came so far, their waits, and what the provider documents.

    Waits are seconds, the median and the extremes of those events.
    """

    number: int
    documented_s: float | None
    events: int
    accepted: int
    median_s: float | None = None
    least_s: float | None = None
    most_s: float | None = None


@dataclass(frozen=True, slots=True)
class OutageTable:
    """The whole outage, from `since_us` to `until_us`: its events, oldest first, and the retries step by step."""

    since_us: int
    until_us: int
    struck: tuple[Struck, ...]
    steps: tuple[Step, ...]

    @property
    def recovered(self) -> tuple[Struck, ...]:
        """What was accepted in the end."""
        return tuple(one for one in self.struck if one.back_s is not None)

    @property
    def pending(self) -> tuple[Struck, ...]:
        """What came again and was not accepted yet."""
        return tuple(one for one in self.struck if one.back_s is None and one.retries)

    @property
    def never_back(self) -> tuple[Struck, ...]:
        """What never came again."""
        return tuple(one for one in self.struck if one.back_s is None and not one.retries)


def outage_table(
    rows: Iterable[EventSummary], since_us: int, until_us: int, documented_s: Sequence[float] = ()
) -> OutageTable:
    """Return what became of the events of an outage.

    `rows` are those of the window and their repeats, in any order (Store.outage_rows); `documented_s` are the
    provider's waits before each further try (Profile.retries_s). An event counts by its first time inside the window
    that was not accepted; that it was known before does not matter.
    """
    by_event: dict[int, list[EventSummary]] = {}
    for row in rows:
        if row.refusal is None:
            by_event.setdefault(row.original_id or row.id, []).append(row)
    struck = []
    for sighted in by_event.values():
        sighted.sort(key=lambda row: row.id)
        hit = next(
            (n for n, row in enumerate(sighted) if since_us <= row.received_us < until_us and not row.accepted), None
        )
        if hit is not None:
            struck.append(_struck(sighted[hit:], documented_s))
    struck.sort(key=lambda one: one.event_id)
    return OutageTable(since_us, until_us, tuple(struck), _steps(struck, documented_s))


def _struck(rows: Sequence[EventSummary], documented_s: Sequence[float]) -> Struck:
    first = rows[0]
    sightings: list[Sighting] = []
    back_s: float | None = None
    for number, row in enumerate(rows):
        after_s = (row.received_us - first.received_us) / MICROSECOND
        wait_s = (row.received_us - rows[number - 1].received_us) / MICROSECOND if number else 0.0
        expected = documented_s[number - 1] if 0 < number <= len(documented_s) else None
        sightings.append(Sighting(row.id, row.received_us, row.answer_status, row.accepted, after_s, wait_s, expected))
        if row.accepted:
            back_s = after_s
            break
    return Struck(first.id, first.label, first.message_id, tuple(sightings), back_s)


def _steps(struck: Sequence[Struck], documented_s: Sequence[float]) -> tuple[Step, ...]:
    longest = max((one.retries for one in struck), default=0)
    steps = []
    for number in range(1, max(longest, len(documented_s)) + 1):
        came = [one.sightings[number] for one in struck if one.retries >= number]
        waits = sorted(one.wait_s for one in came)
        documented = documented_s[number - 1] if number <= len(documented_s) else None
        accepted = sum(one.accepted for one in came)
        if waits:
            steps.append(Step(number, documented, len(came), accepted, waits[len(waits) // 2], waits[0], waits[-1]))
        else:
            steps.append(Step(number, documented, 0, 0))
    return tuple(steps)


def due_s(documented_s: Sequence[float]) -> tuple[float, ...]:
    """Return when each documented retry is due, in seconds from the first delivery."""
    return tuple(accumulate(documented_s))
