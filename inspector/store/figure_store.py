"""The door to figures, spans and alerts: reads on a thread of their own, made when first needed, and jobs."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, TypeVar

from inspector.domain.errors import StoreError
from inspector.store.reading_thread import ReadingThread
from inspector.store.schema import connect_reader

T = TypeVar("T")


class FigureStore:
    """Belongs to a Store, which closes it."""

    def __init__(self, path: Path, write: Callable[..., Awaitable[Any]]) -> None:
        """`write(work, *values)` does a job in a transaction of its own."""
        self._path = path
        self._write = write
        self._thread: ReadingThread | None = None
        self._is_closed = False

    async def read(self, read: Callable[[sqlite3.Connection], T]) -> T:
        """Run a read in the thread and return what it returns. Raises StoreError where it is stopped or fails."""
        if self._is_closed:
            raise StoreError("The figures cannot be read.", "The program is closing.")
        if self._thread is None:
            self._thread = ReadingThread(connect_reader(self._path), "store-figures")
        return await self._thread.run(read)

    async def write(self, work: Callable[..., Any], *values: Any) -> Any:
        """Have `work(connection, *values)` done where things are written. Raises what it raises, or StoreError."""
        return await self._write(work, *values)

    def close(self) -> None:
        """Stop a running read and close the connection; blocks."""
        self._is_closed = True
        if self._thread is not None:
            self._thread.interrupt()
            self._thread.stop()
