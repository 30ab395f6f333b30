"""AppLoop starts, stops, fails and closes as asyncio's own loop does, with the tools of asyncio on top."""

from __future__ import annotations

import asyncio
import gc
import warnings
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QTimer

from inspector.ui.loop import AppLoop
from tests.ui.loop_helpers import SELECTORS, an_app_loop, application


@pytest.fixture(params=SELECTORS, ids=lambda selector: selector.__name__)
def loop(request: pytest.FixtureRequest) -> Iterator[AppLoop]:
    with an_app_loop(request.param) as loop:
        yield loop


async def answer() -> int:
    await asyncio.sleep(0)
    return 42


def test_run_until_complete_returns_the_result(loop: AppLoop) -> None:
    assert loop.run_until_complete(answer()) == 42


def test_run_until_complete_raises_what_the_coroutine_raises(loop: AppLoop) -> None:
    async def fail() -> None:
        raise ValueError("a reason")

    with pytest.raises(ValueError, match="a reason"):
        loop.run_until_complete(fail())


def test_the_loop_runs_again_after_a_stop(loop: AppLoop) -> None:
    for _ in range(3):
        loop.call_soon(loop.stop)
        loop.run_forever()
        assert loop.run_until_complete(answer()) == 42


def test_a_stop_before_the_run_lets_one_iteration_run(loop: AppLoop) -> None:
    seen: list[str] = []
    loop.call_soon(seen.append, "ready")
    loop.call_soon(loop.call_soon, seen.append, "next iteration")
    loop.stop()
    loop.run_forever()
    assert seen == ["ready"]


def test_a_stop_lets_the_current_iteration_finish(loop: AppLoop) -> None:
    seen: list[str] = []
    loop.call_soon(loop.stop)
    loop.call_soon(seen.append, "same iteration")
    loop.call_soon(loop.call_soon, seen.append, "next iteration")
    loop.run_forever()
    assert seen == ["same iteration"]
    loop.run_until_complete(answer())
    assert seen == ["same iteration", "next iteration"]


def test_a_stop_from_a_slot_ends_a_sleeping_loop(loop: AppLoop) -> None:
    QTimer.singleShot(10, loop.stop)
    loop.run_forever()
    assert not loop.is_running()


def test_is_running_tells_the_truth(loop: AppLoop) -> None:
    async def look() -> bool:
        assert asyncio.get_running_loop() is loop
        return loop.is_running()

    assert not loop.is_running()
    assert loop.run_until_complete(look())
    assert not loop.is_running()


def test_a_nested_run_is_refused(loop: AppLoop) -> None:
    async def main() -> None:
        with pytest.raises(RuntimeError, match="already running"):
            loop.run_forever()
        coroutine = answer()
        with pytest.raises(RuntimeError, match="already running"):
            loop.run_until_complete(coroutine)
        coroutine.close()

    loop.run_until_complete(main())


def test_closing_a_running_loop_is_refused(loop: AppLoop) -> None:
    async def main() -> None:
        with pytest.raises(RuntimeError, match="running"):
            loop.close()

    loop.run_until_complete(main())


def test_quitting_the_application_ends_the_run(loop: AppLoop) -> None:
    QTimer.singleShot(10, application().quit)
    with pytest.raises(RuntimeError, match="stopped before Future completed"):
        loop.run_until_complete(asyncio.sleep(60))
    assert loop.run_until_complete(answer()) == 42


def test_a_closed_loop_refuses_work_and_forgets_what_was_pending() -> None:
    seen: list[str] = []
    with an_app_loop() as loop:
        loop.call_soon(seen.append, "soon")
        loop.call_later(0.001, seen.append, "timer")
        loop.close()
        loop.close()
        for _ in range(20):
            application().processEvents()
        assert loop.is_closed()
        assert seen == []
        assert not loop._wake_timer.isActive()
        assert not loop._alarm.isActive()
        for refused in (
            lambda: loop.call_soon(print),
            lambda: loop.call_later(0, print),
            lambda: loop.call_at(0, print),
            lambda: loop.call_soon_threadsafe(print),
            lambda: loop.run_in_executor(None, print),
            loop.run_forever,
        ):
            with pytest.raises(RuntimeError, match="closed"):
                refused()


def test_an_error_in_a_callback_goes_to_the_handler_and_the_loop_goes_on(loop: AppLoop) -> None:
    contexts: list[dict[str, Any]] = []
    seen: list[str] = []
    loop.set_exception_handler(lambda _, context: contexts.append(context))
    loop.call_soon(lambda: 1 / 0)
    loop.call_later(0.001, lambda: [][1])
    loop.call_soon(seen.append, "after")
    loop.call_later(0.01, loop.stop)
    loop.run_forever()
    assert [type(context["exception"]) for context in contexts] == [ZeroDivisionError, IndexError]
    assert seen == ["after"]
    assert loop.get_exception_handler() is not None


def test_without_a_handler_an_error_is_logged(loop: AppLoop, caplog: pytest.LogCaptureFixture) -> None:
    loop.call_soon(lambda: 1 / 0)
    loop.run_until_complete(answer())
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt])
@pytest.mark.parametrize("where", ["callback", "timer", "task"])
def test_what_must_end_the_program_leaves_the_loop(loop: AppLoop, kind: type[BaseException], where: str) -> None:
    seen: list[str] = []

    def fail() -> None:
        raise kind("a reason")

    async def fail_in_a_task() -> None:
        fail()

    if where == "task":
        with pytest.raises(kind, match="a reason"):
            loop.run_until_complete(fail_in_a_task())
    else:
        if where == "timer":
            loop.call_later(0.001, fail)
        else:
            loop.call_soon(fail)
        with pytest.raises(kind, match="a reason"):
            loop.run_forever()
    loop.call_soon(seen.append, "again")
    assert loop.run_until_complete(answer()) == 42
    assert seen == ["again"]


def test_a_runner_runs_and_cleans_up() -> None:
    closed: list[str] = []
    kept: list[object] = []  # what is still alive when the runner closes

    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
            yield 2
        finally:
            closed.append("generator")

    async def background() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            closed.append("task")

    async def main() -> int:
        task = asyncio.create_task(background())
        iterator = numbers()
        first = await anext(iterator)
        await asyncio.to_thread(closed.append, "thread")
        kept.extend((task, iterator))
        return first

    with asyncio.Runner(loop_factory=lambda: AppLoop(application())) as runner:
        assert runner.run(main()) == 1
        loop = runner.get_loop()
    assert closed == ["thread", "task", "generator"]
    assert loop.is_closed()


def test_a_forgotten_generator_is_closed_by_the_loop(loop: AppLoop) -> None:
    closed: list[str] = []

    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            await asyncio.sleep(0)
            closed.append("generator")

    async def main() -> None:
        async for _ in numbers():
            break
        gc.collect()
        await asyncio.sleep(0.01)

    loop.run_until_complete(main())
    assert closed == ["generator"]


def test_a_loop_that_is_not_closed_warns() -> None:
    loop = AppLoop(application())
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        loop.__del__()
    assert [str(warning.message) for warning in caught if "unclosed event loop" in str(warning.message)]
    assert loop.is_closed()


def test_the_tools_of_asyncio_work_together(loop: AppLoop) -> None:
    async def double(number: int) -> int:
        await asyncio.sleep(0.001 * (number % 3))
        return 2 * number

    async def main() -> None:
        assert await asyncio.gather(*(double(number) for number in range(50))) == [2 * n for n in range(50)]
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.sleep(60), 0.01)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await asyncio.Event().wait()
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(double(number)) for number in range(5)]
        assert [task.result() for task in tasks] == [0, 2, 4, 6, 8]
        with pytest.raises(ExceptionGroup):
            await fail_as_a_group()
        queue: asyncio.Queue[int] = asyncio.Queue(1)
        feeding = asyncio.create_task(feed(queue))
        assert [await queue.get() for _ in range(100)] == list(range(100))
        await feeding

    async def fail_as_a_group() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.sleep(60))
            group.create_task(asyncio.wait_for(asyncio.sleep(60), 0.001))

    async def feed(queue: asyncio.Queue[int]) -> None:
        for number in range(100):
            await queue.put(number)

    loop.run_until_complete(main())


def test_a_cancelled_task_leaves_no_timer_that_counts(loop: AppLoop) -> None:
    async def main() -> None:
        for _ in range(1000):
            async with asyncio.timeout(3600):
                await asyncio.sleep(0)

    loop.run_until_complete(main())
    assert len(loop._timers) <= 101
