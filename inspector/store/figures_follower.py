"""Brings stored events into the figures, behind the writer and giving way to it."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from inspector.store.follower import Follower

if TYPE_CHECKING:
    from inspector.store.figures import Limits

EVERY_S = 2.0
"""Events are counted this long after they came; who asks before gets them counted then."""

FEWEST, MOST = 128, 8_192
"""So many events are counted in one transaction: as many as touch few rows."""

MOST_ROWS = 96
"""With more rows to touch than this, the next transaction takes fewer events."""

RUSH, FAR_BEHIND = 6_000, 30_000
"""So many events within EVERY_S are a rush: they are counted when it is over, or when so many wait."""

TROUBLE_S = 5.0
CLEAN_EVERY_S = 3600.0

_FAR = "SELECT ifnull(max(id), 0), (SELECT value FROM facts WHERE name = 'figured_id') FROM events"

_log = logging.getLogger(__name__)


class FiguresFollower(Follower):
    """A thread that sleeps until `wake` and then counts what came; where it stopped is kept with the counts.

    What it works with is loaded when there is work: the program's start does not wait for it.
    """

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection],
        gate: threading.Lock,
        limit_s: Callable[[str], int],
        now_us: Callable[[], int] = lambda: time.time_ns() // 1000,
    ) -> None:
        """`connect` is called when there is something to count; `limit_s` tells a provider's limit, 0 for unsaid."""
        super().__init__()
        self._connect = connect
        self._connection: sqlite3.Connection
        self._gate = gate
        self._limit_s = limit_s
        self._now_us = now_us
        self._at_once = MOST
        self._newest = 0
        self._cleaned = 0.0
        self._begin("store-figures")

    def _run(self) -> None:
        self._wake.wait()
        self._connection = self._connect()
        while not self._stop.wait(EVERY_S):
            self._wake.clear()
            self._catch_up()
            self._wake.wait()
        self._leave()
        self._connection.close()

    def _catch_up(self) -> None:
        from inspector.store.figures import limits_of
        from inspector.store.shapes import FEW_SAMPLES, MOST_SAMPLES

        try:
            ripe_id = self._newest
            is_rush = self._is_rush()
            if self._newest > ripe_id:
                self.wake()
            if is_rush:
                return
            providers = {row[0] for row in self._connection.execute("SELECT DISTINCT provider FROM endpoints")}
            limits = limits_of(providers, self._limit_s)
            samples = MOST_SAMPLES
            while not self._stop.is_set():
                started = time.thread_time()
                if not self._step(limits, ripe_id, samples):
                    break
                samples = FEW_SAMPLES
                # The rest of the time belongs to the writer.
                self._stop.wait(3 * (time.thread_time() - started))
            self._clean()
        except sqlite3.Error as error:
            _log.debug("Figures have to wait: %s", error)
            self._stop.wait(TROUBLE_S)
            self.wake()
        except Exception:
            _log.exception("Figures could not be counted; they are counted when asked for")
            self._stop.wait(TROUBLE_S)

    def _is_rush(self) -> bool:
        """Whether events come so fast that counting them waits; not for ever: who asks has to count the rest."""
        newest, figured = self._connection.execute(_FAR).fetchone()
        came, self._newest = newest - self._newest, newest
        return bool(came > RUSH and newest - figured < FAR_BEHIND)

    def _step(self, limits: Limits, ripe_id: int, samples: int) -> bool:
        """Count some of what came, up to an event; returns whether there is more.

        The last that came wait for the next time: by then their answers have left, and they need no second look.
        """
        from inspector.store.figure_steps import advance_figures
        from inspector.store.figures import marks

        after_id, _ = marks(self._connection)
        until_id = max(after_id, min(ripe_id, after_id + self._at_once))
        rows = advance_figures(self._connection, limits, self._now_us(), until_id, self._gate, samples)
        if rows > MOST_ROWS:
            self._at_once = max(FEWEST, self._at_once // 2)
        elif until_id < ripe_id:
            self._at_once = min(MOST, self._at_once * 2)
        return until_id < ripe_id

    def _clean(self) -> None:
        from inspector.store.figure_rows import forget_old

        if time.monotonic() - self._cleaned > CLEAN_EVERY_S or not self._cleaned:
            self._cleaned = time.monotonic()
            with self._gate:
                forget_old(self._connection, self._now_us() // 1_000_000)

    def _leave(self) -> None:
        from inspector.store.spans import close_spans

        try:
            with self._gate:
                close_spans(self._connection, self._now_us())
        except sqlite3.Error as error:
            _log.debug("The times of being there end with their last heartbeat: %s", error)
