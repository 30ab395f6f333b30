"""One request from its head to its answer: which endpoint, may it come in, how large, read, kept, answered."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic, perf_counter
from typing import Protocol

from aiohttp import web
from aiohttp.web_protocol import RequestPayloadError

from inspector.directory import Resolved
from inspector.domain.answer import Answer
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.errors import StoreError
from inspector.domain.event import EventId, Refusal
from inspector.domain.request import Request
from inspector.receiver.addressing import PREFIX, origin_form, tokens_of
from inspector.receiver.answering import CONTINUE, CROWDED, DISCARDED, PAUSED, REFUSALS
from inspector.receiver.cors import with_cors
from inspector.receiver.guard import Access, Guard
from inspector.receiver.intake import Intake, Kept
from inspector.receiver.late import Amends, Late
from inspector.receiver.limits import Limits
from inspector.receiver.nonces import Nonces
from inspector.receiver.protocol import GONE
from inspector.receiver.reading import (
    NO_REQUEST_LINE,
    BodyTooLarge,
    BodyTooSlow,
    announced_size,
    best_guess,
    complaint,
    peer_of,
    read_body,
    request_of,
)
from inspector.receiver.refusals import QUIET_S, Refusals
from inspector.receiver.sending import send, wait_or_end
from inspector.receiver.state import PauseMode
from inspector.store.holding import NOT_STORED

PATH_SHOWN = 200
"""Characters of an unknown path that are repeated in the reason."""

_log = logging.getLogger(__name__)


class Endpoints(Protocol):
    """Finds the endpoint a path names."""

    def by_token(self, token: str) -> Resolved | None:
        """Return the endpoint, or None."""

    def by_id(self, endpoint_id: EndpointId) -> Resolved | None:
        """Return the endpoint, or None."""


class Answers(Amends, Protocol):
    """Keeps how long an answer took, and which one left."""

    def record_answer(self, event_id: EventId, answer_us: int, sent: bool) -> None:
        """Note that the answer left (`sent`) or could not, `answer_us` µs after the last byte was read."""


class Handler:
    """Handles the requests of every connection.

    `paused` and `closing` are set from outside, `limits` may be. `on_turned_away` and `on_aborted` are called for each
    request that was turned away by a pause, and for each client that hung up before its request was complete.
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
        self.is_closing = False
        self.local_url = ""
        self.https_url = ""
        self.max_body_bytes = max_body_bytes
        self.nonces = Nonces()
        self.limits = Limits()
        self.guard = Guard()
        self.late = Late(answers)
        self.aborted = on_aborted
        self._endpoints = endpoints
        self._intake = intake
        self._answers = answers
        self._on_turned_away = on_turned_away
        self._refusals = Refusals()
        self._telling: asyncio.TimerHandle | None = None
        self._store_failing = False
        self._in_flight = 0
        self._finished = asyncio.Event()
        self._finished.set()
        self._closes = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def closing(self) -> bool:
        """Whether the receiver stops: answers leave as soon as they can, and end their connections."""
        return self.is_closing

    @closing.setter
    def closing(self, closing: bool) -> None:
        self.is_closing = closing
        if closing:
            self._closes.set()
            self._tell_rest()
        else:
            self._closes.clear()

    async def finished(self) -> None:
        """Wait until no request is being handled, and nothing is left to be told."""
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

    def url_by(self, transport: asyncio.BaseTransport | None) -> str:
        """Return the local address by which a request came: that of HTTPS where its connection is encrypted."""
        if self.https_url and transport is not None and transport.get_extra_info("sslcontext") is not None:
            return self.https_url
        return self.local_url

    def find(self, target: str) -> Resolved | None:
        """Return the endpoint a request target names, or None."""
        if target.startswith(PREFIX):  # nearly always there is nothing but the token behind it
            resolved = self._endpoints.by_token(target[len(PREFIX) :])
            if resolved is not None:
                return resolved
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
        return NOT_STORED

    def left(self, event_id: EventId, started: float, *, sent: bool) -> None:
        """Note when an answer left, or that it could not."""
        self._answers.record_answer(event_id, int((perf_counter() - started) * 1e6), sent)

    def keep_task(self, task: asyncio.Task[None]) -> None:
        """Keep a task until it is done."""
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        proof = self.nonces.answer(request.raw_path)
        if proof is not None:
            return await self._write(request, Answer(body=proof.encode()))
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
        return await self._enter(request, resolved)

    async def unreadable(self, request: web.BaseRequest, reason: str, head: bytes, slow: bool) -> web.StreamResponse:
        """Answer what could not be read as HTTP, or (`slow`) what did not come in time."""
        guess = best_guess(head, peer_of(request))
        if not slow:
            return await self._turn_away(request, guess, Refusal.MALFORMED, complaint(reason, head), last=True)
        resolved = self.find(guess.target)
        endpoint = None if resolved is None else resolved.endpoint
        return await self._turn_away(request, guess, Refusal.TOO_SLOW, reason, endpoint=endpoint, last=True)

    def crowded(self, peer: str) -> None:
        """Note a connection that was turned away because there were too many."""
        request = Request(NO_REQUEST_LINE, "", (), b"", datetime.now(UTC), peer, "")
        reason = f"All {self.limits.connections:,} connections were in use."

        async def note() -> None:
            with contextlib.suppress(StoreError):
                await self._note(request, Refusal.RATE_LIMITED, reason, answer=CROWDED)
            self.ended()

        self.began()
        self.keep_task(asyncio.get_running_loop().create_task(note(), name="note-crowded"))

    async def _enter(self, request: web.BaseRequest, resolved: Resolved) -> web.StreamResponse:
        """Ask the guard, and go on where the request may come in."""
        access, endpoint = self.guard.access_of(resolved), resolved.endpoint
        if access.open:
            return await self._receive(request, endpoint, self.max_body_bytes, None)
        headers = request.raw_headers
        client = self.guard.client_of(access, peer_of(request), headers)
        denial = self.guard.denial(access, client, request.method, headers, monotonic())
        if denial is not None:
            evidence = request_of(request, b"", datetime.now(UTC), client.shown)
            answer = with_cors(denial.answer, access.rule.cors_origins, evidence.header("Origin"))
            return await self._turn_away(
                request, evidence, denial.refusal, denial.reason, endpoint=endpoint, answer=answer
            )
        return await self._receive(request, endpoint, _largest(self.max_body_bytes, access), client.shown)

    async def _receive(
        self, request: web.BaseRequest, endpoint: Endpoint, limit: int, client: str | None
    ) -> web.StreamResponse:
        """Read the body (at most `limit` bytes) of a request from `client`, keep the event, answer."""

        async def refuse(refusal: Refusal, reason: str, size: int | None = None) -> web.StreamResponse:
            evidence = request_of(request, b"", datetime.now(UTC), client)
            return await self._turn_away(request, evidence, refusal, reason, endpoint=endpoint, size=size, last=True)

        announced = announced_size(request)
        if announced > limit:
            return await refuse(Refusal.TOO_LARGE, _too_large(announced, limit), announced)
        try:
            if _waits_to_be_asked(request):
                await request.writer.write(CONTINUE)
            body = await read_body(request.content, limit, self.limits.body_s)
        except BodyTooLarge as error:
            size = max(announced, error.size)
            return await refuse(Refusal.TOO_LARGE, _too_large(size, limit), size)
        except BodyTooSlow as error:
            return await refuse(Refusal.TOO_SLOW, _too_slow(error.size, announced, self.limits.body_s), error.size)
        except RequestPayloadError as error:
            return await refuse(Refusal.MALFORMED, complaint(str(error), b""))
        except ConnectionError:
            self.aborted()
            return GONE
        started = perf_counter()
        received = request_of(request, body, datetime.now(UTC), client)
        try:
            kept = await self._intake.take(endpoint, received, self.url_by(request.transport))
        except StoreError as error:
            return await self._write(request, self.not_stored(error))
        self.stored()
        return await self._answer(request, kept, started)

    async def _refuse(self, request: web.BaseRequest, refusal: Refusal, reason: str) -> web.StreamResponse:
        return await self._turn_away(request, request_of(request, b"", datetime.now(UTC)), refusal, reason)

    async def _turn_away(
        self,
        request: web.BaseRequest,
        evidence: Request,
        refusal: Refusal,
        reason: str,
        *,
        endpoint: Endpoint | None = None,
        answer: Answer | None = None,
        size: int | None = None,
        last: bool = False,
    ) -> web.StreamResponse:
        """Note a request that may not come in, and answer it."""
        started = perf_counter()
        size = announced_size(request) if size is None else size
        try:
            kept = await self._note(evidence, refusal, reason, endpoint=endpoint, answer=answer, size=size)
        except StoreError as error:
            return await self._write(request, self.not_stored(error))
        if kept is None:
            return await self._write(request, REFUSALS[refusal] if answer is None else answer, last=last)
        return await self._answer(request, kept, started, last=last)

    async def _note(
        self,
        evidence: Request,
        refusal: Refusal,
        reason: str,
        *,
        endpoint: Endpoint | None = None,
        answer: Answer | None = None,
        size: int = 0,
    ) -> Kept | None:
        """Keep a refusal as a row, None where there are so many that it is only counted. Raises StoreError."""
        kind = (None if endpoint is None else endpoint.id, refusal)
        told = self._refusals.listed(kind, evidence, reason, size, monotonic())
        if told is None:
            if self._telling is None:
                self._telling = asyncio.get_running_loop().call_later(QUIET_S, self._tell_rest)
            return None
        return await self._intake.refuse(evidence, refusal, told, endpoint=endpoint, size=size, answer=answer)

    def _tell_rest(self) -> None:
        """Make rows of what was only counted, if there is anything."""
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None
        if not self._refusals.has_unlisted:
            return
        rest = self._refusals.rest()

        async def tell() -> None:
            for (endpoint_id, refusal), unlisted in rest:
                resolved = None if endpoint_id is None else self._endpoints.by_id(endpoint_id)
                endpoint = None if resolved is None else resolved.endpoint
                with contextlib.suppress(StoreError):
                    await self._intake.refuse(
                        unlisted.request, refusal, unlisted.reason, endpoint=endpoint, size=unlisted.size
                    )
            self.ended()

        self.began()
        self.keep_task(asyncio.get_running_loop().create_task(tell(), name="tell-refusals"))

    async def _answer(
        self, request: web.BaseRequest, kept: Kept, started: float, *, last: bool = False
    ) -> web.StreamResponse:
        """Write the answer of a committed event after its delay, and note when it left or that it could not."""
        written: web.StreamResponse = GONE
        answer = kept.answer
        try:
            if kept.late is not None:
                answer = await self.late.answer(
                    *(kept.event_id, kept.endpoint_id, answer, kept.late, kept.finish),
                    given_up=lambda: wait_or_end(request, None, self._closes),
                )
            if answer.delay_ms:
                await asyncio.sleep(answer.delay_ms / 1000)
            written = await self._write(request, answer, last=last)
        finally:
            self.left(kept.event_id, started, sent=written is not GONE and answer.fault is None)
        return written

    async def _write(self, request: web.BaseRequest, answer: Answer, *, last: bool = False) -> web.StreamResponse:
        return await send(request, answer, last=last or self.is_closing, closes=self._closes)


def _largest(most: int, access: Access) -> int:
    """Return the largest body an endpoint takes in bytes; its own limit cannot be above the program's."""
    own = access.rule.max_body_bytes
    return min(most, own) if own > 0 else most


def _too_large(size: int, limit: int) -> str:
    return f"{size:,} bytes, the limit is {limit:,}."


def _too_slow(size: int, announced: int, limit_s: float) -> str:
    of = f" of {announced:,}" if announced else ""
    return f"{size:,}{of} bytes of the body had come after {limit_s:g} s."


def _waits_to_be_asked(request: web.BaseRequest) -> bool:
    """Tell whether the client sends its body only after an interim answer (RFC 9110 section 10.1.1; not HTTP/1.0)."""
    if request.version < (1, 1) or request.content.is_eof():
        return False
    return request.headers.get("Expect", "").lower() == "100-continue"
