"""Which series may be sent now, without a clock, a store or a socket."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from inspector.domain.attempt import SeriesId
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.domain.series import Series, SeriesPlan, SeriesState
from inspector.replay.queues import MOST_LOOKED_AT, Queues
from inspector.replay.schedules import schedule_of
from tests.builders import NOON

TARGET = "http://a:1/"


def a_series(id: int, after_s: float = 0, *, in_order: bool = False, **others: Any) -> Series:
    """Return a series that waits for its first try."""
    values: dict[str, Any] = {
        "endpoint_id": EndpointId(1),
        "rule_id": "r",
        "target": TARGET,
        "plan": SeriesPlan(schedule_of("rcs-events"), in_order=in_order),
        "state": SeriesState.WAITING,
        "created_at": NOON,
        "message_id": "msg",
        "next_at": NOON + timedelta(seconds=after_s),
    }
    return Series(SeriesId(id), EventId(id), **(values | others))


def _ids(queues: Queues, now: datetime = NOON) -> list[int]:
    return [series.id for series in queues.due(now)]


def _queues(*series: Series, **limits: int) -> Queues:
    queues = Queues(**limits)
    for one in series:
        queues.learn(one)
    return queues


def test_what_is_due_goes_in_the_order_of_its_time() -> None:
    queues = _queues(a_series(1, 30), a_series(2, 10), a_series(3, 90))
    assert queues.next_at() == NOON + timedelta(seconds=10)
    assert _ids(queues, NOON + timedelta(seconds=60)) == [2, 1]
    assert _ids(queues, NOON + timedelta(seconds=60)) == []


def test_a_target_gets_only_so_many_at_once_and_others_do_not_wait_for_it() -> None:
    other = a_series(9, target="http://b:1/")
    queues = _queues(*(a_series(number) for number in range(1, 5)), other, per_target=2)
    assert _ids(queues) == [1, 2, 9]
    queues.ended(SeriesId(1), None)
    assert _ids(queues) == [3]


def test_paths_of_one_server_share_its_room() -> None:
    queues = _queues(a_series(1), a_series(2, target=TARGET + "other?x=1"), per_target=1)
    assert _ids(queues) == [1]


def test_all_targets_together_have_a_limit_too() -> None:
    queues = _queues(*(a_series(n, target=f"http://h{n}/") for n in range(1, 6)), at_once=3)
    assert len(_ids(queues)) == 3


def test_in_order_the_second_of_a_message_waits_until_the_first_is_over() -> None:
    queues = _queues(a_series(1, in_order=True), a_series(2, in_order=True), a_series(3, in_order=True, message_id="x"))
    assert _ids(queues) == [1, 3]
    later = replace(a_series(1, 60, in_order=True), tries=1)
    queues.ended(SeriesId(1), later)
    assert _ids(queues) == []
    assert _ids(queues, NOON + timedelta(seconds=60)) == [1]
    queues.ended(SeriesId(1), replace(later, state=SeriesState.GIVEN_UP))
    assert _ids(queues, NOON + timedelta(seconds=60)) == [2]


def test_in_order_what_is_undecided_holds_its_place() -> None:
    queues = _queues(a_series(1, in_order=True, state=SeriesState.UNDECIDED), a_series(2, in_order=True))
    assert _ids(queues) == []
    queues.forget(SeriesId(1))
    assert _ids(queues) == [2]


def test_events_without_a_message_are_not_held_up() -> None:
    queues = _queues(a_series(1, in_order=True, message_id=""), a_series(2, in_order=True, message_id=""))
    assert _ids(queues) == [1, 2]


def test_a_paused_rule_waits_and_goes_on() -> None:
    queues = _queues(a_series(1), a_series(2, rule_id="other"))
    rule = (EndpointId(1), "r")
    queues.paused.add(rule)
    assert _ids(queues) == [2]
    queues.resume(rule)
    assert _ids(queues) == [1]


def test_one_that_is_stopped_is_not_sent() -> None:
    queues = _queues(a_series(1), a_series(2))
    queues.learn(a_series(1, state=SeriesState.STOPPED))
    assert _ids(queues) == [2]
    assert set(queues.known) == {2}


def test_one_that_is_stopped_during_its_try_does_not_come_back() -> None:
    queues = _queues(a_series(1))
    assert _ids(queues) == [1]
    queues.learn(a_series(1, state=SeriesState.STOPPED))
    queues.ended(SeriesId(1), a_series(1, state=SeriesState.STOPPED))
    assert queues.known == {}
    assert queues.sending == frozenset()


def test_hearing_of_a_series_twice_sends_it_once() -> None:
    queues = _queues(a_series(1), a_series(1), a_series(1))
    assert _ids(queues) == [1]
    queues.learn(a_series(1))
    assert _ids(queues) == []


def test_a_flood_is_looked_at_in_pieces() -> None:
    count = 3 * MOST_LOOKED_AT
    queues = _queues(*(a_series(n) for n in range(1, count + 1)), per_target=count, at_once=count)
    assert len(_ids(queues)) == MOST_LOOKED_AT
    assert queues.next_at() == NOON
