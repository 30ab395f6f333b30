"""Requests that come close behind each other are told apart, also where one is broken or the client closes its side."""

from __future__ import annotations

import pytest

from inspector.domain.event import Refusal
from tests.builders import DELIVERED
from tests.integration.receiver.conftest import SECRET, Station
from tests.integration.receiver.wire import Wire, http, signature
from tests.waiting import until

pytestmark = pytest.mark.asyncio


def good(station: Station, body: bytes = DELIVERED, path: str = "") -> bytes:
    return http(station.endpoint.path + path, body, headers=[signature(SECRET, body)])


@pytest.mark.parametrize("body", [b"", DELIVERED, b"a\r\n\r\nb\r\n\r\n" * 50], ids=["none", "json", "breaks"])
async def test_good_requests_before_a_broken_one_in_the_same_bytes_are_kept(station: Station, body: bytes) -> None:
    wire = await Wire.to(station.port)
    await wire.send(good(station, body) + good(station, body) + b"POST /in/x HTTP/1.1\r\nno colon\r\n\r\n")
    statuses = [(await wire.reply()).status for _ in range(3)]
    assert await wire.ended()
    await wire.close()
    events = await station.events()
    assert statuses == [200, 200, 400]
    assert [event.request.body for event in events] == [body, body, b""]
    assert [event.summary.refusal for event in events] == [None, None, Refusal.MALFORMED]


async def test_all_requests_sent_before_the_client_closes_its_side_are_answered(station: Station) -> None:
    wire = await Wire.to(station.port)
    await wire.send(b"".join(good(station, b'{"n":%d}' % number) for number in range(5)))
    wire.writer.write_eof()
    statuses = [(await wire.reply()).status for _ in range(5)]
    assert await wire.ended()
    await wire.close()
    assert statuses == [200] * 5


async def test_a_request_cut_off_behind_a_good_one_is_counted_and_the_connection_ends(station: Station) -> None:
    wire = await Wire.to(station.port)
    await wire.send(good(station) + b"POST /in/x HTTP/1.1\r\nHost: ")
    wire.writer.write_eof()
    assert (await wire.reply()).status == 200
    assert await wire.ended()
    await wire.close()


async def test_a_head_that_is_broken_off_is_counted(station: Station) -> None:
    wire = await Wire.to(station.port)
    await wire.send(b"POST /in/x HTTP/1.1\r\nHost: ")
    await wire.close()
    await until(lambda: station.receiver.state.aborted == 1)


@pytest.mark.parametrize("announced", [10**12, 2**63 - 1, 2**63])
async def test_a_length_nobody_can_keep_is_turned_away_as_too_large(station: Station, announced: int) -> None:
    wire = await Wire.to(station.port)
    await wire.send(http(station.endpoint.path, headers=[("Content-Length", str(announced))], length=False))
    assert (await wire.reply()).status == 413
    await wire.close()
    assert (await station.only_event()).summary.size == min(announced, 2**63 - 1)
