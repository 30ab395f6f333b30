"""Slow senders and too many of them are let go, and the others do not notice."""

from __future__ import annotations

import asyncio

import pytest

from inspector.domain.event import Refusal
from inspector.receiver.limits import Limits
from tests.builders import DELIVERED
from tests.integration.receiver.conftest import Station
from tests.integration.receiver.wire import Wire, http
from tests.waiting import until

pytestmark = pytest.mark.asyncio


async def test_a_head_that_never_ends_gets_408_and_a_row(station: Station) -> None:
    station.receiver.limits = Limits(head_s=0.2)
    wire = await Wire.to(station.port)
    await wire.send(b"POST " + station.endpoint.path.encode() + b"?a=1 HTTP/1.1\r\nHost: h\r\nX-Slow: ")
    reply = await wire.reply()
    assert await wire.ended()
    await wire.close()
    event = await station.only_event()
    assert reply.status == 408
    assert event.summary.refusal is Refusal.TOO_SLOW
    assert event.summary.endpoint_id == station.endpoint.id
    assert event.request.headers == ((b"Host", b"h"),)
    assert event.reason == "The head of the request had not come to its end after 0.2 s."


async def test_a_head_that_comes_byte_by_byte_runs_into_the_same_limit(station: Station) -> None:
    station.receiver.limits = Limits(head_s=0.3)
    wire = await Wire.to(station.port)
    reading = asyncio.create_task(wire.reply())
    for byte in http(station.endpoint.path, headers=[("X-Long", "v" * 1000)]):
        if reading.done():
            break
        await wire.send(bytes([byte]))
        await asyncio.sleep(0.01)
    assert (await reading).status == 408
    await wire.close()


async def test_the_time_begins_anew_with_each_request_of_a_connection(station: Station) -> None:
    station.receiver.limits = Limits(head_s=1.5)
    wire = await Wire.to(station.port)
    for _ in range(3):  # together longer than the limit, each much shorter
        await asyncio.sleep(0.55)
        await wire.send(http("/in/nobody"))
        assert (await wire.reply()).status == 404
    await wire.close()


async def test_a_client_that_says_nothing_is_let_go_and_counted(station: Station) -> None:
    station.receiver.limits = Limits(head_s=0.2)
    wire = await Wire.to(station.port)
    assert await wire.ended()
    await wire.close()
    assert station.receiver.state.aborted == 1
    assert await station.events() == []


async def test_a_body_that_comes_byte_by_byte_runs_into_its_limit(station: Station) -> None:
    station.receiver.limits = Limits(body_s=0.3)
    wire = await Wire.to(station.port)
    await wire.begin(station.endpoint.path, ("Content-Length", "10000"))
    reading = asyncio.create_task(wire.reply())
    while not reading.done():
        await wire.send(b"x")
        await asyncio.sleep(0.01)
    assert (await reading).status == 408
    await wire.close()
    assert (await station.only_event()).summary.refusal is Refusal.TOO_SLOW


async def test_a_large_body_may_take_its_time(station: Station) -> None:
    station.receiver.limits = Limits(body_s=0.5)
    wire = await Wire.to(station.port)
    await wire.begin(station.endpoint.path, ("Content-Length", str(256 * 1024)))
    for _ in range(4):  # a second more for every 16 KiB: the limit is far away after each
        await wire.send(b"x" * 64 * 1024)
        await asyncio.sleep(0.2)
    assert (await wire.reply()).status == 401
    await wire.close()


async def test_one_connection_too_many_hears_503_and_leaves_a_row(station: Station) -> None:
    station.receiver.limits = Limits(connections=3)
    busy = [await Wire.to(station.port) for _ in range(3)]
    for wire in busy:
        await wire.begin(station.endpoint.path, ("Content-Length", "5"))
    late = await Wire.to(station.port)
    reply = await late.reply()
    assert reply.status == 503
    assert int(reply.header("Retry-After")) > 0
    assert await late.ended()
    await late.close()
    await until(lambda: station.store.summary(1) is not None)  # type: ignore[arg-type]
    event = await station.only_event()
    assert event.summary.refusal is Refusal.RATE_LIMITED
    assert event.summary.answer_status == 503
    assert event.reason == "All 3 connections were in use."
    for wire in busy:
        await wire.close()


async def test_a_connection_that_is_only_kept_open_gives_way(station: Station) -> None:
    station.receiver.limits = Limits(connections=2)
    kept = [await Wire.to(station.port) for _ in range(2)]
    for wire in kept:
        await wire.send(http("/in/nobody"))
        assert (await wire.reply()).status == 404
    assert (await station.post(DELIVERED)).status == 200
    assert await kept[0].ended()
    for wire in kept:
        await wire.close()


async def test_slow_senders_do_not_hold_up_the_others(station: Station) -> None:
    slow = [await Wire.to(station.port) for _ in range(50)]
    for number, wire in enumerate(slow):
        await wire.send(b"POST /in/x HTTP/1.1\r\nHost: h\r\n" if number % 2 else b"POST")
    for number in range(20):
        assert (await station.post(b'{"n":%d}' % number)).status == 200
    for wire in slow:
        await wire.close()
