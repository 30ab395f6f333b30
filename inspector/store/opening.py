"""Opening the database of a folder: what is damaged is set aside, never overwritten, and a new one begins."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from inspector.domain.endpoint import Endpoint
from inspector.domain.errors import StoreError, StoreFull
from inspector.store.endpoints import read_endpoints, restore_endpoint
from inspector.store.schema import DATABASE_NAME, connect, connect_reader, prepare, refuse_newer, version_of

MAGIC = b"SQLite format 3\x00"
CLEAN_CHECK_S = 0.1
UNCLEAN_CHECK_S = 1.0
"""How long the pages of the file are checked at a start, after a clean end and after a crash."""

_SUFFIXES = ("", "-wal", "-shm")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """A database ready for the writer; `set_aside` is where a damaged one lies now."""

    path: Path
    connection: sqlite3.Connection
    set_aside: Path | None = None


@dataclass(frozen=True, slots=True)
class _Rescued:
    """What could still be read from a damaged file: without its endpoints every address would be dead."""

    endpoints: tuple[Endpoint, ...] = ()
    last_event_id: int = 0


def open_database(folder: Path, *, synchronous: str = "FULL") -> Opened:
    """Open or make the database of a folder whose lock we hold.

    Raises StoreError where it cannot be used: made by a newer program, no permission, no room. Then it is unchanged.
    """
    path = folder / DATABASE_NAME
    try:
        set_aside = None
        rescued = _Rescued()
        if path.exists() and is_damaged(path):
            set_aside = _set_aside(path)
            rescued = _rescue(set_aside)
            _log.warning("The database was damaged and set aside as %s", set_aside.name)
        connection = connect(path, synchronous=synchronous)
        try:
            prepare(connection)
            _restore(connection, rescued)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise _unusable(path, error) from error
    except OSError as error:
        raise StoreError(
            "The stored events cannot be opened.", f"{path}: {error.strerror or error}.", "Check the folder's rights."
        ) from error
    return Opened(path, connection, set_aside)


def is_damaged(path: Path) -> bool:
    """Return whether a file is no database of ours or has pages that contradict each other.

    A big file is not read from end to end: pages are checked for a tenth of a second, after a crash for a second.
    Raises StoreError for a database from a newer program.
    """
    with path.open("rb") as file:
        head = file.read(len(MAGIC))
    if not head:
        return False
    if head != MAGIC:
        return True
    log = path.with_name(path.name + "-wal")
    seconds = UNCLEAN_CHECK_S if log.exists() and log.stat().st_size else CLEAN_CHECK_S
    try:
        with contextlib.closing(connect_reader(path)) as connection:
            refuse_newer(version_of(connection))
            return not _reads_well(connection, seconds)
    except sqlite3.Error as error:
        if _is_damage(error):
            return True
        raise


def _reads_well(connection: sqlite3.Connection, seconds: float) -> bool:
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    if not tables:
        return True
    if not {"facts", "events", "payloads", "endpoints"} <= tables:
        return False
    read_endpoints(connection)
    connection.execute("SELECT * FROM events ORDER BY id DESC LIMIT 3").fetchall()
    connection.execute("SELECT * FROM payloads ORDER BY event_id DESC LIMIT 3").fetchall()
    # SQLite 3.40 asks no progress handler while it checks pages, but it does stop when it is interrupted.
    timer = threading.Timer(seconds, connection.interrupt)
    timer.start()
    try:
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
            return True  # time is up, and nothing wrong was found
        raise
    finally:
        timer.cancel()
        timer.join()


def _is_damage(error: sqlite3.Error) -> bool:
    code = getattr(error, "sqlite_errorcode", 0)
    # A file cut short shows as a short read.
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or code == sqlite3.SQLITE_IOERR_SHORT_READ


def _set_aside(path: Path) -> Path:
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    target = path.with_name(f"events-damaged-{stamp}.sqlite3")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"events-damaged-{stamp}-{number}.sqlite3")
    for suffix in _SUFFIXES:
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(target.with_name(target.name + suffix))
    return target


def _rescue(path: Path) -> _Rescued:
    endpoints: tuple[Endpoint, ...] = ()
    last_event_id = 0
    with contextlib.suppress(sqlite3.Error), contextlib.closing(connect_reader(path)) as connection:
        # Nothing is written here: with this, SQLite also reads a file that is shorter than it says.
        connection.execute("PRAGMA writable_schema = ON")
        with contextlib.suppress(sqlite3.Error, ValueError, LookupError):
            endpoints = read_endpoints(connection)
        for query in ("SELECT max(id) FROM events", "SELECT max(event_id) FROM payloads", "SELECT value FROM facts"):
            with contextlib.suppress(sqlite3.Error):
                last_event_id = max(last_event_id, *(row[0] or 0 for row in connection.execute(query)))
    return _Rescued(endpoints, last_event_id)


def _restore(connection: sqlite3.Connection, rescued: _Rescued) -> None:
    if not rescued.endpoints and not rescued.last_event_id:
        return
    connection.execute("BEGIN IMMEDIATE")
    for endpoint in rescued.endpoints:
        restore_endpoint(connection, endpoint)
    connection.execute("UPDATE facts SET value = max(value, ?) WHERE name = 'last_event_id'", (rescued.last_event_id,))
    connection.execute("COMMIT")


def _unusable(path: Path, error: sqlite3.Error) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code == sqlite3.SQLITE_FULL:
        return StoreFull("The disk is full: the stored events cannot be opened.", f"{path}.", "Free some space.")
    return StoreError("The stored events cannot be opened.", f"{path}: {error}.", "Check the folder's rights.")
