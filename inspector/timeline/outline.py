"""From reports to the Outline of a message: one pass, because it runs for every event that is stored."""

from __future__ import annotations

from collections.abc import Iterable

from inspector.domain.report import Kind
from inspector.timeline.sighted import Sighted
from inspector.timeline.stages import ALL_STAGES, END_OF, ENGAGEMENT, STAGE_OF, STAGES, End, Outline, Stage

_STRENGTH = (End.DELETED, End.EXPIRED, End.FAILED)
"""Where several ends were reported, the last of these is shown."""

_ENGAGED = frozenset(ENGAGEMENT)


def outline_of(reports: Iterable[Sighted], expected: frozenset[Stage] = ALL_STAGES) -> Outline:
    """Return the outline of the message these reports are about."""
    arrived: list[int | None] = [None] * len(STAGES)
    came: set[Stage] = set()
    ends: set[End] = set()
    end_refused = False
    engaged_us: int | None = None
    for item in reports:
        kind: Kind = item.kind
        moment = item.arrived_us
        if (stage := STAGE_OF.get(kind)) is not None:
            came.add(stage)
            known = arrived[stage]
            if item.accepted and (known is None or moment < known):
                arrived[stage] = moment
        elif (end := END_OF.get(kind)) is not None:
            if item.accepted:
                ends.add(end)
            else:
                end_refused = True
        elif item.accepted and kind in _ENGAGED and (engaged_us is None or moment < engaged_us):
            engaged_us = moment
    return Outline(
        (arrived[0], arrived[1], arrived[2], arrived[3]),
        frozenset(stage for stage in came if arrived[stage] is None),
        max(ends, key=_STRENGTH.index, default=None),
        end_refused,
        engaged_us,
        expected,
    )
