"""What is stored is what was sent, byte for byte."""

from __future__ import annotations

import gzip
import threading
from typing import Any

import pytest

from inspector.domain.event import Draft, Refusal
from inspector.domain.verification import Verdict
from inspector.receiver.intake import draft_of
from tests.builders import DELIVERED
from tests.integration.receiver.conftest import SECRET, Station
from tests.integration.receiver.wire import Wire, exchange, http, signature

pytestmark = pytest.mark.asyncio

ALL_BYTES = bytes(range(256))


async def test_a_signed_event_is_stored_valid_and_answered_200(station: Station) -> None:
    reply = await station.post(DELIVERED, headers=[("Content-Type", "application/json")])
    event = await station.only_event()
    assert (reply.status, reply.body) == (200, b"OK")
    assert event.verification is not None
    assert event.verification.verdict is Verdict.VALID
    assert event.request.body == DELIVERED
    assert event.summary.label == "message.delivered"
    assert event.summary.message_id == "msg_7f3a"
    assert event.summary.peer == "127.0.0.1"
    assert event.summary.endpoint_id == station.endpoint.id


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
async def test_any_method_is_received(station: Station, method: str) -> None:
    body = b"" if method in ("GET", "HEAD", "TRACE") else b"{}"
    reply = await exchange(
        station.port, http(station.endpoint.path, body, method=method, headers=[signature(SECRET, body)]), method=method
    )
    event = await station.only_event()
    assert reply.status == 200
    assert (event.request.method, event.request.body) == (method, body)


async def test_a_head_request_is_answered_without_a_body_but_with_its_length(station: Station) -> None:
    wire = await Wire.to(station.port)
    await wire.send(http(station.endpoint.path, method="HEAD"))
    reply = await wire.reply("HEAD")
    await wire.send(http(station.endpoint.path, method="GET"))
    following = await wire.reply("GET")
    await wire.close()
    assert reply.header("Content-Length") == str(len(following.body))
    assert following.status == reply.status


@pytest.mark.parametrize(
    "rest",
    ["/", "/sub/path", "/a%2Fb/%E2%82%AC?x=%2F&x=1&&y", "?", "?a=1?b=2", "/..;/x", "/%zz", "//double"],
)
async def test_sub_path_and_query_are_kept_undecoded(station: Station, rest: str) -> None:
    await station.post(b"{}", path=rest)
    assert (await station.only_event()).request.target == station.endpoint.path + rest


async def test_a_target_with_bytes_beyond_ascii_is_kept(station: Station) -> None:
    path = station.endpoint.path.encode() + b"/caf\xc3\xa9"
    await station.send(b"POST " + path + b" HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n")
    assert (await station.only_event()).request.target.encode("utf-8", "surrogateescape") == path


async def test_an_absolute_target_reaches_its_endpoint_and_is_kept_as_sent(station: Station) -> None:
    target = f"http://hooks.example.com{station.endpoint.path}/x?y=1"
    reply = await station.send(http(target, b"{}", headers=[signature(SECRET, b"{}")]))
    event = await station.only_event()
    assert reply.status == 200
    assert event.request.target == target


async def test_header_lines_keep_order_case_and_repeats(station: Station) -> None:
    lines = (
        b"hOsT: 127.0.0.1\r\nX-B: 2\r\nx-a: 1\r\nX-B: 1\r\nX-Empty:\r\nX-Blanks:   inner  blanks  \r\n"
        b"X-Latin: caf\xe9\r\nX-Utf8: caf\xc3\xa9\r\nContent-LENGTH: 2\r\n"
    )
    await station.send(b"POST " + station.endpoint.path.encode() + b" HTTP/1.1\r\n" + lines + b"\r\n{}")
    assert (await station.only_event()).request.headers == (
        (b"hOsT", b"127.0.0.1"),
        (b"X-B", b"2"),
        (b"x-a", b"1"),
        (b"X-B", b"1"),
        (b"X-Empty", b""),
        (b"X-Blanks", b"inner  blanks"),
        (b"X-Latin", b"caf\xe9"),
        (b"X-Utf8", b"caf\xc3\xa9"),
        (b"Content-LENGTH", b"2"),
    )


async def test_a_header_of_60_kib_is_kept(station: Station) -> None:
    value = "v" * (60 * 1024)
    await station.post(b"{}", headers=[("X-Long", value)])
    assert (await station.only_event()).request.header("X-Long") == value


@pytest.mark.parametrize("body", [b"", ALL_BYTES, b"\r\n\r\n", b"x" * 1_500_000], ids=["empty", "all", "breaks", "big"])
async def test_bodies_of_any_bytes_are_kept(station: Station, body: bytes) -> None:
    reply = await station.post(body)
    event = await station.only_event()
    assert reply.status == 200
    assert event.request.body == body
    assert event.summary.size == len(body)


async def test_a_compressed_body_is_kept_compressed_and_its_signature_holds(station: Station) -> None:
    body = gzip.compress(DELIVERED)
    reply = await station.post(body, headers=[("Content-Encoding", "gzip")])
    event = await station.only_event()
    assert reply.status == 200
    assert event.request.body == body
    assert event.summary.message_id == "msg_7f3a"


async def test_a_chunked_body_is_kept_without_its_framing(station: Station) -> None:
    headers = [("Transfer-Encoding", "chunked"), signature(SECRET, b'{"a": 1}')]
    head = http(station.endpoint.path, headers=headers, length=False)
    reply = await station.send(head + b'3\r\n{"a\r\n1;ext=1\r\n"\r\n4\r\n: 1}\r\n0\r\nX-Trailer: 1\r\n\r\n')
    event = await station.only_event()
    assert reply.status == 200
    assert event.request.body == b'{"a": 1}'


async def test_requests_behind_each_other_on_one_connection_are_all_received(station: Station) -> None:
    bodies = [b'{"n": %d}' % number for number in range(50)]
    wire = await Wire.to(station.port)
    await wire.send(b"".join(http(station.endpoint.path, body, headers=[signature(SECRET, body)]) for body in bodies))
    statuses = [(await wire.reply()).status for _ in bodies]
    await wire.close()
    assert statuses == [200] * 50
    assert [event.request.body for event in await station.events()] == bodies


async def test_an_old_client_gets_its_answer_and_the_connection_ends(station: Station) -> None:
    wire = await Wire.to(station.port)
    await wire.send(b"POST " + station.endpoint.path.encode() + b" HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}")
    reply = await wire.reply()
    assert await wire.ended()
    await wire.close()
    assert reply.status == 401
    assert (await station.only_event()).request.http_version == "1.0"


async def test_a_client_that_waits_for_100_continue_is_told_to_go_on(station: Station) -> None:
    wire = await Wire.to(station.port)
    await wire.begin(station.endpoint.path, ("Content-Length", "2"), signature(SECRET, b"{}"))
    await wire.send(b"{}")
    reply = await wire.reply()
    await wire.close()
    assert reply.status == 200
    assert (await station.only_event()).request.body == b"{}"


async def test_a_client_that_closes_its_sending_side_still_gets_the_answer(station: Station) -> None:
    wire = await Wire.to(station.port)
    await wire.send(http(station.endpoint.path, b"{}", headers=[signature(SECRET, b"{}")]))
    wire.writer.write_eof()
    reply = await wire.reply()
    await wire.close()
    assert reply.status == 200


async def test_a_large_body_is_examined_beside_the_loop(station: Station, monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    def watched(*arguments: Any) -> Draft:
        threads.append(threading.current_thread())
        return draft_of(*arguments)

    monkeypatch.setattr("inspector.receiver.intake.draft_of", watched)
    await station.post(b"x" * 1000)
    await station.post(b"x" * 2_000_000)
    assert threads[0] is threading.main_thread()
    assert threads[1] is not threading.main_thread()


async def test_a_part_of_ours_that_fails_costs_the_answer_but_not_the_event(
    station: Station, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr("inspector.receiver.intake.verify", broken)
    reply = await station.post(DELIVERED)
    event = await station.only_event()
    assert reply.status == 500
    assert event.request.body == DELIVERED
    assert "could not be examined" in caplog.text


async def test_a_path_with_slashes_can_be_an_endpoint(station: Station) -> None:
    await station.change(token="shop/orders")
    statuses = [
        (await station.send(http(path, b"{}", headers=[signature(SECRET, b"{}")]))).status
        for path in ("/in/shop/orders", "/in/shop/orders/extra?x", "/in/shop", "/in/shop/order")
    ]
    assert statuses == [200, 200, 404, 404]


async def test_an_event_the_endpoint_deleted_meanwhile_is_listed_as_unknown(station: Station) -> None:
    wire = await Wire.to(station.port)
    await wire.begin(station.endpoint.path, ("Content-Length", "2"))
    await wire.send(b"{")
    await station.directory.delete(station.endpoint.id)
    await wire.send(b"}")
    reply = await wire.reply()
    await wire.close()
    assert reply.status == 404
    assert (await station.only_event()).summary.refusal is Refusal.UNKNOWN_ENDPOINT
