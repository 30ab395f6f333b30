"""The marks of the four stages, rule by rule."""

from __future__ import annotations

import pytest

from inspector.domain.report import Kind
from inspector.timeline import Sighted, Stage, State, lifecycle
from inspector.timeline.stages import MISSING_AFTER_US, stages_reported
from tests.unit.timeline.making import LATER, SECOND, START, D, Q, R, S, in_time, letters, sighted


def marks(reports: list[Sighted], now_us: int = LATER) -> str:
    return letters(lifecycle(reports, now_us).marks)


@pytest.mark.parametrize(
    ("kinds", "expected", "state"),
    [
        ((Q,), "cwww", State.PROGRESS),
        ((Q, S), "acww", State.PROGRESS),
        ((Q, S, D), "aacw", State.COMPLETE),
        ((Q, S, D, R), "aaaa", State.COMPLETE),
        ((Q, D, R), "amaa", State.GAPS),
        ((R,), "mmma", State.GAPS),
        ((Q, S, Kind.FAILED), "aaf-", State.FAILED),
        ((Kind.FAILED,), "f---", State.FAILED),
        ((Q, S, Kind.EXPIRED), "aaf-", State.FAILED),
        ((Q, S, Kind.DELETED), "aa--", State.COMPLETE),
        ((Q, S, D, R, Kind.CLICKED), "aaaa", State.COMPLETE),
        ((Q, S, Kind.CLICKED), "aamw", State.GAPS),
        ((Kind.INBOUND,), "----", State.COMPLETE),
    ],
)
def test_stages_that_arrive_in_time_are_marked_by_how_far_they_got(
    kinds: tuple[Kind, ...], expected: str, state: State
) -> None:
    life = lifecycle(in_time(*kinds), LATER)
    assert letters(life.marks) == expected
    assert life.state is state


def test_a_stage_is_missing_only_more_than_ten_seconds_after_a_later_one_arrived() -> None:
    reports = [sighted(Q, 0, 0.5), sighted(D, 4, 5)]
    arrived_us = START + 5 * SECOND
    assert marks(reports, arrived_us + MISSING_AFTER_US) == "awcw"
    assert marks(reports, arrived_us + MISSING_AFTER_US + 1) == "amcw"
    assert lifecycle(reports, arrived_us + MISSING_AFTER_US).state is State.COMPLETE
    assert lifecycle(reports, arrived_us + MISSING_AFTER_US + 1).state is State.GAPS


def test_read_is_never_missing() -> None:
    assert marks(in_time(Q, S, D, Kind.CLICKED)) == "aaaw"


def test_a_stage_accepted_after_a_later_one_is_out_of_order() -> None:
    reports = [sighted(Q, 0, 0.5), sighted(S, 3, 4), sighted(R, 27, 28), sighted(D, 12, 73)]
    assert marks(reports) == "aada"
    assert lifecycle(reports, LATER).state is State.GAPS


def test_what_happened_later_but_is_read_off_a_wrong_clock_is_not_out_of_order() -> None:
    life = lifecycle([sighted(Q, 0, 0.5), sighted(S, 5, 1), sighted(D, 6, 2)], LATER)
    assert letters(life.marks) == "aacw"
    assert life.clocks_differ_us == 4 * SECOND


def test_an_event_that_was_turned_away_is_refused_until_it_is_accepted() -> None:
    reports = [sighted(Q, 0, 0.5), sighted(S, 1, 2), sighted(D, 3, 4, accepted=False, status=503)]
    assert marks(reports) == "acrw"
    assert marks([*reports, sighted(D, 3, 64)]) == "aacw"


def test_a_refused_stage_whose_follower_was_accepted_is_a_gap_and_stays_refused() -> None:
    life = lifecycle([*in_time(Q, S), sighted(D, 20, 20, accepted=False, status=401), sighted(R, 30, 31)], LATER)
    assert letters(life.marks) == "aara"
    assert life.state is State.GAPS


def test_an_unverified_failure_does_not_fail_the_message() -> None:
    life = lifecycle([*in_time(Q, S), sighted(Kind.FAILED, 20, 20, accepted=False, status=401)], LATER)
    assert letters(life.marks) == "acrw"
    assert life.end is None
    assert life.state is State.PROGRESS


def test_repeats_change_no_mark_and_no_total() -> None:
    once = in_time(Q, S, D, R)
    life, again = lifecycle(once, LATER), lifecycle([*once, sighted(Q, 0, 900), sighted(D, 20, 901)], LATER)
    assert again.marks == life.marks
    assert again.total_us == life.total_us


def test_stages_a_provider_never_reports_are_not_missed() -> None:
    expected = stages_reported([Kind.DELIVERED, Kind.READ, Kind.EXPIRED])
    assert expected == {Stage.DELIVERED, Stage.READ}
    assert letters(lifecycle(in_time(D, R), LATER, expected=expected).marks) == "--aa"
    assert letters(lifecycle(in_time(Kind.EXPIRED), LATER, expected=expected).marks) == "--f-"
    assert letters(lifecycle(in_time(Q, D), LATER, expected=expected).marks) == "a-cw"


def test_a_message_is_stuck_when_it_is_sent_and_not_delivered_beyond_the_limit() -> None:
    reports = in_time(Q, S)
    sent_us = reports[1].arrived_us
    assert lifecycle(reports, sent_us + 300 * SECOND).stuck_us is None
    assert lifecycle(reports, sent_us + 360 * SECOND).stuck_us == 360 * SECOND
    assert lifecycle(reports, sent_us + 30 * SECOND, stuck_after_us=20 * SECOND).stuck_us == 30 * SECOND
    assert lifecycle([*reports, *in_time(Q, S, D)[2:]], LATER).stuck_us is None
    assert lifecycle([*reports, sighted(Kind.FAILED, 30, 31)], LATER).stuck_us is None


def test_two_reports_of_one_event_are_in_order() -> None:
    reports = [sighted(Q, 0, 1), sighted(R, 5, 6, 77, position=0), sighted(D, 4, 6, 77, position=1), sighted(S, 2, 3)]
    assert marks(reports) == "aaaa"
