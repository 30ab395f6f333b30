"""How fast messages follow their events and how fast they are read, with a made-up history that is checked as well.

python -m tests.performance.messages FOLDER MESSAGES
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path

from inspector.domain.endpoint import EndpointId
from inspector.store.message_query import MessageQuery, Segment
from inspector.store.message_reader import read_changes, read_counts, read_ids, read_message, read_rows
from inspector.store.message_rows import ROW_COLUMNS, row_from
from inspector.store.messages import SLICE, advance_messages
from inspector.store.opening import open_database
from tests.made_history import START_US, Message, arrivals, make_history, store_events
from tests.unit.timeline.making import letters

PAGE = 128
LATER = START_US + 90 * 86_400 * 1_000_000
ONE = EndpointId(1)


def main(folder: Path, messages: int) -> None:
    """Fill a new store, bring the messages up to date, check every mark, and time the reads of the window."""
    folder.mkdir(parents=True, exist_ok=True)
    connection = open_database(folder, synchronous="NORMAL").connection
    history = make_history(messages)
    events = arrivals(history)
    connection.execute("BEGIN")
    store_events(connection, events)
    connection.execute("COMMIT")
    before = _file_bytes(connection, folder)
    _follow(connection, len(events))
    print(f"{(_file_bytes(connection, folder) - before) / len(events):.0f} bytes an event")
    wrong = _wrong(connection, history)
    print(f"{len(history):,} messages, {len(events):,} events, {wrong} with wrong marks")
    _reads(connection)


def _follow(connection: sqlite3.Connection, events: int) -> None:
    started, slowest, read = time.perf_counter(), 0.0, 1
    while read:
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        read = advance_messages(connection)
        connection.execute("COMMIT")
        slowest = max(slowest, time.perf_counter() - began)
    took = time.perf_counter() - started
    print(f"followed in {took:.1f} s, {events / took:,.0f} events/s, slowest slice of {SLICE}: {slowest * 1000:.1f} ms")


def _wrong(connection: sqlite3.Connection, history: list[Message]) -> int:
    rows = map(row_from, connection.execute(f"SELECT {ROW_COLUMNS} FROM messages m"))
    found = {row.message_id: row for row in rows}
    wrong = len(history) - len(found)
    for message in history:
        row, scenario = found[message.message_id], message.scenario
        seen = (letters(row.marks(LATER)), row.state(LATER).value, tuple(item.value for item in row.contradictions))
        wanted = (scenario.marks, scenario.state, scenario.troubles)
        wrong += seen != wanted or (row.violation_id is not None) != scenario.violates
    return wrong


def _reads(connection: sqlite3.Connection) -> None:
    everything = MessageQuery()
    ids = read_ids(connection, everything, LATER).ids
    newest = max(1, read_changes(connection, everything, 0, LATER).revision - 1)
    middle = len(ids) // 2
    reads: list[tuple[str, Callable[[], object]]] = [
        ("all ids", lambda: read_ids(connection, everything, LATER)),
        ("ids of one endpoint", lambda: read_ids(connection, MessageQuery(ONE), LATER)),
        *((f"ids, {item.value}", _segment(connection, item)) for item in list(Segment)[1:]),
        ("ids by campaign", lambda: read_ids(connection, MessageQuery(ONE, by_campaign=True), LATER)),
        ("ids for a campaign's name", lambda: read_ids(connection, MessageQuery(words="holiday"), LATER)),
        ("ids for a number", lambda: read_ids(connection, MessageQuery(words="+12000001234"), LATER)),
        ("a page of rows", lambda: read_rows(connection, ids[middle : middle + PAGE])),
        ("counts", lambda: read_counts(connection, MessageQuery(ONE), LATER)),
        ("counts for a word", lambda: read_counts(connection, MessageQuery(words="holiday"), LATER)),
        ("changes of one slice", lambda: read_changes(connection, everything, newest, LATER)),
        ("one message", lambda: read_message(connection, ids[middle], LATER)),
    ]
    for name, read in reads:
        times = []
        for _ in range(5):
            began = time.perf_counter()
            read()
            times.append(time.perf_counter() - began)
        print(f"{name:28} {sorted(times)[2] * 1000:8.1f} ms")


def _segment(connection: sqlite3.Connection, segment: Segment) -> Callable[[], object]:
    return lambda: read_ids(connection, MessageQuery(segment=segment), LATER)


def _file_bytes(connection: sqlite3.Connection, folder: Path) -> int:
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return sum(path.stat().st_size for path in folder.iterdir())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
