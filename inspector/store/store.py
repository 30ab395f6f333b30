"""Everything that is kept, behind one door: append and change through the writer, read on connections of its own."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from array import array
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.domain.answer import Answer
from inspector.domain.attempt import Attempt
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.errors import StoreError
from inspector.domain.event import Draft, Event, EventId, EventSummary
from inspector.domain.query import Query
from inspector.domain.verification import Verification
from inspector.feed import Feed
from inspector.resources import resource_path
from inspector.store.amending import amend_answer
from inspector.store.attempts import write_attempt
from inspector.store.browse import Browser, Facet
from inspector.store.changes import ChangedIds
from inspector.store.endpoints import read_endpoints, write_endpoint
from inspector.store.figure_store import FigureStore
from inspector.store.host import Started
from inspector.store.link import Outlet, Row, Waiting, WriterLink
from inspector.store.lock import FolderLock
from inspector.store.marks import delete_endpoint_row, mark_slice, purge_slice, slices, sweep_endpoint, write_recheck
from inspector.store.outage_rows import read_outage
from inspector.store.reader import Reader
from inspector.store.reading_thread import ReadingThread
from inspector.store.retention import Retention
from inspector.store.room import RoomWatch
from inspector.store.rows import summary_of
from inspector.store.schema import connect_reader
from inspector.store.tally import Counts, ScopeCount, Tally
from inspector.store.where import matches as live_match
from inspector.store.wire import NOTHING_HELD, Answered, Begin, Held, Ready

if TYPE_CHECKING:
    from inspector.domain.series import Series
    from inspector.store.message_reader import MessageReader
    from inspector.store.series import SeriesBook

UNDO_S = 3600
PURGE_EVERY_S = 600
RESTART_S = 1.0
RETOLD_EVERY_S = 0.1

_log = logging.getLogger(__name__)


class Store:
    """The events, endpoints and attempts of one data folder; made with `open`, ended with `close`.

    `added` tells every stored event once, in order, a batch at a time; `changed` tells ids whose marks, answer time or
    replays changed, at most ten times a second; `trouble` tells that events cannot be stored (`in_trouble` has it too),
    with every change of what is `held` in memory meanwhile, and None when they can again; `planned` tells series that
    began together with their event. All of them on the event loop.
    """

    def __init__(self, folder: Path, begin: Begin, apart: bool, loop: asyncio.AbstractEventLoop) -> None:
        """Make the shell of a store; use `open`."""
        self.added: Feed[Sequence[EventSummary]] = Feed()
        self.changed: Feed[Sequence[EventId]] = Feed()
        self.endpoints_changed: Feed[None] = Feed()
        self.trouble: Feed[StoreError | None] = Feed()
        self.planned: Feed[Sequence[Series]] = Feed()
        self._series: SeriesBook | None = None
        self._messages: MessageReader | None = None
        self.in_trouble: StoreError | None = None
        self.held = NOTHING_HELD
        self.folder = folder
        self.set_aside: Path | None = None
        self._begin = begin
        self._apart = apart
        self._loop = loop
        self._lock: FolderLock
        self._link: WriterLink
        self._purging: asyncio.Task[None]
        self._retaining: asyncio.Task[None]
        self._closing = False
        self._changes = ChangedIds(self.changed, loop)
        self._outlet = Outlet(
            self._on_kept, self._on_caught, self._on_trouble, self._on_retold, self._on_lost, self._on_planned
        )
        self._retold_due: asyncio.TimerHandle | None = None
        self._reviving: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, folder: Path, *, synchronous: str = "FULL", apart: bool = False, started: Started | None = None
    ) -> Store:
        """Open (or make) the store of a folder, which is made if missing.

        With `apart` the writer gets a process of its own: for a program that receives while it does other things. Else
        it is a thread, which starts sooner and takes less.

        Raises StoreBusy where another instance owns the folder, StoreError where its database cannot be used.
        """
        providers = (resource_path("providers"), folder / "providers")
        begin = Begin(str(folder), synchronous, tuple(map(str, providers)))
        store = cls(folder, begin, apart, asyncio.get_running_loop())
        with ThreadPoolExecutor(1, "store-opening") as pool:
            try:
                store._lock = await store._loop.run_in_executor(pool, _lock, folder)
            except BaseException:
                if started is not None:
                    await store._loop.run_in_executor(pool, started.end)
                raise
            try:
                store._link, ready = await WriterLink.begin(begin, store._outlet, apart=apart, started=started)
                await store._loop.run_in_executor(pool, store._connect, ready)
            except BaseException:
                store._lock.release()
                raise
        store._purging = store._loop.create_task(store._purge_now_and_then(), name="store-purge")
        store._retaining = store._loop.create_task(store.retention.run_now_and_then(), name="store-retention")
        store.room.start()
        return store

    def _connect(self, ready: Ready) -> None:
        path = Path(ready.path)
        self._path = path
        self.set_aside = None if ready.set_aside is None else Path(ready.set_aside)
        self._endpoints = ready.endpoints
        self._reader = Reader(connect_reader(path))
        self._lists = ReadingThread(connect_reader(path), "store-lists")
        self._numbers = ReadingThread(connect_reader(path), "store-numbers")
        self._browser = Browser(self._lists)
        self._tally = Tally(self._numbers)
        self._told = ReadingThread(connect_reader(path), "store-messages")
        self.retention = Retention(self.endpoints, self._numbers, self._write, self._on_gone, self._changes.add)
        self.room = RoomWatch(self.folder, self.retention, self._write)
        self.figures = FigureStore(path, self._write)

    async def close(self) -> None:
        """Write what is queued, end the threads, free the folder; doing it twice is harmless."""
        if self._closing:
            return
        self._closing = True
        others = [task for task in (self._purging, self._retaining, self._reviving) if task is not None]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        await self.room.close()
        self._lists.interrupt()
        self._numbers.interrupt()
        self._told.interrupt()
        # On the thread it is used on: closing it beside a read that somebody is late with ends the program.
        self._reader.close()
        with ThreadPoolExecutor(1, "store-closing") as pool:
            await self._loop.run_in_executor(pool, self._stop_reading)
        # The writer last: whoever closes a database as the last one cleans its log away.
        await self._link.end()
        self._changes.close()
        if self._retold_due is not None:
            self._retold_due.cancel()
        self._lock.release()

    def _stop_reading(self) -> None:
        self._lists.stop()
        self._numbers.stop()
        self._told.stop()
        self.figures.close()

    # Writing

    async def append(self, draft: Draft) -> EventSummary:
        """Store a request and return its row once it is committed; repeats are recognised in the same transaction.

        Raises StoreFull where there is no room, and StoreError for any other trouble; then nothing was stored. Without
        room the event is held where it can be, and written later as one that was answered NOT_STORED (holding.py).
        """
        return summary_of(await self._append(draft))

    async def keep(self, draft: Draft) -> EventId:
        """Store a request as `append` does, for who needs no more than its number."""
        return EventId((await self._append(draft))[0])

    def keep_soon(self, draft: Draft, waiting: Waiting) -> None:
        """Store a request; `waiting` gets the row of the list (its number first) once it is committed, or a StoreError.

        For bodies of up to some hundred kilobytes, and for whoever cannot afford a task for each.
        """
        if self._closing:
            waiting.set_exception(StoreError("The event was not stored.", "The program is closing."))
        else:
            self._link.keep_soon(draft, waiting)

    def record_answer(self, event_id: EventId, answer_us: int, sent: bool) -> None:
        """Note when an event's answer left, µs after its last byte was read; it is written with a later commit.

        `sent=False` says that the answer never left: a repeat of the event then counts as a retry.
        """
        self._link.answered(Answered(event_id, answer_us, sent))

    async def add_attempt(self, attempt: Attempt) -> Attempt:
        """Keep an attempt of a replay and return it with its id. Raises StoreError where its event is gone."""
        saved: Attempt = await self._write(write_attempt, attempt)
        self._tally.forget_marks()
        self._changes.add((attempt.event_id,))
        return saved

    async def amend_answer(self, event_id: EventId, answer: Answer) -> None:
        """Keep what an event is answered after all in place of what was said when it was stored.

        Returns after the commit. Whether a later repeat is a duplicate or a retry goes by this answer. Raises
        StoreError where the event is gone or nothing can be written.
        """
        await self._write(amend_answer, event_id, answer, needs=("sightings", "expected"))
        self._tally.forget()
        self._on_retold()
        self._changes.add((event_id,))

    async def keep_recheck(self, event_id: EventId, verification: Verification) -> None:
        """Keep the verdict of a later check beside the one at receipt. Raises StoreError where the event is gone."""
        await self._write(write_recheck, event_id, _now_us(), verification)
        self._changes.add((event_id,))

    async def mark_read(self, ids: Sequence[EventId], read: bool) -> None:
        """Mark events as read or unread."""
        await self._mark(ids, "unread", int(not read))

    async def star(self, ids: Sequence[EventId], starred: bool) -> None:
        """Put a star on events, or take it off."""
        await self._mark(ids, "starred", int(starred))

    async def set_deleted(self, ids: Sequence[EventId], deleted: bool) -> None:
        """Delete events, or undo that; they are out of lists and counts at once and purged after an hour."""
        await self._mark(ids, "deleted_us", _now_us() if deleted else None)

    async def clear_endpoint(self, endpoint_id: EndpointId) -> array[int]:
        """Delete every event of an endpoint; returns their ids, with which `set_deleted` undoes it."""
        ids = await self._sweep(endpoint_id, _now_us())
        self._tally.forget()
        self._on_retold()
        self._changes.add(ids)
        return ids

    async def save_endpoint(self, endpoint: Endpoint) -> Endpoint:
        """Keep an endpoint (id 0 makes a new one) and return it with its id. Raises StoreError for a taken token."""
        saved: Endpoint = await self._write(write_endpoint, endpoint)
        await self._reload_endpoints()
        return saved

    async def delete_endpoint(self, endpoint_id: EndpointId) -> None:
        """Remove an endpoint with all its events, for good."""
        await self._write(delete_endpoint_row, endpoint_id, needs=("sightings",))
        await self.series.stop_endpoint(endpoint_id)
        await self._sweep(endpoint_id, 0)
        self._tally.forget()
        self._on_retold()
        await self._reload_endpoints()

    def reread_providers(self) -> None:
        """Read the definitions of the providers again before the next event: the user changed their own."""
        self._link.reread_providers()

    # Reading at once, on the loop's thread

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return every endpoint in the user's order, from memory."""
        return self._endpoints

    def page(self, ids: Sequence[EventId]) -> list[EventSummary]:
        """Return the rows of these events in the same order; one that is gone is left out."""
        return self._reader.page(ids)

    def summary(self, event_id: EventId) -> EventSummary | None:
        """Return one row of the list, or None where there is no such event."""
        return self._reader.summary(event_id)

    def event(self, event_id: EventId) -> Event | None:
        """Return everything about one event, or None; a deleted one is there until it is purged."""
        return self._reader.event(event_id)

    def body(self, event_id: EventId) -> bytes:
        """Return an event's body as received. Raises LookupError where there is no such event."""
        return self._reader.body(event_id)

    def attempts(self, event_id: EventId) -> tuple[Attempt, ...]:
        """Return every attempt to replay an event, newest first."""
        return self._reader.attempts(event_id)

    # Reading lists and numbers, in threads of their own

    async def ids(self, query: Query, *, chunk: Callable[[array[int]], None] | None = None) -> array[int]:
        """Return the ids of every event a query finds, ascending, whatever the query's order.

        `chunk` is called at most once, on the loop, with the newest ids (ascending, 500 at most) while the others are
        still being looked for; the returned array ends with them. Cancelling the call ends the search.

        A new event belongs behind the array where `matches` says so and its id is above the array's last: what was
        committed before the search began is in the array.
        """
        return await self._browser.ids(query, _now(), chunk)

    async def among(self, query: Query, ids: Sequence[EventId]) -> array[int]:
        """Return which of these events a query finds, ascending: for rows where `matches` could not tell."""
        return await self._browser.among(query, _now(), ids)

    def matches(self, query: Query, summary: EventSummary) -> bool | None:
        """Tell whether a new row belongs to a query; None where only the database can tell (see `among`)."""
        return live_match(query, summary, _now())

    async def counts(self, query: Query) -> Counts:
        """Count what a query finds, by category too (then its own category does not matter), and its issues."""
        return await self._tally.counts(query, _now())

    async def scope_counts(self) -> tuple[ScopeCount, ...]:
        """Count the events and the unread failed signatures of every endpoint that has events."""
        return await self._tally.scopes()

    async def facets(self, query: Query, field: str) -> tuple[Facet, ...]:
        """Return the most frequent values of a search field among what a query finds, with how often they occur."""
        return await self._browser.facets(query, _now(), field)

    async def outage_rows(self, endpoint_id: EndpointId, since_us: int, until_us: int) -> tuple[EventSummary, ...]:
        """Return the events an endpoint did not accept in a span of time, with every other time they came."""
        return await self._numbers.run(lambda connection: read_outage(connection, endpoint_id, since_us, until_us))

    async def stored_bytes(self) -> int:
        """Return how much room the database takes on disk, its log included."""
        return await self._numbers.run(lambda _connection: _file_bytes(self._path))

    # Inside

    async def _append(self, draft: Draft) -> Row:
        if self._closing:
            raise StoreError("The event was not stored.", "The program is closing.")
        return await self._link.keep(draft)

    async def _write(self, work: Callable[..., Any], *values: Any, needs: tuple[str, ...] = ()) -> Any:
        if self._closing:
            raise StoreError("The change was not stored.", "The program is closing.")
        return await self._link.do(work, *values, needs=needs)

    async def _mark(self, ids: Sequence[EventId], column: str, value: int | None) -> None:
        for some in slices(ids):
            await self._write(mark_slice, some, column, value, needs=("expected",))
        if column == "deleted_us":
            self._tally.forget()
            self._on_retold()
        self._tally.forget_marks()
        self._changes.add(ids)

    async def _sweep(self, endpoint_id: EndpointId, deleted_us: int) -> array[int]:
        swept: array[int] = array("q")
        while True:
            after_id = swept[-1] if swept else 0
            ids: array[int] = await self._write(sweep_endpoint, endpoint_id, after_id, deleted_us)
            if not ids:
                return swept
            swept.extend(ids)

    async def _reload_endpoints(self) -> None:
        self._endpoints = await self._write(read_endpoints)
        self.endpoints_changed.publish(None)

    async def _purge_now_and_then(self) -> None:
        """Remove deleted events for good: at the start all of them, then those that were deleted an hour ago."""
        undo_us = 0
        while True:
            before_us = _now_us() - undo_us
            # A full disk only means that it is tried again later.
            with contextlib.suppress(StoreError):
                while await self._write(purge_slice, before_us, needs=("sightings",)):
                    self._tally.forget()
            undo_us = UNDO_S * 1_000_000
            await asyncio.sleep(PURGE_EVERY_S)

    def _on_kept(self, rows: list[Row], waiting: list[Waiting], answered: list[int]) -> None:
        for row, one in zip(rows, waiting, strict=True):
            if not one.done():  # who waited may have gone: the event is stored all the same
                one.set_result(row)
        if rows and self.added.heard:
            self.added.publish([summary_of(row) for row in rows])
        if answered:
            self._changes.add(answered)

    def _on_caught(self, rows: list[Row]) -> None:
        if self.added.heard:
            self.added.publish([summary_of(row) for row in rows])

    def _on_trouble(self, error: StoreError | None, held: Held = NOTHING_HELD) -> None:
        self.in_trouble, self.held = error, held
        self.trouble.publish(error)

    @property
    def series(self) -> SeriesBook:
        """The series of this data folder; made with the first use, because most programs forward nothing."""
        if self._series is None:
            from inspector.store.series import SeriesBook

            self._series = SeriesBook(self._reader, self._numbers, self._write, self._on_tried)
        return self._series

    @property
    def messages(self) -> MessageReader:
        """What the events say about messages; made with the first use, because without a window nobody reads it."""
        if self._messages is None:
            from inspector.store.message_reader import MessageReader

            self._messages = MessageReader(self._told)
        return self._messages

    async def has_open_series(self) -> bool:
        """Whether a series is not over."""
        query = "SELECT 1 FROM series WHERE state IN ('undecided', 'waiting', 'sending') LIMIT 1"
        return await self._numbers.run(lambda connection: connection.execute(query).fetchone() is not None)

    def _on_planned(self, series: Sequence[Series]) -> None:
        if self._series is not None:
            self._series.changed.publish(series)
        self.planned.publish(series)

    def _on_gone(self, ids: Sequence[int]) -> None:
        self._tally.forget()
        self._on_retold()
        self._changes.add(ids)

    def _on_tried(self, event_id: EventId) -> None:
        self._tally.forget_marks()
        self._changes.add((event_id,))

    def _on_retold(self) -> None:
        if self._retold_due is None and not self._closing:
            self._retold_due = self._loop.call_later(RETOLD_EVERY_S, self._tell_retold)

    def _tell_retold(self) -> None:
        self._retold_due = None
        if self._messages is not None:
            self._messages.changed.publish(None)

    def _on_lost(self) -> None:
        """Start another writer: the old one was killed, or failed in a way it did not expect."""
        lost = f" {self.held.events:,} events it held in memory are lost." if self.held.events else ""
        error = StoreError(
            "Events cannot be stored at the moment.",
            f"The part of the program that writes has ended; it is being started again.{lost}",
            "Events are answered 503 meanwhile, so providers send them again.",
        )
        _log.error("%s", error)
        self._on_trouble(error)
        if not self._closing:
            self._reviving = self._loop.create_task(self._revive(), name="store-revive")

    async def _revive(self) -> None:
        await self._link.over()
        while True:
            try:
                self._link, _ready = await WriterLink.begin(self._begin, self._outlet, apart=self._apart)
            except StoreError as error:
                _log.error("The writer cannot be started again yet: %s", error)
                await asyncio.sleep(RESTART_S)
            else:
                self._on_trouble(None)
                return


def _lock(folder: Path) -> FolderLock:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            "The data folder cannot be made.", f"{folder}: {error.strerror}.", "Choose a folder you may write to."
        ) from error
    return FolderLock(folder)


def _file_bytes(path: Path) -> int:
    total = 0
    for suffix in ("", "-wal"):
        part = path.with_name(path.name + suffix)
        total += part.stat().st_size if part.exists() else 0
    return total


def _now() -> datetime:
    return datetime.now().astimezone()


def _now_us() -> int:
    return time.time_ns() // 1000
