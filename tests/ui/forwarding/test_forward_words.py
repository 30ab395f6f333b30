"""Rules, targets and series in words."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.domain.attempt import SeriesId
from inspector.domain.event import EventId
from inspector.domain.forwarding import ForwardRule
from inspector.domain.schedules import schedule_of
from inspector.domain.series import Series, SeriesPlan, SeriesState
from inspector.store.rule_figures import TargetFigures
from inspector.ui.forwarding.log_model import MOST_AT_TOP, PAGE, LogModel
from inspector.ui.forwarding.words import left_words, percent, rule_health, rule_words, state_words, target_health
from tests.builders import NOON

PLAN = SeriesPlan(schedule_of("0, 10s"))


def a_series(number: int, state: SeriesState = SeriesState.DONE, **fields: object) -> Series:
    known = {"next_at": None, "tries": 1, **fields}
    return Series(
        SeriesId(number),
        EventId(number),
        None,
        "r",
        "http://h/x",
        PLAN,
        state,
        NOON,
        **known,  # type: ignore[arg-type]
    )


def test_a_rule_says_which_events_it_sends_and_how_often() -> None:
    assert rule_words(ForwardRule("r", ("http://a/",))) == "All events, tried once"
    rule = ForwardRule("r", ("http://a/",), match="type:failed", schedule="rcs-events", in_order=True)
    assert rule_words(rule) == "Events that match type:failed, retried like RCS events, in order"
    assert rule_words(ForwardRule("r", (), schedule="0, 10s, 5m")).endswith("tried 3 times")


def test_health_names_the_worst_first() -> None:
    good = TargetFigures("a", tried=10, through=10)
    bad = TargetFigures("b", waiting=4, tried=10, through=0, failed_in_row=37)
    assert rule_health([good], enabled=True, paused=False) == ("pass", "circle-check", "100 % of 10 in 1 h")
    assert rule_health([good, bad], enabled=True, paused=False)[2] == "Failing: 37 tries in a row, 4 waiting"
    assert rule_health([good, bad], enabled=True, paused=True)[2] == "Paused, 4 waiting"
    assert rule_health([bad], enabled=False, paused=False)[2] == "Off, 4 waiting"
    assert rule_health([], enabled=True, paused=False)[2] == "Nothing forwarded yet"


def test_a_share_that_is_not_whole_is_never_rounded_to_all() -> None:
    assert percent(99_999, 100_000) == "99.9 %"
    assert percent(1, 100_000) == "0.1 %"
    assert percent(3, 3) == "100 %"
    assert percent(0, 3) == "0 %"


def test_a_target_tells_its_last_success_and_failure() -> None:
    figures = TargetFigures(
        "a", 2, 1, 4, 3, 1, NOON - timedelta(minutes=5), NOON - timedelta(seconds=9), "Answered 503"
    )
    assert target_health(figures, NOON) == (
        "75.0 % of 4 in the last hour · last ok 5 minutes ago · last failure 9 seconds ago (Answered 503) · 3 waiting"
    )
    assert target_health(TargetFigures("a"), NOON) == "Nothing sent there yet"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "0 s"), (48, "48 s"), (60, "1 min"), (253, "4 min 13 s"), (7_500, "2 h 5 min")]
)
def test_what_is_left_is_told_in_two_units(seconds: float, words: str) -> None:
    assert left_words(seconds) == words


def test_a_series_says_what_comes_next() -> None:
    later = a_series(1, SeriesState.WAITING, next_at=NOON + timedelta(seconds=48))
    assert state_words(later, NOON) == "Next try in 48 s"
    assert state_words(later, NOON, paused=True) == "Held: the rule is paused"
    assert state_words(a_series(1, SeriesState.STOPPED, note="Stopped."), NOON) == "Stopped"
    assert state_words(a_series(1, SeriesState.SKIPPED, note="A circle."), NOON) == "Not sent: A circle."


def test_what_changes_while_the_first_page_is_read_is_not_lost() -> None:
    model = LogModel()
    model.begin()
    model.take([a_series(11), a_series(5, SeriesState.GIVEN_UP)])
    assert model.rowCount() == 0
    model.append([a_series(number) for number in range(10, 0, -1)], whole=True)
    assert [model.series(row).id for row in range(11)] == list(range(11, 0, -1))  # type: ignore[union-attr]
    assert model.series(6).state is SeriesState.GIVEN_UP  # type: ignore[union-attr]


def test_one_that_was_undecided_takes_its_place_and_old_ones_out_of_view_do_not() -> None:
    model = LogModel()
    model.begin()
    model.append([a_series(number) for number in (30, 20, 10)], whole=False)
    model.take([a_series(25, SeriesState.UNDECIDED)])
    assert model.rowCount() == 3
    model.take([a_series(25), a_series(3)])
    assert [model.series(row).id for row in range(model.rowCount())] == [30, 25, 20, 10]  # type: ignore[union-attr]


def test_a_rush_at_the_top_lets_go_of_the_oldest_and_reads_them_again() -> None:
    model = LogModel()
    model.begin()
    model.append([], whole=True)
    model.take([a_series(number) for number in range(1, MOST_AT_TOP + 2 * PAGE)])
    model.trim()
    assert model.rowCount() == MOST_AT_TOP
    asked: list[int] = []
    model.more_wanted.connect(lambda: asked.append(1))
    model.fetchMore(model.index(-1, -1))
    assert asked
    last = model.last_id
    assert last is not None
    model.append([a_series(number) for number in range(last, 0, -1)], whole=True)
    assert model.series(model.rowCount() - 1).id == 1  # type: ignore[union-attr]
    assert model.rowCount() == MOST_AT_TOP + 2 * PAGE - 1


def test_the_log_is_a_sound_model(qtmodeltester: object) -> None:
    model = LogModel()
    model.begin()
    model.append([a_series(number) for number in (3, 2, 1)], whole=True)
    qtmodeltester.check(model)  # type: ignore[attr-defined]
