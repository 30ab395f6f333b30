"""A lane per template, whatever the order and however often it was told."""

from __future__ import annotations

from dataclasses import replace

from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.domain.report import Kind
from inspector.timeline.template import TemplateReport, lanes_of


def decided(kind: Kind, event_id: int, at_s: int, name: str = "promo", **others: object) -> TemplateReport:
    made = TemplateReport(
        EndpointId(1), name, EventId(event_id), kind, event_id * 1_000_000, at_s * 1_000_000, True, 200, "", ""
    )
    return replace(made, **others)  # type: ignore[arg-type]


def test_a_lane_stands_as_its_last_decision_says_whenever_that_arrived() -> None:
    rejected = decided(Kind.TEMPLATE_REJECTED, 5, 10, reason="Too loud")
    approved = decided(Kind.TEMPLATE_APPROVED, 2, 20)
    lanes = lanes_of([rejected, approved])
    assert [lane.approved for lane in lanes] == [True]
    assert [item.kind for item in lanes[0].decisions] == [Kind.TEMPLATE_REJECTED, Kind.TEMPLATE_APPROVED]
    assert lanes_of([rejected])[0].reason == "Too loud"


def test_a_repeated_decision_is_there_once_and_accepted_if_it_ever_was() -> None:
    refused = decided(Kind.TEMPLATE_APPROVED, 3, 10, accepted=False, status=401)
    assert lanes_of([refused])[0].approved is None
    lane = lanes_of([refused, decided(Kind.TEMPLATE_APPROVED, 4, 10), decided(Kind.TEMPLATE_APPROVED, 6, 10)])[0]
    assert [item.event_id for item in lane.decisions] == [4]


def test_endpoints_and_names_have_lanes_of_their_own_the_newest_first() -> None:
    lanes = lanes_of(
        [
            decided(Kind.TEMPLATE_APPROVED, 1, 1, "a"),
            decided(Kind.TEMPLATE_APPROVED, 9, 1, "b"),
            decided(Kind.TEMPLATE_APPROVED, 5, 1, "a", endpoint_id=EndpointId(2)),
        ]
    )
    assert [(lane.endpoint_id, lane.template) for lane in lanes] == [(1, "b"), (2, "a"), (1, "a")]
