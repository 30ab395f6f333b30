"""The store keeps figures by itself, behind the events: campaigns, violations, times of being there, shapes."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from inspector.domain.report import Kind
from inspector.store.campaign_rows import read_campaigns
from inspector.store.figure_steps import advance_figures
from inspector.store.figures import marks
from inspector.store.messages import advance_messages, every_stage, forget_messages, recall_messages
from inspector.store.opening import open_database
from inspector.store.schema import DATABASE_NAME
from inspector.store.spans import begin_spans, note_spans, read_spans
from tests.integration.monitor.making import NOON_US, SECOND, bench
from tests.integration.store.making import a_draft, a_report, opened
from tests.made_history import arrivals, make_history, store_events
from tests.waiting import PATIENCE_S

RECOUNT = """
    SELECT campaign, count(*), sum(sent_us IS NOT NULL), sum(delivered_us IS NOT NULL), sum(read_us IS NOT NULL),
        sum(instr(engagement, 'message.clicked') > 0), sum(instr(engagement, 'message.inbound') > 0),
        sum(instr(engagement, 'user.optout') > 0), sum(phase = 2)
    FROM messages WHERE campaign <> '' GROUP BY campaign ORDER BY campaign
"""


def funnels(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    return sorted(row[:-1] for row in read_campaigns(connection, 0))


def test_the_funnel_of_a_campaign_is_equal_to_a_recount_whatever_happens_to_its_messages(tmp_path: Path) -> None:
    connection = open_database(tmp_path, synchronous="OFF").connection
    with closing(connection):
        events = arrivals(make_history(300))
        store_events(connection, events)
        steps = 0
        while advance_messages(connection, 100, every_stage):
            steps += 1
            assert funnels(connection) == connection.execute(RECOUNT).fetchall()
        assert steps > 5
        assert len(funnels(connection)) == 5
        some = list(range(1, len(events), 3))
        forget_messages(connection, some)
        assert funnels(connection) == connection.execute(RECOUNT).fetchall()
        recall_messages(connection, some, every_stage)
        assert funnels(connection) == connection.execute(RECOUNT).fetchall()
        forget_messages(connection, range(1, len(events) + 1))
        assert funnels(connection) == []


def test_a_message_after_an_opt_out_is_noted_once(tmp_path: Path) -> None:
    connection = open_database(tmp_path, synchronous="OFF").connection
    with closing(connection):
        store_events(connection, arrivals(make_history(300)))
        while advance_messages(connection, 50, every_stage):
            pass
        violating = connection.execute("SELECT message_id FROM messages WHERE violation_id IS NOT NULL").fetchall()
        assert violating
        noted = connection.execute("SELECT message_id FROM violations").fetchall()
        assert set(violating) <= set(noted)
        assert len(noted) == len(set(noted))


@pytest.mark.asyncio
async def test_an_answer_that_leaves_late_is_counted_once_and_with_its_time(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        slow = made.event(NOON_US - 3 * SECOND, answer_us=None)
        made.event(NOON_US - 2 * SECOND)
        made.follow()
        assert made.connection.execute("SELECT event_id FROM figures_waiting").fetchall() == [(slow,)]
        made.connection.execute("UPDATE events SET answer_us = ? WHERE id = ?", (6 * SECOND, slow))
        made.follow()
        assert made.connection.execute("SELECT count(*) FROM figures_waiting").fetchone() == (0,)
        made.follow()
        counts = (
            "SELECT sum(counts ->> 'n'), sum(counts ->> 'f'), sum(times ->> 't6000000') FROM figures WHERE width_s = 60"
        )
        assert made.connection.execute(counts).fetchone() == (2, 1, 1)


@pytest.mark.asyncio
async def test_a_drift_is_found_in_what_was_stored(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        for _ in range(60):
            made.event(NOON_US)
            made.follow()
        forged = made.event(NOON_US, body=b'{"other":1}', verdict="invalid")
        odd = made.event(NOON_US, body=b'{"event":"message.delivered","message_id":7}')
        made.follow()
        found = made.connection.execute("SELECT event_id, field, what FROM drifts").fetchall()
        assert found == [(odd, "message_id", "type")]
        assert forged < odd


def test_spans_go_on_with_the_heartbeat_and_end_with_the_last_thing_known(tmp_path: Path) -> None:
    connection = open_database(tmp_path, synchronous="OFF").connection
    with closing(connection):
        note_spans(connection, {"receiver": "up"}, 10)
        note_spans(connection, {"receiver": "up", "tunnel": "up"}, 20)
        note_spans(connection, {"receiver": "up", "tunnel": "down"}, 30)
        note_spans(connection, {"receiver": "up"}, 40)
        begin_spans(connection, 100)
        note_spans(connection, {"receiver": "up"}, 100)
        assert [tuple(span) for span in read_spans(connection, 0)] == [
            ("receiver", 10, 40, False, "up"),
            ("tunnel", 20, 30, False, "up"),
            ("tunnel", 30, 40, False, "down"),
            ("receiver", 100, 100, True, "up"),
        ]


async def _until(path: Path, holds: Callable[[sqlite3.Connection], bool]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        async with asyncio.timeout(PATIENCE_S):
            while not holds(connection):  # noqa: ASYNC110 - another process writes
                await asyncio.sleep(0.05)


@pytest.mark.asyncio
async def test_the_store_counts_what_it_keeps_by_itself(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        for number in range(3):
            await store.append(a_draft(reports=(a_report(Kind.READ, f"m{number}", campaign="spring"),)))
        await _until(tmp_path / DATABASE_NAME, lambda connection: marks(connection)[0] == 3)
        assert await store.figures.read(lambda connection: [row.messages for row in read_campaigns(connection, 0)]) == [
            3
        ]


def test_where_nothing_came_nothing_is_touched(tmp_path: Path) -> None:
    connection = open_database(tmp_path, synchronous="OFF").connection
    with closing(connection):
        assert advance_figures(connection, {}, NOON_US, 0) == 0
