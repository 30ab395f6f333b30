"""A thread with a reading connection of its own, for what takes longer than the event loop may wait."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from inspector.domain.errors import StoreError

T = TypeVar("T")


class ReadingThread:
    """Runs reads one after the other; each sees one moment of the database (a read transaction).

    A read whose caller is cancelled is interrupted, so that the next one does not wait for an answer nobody wants.
    """

    def __init__(self, connection: sqlite3.Connection, name: str) -> None:
        self._connection = connection
        self._pool = ThreadPoolExecutor(1, name)
        self._guard = threading.Lock()
        self._running: threading.Event | None = None

    async def run(self, read: Callable[[sqlite3.Connection], T]) -> T:
        """Run a read in the thread and return what it returns. Raises StoreError where it is stopped or fails."""
        gone = threading.Event()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._work, read, gone)
        except asyncio.CancelledError:
            self._stop(gone)
            raise

    def check(self) -> None:
        """Raise StoreError where the running read is no longer wanted; long loops call it, in the thread."""
        if self._running is not None and self._running.is_set():
            raise _stopped()

    def interrupt(self) -> None:
        """End the running read early; its caller gets a StoreError."""
        if (running := self._running) is not None:
            self._stop(running)

    def stop(self) -> None:
        """Wait for the running read, end the thread, close the connection."""
        self._pool.shutdown(cancel_futures=True)
        self._connection.close()

    def _work(self, read: Callable[[sqlite3.Connection], T], gone: threading.Event) -> T:
        with self._guard:
            if gone.is_set():
                raise _stopped()
            self._running = gone
        try:
            self._connection.execute("BEGIN")
            return read(self._connection)
        except sqlite3.Error as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                raise _stopped() from error
            raise StoreError("The stored events cannot be read.", f"The database says: {error}.") from error
        finally:
            with self._guard:
                self._running = None
            if self._connection.in_transaction:
                with contextlib.suppress(sqlite3.Error):
                    self._connection.execute("COMMIT")

    def _stop(self, gone: threading.Event) -> None:
        with self._guard:
            gone.set()
            if self._running is gone:
                self._connection.interrupt()


def _stopped() -> StoreError:
    return StoreError("The search was stopped.")
