"""What cannot become an event is turned away, and still leaves a row that says why."""

from __future__ import annotations

import contextlib
import random

import pytest

from inspector.domain.event import Refusal
from inspector.receiver import protocol
from inspector.receiver.limits import Limits
from tests.integration.receiver.conftest import MAX_BODY, SECRET, Station
from tests.integration.receiver.wire import Wire, http, signature
from tests.waiting import until

pytestmark = pytest.mark.asyncio


@pytest.mark.parametrize("path", ["/", "/in/", "/in/unknown", "/in", "/IN/x", "/in/../x", "*"])
async def test_an_unknown_address_gets_404_and_a_row_without_the_body(station: Station, path: str) -> None:
    reply = await station.send(http(path, b"secret things", method="OPTIONS" if path == "*" else "POST"))
    event = await station.only_event()
    assert reply.status == 404
    assert event.summary.refusal is Refusal.UNKNOWN_ENDPOINT
    assert event.summary.endpoint_id is None
    assert event.summary.verdict is None
    assert event.request.target == path
    assert event.request.body == b""
    assert event.summary.size == len(b"secret things")
    assert event.reason == f"No endpoint has the path {path}."


async def test_after_a_404_the_connection_goes_on(station: Station) -> None:
    wire = await Wire.to(station.port)
    await wire.send(http("/in/nobody", b"{}"))
    first = await wire.reply()
    await wire.send(http(station.endpoint.path, b"{}", headers=[signature(SECRET, b"{}")]))
    second = await wire.reply()
    await wire.close()
    assert (first.status, second.status) == (404, 200)


async def test_a_body_announced_too_large_gets_413_before_it_is_sent(station: Station) -> None:
    wire = await Wire.to(station.port)
    await wire.send(http(station.endpoint.path, headers=[("Content-Length", str(MAX_BODY + 1))], length=False))
    reply = await wire.reply()
    await wire.close()
    event = await station.only_event()
    assert reply.status == 413
    assert event.summary.refusal is Refusal.TOO_LARGE
    assert event.summary.endpoint_id == station.endpoint.id
    assert event.summary.size == MAX_BODY + 1
    assert event.request.body == b""


async def test_a_client_that_asks_first_hears_413_instead_of_100(station: Station) -> None:
    wire = await Wire.to(station.port)
    headers = [("Expect", "100-continue"), ("Content-Length", str(MAX_BODY + 1))]
    await wire.send(http(station.endpoint.path, headers=headers, length=False))
    reply = await wire.reply()
    await wire.close()
    assert reply.status == 413
    assert reply.header("Connection") == "close"


async def test_a_body_of_exactly_the_limit_is_kept(station: Station) -> None:
    reply = await station.post(b"x" * MAX_BODY)
    assert reply.status == 200
    assert (await station.only_event()).summary.size == MAX_BODY


async def test_a_chunked_body_that_grows_too_large_gets_413_while_it_is_sent(station: Station) -> None:
    wire = await Wire.to(station.port)
    await wire.send(http(station.endpoint.path, headers=[("Transfer-Encoding", "chunked")], length=False))
    chunk = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    for _ in range(MAX_BODY // 0x10000 + 1):
        await wire.send(chunk)
    reply = await wire.reply()
    await wire.close()
    event = await station.only_event()
    assert reply.status == 413
    assert event.summary.refusal is Refusal.TOO_LARGE
    assert event.summary.size > MAX_BODY


@pytest.mark.parametrize(
    ("data", "method", "words"),
    [
        (b"hello\r\n\r\n", "—", "does not begin with a method"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "—", "HTTPS"),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "PRI", "HTTP/2"),
        (b"POST /in/x HTTP/1.1\r\nHost: h\r\nbroken line\r\n\r\n", "POST", ""),
        (b"POST /in/x HTTP/1.1\r\nHost: h\r\nX: a\r\n folded\r\n\r\n", "POST", ""),
        (b"POST /in/x HTTP/1.1\r\n\r\n", "POST", "Host"),
        (b"POST /in/x HTTP/1.1\r\nHost: h\r\nContent-Length: many\r\n\r\n", "POST", ""),
        (b"POST /in/x HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", "POST", ""),
        (b"POST /in/x HTTP/1.1\r\nHost: h\r\nX-Long: " + b"v" * 70_000 + b"\r\n\r\n", "POST", "64 KiB"),
        (b"POST /in/" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: h\r\n\r\n", "POST", "64 KiB"),
        (b"POST /in/x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "POST", ""),
    ],
    ids=["words", "tls", "http2", "line", "folded", "host", "length", "lengths", "header", "target", "chunk"],
)
async def test_what_is_not_http_gets_400_and_a_row(station: Station, data: bytes, method: str, words: str) -> None:
    reply = await station.send(data)
    event = await station.only_event()
    assert reply.status == 400
    assert event.summary.refusal is Refusal.MALFORMED
    assert event.request.method == method
    assert event.request.body == b""
    assert event.reason
    assert words in event.reason
    assert event.summary.peer == "127.0.0.1"


async def test_a_malformed_request_shows_what_could_be_read(station: Station) -> None:
    await station.send(b"POST /in/x?y=1 HTTP/1.1\r\nHost: h\r\nX-Good: 1\r\nbad line\r\n\r\n")
    request = (await station.only_event()).request
    assert request.target == "/in/x?y=1"
    assert request.headers == ((b"Host", b"h"), (b"X-Good", b"1"))


@pytest.mark.parametrize(
    "parts", [(b"3\r\nabc\r\n", b"nonsense\r\n"), (b"3\r\nabc\r\nnonsense\r\n",), (b"nonsense\r\n",)]
)
async def test_a_chunk_that_breaks_after_the_head_was_read_gets_400_and_one_row(
    station: Station, parts: tuple[bytes, ...]
) -> None:
    wire = await Wire.to(station.port)
    await wire.begin(station.endpoint.path, ("Transfer-Encoding", "chunked"))
    for part in parts:
        await wire.send(part)
    reply = await wire.reply()
    assert reply.status == 400
    assert await wire.ended()
    await wire.close()
    event = await station.only_event()
    assert event.summary.refusal is Refusal.MALFORMED
    assert event.summary.endpoint_id == station.endpoint.id
    assert event.request.target == station.endpoint.path


async def test_a_good_request_may_follow_on_a_new_connection_after_a_bad_one(station: Station) -> None:
    await station.send(b"nonsense\r\n\r\n")
    assert (await station.post(b"{}")).status == 200


async def test_a_client_that_hangs_up_in_the_middle_leaves_no_event(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    wire = await Wire.to(station.port)
    await wire.begin(station.endpoint.path, ("Content-Length", "100"))
    await wire.send(b"half")
    await wire.close()
    await until(lambda: station.receiver.state.aborted == 1)
    assert await station.events() == []
    assert caplog.records == []


async def test_a_client_that_breaks_off_in_the_middle_leaves_no_event(station: Station) -> None:
    wire = await Wire.to(station.port)
    await wire.begin(station.endpoint.path, ("Transfer-Encoding", "chunked"))
    await wire.send(b"5\r\nab")
    wire.writer.transport.abort()
    await until(lambda: station.receiver.state.aborted == 1)
    assert await station.events() == []


async def test_a_client_that_stops_in_the_middle_of_a_body_gets_408_and_a_row(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "LINGER_S", 0.1)
    station.receiver.limits = Limits(body_s=0.1)
    wire = await Wire.to(station.port)
    await wire.begin(station.endpoint.path, ("Content-Length", "100"))
    await wire.send(b"half")
    reply = await wire.reply()
    assert await wire.ended()
    await wire.close()
    event = await station.only_event()
    assert reply.status == 408
    assert event.summary.refusal is Refusal.TOO_SLOW
    assert event.summary.endpoint_id == station.endpoint.id
    assert event.summary.size == 4
    assert event.request.body == b""
    assert event.reason == "4 of 100 bytes of the body had come after 0.1 s."


async def test_a_very_long_unknown_path_is_kept_whole_but_told_short(station: Station) -> None:
    path = "/" + "x" * 5000
    await station.send(http(path))
    event = await station.only_event()
    assert event.request.target == path
    assert len(event.reason) < 300


async def test_bytes_that_are_no_http_never_make_the_receiver_fail(
    station: Station, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "RESET_WAIT_S", 0.005)
    good = http(station.endpoint.path, b'{"a":1}', headers=[("Transfer-Encoding", "x"), signature(SECRET, b"{}")])
    rng = random.Random(7)
    for _ in range(60):
        data = bytearray(good * rng.choice((1, 2)))
        for _ in range(rng.randrange(1, 6)):
            place = rng.randrange(len(data))
            data[place : place + rng.randrange(3)] = rng.randbytes(rng.randrange(4))
        wire = await Wire.to(station.port)
        await wire.send(bytes(data))
        wire.writer.write_eof()
        with contextlib.suppress(ConnectionError):
            await wire.reader.read()
        await wire.close()
    assert (await station.post(b"{}")).status == 200
    assert caplog.records == []
