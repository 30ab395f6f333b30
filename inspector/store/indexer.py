"""Brings stored events into what is ordered by words, messages and digests, giving way to the writer."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

from inspector.store.bulk import BulkInsert
from inspector.store.follower import Follower
from inspector.store.messages import Expected, advance_messages, every_stage
from inspector.store.repeats import Sightings
from inspector.store.words import WORD_COLUMNS, text_of

ROWS = 32
CHARS = 64 * 1024
"""One transaction takes at most so many events and (but for the last of them) characters: about five milliseconds."""

REST_S = 0.2
"""So long no event may have come before indexing goes on: it would take a fifth of the receiver's rate."""

FAR_BEHIND = 20_000
"""So many events may wait for that; a search reads them one by one meanwhile."""

PRESSING_S = 0.02
"""While events arrive, this much work is done after every REST_S at the most."""

RUSH = 200
"""So many events within REST_S are a rush: then messages wait until it is over, as words do."""

TROUBLE_S = 2.0

_NEXT = f"""
    SELECT {WORD_COLUMNS} FROM events e JOIN payloads p ON p.event_id = e.id
    WHERE e.id > (SELECT value FROM facts WHERE name = 'indexed_id') ORDER BY e.id LIMIT {ROWS}
"""
_ONE = f"""
    SELECT {WORD_COLUMNS} FROM events e JOIN payloads p ON p.event_id = e.id
    WHERE e.id = ? AND e.id <= (SELECT value FROM facts WHERE name = 'indexed_id')
"""

# Not a view: SQLite would make all of it before it looked at the ids.
_SAID = """
    SELECT message_id, event_id FROM reports WHERE event_id BETWEEN ?1 AND ?2 AND message_id <> ''
    UNION
    SELECT message_id, id FROM events WHERE id BETWEEN ?1 AND ?2 AND message_id <> '' AND report_count = 1
        AND NOT EXISTS (SELECT 1 FROM reports WHERE reports.event_id = events.id)
"""
INDEX_MESSAGES = f"INSERT INTO indexed_messages (message_id, event_id) {_SAID}"
UNINDEX_MESSAGES = f"""
    DELETE FROM indexed_messages WHERE event_id = ?1 AND message_id IN (SELECT message_id FROM ({_SAID}))
"""

_INSERT_WORDS = BulkInsert("search", ("rowid", "words"))

_BEHIND = "SELECT ifnull(max(id), 0) - (SELECT value FROM facts WHERE name = 'indexed_id') FROM events"

NO_GATE: AbstractContextManager[object] = contextlib.nullcontext()

_log = logging.getLogger(__name__)


class Indexer(Follower):
    """A thread that follows the writer; where it stopped is kept with the words, so a crash loses nothing."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        gate: threading.Lock,
        sightings: Sightings,
        expected: Expected = every_stage,
        retold: Callable[[], None] = lambda: None,
    ) -> None:
        """`expected` tells which stages a provider reports; `retold` is called when messages have changed."""
        super().__init__()
        self._connection = connection
        self._expected = expected
        self._retold = retold
        self._newest = 0
        self._sightings = sightings
        self._gate = gate
        self._begin("store-indexer")

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.wait()
            self._catch_up()
        self._connection.close()

    def _catch_up(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            self._stop.wait(REST_S)
            arriving = self._wake.is_set()
            if self._stop.is_set():
                continue
            started = time.thread_time()
            try:
                if not (arriving and self._is_rush()):
                    self._tell_messages(started)
                if arriving and not self._is_pressing():
                    continue
                while not self._stop.is_set():
                    if not self._step():
                        return
                    if self._wake.is_set() and time.thread_time() - started > PRESSING_S:
                        break
            except sqlite3.Error as error:
                _log.debug("Search words have to wait: %s", error)
                self._stop.wait(TROUBLE_S)

    def _is_rush(self) -> bool:
        """Whether events come too fast for their messages to be followed meanwhile."""
        newest: int = self._connection.execute("SELECT ifnull(max(id), 0) FROM events").fetchone()[0]
        came, self._newest = newest - self._newest, newest
        return came > RUSH

    def _tell_messages(self, started: float) -> None:
        """Bring the messages up to date, or as far as there is time."""
        told = False
        while not self._stop.is_set() and self._advance():
            told = True
            if self._wake.is_set() and time.thread_time() - started > PRESSING_S:
                break
        if told:
            self._retold()

    def _advance(self) -> int:
        with self._gate:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                read = advance_messages(self._connection, 2 * ROWS, self._expected)
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise
        return read

    def _is_pressing(self) -> bool:
        """Whether so much waits that it cannot wait for a rest."""
        return self._sightings.is_long or self._connection.execute(_BEHIND).fetchone()[0] > FAR_BEHIND

    def _step(self) -> bool:
        """Do a little of what is to do; returns whether there was any."""
        has_indexed = index_some(self._connection, self._gate)
        if has_indexed and not self._sightings.is_long:
            return True
        return self._sightings.flush_some(self._connection, self._gate) or has_indexed


def index_some(connection: sqlite3.Connection, gate: AbstractContextManager[object] = NO_GATE) -> bool:
    """Index the next few events in one transaction, with `gate` held meanwhile; returns whether there were any."""
    texts = _next_texts(connection)
    if not texts:
        return False
    with gate:
        connection.execute("BEGIN IMMEDIATE")
        try:
            _write(connection, texts)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    return True


def unindex(connection: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Take events out of the index, before their rows go."""
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.row_factory = sqlite3.Row
        for event_id in ids:
            for row in cursor.execute(_ONE, (event_id,)).fetchall():
                connection.execute(
                    "INSERT INTO search (search, rowid, words) VALUES ('delete', ?, ?)", (row["id"], text_of(row))
                )
    connection.executemany(UNINDEX_MESSAGES, [(event_id, event_id) for event_id in ids])


def _next_texts(connection: sqlite3.Connection) -> dict[int, str]:
    """Return what to index next, by event id; made before the gate is taken, because it is most of the work."""
    texts: dict[int, str] = {}
    chars = 0
    with contextlib.closing(connection.cursor()) as cursor:
        cursor.row_factory = sqlite3.Row
        for row in cursor.execute(_NEXT):
            texts[row["id"]] = text_of(row)
            chars += len(texts[row["id"]])
            if chars >= CHARS:
                break
    return texts


def _write(connection: sqlite3.Connection, texts: dict[int, str]) -> None:
    first, last = min(texts), max(texts)
    # What was purged since it was read must not come back.
    there = {row[0] for row in connection.execute("SELECT id FROM events WHERE id BETWEEN ? AND ?", (first, last))}
    rows = [(event_id, text) for event_id, text in texts.items() if event_id in there]
    _INSERT_WORDS(connection, rows)
    connection.execute(INDEX_MESSAGES, (first, last))
    connection.execute("UPDATE facts SET value = ? WHERE name = 'indexed_id'", (last,))
