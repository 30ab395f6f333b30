"""The direct way of ordinary requests: the same answers and the same evidence as by the handler, in the same order."""

from __future__ import annotations

import asyncio
import socket
import struct

import pytest

from inspector.domain.query import Query
from inspector.receiver.direct import Direct
from inspector.receiver.state import PauseMode
from tests.builders import DELIVERED
from tests.integration.receiver.conftest import SECRET, Station
from tests.integration.receiver.wire import Wire, http, signature
from tests.waiting import until

pytestmark = pytest.mark.asyncio

GENUINE = signature(SECRET, DELIVERED)


@pytest.fixture(autouse=True)
def taken(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Watch which requests are taken directly."""
    seen: list[bool] = []
    take = Direct.take

    def watched(self: Direct, *arguments: object) -> bool:
        seen.append(take(self, *arguments))  # type: ignore[arg-type]
        return seen[-1]

    monkeypatch.setattr(Direct, "take", watched)
    return seen


async def test_an_ordinary_request_is_taken_directly_and_answered_as_the_handler_would(
    station: Station, taken: list[bool]
) -> None:
    direct = await station.send(http(station.endpoint.path, DELIVERED, headers=[GENUINE]))
    slow = await station.send(
        http(station.endpoint.path, DELIVERED, headers=[GENUINE, ("Expect", "100-continue")], method="POST")
    )
    assert taken == [True, False]
    assert (direct.status, direct.headers, direct.body) == (slow.status, slow.headers, slow.body)
    first, second = station.store.page((await station.store.ids(Query())).tolist())
    assert (first.label, first.verdict, first.size) == (second.label, second.verdict, second.size)


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param((("Connection", "close"),), id="a closing connection"),
        pytest.param((("Expect", "100-continue"),), id="a client that waits"),
        pytest.param((("Upgrade", "websocket"), ("Connection", "upgrade")), id="an upgrade"),
    ],
)
async def test_what_is_not_ordinary_is_left_to_the_handler(
    station: Station, taken: list[bool], odd: tuple[tuple[str, str], ...]
) -> None:
    assert (await station.send(http(station.endpoint.path, DELIVERED, headers=[GENUINE, *odd]))).status == 200
    assert True not in taken


async def test_a_body_that_comes_in_two_parts_is_left_to_the_handler(station: Station, taken: list[bool]) -> None:
    wire = await Wire.to(station.port)
    request = http(station.endpoint.path, DELIVERED, headers=[GENUINE])
    await wire.send(request[:-5])
    await asyncio.sleep(0.02)
    await wire.send(request[-5:])
    assert (await wire.reply()).status == 200
    await wire.close()
    assert True not in taken


async def test_many_requests_on_one_connection_are_answered_in_order(station: Station, taken: list[bool]) -> None:
    bodies = [b'{"event":"message.delivered","message_id":"m%d"}' % number for number in range(20)]
    wire = await Wire.to(station.port)
    for body in bodies:
        await wire.send(http(station.endpoint.path, body, headers=[signature(SECRET, body)]))
        assert (await wire.reply()).status == 200
    await wire.close()
    assert taken == [True] * 20
    ids = (await station.store.ids(Query())).tolist()
    assert [station.store.body(event_id) for event_id in ids] == bodies


async def test_requests_that_come_while_one_is_being_stored_wait_for_their_turn(station: Station) -> None:
    paths = [station.endpoint.path, "/in/nobody", station.endpoint.path, "/in/nobody", station.endpoint.path]
    wire = await Wire.to(station.port)
    for path in paths:
        await wire.send(http(path, DELIVERED, headers=[GENUINE]))
    replies = [(await wire.reply()).status for _ in paths]
    await wire.close()
    assert replies == [200, 404, 200, 404, 200]


async def test_a_client_that_has_sent_all_and_closed_its_side_gets_its_answer(station: Station) -> None:
    wire = await Wire.to(station.port)
    wire.writer.write(http(station.endpoint.path, DELIVERED, headers=[GENUINE]))
    wire.writer.write_eof()
    assert (await wire.reply()).status == 200
    assert await wire.ended()
    await wire.close()
    await until(lambda: answer_us(station) is not None)


async def test_a_client_that_is_gone_makes_a_repeat_a_retry(station: Station) -> None:
    connection = socket.create_connection(("127.0.0.1", station.port))
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.sendall(http(station.endpoint.path, DELIVERED, headers=[GENUINE]))
    connection.close()  # with a reset
    await until(lambda: station.store.summary(1) is not None)  # type: ignore[arg-type]
    await asyncio.sleep(0.3)
    await station.post(DELIVERED)
    again = station.store.summary(2)  # type: ignore[arg-type]
    assert again is not None
    assert again.repeat is not None


async def test_a_pause_ends_the_direct_way_at_once(station: Station, taken: list[bool]) -> None:
    wire = await Wire.to(station.port)
    await wire.send(http(station.endpoint.path, DELIVERED, headers=[GENUINE]))
    assert (await wire.reply()).status == 200
    await station.receiver.pause(PauseMode.REFUSE)
    await wire.send(http(station.endpoint.path, DELIVERED, headers=[GENUINE]))
    assert (await wire.reply()).status == 503
    await wire.close()
    assert taken == [True, False]


async def test_what_is_malformed_after_an_ordinary_request_is_refused(station: Station) -> None:
    wire = await Wire.to(station.port)
    await wire.send(http(station.endpoint.path, DELIVERED, headers=[GENUINE]))
    assert (await wire.reply()).status == 200
    await wire.send(b"BR OKEN\r\n\r\n")
    assert (await wire.reply()).status == 400
    await wire.close()


def answer_us(station: Station) -> int | None:
    """Return how long the first event's answer took, where it is known."""
    row = station.store.summary(1)  # type: ignore[arg-type]
    return None if row is None else row.answer_us
