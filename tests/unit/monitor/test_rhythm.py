"""A silence is too long when it is longer than is usual at this time of day."""

from __future__ import annotations

from inspector.monitor.rhythm import LEAST_S, allowed_s, usual_wait_s

DAY, HOUR, MINUTE = 86_400, 3600, 60


def office_hours(days: int) -> list[int]:
    """Return the minutes of an endpoint that gets something every two minutes from 8 to 18 o'clock."""
    return [day * DAY + at for day in range(days) for at in range(8 * HOUR, 18 * HOUR, 2 * MINUTE)]


def test_by_day_two_minutes_are_usual_and_at_night_fourteen_hours() -> None:
    minutes = office_hours(6)
    noon, evening = 5 * DAY + 12 * HOUR, 5 * DAY + 18 * HOUR - 2 * MINUTE
    assert usual_wait_s([m for m in minutes if m <= noon], noon, hours=24) == 2 * MINUTE
    assert usual_wait_s(minutes, evening, hours=24) == 14 * HOUR + 2 * MINUTE


def test_a_busy_endpoint_may_be_silent_for_ten_minutes() -> None:
    minutes = office_hours(6)
    noon = 5 * DAY + 12 * HOUR
    assert allowed_s([m for m in minutes if m <= noon], noon, hours=24, factor=4) == LEAST_S


def test_the_rhythm_of_a_new_endpoint_is_not_known() -> None:
    assert usual_wait_s(office_hours(1), 12 * HOUR, hours=24) is None


def test_where_little_is_known_about_the_time_of_day_the_longest_wait_counts() -> None:
    minutes = sorted(set(range(0, 30 * HOUR, HOUR)) - {5 * HOUR, 6 * HOUR})
    assert usual_wait_s(minutes, minutes[-1], hours=24) == 3 * HOUR
