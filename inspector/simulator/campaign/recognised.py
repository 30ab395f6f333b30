"""What the store made of a campaign's events: kinds, repeats, disorder and signatures, read beside the program."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import StoreError
from inspector.domain.report import Kind
from inspector.store.schema import DATABASE_NAME, connect_reader

_RANK = {Kind.QUEUED.value: 0, Kind.SENT.value: 1, Kind.DELIVERED.value: 2, Kind.READ.value: 3}

_ROWS = """
    SELECT e.kind, e.message_id, e.repeat, e.original_id, e.verdict, e.error_code, e.carrier, e.refusal
    FROM events e JOIN payloads p ON p.event_id = e.id
    WHERE e.id > ? AND e.endpoint_id = ? AND e.deleted_us IS NULL AND instr(p.headers, CAST(? AS BLOB))
    ORDER BY e.id
"""


@dataclass(slots=True)
class Recognised:
    """Counts of what was stored, each event under its kind once, repeats apart; `late` arrived after a later stage.

    `known` are events that had come in an earlier run: the same seed was played into the same endpoint before. They
    are repeats of what is stored, and still the first of their kind in this run.
    """

    requests: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    duplicates: int = 0
    retries: int = 0
    late: int = 0
    valid: int = 0
    invalid: int = 0
    turned_away: int = 0
    known: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    carriers: Counter[str] = field(default_factory=Counter)

    @property
    def events(self) -> int:
        """How many different events were stored."""
        return self.kinds.total()


def last_id(folder: Path) -> int:
    """Return the number of the newest event, 0 where there is none. Raises StoreError."""
    with _reading(folder) as connection:
        return int(connection.execute("SELECT coalesce(max(id), 0) FROM events").fetchone()[0])


def recognise(folder: Path, endpoint_id: EndpointId, since_id: int, mark: str) -> Recognised:
    """Return what is stored of a run whose events carry `mark` and came after the event `since_id`.

    It blocks while it reads: a second for a hundred thousand events. Raises StoreError.
    """
    try:
        with _reading(folder) as connection:
            return count(connection.execute(_ROWS, (since_id, endpoint_id, mark)), since_id)
    except sqlite3.Error as error:
        raise StoreError("The stored events cannot be read.", f"The database says: {error}.") from error


Row = tuple[str, str, str | None, int | None, str | None, str, str, str | None]


def count(rows: Iterable[Row], since_id: int = 0) -> Recognised:
    """Return the counts of stored rows in the order they came; originals up to `since_id` are of earlier runs."""
    found = Recognised()
    furthest: dict[str, int] = {}
    known: set[int] = set()
    for kind, message_id, repeat, original, verdict, code, carrier, refusal in rows:
        found.requests += 1
        if refusal is not None:
            found.turned_away += 1
            continue
        found.valid += verdict == "valid"
        found.invalid += verdict in ("invalid", "stale")
        if repeat is not None and original is not None and original <= since_id and original not in known:
            known.add(original)
        elif repeat is not None:
            found.duplicates += repeat == "duplicate"
            found.retries += repeat == "retry"
            continue
        found.kinds[kind] += 1
        found.codes.update([code] if code else [])
        found.carriers.update([carrier] if carrier else [])
        rank = _RANK.get(kind)
        if rank is not None:
            found.late += rank < furthest.get(message_id, -1)
            furthest[message_id] = max(rank, furthest.get(message_id, -1))
    found.known = len(known)
    return found


def _reading(folder: Path) -> closing[sqlite3.Connection]:
    path = folder / DATABASE_NAME
    if not path.is_file():
        raise StoreError("There are no stored events.", f"{folder} holds none.", "Choose the folder of the program.")
    try:
        return closing(connect_reader(path))
    except sqlite3.Error as error:
        raise StoreError("The stored events cannot be opened.", f"{path}: {error}.") from error
