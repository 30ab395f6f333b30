"""What became of a template: a lane of approvals and rejections, each with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.domain.report import Kind


@dataclass(frozen=True, slots=True)
class TemplateReport:
    """One approval or rejection. Times are µs since the epoch; `accepted` and `status` tell of our answer."""

    endpoint_id: EndpointId | None
    template: str
    event_id: EventId
    kind: Kind
    arrived_us: int
    occurred_us: int | None
    accepted: bool
    status: int
    reason: str
    carrier: str

    @property
    def happened_us(self) -> int:
        """When it was decided: by the provider, else when it arrived."""
        return self.arrived_us if self.occurred_us is None else self.occurred_us

    @property
    def is_approval(self) -> bool:
        """Whether the template was approved."""
        return self.kind is Kind.TEMPLATE_APPROVED


@dataclass(frozen=True, slots=True)
class Lane:
    """One template with its decisions in the order they were made; a decision that was sent again is there once.

    `approved` is the last accepted word, None while there is none.
    """

    endpoint_id: EndpointId | None
    template: str
    decisions: tuple[TemplateReport, ...]

    @property
    def approved(self) -> bool | None:
        """How it stands: approved, rejected, or not known because nothing was accepted."""
        last = next((item for item in reversed(self.decisions) if item.accepted), None)
        return None if last is None else last.is_approval

    @property
    def reason(self) -> str:
        """Why it was rejected, "" where it is not or nobody said."""
        last = next((item for item in reversed(self.decisions) if item.accepted), None)
        return last.reason if last is not None and not last.is_approval else ""


def lanes_of(reports: Iterable[TemplateReport]) -> tuple[Lane, ...]:
    """Return a lane per template and endpoint, the one with the newest event first."""
    by_template: dict[tuple[EndpointId | None, str], dict[object, TemplateReport]] = {}
    for item in sorted(reports, key=lambda item: (item.happened_us, item.event_id)):
        lane = by_template.setdefault((item.endpoint_id, item.template), {})
        same = (item.kind, item.occurred_us if item.occurred_us is not None else item.event_id, item.reason)
        known = lane.get(same)
        if known is None or (item.accepted and not known.accepted):
            lane[same] = item
    lanes = [Lane(*key, tuple(items.values())) for key, items in by_template.items()]
    return tuple(sorted(lanes, key=lambda lane: -max(item.event_id for item in lane.decisions)))
