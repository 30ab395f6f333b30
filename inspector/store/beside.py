"""A look into a data folder that another instance may be using: reads, and one small write for a finished attempt."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from inspector.domain.attempt import Attempt
from inspector.domain.errors import StoreError
from inspector.domain.event import EventId
from inspector.domain.query import Query
from inspector.store.attempts import write_attempt
from inspector.store.browse import find_ids
from inspector.store.reader import Reader
from inspector.store.schema import DATABASE_NAME, connect, connect_reader, newest_version, refuse_newer, version_of


class Beside(Reader):
    """The reads of a Store without its lock, its threads and its feeds; every call blocks for a moment.

    A running instance shows an attempt that is added here when it next reads the event.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self._path = path

    def ids(self, query: Query) -> list[EventId]:
        """Return the ids of every event a query finds, ascending."""
        found = find_ids(self._connection, query, datetime.now().astimezone(), lambda: None)
        return [EventId(event_id) for event_id in found]

    def add_attempt(self, attempt: Attempt) -> Attempt:
        """Keep an attempt of a replay and return it with its id; waits while the other instance writes.

        Raises StoreError where the event is gone or nothing can be written.
        """
        try:
            with contextlib.closing(connect(self._path)) as connection:
                connection.execute("BEGIN IMMEDIATE")
                saved = write_attempt(connection, attempt)
                connection.execute("COMMIT")
                return saved
        except sqlite3.Error as error:
            raise StoreError("The attempt was not stored.", f"The database says: {error}.") from error


@contextmanager
def open_beside(folder: Path) -> Iterator[Beside]:
    """Open the events of a folder for reading, whether or not an instance is using it.

    Raises StoreError where there are none, or where they are of another version's form.
    """
    path = folder / DATABASE_NAME
    if not path.is_file():
        raise StoreError("There are no stored events.", f"{folder} holds none.", "Choose the folder of the program.")
    try:
        connection = connect_reader(path)
    except sqlite3.Error as error:
        raise StoreError("The stored events cannot be opened.", f"{path}: {error}.") from error
    with contextlib.closing(connection):
        try:
            version = version_of(connection)
            refuse_newer(version)
            if version < newest_version():
                raise StoreError(
                    "The stored events are of an older form.", f"It is format {version}.", "Start the program once."
                )
            yield Beside(path, connection)
        except sqlite3.Error as error:
            raise StoreError("The stored events cannot be read.", f"{path}: {error}.") from error
