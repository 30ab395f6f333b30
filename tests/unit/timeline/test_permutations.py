"""Whatever order events arrive in, the same happened to the message; only the marks of arrival may change."""

from __future__ import annotations

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from inspector.domain.event import EventId
from inspector.domain.report import Kind
from inspector.domain.verification import Verdict
from inspector.timeline import Consent, End, Lifecycle, Mark, Sighted, Stage, State, lifecycle
from tests.unit.timeline.making import LATER, SECOND, START

KINDS = (
    *(Kind.QUEUED, Kind.SENT, Kind.DELIVERED, Kind.READ, Kind.FAILED, Kind.EXPIRED, Kind.DELETED, Kind.FALLBACK),
    *(Kind.INBOUND, Kind.CLICKED, Kind.OPTOUT, Kind.COMPLAINED, Kind.OTHER),
)
NUMBERS = ("+12065550155", "rcs:+12065550155", "12065550155", "+447700900312", "")


@st.composite
def histories(draw: st.DrawFn) -> list[Sighted]:
    """Reports of one message, each with a moment by the provider; they arrive in the order of the list."""
    reports = []
    for number in range(draw(st.integers(1, 9))):
        accepted = draw(st.integers(0, 5)) > 0
        reports.append(
            Sighted(
                EventId(number + 1),
                draw(st.sampled_from(KINDS)),
                START + number * SECOND,
                START + draw(st.integers(0, 40)) * SECOND,
                accepted=accepted,
                status=200 if accepted else draw(st.sampled_from([200, 401, 503])),
                verdict=Verdict.VALID if accepted else Verdict.INVALID,
                recipient=draw(st.sampled_from(NUMBERS)),
                error_code=draw(st.sampled_from(["", "4102", "30003"])),
            )
        )
    return reports


def arriving(reports: list[Sighted], order: list[int]) -> list[Sighted]:
    """Return the same events arriving in another order."""
    slots = [item.arrived_us for item in reports]
    return [replace(reports[place], arrived_us=slot) for slot, place in zip(slots, order, strict=True)]


def lasting(life: Lifecycle) -> tuple[object, ...]:
    """Return everything that arrival must not change."""
    return (
        [Mark.ARRIVED if mark in {Mark.DISORDER, Mark.CURRENT} else mark for mark in life.marks],
        life.end,
        life.outline.phase,
        life.outline.refused,
        life.engagement,
        [(item.kind, item.occurred_us, item.accepted is None, len(item.refused)) for item in life.happenings],
        {(item.trouble, item.title, item.text) for item in life.findings if item.is_contradiction},
        life.latencies,
        life.recipients,
        (life.error_code, life.error_text, life.carrier, life.campaign),
        set(life.event_ids),
    )


CONSENTS = (
    Consent(Kind.OPTOUT, START + 10 * SECOND, EventId(900)),
    Consent(Kind.OPTIN, START + 20 * SECOND, EventId(901)),
    Consent(Kind.COMPLAINED, START + 30 * SECOND, EventId(902)),
)


@given(histories(), st.randoms(use_true_random=False))
def test_any_order_of_arrival_gives_the_same_life(reports: list[Sighted], chance: random.Random) -> None:
    order = list(range(len(reports)))
    chance.shuffle(order)
    straight = lifecycle(reports, LATER, consents=CONSENTS)
    shuffled = lifecycle(arriving(reports, order), LATER, consents=CONSENTS)
    assert lasting(shuffled) == lasting(straight)


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_the_list_does_not_matter_at_all(reports: list[Sighted], chance: random.Random) -> None:
    shuffled = list(reports)
    chance.shuffle(shuffled)
    assert lifecycle(shuffled, LATER) == lifecycle(reports, LATER)


@given(histories())
def test_a_stage_is_out_of_order_exactly_when_a_later_one_was_accepted_first(reports: list[Sighted]) -> None:
    first: dict[Stage, int] = {}
    for item in reports:
        for stage in Stage:
            if item.accepted and item.kind.value == f"message.{stage.name.lower()}":
                first.setdefault(stage, item.arrived_us)
    marks = lifecycle(reports, LATER).marks
    for stage in Stage:
        overtaken = stage in first and any(first[later] < first[stage] for later in first if later > stage)
        assert (marks[stage] is Mark.DISORDER) == overtaken


@given(histories(), st.integers(0, 60))
def test_time_only_turns_waiting_into_missing(reports: list[Sighted], after_s: int) -> None:
    early = lifecycle(reports, reports[-1].arrived_us + after_s * SECOND)
    late = lifecycle(reports, LATER)
    for before, after in zip(early.marks, late.marks, strict=True):
        assert before is after or (before is Mark.WAITING and after is Mark.MISSING)
    assert early.outline == late.outline


@given(histories())
def test_a_message_is_among_the_gaps_exactly_when_its_marks_show_one(reports: list[Sighted]) -> None:
    life = lifecycle(reports, LATER)
    shows = bool({Mark.MISSING, Mark.DISORDER} & set(life.marks)) or any(
        mark is Mark.REFUSED and life.outline.later_us(stage) is not None and stage is not Stage.READ
        for stage, mark in zip(Stage, life.marks, strict=True)
    )
    assert (life.state is State.GAPS) == (shows and life.end not in {End.FAILED, End.EXPIRED})
