"""AppLoop runs callbacks and timers in asyncio's order, each once, never early, and leaves Qt its turn."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
import random
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QTimer

from inspector.ui.loop import AppLoop
from tests.ui.loop_helpers import SELECTORS, an_app_loop


@pytest.fixture(params=SELECTORS, ids=lambda selector: selector.__name__)
def loop(request: pytest.FixtureRequest) -> Iterator[AppLoop]:
    with an_app_loop(request.param) as loop:
        yield loop


def finish(loop: AppLoop, delay_s: float = 0.03) -> None:
    """Run what is scheduled and a little longer."""
    loop.call_later(delay_s, loop.stop)
    loop.run_forever()


def test_callbacks_run_in_the_order_they_were_scheduled(loop: AppLoop) -> None:
    seen: list[int] = []
    for number in range(1000):
        loop.call_soon(seen.append, number)
    finish(loop)
    assert seen == list(range(1000))


def test_what_a_callback_schedules_runs_in_the_next_iteration(loop: AppLoop) -> None:
    seen: list[str] = []

    def first() -> None:
        seen.append("first")
        loop.call_soon(seen.append, "child of first")

    loop.call_soon(first)
    loop.call_soon(seen.append, "second")
    finish(loop)
    assert seen == ["first", "second", "child of first"]


def test_order_survives_a_budget_that_runs_out(loop: AppLoop) -> None:
    seen: list[int] = []

    def slow(number: int) -> None:
        end = loop.time() + 0.001
        while loop.time() < end:
            pass
        seen.append(number)
        loop.call_soon(seen.append, 100 + number)

    for number in range(20):
        loop.call_soon(slow, number)
    finish(loop, 0.1)
    assert seen == [*range(20), *range(100, 120)]


def test_ready_callbacks_run_before_a_timer_that_is_due(loop: AppLoop) -> None:
    seen: list[str] = []

    def start() -> None:
        loop.call_later(0, seen.append, "timer")
        loop.call_soon(seen.append, "soon")

    loop.call_soon(start)
    finish(loop)
    assert seen == ["soon", "timer"]


def test_timers_run_in_the_order_of_their_deadlines(loop: AppLoop) -> None:
    seen: list[float] = []
    delays = [number / 2000 for number in range(60)]
    shuffled = random.Random(7).sample(delays, len(delays))
    begin = loop.time()
    for delay in shuffled:
        loop.call_at(begin + delay, seen.append, delay)
    finish(loop, 0.06)
    assert seen == delays


def test_timers_with_equal_deadlines_run_in_the_order_they_were_set(loop: AppLoop) -> None:
    seen: list[int] = []
    when = loop.time() + 0.01
    for number in range(200):
        loop.call_at(when, seen.append, number)
    finish(loop, 0.05)
    assert seen == list(range(200))


def test_no_timer_runs_before_its_deadline(loop: AppLoop) -> None:
    chance = random.Random(11)
    early: list[float] = []
    count = 0

    def check(deadline: float) -> None:
        nonlocal count
        count += 1
        if loop.time() < deadline:
            early.append(deadline - loop.time())

    for _ in range(300):
        deadline = loop.time() + chance.uniform(0.0005, 0.2)
        loop.call_at(deadline, check, deadline)
    finish(loop, 0.25)
    assert count == 300
    assert early == []


def test_a_timer_set_from_qt_while_the_loop_sleeps_is_kept(loop: AppLoop) -> None:
    seen: list[str] = []

    def slot() -> None:
        loop.call_later(0.02, seen.append, "later")
        loop.call_later(0.01, seen.append, "earlier")
        loop.call_soon(seen.append, "soon")

    QTimer.singleShot(10, slot)
    finish(loop, 0.08)
    assert seen == ["soon", "earlier", "later"]


def test_a_timer_set_from_qt_wakes_a_loop_that_has_nothing_else(loop: AppLoop) -> None:
    QTimer.singleShot(10, lambda: loop.call_later(0.01, loop.stop))
    loop.run_forever()
    assert loop._timers == []


def test_a_sleep_resumes_after_its_time(loop: AppLoop) -> None:
    async def main() -> list[float]:
        missing = []
        for delay in (0.0005, 0.001, 0.0123, 0.05):
            begin = loop.time()
            await asyncio.sleep(delay)
            missing.append(loop.time() - begin - delay)
        return missing

    assert min(loop.run_until_complete(main())) >= 0


def test_an_endless_delay_is_accepted_and_never_due(loop: AppLoop) -> None:
    seen: list[str] = []
    loop.call_later(float("inf"), seen.append, "never")
    loop.call_later(10**9, seen.append, "in thirty years")
    loop.call_later(0.001, seen.append, "now")
    finish(loop)
    assert seen == ["now"]


def test_a_cancelled_handle_does_not_run(loop: AppLoop) -> None:
    seen: list[str] = []
    loop.call_soon(seen.append, "soon").cancel()
    loop.call_later(0.001, seen.append, "timer").cancel()
    finish(loop)
    assert seen == []


def test_a_callback_can_cancel_what_is_ready_after_it(loop: AppLoop) -> None:
    seen: list[str] = []
    handles: list[asyncio.Handle] = []

    def cancel_all() -> None:
        for handle in handles:
            handle.cancel()

    loop.call_soon(cancel_all)
    handles.append(loop.call_soon(seen.append, "soon"))
    handles.append(loop.call_later(0.002, seen.append, "timer"))
    finish(loop)
    assert seen == []


def test_cancelling_the_earliest_timer_leaves_the_next_one_in_place(loop: AppLoop) -> None:
    seen: list[str] = []
    first = loop.call_later(0.01, seen.append, "first")
    loop.call_later(0.02, seen.append, "second")
    loop.call_soon(first.cancel)
    finish(loop, 0.05)
    assert seen == ["second"]


def test_cancelled_timers_do_not_pile_up(loop: AppLoop) -> None:
    def churn() -> None:
        for _ in range(10_000):
            loop.call_later(3600, print).cancel()

    kept = loop.call_later(3600, print)
    loop.call_soon(churn)
    finish(loop)
    assert len(loop._timers) <= 101
    assert any(timer is kept for _, _, timer in loop._timers)


def test_a_callback_runs_in_the_context_it_is_given(loop: AppLoop) -> None:
    variable: contextvars.ContextVar[str] = contextvars.ContextVar("variable", default="unset")
    seen: list[str] = []
    context = contextvars.copy_context()
    context.run(variable.set, "given")

    def look() -> None:
        seen.append(variable.get())

    loop.call_soon(look, context=context)
    loop.call_soon_threadsafe(look, context=context)
    loop.call_later(0.001, look, context=context)
    loop.call_at(loop.time() + 0.002, look, context=context)
    loop.call_soon(look)
    finish(loop)
    assert seen == ["given", "given", "unset", "given", "given"]


def test_a_delay_must_be_a_number(loop: AppLoop) -> None:
    nothing: Any = None
    with pytest.raises(TypeError):
        loop.call_later(nothing, print)
    with pytest.raises(TypeError):
        loop.call_at(nothing, print)


@pytest.mark.parametrize("method", ["call_soon", "call_soon_threadsafe", "call_later", "call_at"])
def test_debug_mode_refuses_what_cannot_be_called(loop: AppLoop, method: str) -> None:
    async def coroutine_function() -> None: ...

    loop.set_debug(True)
    time_argument = (0,) if method in ("call_later", "call_at") else ()
    schedule: Any = getattr(loop, method)
    with pytest.raises(TypeError, match="coroutines cannot be used"):
        schedule(*time_argument, coroutine_function)
    with pytest.raises(TypeError, match="callable"):
        schedule(*time_argument, "not a function")


def test_debug_mode_reports_a_slow_callback(loop: AppLoop, caplog: pytest.LogCaptureFixture) -> None:
    def dawdle() -> None:
        end = loop.time() + 0.02
        while loop.time() < end:
            pass

    loop.set_debug(True)
    loop.slow_callback_duration = 0.01
    loop.call_soon(dawdle)
    finish(loop, 0.05)
    messages = [record.getMessage() for record in caplog.records]
    assert [text for text in messages if "dawdle" in text and "took" in text]


def test_debug_mode_names_the_slow_task(loop: AppLoop, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        end = loop.time() + 0.02
        while loop.time() < end:
            pass

    loop.set_debug(True)
    loop.slow_callback_duration = 0.01
    loop.run_until_complete(loop.create_task(main(), name="the slow one"))
    assert "the slow one" in caplog.text


def test_debug_mode_shows_the_caller_and_not_the_loop_as_the_source(loop: AppLoop) -> None:
    loop.set_debug(True)
    for handle in (
        loop.call_soon(print),
        loop.call_later(9, print),
        loop.call_at(9, print),
        loop.call_soon_threadsafe(print),
    ):
        source: Any = handle
        assert source._source_traceback[-1].filename == __file__
        handle.cancel()


@pytest.mark.parametrize("kind", ["callbacks", "tasks"])
def test_a_flood_of_callbacks_does_not_starve_qt(loop: AppLoop, kind: str) -> None:
    beats = 0

    def beat() -> None:
        nonlocal beats
        beats += 1
        if beats == 5:
            loop.stop()

    def feed() -> None:
        loop.call_soon(feed)

    async def feed_as_a_task() -> None:
        for _ in itertools.count():
            await asyncio.sleep(0)

    timer = QTimer(interval=1)
    timer.timeout.connect(beat)
    timer.start()
    task = loop.create_task(feed_as_a_task()) if kind == "tasks" else None
    if task is None:
        loop.call_soon(feed)
    loop.run_forever()
    timer.stop()
    assert beats == 5


def test_nothing_runs_while_qt_alone_processes_events(loop: AppLoop) -> None:
    seen: list[str] = []
    loop.call_soon(seen.append, "soon")
    loop.call_soon_threadsafe(seen.append, "from a thread")
    loop._nudge.given.emit()  # one that was on its way when the loop stopped
    for _ in range(10):
        loop._app.processEvents()
    assert seen == []
    finish(loop)
    assert seen == ["soon", "from a thread"]
