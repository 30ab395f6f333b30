"""The relay client against servers that speak as smee and gosmee do; with SMEE_SERVER against the real smee too.

SMEE_SERVER names the folder of a checkout of probot/smee.io after `npm install --omit=dev` (and empty files
public/main.min.css and public/main.min.js, which its build makes).
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import os
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from inspector.domain.errors import UsageError
from inspector.tunnels.smee import EXACT, REWRITTEN, new_channel
from inspector.tunnels.state import TunnelError, TunnelStatus
from tests.integration.tunnels.kit import ENDPOINT, SOON_S, Desk, a_desk, free_port
from tests.waiting import until

pytestmark = pytest.mark.asyncio

SMEE = os.environ.get("SMEE_SERVER", "")
BODY = b'{"event": "message.delivered",  "text": "caf\\u00e9"}'
WRITTEN_AGAIN = '{"event":"message.delivered","text":"café"}'.encode()


@dataclass
class Relay:
    """A relay on loopback, as smee (`exact` False) or as gosmee."""

    exact: bool = False
    port: int = 0
    heard_ids: list[str] = field(default_factory=list)
    streams: list[web.StreamResponse] = field(default_factory=list)
    sent: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def channel(self) -> str:
        """The address a provider is told."""
        return f"http://127.0.0.1:{self.port}/abcDEF123"

    async def take(self, request: web.Request) -> web.Response:
        """Take a provider's request and stream it to whoever listens."""
        body = await request.read()
        message: dict[str, object] = {name.lower(): value for name, value in request.headers.items()}
        if self.exact:
            message |= {"bodyB": base64.b64encode(body).decode(), "timestamp": "1734704625000"}
        else:
            message |= {"body": json.loads(body), "query": dict(request.query), "timestamp": 1734704625000}
        self.sent += 1
        for stream in tuple(self.streams):
            try:
                await stream.write(f"id: {self.sent}\ndata: {json.dumps(message)}\n\n".encode())
            except ConnectionError:  # whoever listened has gone
                self.streams.remove(stream)
        return web.Response()

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Stream a channel, greeted as the two servers do."""
        if request.headers.get("Accept") != "text/event-stream":
            return web.Response(text="<html>", content_type="text/html")
        self.heard_ids.append(request.headers.get("Last-Event-ID", ""))
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        greeting = 'data: {"message":"ready"}\n\n' if self.exact else "id: 0\nevent: ready\ndata: {}\n\n"
        await response.write(greeting.encode())
        self.streams.append(response)
        with contextlib.suppress(asyncio.CancelledError):
            await self.over.wait()
        return response

    async def page(self, _request: web.Request) -> web.Response:
        """What gosmee has at the channel's own address."""
        return web.Response(text="<html>", content_type="text/html")


@asynccontextmanager
async def a_relay(*, exact: bool = False, port: int = 0, relay: Relay | None = None) -> AsyncIterator[Relay]:
    relay = relay or Relay(exact)
    relay.over = asyncio.Event()
    app = web.Application()
    app.router.add_post("/{channel}", relay.take)
    if relay.exact:
        app.router.add_get("/events/{channel}", relay.stream)
        app.router.add_get("/{channel}", relay.page)
    else:
        app.router.add_get("/{channel}", relay.stream)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port)
    await site.start()
    relay.port = runner.addresses[0][1]
    try:
        yield relay
    finally:
        relay.streams.clear()
        relay.over.set()
        await runner.cleanup()


async def listen(desk: Desk, channel: str) -> None:
    desk.settings.change(tunnel_relay_url=channel)
    await desk.begin("smee")
    await desk.reaches(TunnelStatus.UP)


async def send(channel: str, body: bytes = BODY) -> None:
    headers = {"Content-Type": "application/json", "X-Webhook-Signature": "abc", "X-Webhook-Id": "dlv_1"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{channel}?a=1&b=c%20d", data=body, headers=headers) as answer,
    ):
        assert answer.status == 200


async def test_a_request_at_smee_reaches_the_receiver_and_is_said_to_be_rewritten(tmp_path: Path) -> None:
    async with a_relay() as relay, a_desk(tmp_path) as desk:
        await listen(desk, relay.channel)
        assert desk.tunnels.url_of(ENDPOINT) == relay.channel
        await send(relay.channel)
        await until(lambda: desk.receiver.requests)
        head, _, body = desk.receiver.requests[0].partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        assert lines[0] == b"POST /in/abc?a=1&b=c+d HTTP/1.1"
        assert body == WRITTEN_AGAIN
        assert b"x-webhook-signature: abc" in lines
        assert f"X-Relayed-By: 127.0.0.1:{relay.port}".encode() in lines
        assert f"content-length: {len(WRITTEN_AGAIN)}".encode() in lines
        assert desk.tunnels.state.note == REWRITTEN


async def test_a_request_at_gosmee_keeps_its_bytes(tmp_path: Path) -> None:
    async with a_relay(exact=True) as relay, a_desk(tmp_path) as desk:
        await listen(desk, relay.channel)
        await send(relay.channel)
        await until(lambda: desk.receiver.requests)
        assert desk.receiver.requests[0].endswith(b"\r\n\r\n" + BODY)
        assert desk.tunnels.state.note == EXACT


async def test_the_latency_is_measured_through_the_relay_and_makes_no_event(tmp_path: Path) -> None:
    async with a_relay() as relay, a_desk(tmp_path) as desk:
        await listen(desk, relay.channel)
        await until(lambda: desk.tunnels.state.latency_ms is not None)
        assert desk.receiver.requests == []


async def test_a_lost_relay_is_noticed_within_two_seconds_and_asked_for_what_was_missed(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        async with a_relay() as relay:
            await listen(desk, relay.channel)
            await send(relay.channel)
            await until(lambda: desk.receiver.requests)
            last = relay.sent
        await desk.reaches(TunnelStatus.DOWN, within_s=SOON_S)
        async with a_relay(port=relay.port, relay=relay):
            await desk.reaches(TunnelStatus.UP)
            assert relay.heard_ids[-1] == str(last)
            assert desk.tunnels.state.changed_from == ""


async def test_a_server_that_is_no_relay_is_told_as_one(tmp_path: Path) -> None:
    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<html>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/{tail:.*}", page)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with a_desk(tmp_path) as desk:
        desk.settings.change(tunnel_relay_url=f"http://127.0.0.1:{runner.addresses[0][1]}/channel")
        await desk.begin("smee")
        state = await desk.reaches(TunnelStatus.DOWN)
        assert "is no relay. It answered 200 with text/html." in str(state.error)
    await runner.cleanup()


async def test_a_relay_without_a_channel_is_refused_before_anything_starts(tmp_path: Path) -> None:
    async with a_desk(tmp_path) as desk:
        desk.settings.change(tunnel_relay_url="https://smee.io/")
        with pytest.raises(UsageError, match="channel"):
            await desk.begin("smee")


async def test_a_new_channel_is_made_as_smee_and_as_gosmee_make_it(tmp_path: Path) -> None:
    async def redirect(request: web.Request) -> web.Response:
        raise web.HTTPTemporaryRedirect(f"http://{request.host}/fresh-1")

    async def name(request: web.Request) -> web.Response:
        return web.Response(text=f"http://{request.host}/fresh-2\n")

    async def away(_request: web.Request) -> web.Response:
        raise web.HTTPFound("https://elsewhere.example.com/abc")

    for handler, path in ((redirect, "/fresh-1"), (name, "/fresh-2"), (away, "")):
        app = web.Application()
        app.router.add_get("/new", handler)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        if path:
            assert await new_channel(f"{base}/old-channel") == base + path
        else:
            with pytest.raises(TunnelError, match="made no channel"):
                await new_channel(base)
        await runner.cleanup()


async def test_a_relay_follows_its_endpoint_and_ends_with_it(tmp_path: Path) -> None:
    async with a_relay() as relay, a_desk(tmp_path) as desk:
        await listen(desk, relay.channel)
        desk.tunnels.note_endpoints([replace(ENDPOINT, token="renamed")])
        await until(lambda: len(relay.heard_ids) == 2)
        await desk.reaches(TunnelStatus.UP)
        await send(relay.channel)
        await until(lambda: desk.receiver.requests)
        assert desk.receiver.requests[0].startswith(b"POST /in/renamed?")
        desk.tunnels.note_endpoints([])
        await desk.reaches(TunnelStatus.OFF)


async def test_a_burst_is_delivered_whole_and_once(tmp_path: Path) -> None:
    async with a_relay() as relay, a_desk(tmp_path) as desk:
        await listen(desk, relay.channel)
        async with aiohttp.ClientSession() as http:
            for number in range(200):
                async with http.post(relay.channel, json={"n": number}):
                    pass
        await until(lambda: len(desk.receiver.requests) >= 200)
        numbers = [json.loads(request.partition(b"\r\n\r\n")[2])["n"] for request in desk.receiver.requests]
        assert sorted(numbers) == list(range(200))


@pytest.mark.skipif(not SMEE, reason="SMEE_SERVER names no checkout of smee.io")
async def test_the_real_smee_server_is_spoken_to_lost_and_found_again(tmp_path: Path) -> None:
    port = free_port()
    server = await real_smee(port)
    async with a_desk(tmp_path) as desk:
        channel = f"http://127.0.0.1:{port}/webhook-inspector-test"
        await until_listening(port)
        await listen(desk, channel)
        await until(lambda: desk.tunnels.state.latency_ms is not None)
        assert (await new_channel(channel)).startswith(f"http://127.0.0.1:{port}/")
        await send(channel)
        await until(lambda: desk.receiver.requests)
        assert desk.receiver.requests[0].partition(b"\r\n\r\n")[2] == WRITTEN_AGAIN
        assert desk.tunnels.state.note == REWRITTEN
        server.kill()
        await server.wait()
        await desk.reaches(TunnelStatus.DOWN, within_s=SOON_S)
        server = await real_smee(port)
        await desk.reaches(TunnelStatus.UP)
        await send(channel)
        await until(lambda: len(desk.receiver.requests) == 2)
    server.kill()
    await server.wait()


async def real_smee(port: int) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        "node",
        "index.js",
        cwd=SMEE,
        env={**os.environ, "PORT": str(port), "NODE_ENV": "development"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


async def until_listening(port: int) -> None:
    deadline = asyncio.get_running_loop().time() + 15
    while True:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            assert asyncio.get_running_loop().time() < deadline
            await asyncio.sleep(0.05)
            continue
        writer.close()
        await writer.wait_closed()
        return
