"""Everything that is kept, behind one door: append and change through the writer, read on connections of its own."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from array import array
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from inspector.domain.attempt import Attempt
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.errors import StoreError
from inspector.domain.event import Draft, Event, EventId, EventSummary
from inspector.domain.query import Query
from inspector.feed import Feed
from inspector.store.attempts import write_attempt
from inspector.store.browse import Browser, Facet
from inspector.store.changes import ChangedIds
from inspector.store.checkpointer import Checkpointer
from inspector.store.endpoints import read_endpoints, write_endpoint
from inspector.store.indexer import Indexer
from inspector.store.lock import FolderLock
from inspector.store.marks import delete_endpoint_row, mark_slice, purge_slice, slices, sweep_endpoint
from inspector.store.opening import Opened, open_database
from inspector.store.reader import Reader
from inspector.store.reading_thread import ReadingThread
from inspector.store.repeats import Sightings
from inspector.store.rows import Entry
from inspector.store.schema import connect, connect_reader
from inspector.store.tally import Counts, ScopeCount, Tally
from inspector.store.where import matches as live_match
from inspector.store.writer import Answered, Job, Outlet, Work, Writer

ANSWERS_WITHIN_S = 0.2
"""An answer's time is on disk at most this much (and one commit) after it is known."""

UNDO_S = 3600
PURGE_EVERY_S = 600


class Store:
    """The events, endpoints and attempts of one data folder; made with `open`, ended with `close`.

    `added` tells every stored event once, in order, a batch at a time; `changed` tells ids whose marks, answer time or
    replays changed, at most ten times a second; `trouble` tells that events cannot be stored, and None when they can
    again. All of them on the event loop.
    """

    def __init__(
        self, folder: Path, lock: FolderLock, opened: Opened, sightings: Sightings, loop: asyncio.AbstractEventLoop
    ) -> None:
        """Start the threads on an opened database; use `open`."""
        self.added: Feed[Sequence[EventSummary]] = Feed()
        self.changed: Feed[Sequence[EventId]] = Feed()
        self.endpoints_changed: Feed[None] = Feed()
        self.trouble: Feed[StoreError | None] = Feed()
        self.folder = folder
        self.set_aside = opened.set_aside
        self._path = opened.path
        self._lock = lock
        self._loop = loop
        self._closing = False
        self._arrived: list[Entry] = []
        self._answers_due: asyncio.TimerHandle | None = None
        self._changes = ChangedIds(self.changed, loop)
        self._reader = Reader(connect_reader(self._path))
        self._endpoints = read_endpoints(opened.connection)
        self._lists = ReadingThread(connect_reader(self._path), "store-lists")
        self._numbers = ReadingThread(connect_reader(self._path), "store-numbers")
        self._browser = Browser(self._lists)
        self._tally = Tally(self._numbers)
        gate = threading.Lock()
        self._sightings = sightings
        self._checkpointer = Checkpointer(connect(self._path), gate)
        self._indexer = Indexer(connect(self._path, synchronous="NORMAL"), gate, sightings)
        outlet = Outlet(self._on_written, self.trouble.publish)
        self._writer = Writer(opened.connection, folder, loop, outlet, gate, sightings, self._on_committed)
        self._indexer.wake()
        self._purging = loop.create_task(self._purge_now_and_then(), name="store-purge")

    @classmethod
    async def open(cls, folder: Path, *, synchronous: str = "FULL") -> Store:
        """Open (or make) the store of a folder, which is made if missing.

        Raises StoreBusy where another instance owns the folder, StoreError where its database cannot be used.
        """
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, "store-opening") as pool:
            lock, opened, sightings = await loop.run_in_executor(pool, lambda: _open(folder, synchronous))
            return cls(folder, lock, opened, sightings, loop)

    async def close(self) -> None:
        """Write what is queued, end the threads, free the folder; doing it twice is harmless."""
        if self._closing:
            return
        self._closing = True
        self._purging.cancel()
        await asyncio.gather(self._purging, return_exceptions=True)
        if self._answers_due is not None:
            self._answers_due.cancel()
        self._lists.interrupt()
        self._numbers.interrupt()
        self._hand_over()
        with ThreadPoolExecutor(1, "store-closing") as pool:
            await self._loop.run_in_executor(pool, self._stop_threads)
        self._changes.close()
        self._lock.release()

    def _stop_threads(self) -> None:
        # The writer last but one: whoever closes a database as the last one cleans its log away.
        self._reader.close()
        self._lists.stop()
        self._numbers.stop()
        self._indexer.stop()
        self._checkpointer.stop()
        self._writer.stop()

    # Writing

    async def append(self, draft: Draft) -> EventSummary:
        """Store a request and return its row once it is committed; repeats are recognised in the same transaction.

        Raises StoreFull where there is no room and StoreError for any other trouble; then nothing was stored.
        """
        if self._closing:
            raise StoreError("The event was not stored.", "The program is closing.")
        entry = Entry(draft, self._loop.create_future())
        if not self._arrived:
            self._loop.call_soon(self._hand_over)
        self._arrived.append(entry)
        return await entry.future

    def record_answer(self, event_id: EventId, answer_us: int, sent: bool) -> None:
        """Note when an event's answer left, µs after its last byte was read; it is written with a later commit.

        `sent=False` says that the answer never left: a repeat of the event then counts as a retry.
        """
        self._writer.answered(Answered(event_id, answer_us, sent))
        if self._answers_due is None and not self._closing:
            self._answers_due = self._loop.call_later(ANSWERS_WITHIN_S, self._flush_answers)

    async def add_attempt(self, attempt: Attempt) -> Attempt:
        """Keep an attempt of a replay and return it with its id. Raises StoreError where its event is gone."""
        saved: Attempt = await self._write(lambda connection: write_attempt(connection, attempt))
        self._tally.forget_marks()
        self._changes.add((attempt.event_id,))
        return saved

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
        self._changes.add(ids)
        return ids

    async def save_endpoint(self, endpoint: Endpoint) -> Endpoint:
        """Keep an endpoint (id 0 makes a new one) and return it with its id. Raises StoreError for a taken token."""
        saved: Endpoint = await self._write(lambda connection: write_endpoint(connection, endpoint))
        await self._reload_endpoints()
        return saved

    async def delete_endpoint(self, endpoint_id: EndpointId) -> None:
        """Remove an endpoint with all its events, for good."""
        await self._write(lambda connection: delete_endpoint_row(connection, endpoint_id, self._sightings))
        await self._sweep(endpoint_id, 0)
        self._tally.forget()
        await self._reload_endpoints()

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

    async def stored_bytes(self) -> int:
        """Return how much room the database takes on disk, its log included."""
        return await self._numbers.run(lambda _connection: _file_bytes(self._path))

    # Inside

    def _hand_over(self) -> None:
        """Give the writer everything that came in this turn of the loop, as one batch.

        Handed over one by one, the writer would wake at the first, ask the busy loop for the interpreter lock with
        every statement, and commit the rest of the turn in pieces.
        """
        arrived, self._arrived = self._arrived, []
        if arrived:
            self._writer.put(arrived)

    async def _write(self, work: Work) -> Any:
        if self._closing:
            raise StoreError("The change was not stored.", "The program is closing.")
        future: asyncio.Future[Any] = self._loop.create_future()
        self._writer.put(Job(work, future))
        return await future

    async def _mark(self, ids: Sequence[EventId], column: str, value: int | None) -> None:
        for some in slices(ids):
            await self._write(partial(mark_slice, ids=some, column=column, value=value))
        if column == "deleted_us":
            self._tally.forget()
        self._tally.forget_marks()
        self._changes.add(ids)

    async def _sweep(self, endpoint_id: EndpointId, deleted_us: int) -> array[int]:
        swept: array[int] = array("q")
        while True:
            after_id = swept[-1] if swept else 0
            ids: array[int] = await self._write(
                partial(sweep_endpoint, endpoint_id=endpoint_id, after_id=after_id, deleted_us=deleted_us)
            )
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
                while await self._write(partial(purge_slice, before_us=before_us, sightings=self._sightings)):
                    self._tally.forget()
            undo_us = UNDO_S * 1_000_000
            await asyncio.sleep(PURGE_EVERY_S)

    def _flush_answers(self) -> None:
        self._answers_due = None
        self._writer.flush()

    def _on_committed(self) -> None:
        """Wake the threads that follow the writer; called on its thread."""
        self._checkpointer.wake()
        self._indexer.wake()

    def _on_written(self, entries: Sequence[Entry], answers: Sequence[Answered]) -> None:
        summaries = []
        for entry in entries:
            summary = entry.summary()
            summaries.append(summary)
            if not entry.future.done():  # who waited may have gone: the event is stored all the same
                entry.future.set_result(summary)
        if summaries:
            self.added.publish(summaries)
        if answers:
            self._changes.add([answer.event_id for answer in answers])


def _open(folder: Path, synchronous: str) -> tuple[FolderLock, Opened, Sightings]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            "The data folder cannot be made.", f"{folder}: {error.strerror}.", "Choose a folder you may write to."
        ) from error
    lock = FolderLock(folder)
    try:
        opened = open_database(folder, synchronous=synchronous)
        return lock, opened, Sightings(opened.connection)
    except BaseException:
        lock.release()
        raise


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
