"""AppLoop works with other threads, its executor, child processes and signals, also while Qt sleeps."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Iterator

import pytest

from inspector.ui.loop import WORKERS, AppLoop
from tests.ui.loop_helpers import SELECTORS, an_app_loop, application, run_until

unix = pytest.mark.skipif(sys.platform == "win32", reason="signal handlers of a loop exist on Unix only")


@pytest.fixture(params=SELECTORS, ids=lambda selector: selector.__name__)
def loop(request: pytest.FixtureRequest) -> Iterator[AppLoop]:
    with an_app_loop(request.param) as loop:
        yield loop


def test_no_call_from_many_threads_is_lost_and_each_thread_keeps_its_order(loop: AppLoop) -> None:
    seen: list[tuple[int, int]] = []

    def call(thread: int) -> None:
        for number in range(1000):
            loop.call_soon_threadsafe(seen.append, (thread, number))

    threads = [threading.Thread(target=call, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    run_until(loop, lambda: len(seen) == 8000)
    for thread in threads:
        thread.join()
    for number in range(8):
        assert [n for owner, n in seen if owner == number] == list(range(1000))


def test_a_call_from_a_thread_wakes_a_sleeping_loop_every_time(loop: AppLoop) -> None:
    """Ping-pong: each side waits for the other, so one lost wake-up hangs the test."""
    rounds = 500
    ball = threading.Semaphore(0)
    seen: list[int] = []

    def play() -> None:
        for number in range(rounds):
            loop.call_soon_threadsafe(back, number)
            ball.acquire()

    def back(number: int) -> None:
        seen.append(number)
        ball.release()
        if number == rounds - 1:
            loop.stop()

    thread = threading.Thread(target=play)
    loop.call_soon(thread.start)
    loop.run_forever()
    thread.join()
    assert seen == list(range(rounds))


def test_a_call_that_comes_just_before_the_loop_sleeps_is_not_lost(
    loop: AppLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_alarm = loop._set_alarm

    def set_alarm_while_a_thread_calls() -> None:
        set_alarm()
        monkeypatch.setattr(loop, "_set_alarm", set_alarm)
        thread = threading.Thread(target=lambda: loop.call_soon_threadsafe(loop.stop))
        thread.start()
        thread.join()

    monkeypatch.setattr(loop, "_set_alarm", set_alarm_while_a_thread_calls)
    loop.run_forever()
    assert not loop.is_running()


def test_a_call_from_a_thread_gives_a_handle_that_can_be_cancelled(loop: AppLoop) -> None:
    seen: list[str] = []
    handle = loop.call_soon_threadsafe(seen.append, "cancelled")
    handle.cancel()
    loop.call_soon_threadsafe(seen.append, "kept")
    run_until(loop, lambda: bool(seen))
    assert isinstance(handle, asyncio.Handle)
    assert seen == ["kept"]


def test_a_call_from_a_thread_before_the_run_is_kept(loop: AppLoop) -> None:
    thread = threading.Thread(target=lambda: loop.call_soon_threadsafe(loop.stop))
    thread.start()
    thread.join()
    loop.run_forever()
    assert not loop.is_running()


def test_a_coroutine_can_be_started_from_a_thread(loop: AppLoop) -> None:
    async def add(a: int, b: int) -> int:
        await asyncio.sleep(0)
        return a + b

    def ask() -> int:
        return asyncio.run_coroutine_threadsafe(add(1, 2), loop).result(10)

    async def main() -> int:
        return await asyncio.to_thread(ask)

    assert loop.run_until_complete(main()) == 3


def test_the_executor_runs_beside_the_loop_with_a_few_threads(loop: AppLoop) -> None:
    meeting = threading.Barrier(WORKERS)

    def meet() -> str:
        meeting.wait(10)
        return threading.current_thread().name

    async def main() -> list[str]:
        return await asyncio.gather(*(loop.run_in_executor(None, meet) for _ in range(3 * WORKERS)))

    names = loop.run_until_complete(main())
    assert len(set(names)) == WORKERS
    assert threading.main_thread().name not in names


def test_an_error_in_the_executor_reaches_the_caller(loop: AppLoop) -> None:
    async def main() -> None:
        await loop.run_in_executor(None, int, "no number")

    with pytest.raises(ValueError, match="no number"):
        loop.run_until_complete(main())


def test_the_executor_refuses_work_after_its_shutdown(loop: AppLoop) -> None:
    async def main() -> None:
        assert await loop.run_in_executor(None, sum, (1, 2)) == 3
        await loop.shutdown_default_executor()
        with pytest.raises(RuntimeError, match="shutdown"):
            loop.run_in_executor(None, print)

    loop.run_until_complete(main())


def test_a_child_process_is_fed_read_and_awaited(loop: AppLoop) -> None:
    async def main() -> tuple[bytes, int | None]:
        code = "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.exit(3)"
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        output, _ = await process.communicate(b"hello")
        return output, process.returncode

    assert loop.run_until_complete(main()) == (b"HELLO", 3)


def test_a_child_process_can_be_killed(loop: AppLoop) -> None:
    async def main() -> int:
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(600)")
        process.kill()
        return await process.wait()

    assert loop.run_until_complete(main()) != 0


def strike(number: int) -> threading.Thread:
    """Make a thread that sends this process a signal after a moment, when the loop sleeps in Qt."""
    return threading.Timer(0.05, os.kill, (os.getpid(), number))


@unix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_handler_runs_while_the_loop_sleeps(loop: AppLoop, name: str) -> None:
    number = getattr(signal, name)
    seen: list[str] = []

    def handle() -> None:
        seen.append(name)
        loop.stop()

    loop.add_signal_handler(number, handle)
    thread = strike(number)
    thread.start()
    loop.run_forever()
    thread.join()
    assert seen == [name]
    assert loop.remove_signal_handler(number)
    assert not loop.remove_signal_handler(number)


@unix
def test_ctrl_c_cancels_the_runner_while_the_loop_sleeps() -> None:
    cancelled: list[str] = []

    async def main() -> None:
        thread.start()
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append("main")
            raise

    thread = strike(signal.SIGINT)
    runner = asyncio.Runner(loop_factory=lambda: AppLoop(application()))
    with runner, pytest.raises(KeyboardInterrupt):
        runner.run(main())
    thread.join()
    assert cancelled == ["main"]


@unix
def test_ctrl_c_still_arrives_after_the_last_handler_was_removed() -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, print)
        loop.remove_signal_handler(signal.SIGTERM)
        thread.start()
        await asyncio.sleep(60)

    thread = strike(signal.SIGINT)
    runner = asyncio.Runner(loop_factory=lambda: AppLoop(application()))
    with runner, pytest.raises(KeyboardInterrupt):
        runner.run(main())
    thread.join()


@unix
def test_a_finished_run_leaves_no_descriptor_for_signals(loop: AppLoop) -> None:
    loop.run_until_complete(asyncio.sleep(0))
    assert signal.set_wakeup_fd(-1) == -1
