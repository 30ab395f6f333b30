"""The figures are equal to counting the events themselves, however far the kept counts have come."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from inspector.domain.endpoint import EndpointId
from inspector.monitor.board import Board, MeasuredAt, Span
from inspector.monitor.boarding import extent_of
from inspector.store.buckets import edge_of
from inspector.store.figures import GIVEN_UP_US
from tests.builders import an_endpoint
from tests.integration.monitor.making import NOON_US, SECOND, Bench, bench

FAILED = "(answer_status NOT BETWEEN 200 AND 299 OR answer_sent = 0 OR ifnull(answer_us, 0) > 5000000)"

EVENTS = st.lists(
    st.fixed_dictionaries({
        "ago_s": st.integers(0, 8 * 86_400) | st.integers(0, 3600),
        "endpoint_id": st.sampled_from([1, 2]),
        "status": st.sampled_from([200, 200, 204, 401, 503]),
        "answer_us": st.none() | st.integers(0, 7 * SECOND) | st.just(5 * SECOND),
        "answer_sent": st.sampled_from([1, 1, 1, 0]),
        "verdict": st.sampled_from(["valid", "invalid", "stale", "unsigned"]),
        "repeat": st.sampled_from([None, None, "duplicate", "retry"]),
        "repeat_no": st.integers(1, 4),
        "refusal": st.sampled_from([None, None, None, "too_large"]),
        "peer": st.sampled_from(["10.0.0.1", "10.0.0.2", ""]),
        "carrier": st.sampled_from(["", "verizon", "at|t"]),
        "kind": st.sampled_from(["message.sent", "message.delivered", "message.read", "message.failed"]),
    }),
    max_size=40,
)  # fmt: skip


def nearest_rank(values: list[int], share: float) -> int | None:
    """Return a percentile of plain values, rounded up to the edge it is kept by."""
    ordered = sorted(values)
    return edge_of(ordered[-(-len(ordered) * round(share * 100) // 100) - 1]) if ordered else None


def times(made: Bench, condition: str) -> list[int]:
    rows = made.connection.execute(f"SELECT answer_us FROM events WHERE answer_us IS NOT NULL AND {condition}")
    return [row[0] for row in rows]


def assert_equal_to_a_recount(made: Bench, board: Board, scope: EndpointId | None) -> None:
    where = f"received_us >= {board.from_us} AND received_us < {board.until_us}"
    where += "" if scope is None else f" AND endpoint_id = {scope}"
    seen = f"{where} AND refusal IS NULL"
    assert board.deliveries == made.count(seen)
    assert board.failed == made.count(f"{seen} AND {FAILED}")
    assert board.duplicates == made.count(f"{seen} AND NOT {FAILED} AND repeat = 'duplicate'")
    assert board.signature_failures == made.count(f"{seen} AND verdict IN ('invalid', 'stale')")
    assert board.refused == made.count(f"{where} AND refusal IS NOT NULL")
    for step in board.retries:
        retry = f"{seen} AND repeat = 'retry' AND repeat_no = {step.step + 1}"
        assert (step.tries, step.recovered) == (made.count(retry), made.count(f"{retry} AND NOT {FAILED}"))
    timed = times(made, seen)
    assert board.times.timed == len(timed)
    assert board.times.p50_us == nearest_rank(timed, 0.5)
    assert board.times.p95_us == nearest_rank(timed, 0.95)
    assert board.times.p99_us == nearest_rank(timed, 0.99)
    assert sum(reason.count for reason in board.reasons) == board.failed
    for bar in board.bars:
        inside = (
            f"{seen} AND received_us >= {bar.start_us} AND received_us < {bar.start_us + board.span.bar_s * SECOND}"
        )
        assert bar.deliveries == made.count(inside)
        assert bar.failed == made.count(f"{inside} AND {FAILED}")
    for row in board.carriers:
        named = f"{seen} AND repeat IS NULL AND carrier = ?"
        assert row.events == made.count(named, row.carrier)
        assert row.failed == made.count(f"{named} AND kind = 'message.failed'", row.carrier)


@settings(max_examples=40, phases=(Phase.generate,))  # shrinking would take minutes: every example is a database
@given(events=EVENTS, stops=st.lists(st.integers(0, 40), max_size=4), late=st.sets(st.integers(1, 40)), data=st.data())
def test_every_figure_is_equal_to_a_plain_recount_in_sql(
    events: list[dict[str, Any]], stops: list[int], late: set[int], data: st.DataObject
) -> None:
    async def compare(folder: Path) -> None:
        async with bench(folder, an_endpoint(1), an_endpoint(2)) as made:
            answers = {}
            for number, event in enumerate(events, 1):
                values = dict(event)
                received_us = NOON_US - values.pop("ago_s") * SECOND
                is_open = values["answer_sent"] == 1 and NOON_US - received_us < GIVEN_UP_US
                if number in late and is_open:
                    answers[number] = values["answer_us"]
                    values["answer_us"] = None
                made.event(received_us, **values)
            for stop in sorted(stops):
                made.follow(min(stop, len(events)))
            for number, answer_us in answers.items():
                made.connection.execute("UPDATE events SET answer_us = ? WHERE id = ?", (answer_us, number))
            if data.draw(st.booleans()):
                made.follow(max(stops, default=0) and min(max(stops), len(events)))
            scope = data.draw(st.sampled_from([None, EndpointId(1)]))
            for span in Span:
                assert_equal_to_a_recount(made, await made.engine.board(scope, span, MeasuredAt.RECEIVER), scope)

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compare(Path(folder)))


@pytest.mark.asyncio
async def test_a_range_ends_with_the_minute_now_running(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        made.now_us = NOON_US + 30 * SECOND
        extent = extent_of(Span.HOUR, made.now_us)
        made.event(extent.from_s * SECOND - 1)
        made.event(extent.from_s * SECOND)
        made.event(made.now_us)
        board = await made.engine.board(None, Span.HOUR, MeasuredAt.RECEIVER)
        assert board.deliveries == 2
        assert (board.bars[0].deliveries, board.bars[-1].deliveries) == (1, 1)
        assert board.bars[-1].start_us == NOON_US


@pytest.mark.asyncio
async def test_the_failure_rate_of_a_bar_is_that_of_the_five_minutes_that_end_with_it(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        first_us = extent_of(Span.QUARTER, made.now_us).from_s * SECOND
        for minute, status in ((-4, 503), (0, 200), (3, 200), (4, 200)):
            made.event(first_us + minute * 60 * SECOND, status=status)
        bars = (await made.engine.board(None, Span.QUARTER, MeasuredAt.RECEIVER)).bars
        assert [bar.failure_rate for bar in bars[:6]] == [1 / 2, 0, 0, 0, 0, 0]
        assert bars[-1].failure_rate is None


@pytest.mark.asyncio
async def test_attempts_are_counted_under_my_handler_and_nowhere_else(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        first, second = made.event(NOON_US - SECOND), made.event(NOON_US - SECOND, repeat="duplicate", repeat_no=2)
        made.attempt(first, NOON_US - SECOND, 503, 20.0)
        made.attempt(first, NOON_US - SECOND, 200, 30.0, try_no=2)
        made.follow()
        made.attempt(second, NOON_US - SECOND, 200, 40.0)
        made.attempt(first, NOON_US - SECOND, 200, 5_100.0)
        made.attempt(first, NOON_US - SECOND, None, 1.0)
        board = await made.engine.board(EndpointId(1), Span.QUARTER, MeasuredAt.HANDLER)
        assert (board.deliveries, board.accepted, board.duplicates, board.failed) == (5, 1, 1, 3)
        assert {reason.title: reason.count for reason in board.reasons} == {
            "503 Service Unavailable": 1,
            "No answer within 5 s": 1,
            "Connection refused": 1,
        }
        assert [(step.step, step.tries, step.recovered) for step in board.retries][:1] == [(1, 1, 1)]
        assert board.times.timed == 4
        assert board.times.p99_us == 5_100_000
        assert (await made.engine.board(None, Span.QUARTER, MeasuredAt.RECEIVER)).deliveries == 2


@pytest.mark.asyncio
async def test_retries_tell_step_by_step_how_many_came_through(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        for step, good, bad in ((1, 55, 9), (2, 5, 4), (3, 1, 3)):
            for number in range(good + bad):
                made.event(NOON_US - SECOND, status=200 if number < good else 503, repeat="retry", repeat_no=step + 1)
        board = await made.engine.board(None, Span.HOUR, MeasuredAt.RECEIVER)
        assert (board.retried, board.recovered) == (64, 61)
        told = [(step.step, step.after_s, step.recovered, step.tries, step.waiting) for step in board.retries]
        assert told == [(1, 0, 55, 64, 0), (2, 60, 5, 9, 0), (3, 300, 1, 4, 0), (4, 1800, 0, 0, 3)]


@pytest.mark.asyncio
async def test_an_endpoint_takes_its_figures_with_it(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        made.connection.execute(
            "INSERT INTO endpoints (id, token, name, created_us, provider, target, position, paused, rules) "
            "VALUES (1, 't', 'n', 0, '', '', 0, 0, '{}')"
        )
        made.event(NOON_US - SECOND)
        made.follow()
        made.connection.execute("DELETE FROM endpoints")
        assert made.connection.execute("SELECT count(*) FROM figures").fetchone() == (0,)
