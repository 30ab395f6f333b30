"""Every documented schedule to the second, on a clock that stands still."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from inspector.domain.attempt import Response
from inspector.domain.errors import UsageError
from inspector.domain.forwarding import Schedule
from inspector.replay.schedules import (
    NO_WAIT,
    SCHEDULES,
    custom,
    moments_s,
    next_try,
    retry_after_s,
    schedule_of,
    tenfold,
    wait_words,
)
from tests.builders import NOON, headers_of


def _response(status: int = 503, **headers: str) -> Response:
    lines = headers_of((name.replace("_", "-"), value) for name, value in headers.items())
    return Response(status, "", lines, b"")


def _tries(schedule: Schedule, speed: float = 1.0) -> list[float]:
    """Return when each try is made where every one fails at once, in seconds from the start."""
    now, found = NOON, []
    while (following := next_try(schedule, len(found), now, speed=speed)) is not None:
        now = following.at
        found.append((now - NOON).total_seconds())
    return found


def test_rcs_events_are_tried_now_and_after_1_5_30_minutes_and_2_hours() -> None:
    schedule = schedule_of("rcs-events")
    assert _tries(schedule) == [0, 60, 60 + 300, 60 + 300 + 1800, 60 + 300 + 1800 + 7200]
    assert schedule.limit_s == 5


def test_the_rcs_client_tries_twice_more_after_10_and_100_seconds() -> None:
    schedule = schedule_of("rcs-client")
    assert _tries(schedule) == [0, 10, 110]
    assert schedule.limit_s == 3


def test_the_rcs_clients_waits_grow_tenfold_up_to_100_000_seconds() -> None:
    assert tenfold(7).waits_s == (0, 10, 100, 1_000, 10_000, 100_000, 100_000, 100_000)
    assert schedule_of("rcs-client:7") == tenfold(7)
    assert schedule_of("rcs-client:2").id == "rcs-client"


def test_google_waits_at_most_600_seconds_and_gives_up_within_7_days() -> None:
    schedule = schedule_of("google-rbm")
    assert schedule.waits_s[:8] == (0, 10, 20, 40, 80, 160, 320, 600)
    assert set(schedule.waits_s[7:]) == {600}
    end = moments_s(schedule)[-1]
    assert 7 * 86_400 - 600 < end <= 7 * 86_400


def test_sinch_doubles_from_5_to_81920_seconds() -> None:
    waits = schedule_of("sinch").waits_s
    assert waits[:5] == (0, 5, 10, 20, 40)
    assert waits[-1] == 81_920
    assert all(later == 2 * earlier for earlier, later in pairwise(waits[1:]))


def test_standard_webhooks_ends_75_hours_35_minutes_5_seconds_after_the_start() -> None:
    assert moments_s(schedule_of("standard-webhooks"))[-1] == 75 * 3600 + 35 * 60 + 5


def test_the_next_try_counts_from_the_end_of_the_one_before() -> None:
    ended_at = NOON + timedelta(seconds=4.5)
    following = next_try(schedule_of("rcs-events"), 1, ended_at)
    assert following is not None
    assert following.at == ended_at + timedelta(seconds=60)


def test_speed_divides_the_waits() -> None:
    assert _tries(schedule_of("rcs-events"), speed=60) == [0, 1, 6, 36, 156]
    assert _tries(schedule_of("rcs-events"), speed=NO_WAIT) == [0] * 5


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("120", 120.0),
        ("30", 60.0),  # the schedule waits longer
        ("0", 60.0),
        ("Sun, 01 Mar 2026 12:10:00 GMT", 600.0),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 60.0),  # over already
        ("soon", 60.0),
        ("-5", 60.0),
        ("", 60.0),
    ],
)
def test_the_later_of_schedule_and_retry_after_holds(asked: str, expected: float) -> None:
    following = next_try(schedule_of("rcs-events"), 1, NOON, _response(Retry_After=asked))
    assert following is not None
    assert (following.at - NOON).total_seconds() == expected
    assert following.asked is (expected != 60.0)


def test_a_schedule_may_not_heed_retry_after() -> None:
    deaf = Schedule("deaf", "Deaf", (0, 10), 5, heeds_retry_after=False)
    following = next_try(deaf, 1, NOON, _response(Retry_After="500"))
    assert following is not None
    assert following.wait_s == 10


def test_retry_after_never_waits_longer_than_30_days() -> None:
    assert retry_after_s(_response(Retry_After="9" * 40), NOON) == 30 * 86_400
    far = retry_after_s(_response(Retry_After="Sun, 01 Mar 2099 12:00:00 GMT"), datetime(2026, 1, 1, tzinfo=UTC))
    assert far == 30 * 86_400


@pytest.mark.parametrize(
    ("text", "waits"),
    [
        ("0, 10s, 5m, 2h", (0, 10, 300, 7200)),
        ("now, 1 min, 5 min", (0, 60, 300)),
        ("10", (10,)),
        ("0,1.5s,1d", (0, 1.5, 86_400)),
        ("at once, 500ms", (0, 0.5)),
    ],
)
def test_a_schedule_of_ones_own_is_read_from_its_waits(text: str, waits: tuple[float, ...]) -> None:
    schedule = custom(text)
    assert schedule.waits_s == waits
    assert schedule_of(schedule.id).waits_s == waits


@pytest.mark.parametrize(("text", "part"), [("0, soon", "soon"), ("0,,5", "missing"), ("5x", "5x"), ("40d", "40d")])
def test_a_wait_that_cannot_be_read_is_named(text: str, part: str) -> None:
    with pytest.raises(UsageError) as caught:
        custom(text)
    assert part in str(caught.value)


def test_every_schedule_is_found_by_its_id_and_says_whose_it_is() -> None:
    ids = [schedule.id for schedule in SCHEDULES]
    assert len(ids) == len(set(ids))
    for schedule in SCHEDULES:
        assert schedule_of(schedule.id) is schedule or schedule_of(schedule.id) == schedule
        assert schedule.waits_s[0] == 0
        assert schedule.limit_s > 0
        assert schedule.id == "once" or schedule.source
    assert ids[0] == "once"


def test_waits_are_told_in_words() -> None:
    assert [wait_words(seconds) for seconds in (0, 10, 60, 300, 7_200, 100_000, 0.5)] == [
        *("now", "10 s", "1 min", "5 min", "2 h", "100,000 s", "0.5 s"),
    ]
