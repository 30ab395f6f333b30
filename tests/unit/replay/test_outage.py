"""What came back after an outage, when, and what never did."""

from __future__ import annotations

from inspector.domain.event import EventId, EventSummary, Repeat
from inspector.domain.values import MICROSECOND, to_us
from inspector.replay.outage import due_s, outage_table
from tests.builders import NOON, a_summary

START = to_us(NOON)
LADDER = (0, 60, 300, 1800, 7200)


def _row(id: int, after_s: float, status: int, original: int | None = None) -> EventSummary:
    return a_summary(
        id,
        received_us=START + int(after_s * MICROSECOND),
        answer_status=status,
        original_id=None if original is None else EventId(original),
        repeat=None if original is None else Repeat.RETRY,
    )


ROWS = [
    _row(1, 5, 503),
    _row(2, 6, 503),
    _row(3, 7, 200),  # another kind: not struck
    _row(4, 8, 503),
    _row(5, 6, 503, 1),
    _row(6, 66, 503, 1),
    _row(7, 68, 200, 2),
    _row(8, 366, 200, 1),
]


def test_what_came_back_is_told_with_how_long_it_took() -> None:
    table = outage_table(ROWS, START, START + 120 * MICROSECOND, LADDER)
    assert [one.event_id for one in table.struck] == [1, 2, 4]
    assert [(one.event_id, one.back_s, one.retries) for one in table.recovered] == [(1, 361.0, 3), (2, 62.0, 1)]
    assert [one.event_id for one in table.never_back] == [4]
    assert table.pending == ()


def test_each_retry_stands_beside_the_documented_wait() -> None:
    table = outage_table(ROWS, START, START + 120 * MICROSECOND, LADDER)
    first = table.struck[0]
    assert [(one.wait_s, one.expected_s) for one in first.sightings] == [(0, None), (1, 0), (60, 60), (300, 300)]
    steps = [(step.number, step.documented_s, step.events, step.accepted, step.median_s) for step in table.steps]
    assert steps == [(1, 0, 2, 1, 62.0), (2, 60, 1, 0, 60.0), (3, 300, 1, 1, 300.0), (4, 1800, 0, 0, None),
                     (5, 7200, 0, 0, None)]  # fmt: skip


def test_an_event_that_came_again_and_was_refused_again_is_still_pending() -> None:
    table = outage_table(ROWS[:6], START, START + 120 * MICROSECOND)
    assert [one.event_id for one in table.pending] == [1]


def test_an_event_counts_from_its_first_time_inside_the_outage() -> None:
    rows = [_row(1, -500, 401), _row(2, 10, 503, 1), _row(3, 70, 200, 1)]
    (one,) = outage_table(rows, START, START + 60 * MICROSECOND).struck
    assert (one.event_id, one.back_s) == (2, 60.0)


def test_an_outage_that_hit_nothing_is_an_empty_table() -> None:
    table = outage_table([_row(1, 5, 200)], START, START + MICROSECOND, ())
    assert (table.struck, table.steps) == ((), ())


def test_documented_waits_add_up_to_moments() -> None:
    assert due_s(LADDER) == (0, 60, 360, 2160, 9360)
