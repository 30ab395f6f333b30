"""Is this the same event again? Decided inside the writer's transaction, so two equal requests cannot both be first.

The table of sightings is ordered by digest, which is random: writing it with every event would touch a page for each
and double what a commit writes. So the writer keeps the latest sightings in memory, and the indexer's thread brings
them into the table later, many at a time and in order. Nothing is lost with the memory: the events themselves tell
all of it, and those the table does not know yet (ids above `sighted_id`) are read again at the next start. A sighting
always describes the state after its latest event, so writing one twice does no harm.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import NamedTuple

from inspector.domain.event import Repeat
from inspector.domain.values import MICROSECOND
from inspector.store.bulk import BulkInsert
from inspector.store.rows import DIGEST_BYTES, RECEIVED_US, Entry, Sighting

KEYS_PER_QUERY = 128
KEYS_PER_FLUSH = 500
LONG = 20_000

_SAVE = BulkInsert(
    "sightings",
    ("endpoint_id", "digest", "original_id", "original_us", "last_id", "seen", "accepted"),
    replace=True,
)
_REACHED = "UPDATE facts SET value = ? WHERE name = 'sighted_id'"
_KEYS = f"""
    SELECT e.endpoint_id, substr(p.key_digest, 1, {DIGEST_BYTES}) FROM events e JOIN payloads p ON p.event_id = e.id
    WHERE e.id IN (SELECT value FROM json_each(?)) AND p.key_digest IS NOT NULL AND e.endpoint_id IS NOT NULL
"""
_NEWER = f"""
    SELECT e.endpoint_id, substr(p.key_digest, 1, {DIGEST_BYTES}), o.id, o.received_us, e.id, e.repeat_no,
        e.answer_status BETWEEN 200 AND 299 AND e.answer_sent
    FROM events e JOIN payloads p ON p.event_id = e.id JOIN events o ON o.id = ifnull(e.original_id, e.id)
    WHERE e.id > (SELECT value FROM facts WHERE name = 'sighted_id')
        AND p.key_digest IS NOT NULL AND e.endpoint_id IS NOT NULL ORDER BY e.id
"""


class Seen(NamedTuple):
    """What is known of an event that was seen: its original, and how its latest sighting was answered."""

    original_id: int
    original_us: int
    last_id: int
    times: int
    accepted: bool


class Sightings:
    """Every event that can be recognised; used by whoever holds the gate, which makes it one thread at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Read what the table does not know yet."""
        self._recent: dict[Sighting, Seen] = {}
        self._round: list[Sighting] = []
        self._round_up_to = 0
        for row in connection.execute(_NEWER):
            self._recent[Sighting(row[0], row[1])] = Seen(row[2], row[3], row[4], row[5], row[6] == 1)

    def mark(self, connection: sqlite3.Connection, entries: Iterable[Entry]) -> dict[Sighting, Seen]:
        """Mark every entry (with its id) that repeats an earlier one, stored or of the same batch.

        A repeat is a duplicate where the sighting before it was answered 2xx, else a retry. Outside the window of its
        original an event is an original again. Returns what to `remember` once the entries are committed.
        """
        keyed = [(entry, entry.sighting) for entry in entries if entry.sighting is not None]
        if not keyed:
            return {}
        seen = self._look_up(connection, {sighting for _entry, sighting in keyed})
        marked: dict[Sighting, Seen] = {}
        for entry, sighting in keyed:
            event_id = entry.payload[0]
            received_us = entry.event[RECEIVED_US]
            known = marked.get(sighting) or seen.get(sighting)
            if known is None or received_us - known.original_us > entry.window_s * MICROSECOND:
                marked[sighting] = Seen(event_id, received_us, event_id, 1, entry.accepted)
                continue
            repeat = Repeat.DUPLICATE if known.accepted else Repeat.RETRY
            entry.repeats(repeat, known.times + 1, known.original_id)
            # What counts is the answer it gets after all: a duplicate may have one of its own.
            marked[sighting] = Seen(known.original_id, known.original_us, event_id, known.times + 1, entry.accepted)
        return marked

    def remember(self, marked: Mapping[Sighting, Seen]) -> None:
        """Keep what `mark` returned, after the commit."""
        self._recent.update(marked)

    def answer_never_left(self, connection: sqlite3.Connection, event_ids: Sequence[int]) -> None:
        """Note that these events were not answered after all: a repeat of them is the provider trying again."""
        connection.executemany("UPDATE events SET answer_sent = 0 WHERE id = ?", [(number,) for number in event_ids])
        for sighting, known in self._of_events(connection, event_ids).items():
            if known.last_id in event_ids:
                unanswered = known._replace(accepted=False)
                _SAVE(connection, [(*sighting, *unanswered)])
                self._recent[sighting] = unanswered

    def answer_changed(self, connection: sqlite3.Connection, event_id: int, accepted: bool) -> None:
        """Note that an event was answered otherwise than was said when it was stored."""
        for sighting, known in self._of_events(connection, [event_id]).items():
            if known.last_id == event_id and known.accepted is not accepted:
                changed = known._replace(accepted=accepted)
                _SAVE(connection, [(*sighting, *changed)])
                self._recent[sighting] = changed

    def forget_originals(self, connection: sqlite3.Connection, event_ids: Sequence[int]) -> None:
        """Forget events that are about to go: what looks like one of them later is an original."""
        for sighting, known in self._of_events(connection, event_ids).items():
            if known.original_id in event_ids:
                self._recent.pop(sighting, None)
                connection.execute("DELETE FROM sightings WHERE endpoint_id = ? AND digest = ?", sighting)

    def forget_endpoint(self, connection: sqlite3.Connection, endpoint_id: int) -> None:
        """Forget everything an endpoint has seen, because the endpoint goes."""
        for sighting in [sighting for sighting in self._recent if sighting.endpoint_id == endpoint_id]:
            del self._recent[sighting]
        connection.execute("DELETE FROM sightings WHERE endpoint_id = ?", (endpoint_id,))

    @property
    def is_long(self) -> bool:
        """Whether so much is in memory that the table should learn of it even while events arrive."""
        return len(self._recent) >= LONG

    def flush_some(self, connection: sqlite3.Connection, gate: AbstractContextManager[object]) -> bool:
        """Bring the next few hundred from memory into the table, with `gate` held; returns whether there were any.

        A round takes what is in memory at its start. Its last step notes how far the table reaches now.
        """
        with gate:
            if not self._round:
                self._round = sorted(self._recent, reverse=True)
                self._round_up_to = connection.execute("SELECT ifnull(max(id), 0) FROM events").fetchone()[0]
            if not self._round:
                return False
            taken, left = self._round[-KEYS_PER_FLUSH:], self._round[:-KEYS_PER_FLUSH]
            # One that was forgotten meanwhile stays forgotten; one that was seen again is written as it is now.
            states = {sighting: self._recent[sighting] for sighting in reversed(taken) if sighting in self._recent}
            connection.execute("BEGIN IMMEDIATE")
            try:
                _SAVE(connection, [(*sighting, *seen) for sighting, seen in states.items()])
                if not left:
                    connection.execute(_REACHED, (self._round_up_to,))
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
            self._round = left
            for sighting in states:
                del self._recent[sighting]
            return True

    def _of_events(self, connection: sqlite3.Connection, event_ids: Sequence[int]) -> dict[Sighting, Seen]:
        keys = connection.execute(_KEYS, (json.dumps(list(event_ids)),)).fetchall()
        return self._look_up(connection, {Sighting(*key) for key in keys})

    def _look_up(self, connection: sqlite3.Connection, wanted: set[Sighting]) -> dict[Sighting, Seen]:
        """Return what is known of some sightings; memory is newer than the table."""
        found: dict[Sighting, Seen] = {}
        missing: list[Sighting] = []
        for sighting in wanted:
            known = self._recent.get(sighting)
            if known is None:
                missing.append(sighting)
            else:
                found[sighting] = known
        for at in range(0, len(missing), KEYS_PER_QUERY):
            some = missing[at : at + KEYS_PER_QUERY]
            # Few statements of different length, so that SQLite compiles each once: the last key fills up.
            width = 1 << (len(some) - 1).bit_length()
            values = [part for key in some + some[-1:] * (width - len(some)) for part in key]
            for row in connection.execute(_query(width), values).fetchall():
                found[Sighting(row[0], row[1])] = Seen(row[2], row[3], row[4], row[5], row[6] == 1)
        return found


@lru_cache(maxsize=16)
def _query(width: int) -> str:
    return (
        f"WITH wanted (endpoint, print) AS (VALUES {', '.join(['(?, ?)'] * width)}) "
        "SELECT endpoint_id, digest, original_id, original_us, last_id, seen, accepted FROM wanted "
        "CROSS JOIN sightings ON endpoint_id = endpoint AND digest = print"
    )
