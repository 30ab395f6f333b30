"""The fast clock: days of a schedule in no time, with whatever the handler says."""

from __future__ import annotations

import asyncio

import pytest

from inspector.domain.attempt import Response
from inspector.domain.event import EventId
from inspector.replay.rehearsal import Down, Outcome, Picture, Rehearsal, after, first_lane, is_down, span_of
from inspector.replay.schedules import schedule_of
from tests.builders import headers_of
from tests.waiting import PATIENCE_S

ONE, TWO = EventId(1), EventId(2)


def _said(status: int, **headers: str) -> Outcome:
    lines = headers_of((name.replace("_", "-"), value) for name, value in headers.items())
    return Outcome(Response(status, "", lines, b""), took_s=0.0)


def test_a_lane_goes_from_try_to_try_until_it_is_lost() -> None:
    schedule = schedule_of("rcs-client")
    lane = first_lane(ONE, schedule)
    for expected in (10.0, 110.0, None):
        lane = after(lane, schedule, _said(500))
        assert lane.next_s == expected
    assert lane.lost_s == 110.0
    assert [item.at_s for item in lane.tries] == [0, 10, 110]


def test_the_time_a_try_takes_counts() -> None:
    schedule = schedule_of("rcs-client")
    lane = after(first_lane(ONE, schedule), schedule, Outcome(failure="No answer within 3 s", took_s=3.0))
    assert lane.next_s == 13.0


def test_retry_after_moves_the_next_try() -> None:
    schedule = schedule_of("rcs-client")
    lane = after(first_lane(ONE, schedule), schedule, _said(429, Retry_After="3600"))
    assert lane.next_s == 3600.0


def test_a_span_ends_before_its_end() -> None:
    assert [is_down([Down(10, 20)], at_s) for at_s in (9.9, 10, 19.9, 20)] == [False, True, True, False]


@pytest.mark.asyncio
async def test_seven_days_pass_in_a_moment_and_tell_when_each_event_got_through() -> None:
    asked: list[tuple[int, int]] = []

    async def handler(event_id: EventId, try_no: int) -> Outcome:
        asked.append((event_id, try_no))
        return _said(200)

    schedule = schedule_of("google-rbm")
    down = Down(0, 3 * 86_400.0)
    picture = await Rehearsal([ONE, TWO], schedule, handler, downs=[down], takes_s=None, apart_s=60).run()
    assert picture.is_over
    assert picture.through == 2
    assert len(asked) == 2  # while it is down nothing is asked
    for lane in picture.lanes:
        assert lane.through_s is not None
        assert 3 * 86_400 <= lane.through_s < 3 * 86_400 + 600
        assert all(item.was_down for item in lane.tries[:-1])


@pytest.mark.asyncio
async def test_what_is_down_for_longer_than_the_schedule_is_lost() -> None:
    async def handler(_event_id: EventId, _try_no: int) -> Outcome:
        return _said(200)

    schedule = schedule_of("rcs-events")
    picture = await Rehearsal([ONE], schedule, handler, downs=[Down(0, 86_400)], takes_s=None).run()
    assert (picture.through, picture.lost) == (0, 1)
    assert picture.lanes[0].lost_s == 9_360
    assert picture.now_s == span_of(schedule)


@pytest.mark.asyncio
async def test_the_handlers_real_answers_decide() -> None:
    answers = {(ONE, 1): 503, (ONE, 2): 200, (TWO, 1): 200}

    async def handler(event_id: EventId, try_no: int) -> Outcome:
        return _said(answers[event_id, try_no])

    picture = await Rehearsal([ONE, TWO], schedule_of("rcs-events"), handler, takes_s=None).run()
    assert [lane.through_s for lane in picture.lanes] == [60.0, 0.0]


@pytest.mark.asyncio
async def test_time_passes_at_its_own_pace_and_progress_is_told() -> None:
    async def handler(_event_id: EventId, _try_no: int) -> Outcome:
        return _said(500)

    rehearsal = Rehearsal([ONE], schedule_of("0, 1h, 1h"), handler, takes_s=0.3)
    pictures: list[Picture] = []
    rehearsal.progress.subscribe(pictures.append)
    await rehearsal.run()
    assert [item.at_s for item in rehearsal.picture.lanes[0].tries] == [0, 3600, 7200]
    assert [picture.now_s for picture in pictures] == sorted(picture.now_s for picture in pictures)
    assert len(pictures) >= 2
    assert pictures[-1].is_over


@pytest.mark.asyncio
async def test_a_stopped_rehearsal_makes_no_more_tries() -> None:
    calls = 0

    async def handler(_event_id: EventId, _try_no: int) -> Outcome:
        nonlocal calls
        calls += 1
        rehearsal.stop()
        return _said(500)

    rehearsal = Rehearsal([ONE], schedule_of("google-rbm"), handler, takes_s=None)
    async with asyncio.timeout(PATIENCE_S):
        picture = await rehearsal.run()
    assert calls == 1
    assert picture.lanes[0].next_s is not None


@pytest.mark.asyncio
async def test_a_try_that_cannot_be_made_ends_the_rehearsal_with_the_reason() -> None:
    async def handler(_event_id: EventId, _try_no: int) -> Outcome:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        await Rehearsal([ONE], schedule_of("rcs-client"), handler, takes_s=None).run()
