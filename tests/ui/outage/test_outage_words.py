"""What became of an event that was turned away, in words."""

from __future__ import annotations

from datetime import timedelta

from inspector.domain.event import EventId
from inspector.domain.values import to_us
from inspector.replay.outage import OutageTable, Sighting, Step, Struck
from inspector.ui.outage.words import (
    Documented,
    Fate,
    fate_of,
    plan_words,
    retries_inside,
    step_tone,
    steps_shown,
    summary,
    waits_words,
)
from tests.builders import NOON

WAITS = (60.0, 300.0)


def struck(*waits: float, back: bool = False) -> Struck:
    """An event first seen at noon that came again after these waits."""
    at, sightings = to_us(NOON), []
    for number, wait_s in enumerate((0.0, *waits)):
        at += round(wait_s * 1_000_000)
        sightings.append(
            Sighting(EventId(number + 1), at, 200 if back and number == len(waits) else 503, False, 0, wait_s)
        )
    return Struck(EventId(1), "message.read", "m", tuple(sightings), sum(waits) if back else None)


def test_what_is_due_is_told_by_the_documented_wait_after_the_last_time_it_came() -> None:
    assert fate_of(struck(), WAITS, NOON + timedelta(seconds=20)) == (Fate.DUE, "Due in 40 s")
    assert fate_of(struck(60), WAITS, NOON + timedelta(seconds=120)) == (Fate.DUE, "Due in 4 min")
    assert fate_of(struck(), WAITS, NOON + timedelta(seconds=62)) == (Fate.DUE, "Due now")


def test_a_retry_that_does_not_come_is_overdue() -> None:
    assert fate_of(struck(), WAITS, NOON + timedelta(seconds=90)) == (Fate.OVERDUE, "Overdue by 30 s")


def test_after_the_last_documented_retry_an_event_is_lost() -> None:
    assert fate_of(struck(60, 300), WAITS, NOON + timedelta(seconds=361))[0] is Fate.LOST


def test_without_a_schedule_nothing_can_be_expected() -> None:
    assert fate_of(struck(), (), NOON + timedelta(days=3)) == (Fate.OPEN, "Not back yet")


def test_the_summary_counts_every_fate() -> None:
    table = OutageTable(0, 1, (struck(60, back=True), struck(60), struck(60, 300)), ())
    now = NOON + timedelta(seconds=100)
    assert summary(table, WAITS, now) == "3 events turned away: 1 came back, 1 due, 1 never came back."
    assert summary(OutageTable(0, 1, (), ()), WAITS, now) == "Nothing was turned away."


def test_the_plan_counts_the_retries_that_fall_into_the_outage() -> None:
    assert [retries_inside(WAITS, minutes) for minutes in (0.5, 2, 6.5)] == [0, 1, 2]
    assert "come back 6 min after" in plan_words(Documented(WAITS), 2)
    assert "will be lost" in plan_words(Documented(WAITS), 10)
    assert "documents no schedule" in plan_words(Documented(()), 10)


def test_a_wait_that_is_far_from_the_documented_one_stands_out() -> None:
    assert step_tone(Step(1, 60.0, 3, 0, 62.0, 60.0, 64.0)) == "passFg"
    assert step_tone(Step(1, 60.0, 3, 0, 12.0, 10.0, 64.0)) == "warnFg"


def test_of_a_long_schedule_only_the_next_retries_are_listed() -> None:
    steps = tuple(Step(number, 600.0, int(number <= 20), 0) for number in range(1, 1001))
    assert len(steps_shown(OutageTable(0, 1, (), steps), ())) == 21
    assert [step.documented_s for step in steps_shown(None, WAITS)] == [60, 300]


def test_waits_are_told_in_turn() -> None:
    assert waits_words(struck(0.2, 60, 300)) == "at once, 1 min, 5 min"
    assert waits_words(struck()) == "not yet"
