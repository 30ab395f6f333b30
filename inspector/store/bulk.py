"""Many rows in few statements.

sqlite3 lets go of the interpreter lock for every step of a statement and must win it back afterwards, against a
loop that is busy with requests: with `executemany` that is a wait per row, and at 16 connections it took longer than
everything else the writer does. One statement with many rows of values is one step.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import chain
from typing import Any

CHUNKS = (64, 32, *range(16, 0, -1))
"""Rows in one statement: any small batch is one, and all of them fit into the connection's cache of statements."""

MOST_BYTES = 4 * 1024 * 1024
"""Values of more bytes than this go in one at a time: SQLite copies what is bound."""


class BulkInsert:
    """Inserts rows of `columns` into `table`; with `replace` a row takes the place of one with the same key."""

    def __init__(self, table: str, columns: Sequence[str], *, replace: bool = False) -> None:
        verb = "INSERT OR REPLACE" if replace else "INSERT"
        head = f"{verb} INTO {table} ({', '.join(columns)}) VALUES "
        row = f"({', '.join('?' * len(columns))})"
        self._statements = {size: head + ", ".join([row] * size) for size in CHUNKS}

    def __call__(self, connection: sqlite3.Connection, rows: Sequence[Sequence[Any]], *, size: int = 0) -> None:
        """Insert all rows in order; `size` is the bytes they hold, where they may be many. Raises sqlite3.Error."""
        place = 0
        while place < len(rows):
            left = len(rows) - place
            chunk = next(chunk for chunk in CHUNKS if chunk <= left) if size <= MOST_BYTES else 1
            taken = rows[place : place + chunk]
            connection.execute(self._statements[chunk], tuple(chain.from_iterable(taken)))
            place += chunk
