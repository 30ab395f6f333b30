"""How it goes with the targets of a forward rule, and a series sent once more."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest

from inspector.domain.endpoint import EndpointId
from inspector.domain.schedules import schedule_of
from inspector.domain.series import SeriesPlan, SeriesState
from inspector.resources import resource_path
from inspector.store.rule_figures import SENT_AGAIN, read_figures, series_again
from inspector.store.series_rows import plan_id, plan_json

HOUR_AGO, NOW = 1_000_000, 5_000_000
ONE = EndpointId(1)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    """A database in memory with the program's schema, one plan, and event 1."""
    opened = sqlite3.connect(":memory:", isolation_level=None)
    for file in sorted(resource_path("schema").glob("*.sql")):
        opened.executescript(file.read_text())
    plan_id(opened, plan_json(SeriesPlan(schedule_of("0, 10s"))))
    yield opened
    opened.close()


def put(
    connection: sqlite3.Connection,
    state: str,
    target: str = "http://a/",
    *,
    tries: int = 1,
    ok_us: int | None = None,
    failed_us: int | None = None,
    failure: str = "",
    event: int = 1,
) -> int:
    """Insert a series of rule "r" and return its number."""
    cursor = connection.execute(
        "INSERT INTO series (event_id, endpoint_id, rule_id, target, message_id, plan, state, tries, created_us, "
        "ok_us, failed_us, failure) VALUES (?, 1, 'r', ?, '', 1, ?, ?, 0, ?, ?, ?)",
        (event, target, state, tries, ok_us, failed_us, failure),
    )
    return cursor.lastrowid or 0


def test_tries_that_failed_since_the_last_success_are_counted_per_target(connection: sqlite3.Connection) -> None:
    put(connection, "given_up", tries=5, failed_us=2_000_000, failure="Answered 500")
    put(connection, "done", ok_us=3_000_000)
    put(connection, "given_up", tries=2, failed_us=4_000_000, failure="Answered 503")
    put(connection, "waiting", tries=1, failed_us=4_500_000, failure="Connection refused")
    put(connection, "done", "http://b/", ok_us=4_000_000)
    a, b = read_figures(connection, ONE, "r", HOUR_AGO)
    assert (a.target, a.failed_in_row, a.last_failure, a.waiting) == ("http://a/", 3, "Connection refused", 1)
    assert (a.tried, a.through, a.share) == (4, 1, 0.25)
    assert (b.target, b.failed_in_row, b.share, b.last_failed_at) == ("http://b/", 0, 1.0, None)


def test_what_ended_before_the_hour_does_not_count_in_its_share(connection: sqlite3.Connection) -> None:
    put(connection, "done", ok_us=HOUR_AGO - 1)
    put(connection, "done", ok_us=HOUR_AGO)
    (figures,) = read_figures(connection, ONE, "r", HOUR_AGO)
    assert figures.tried == 1


def test_a_rule_that_sent_nothing_has_no_figures(connection: sqlite3.Connection) -> None:
    assert read_figures(connection, ONE, "r", HOUR_AGO) == ()
    put(connection, "waiting", tries=0)
    (figures,) = read_figures(connection, ONE, "r", HOUR_AGO)
    assert (figures.waiting, figures.share) == (1, None)
    assert read_figures(connection, EndpointId(2), "r", HOUR_AGO) == ()


def test_sent_again_is_due_now_unless_it_is_under_way_or_its_event_is_gone(connection: sqlite3.Connection) -> None:
    columns = [row[1] for row in connection.execute("PRAGMA table_info(events)") if row[3] and not row[5]]
    types = {row[1]: row[2] for row in connection.execute("PRAGMA table_info(events)")}
    values = [b"" if types[name] == "BLOB" else "" if types[name] == "TEXT" else 0 for name in columns]
    marks = ", ".join("?" * (len(columns) + 1))
    connection.execute(f"INSERT INTO events (id, {', '.join(columns)}) VALUES ({marks})", (1, *values))
    given_up = put(connection, "given_up", tries=2, failed_us=9)
    sending, gone = put(connection, "sending"), put(connection, "done", event=77)
    again = series_again(connection, [given_up, sending, gone], NOW)
    assert [(one.id, one.state, one.tries, one.note) for one in again] == [
        (given_up, SeriesState.WAITING, 2, SENT_AGAIN)
    ]
    assert again[0].next_at is not None
    assert again[0].ended_at is None
