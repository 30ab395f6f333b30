"""Series in the Replays view: grouped, counted down, folded, stopped; and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from inspector.domain.attempt import Attempt, AttemptId, Failure, Outgoing, Response, SeriesId
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.domain.schedules import ONCE, RCS_EVENTS, schedule_of
from inspector.domain.series import Series, SeriesPlan, SeriesState
from inspector.ui.detail.attempt_series import (
    countdown,
    groups_of,
    name_of,
    series_summary,
    standing_of,
    tries_words,
    waited_words,
)
from inspector.ui.detail.pane import DetailPane
from inspector.ui.detail.replays_view import ReplaysView
from tests.ui.detail.samples import RECEIVED, TARGET, attempts, event

NOW = RECEIVED + timedelta(minutes=1)


def a_series(number: int = 7, **changes: object) -> Series:
    """Return a series of the usual event that waits for its second try, 48 s from now."""
    one = Series(
        SeriesId(number),
        event().id,
        EndpointId(1),
        "",
        TARGET,
        SeriesPlan(RCS_EVENTS),
        SeriesState.WAITING,
        RECEIVED,
        tries=1,
        next_at=NOW + timedelta(seconds=48),
        failure="Answered 503",
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def a_try(number: int, status: int | None = 503, *, series: int | None = 7, at: datetime = RECEIVED) -> Attempt:
    """Return the try of this number, sent so many seconds later."""
    response = Response(status, "", (), b"") if status is not None else None
    return Attempt(
        AttemptId(100 + number),
        event().id,
        at + timedelta(seconds=number),
        Outgoing("POST", TARGET, (), b""),
        response,
        None if response is not None else Failure.TIMEOUT,
        "" if response is not None else "No answer within 5 s",
        total_ms=41,
        series_id=None if series is None else SeriesId(series),
        try_no=number,
    )


class Source:
    """Knows some series, and notes which are stopped."""

    def __init__(self, *series: Series) -> None:
        self.series: Sequence[Series] = series
        self.stopped: list[int] = []
        self.running = False
        self.paused = False

    def series_of(self, event_id: EventId) -> Sequence[Series]:
        return [one for one in self.series if one.event_id == event_id]

    def rule_name(self, series: Series) -> str:
        return "Orders" if series.rule_id == "r1" else ""

    def is_paused(self, series: Series) -> bool:
        return self.paused

    def is_running(self, series: Series) -> bool:
        return self.running and series.state.is_open

    def stop(self, series_id: SeriesId) -> None:
        self.stopped.append(series_id)


@pytest.fixture
def view(pane: DetailPane) -> ReplaysView:
    pane.show_view("replays")
    found = pane.view("replays")
    assert isinstance(found, ReplaysView)
    return found


def test_tries_of_a_series_stand_under_it_and_the_newest_activity_is_first() -> None:
    old = attempts(event())
    later = [a_try(number, at=RECEIVED + timedelta(hours=1)) for number in (2, 1)]
    groups = groups_of([*later, *old], [a_series()])
    assert [group.series is not None for group in groups] == [True, False, False, False]
    assert [attempt.try_no for attempt in groups[0].attempts] == [2, 1]


def test_an_attempt_whose_series_is_gone_stands_alone() -> None:
    groups = groups_of([a_try(1, series=99)], [])
    assert groups[0].series is None
    assert groups[0].is_single


def test_a_series_without_a_try_yet_is_listed() -> None:
    (group,) = groups_of([], [a_series(tries=0)])
    assert group.attempts == ()
    assert not group.is_single


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(47.2, "48 s"), (252, "4 min 12 s"), (7_080, "1 h 58 min"), (273_600, "3 d 4 h"), (3_600, "1 h"), (-3, "0 s")],
)
def test_a_countdown_has_its_two_largest_units(seconds: float, words: str) -> None:
    assert countdown(timedelta(seconds=seconds)) == words


def test_every_state_is_told_in_the_words_of_the_design() -> None:
    waiting = standing_of(a_series(), NOW)
    assert (waiting.word, waiting.detail) == ("Waiting to retry", "next in 48 s")
    assert standing_of(a_series(), NOW, running=True).word == "Running"
    assert standing_of(a_series(), NOW, paused=True).word == "Paused"
    assert standing_of(a_series(next_at=NOW), NOW).word == "Due now"
    assert standing_of(a_series(state=SeriesState.UNDECIDED, tries=0), NOW).word == "Waiting"
    stopped = a_series(state=SeriesState.STOPPED, tries=2, next_at=None, note="Stopped.")
    assert standing_of(stopped, NOW).word == "Stopped after attempt 2"
    given_up = a_series(state=SeriesState.GIVEN_UP, tries=5, next_at=None)
    assert (standing_of(given_up, NOW).word, standing_of(given_up, NOW).detail) == ("Given up", "after 5 attempts")
    done = a_series(state=SeriesState.DONE, tries=3, status=200, next_at=None)
    assert (standing_of(done, NOW).word, standing_of(done, NOW).detail) == ("200", "on attempt 3")
    skipped = a_series(state=SeriesState.SKIPPED, tries=0, note="It would go in a circle.")
    assert standing_of(skipped, NOW).detail == "It would go in a circle."


def test_a_summary_says_what_failed_first_and_how_long_it_took() -> None:
    done = a_series(
        state=SeriesState.DONE,
        tries=3,
        status=200,
        ended_at=RECEIVED + timedelta(seconds=11),
        plan=SeriesPlan(RCS_EVENTS, speed=60),
    )
    assert series_summary(done, NOW) == (
        "pass",
        "circle-check",
        "Answered 200 on attempt 3",
        "Two attempts failed first. Took 11 s at speed ×60.",
    )
    tone, _icon, title, text = series_summary(a_series(), NOW)
    assert (tone, title, text) == ("info", "Waiting to retry, next in 48 s", "Attempt 1 failed: answered 503.")
    assert series_summary(a_series(), NOW, running=True)[2] == "Running attempt 2 of 5"


def test_names_say_whose_schedule_how_fast_and_by_which_rule() -> None:
    assert name_of(a_series()) == "Retry like RCS events"
    assert name_of(a_series(plan=SeriesPlan(RCS_EVENTS, speed=60))) == "Retry like RCS events, ×60"
    assert name_of(a_series(plan=SeriesPlan(schedule_of("0, 5s"), speed=0))) == "Retry like Custom, no wait"
    assert name_of(a_series(rule_id="r1"), "Orders") == "Forwarded by Orders, RCS events"
    assert name_of(a_series(rule_id="r1", plan=SeriesPlan(ONCE))) == "Forwarded by a rule that is gone"
    assert tries_words(a_series()) == "attempt 2 of 5"
    assert tries_words(a_series(state=SeriesState.GIVEN_UP, tries=5)) == "5 attempts"


def test_a_wait_is_the_schedules_or_what_the_target_asked_for() -> None:
    first, second = a_try(1), a_try(2)
    assert waited_words(a_series(), first, None) == "at once"
    assert waited_words(a_series(), second, first) == "after 1 min"
    asking = replace(first, response=Response(503, "", ((b"Retry-After", b"120"),), b""))
    assert waited_words(a_series(), second, asking) == "after 2 min, as the target asked"
    deaf = replace(RCS_EVENTS, heeds_retry_after=False)
    assert waited_words(a_series(plan=SeriesPlan(deaf)), second, asking) == "after 1 min"


def test_a_series_is_a_row_with_its_tries_under_it(pane: DetailPane, view: ReplaysView) -> None:
    source = Source(a_series(next_at=datetime.now(NOW.tzinfo) + timedelta(hours=2, minutes=1)))
    view.serve(source)
    pane.show_event(event())
    pane.set_attempts((a_try(1),))
    (row,) = [row for row in view.series_rows if row.isVisible()]
    assert row.accessibleName().startswith(
        f"{TARGET}, Retry like RCS events, attempt 2 of 5, Waiting to retry, next in 2 h"
    )
    assert view.rows[0].accessibleName() == "Attempt 1, 14:23:46, at once, 503, 41 ms"
    assert row.stop_link.isVisible()
    row.stop_link.click()
    assert source.stopped == [7]


def test_a_series_folds_and_unfolds(pane: DetailPane, view: ReplaysView) -> None:
    view.serve(Source(a_series(state=SeriesState.GIVEN_UP, tries=2, next_at=None)))
    pane.show_event(event())
    pane.set_attempts((a_try(2), a_try(1)))
    assert [row.isVisible() for row in view.rows] == [True, True]
    assert view.card.isVisible()
    view.series_rows[0].click()
    assert [row.isVisible() for row in view.rows] == [False, False]
    assert not view.card.isVisible()
    assert not view.series_rows[0].stop_link.isVisible()
    view.series_rows[0].click()
    assert [row.isVisible() for row in view.rows] == [True, True]


def test_a_single_forward_is_one_row_marked_with_its_rule(pane: DetailPane, view: ReplaysView) -> None:
    once = a_series(state=SeriesState.DONE, rule_id="r1", plan=SeriesPlan(ONCE), status=200, next_at=None)
    view.serve(Source(once))
    pane.show_event(event())
    pane.set_attempts((a_try(1, 200),))
    assert not any(row.isVisible() for row in view.series_rows)
    assert view.rows[0].accessibleName() == f"{TARGET}, 14:23:46, forwarded by Orders, 200, 41 ms"


def test_a_series_that_has_not_begun_is_shown_instead_of_nothing(pane: DetailPane, view: ReplaysView) -> None:
    source = Source(a_series(tries=0, next_at=None))
    view.serve(source)
    pane.show_event(event())
    pane.set_attempts(())
    assert not view.nothing.isVisible()
    source.running = True
    pane.set_attempts((), TARGET)
    assert not view.running.isVisible()
    assert ", Running" in view.series_rows[0].accessibleName()


def test_series_of_another_event_do_not_stay(pane: DetailPane, view: ReplaysView) -> None:
    view.serve(Source(a_series()))
    pane.show_event(event())
    pane.set_attempts((a_try(1),))
    pane.show_event(event(2))
    assert view.nothing.isVisible()
