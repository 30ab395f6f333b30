"""The life of one message, from everything that was reported about it, in whatever order it arrived."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from inspector.domain.event import EventId
from inspector.domain.report import Kind
from inspector.timeline.findings import Evidence, Finding, findings_of
from inspector.timeline.happening import Happening, happenings
from inspector.timeline.outline import outline_of
from inspector.timeline.sighted import Consent, Sighted, by_evidence, digits_of
from inspector.timeline.stages import (
    ALL_STAGES,
    END_OF,
    ENGAGEMENT,
    STAGE_OF,
    STAGES,
    STUCK_AFTER_US,
    End,
    Mark,
    Outline,
    Stage,
    State,
)


@dataclass(frozen=True, slots=True)
class Latency:
    """How long a message took from one stage to another by the provider's clock, in µs."""

    start: Stage
    end: Stage
    took_us: int

    @property
    def key(self) -> tuple[Stage, Stage]:
        """What figures of other messages are compared under."""
        return self.start, self.end


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What happened to one message, as seen at `now_us`.

    Everything but `marks`, `state`, `stuck_us`, `total_us`, `clocks_differ_us` and the arrival findings is the same in
    whatever order the events arrived. `happenings` hold one entry a kind: stages in their order, then the rest.
    `stuck_us` is for how long the message waits beyond the limit, None while it does not. `clocks_differ_us` is by how
    much events arrived before the provider says they happened, 0 where that is under a second.
    """

    outline: Outline
    marks: tuple[Mark, ...]
    state: State
    happenings: tuple[Happening, ...]
    findings: tuple[Finding, ...]
    latencies: tuple[Latency, ...]
    recipients: tuple[str, ...]
    carrier: str
    campaign: str
    error_code: str
    error_text: str
    stuck_us: int | None
    total_us: int
    clocks_differ_us: int
    event_ids: tuple[EventId, ...]
    now_us: int

    @property
    def end(self) -> End | None:
        """What ended the message, None while nothing did."""
        return self.outline.end

    @property
    def engagement(self) -> tuple[Kind, ...]:
        """What the recipient did with the message, accepted reports only."""
        return tuple(item.kind for item in self.happenings if item.kind in ENGAGEMENT and item.accepted)

    def stage(self, stage: Stage) -> Happening | None:
        """Return what is known of a stage, None where nothing came."""
        return next((item for item in self.happenings if STAGE_OF.get(item.kind) is stage), None)

    def happening(self, kind: Kind) -> Happening | None:
        """Return what is known of a kind, None where nothing came."""
        return next((item for item in self.happenings if item.kind is kind), None)


CLOCKS_DIFFER_US = 1_000_000
"""An event that arrives this much before it happened shows that the clocks differ."""


def lifecycle(
    reports: Sequence[Sighted],
    now_us: int,
    *,
    stuck_after_us: int = STUCK_AFTER_US,
    expected: frozenset[Stage] = ALL_STAGES,
    consents: Sequence[Consent] = (),
) -> Lifecycle:
    """Return the life of the message that all these reports are about.

    `consents` are what the recipient decided through any message; `expected` the stages the provider reports at all.
    """
    found = happenings(reports)
    outline = outline_of(reports, expected)
    waiting_us = outline.waiting_us
    waits_us = now_us - waiting_us if waiting_us is not None else 0
    failure = next((item for item in found if END_OF.get(item.kind) in {End.FAILED, End.EXPIRED}), None)
    ordered = sorted(reports, key=by_evidence)
    return Lifecycle(
        outline=outline,
        marks=outline.marks(now_us),
        state=outline.state(now_us),
        happenings=found,
        findings=findings_of(
            Evidence(found, outline, now_us, tuple(consents), recipients_of(reports), clocks_differ(reports)),
            stuck_after_us,
        ),
        latencies=latencies_of(found),
        recipients=recipients_of(reports),
        carrier=_said(ordered, "carrier"),
        campaign=_said(ordered, "campaign"),
        error_code=failure.said("error_code") if failure is not None else "",
        error_text=failure.said("error_text") if failure is not None else "",
        stuck_us=waits_us if waits_us > stuck_after_us else None,
        total_us=total_of(found),
        clocks_differ_us=clocks_differ(reports),
        event_ids=tuple(dict.fromkeys(item.event_id for item in sorted(reports, key=lambda item: item.order))),
        now_us=now_us,
    )


def latencies_of(found: Sequence[Happening]) -> tuple[Latency, ...]:
    """Return how long each step took: between neighbouring stages that have a time, and from queued to delivered."""
    times = {STAGE_OF[item.kind]: item.occurred_us for item in found if item.kind in STAGE_OF and item.accepted}
    known = [stage for stage in STAGES if times.get(stage) is not None]
    pairs = list(pairwise(known))
    if Stage.QUEUED in known and Stage.DELIVERED in known and (Stage.QUEUED, Stage.DELIVERED) not in pairs:
        pairs.append((Stage.QUEUED, Stage.DELIVERED))
    return tuple(Latency(start, end, (times[end] or 0) - (times[start] or 0)) for start, end in pairs)


def total_of(found: Sequence[Happening]) -> int:
    """Return the µs from the first thing that happened to the last first arrival; repeats do not count."""
    accepted = [item for item in found if item.accepted is not None]
    if not accepted:
        return 0
    last = max(item.arrived_us for item in accepted)
    return max(0, last - min(item.happened_us for item in accepted))


def clocks_differ(reports: Iterable[Sighted]) -> int:
    """Return by how many µs the provider's clock is ahead of ours, 0 for a second or less."""
    ahead = max((item.occurred_us - item.arrived_us for item in reports if item.occurred_us is not None), default=0)
    return ahead if ahead > CLOCKS_DIFFER_US else 0


def recipients_of(reports: Iterable[Sighted]) -> tuple[str, ...]:
    """Return the recipients as sent, each number once, in an order that arrival does not change."""
    found: dict[str, str] = {}
    for item in sorted(reports, key=by_evidence):
        if item.recipient:
            found.setdefault(digits_of(item.recipient) or item.recipient, item.recipient)
    return tuple(found.values())


def _said(reports: Iterable[Sighted], name: str) -> str:
    return next((str(getattr(item, name)) for item in reports if getattr(item, name)), "")
