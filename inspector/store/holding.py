"""What came while the disk was full: held in memory, the oldest first, until it can be written after all.

Each was answered NOT_STORED, and that is what is written with it: nothing here makes a promise to a provider, and a
redelivery shows as a retry. Where the program ends and there is still no room, what is held is lost.
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from inspector.domain.answer import Answer
from inspector.store.wire import Arrival, Held, Terms, Verified

RETRY_AFTER_S = 30

NOT_STORED = Answer(
    503,
    (("Content-Type", "text/plain; charset=utf-8"), ("Retry-After", str(RETRY_AFTER_S))),
    b"The event could not be stored, try again later",
)
"""What every event gets that is not on disk."""

MOST_EVENTS = 5_000
MOST_BYTES = 64 * 1024 * 1024
"""So much is held; what comes beyond is only counted."""

EVENT_BYTES = 1_000
"""What an event takes beside its body and its header lines, roughly."""


GIVE_WAY_S = 60.0
"""So long what is held stays back at most for who makes room."""


class HeldEvent(NamedTuple):
    """An event that waits for room; `answer_us` is how long its answer took, µs after the last byte was read."""

    arrival: Arrival
    terms: Terms
    verified: Verified
    answer_us: int

    @property
    def size(self) -> int:
        """How many bytes it takes in memory, roughly."""
        arrival = self.arrival
        lines = sum(len(name) + len(value) for name, value in arrival.headers)
        return EVENT_BYTES + len(arrival.body) + lines + len(arrival.target) + len(arrival.settled)


class Holding:
    """The events that wait, in the order they came."""

    def __init__(self, most_events: int = MOST_EVENTS, most_bytes: int = MOST_BYTES) -> None:
        self._most_events, self._most_bytes = most_events, most_bytes
        self._events: deque[HeldEvent] = deque()
        self._bytes = 0
        self._beyond = 0

    def __len__(self) -> int:
        return len(self._events)

    @property
    def told(self) -> Held:
        """How much is held, for who has to say it."""
        return Held(len(self._events), self._bytes, self._beyond, self._most_events)

    def hold(self, arrival: Arrival, terms: Terms, verified: Verified, now_us: int) -> None:
        """Hold an event that was just answered NOT_STORED, or only count it where there is no room for it.

        A request that was turned away is not held: its row says little, and its sender gets the same answer again.
        """
        if arrival.refusal is not None:
            return
        terms = terms._replace(answer=NOT_STORED, duplicate_answer=None, forwards=())
        event = HeldEvent(arrival, terms, verified, max(0, now_us - arrival.received_us))
        if len(self._events) >= self._most_events or self._bytes + event.size > self._most_bytes:
            self._beyond += 1
            return
        self._events.append(event)
        self._bytes += event.size

    def first(self, count: int) -> list[HeldEvent]:
        """Return the oldest events, at most `count`; they stay here."""
        return [self._events[place] for place in range(min(count, len(self._events)))]

    def drop_first(self, count: int) -> None:
        """Forget the oldest events: they are written, or never can be."""
        for _ in range(count):
            self._bytes -= self._events.popleft().size

    def put_first(self, events: Sequence[HeldEvent]) -> None:
        """Put events that were taken out back before all others, in their order."""
        self._events.extendleft(reversed(events))
        self._bytes += sum(event.size for event in events)

    def over(self) -> None:
        """Forget how many came beyond what can be held: there is room again."""
        self._beyond = 0


class Way:
    """Who makes room on a full disk goes first: what is held would take the room that deleting needs.

    Deleting needs the more, the more of what is deleted is overwritten with zeros, as SQLite is often built to do: all
    of it would go into the log. So that rests meanwhile.
    """

    def __init__(self) -> None:
        self._until = 0.0
        self._overwrites: int | None = None

    @property
    def is_given(self) -> bool:
        """Whether what is held, and what comes, has to wait."""
        return time.monotonic() < self._until

    def give(self, connection: sqlite3.Connection) -> None:
        """Let it wait from now on, GIVE_WAY_S at most."""
        self._until = time.monotonic() + GIVE_WAY_S
        if self._overwrites is None:
            self._overwrites = int(connection.execute("PRAGMA secure_delete").fetchone()[0])
            connection.execute("PRAGMA secure_delete = FAST").fetchall()

    def end(self, connection: sqlite3.Connection) -> None:
        """Let it go on."""
        self._until = 0.0
        if self._overwrites is not None:
            connection.execute(f"PRAGMA secure_delete = {self._overwrites}").fetchall()
            self._overwrites = None


def make_way(connection: sqlite3.Connection, reserve: Path, *, way: Way) -> None:
    """As a job of the writer: give up the room that was kept for this, and let what is held wait."""
    reserve.unlink(missing_ok=True)
    way.give(connection)


def end_way(connection: sqlite3.Connection, *, way: Way) -> None:
    """As a job of the writer: let what is held be written."""
    way.end(connection)
