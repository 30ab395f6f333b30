"""AppLoop serves sockets at asyncio's contract, beside Qt and inside Qt's own nested loops."""

from __future__ import annotations

import asyncio
import io
import os
import socket
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from aiohttp import web
from PySide6.QtCore import QEventLoop, QTimer

from inspector.ui.loop import AppLoop
from tests.ui.loop_helpers import SELECTORS, an_app_loop, run_until

unix = pytest.mark.skipif(sys.platform == "win32", reason="add_reader is for Unix loops")


@pytest.fixture(params=SELECTORS, ids=lambda selector: selector.__name__)
def loop(request: pytest.FixtureRequest) -> Iterator[AppLoop]:
    with an_app_loop(request.param) as loop:
        yield loop


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    with ours, theirs:
        yield ours, theirs


@asynccontextmanager
async def an_echo_server() -> AsyncIterator[str]:
    """Serve POST requests with their own body; yield the URL."""

    async def echo(request: web.Request) -> web.Response:
        return web.Response(body=await request.read())

    app = web.Application(client_max_size=8 * 2**20)
    app.router.add_post("/", echo)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


def test_requests_are_served_on_a_kept_connection(loop: AppLoop) -> None:
    async def main() -> None:
        connector = aiohttp.TCPConnector(limit=1)
        async with an_echo_server() as url, aiohttp.ClientSession(connector=connector) as session:
            for number in range(200):
                async with session.post(url, data=str(number)) as response:
                    assert await response.text() == str(number)

    loop.run_until_complete(main())


def test_two_hundred_new_connections_are_served(loop: AppLoop) -> None:
    async def main() -> list[str]:
        connector = aiohttp.TCPConnector(force_close=True, limit=20)
        async with an_echo_server() as url, aiohttp.ClientSession(connector=connector) as session:

            async def ask(number: int) -> str:
                async with session.post(url, data=str(number)) as response:
                    return await response.text()

            return await asyncio.gather(*(ask(number) for number in range(200)))

    assert loop.run_until_complete(main()) == [str(number) for number in range(200)]


def test_a_body_larger_than_all_buffers_passes_both_ways(loop: AppLoop) -> None:
    body = os.urandom(4 * 2**20)

    async def main() -> bytes:
        async with (
            an_echo_server() as url,
            aiohttp.ClientSession() as session,
            session.post(url, data=io.BytesIO(body)) as response,
        ):
            return await response.read()

    assert loop.run_until_complete(main()) == body


def test_no_watched_socket_stays_behind(loop: AppLoop) -> None:
    async def main() -> None:
        async with an_echo_server() as url, aiohttp.ClientSession() as session, session.post(url, data="x") as response:
            await response.read()

    loop.run_until_complete(main())
    loop.run_until_complete(asyncio.sleep(0.01))
    if sys.platform != "win32":
        assert len(loop._selector.get_map()) == 1  # asyncio's self-pipe


def test_sockets_can_be_used_without_a_transport(loop: AppLoop, pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair

    async def main() -> bytes:
        receiving = asyncio.create_task(loop.sock_recv(ours, 100))
        await asyncio.sleep(0.01)
        await loop.sock_sendall(theirs, b"hello")
        return await receiving

    assert loop.run_until_complete(main()) == b"hello"


@unix
def test_a_reader_is_called_until_it_is_removed(loop: AppLoop, pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    seen: list[bytes] = []

    def read() -> None:
        seen.append(ours.recv(1))
        if len(seen) == 3:
            assert loop.remove_reader(ours)
            loop.call_later(0.02, loop.stop)

    loop.add_reader(ours, read)
    theirs.send(b"abcd")
    loop.run_forever()
    assert seen == [b"a", b"b", b"c"]
    assert not loop.remove_reader(ours)


@unix
def test_a_reader_is_called_once_for_what_it_reads(loop: AppLoop, pair: tuple[socket.socket, socket.socket]) -> None:
    """A slow iteration must not let a socket be reported twice: the second read would find nothing."""
    ours, theirs = pair
    seen: list[bytes] = []

    def dawdle() -> None:
        end = loop.time() + 0.006
        while loop.time() < end:
            pass

    def read() -> None:
        seen.append(ours.recv(100))
        for _ in range(3):
            loop.call_soon(dawdle)
        loop.call_soon(theirs.send, b"x") if len(seen) < 5 else loop.call_later(0.02, loop.stop)

    loop.add_reader(ours, read)
    theirs.send(b"x")
    for _ in range(5):
        loop.call_soon(dawdle)
    loop.run_forever()
    assert seen == [b"x"] * 5


@unix
def test_a_socket_that_gets_ready_in_a_slow_iteration_is_not_forgotten(
    loop: AppLoop, pair: tuple[socket.socket, socket.socket]
) -> None:
    """Its notifier is muted while the loop is behind and must be heard again before the loop sleeps."""
    ours, theirs = pair
    seen: list[str] = []

    def dawdle() -> None:
        end = loop.time() + 0.006
        while loop.time() < end:
            pass

    def read() -> None:
        seen.append("read")
        loop.remove_reader(ours)
        loop.stop()

    def give_up() -> None:
        seen.append("gave up")
        loop.stop()

    loop.add_reader(ours, read)
    loop.call_soon(theirs.send, b"x")
    for _ in range(4):
        loop.call_soon(dawdle)
    limit = QTimer(singleShot=True, interval=5000)
    limit.timeout.connect(give_up)
    limit.start()
    loop.run_forever()
    limit.stop()
    assert seen == ["read"]


@unix
def test_reader_and_writer_of_one_socket_are_independent(
    loop: AppLoop, pair: tuple[socket.socket, socket.socket]
) -> None:
    ours, theirs = pair
    seen: list[str] = []

    def write() -> None:
        seen.append("write")
        loop.remove_writer(ours)
        theirs.send(b"x")

    def read() -> None:
        ours.recv(1)
        seen.append("read")
        if seen.count("read") == 1:
            loop.add_writer(ours, write)
        else:
            loop.stop()

    loop.add_reader(ours, read)
    loop.add_writer(ours, write)
    loop.run_forever()
    assert seen == ["write", "read", "write", "read"]


@unix
def test_an_ever_ready_socket_does_not_starve_qt(loop: AppLoop, pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    beats = 0

    def beat() -> None:
        nonlocal beats
        beats += 1
        if beats == 5:
            loop.stop()

    theirs.send(b"never read")
    loop.add_reader(ours, lambda: None)
    timer = QTimer(interval=1)
    timer.timeout.connect(beat)
    timer.start()
    loop.run_forever()
    timer.stop()
    assert beats == 5


def test_a_qt_loop_nested_in_a_slot_keeps_serving(loop: AppLoop) -> None:
    served: list[str] = []
    finished = asyncio.Event()

    async def main() -> None:
        async with an_echo_server() as url, aiohttp.ClientSession() as session:

            def slot() -> None:
                dialog = QEventLoop()
                task = loop.create_task(ask(url, session))
                task.add_done_callback(lambda _: dialog.quit())
                dialog.exec()
                finished.set()

            QTimer.singleShot(0, slot)
            async with asyncio.timeout(20):
                await finished.wait()

    async def ask(url: str, session: aiohttp.ClientSession) -> None:
        for number in range(20):
            async with session.post(url, data=str(number)) as response:
                served.append(await response.text())
            await asyncio.sleep(0.001)

    loop.run_until_complete(main())
    assert served == [str(number) for number in range(20)]


@unix
def test_a_qt_loop_nested_in_a_coroutine_delays_the_rest_and_loses_nothing(
    loop: AppLoop, pair: tuple[socket.socket, socket.socket]
) -> None:
    ours, theirs = pair
    seen: list[str] = []

    def read() -> None:
        seen.append(ours.recv(100).decode())

    async def main() -> None:
        loop.add_reader(ours, read)
        loop.call_later(0.01, seen.append, "timer")
        woken = asyncio.Event()
        QTimer.singleShot(0, woken.set)
        await woken.wait()  # by Qt: so the alarm is set already, and rings while the dialog is open
        loop.call_soon_threadsafe(seen.append, "soon")
        theirs.send(b"data")
        dialog = QEventLoop()
        QTimer.singleShot(30, dialog.quit)
        dialog.exec()
        seen.append("dialog closed")

    loop.run_until_complete(main())
    run_until(loop, lambda: len(seen) == 4)
    assert seen[:2] == ["dialog closed", "soon"]
    assert sorted(seen[2:]) == ["data", "timer"]


def test_a_stop_ends_a_nested_qt_loop_too(loop: AppLoop) -> None:
    seen: list[str] = []

    def slot() -> None:
        loop.call_later(0.01, loop.stop)
        QEventLoop().exec()
        seen.append("dialog closed")

    QTimer.singleShot(0, slot)
    loop.run_forever()
    assert seen == ["dialog closed"]


def test_the_helper_notices_what_never_happens(loop: AppLoop) -> None:
    with pytest.raises(TimeoutError):
        run_until(loop, lambda: False, timeout_s=0.01)
