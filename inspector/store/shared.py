"""Verifications that many events share, kept once: genuine events of an endpoint mostly have the very same one."""

from __future__ import annotations

import sqlite3

from inspector.store.wire import Verified

MARK = b"@"
"""A reference begins with this; JSON never does."""

VERIFICATION = (
    "iif(substr(payloads.verification, 1, 1) = X'40', "
    "(SELECT json FROM verifications WHERE id = CAST(CAST(substr(payloads.verification, 2) AS TEXT) AS INTEGER)), "
    "payloads.verification)"
)
"""The verification of a payload row as JSON, however it is kept."""


class SharedVerifications:
    """What goes into the rows: the JSON itself the first time, from the second on a reference.

    `save` belongs into the transaction of those rows, `saved` after its commit.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        rows = connection.execute("SELECT id, json FROM verifications").fetchall()
        self._ids: dict[bytes, int] = {bytes(json): id for id, json in rows}
        self._last_id = max(self._ids.values(), default=0)
        self._references: dict[int, bytes] = {}
        self._seen: set[int] = set()
        self._new: list[tuple[int, bytes]] = []

    def forget(self) -> None:
        """Numbers of verifications mean something else from now on."""
        self._references.clear()
        self._seen.clear()

    def written(self, verified: Verified) -> bytes | None:
        """Return what a row keeps of a verification."""
        number = verified.number
        reference = self._references.get(number)
        if reference is not None:
            return reference
        if not number:
            return None
        if number not in self._seen:
            self._seen.add(number)
            return verified.json
        id = self._ids.get(verified.json)
        if id is None:
            self._last_id += 1
            id = self._ids[verified.json] = self._last_id
            self._new.append((id, verified.json))
        self._references[number] = reference = b"%b%d" % (MARK, id)
        return reference

    def save(self, connection: sqlite3.Connection) -> None:
        """Write what the rows of this transaction refer to and the table does not have yet."""
        for row in self._new:
            connection.execute("INSERT OR IGNORE INTO verifications (id, json) VALUES (?, ?)", row)

    def saved(self) -> None:
        """Note that what was written is committed."""
        self._new.clear()
