"""The one that writes: whatever came in together becomes one commit (group commit).

It knows transactions and nothing of threads, loops or sockets (those are in writing.py and link.py): it is given what
arrived, numbers it, marks repeats, inserts, commits, and says what became of it. Other changes (a mark, an endpoint, a
purge slice) are jobs with a transaction of their own, so that a failing job takes no event with it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.domain.errors import StoreError, StoreFull
from inspector.store.examiner import Examiner
from inspector.store.repeats import Sightings
from inspector.store.rows import (
    INSERT_EVENTS,
    INSERT_PAYLOADS,
    INSERT_REPORTS,
    SUMMARY_WIDTH,
    UNVERIFIED,
    Entry,
    entry_of,
)
from inspector.store.shared import SharedVerifications
from inspector.store.wire import (
    Answered,
    Arrival,
    Done,
    Forget,
    Job,
    Kept,
    NotKept,
    Planned,
    Terms,
    Trouble,
    Verified,
)

if TYPE_CHECKING:
    from inspector.domain.series import Series
    from inspector.store.outbox import Outbox

ROOM_BYTES = 1 << 20

UPDATE_ANSWERS = """
    UPDATE events SET answer_us = told.value ->> 1 FROM json_each(?) AS told WHERE events.id = told.value ->> 0
"""
"""One statement for all answers: see bulk.py."""

_log = logging.getLogger(__name__)


class Writer:
    """Writes on one connection; `gate` is held meanwhile, because the indexer and the checkpointer write too.

    `tell` takes what became of things: Kept, Planned, NotKept, Done, Trouble. `committed` is called after every commit.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        folder: Path,
        gate: threading.Lock,
        sightings: Sightings,
        examiner: Examiner,
        tell: Callable[[object], None],
        committed: Callable[[], None],
    ) -> None:
        self._connection = connection
        self._folder = folder
        self._gate = gate
        self._sightings = sightings
        self._examiner = examiner
        self._tell = tell
        self._committed = committed
        self._own: dict[str, Any] = {"sightings": sightings, "expected": examiner.stages}
        self._answers: list[Answered] = []
        self._terms: dict[int, Terms] = {}
        self._verified: dict[int, Verified] = {0: UNVERIFIED}
        self._shared = SharedVerifications(connection)
        self._outbox: Outbox | None = None
        self._last_id = _last_id(connection)
        self.in_trouble = False

    def refer(self, to: Terms | Verified | Forget) -> None:
        """Learn (or forget) what arrivals refer to by number."""
        if isinstance(to, Terms):
            self._terms[to.number] = to
            if to.forwards and self._outbox is None:
                self._outbox = _outbox()
        elif isinstance(to, Verified):
            self._verified[to.number] = to
        else:
            self._terms.clear()
            self._outbox = None
            self._verified = {0: UNVERIFIED}
            self._shared.forget()

    def keep(self, arrivals: Sequence[Arrival], answers: Sequence[Answered]) -> None:
        """Store events in order and note answers, in one transaction; tells Kept or NotKept of every arrival."""
        self._answers.extend(answers)
        if not (arrivals or self._answers):
            return
        entries = [self._entry(arrival) for arrival in arrivals]
        self._keep(entries)

    def _entry(self, arrival: Arrival) -> Entry:
        terms, verified = self._terms[arrival.terms], self._verified[arrival.verification]
        reports, key = self._examiner.examine(arrival, terms)
        return entry_of(arrival, terms, verified, self._shared.written(verified), reports, key)

    def do(self, job: Job) -> None:
        """Do a job in a transaction of its own; tells Done."""
        extra = {name: self._own[name] for name in job.needs}
        try:
            with self._gate:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    result = job.work(self._connection, *job.values, **extra)
                    self._connection.execute("COMMIT")
                except BaseException:
                    _roll_back(self._connection)
                    raise
        except sqlite3.Error as error:
            self._tell(Done(job.number, None, self._explain(error)))
        except Exception as error:
            self._tell(Done(job.number, None, error))
        else:
            self._committed()
            self._tell(Done(job.number, result, None))

    def probe(self) -> None:
        """Try whether a commit works again, so that the end of the trouble is told without an event."""
        with contextlib.suppress(sqlite3.Error), self._gate:
            # The log keeps its length in good times; now its room may be what is missing.
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
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

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _keep(self, entries: list[Entry]) -> None:
        answers, self._answers = self._answers, []
        try:
            with self._gate:
                planned = self._write(entries, answers)
        except sqlite3.Error as error:
            self._answers = answers
            self._fail(len(entries), error)
        except Exception as error:
            # A value SQLite cannot take: find whose it is, so that the others are kept.
            self._answers = answers
            if len(entries) > 1:
                for entry in entries:
                    entry.begin_anew()
                    self._keep([entry])
            else:
                _log.exception("An event could not be written")
                self._fail(len(entries), error)
        else:
            rows = [tuple(entry.event[:SUMMARY_WIDTH]) for entry in entries]
            self._tell(Kept(rows, [answer.event_id for answer in answers]))
            if planned:
                self._tell(Planned(planned))
            self._committed()
            self._recovered()

    def _write(self, entries: list[Entry], answers: list[Answered]) -> list[Series]:
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
            self._shared.save(connection)
            INSERT_EVENTS(connection, [entry.event for entry in entries])
            size = sum([len(entry.payload[-1]) for entry in entries])
            INSERT_PAYLOADS(connection, [entry.payload for entry in entries], size=size)
            INSERT_REPORTS(connection, [(entry.payload[0], *report) for entry in entries for report in entry.reports])
            planned = self._outbox.put(connection, entries) if self._outbox is not None else []
            connection.execute("COMMIT")
        except BaseException:
            _roll_back(connection)
            if self._outbox is not None:
                self._outbox.forget_plans()
            raise
        self._last_id = last_id
        self._shared.saved()
        self._sightings.remember(marked)
        return planned

    def _write_answers(self, answers: list[Answered]) -> None:
        sent = [(answer.event_id, answer.answer_us) for answer in answers if answer.sent]
        self._connection.execute(UPDATE_ANSWERS, (json.dumps(sent),))
        if len(sent) < len(answers):
            self._sightings.answer_never_left(
                self._connection, [answer.event_id for answer in answers if not answer.sent]
            )

    def _fail(self, count: int, error: Exception) -> None:
        failure = self._explain(error)
        self.in_trouble = True
        if count:
            self._tell(NotKept(count, failure))
        self._tell(Trouble(failure))

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

    def _recovered(self) -> None:
        if self.in_trouble:
            self.in_trouble = False
            self._tell(Trouble(None))


def _outbox() -> Outbox:
    # Most programs forward nothing: what reads search texts is loaded with the first rule.
    from inspector.store.outbox import Outbox

    return Outbox()


def _last_id(connection: sqlite3.Connection) -> int:
    """Return the highest event id ever given out, also where its event is gone."""
    query = "SELECT max(coalesce((SELECT max(id) FROM events), 0), value) FROM facts WHERE name = 'last_event_id'"
    return int(connection.execute(query).fetchone()[0])


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:  # SQLite has done it already for some errors
        connection.execute("ROLLBACK")
