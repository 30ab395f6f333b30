"""One request from its head to its answer: which endpoint, how large, read, kept, answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter
from typing import Protocol

from aiohttp import web
from aiohttp.web_protocol import RequestPayloadError

from inspector.directory import Resolved
from inspector.domain.answer import Answer
from inspector.domain.endpoint import Endpoint
from inspector.domain.errors import StoreError
from inspector.domain.event import EventId, Refusal
from inspector.receiver.addressing import origin_form, tokens_of
from inspector.receiver.answering import CONTINUE, DISCARDED, PAUSED, STORE_FULL, wire_bytes
from inspector.receiver.intake import Intake, Kept
from inspector.receiver.protocol import ENDS, GOES_ON, GONE, Connection, still_there
from inspector.receiver.reading import (
    BodyTooLarge,
    announced_size,
    best_guess,
    complaint,
    peer_of,
    read_body,
    request_of,
)
from inspector.receiver.state import PauseMode

PATH_SHOWN = 200
"""Characters of an unknown path that are repeated in the reason."""

_log = logging.getLogger(__name__)


class Endpoints(Protocol):
    """Finds the endpoint a path names."""

    def by_token(self, token: str) -> Resolved | None:
        """Return the endpoint, or None."""


class Answers(Protocol):
    """Keeps how long an answer took."""

    def record_answer(self, event_id: EventId, answer_us: int, sent: bool) -> None:
        """Note that the answer left (`sent`) or could not, `answer_us` µs after the last byte was read."""


class Handler:
    """Handles the requests of every connection.

    `paused` and `closing` are set from outside. `on_turned_away` and `on_aborted` are called for each request that
    was turned away by a pause, and for each client that hung up before its request was complete.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        intake: Intake,
        answers: Answers,
        max_body_bytes: int,
        *,
        on_turned_away: Callable[[], None],
        on_aborted: Callable[[], None],
    ) -> None:
        self.paused: PauseMode | None = None
        self.closing = False
        self.local_url = ""
        self.max_body_bytes = max_body_bytes
        self._endpoints = endpoints
        self._intake = intake
        self._answers = answers
        self._on_turned_away = on_turned_away
        self._on_aborted = on_aborted
        self._store_failing = False
        self._in_flight = 0
        self._finished = asyncio.Event()
        self._finished.set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def finished(self) -> None:
        """Wait until no request is being handled."""
        await self._finished.wait()

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answer a request whose head could be read."""
        self.began()
        try:
            return await self._handle(request)
        finally:
            self.ended()

    # What the direct way shares (direct.py)

    def began(self) -> None:
        """Note that one more request is being handled."""
        self._in_flight += 1
        self._finished.clear()

    def ended(self) -> None:
        """Note that one is done with."""
        self._in_flight -= 1
        if self._in_flight == 0:
            self._finished.set()

    def find(self, target: str) -> Resolved | None:
        """Return the endpoint a request target names, or None."""
        for token in tokens_of(target):
            resolved = self._endpoints.by_token(token)
            if resolved is not None:
                return resolved
        return None

    def stored(self) -> None:
        """Note that events can be stored."""
        self._store_failing = False

    def not_stored(self, error: StoreError) -> Answer:
        """Return the answer that asks to come again: what is not stored must not be answered as if it were."""
        if not self._store_failing:
            self._store_failing = True
            _log.error("Events cannot be stored and are answered with 503: %s", error)
        return STORE_FULL

    def left(self, event_id: EventId, started: float, *, sent: bool) -> None:
        """Note when an answer left, or that it could not."""
        self._answers.record_answer(event_id, int((perf_counter() - started) * 1e6), sent)

    def keep_task(self, task: asyncio.Task[None]) -> None:
        """Keep a task until it is done."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        if self.paused is not None:
            self._on_turned_away()
            return await self._write(request, DISCARDED if self.paused is PauseMode.DISCARD else PAUSED)
        resolved = self.find(request.raw_path)
        if resolved is None:
            path = origin_form(request.raw_path).partition("?")[0]
            shown = f"{path[:PATH_SHOWN]}…" if len(path) > PATH_SHOWN else path
            return await self._refuse(request, Refusal.UNKNOWN_ENDPOINT, f"No endpoint has the path {shown}.")
        if resolved.endpoint.paused:
            self._on_turned_away()
            return await self._write(request, PAUSED)
        return await self._receive(request, resolved.endpoint)

    async def unreadable(self, request: web.BaseRequest, reason: str, head: bytes) -> web.StreamResponse:
        """Answer what could not be read as HTTP."""
        started = perf_counter()
        guess = best_guess(head, peer_of(request))
        try:
            kept = await self._intake.refuse(guess, Refusal.MALFORMED, complaint(reason, head))
        except StoreError as error:
            return await self._not_kept(request, error)
        return await self._answer(request, kept, started, last=True)

    async def _receive(self, request: web.BaseRequest, endpoint: Endpoint) -> web.StreamResponse:
        announced = announced_size(request)
        if announced > self.max_body_bytes:
            return await self._too_large(request, endpoint, announced)
        try:
            if _waits_to_be_asked(request):
                await request.writer.write(CONTINUE)
            body = await read_body(request.content, self.max_body_bytes)
        except BodyTooLarge as error:
            return await self._too_large(request, endpoint, max(announced, error.size))
        except RequestPayloadError as error:
            reason = complaint(str(error), b"")
            return await self._refuse(request, Refusal.MALFORMED, reason, endpoint=endpoint, last=True)
        except (ConnectionError, TimeoutError):
            self._on_aborted()
            return GONE
        started = perf_counter()
        try:
            kept = await self._intake.take(endpoint, request_of(request, body, datetime.now(UTC)), self.local_url)
        except StoreError as error:
            return await self._not_kept(request, error)
        self.stored()
        return await self._answer(request, kept, started)

    async def _too_large(self, request: web.BaseRequest, endpoint: Endpoint, size: int) -> web.StreamResponse:
        reason = f"{size:,} bytes, the limit is {self.max_body_bytes:,}."
        return await self._refuse(request, Refusal.TOO_LARGE, reason, endpoint=endpoint, size=size, last=True)

    async def _refuse(
        self,
        request: web.BaseRequest,
        refusal: Refusal,
        reason: str,
        *,
        endpoint: Endpoint | None = None,
        size: int | None = None,
        last: bool = False,
    ) -> web.StreamResponse:
        started = perf_counter()
        evidence = request_of(request, b"", datetime.now(UTC))
        size = announced_size(request) if size is None else size
        try:
            kept = await self._intake.refuse(evidence, refusal, reason, endpoint=endpoint, size=size)
        except StoreError as error:
            return await self._not_kept(request, error)
        return await self._answer(request, kept, started, last=last)

    async def _not_kept(self, request: web.BaseRequest, error: StoreError) -> web.StreamResponse:
        return await self._write(request, self.not_stored(error))

    async def _answer(
        self, request: web.BaseRequest, kept: Kept, started: float, *, last: bool = False
    ) -> web.StreamResponse:
        """Write the answer of a committed event after its delay, and note when it left or that it could not."""
        written: web.StreamResponse = GONE
        try:
            if kept.answer.delay_ms:
                await asyncio.sleep(kept.answer.delay_ms / 1000)
            written = await self._write(request, kept.answer, last=last)
        finally:
            self.left(kept.event_id, started, sent=written is not GONE)
        return written

    async def _write(self, request: web.BaseRequest, answer: Answer, *, last: bool = False) -> web.StreamResponse:
        connection = request.protocol
        half_closed = isinstance(connection, Connection) and connection.half_closed
        unread = not request.content.is_eof() and "Expect" in request.headers
        keep_alive = request.keep_alive and not (last or half_closed or unread or self.closing)
        version = "1.0" if request.version < (1, 1) else "1.1"
        data = wire_bytes(answer, method=request.method, keep_alive=keep_alive, http_version=version)
        try:
            await request.writer.write(data)
            if half_closed and not await still_there(request.transport):
                return GONE
        except ConnectionError:
            return GONE
        return GOES_ON if keep_alive else ENDS


def _waits_to_be_asked(request: web.BaseRequest) -> bool:
    """Tell whether the client sends its body only after an interim answer (RFC 9110 section 10.1.1; not HTTP/1.0)."""
    if request.version < (1, 1) or request.content.is_eof():
        return False
    return request.headers.get("Expect", "").lower() == "100-continue"
