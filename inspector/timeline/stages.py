"""The four stages of a message and their marks, told from a handful of moments that fit into one row.

The list shows marks for a hundred thousand messages, and some of them change by themselves: a stage is missing ten
seconds after a later one arrived. So what is kept is an Outline, moments and not marks, and the marks are made of it
for a `now`. The same function serves the list, the detail and every test.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from types import MappingProxyType

from inspector.domain.report import Kind

MISSING_AFTER_US = 10_000_000
"""So long after a later stage arrived an earlier one counts as missing."""

STUCK_AFTER_US = 300_000_000
"""So long a message may be sent without being delivered."""


class Stage(IntEnum):
    """Where a message gets to, in this order whatever order the reports arrive in."""

    QUEUED = 0
    SENT = 1
    DELIVERED = 2
    READ = 3


class Mark(StrEnum):
    """What is shown for a stage; NONE where there is nothing to show (behind an end, or never reported)."""

    ARRIVED = "arrived"
    CURRENT = "current"
    WAITING = "waiting"
    MISSING = "missing"
    DISORDER = "disorder"
    FAILED = "failed"
    REFUSED = "refused"
    NONE = "none"


class End(StrEnum):
    """What ends the line at the stage that was reached."""

    FAILED = "failed"
    EXPIRED = "expired"
    DELETED = "deleted"


class State(StrEnum):
    """The segment a message belongs to; every message is in exactly one."""

    PROGRESS = "progress"
    COMPLETE = "complete"
    FAILED = "failed"
    GAPS = "gaps"


STAGES = tuple(Stage)
ALL_STAGES = frozenset(STAGES)
BROKEN = frozenset({End.FAILED, End.EXPIRED})

STAGE_OF: Mapping[Kind, Stage] = MappingProxyType(
    {Kind.QUEUED: Stage.QUEUED, Kind.SENT: Stage.SENT, Kind.DELIVERED: Stage.DELIVERED, Kind.READ: Stage.READ}
)
END_OF: Mapping[Kind, End] = MappingProxyType(
    {Kind.FAILED: End.FAILED, Kind.EXPIRED: End.EXPIRED, Kind.DELETED: End.DELETED}
)
ENGAGEMENT = (Kind.INBOUND, Kind.CLICKED, Kind.OPTOUT, Kind.COMPLAINED)
"""Marks after read: what the recipient did with the message."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What the marks of a message are made of.

    `arrived_us` has the first accepted arrival of each stage; `refused` the stages that came but were never accepted.
    `engaged_us` is when the recipient's first answer arrived, which proves that the message was delivered.
    `end_refused` says that an end came and was never accepted. `expected` are the stages the provider reports at all.
    """

    arrived_us: tuple[int | None, int | None, int | None, int | None] = (None, None, None, None)
    refused: frozenset[Stage] = frozenset()
    end: End | None = None
    end_refused: bool = False
    engaged_us: int | None = None
    expected: frozenset[Stage] = ALL_STAGES

    @property
    def reached(self) -> Stage | None:
        """The latest stage that was accepted."""
        return next((stage for stage in reversed(STAGES) if self.arrived_us[stage] is not None), None)

    @property
    def is_ours(self) -> bool:
        """Whether it is a message that was sent: one that only the recipient wrote has no stages."""
        return self.reached is not None or self.end is not None or bool(self.refused) or self.end_refused

    def later_us(self, stage: Stage) -> int | None:
        """Return when the first proof arrived that the message got beyond a stage, None without one."""
        proofs = [moment for moment in self.arrived_us[stage + 1 :] if moment is not None]
        if self.engaged_us is not None and stage <= Stage.DELIVERED and self.is_ours:
            proofs.append(self.engaged_us)
        return min(proofs, default=None)

    @property
    def end_stage(self) -> Stage | None:
        """The first stage that was not reached, which shows how the line ends; None where every place is taken."""
        reached = self.reached
        after = STAGES if reached is None else STAGES[reached + 1 :]
        return next((stage for stage in after if stage in self.expected), None)

    @property
    def gap_us(self) -> int | None:
        """From when on the message has a gap: a stage out of order, or one missing; None for never."""
        moments = []
        for stage in STAGES:
            arrived, later = self.arrived_us[stage], self.later_us(stage)
            if later is None:
                continue
            if arrived is not None:
                before = [moment for moment in self.arrived_us[stage + 1 :] if moment is not None]
                if before and min(before) < arrived:
                    moments.append(arrived)
            elif stage is not Stage.READ and (stage in self.expected or stage in self.refused):
                moments.append(later + MISSING_AFTER_US + 1)
        return min(moments, default=None)

    @property
    def waiting_us(self) -> int | None:
        """Since when the message has been sent without being delivered, None where it is not so."""
        if self.end is not None or self.engaged_us is not None or self.reached is not Stage.SENT:
            return None
        return self.arrived_us[Stage.SENT]

    @property
    def phase(self) -> State:
        """The state without its gaps, which come with time."""
        if self.end in BROKEN:
            return State.FAILED
        reached = self.reached
        done = (reached is not None and reached >= Stage.DELIVERED) or self.end is End.DELETED or not self.is_ours
        return State.COMPLETE if done else State.PROGRESS

    def state(self, now_us: int) -> State:
        """Return the segment the message is in at a moment: a failure first, then a gap."""
        gap_us = self.gap_us
        if self.phase is not State.FAILED and gap_us is not None and gap_us <= now_us:
            return State.GAPS
        return self.phase

    def marks(self, now_us: int) -> tuple[Mark, ...]:
        """Return the mark of each stage at a moment."""
        return tuple(self._mark(stage, now_us) for stage in STAGES)

    def _mark(self, stage: Stage, now_us: int) -> Mark:
        arrived = self.arrived_us[stage]
        if arrived is not None:
            later = [moment for moment in self.arrived_us[stage + 1 :] if moment is not None]
            if later and min(later) < arrived:
                return Mark.DISORDER
            is_newest = self.later_us(stage) is None and stage is not Stage.READ and self.end is None
            return Mark.CURRENT if is_newest else Mark.ARRIVED
        if self.end in BROKEN and stage is self.end_stage:
            return Mark.FAILED
        if stage in self.refused or (self.end_refused and self.end is None and stage is self.end_stage):
            return Mark.REFUSED
        if stage not in self.expected or not self.is_ours:
            return Mark.NONE
        later_us = self.later_us(stage)
        if later_us is not None and stage is not Stage.READ:
            return Mark.MISSING if now_us - later_us > MISSING_AFTER_US else Mark.WAITING
        return Mark.WAITING if self.end is None else Mark.NONE


def stages_reported(kinds: Iterable[Kind]) -> frozenset[Stage]:
    """Return the stages among the kinds a provider has words for: the others are never missed."""
    return frozenset(STAGE_OF[kind] for kind in kinds if kind in STAGE_OF) or ALL_STAGES
