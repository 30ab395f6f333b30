"""Points in time in every form providers write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.providers.moments import parse_moment

NOON = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01T12:00:00Z",
        "2026-03-01t12:00:00z",
        "2026-03-01 12:00:00",
        "2026-03-01 12:00:00Z",
        "2026-03-01 12:00:00 +0000",
        "2026-03-01 12:00:00 +0000 UTC",
        "2026-03-01 12:00:00.000000",
        "2026-03-01T12:00:00,000Z",
        "2026-03-01T12:00:00.000000000Z",
        "2026-03-01T17:30:00+05:30",
        "2026-03-01T17:30:00.000+0530",
        "2026-03-01T07:00:00-05",
        "2026-03-01T13:00:00+01:00[Europe/Berlin]",
        "2026-03-01 12:00:00 PM",
        "2026/03/01 12:00:00",
        "2026-03-01T12:00Z",
        " 2026-03-01T12:00:00Z ",
        "20260301120000",
        "20260301120000000",
        "20260301T120000Z",
        "Sun, 01 Mar 2026 12:00:00 GMT",
        "Sun, 01 Mar 2026 13:00:00 +0100",
        "Sunday, 01-Mar-26 12:00:00 GMT",
        "01 Mar 2026 12:00:00 +0000",
        "Sun Mar  1 12:00:00 2026",
        "Sun Mar 1 12:00:00 UTC 2026",
        "/Date(1772366400000)/",
        "/Date(1772366400000+0100)/",
        1772366400,
        1772366400.0,
        "1772366400",
        "1772366400.000",
        1772366400000,
        "1772366400000",
        1772366400000000,
        1772366400000000000,
        {"seconds": 1772366400},
        {"seconds": "1772366400", "nanos": 0},
        {"_seconds": 1772366400, "_nanoseconds": 0},
    ],
)
def test_noon_is_noon_however_it_is_written(written: Any) -> None:
    assert parse_moment(written) == NOON


def test_half_a_day_has_its_own_hours() -> None:
    assert parse_moment("2026-03-01 12:30:00 AM") == NOON.replace(hour=0, minute=30)
    assert parse_moment("2026-03-01 01:30:00 p.m.") == NOON.replace(hour=13, minute=30)


def test_nine_digits_of_a_second_are_cut_to_six() -> None:
    assert parse_moment("2026-03-01T12:00:00.123456789Z") == NOON.replace(microsecond=123456)
    assert parse_moment({"seconds": 1772366400, "nanos": 123456789}) == NOON.replace(microsecond=123456)


@pytest.mark.parametrize(
    "written",
    [
        *("", "yesterday", "2026-03-01", "2026-13-01T12:00:00Z", "2026-03-01T25:00:00Z", "20261301120000", "12:00"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "/Date(99999999999999999)/", "x" * 100_000),
        *(0, 7, -1, "0", 10**30, float("inf"), float("nan"), True, None, [], {}, {"seconds": "x"}, {"seconds": 1e300}),
    ],
)
def test_what_is_no_moment_is_none(written: Any) -> None:
    assert parse_moment(written) is None


@given(
    st.text(max_size=40)
    | st.integers()
    | st.floats()
    | st.dictionaries(st.sampled_from(["seconds", "nanos"]), st.integers() | st.text(max_size=4))
)
def test_nothing_makes_it_raise(value: Any) -> None:
    moment = parse_moment(value)
    assert moment is None or moment.tzinfo is not None


@given(st.datetimes(min_value=datetime(1980, 1, 1), max_value=datetime(2100, 1, 1)))
def test_what_python_writes_is_read_back(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    assert parse_moment(aware.isoformat()) == aware
    assert parse_moment(f"{aware:%Y-%m-%d %H:%M:%S.%f}") == aware
    assert parse_moment(int(aware.timestamp())) == aware.replace(microsecond=0)
