"""How the database is opened and brought to the form this program knows."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from inspector.domain.errors import StoreError
from inspector.resources import resource_path

DATABASE_NAME = "events.sqlite3"
BUSY_MS = 5_000
READER_CACHE_KIB = 512
LOG_KEPT_BYTES = 32 * 1024 * 1024
"""A longer write-ahead log is cut to this when it begins anew."""


def migrations() -> tuple[tuple[int, Path], ...]:
    """Return every step of the schema as (number, file), in order."""
    files = resource_path("schema").glob("[0-9][0-9][0-9][0-9]_*.sql")
    return tuple(sorted((int(file.name[:4]), file) for file in files))


def newest_version() -> int:
    """Return the version of the schema this program works with."""
    return migrations()[-1][0]


def connect(path: Path, *, synchronous: str = "FULL") -> sqlite3.Connection:
    """Open a connection that writes; transactions are ours to begin and end."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA temp_store = MEMORY")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    # Checkpoints in the way of a commit are what makes single answers slow; the checkpointer has its own thread.
    connection.execute("PRAGMA wal_autocheckpoint = 0")
    connection.execute(f"PRAGMA journal_size_limit = {LOG_KEPT_BYTES}")
    return connection


def connect_reader(path: Path) -> sqlite3.Connection:
    """Open a connection that cannot change anything. Raises sqlite3.OperationalError where there is no file."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MS}")
    connection.execute("PRAGMA temp_store = MEMORY")
    # A list is read through once, from front to back: the system keeps what is read again. This reads the schema,
    # which fails on a file that was cut short; such a file is still read for what can be rescued.
    with contextlib.suppress(sqlite3.DatabaseError):
        connection.execute(f"PRAGMA cache_size = -{READER_CACHE_KIB}")
    return connection


def version_of(connection: sqlite3.Connection) -> int:
    """Return the schema version of an open database, 0 for an empty one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def refuse_newer(version: int) -> None:
    """Raise StoreError for a database that a newer program has brought to its own form."""
    if version > newest_version():
        raise StoreError(
            "The stored events belong to a newer version of this program.",
            f"Their format is {version}, this program knows up to {newest_version()}. Nothing was changed.",
            "Start the newer version, or choose another data folder.",
        )


def prepare(connection: sqlite3.Connection) -> None:
    """Bring a database to the newest schema; each step happens whole or not at all."""
    version = version_of(connection)
    if version == 0:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # only takes effect before the first table
    connection.execute("PRAGMA journal_mode = WAL")
    for number, file in migrations():
        if number > version:
            _apply(connection, number, file.read_text(encoding="utf-8"))


def _apply(connection: sqlite3.Connection, number: int, sql: str) -> None:
    try:
        connection.executescript(f"BEGIN IMMEDIATE;\n{sql}\nPRAGMA user_version = {number};\nCOMMIT;")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
