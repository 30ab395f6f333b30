"""What a campaign sent and what came back, counted as it goes: the declared side of the comparison with the store."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from inspector.domain.report import Kind
from inspector.simulator.campaign.journey import AGAIN, LATE, LOST, Planned
from inspector.simulator.campaign.lane import Answered

STEPS_PER_DOUBLING = 8
"""Times are kept in steps of 9 percent: enough for percentiles, in a few hundred numbers."""


class Seen(StrEnum):
    """What an event was for the target when it came another time."""

    UNREACHED = "unreached"  # it never came before
    REFUSED = "refused"  # it came, and was not answered 2xx


@dataclass(slots=True)
class Tally:
    """Counts of one run.

    `kinds` are events that reached the target, by kind, each once; `duplicates` came again after a 2xx, `retries` after
    another answer; `late` arrived after a later stage; `lost` were never sent; `unreached` never got an answer.
    `statuses` has every answer and, under its words, every reason for none.
    """

    sent: int = 0
    accepted: int = 0
    duplicates: int = 0
    retries: int = 0
    late: int = 0
    lost: int = 0
    gave_up: int = 0
    unanswered: int = 0  # requests without any answer
    kinds: Counter[str] = field(default_factory=Counter)
    lost_kinds: Counter[str] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    carriers: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    times: Counter[int] = field(default_factory=Counter)
    unsettled: dict[tuple[int, int], Seen] = field(default_factory=dict)

    @property
    def events(self) -> int:
        """How many different events reached the target."""
        return self.kinds.total()

    @property
    def unreached(self) -> int:
        """How many events nobody has answered in any way."""
        return sum(seen is Seen.UNREACHED for seen in self.unsettled.values())

    def lose(self, kind: Kind) -> None:
        """Count an event that is never sent."""
        self.lost += 1
        self.lost_kinds[kind.value] += 1

    def take(self, planned: Planned, kind: Kind, code: str, carrier: str, answered: Answered, *, retry: bool) -> None:
        """Count a request and its answer."""
        self.sent += 1
        self.statuses[str(answered.status) if answered.status is not None else answered.trouble] += 1
        self.times[_step_of(answered.took_ms)] += 1
        self.unanswered += answered.status is None
        name = (planned.recipient, planned.step)
        before = self.unsettled.get(name)
        if answered.status is not None:
            again = retry or bool(planned.marks & AGAIN)
            if not again or before is Seen.UNREACHED:
                self._first(planned, kind, code, carrier)
            elif before is Seen.REFUSED:
                self.retries += 1
            else:
                self.duplicates += 1
        if answered.ok:
            self.accepted += 1
            self.unsettled.pop(name, None)
        elif answered.status is not None:
            self.unsettled[name] = Seen.REFUSED
        elif before is None and not retry and not planned.marks & AGAIN:
            self.unsettled[name] = Seen.UNREACHED

    def _first(self, planned: Planned, kind: Kind, code: str, carrier: str) -> None:
        self.kinds[kind.value] += 1
        self.late += bool(planned.marks & LATE)
        if code:
            self.codes[code] += 1
        if carrier:
            self.carriers[carrier] += 1

    def percentile_ms(self, percent: float) -> float:
        """Return a percentile of the answer times within 9 percent; 0 before the first."""
        wanted = math.ceil(self.times.total() * percent / 100)
        seen = 0
        for step in sorted(self.times):
            seen += self.times[step]
            if seen >= wanted:
                return float(2 ** (step / STEPS_PER_DOUBLING))
        return 0.0


def _step_of(took_ms: float) -> int:
    return round(math.log2(max(took_ms, 0.01)) * STEPS_PER_DOUBLING)


def is_lost(planned: Planned) -> bool:
    """Whether a planned event is never sent."""
    return bool(planned.marks & LOST)
