"""Handlers to be checked: a good one for each way of writing them, and the same with one fault each."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import hmac
import json
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web

SECRET = "s3cr3t-of-the-handler-0123456789"

PAGES = {
    "answers an error page": "<!doctype html><title>Server Error (500)</title><h1>Server Error (500)</h1>",
    "answers a web page": "<!DOCTYPE html>\n<html><head><title>My shop</title></head></html>",
    "tells of an error": '{"status": "error", "message": "KeyError: message_id"}',
}

Verify = Callable[["Handler", web.Request, bytes], bool]


@dataclass
class Handler:
    """A webhook handler whose every part can be exchanged for a broken one.

    `processed` counts what was done by event key; `/probe` shows it.
    """

    verify: Verify
    flaws: frozenset[str] = frozenset()
    processed: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    busy: bool = False
    remembered: bytes = b""
    queue: list[asyncio.Task[None]] = field(default_factory=list)

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Take one event."""
        self.requests += 1
        flaws = self.flaws
        if "answers before reading" in flaws:
            return await _answer_at_once(request)
        if "closes the connection" in flaws:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if "refuses to be asked" in flaws and "Expect" in request.headers:
            return web.Response(status=417)
        if "one at a time" in flaws and self.busy:
            return web.Response(status=429)
        self.busy = True
        try:
            return await self._read(request)
        finally:
            self.busy = False

    async def _read(self, request: web.Request) -> web.StreamResponse:
        flaws = self.flaws
        if "small bodies only" in flaws and (request.content_length or 0) > 100_000:
            return web.Response(status=413)
        if "reads one block" in flaws:
            body = await request.content.readany()
        else:
            body = await request.read()
        if "shares a state" in flaws:
            self.remembered = body
            await asyncio.sleep(0.02)
            body = self.remembered
        if "everything is fine" in flaws:
            return web.Response()
        if not self.verify(self, request, body):
            return web.Response(status=401, text="Invalid signature")
        if "redirects" in flaws:
            return web.Response(status=302, headers={"Location": "/elsewhere"})
        if "wrong status" in flaws:
            return web.Response(status=400)
        if "slow" in flaws:
            await asyncio.sleep(2.3)
        if "hangs" in flaws:
            await asyncio.sleep(30)
        if "one at a time" in flaws:
            await asyncio.sleep(0.05)
        if page := next((text for flaw, text in PAGES.items() if flaw in flaws), ""):
            return web.Response(text=page, content_type="text/html")
        return await self._take(request, body)

    async def _take(self, request: web.Request, body: bytes) -> web.Response:
        flaws = self.flaws
        try:
            event = read(request, body)
        except ValueError:
            if "crashes on malformed" in flaws:
                raise web.HTTPInternalServerError from None
            return web.Response(status=200 if "swallows malformed" in flaws else 400)
        if "wants a payload" in flaws and "payload" not in event:
            return web.Response(status=400)
        kind, key = kind_of(request, event)
        if "crashes on clicks" in flaws and "clicked" in kind:
            return web.Response(status=500)
        if "refuses unknown kinds" in flaws and "teleported" in kind.lower():
            return web.Response(status=422)
        if "crashes on unknown kinds" in flaws and "teleported" in kind.lower():
            return web.Response(status=500)
        if "refuses unknown fields" in flaws and "handler_check" in event:
            return web.Response(status=400)
        if "answers clicks with an error page" in flaws and "clicked" in kind:
            return web.Response(text=PAGES["answers an error page"], content_type="text/html")
        if "wants delivered first" in flaws and self.too_early(event, kind):
            return web.Response(status=500)
        key = self.known_by(key, event, body)
        if "wants the right order" in flaws and self.out_of_order(event, kind):
            return web.Response(status=409)
        known = key in self.processed
        if known and "refuses duplicates" in flaws:
            return web.Response(status=409)
        if known and "crashes on duplicates" in flaws:
            return web.Response(status=500)
        if not known or "not idempotent" in flaws:
            await self._process(key)
        return web.Response(text="OK")

    def known_by(self, key: str, event: dict[str, Any], body: bytes) -> str:
        """Return what an event is known by, which may be too much or too little."""
        if "goes by the bytes" in self.flaws:
            return hashlib.sha256(body).hexdigest()
        if "goes by the message" in self.flaws:
            return str(event.get("message_id"))
        return key

    def too_early(self, event: dict[str, Any], kind: str) -> bool:
        """Whether a message is told read that was not told delivered."""
        return kind == "message.read" and f"{event.get('message_id')} message.delivered" not in self.processed

    def out_of_order(self, event: dict[str, Any], kind: str) -> bool:
        """Whether a message is told delivered after it was told read."""
        return kind == "message.delivered" and f"{event.get('message_id')} message.read" in self.processed

    async def _process(self, key: str) -> None:
        if "processes later" in self.flaws:
            self.processed[key] += 0

            async def work() -> None:
                await asyncio.sleep(0.02)
                self.processed[key] += 1

            self.queue.append(asyncio.create_task(work()))
        else:
            self.processed[key] += 1

    async def probe(self, request: web.Request) -> web.Response:
        """Show what was processed, and figures that mean nothing."""
        total = sum(self.processed.values())
        if "bare" in request.query:
            return web.json_response(total)
        if "text" in request.query:
            return web.Response(text=f"# metrics\nevents_processed_total {total}\nrequests_total {self.requests}\n")
        if "messages" in request.query:
            return web.json_response({"messages": len({key.split()[0] for key in self.processed})})
        if "list" in request.query:
            return web.json_response({"events": list(self.processed.elements())[::-1]})
        if "broken" in request.query:
            return web.Response(status=404)
        if "deaf" in request.query:
            return web.json_response({"processed": 7})
        return web.json_response(
            {
                "processed": total,
                "requests": self.requests,
                "uptime": asyncio.get_running_loop().time(),
                "last": next(reversed(self.processed), None),
            }
        )


async def _answer_at_once(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    response.content_length = 0
    await response.prepare(request)
    await response.write_eof()
    return response


def read(request: web.Request, body: bytes) -> dict[str, Any]:
    """Return an event's fields. Raises ValueError."""
    if request.content_type == "application/x-www-form-urlencoded":
        return {name: values[0] for name, values in parse_qs(body.decode()).items()}
    data = json.loads(body)
    if not isinstance(data, dict):
        raise ValueError("no object")
    return data


def kind_of(request: web.Request, event: dict[str, Any]) -> tuple[str, str]:
    """Return what an event says happened, and what it is known by."""
    kind = str(event.get("event") or event.get("type") or event.get("MessageStatus") or event.get("action") or "")
    payload = event.get("payload")
    inner = payload if isinstance(payload, dict) else {}
    headers = request.headers
    own = headers.get("webhook-id") or headers.get("X-GitHub-Delivery") or event.get("id") or event.get("event_id")
    key = own or event.get("message_id") or event.get("MessageSid") or inner.get("id") or ""
    status = str(inner.get("status", ""))
    return kind or status, " ".join(part for part in (str(key), kind, status) if part)


def hex_hmac(body: bytes, secret: str = SECRET) -> str:
    """Return the HMAC-SHA256 of a body in hex."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "surrogateescape"))


@contextlib.asynccontextmanager
async def served(handler: Handler) -> AsyncIterator[str]:
    """Run a handler; yields the server's address."""
    app = web.Application()
    app.router.add_get("/probe", handler.probe)
    app.router.add_route("*", "/hook", handler.take)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        for task in handler.queue:
            task.cancel()
        await runner.cleanup()


class _PlainHandler(BaseHTTPRequestHandler):
    """A good handler as the standard library's server has them: a thread a request, HTTP/1.0, no chunks."""

    processed: set[str]
    lock: threading.Lock

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not same(hex_hmac(body), self.headers.get("X-Webhook-Signature", "")):
            return self._answer(401)
        try:
            event = json.loads(body)
        except ValueError:
            return self._answer(400)
        with self.lock:
            self.processed.add(f"{event.get('message_id')} {event.get('event')}")
        return self._answer(200)

    def _answer(self, status: int) -> None:
        with contextlib.suppress(OSError):
            self.send_response(status)
            self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def plain_server() -> Any:
    """Run the standard library's server with a good handler; yields its address."""
    handler = type("Handler", (_PlainHandler,), {"processed": set(), "lock": threading.Lock()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/hook"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
