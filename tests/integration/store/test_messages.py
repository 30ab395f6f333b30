"""Messages follow the events behind them: exactly, in slices of any size, again and again, and backwards."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.domain.report import Kind, Report
from inspector.store.message_rows import ROW_COLUMNS, row_from
from inspector.store.messages import advance_messages, forget_messages, recall_messages
from inspector.store.opening import open_database
from inspector.store.stage_habits import MANY
from inspector.timeline import Stage
from inspector.timeline.row import MessageRow
from tests.made_history import START_US, Made, Message, arrivals, make_history, store_events
from tests.unit.timeline.making import letters

LATER = START_US + 90 * 86_400 * 1_000_000
MESSAGES = 400


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """An empty database."""
    opened = open_database(tmp_path, synchronous="OFF").connection
    yield opened
    opened.close()


def follow(connection: sqlite3.Connection, size: int = 97) -> None:
    """Read everything there is in slices."""
    while advance_messages(connection, size):
        pass


def rows(connection: sqlite3.Connection) -> dict[str, MessageRow]:
    found = [row_from(row) for row in connection.execute(f"SELECT {ROW_COLUMNS} FROM messages m").fetchall()]
    return {row.message_id: row for row in found}


def everything(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    """Return all that is kept of messages, but for the numbers that only count."""
    named = "SELECT m.message_id, r.event_id, r.position, r.kind, r.accepted FROM message_reports r JOIN messages m "
    return [
        *sorted((name, replace(row, id=0)) for name, row in rows(connection).items()),
        *connection.execute(f"{named} ON m.id = r.message ORDER BY 1, 2, 3").fetchall(),
        *connection.execute("SELECT * FROM consents").fetchall(),
    ]


def check(history: list[Message], found: dict[str, MessageRow]) -> None:
    """Compare every message with what its scenario says."""
    assert len(found) == len(history)
    for message in history:
        row, scenario = found[message.message_id], message.scenario
        seen = (letters(row.marks(LATER)), row.state(LATER).value, tuple(item.value for item in row.contradictions))
        assert seen == (scenario.marks, scenario.state, scenario.troubles), scenario.name
        assert (row.violation_id is not None) == scenario.violates, scenario.name
        assert row.campaign == message.campaign


def test_a_history_of_losses_swaps_repeats_and_contradictions_gets_exactly_the_right_marks(
    connection: sqlite3.Connection,
) -> None:
    history = make_history(MESSAGES)
    store_events(connection, arrivals(history))
    follow(connection)
    check(history, rows(connection))


def test_slices_of_any_size_that_crash_and_come_again_give_the_same(connection: sqlite3.Connection) -> None:
    history = make_history(120, seed=7)
    events = arrivals(history)
    store_events(connection, events)
    chance = random.Random(3)
    while True:
        connection.execute("BEGIN IMMEDIATE")
        read = advance_messages(connection, chance.randrange(1, 60))
        if chance.random() < 0.3:
            connection.execute("ROLLBACK")
            continue
        connection.execute("COMMIT")
        if not read:
            break
    check(history, rows(connection))
    before = everything(connection)
    connection.execute("UPDATE facts SET value = 0 WHERE name = 'messages_told_id'")
    follow(connection, 13)
    assert everything(connection) == before


def test_events_that_arrive_in_any_order_leave_the_same_states_but_for_arrival(connection: sqlite3.Connection) -> None:
    history = make_history(120, seed=9)
    events = arrivals(history)
    slots = [event.arrived_us for event in events]
    random.Random(5).shuffle(events)
    store_events(connection, [replace(event, arrived_us=slot) for event, slot in zip(events, slots, strict=True)])
    follow(connection)
    found = rows(connection)
    for message in history:
        row, scenario = found[message.message_id], message.scenario
        marks = letters(row.marks(LATER)).replace("d", "a").replace("c", "a")
        assert marks == scenario.marks.replace("d", "a").replace("c", "a"), scenario.name
        assert tuple(item.value for item in row.contradictions) == scenario.troubles, scenario.name
        assert (row.violation_id is not None) == scenario.violates, scenario.name


def test_forgotten_events_are_as_if_they_had_never_come_and_can_be_recalled(connection: sqlite3.Connection) -> None:
    history = make_history(100, seed=2)
    events = arrivals(history)
    store_events(connection, events)
    follow(connection)
    whole = everything(connection)
    gone = random.Random(1).sample(range(1, len(events) + 1), len(events) // 3)
    mark_deleted(connection, gone, 1)
    forget_messages(connection, gone)
    left = everything(connection)
    connection.executescript("DELETE FROM messages; DELETE FROM message_reports; DELETE FROM consents;")
    connection.execute("UPDATE facts SET value = 0 WHERE name = 'messages_told_id'")
    follow(connection)
    assert everything(connection) == left
    mark_deleted(connection, gone, None)
    recall_messages(connection, gone)
    assert everything(connection) == whole


def mark_deleted(connection: sqlite3.Connection, ids: list[int], deleted_us: int | None) -> None:
    connection.executemany("UPDATE events SET deleted_us = ? WHERE id = ?", [(deleted_us, id) for id in ids])


def test_a_message_whose_last_event_goes_goes_too_and_its_number_never_comes_again(
    connection: sqlite3.Connection,
) -> None:
    history = make_history(3)
    store_events(connection, arrivals(history[:2]))
    follow(connection)
    last = max(row.id for row in rows(connection).values())
    ids = [row[0] for row in connection.execute("SELECT id FROM events")]
    mark_deleted(connection, ids, 1)
    forget_messages(connection, ids)
    assert rows(connection) == {}
    store_events(connection, arrivals(history[2:]), first_id=1000)
    follow(connection)
    assert [row.id for row in rows(connection).values()] == [last + 1]


def test_an_opt_out_that_arrives_late_still_finds_the_message_that_broke_it(connection: sqlite3.Connection) -> None:
    history = [item for item in make_history(80) if item.scenario.violates or item.scenario.name == "opting"]
    events = arrivals(history)
    late = [event for event in events if event.report.kind in {Kind.OPTOUT, Kind.COMPLAINED, Kind.OPTIN}]
    store_events(connection, [*[event for event in events if event not in late], *late])
    follow(connection, 1)
    found = rows(connection)
    assert [found[item.message_id].violation_id is not None for item in history] == [
        item.scenario.violates for item in history
    ]
    optouts = [row[0] for row in connection.execute("SELECT id FROM events WHERE kind LIKE 'user.%'")]
    mark_deleted(connection, optouts, 1)
    forget_messages(connection, optouts)
    assert not any(row.violation_id for row in rows(connection).values())


def test_the_same_id_at_two_endpoints_is_two_messages(connection: sqlite3.Connection) -> None:
    history = make_history(4)
    store_events(connection, arrivals(history))
    store_events(connection, arrivals(history), endpoint_id=2, first_id=500)
    follow(connection)
    assert connection.execute("SELECT count(*) FROM messages").fetchone()[0] == 8


def test_what_a_provider_never_reports_is_not_missed(connection: sqlite3.Connection) -> None:
    lost = next(item for item in make_history(60) if item.scenario.name == "queued lost")
    store_events(connection, arrivals([lost]))
    while advance_messages(connection, 10, lambda provider: frozenset({Stage.SENT, Stage.DELIVERED, Stage.READ})):
        pass
    assert letters(rows(connection)[lost.message_id].marks(LATER)) == "-aaa"


def test_a_stage_that_never_came_from_an_endpoint_is_not_missed_for_ever(connection: sqlite3.Connection) -> None:
    plain = Report(Kind.SENT, message_id="msg", recipient="")
    events = [
        Made(replace(plain, kind=kind, message_id=f"msg_{number}"), START_US + number * 1000 + place)
        for number in range(MANY + 5)
        for place, kind in enumerate((Kind.SENT, Kind.DELIVERED))
    ]
    store_events(connection, events[: 2 * (MANY - 1)])
    follow(connection, 3)
    assert {letters(row.marks(LATER)) for row in rows(connection).values()} == {"macw"}
    store_events(connection, events[2 * (MANY - 1) :], first_id=1000)
    follow(connection, 3)
    assert {letters(row.marks(LATER)) for row in rows(connection).values()} == {"-acw"}
    late = [Made(replace(plain, kind=kind, message_id="new"), START_US + 10**9) for kind in (Kind.QUEUED, Kind.READ)]
    lost = [Made(replace(plain, kind=Kind.READ, message_id="lost"), START_US + 10**9)]
    store_events(connection, [*late, *lost], first_id=2000)
    follow(connection)
    found = rows(connection)
    assert letters(found["lost"].marks(LATER)) == "mmma"
    assert letters(found["msg_1"].marks(LATER)) == "-acw"


def test_odd_texts_and_reports_without_a_message_do_no_harm(connection: sqlite3.Connection) -> None:
    odd = [
        Report(Kind.DELIVERED, message_id="a\x00b\ud800c", recipient="\udcff"),
        Report(Kind.DELIVERED, message_id="a\x00b\ud800c"),
        Report(Kind.OTHER, message_id="x"),
        Report(Kind.TEMPLATE_REJECTED, template="promo", text="Too loud"),
        Report(Kind.DELIVERED),
    ]
    events = [Made(replace(report, name=""), START_US + place) for place, report in enumerate(odd)]
    store_events(connection, [replace_ids(event) for event in events])
    follow(connection, 2)
    assert len(rows(connection)) == 1
    assert connection.execute("SELECT template, kind, reason FROM template_reports").fetchall() == [
        ("promo", "template.rejected", "Too loud")
    ]


def replace_ids(event: Made) -> Made:
    """Write a text with a lone surrogate as the store does."""
    report = event.report
    plain = {name: getattr(report, name).encode("utf-8", "replace").decode() for name in ("message_id", "recipient")}
    return replace(event, report=replace(report, **plain))
