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
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.domain.errors import StoreError, StoreFull
from inspector.store.examiner import Examiner
from inspector.store.holding import HeldEvent, Holding, Way
from inspector.store.repeats import Sightings
from inspector.store.rows import (
    ANSWER_US,
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
    Caught,
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

HELD_AT_ONCE = 100
MOST_MISFITS = 3
"""So many held events that do not fit on the disk one by one end a try: others may be smaller, but not for ever."""

UPDATE_ANSWERS = """
    UPDATE events SET answer_us = told.value ->> 1 FROM json_each(?) AS told WHERE events.id = told.value ->> 0
"""
"""One statement for all answers: see bulk.py."""

_log = logging.getLogger(__name__)


class Writer:
    """Writes on one connection; `gate` is held meanwhile, because the indexer and the checkpointer write too.

    `tell` takes what became of things: Kept, Planned, NotKept, Caught, Done, Trouble. `committed` is called after
    every commit. Events that find the disk full are held (holding.py), and go before all later ones when there is room.
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
        self._way = Way()
        self._own: dict[str, Any] = {"sightings": sightings, "expected": examiner.stages, "way": self._way}
        self._answers: list[Answered] = []
        self._terms: dict[int, Terms] = {}
        self._verified: dict[int, Verified] = {0: UNVERIFIED}
        self._shared = SharedVerifications(connection)
        self._outbox: Outbox | None = None
        self._last_id = _last_id(connection)
        self._holding = Holding()
        self._trouble: StoreError | None = None

    @property
    def in_trouble(self) -> bool:
        """Whether the last commit failed, or something is still held."""
        return self._trouble is not None

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
        if self._trouble is not None:
            if self._way.is_given:
                self._hold(arrivals, self._trouble)
                return
            self._write_held()
        self._keep(arrivals, [self._entry_of(arrival) for arrival in arrivals])

    def _entry_of(self, arrival: Arrival) -> Entry:
        return self._entry(arrival, self._terms[arrival.terms], self._verified[arrival.verification])

    def _entry(self, arrival: Arrival, terms: Terms, verified: Verified) -> Entry:
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
            self._tell(Done(job.number, None, self._explain(error, "The change was not stored.")))
        except Exception as error:
            self._tell(Done(job.number, None, error))
        else:
            self._committed()
            if "way" in job.needs or self._way.is_given:
                self.probe()  # somebody makes room: the log leaves it free before anything else takes it
            self._tell(Done(job.number, result, None))

    def probe(self) -> None:
        """Write what is held, or try whether a commit works again, so that the end of the trouble is told in time."""
        with contextlib.suppress(sqlite3.Error), self._gate:
            # The log keeps its length in good times; now its room may be what is missing.
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        if self._holding:
            if not self._way.is_given:
                self._write_held()
            return
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

    def write_the_last(self) -> None:
        """Try once more to write what is held; what cannot be written is lost with the program, which is told."""
        if not self._holding:
            return
        self._way.end(self._connection)
        self.probe()
        if self._holding:
            count = len(self._holding)
            words = (
                "The disk is full: %s held in memory could not be written and %s lost; providers were asked to retry."
            )
            _log.error(words, *_events(count))

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _keep(self, arrivals: Sequence[Arrival], entries: list[Entry]) -> None:
        answers, self._answers = self._answers, []
        try:
            with self._gate:
                planned = self._write(entries, answers)
        except sqlite3.Error as error:
            self._answers = answers
            self._fail(arrivals, error)
        except Exception as error:
            # A value SQLite cannot take: find whose it is, so that the others are kept.
            self._answers = answers
            if len(entries) > 1:
                for arrival, entry in zip(arrivals, entries, strict=True):
                    entry.begin_anew()
                    self._keep([arrival], [entry])
            else:
                _log.exception("An event could not be written")
                self._fail(arrivals, error)
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

    def _fail(self, arrivals: Sequence[Arrival], error: Exception) -> None:
        self._hold(arrivals, self._explain(error, "An event could not be stored."))

    def _hold(self, arrivals: Sequence[Arrival], failure: StoreError) -> None:
        if isinstance(failure, StoreFull):
            now_us = time.time_ns() // 1000
            for arrival in arrivals:
                self._holding.hold(arrival, self._terms[arrival.terms], self._verified[arrival.verification], now_us)
        self._tell_trouble(failure)
        if arrivals:
            self._tell(NotKept(len(arrivals), failure))

    def _tell_trouble(self, failure: StoreError) -> None:
        self._trouble = failure
        self._tell(Trouble(failure, self._holding.told))

    def _write_held(self) -> None:
        """Write what is held until some do not fit: the first by itself, then more and more at once as that works."""
        before = len(self._holding)
        misfits: list[HeldEvent] = []
        at_once = 1
        while self._holding and len(misfits) < MOST_MISFITS:
            some = self._holding.first(at_once)
            try:
                self._catch(some)
            except sqlite3.Error:
                if len(some) > 1:
                    at_once = 1
                    continue
                misfits += some
            except Exception:
                if len(some) > 1:
                    at_once = 1
                    continue
                _log.exception("An event that was held could not be written and is lost")
            else:
                at_once = min(HELD_AT_ONCE, at_once * 2)
            self._holding.drop_first(len(some))
        self._holding.put_first(misfits)
        if before and not self._holding:
            self._recovered()
        elif len(self._holding) < before and self._trouble is not None:
            self._tell_trouble(self._trouble)

    def _catch(self, events: Sequence[HeldEvent]) -> None:
        entries = [self._entry(event.arrival, event.terms, event.verified) for event in events]
        for entry, event in zip(entries, events, strict=True):
            entry.event[ANSWER_US] = event.answer_us
        with self._gate:
            self._write(entries, [])
        self._tell(Caught([tuple(entry.event[:SUMMARY_WIDTH]) for entry in entries]))
        self._committed()

    def _explain(self, error: Exception, what: str) -> StoreError:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and not self._has_room()):
            return StoreFull(
                f"The disk is full. {what}",
                f"{self._folder} has no room left.",
                "Free some space or delete old events; it goes on by itself.",
            )
        return StoreError(what, f"The database says: {error}.", "")

    def _has_room(self) -> bool:
        try:
            return shutil.disk_usage(self._folder).free >= ROOM_BYTES
        except OSError:
            return False

    def _recovered(self) -> None:
        if self._trouble is not None and not self._holding:
            self._trouble = None
            self._holding.over()
            self._tell(Trouble(None))


def _events(count: int) -> tuple[str, str]:
    """Return the words for a number of events: `1 event` and `is`, `2 events` and `are`."""
    return ("1 event", "is") if count == 1 else (f"{count:,} events", "are")


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
