"""A relay: a smee or gosmee server takes the provider's requests and streams them here as server-sent events."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from inspector.settings import Settings
from inspector.tunnels.addresses import tidy
from inspector.tunnels.connection import session
from inspector.tunnels.event_stream import EventStream, StreamEvent
from inspector.tunnels.kind import PROBE_EVERY_S, READS_ALL, Kind, Reporter, Setup
from inspector.tunnels.relayed import relayed_request, request_bytes
from inspector.tunnels.state import TunnelError, system_words

if TYPE_CHECKING:
    import aiohttp

SILENT_S = 75.0
"""smee sends a sign of life every 30 s (lib/server.js): after two missing ones the connection is dead."""

DELIVERY_S = 130.0
"""Our own answer may be delayed for up to 120 s."""

AT_ONCE = 32
"""So many relayed requests are handed to the receiver at the same time; the rest waits its turn."""

NEW = "new"
"""The path that makes a channel, at smee and gosmee alike."""

PROBE_BACK_S = 5.0
"""A probe that has not come back by then is lost."""

PROBE_FIELD = "webhook_inspector_probe"
MOST_PROBE_CHARS = 8192

REWRITTEN = (
    "The relay reads the body and writes it again, so its bytes are not the provider's: signatures may fail although "
    "the provider signed correctly."
)
EXACT = "The relay hands on the body's own bytes; header names come in lower case."
UNKNOWN = "The relay may rewrite bodies; the first request will tell."


async def run(setup: Setup, tell: Reporter) -> None:
    """Listen to the channel and hand everything to the receiver."""
    channel = tidy(setup.settings.tunnel_relay_url)
    if problem := _missing(setup.settings):
        raise TunnelError("The relay has no channel.", problem, "", lasting=True)
    await _Relay(channel, setup, tell).run()


class _Relay:
    """One channel: the stream in, requests out to our own receiver."""

    def __init__(self, channel: str, setup: Setup, tell: Reporter) -> None:
        self._channel = channel
        self._setup = setup
        self._tell = tell
        self._note = UNKNOWN
        self._stream = EventStream(setup.memory.get("last_event_id", ""))
        self._probes: dict[str, float] = {}
        self._delivering: set[asyncio.Task[None]] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    async def run(self) -> None:
        """Keep listening until the stream ends; raises TunnelError then."""
        import aiohttp

        try:
            async with await session(total_s=None, read_s=SILENT_S) as http:
                answer = await self._open(http)
                async with answer:
                    self._tell.up(self._channel, note=self._note)
                    probing = asyncio.create_task(self._probe(http), name="relay-probe")
                    try:
                        await self._read(answer)
                    finally:
                        probing.cancel()
                        self._setup.memory["last_event_id"] = self._stream.last_id
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
            raise TunnelError(f"The relay {_host(self._channel)} was lost.", _words(error)) from error
        finally:
            for task in tuple(self._delivering):
                task.cancel()
        raise TunnelError(f"The relay {_host(self._channel)} was lost.", "It ended the stream.")

    async def _open(self, http: aiohttp.ClientSession) -> aiohttp.ClientResponse:
        """Return the open stream: smee's is the channel's own address, gosmee's lies under /events."""
        base, _, name = self._channel.rpartition("/")
        refused = ""
        for url in (self._channel, f"{base}/events/{name}"):
            # smee compares the header as a whole, so nothing may be added to it.
            headers = {"Accept": "text/event-stream", "Cache-Control": "no-cache"}
            if self._stream.last_id:
                headers["Last-Event-ID"] = self._stream.last_id
            answer = await http.get(url, headers=headers, allow_redirects=False)
            if answer.status == 200 and answer.content_type == "text/event-stream":
                self._tell.log(f"Listening to {url}.")
                return answer
            refused = refused or f"It answered {answer.status} with {answer.content_type}."
            answer.close()
        raise TunnelError(f"{_host(self._channel)} is no relay.", refused, "Check the address of the channel.")

    async def _read(self, answer: aiohttp.ClientResponse) -> None:
        async for chunk in answer.content.iter_any():
            for event in self._stream.feed(chunk):
                await self._take(event)

    async def _take(self, event: StreamEvent) -> None:
        if event.name in ("ready", "ping"):
            return
        if self._is_probe(event.data):
            return
        await self._room.acquire()
        task = asyncio.create_task(self._deliver(event.data), name="relay-delivery")
        self._delivering.add(task)
        task.add_done_callback(self._delivered)

    def _delivered(self, task: asyncio.Task[None]) -> None:
        self._delivering.discard(task)
        self._room.release()

    def _is_probe(self, data: str) -> bool:
        """Take a message that stands for our own request, late ones too."""
        if len(data) > MOST_PROBE_CHARS or (PROBE_FIELD not in data and '"bodyB"' not in data):
            return False
        with contextlib.suppress(ValueError, AttributeError):
            relayed = relayed_request(data)
            told = json.loads(relayed.body) if relayed is not None else None
            if isinstance(told, dict) and list(told) == [PROBE_FIELD]:
                sent = self._probes.pop(str(told[PROBE_FIELD]), None)
                if sent is not None:
                    self._tell.measured((asyncio.get_running_loop().time() - sent) * 1000)
                return True
        return False

    async def _deliver(self, data: str) -> None:
        """Hand one message to the receiver as a real request."""
        try:
            relayed = relayed_request(data)
        except ValueError as error:
            self._tell.log(f"A message of the relay could not be read: {error}")
            return
        if relayed is None:
            return
        note = EXACT if relayed.exact else REWRITTEN
        if note != self._note:
            self._note = note
            self._tell.up(self._channel, note=note)
        where = urlsplit(self._setup.url).netloc
        request = request_bytes(relayed, host=where, path=self._setup.path, relay=_host(self._channel))
        try:
            async with asyncio.timeout(DELIVERY_S):
                status = await self._exchange(request)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            self._tell.log(f"A relayed request did not reach the receiver: {_words(error)}")
            return
        self._tell.log(f"Relayed {len(relayed.body):,} bytes, answered {status}.")

    async def _exchange(self, request: bytes) -> str:
        """Send a request to our own receiver and return the status of its answer."""
        reader, writer = await asyncio.open_connection(self._setup.host, self._setup.port)
        try:
            writer.write(request)
            await writer.drain()
            line = await reader.readuntil(b"\n")
            await reader.read()
            return line.decode("latin-1").split(" ", 2)[1] if b" " in line else "nothing"
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def _probe(self, http: aiohttp.ClientSession) -> None:
        """Send a nonce through the channel now and then; its way back is the latency."""
        import aiohttp

        while True:
            nonce = secrets.token_hex(16)
            self._probes = {nonce: asyncio.get_running_loop().time()}
            with contextlib.suppress(aiohttp.ClientError, TimeoutError, OSError):
                async with http.post(self._channel, json={PROBE_FIELD: nonce}) as answer:
                    await answer.read()
            await asyncio.sleep(PROBE_BACK_S)
            if self._probes:
                self._tell.unreachable(f"{_host(self._channel)} did not hand our own request back.")
                continue
            await asyncio.sleep(PROBE_EVERY_S - PROBE_BACK_S)


async def new_channel(server: str) -> str:
    """Return the address of a new channel of a server, given by any address of its. Raises TunnelError.

    smee redirects to it, gosmee names it in its answer.
    """
    import aiohttp

    parts = urlsplit(tidy(server))
    base = f"{parts.scheme}://{parts.netloc}"
    try:
        async with (
            await session(total_s=10.0) as http,
            http.get(f"{base}/{NEW}", allow_redirects=False) as answer,
        ):
            told = answer.headers.get("Location", "") or (await answer.text())[:MOST_PROBE_CHARS].strip()
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise TunnelError(f"{parts.netloc} made no channel.", _words(error)) from error
    channel = tidy(urljoin(base, told))
    if not _is_channel(channel) or urlsplit(channel).netloc != parts.netloc:
        raise TunnelError(f"{parts.netloc} made no channel.", f"It answered {answer.status}.", "Check its address.")
    return channel


def _is_channel(url: str) -> bool:
    return urlsplit(url).path.strip("/") not in ("", NEW)


def _host(url: str) -> str:
    return urlsplit(url).netloc


def _words(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return "It did not answer in time."
    return system_words(getattr(error, "os_error", error))


def _missing(settings: Settings) -> str:
    channel = tidy(settings.tunnel_relay_url)
    if not channel or not _is_channel(channel):
        return "Enter the address of a channel, such as https://smee.io/a1B2c3D4e5F6g7H8, or make a new one."
    return ""


KIND = Kind(
    key="smee",
    title="Relay (smee)",
    run=run,
    who=lambda settings: _host(tidy(settings.tunnel_relay_url)) or "smee.io",
    consent=READS_ALL + " Anybody who knows the channel can read along. The relay may rewrite bodies, "
    "then signatures cannot be checked.",
    missing=_missing,
    probe_s=0.0,
    single=True,
)
