"""The one thread that writes: everything that queued up while it worked becomes one commit (group commit).

How an event gets in: `append` puts an Entry into a queue and waits for its future. The thread takes what is there,
numbers it, marks repeats, inserts, commits, and tells the loop once for the whole batch. Nothing waits on purpose: a
batch is what came during the last commit. Other changes (a mark, an endpoint, a purge slice) are Jobs that run between
batches in a transaction of their own, so that a failing job takes no event with it.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import shutil
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from inspector.domain.errors import StoreError, StoreFull
from inspector.store.repeats import Sightings
from inspector.store.rows import INSERT_EVENTS, INSERT_PAYLOADS, INSERT_REPORTS, Entry

BATCH = 512
PROBE_S = 1.0
"""After a failed commit the disk is tried this often, so that the end of the trouble is told without an event."""
ROOM_BYTES = 1 << 20

UPDATE_ANSWERS = """
    UPDATE events SET answer_us = told.value ->> 1 FROM json_each(?) AS told WHERE events.id = told.value ->> 0
"""
"""One statement for all answers: see bulk.py."""

_log = logging.getLogger(__name__)

Work = Callable[[sqlite3.Connection], Any]


class Job(NamedTuple):
    """Something else to write, in a transaction of its own."""

    work: Work
    future: asyncio.Future[Any]


class Answered(NamedTuple):
    """When an event's answer left (µs after the last byte was read), or that it never did."""

    event_id: int
    answer_us: int
    sent: bool


class _Signal(Enum):
    FLUSH = 1
    STOP = 2


Item = list[Entry] | Job | _Signal


class Outlet(NamedTuple):
    """Where the thread tells what happened; called on the event loop."""

    written: Callable[[Sequence[Entry], Sequence[Answered]], None]
    trouble: Callable[[StoreError | None], None]


class Writer:
    """Owns the writing connection and its thread; `gate` is held while any thread of this process writes."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        folder: Path,
        loop: asyncio.AbstractEventLoop,
        outlet: Outlet,
        gate: threading.Lock,
        sightings: Sightings,
        committed: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._folder = folder
        self._loop = loop
        self._outlet = outlet
        self._gate = gate
        self._sightings = sightings
        self._committed = committed
        self._queue: SimpleQueue[Item] = SimpleQueue()
        self._answers: deque[Answered] = deque()
        self._last_id = _last_id(connection)
        self._trouble = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def put(self, item: list[Entry] | Job) -> None:
        """Queue events or a job; futures are resolved on the loop. Every call may wake the thread, so put many."""
        self._queue.put(item)

    def answered(self, answered: Answered) -> None:
        """Keep an answer's time for the next commit, whenever that is."""
        self._answers.append(answered)

    def flush(self) -> None:
        """Write waiting answer times even if nothing else is written."""
        self._queue.put(_Signal.FLUSH)

    def stop(self) -> None:
        """Write everything that was queued, then end the thread; blocks until then."""
        self._queue.put(_Signal.STOP)
        self._thread.join()

    def _run(self) -> None:
        stopping = False
        while not stopping:
            items = self._take()
            stopping = _Signal.STOP in items
            entries = [entry for item in items if isinstance(item, list) for entry in item]
            if entries or self._answers:
                self._store(entries)
            for item in items:
                if isinstance(item, Job):
                    self._do(item)
        self._connection.close()

    def _take(self) -> list[Item]:
        """Wait for something to write, then return everything that is there, in order."""
        while True:
            try:
                items = [self._queue.get(timeout=PROBE_S if self._trouble else None)]
                break
            except Empty:
                self._probe()
        get = self._queue.get_nowait
        with contextlib.suppress(Empty):
            while len(items) < BATCH:
                items.append(get())
        return items

    def _store(self, entries: list[Entry]) -> None:
        answers = self._take_answers()
        try:
            with self._gate:
                self._write(entries, answers)
        except sqlite3.Error as error:
            self._answers.extendleft(reversed(answers))
            self._fail(entries, error)
        except Exception as error:
            # A value SQLite cannot take: find whose it is, so that the others are kept.
            self._answers.extendleft(reversed(answers))
            if len(entries) > 1:
                for entry in entries:
                    self._store([Entry(entry.draft, entry.future)])
            else:
                _log.exception("An event could not be written")
                self._fail(entries, error)
        else:
            self._committed()
            self._recovered()
            self._tell(self._outlet.written, entries, answers)

    def _write(self, entries: list[Entry], answers: list[Answered]) -> None:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            if answers:
                self._write_answers(answers)
            last_id = self._last_id
            for entry in entries:
                last_id += 1
                entry.number(last_id)
            marked = self._sightings.mark(connection, entries)
            INSERT_EVENTS(connection, [entry.event for entry in entries])
            size = sum(len(entry.payload[-1]) for entry in entries)
            INSERT_PAYLOADS(connection, [entry.payload for entry in entries], size=size)
            INSERT_REPORTS(connection, [(entry.payload[0], *report) for entry in entries for report in entry.reports])
            connection.execute("COMMIT")
        except BaseException:
            _roll_back(connection)
            raise
        self._last_id = last_id
        self._sightings.remember(marked)

    def _write_answers(self, answers: list[Answered]) -> None:
        sent = [(answer.event_id, answer.answer_us) for answer in answers if answer.sent]
        self._connection.execute(UPDATE_ANSWERS, (json.dumps(sent),))
        if len(sent) < len(answers):
            self._sightings.answer_never_left(
                self._connection, [answer.event_id for answer in answers if not answer.sent]
            )

    def _take_answers(self) -> list[Answered]:
        answers: list[Answered] = []
        with contextlib.suppress(IndexError):
            while True:
                answers.append(self._answers.popleft())
        return answers

    def _do(self, job: Job) -> None:
        try:
            with self._gate:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    result = job.work(self._connection)
                    self._connection.execute("COMMIT")
                except BaseException:
                    _roll_back(self._connection)
                    raise
        except sqlite3.Error as error:
            failure = self._explain(error)
            self._tell(_fail_future, job.future, failure)
        except Exception as error:
            self._tell(_fail_future, job.future, error)
        else:
            self._committed()
            self._tell(_resolve_future, job.future, result)

    def _fail(self, entries: Sequence[Entry], error: Exception) -> None:
        failure = self._explain(error)
        for entry in entries:
            self._tell(_fail_future, entry.future, failure)
        self._trouble = True
        self._tell(self._outlet.trouble, failure)

    def _explain(self, error: Exception) -> StoreError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and not self._has_room()):
            return StoreFull(
                "The disk is full: new events cannot be stored.",
                f"{self._folder} has no room left. Events are answered 503, so providers send them again.",
                "Free some space; receiving goes on by itself.",
            )
        return StoreError("An event could not be stored.", f"The database says: {error}.", "")

    def _has_room(self) -> bool:
        try:
            return shutil.disk_usage(self._folder).free >= ROOM_BYTES
        except OSError:
            return False

    def _probe(self) -> None:
        """Try whether a commit works again."""
        if not self._has_room():
            return
        with contextlib.suppress(sqlite3.Error), self._gate:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                self._connection.execute("UPDATE facts SET value = value")
                self._connection.execute("COMMIT")
            except sqlite3.Error:
                _roll_back(self._connection)
                raise
            self._recovered()

    def _recovered(self) -> None:
        if self._trouble:
            self._trouble = False
            self._tell(self._outlet.trouble, None)

    def _tell(self, callback: Callable[..., None], *values: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(callback, *values)


def _last_id(connection: sqlite3.Connection) -> int:
    """Return the highest event id ever given out, also where its event is gone."""
    query = "SELECT max(coalesce((SELECT max(id) FROM events), 0), value) FROM facts WHERE name = 'last_event_id'"
    return int(connection.execute(query).fetchone()[0])


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # SQLite has done it already for some errors
        connection.execute("ROLLBACK")


def _resolve_future(future: asyncio.Future[Any], result: Any) -> None:
    if not future.done():
        future.set_result(result)


def _fail_future(future: asyncio.Future[Any], error: Exception) -> None:
    if not future.done():
        future.set_exception(error)
