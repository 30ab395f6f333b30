"""Brings what was committed from the log into the database file, in a thread of its own.

A commit only appends to SQLite's write-ahead log. Moving it on costs milliseconds; done inside a commit it is what
makes the slowest answers slow. So the writer never does it: this thread does, once a second while events arrive, and
begins the log anew when it has grown long or nothing arrives any more. The file keeps its length then: making sure
that a commit has reached the disk takes half as long where the file need not grow for it.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading

from inspector.store.follower import Follower

EVERY_S = 1.0
LONG_LOG_FRAMES = 16 * 1024 * 1024 // 4096


class Checkpointer(Follower):
    """A thread that sleeps until `wake` and then follows the writer until it rests."""

    def __init__(self, connection: sqlite3.Connection, gate: threading.Lock) -> None:
        super().__init__()
        self._connection = connection
        self._gate = gate
        self._begin("store-checkpointer")

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            if self._stop.wait(EVERY_S):
                break
            frames = self._checkpoint("PASSIVE")
            if frames > LONG_LOG_FRAMES or (frames and not self._wake.is_set()):
                # It needs the log for itself: the writer waits, for the little that came since the line above.
                with self._gate:
                    self._checkpoint("RESTART")
        self._connection.close()

    def _checkpoint(self, how: str) -> int:
        """Bring the log into the database; returns how many pages are in the log."""
        # A full disk or a long read only means that the log stays as it is until the next time.
        with contextlib.suppress(sqlite3.Error):
            return int(self._connection.execute(f"PRAGMA wal_checkpoint({how})").fetchone()[1])
        return 0
