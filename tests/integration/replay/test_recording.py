"""Requests as odd as they come arrive at a target as they were captured, header lines and body byte for byte."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from inspector.app import App, AppOptions, open_app
from inspector.domain.event import EventId
from inspector.replay.replayer import Replayer
from inspector.replay.sender import Sender
from tests.fakes import a_target
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio

LINES = b"x-B: 1\r\nX-A:  two \r\nx-b: 3\r\nX-Empty:\r\nX-RAW: caf\xe9\r\nContent-Type: application/json\r\n"
CHUNKED = b'5\r\n{"a":\r\n1;x=y\r\n1\r\n1\r\n}\r\n0\r\nTrailer: x\r\n\r\n'
THIRTY_MB = bytes(range(256)) * (30 * 4096)
BODIES = {
    "gzip": gzip.compress(b'{"a":1}'),
    "BOM": b'\xef\xbb\xbf{"a":1}',
    "escapes": b'{"a\\/b":"\\u00e9", "a\\/b" : 1.10}\r\n',
    "binary": bytes(range(256)),
    "empty": b"",
    "30 MB": THIRTY_MB,
}


@pytest_asyncio.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    """The program without a window, with room for large bodies."""
    async with open_app(tmp_path, AppOptions(port=0, apart=False)) as app:
        yield app


async def captured(app: App, head: bytes, body: bytes) -> EventId:
    """Send raw bytes to the receiver and return the number of the event."""
    found: asyncio.Queue[EventId] = asyncio.Queue()
    unsubscribe = app.store.added.subscribe(lambda rows: [found.put_nowait(row.id) for row in rows])
    endpoint = app.directory.all()[0]
    reader, writer = await asyncio.open_connection("127.0.0.1", int(app.receiver.state.url.rpartition(":")[2]))
    writer.write(head.replace(b"PATH", endpoint.path.encode()) + body)
    await writer.drain()
    async with asyncio.timeout(PATIENCE_S):
        await reader.readline()
        event_id = await found.get()
    writer.close()
    unsubscribe()
    return event_id


async def replayed(app: App, event_id: EventId) -> tuple[list[bytes], bytes]:
    """Replay an event to a recording target and return the header lines it got, and the body."""
    async with a_target() as target:
        replayer = Replayer(app.store, None, Sender(), lambda: app.settings.current)
        attempt = await replayer.replay(event_id, target.url)
        assert attempt.ok
    head, _, body = target.requests[0].partition(b"\r\n\r\n")
    return head.split(b"\r\n"), body


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_a_body_arrives_as_captured(app: App, body: bytes) -> None:
    head = b"POST PATH HTTP/1.1\r\nHost: x\r\n" + LINES + b"Content-Length: %d\r\n\r\n" % len(body)
    lines, got = await replayed(app, await captured(app, head, body))
    assert got == body
    assert lines[2:-1] == [
        b"x-B: 1",
        b"X-A: two",
        b"x-b: 3",
        b"X-Empty: ",
        b"X-RAW: caf\xe9",
        b"Content-Type: application/json",
    ]
    assert lines[0] == b"POST /hook HTTP/1.1"
    assert lines[-1] == b"Content-Length: %d" % len(body)


async def test_a_chunked_body_goes_out_whole_with_its_length(app: App) -> None:
    head = b"POST PATH HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nX-A: 1\r\n\r\n"
    lines, got = await replayed(app, await captured(app, head, CHUNKED))
    assert got == b'{"a":1}'
    assert lines[2:] == [b"X-A: 1", b"Content-Length: 7"]


async def test_an_expectation_is_sent_on_and_the_body_with_it(app: App) -> None:
    head = b"POST PATH HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    lines, got = await replayed(app, await captured(app, head, b"{}"))
    assert got == b"{}"
    assert lines[2:] == [b"Expect: 100-continue", b"Content-Length: 2"]


async def test_a_request_of_http_1_0_goes_out_as_1_1(app: App) -> None:
    head = b"PUT PATH HTTP/1.0\r\nX-A: 1\r\nContent-Length: 2\r\n\r\n"
    lines, got = await replayed(app, await captured(app, head, b"{}"))
    assert got == b"{}"
    assert lines[0] == b"PUT /hook HTTP/1.1"
    assert lines[2:] == [b"X-A: 1", b"Content-Length: 2"]
