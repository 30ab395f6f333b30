"""One thing that happened to a message, with every sighting of it: refused attempts, the accepted one, repeats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from inspector.domain.report import Kind
from inspector.timeline.sighted import Sighted, by_evidence
from inspector.timeline.stages import ENGAGEMENT, STAGE_OF

_LINE = (
    *STAGE_OF,
    *(Kind.FALLBACK, Kind.FAILED, Kind.EXPIRED, Kind.DELETED),
    *ENGAGEMENT,
)
_PLACE = {kind: place for place, kind in enumerate(_LINE)}


@dataclass(frozen=True, slots=True)
class Happening:
    """A kind of report about one message.

    `accepted` is the first sighting that was accepted, None where all were refused. `refused` are the sightings that
    were not, `repeats` those accepted after the first; both in order of arrival. `occurred_us` is the earliest moment
    the provider names (of accepted sightings where there are any), None where it names none.
    """

    kind: Kind
    accepted: Sighted | None
    refused: tuple[Sighted, ...] = ()
    repeats: tuple[Sighted, ...] = ()
    occurred_us: int | None = None

    @property
    def first(self) -> Sighted:
        """The accepted sighting, else the first refused one."""
        return self.accepted if self.accepted is not None else self.refused[0]

    @property
    def sightings(self) -> tuple[Sighted, ...]:
        """Every sighting, in order of arrival."""
        accepted = () if self.accepted is None else (self.accepted,)
        return tuple(sorted((*self.refused, *accepted, *self.repeats), key=lambda item: item.order))

    @property
    def arrived_us(self) -> int:
        """When it was first accepted, else when it first came."""
        return self.first.arrived_us

    @property
    def happened_us(self) -> int:
        """When it happened: by the provider, else when it arrived."""
        return self.arrived_us if self.occurred_us is None else self.occurred_us

    @property
    def delay_us(self) -> int | None:
        """How long it took to arrive, negative where the clocks differ; None where the provider gives no time."""
        return None if self.occurred_us is None else self.arrived_us - self.occurred_us

    def said(self, name: str) -> str:
        """Return the first text of a field that is not empty, in an order that arrival does not change."""
        ordered = sorted(self.sightings, key=by_evidence)
        return next((str(getattr(item, name)) for item in ordered if getattr(item, name)), "")


def happenings(reports: Iterable[Sighted]) -> tuple[Happening, ...]:
    """Return what happened, one entry a kind: stages in their order, ends, engagement, then the rest."""
    by_kind: dict[Kind, list[Sighted]] = {}
    for item in sorted(reports, key=lambda item: item.order):
        by_kind.setdefault(item.kind, []).append(item)
    kinds = sorted(by_kind, key=lambda kind: (_PLACE.get(kind, len(_PLACE)), kind.value))
    return tuple(_happening(kind, by_kind[kind]) for kind in kinds)


def _happening(kind: Kind, sightings: Sequence[Sighted]) -> Happening:
    accepted = [item for item in sightings if item.accepted]
    times = [item.occurred_us for item in accepted or sightings if item.occurred_us is not None]
    return Happening(
        kind,
        accepted[0] if accepted else None,
        tuple(item for item in sightings if not item.accepted),
        tuple(accepted[1:]),
        min(times, default=None),
    )
