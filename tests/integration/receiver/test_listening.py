"""Where the receiver listens, what it says about it, and how it stops."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Iterator

import pytest

from inspector.domain.answer import Answer, AnswerRule
from inspector.domain.errors import ListenError
from inspector.domain.event import Repeat
from inspector.receiver.ports import listen_error, next_free_port, who_listens
from inspector.receiver.state import PauseMode, ReceiverState, Status
from tests.builders import DELIVERED
from tests.integration.receiver.conftest import SECRET, Station
from tests.integration.receiver.wire import Wire, exchange, http, signature
from tests.waiting import until

pytestmark = pytest.mark.asyncio


@pytest.fixture
def taken() -> Iterator[int]:
    """Return a port that another socket listens on."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


async def test_a_taken_port_gives_way_to_the_next_free_one(station: Station, taken: int) -> None:
    await station.receiver.start("127.0.0.1", taken, fallback=True)
    assert taken < station.port <= taken + 20
    assert (await station.post(DELIVERED)).status == 200


async def test_a_taken_port_without_a_way_out_is_an_error_that_names_the_owner(station: Station, taken: int) -> None:
    with pytest.raises(ListenError) as caught:
        await station.receiver.start("127.0.0.1", taken, fallback=False)
    error = caught.value
    assert error.what == f"Port {taken} is taken"
    assert (error.taken, error.port) == (True, taken)
    assert f"PID {os.getpid()}" in error.why
    assert station.receiver.state.status is Status.FAILED
    assert station.receiver.state.error is error


async def test_after_a_failure_the_receiver_can_be_started_elsewhere(station: Station, taken: int) -> None:
    with pytest.raises(ListenError):
        await station.receiver.start("127.0.0.1", taken, fallback=False)
    free = next_free_port("127.0.0.1", taken)
    assert free is not None
    await station.receiver.start("127.0.0.1", free, fallback=False)
    assert station.receiver.state.error is None
    assert (await station.post(DELIVERED)).status == 200


@pytest.mark.parametrize("port", [-1, 65536, 100_000])
async def test_a_number_that_is_no_port_is_an_error(station: Station, port: int) -> None:
    with pytest.raises(ListenError, match="is not a port"):
        await station.receiver.start("127.0.0.1", port)


async def test_an_address_of_another_computer_is_an_error(station: Station) -> None:
    with pytest.raises(ListenError, match=r"Cannot listen on 192\.0\.2\.1"):
        await station.receiver.start("192.0.2.1", 0)


async def test_who_listens_names_the_process(taken: int) -> None:
    owner = who_listens(taken)
    assert owner is not None
    assert owner.endswith(f"PID {os.getpid()}")


async def test_localhost_listens_on_both_loopback_addresses(station: Station) -> None:
    await station.receiver.start("localhost", 0)
    request = http(station.endpoint.path, DELIVERED, headers=[signature(SECRET, DELIVERED)])
    hosts = ["127.0.0.1", *(["::1"] if socket.has_ipv6 else [])]
    assert [(await exchange(station.port, request, host=host)).status for host in hosts] == [200] * len(hosts)
    assert station.receiver.state.url == f"http://localhost:{station.port}"


async def test_the_default_address_is_loopback_only(station: Station) -> None:
    with pytest.raises(OSError, match=r"refused|Connect call failed|unreachable"):
        await Wire.to(station.port, "::1")


async def test_the_address_of_an_endpoint_is_where_it_receives(station: Station) -> None:
    assert station.receiver.address_of(station.endpoint) == f"http://127.0.0.1:{station.port}{station.endpoint.path}"


async def test_every_change_of_state_is_told(station: Station) -> None:
    told: list[ReceiverState] = []
    station.receiver.changed.subscribe(told.append)
    await station.receiver.pause()
    await station.receiver.resume()
    await station.receiver.restart()
    await station.receiver.stop()
    assert [state.status for state in told] == [
        Status.PAUSED,
        Status.RECEIVING,
        Status.STOPPED,
        Status.STARTING,
        Status.RECEIVING,
        Status.STOPPED,
    ]


async def test_turned_away_requests_are_told_soon(station: Station) -> None:
    told: list[int] = []
    await station.receiver.pause()
    station.receiver.changed.subscribe(lambda state: told.append(state.turned_away))
    for _ in range(3):
        await station.post(DELIVERED)
    await until(lambda: told[-1:] == [3])


async def test_a_restart_takes_the_same_port_at_once(station: Station) -> None:
    port = station.port
    for _ in range(3):
        wire = await Wire.to(port)
        await wire.send(http(station.endpoint.path, DELIVERED, headers=[("Connection", "close")]))
        await wire.reply()
        assert await wire.ended()  # closed by us: the port's old connection lingers in TIME_WAIT
        await wire.close()
        await station.receiver.restart()
        assert station.port == port
    assert (await station.post(DELIVERED)).status == 200


async def test_a_pause_can_close_the_port_and_take_it_again(station: Station) -> None:
    port = station.port
    await station.receiver.pause(PauseMode.CLOSED)
    with pytest.raises(ConnectionRefusedError):
        await Wire.to(port)
    await station.receiver.resume()
    assert station.port == port
    assert (await station.post(DELIVERED)).status == 200


async def test_a_pause_can_discard_with_200(station: Station) -> None:
    await station.receiver.pause(PauseMode.DISCARD)
    assert (await station.post(DELIVERED)).status == 200
    assert await station.events() == []


async def test_a_stop_lets_a_request_in_flight_finish(station: Station) -> None:
    await station.change(answers=AnswerRule(accepted=Answer(delay_ms=500)))
    stored = asyncio.Event()
    station.store.added.subscribe(lambda _: stored.set())
    answer = asyncio.create_task(station.post(DELIVERED))
    await stored.wait()
    await station.receiver.stop()
    assert (await answer).status == 200


async def test_a_stop_does_not_wait_for_a_long_delay_and_notes_that_nothing_was_sent(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspector.receiver.server.FINISH_S", 0.1)
    await station.change(answers=AnswerRule(accepted=Answer(delay_ms=60_000)))
    stored = asyncio.Event()
    station.store.added.subscribe(lambda _: stored.set())
    wire = await Wire.to(station.port)
    await wire.send(http(station.endpoint.path, DELIVERED, headers=[signature(SECRET, DELIVERED)]))
    await stored.wait()
    await station.receiver.stop()
    assert await wire.ended()
    await wire.close()
    await station.change(answers=AnswerRule())
    await station.receiver.start("127.0.0.1", 0)
    await station.post(DELIVERED)
    _, second = await station.events()
    assert second.summary.repeat is Repeat.RETRY


async def test_changes_asked_for_at_once_follow_one_another(station: Station) -> None:
    receiver = station.receiver
    await asyncio.gather(
        receiver.restart(), receiver.pause(), receiver.restart(), receiver.resume(), receiver.restart()
    )
    assert receiver.state.status is Status.RECEIVING
    assert (await station.post(DELIVERED)).status == 200


async def test_a_stop_closes_idle_connections_and_can_be_done_twice(station: Station) -> None:
    wire = await Wire.to(station.port)
    await wire.send(http(station.endpoint.path, DELIVERED, headers=[signature(SECRET, DELIVERED)]))
    await wire.reply()
    await station.receiver.stop()
    await station.receiver.stop()
    assert await wire.ended()
    await wire.close()
    assert station.receiver.state.url == ""


async def test_a_port_below_1024_needs_rights_and_says_so() -> None:
    error = listen_error("127.0.0.1", 443, PermissionError(errno.EACCES, "Permission denied"))
    assert error.what == "Port 443 needs administrator rights"
    assert error.todo == "Choose a port from 1024 up, or use a tunnel."
    assert not error.taken
