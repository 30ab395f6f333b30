"""The commonest request without detours: all of it came in one read, and its answer leaves as soon as it is stored.

aiohttp's parser has read it; from there on a request usually costs a task, two futures and half a dozen coroutines,
which together take longer than everything we do with it. Here the store calls back, and the answer goes out in the
same turn of the loop. Whatever is not quite ordinary (a body still on its way, Expect, HTTP/1.0, a closing
connection, a delay, a pause, an unknown path) is left to the handler, whose answers are the same byte for byte.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Any

from aiohttp import HttpVersion11, StreamReader
from aiohttp.http_parser import RawRequestMessage

from inspector.directory import Resolved
from inspector.domain.access import AccessRule
from inspector.domain.answer import Answer
from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import StoreError
from inspector.domain.event import EventId
from inspector.domain.request import Request
from inspector.receiver.answering import wire_bytes
from inspector.receiver.intake import Intake

if TYPE_CHECKING:
    from inspector.receiver.handler import Handler
    from inspector.receiver.protocol import Connection

MOST_BYTES = 64 * 1024
"""Bodies, and answers, of at most this size take the direct way; none of them keeps the loop busy for long."""


MOST_MADE = 64
"""So many answers to POST are kept as they leave."""


class Direct:
    """Takes requests that are complete, for one handler."""

    def __init__(self, handler: Handler, intake: Intake) -> None:
        self._handler = handler
        self._intake = intake
        self._known: dict[EndpointId, tuple[Resolved, bool]] = {}

    def take(self, connection: Connection, message: RawRequestMessage, payload: StreamReader) -> bool:
        """Take a request if it is an ordinary one; returns whether it was. Its body must have arrived."""
        handler = self._handler
        if (
            handler.paused is not None
            or handler.is_closing
            or message.should_close
            or message.upgrade
            or message.compression
            or message.version != HttpVersion11
            or payload.total_bytes > min(MOST_BYTES, handler.max_body_bytes)
            or payload.exception() is not None
            or "Expect" in message.headers
            or connection.half_closed
        ):
            return False
        resolved = handler.find(message.path)
        if resolved is None:
            return False
        known = self._known.get(resolved.endpoint.id)
        if known is None or known[0] is not resolved:
            known = self._known[resolved.endpoint.id] = (resolved, _is_ordinary(resolved))
        if not known[1]:
            return False
        started = perf_counter()
        body = payload.read_nowait()
        peer = connection.peername
        request = Request(
            message.method,
            message.path,
            message.raw_headers,
            body,
            datetime.now(UTC),
            str(peer[0]) if isinstance(peer, tuple) and peer else "",
        )
        draft = self._intake.draft_of(resolved, request, handler.url_by(connection.transport))
        handler.began()
        connection.hold()
        self._intake.take_soon(draft, _Waiting(handler, connection, message.method, draft.answer, started))
        return True


def _is_ordinary(resolved: Resolved) -> bool:
    """Tell whether an endpoint lets everybody in and answers by the verdict alone; looked at once while it is so."""
    endpoint, answers = resolved.endpoint, resolved.endpoint.answers
    return (
        not endpoint.paused
        and endpoint.access == AccessRule()
        and answers.is_fixed
        and not endpoint.duplicates.answer_only
        and _leaves_at_once(answers.accepted)
        and _leaves_at_once(answers.rejected)
    )


def _wire_bytes(answer: Answer, method: str, keep_alive: bool) -> bytes:
    """Return what leaves for an answer; made once for the few that nearly all requests get."""
    if method != "POST" or not keep_alive:
        return wire_bytes(answer, method=method, keep_alive=keep_alive)
    known = _MADE.get(id(answer))
    if known is None or known[0] is not answer:
        if len(_MADE) >= MOST_MADE:
            _MADE.clear()
        known = _MADE[id(answer)] = (answer, wire_bytes(answer, method=method, keep_alive=True))
    return known[1]


_MADE: dict[int, tuple[Answer, bytes]] = {}
"""By the answer's identity, which cannot become another's while the answer is kept here."""


def _leaves_at_once(answer: Answer) -> bool:
    return answer.delay_ms == 0 and answer.fault is None and not answer.template and len(answer.body) <= MOST_BYTES


@dataclass(slots=True, eq=False)
class _Waiting:
    """One request between its store and its answer; to the store it is what a future is."""

    handler: Handler
    connection: Connection
    method: str
    answer: Answer
    started: float
    _done: bool = False

    def done(self) -> bool:
        """Whether it has been answered."""
        return self._done

    def set_result(self, row: tuple[Any, ...], /) -> None:
        """Answer: the event is committed."""
        self._done = True
        self.handler.stored()
        connection, handler = self.connection, self.handler
        if connection.is_gone or (connection.half_closed and not connection.has_more):
            self._answer_slowly(EventId(row[0]))
            return
        keep_alive = not handler.is_closing
        connection.send(_wire_bytes(self.answer, self.method, keep_alive))
        handler.left(EventId(row[0]), self.started, sent=True)
        self._end(keep_alive)

    def set_exception(self, error: StoreError, /) -> None:
        """Ask the provider to come again: the event is not stored."""
        self._done = True
        answer = self.handler.not_stored(error)
        if not self.connection.is_gone:
            self.connection.send(wire_bytes(answer, method=self.method, keep_alive=not self.handler.is_closing))
        self._end(not self.handler.is_closing)

    def _answer_slowly(self, event_id: EventId) -> None:
        """Answer a client that closed its side: whether the answer reaches it shows only afterwards."""

        async def answer() -> None:
            sent = False
            try:
                if not self.connection.is_gone:
                    self.connection.send(wire_bytes(self.answer, method=self.method, keep_alive=False))
                    sent = await self.connection.still_there()
            finally:
                self.handler.left(event_id, self.started, sent=sent)
                self._end(False)

        self.handler.keep_task(asyncio.get_running_loop().create_task(answer(), name="answer-half-closed"))

    def _end(self, goes_on: bool) -> None:
        self.handler.ended()
        self.connection.release(goes_on)
