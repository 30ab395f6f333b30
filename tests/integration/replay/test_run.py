"""Many replays as one run: as planned, with pause and stop, and a summary of what came of it."""

from __future__ import annotations

import asyncio
import csv
import json
from itertools import pairwise

import pytest

from inspector.domain.attempt import Attempt, AttemptId, Failure, Outgoing, Response
from inspector.domain.errors import UsageError
from inspector.domain.event import EventId
from inspector.replay.plan import Captured, Options, Sending, Spacing, plan
from inspector.replay.run import Phase, Progress, Run
from inspector.replay.summary import to_csv, to_json, totals
from tests.builders import NOON
from tests.waiting import PATIENCE_S, until

pytestmark = pytest.mark.asyncio


class Target:
    """Answers as it is told, and remembers who asked and how many did at once."""

    def __init__(self, *, failing: frozenset[int] = frozenset()) -> None:
        self.asked: list[int] = []
        self.most = 0
        self.open = asyncio.Event()
        self.open.set()
        self._now = 0
        self._failing = failing

    async def send(self, event_id: EventId) -> Attempt:
        self.asked.append(event_id)
        self._now += 1
        self.most = max(self.most, self._now)
        await asyncio.sleep(0)
        await self.open.wait()
        self._now -= 1
        if event_id in self._failing:
            return an_attempt(event_id, None)
        return an_attempt(event_id, 200)


def an_attempt(event_id: int, status: int | None) -> Attempt:
    sent = Outgoing("POST", "http://localhost/", (), b"")
    response = Response(status, "", (), b"") if status is not None else None
    failure = None if response else Failure.REFUSED
    title = "" if response else "Nothing is listening"
    return Attempt(AttemptId(1), EventId(event_id), NOON, sent, response, failure, title, total_ms=float(event_id))


def sendings(count: int) -> list[Sending]:
    return [Sending(EventId(number), 0.0) for number in range(1, count + 1)]


async def turns(count: int = 50) -> None:
    """Let everybody who could go on do so."""
    for _ in range(count):
        await asyncio.sleep(0)


async def test_everything_is_sent_in_order() -> None:
    target = Target()
    ended = await Run(sendings(50), Options(), target.send).run()
    assert target.asked == list(range(1, 51))
    assert target.most == 1
    assert (ended.phase, ended.done, ended.failed) == (Phase.DONE, 50, 0)


async def test_no_more_are_under_way_than_allowed() -> None:
    target = Target()
    target.open.clear()
    run = Run(sendings(20), Options(at_once=4), target.send)
    task = asyncio.create_task(run.run())
    await until(lambda: len(target.asked) == 4)
    await turns()
    assert len(target.asked) == 4
    target.open.set()
    await task
    assert target.most == 4
    assert sorted(target.asked) == list(range(1, 21))


async def test_a_pause_holds_and_a_resume_goes_on() -> None:
    target = Target()
    target.open.clear()
    run = Run(sendings(3), Options(), target.send)
    task = asyncio.create_task(run.run())
    await until(lambda: target.asked == [1])
    run.pause()
    target.open.set()
    await until(lambda: len(run.lines) == 1)
    await turns()
    assert target.asked == [1]
    assert run.state.phase is Phase.PAUSED
    run.resume()
    assert (await task).phase is Phase.DONE
    assert target.asked == [1, 2, 3]


async def test_a_stop_ends_it_even_while_it_waits_or_is_paused() -> None:
    target = Target()
    later = [Sending(EventId(1), 0.0), Sending(EventId(2), 3600.0)]
    for paused in (False, True):
        run = Run(later, Options(), target.send)
        task = asyncio.create_task(run.run())
        await until(lambda run=run: len(run.lines) == 1)
        if paused:
            run.pause()
        run.stop()
        ended = await asyncio.wait_for(task, PATIENCE_S)
        assert (ended.phase, ended.done) == (Phase.STOPPED, 1)


async def test_the_first_failure_stops_it_where_that_is_asked_for() -> None:
    target = Target(failing=frozenset({3}))
    run = Run(sendings(10), Options(stop_on_failure=True), target.send)
    ended = await run.run()
    assert target.asked == [1, 2, 3]
    assert (ended.phase, ended.failed) == (Phase.STOPPED, 1)


async def test_an_event_that_cannot_be_sent_is_a_line_and_no_end() -> None:
    async def send(event_id: EventId) -> Attempt:
        if event_id == 1:
            raise UsageError("There is no event #1.")
        return an_attempt(event_id, 200)

    run = Run(sendings(2), Options(), send)
    ended = await run.run()
    assert (ended.done, ended.failed) == (2, 1)
    assert run.lines[0].error == "There is no event #1."


async def test_spacing_is_kept() -> None:
    target = Target()
    loop = asyncio.get_running_loop()
    moments: list[float] = []

    async def send(event_id: EventId) -> Attempt:
        moments.append(loop.time())
        return await target.send(event_id)

    events = [Captured(EventId(number), number * 1_000_000) for number in (1, 2, 3)]
    options = Options(spacing=Spacing.CAPTURED, speed=50)
    await Run(plan(events, options), options, send).run()
    gaps = [later - earlier for earlier, later in pairwise(moments)]
    assert all(gap >= 0.015 for gap in gaps)


async def test_ten_thousand_tell_their_progress_seldom() -> None:
    told: list[Progress] = []
    run = Run(sendings(10_000), Options(at_once=8), Target().send)
    run.progress.subscribe(told.append)
    ended = await run.run()
    assert ended.done == 10_000
    assert len(told) < 200
    assert told[-1].phase is Phase.DONE
    assert all(earlier.done <= later.done for earlier, later in pairwise(told))


async def test_the_summary_counts_what_came() -> None:
    run = Run(sendings(10), Options(), Target(failing=frozenset({4})).send)
    ended = await run.run()
    figures = totals(run.lines, ended)
    assert (figures["sent"], figures["answered_2xx"], figures["failed"]) == (10, 9, 1)
    assert figures["outcomes"] == {"200": 9, "Nothing is listening": 1}
    rows = list(csv.DictReader(to_csv(run.lines).splitlines()))
    assert [row["event"] for row in rows] == [str(number) for number in range(1, 11)]
    assert rows[3]["ok"] == "0"
    assert rows[3]["error"] == "Nothing is listening"
    assert len(json.loads(to_json(run.lines, ended, Options()))["events"]) == 10
