"""What goes out is what was captured, byte for byte, and what comes back is kept the same way."""

from __future__ import annotations

import asyncio
import gzip
import socket

import pytest

from inspector.domain.attempt import Failure, Outgoing
from inspector.domain.errors import UsageError
from inspector.domain.request import Headers
from inspector.replay.outgoing import outgoing_of
from inspector.replay.response_reader import MAX_BODY, read_response
from inspector.replay.sender import Incoming, Result, Sender
from tests.builders import a_request
from tests.fakes import OK, Target, a_target, answering, close, hang, reset
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio

ALL_BYTES = bytes(range(256))


def an_outgoing(target: Target | str, body: bytes = b"{}", *, method: str = "POST") -> Outgoing:
    """Return a request to a target."""
    url = target if isinstance(target, str) else target.url
    return Outgoing(method, url, ((b"Content-Type", b"application/json"),), body)


async def sent(outgoing: Outgoing, *, timeout_s: float = 10.0) -> Result:
    """Send with a sender of its own."""
    return await Sender().send(outgoing, timeout_s=timeout_s)


@pytest.mark.parametrize(
    "body",
    [b"", b"\x00", ALL_BYTES, b"\r\n\r\n", gzip.compress(b"{}"), '{"é": "\ud83d"}'.encode("utf-8", "surrogatepass")],
    ids=["empty", "zero", "all", "breaks", "gzip", "surrogate"],
)
async def test_a_captured_request_goes_out_byte_for_byte(body: bytes) -> None:
    captured = a_request(
        body,
        target="/in/secret-token/sub?query=1",
        headers=(
            (b"hOST", b"127.0.0.1:8787"),
            (b"X-B", b"2"),
            (b"x-a", b"caf\xe9"),
            (b"X-B", b"1"),
            (b"X-Empty", b""),
            (b"Content-Encoding", b"gzip"),
            (b"content-length", b"%d" % len(body)),
            (b"X-Webhook-Signature", b"abc"),
        ),
    )
    async with a_target() as target:
        result = await sent(outgoing_of(captured, target.url))
    assert result.response is not None
    assert target.requests == [
        b"POST /hook HTTP/1.1\r\n"
        b"Host: 127.0.0.1:%d\r\n"
        b"X-B: 2\r\nx-a: caf\xe9\r\nX-B: 1\r\nX-Empty: \r\nContent-Encoding: gzip\r\nX-Webhook-Signature: abc\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (target.port, len(body), body)
    ]


async def test_what_belongs_to_the_connection_or_the_tunnel_is_left_out() -> None:
    names = (
        *("Host", "Content-Length", "Connection", "Transfer-Encoding", "Keep-Alive", "Proxy-Authorization", "TE"),
        *("Trailer", "Upgrade", "X-Forwarded-For", "X-Forwarded-Proto", "CF-Ray", "CF-Connecting-IP", "Forwarded"),
        *("Via", "X-Real-IP", "CDN-Loop"),
    )
    headers: Headers = tuple((name.encode(), b"x") for name in (*names, "X-Kept"))
    async with a_target() as target:
        outgoing = outgoing_of(a_request(headers=headers), target.url)
    assert [name for name, _ in outgoing.headers] == [b"Host", b"X-Kept", b"Content-Length"]


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT", "PATCH", "PROPFIND", "OPTIONS"])
async def test_the_captured_method_is_sent(method: str) -> None:
    async with a_target() as target:
        result = await sent(outgoing_of(a_request(b"", method=method), target.url))
    assert result.response is not None
    assert target.requests[0].startswith(f"{method} /hook HTTP/1.1\r\n".encode())
    assert (b"Content-Length: 0" in target.requests[0]) == (method in ("PUT", "PATCH", "PROPFIND"))


async def test_the_target_is_used_as_given() -> None:
    async with a_target() as target:
        base = f"http://127.0.0.1:{target.port}"
        for rest in ("", "/a%2Fb?x=%2F&y", "/é ü?q=ä", "?only", "/p?#fragment"):
            await sent(an_outgoing(base + rest))
    lines = [request.split(b"\r\n")[0].split(b" ")[1] for request in target.requests]
    assert lines == [b"/", b"/a%2Fb?x=%2F&y", b"/%C3%A9%20%C3%BC?q=%C3%A4", b"/?only", b"/p?"]


async def test_a_response_is_kept_with_its_header_lines_as_sent() -> None:
    data = b"HTTP/1.1 202 Take your time\r\nX-b: 1\r\nx-B:  2 \r\nX-B:\r\ncontent-length: 3\r\n\r\n\x00\xff\n"
    async with a_target(answering(data)) as target:
        result = await sent(an_outgoing(target))
    response = result.response
    assert response is not None
    assert (response.status, response.reason, response.body) == (202, "Take your time", b"\x00\xff\n")
    assert response.headers == ((b"X-b", b"1"), (b"x-B", b"2"), (b"X-B", b""), (b"content-length", b"3"))
    assert result.remote == f"127.0.0.1:{target.port}"
    assert 0 <= result.connect_ms <= result.total_ms
    parts = (result.connect_ms, result.send_ms, result.wait_ms, result.download_ms)
    assert all(part >= 0 for part in parts)
    assert sum(parts) == pytest.approx(result.total_ms)
    assert result.tls is None


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n"
COMPRESSED = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"


@pytest.mark.parametrize(
    ("data", "method", "status", "body"),
    [
        (CHUNKED, "POST", 200, b"abcde"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "HEAD", 200, b""),
        (b"HTTP/1.1 204 No Content\r\n\r\n", "POST", 204, b""),
        (b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", "POST", 304, b""),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil the end", "POST", 200, b"until the end"),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK, "POST", 200, b"OK"),
        (b"HTTP/1.1 302 Found\r\nLocation: /else\r\nContent-Length: 0\r\n\r\n", "POST", 302, b""),
        (b"HTTP/1.1 500\r\nContent-Length: 0\r\n\r\n", "POST", 500, b""),
        (b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok", "POST", 200, b"ok"),
        (COMPRESSED, "POST", 200, b"\x1f\x8b\x08\x00"),
    ],
    ids=["chunked", "head", "204", "304", "old", "interim", "redirect", "bare", "lf", "gzip"],
)
async def test_responses_end_where_http_says(data: bytes, method: str, status: int, body: bytes) -> None:
    async with a_target(answering(data)) as target:
        result = await sent(an_outgoing(target, method=method))
    assert result.response is not None
    assert (result.response.status, result.response.body) == (status, body)
    assert len(target.requests) == 1


@pytest.mark.parametrize("head", [b"Content-Length: %d\r\n\r\n" % (MAX_BODY + 10), b"Connection: close\r\n\r\n"])
async def test_a_response_that_never_ends_is_cut(head: bytes) -> None:
    async with a_target(answering(b"HTTP/1.1 200 OK\r\n" + head + b"x" * (MAX_BODY + 10))) as target:
        result = await sent(an_outgoing(target))
    assert result.response is not None
    assert len(result.response.body) == MAX_BODY
    assert result.response.truncated


async def test_an_early_answer_to_a_large_body_is_heard() -> None:
    refused = b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    async with a_target(answering(refused), reads_body=False) as target:
        result = await sent(an_outgoing(target, b"x" * 20_000_000))
    assert result.response is not None
    assert result.response.status == 413


async def test_an_answer_that_came_before_the_connection_broke_can_be_read() -> None:
    stream = Incoming()
    stream.feed_data(OK)
    stream.set_exception(ConnectionResetError())
    assert (await read_response(stream, "POST")).status == 200


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


async def test_nothing_listening_is_said_so() -> None:
    port = free_port()
    result = await sent(an_outgoing(f"http://localhost:{port}/"))
    assert result.response is None
    assert result.trouble is not None
    assert result.trouble.failure is Failure.REFUSED
    assert result.trouble.title == f"Nothing is listening on localhost:{port}"
    assert result.trouble.hint == "Is your server running?"


@pytest.mark.parametrize(
    ("behave", "failure", "title"),
    [
        (hang, Failure.TIMEOUT, "No answer within 0.2 s"),
        (close, Failure.RESET, "{name} closed the connection"),
        (reset, Failure.RESET, "{name} closed the connection"),
        (answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), Failure.RESET, "{name} closed the connection"),
        (answering(b"HTTP/1.1 200 OK\r\nX: 1"), Failure.RESET, "{name} closed the connection"),
        (answering(b"220 mail.example ESMTP\r\n"), Failure.PROTOCOL, "{name} did not answer in HTTP"),
        (answering(b"HTTP/2 200\r\n\r\n"), Failure.PROTOCOL, "{name} did not answer in HTTP"),
        (answering(b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n"), Failure.PROTOCOL, "{name} did not answer in HTTP"),
        (
            answering(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
            Failure.PROTOCOL,
            "{name} did not answer in HTTP",
        ),
        (
            answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
            Failure.PROTOCOL,
            "{name} did not answer in HTTP",
        ),
        (answering(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000), Failure.PROTOCOL, "{name} did not answer in HTTP"),
    ],
    ids=["hangs", "closes", "resets", "half", "head", "mail", "http2", "header", "length", "chunk", "line"],
)
async def test_every_failure_is_told_in_words(behave: object, failure: Failure, title: str) -> None:
    async with a_target(behave) as target:  # type: ignore[arg-type]  # one of the behaviours above
        result = await sent(an_outgoing(target), timeout_s=0.2 if behave is hang else 10)
    assert result.response is None
    assert result.trouble is not None
    assert result.trouble.failure is failure
    assert result.trouble.title == title.format(name=f"127.0.0.1:{target.port}")
    assert result.trouble.hint


async def test_a_name_nobody_knows_is_said_so() -> None:
    result = await sent(an_outgoing("http://handler.invalid/"))
    assert result.trouble is not None
    assert result.trouble.failure is Failure.DNS
    assert result.trouble.title == "Host not found: handler.invalid"


async def test_plain_http_on_an_https_address_is_said_so() -> None:
    bad_request = answering(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    async with a_target(bad_request, reads_head=False) as target:
        result = await sent(an_outgoing(f"https://127.0.0.1:{target.port}/"))
    assert result.trouble is not None
    assert result.trouble.failure is Failure.TLS
    assert result.trouble.hint == "Does that port speak HTTPS? Try http://."


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
async def test_localhost_finds_a_handler_on_either_loopback_address(host: str) -> None:
    async with a_target(host=host) as target:
        result = await sent(an_outgoing(f"http://localhost:{target.port}/"))
    assert result.response is not None
    assert result.remote.startswith(f"[{host}]" if ":" in host else host)


async def test_a_sending_can_be_cancelled() -> None:
    async with a_target(hang) as target:
        task = asyncio.create_task(sent(an_outgoing(target)))
        async with asyncio.timeout(PATIENCE_S):
            while not target.requests:  # noqa: ASYNC110 - the target sets no event
                await asyncio.sleep(0.005)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://x/",
        "http://",
        "http://a b/",
        "http://h:99999/",
        "http://user:pw@h/",
        "http://" + "a" * 70,
        "http://[::1",
    ],
)
async def test_an_address_that_is_none_is_an_error_before_anything_is_sent(url: str) -> None:
    with pytest.raises(UsageError):
        await sent(an_outgoing(url))
