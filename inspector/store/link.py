"""The near side of the writer: its end of the socket on the event loop, and who waits for what.

Everything that came in during one turn of the loop leaves as one message, and one message back resolves all of it.
The writer works things off in the order they were sent, so events need no numbers on the way: the next that was sent is
the next that is told of.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from inspector.domain.errors import StoreError
from inspector.domain.event import Draft
from inspector.store.departure import Departures
from inspector.store.host import Host, Started, in_process, in_thread
from inspector.store.wire import (
    Answered,
    Arrival,
    Begin,
    Caught,
    Done,
    End,
    Frames,
    Held,
    Job,
    Keep,
    Kept,
    NotKept,
    Piece,
    Planned,
    Ready,
    Refused,
    Remark,
    Reread,
    Retold,
    Trouble,
    frame,
)

if TYPE_CHECKING:
    from inspector.domain.series import Series

PIECE_BYTES = 256 * 1024
"""Larger bodies are sent in pieces, with the loop free in between."""

ANSWERS_WITHIN_S = 0.2
"""An answer's time is on disk at most this much (and one commit) after it is known."""

Row = tuple[Any, ...]


class Waiting(Protocol):
    """Waits for the row of an event; a future is one."""

    def done(self) -> bool:
        """Whether it does not wait any more."""

    def set_result(self, row: Row, /) -> object:
        """Take the row."""

    def set_exception(self, error: StoreError, /) -> object:
        """Take the reason why there is none."""


class Outlet(NamedTuple):
    """Where the link tells what happened, on the loop.

    Rows with who waited for them, and whose answers are noted; rows that were held; trouble, and what is held; news of
    messages; an early end; new series.
    """

    kept: Callable[[list[Row], list[Waiting], list[int]], None]
    caught: Callable[[list[Row]], None]
    trouble: Callable[[StoreError | None, Held], None]
    retold: Callable[[], None]
    lost: Callable[[], None]
    planned: Callable[[Sequence[Series]], None]


class WriterLink(asyncio.Protocol):
    """One writer, from `begin` to `end`."""

    def __init__(self, loop: asyncio.AbstractEventLoop, outlet: Outlet) -> None:
        self._loop = loop
        self._outlet = outlet
        self._frames = Frames()
        self._departures = Departures(self._send)
        self._transport: asyncio.Transport | None = None
        self._host: Host | None = None
        self._begun: asyncio.Future[Ready] = loop.create_future()
        self._over = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._in_pieces = asyncio.Lock()
        self._arrived: list[Arrival] = []
        self._arriving: list[Waiting] = []
        self._answers: list[Answered] = []
        self._answers_due: asyncio.TimerHandle | None = None
        self._waiting: deque[Waiting] = deque()
        self._jobs: dict[int, asyncio.Future[Any]] = {}
        self._job_number = 0
        self._ending = False

    @classmethod
    async def begin(
        cls, begin: Begin, outlet: Outlet, *, apart: bool, started: Started | None = None
    ) -> tuple[WriterLink, Ready]:
        """Start a writer, in a process of its own (`apart`) or in a thread, and wait until its database is open.

        One that was `started` already is taken as it is.

        Raises StoreError where the database cannot be used.
        """
        loop = asyncio.get_running_loop()
        link = cls(loop, outlet)
        with ThreadPoolExecutor(1, "store-opening") as pool:
            near, host = (
                started if started is not None else await loop.run_in_executor(pool, in_process if apart else in_thread)
            )
            link._host = host
            near.setblocking(False)
            await loop.create_connection(lambda: link, sock=near)
            link._send(begin)
            try:
                return link, await link._begun
            except BaseException:
                link._close()
                await link._over.wait()
                await loop.run_in_executor(pool, host.join)
                raise

    async def end(self) -> None:
        """Have everything written that was handed over, and wait until the writer has closed its database."""
        self._ending = True
        self._hand_over()
        self._flush_answers()
        self._send(End())
        await self.over()

    async def over(self) -> None:
        """Wait until the writer is gone."""
        await self._over.wait()
        if self._host is not None:
            with ThreadPoolExecutor(1, "store-closing") as pool:
                await self._loop.run_in_executor(pool, self._host.join)

    @property
    def is_lost(self) -> bool:
        """Whether there is no writer at the other end any more."""
        return self._transport is None

    async def keep(self, draft: Draft) -> Row:
        """Hand an event over and return its row once it is committed; raises StoreError where it is not."""
        arrival = self._arrival_of(draft)
        if len(arrival.body) > PIECE_BYTES:
            return await self._keep_in_pieces(arrival)
        future: asyncio.Future[Row] = self._loop.create_future()
        self._keep(arrival, future)
        return await future

    def keep_soon(self, draft: Draft, waiting: Waiting) -> None:
        """Hand over an event with a body that needs no pieces; `waiting` hears what became of it."""
        self._keep(self._arrival_of(draft), waiting)

    def _arrival_of(self, draft: Draft) -> Arrival:
        if self._departures.is_full:
            self._hand_over()
            self._departures.forget()
        return self._departures.arrival_of(draft)

    def _keep(self, arrival: Arrival, waiting: Waiting) -> None:
        if not self._arrived:
            self._loop.call_soon(self._hand_over)
        self._arrived.append(arrival)
        self._arriving.append(waiting)

    async def _keep_in_pieces(self, arrival: Arrival) -> Row:
        body = memoryview(arrival.body)
        async with self._in_pieces:
            count = 0
            for at in range(0, len(body), PIECE_BYTES):
                self._send(Piece(bytes(body[at : at + PIECE_BYTES]), first=at == 0))
                count += 1
                await asyncio.sleep(0)
                await self._room.wait()
            future: asyncio.Future[Row] = self._loop.create_future()
            self._keep(arrival._replace(body=b"", pieces=count), future)
            self._hand_over()
        return await future

    def answered(self, answered: Answered) -> None:
        """Hand over when an answer left; it is written soon, with others."""
        self._answers.append(answered)
        if not answered.sent:
            self._flush_answers()  # whether a repeat is a duplicate or a retry hangs on it
        elif self._answers_due is None and not self._ending:
            self._answers_due = self._loop.call_later(ANSWERS_WITHIN_S, self._flush_answers)

    async def do(self, work: Callable[..., Any], *values: Any, needs: tuple[str, ...] = ()) -> Any:
        """Have a job done in a transaction of its own and return its result; raises what it raised."""
        self._job_number += 1
        future: asyncio.Future[Any] = self._loop.create_future()
        self._jobs[self._job_number] = future
        self._send(Job(self._job_number, work, values, needs))
        if self.is_lost:
            self._fail()
        return await future

    def reread_providers(self) -> None:
        """Tell that definitions of providers have changed."""
        self._send(Reread())

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """Work off what the writer says."""
        for message in self._frames.feed(data):
            self._take(message)

    def pause_writing(self) -> None:
        """Let large bodies wait: the writer is behind."""
        self._room.clear()

    def resume_writing(self) -> None:
        """Let them go on."""
        self._room.set()

    def connection_lost(self, error: Exception | None) -> None:
        """Tell everybody who waits that nothing more will come."""
        self._transport = None
        self._room.set()
        self._fail()
        self._over.set()
        if not self._ending:
            self._outlet.lost()

    def _take(self, message: Any) -> None:
        if isinstance(message, Kept):
            waiting = self._waiting
            futures = [waiting.popleft() for _row in message.rows]
            self._outlet.kept(message.rows, futures, message.answered)
        elif isinstance(message, Planned):
            self._outlet.planned(message.series)
        elif isinstance(message, NotKept):
            for _ in range(message.many):
                _fail(self._waiting.popleft(), message.error)
        elif isinstance(message, Done):
            future = self._jobs.pop(message.number)
            if future.done():
                return
            if message.error is not None:
                future.set_exception(message.error)
            else:
                future.set_result(message.result)
        elif isinstance(message, Trouble):
            self._outlet.trouble(message.error, message.held)
        elif isinstance(message, Caught):
            self._outlet.caught(message.rows)
        elif isinstance(message, Retold):
            self._outlet.retold()
        elif isinstance(message, Remark):
            logging.getLogger(message.logger).log(message.level, "%s", message.text)
        elif isinstance(message, Ready):
            self._begun.set_result(message)
        elif isinstance(message, Refused):
            self._begun.set_exception(message.error)

    def _hand_over(self) -> None:
        """Send everything that came in this turn of the loop, as one message."""
        if not self._arrived:
            return
        arrived, self._arrived = self._arrived, []
        self._waiting.extend(self._arriving)
        self._arriving.clear()
        self._send(Keep(arrived, []))
        if self.is_lost:
            self._fail()

    def _flush_answers(self) -> None:
        """Send all answers of a while together: each time they are written, pages of the database are written again."""
        if self._answers_due is not None:
            self._answers_due.cancel()
            self._answers_due = None
        answers, self._answers = self._answers, []
        if answers:
            self._send(Keep([], answers))

    def _send(self, message: object) -> None:
        if self._transport is not None:
            self._transport.write(frame(message))

    def _close(self) -> None:
        self._ending = True
        if self._transport is not None:
            self._transport.close()

    def _fail(self) -> None:
        error = StoreError("The event was not stored.", "The part of the program that writes has ended.")
        if not self._begun.done():
            self._begun.set_exception(StoreError("The stored events cannot be opened.", "The writer did not start."))
        waiting: list[Waiting] = [*self._waiting, *self._arriving, *self._jobs.values()]
        self._waiting.clear()
        self._arriving.clear()
        self._arrived.clear()
        self._jobs.clear()
        for future in waiting:
            _fail(future, error)


def _fail(waiting: Waiting, error: StoreError) -> None:
    if not waiting.done():
        waiting.set_exception(error)
