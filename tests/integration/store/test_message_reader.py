"""What the window reads of messages: lists, counts, changes, one message, templates."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.domain.report import Kind
from inspector.store.message_query import MessageQuery, Segment
from inspector.store.message_reader import MessageReader
from inspector.store.messages import advance_messages, forget_messages
from inspector.store.opening import open_database
from inspector.store.reading_thread import ReadingThread
from inspector.store.schema import connect_reader
from inspector.timeline import Stage, lifecycle
from tests.made_history import START_US, arrivals, make_history, store_events
from tests.unit.timeline.making import letters

pytestmark = pytest.mark.asyncio

LATER = START_US + 90 * 86_400 * 1_000_000
HISTORY = make_history(150, seed=4)
ONE = EndpointId(1)


@pytest_asyncio.fixture
async def connection(tmp_path: Path) -> AsyncIterator[sqlite3.Connection]:
    """A database with the history, its messages up to date."""
    opened = open_database(tmp_path, synchronous="OFF").connection
    store_events(opened, arrivals(HISTORY))
    follow(opened)
    yield opened
    opened.close()


@pytest_asyncio.fixture
async def reader(tmp_path: Path, connection: sqlite3.Connection) -> AsyncIterator[MessageReader]:
    """A reader of it."""
    thread = ReadingThread(connect_reader(tmp_path / "events.sqlite3"), "messages")
    yield MessageReader(thread, lambda: LATER)
    thread.stop()


def follow(connection: sqlite3.Connection) -> None:
    while advance_messages(connection):
        pass


async def test_all_messages_come_with_the_newest_activity_first(reader: MessageReader) -> None:
    found = await reader.ids(MessageQuery())
    rows = await reader.rows(found.ids)
    assert len(rows) == len(HISTORY)
    assert [row.last_id for row in rows] == sorted((row.last_id for row in rows), reverse=True)


async def test_every_message_is_in_exactly_one_segment(reader: MessageReader) -> None:
    counts = await reader.counts(MessageQuery(ONE))
    assert counts.total == len(HISTORY)
    for segment in list(Segment)[1:]:
        found = (await reader.ids(MessageQuery(ONE, segment))).ids
        expected = [item.message_id for item in HISTORY if item.scenario.state == segment.value]
        assert sorted(row.message_id for row in await reader.rows(found)) == sorted(expected)
        assert counts.by_segment[segment] == len(expected)
    assert counts.violations == sum(item.scenario.violates for item in HISTORY)


async def test_one_message_comes_with_all_its_reports_and_the_same_marks_as_its_row(reader: MessageReader) -> None:
    for message in HISTORY[:50]:
        id = await reader.find(ONE, message.message_id)
        assert id is not None
        detail = await reader.message(id)
        assert detail is not None
        life = lifecycle(detail.reports, LATER, consents=detail.consents)
        assert len(detail.reports) == len(message.events)
        assert letters(life.marks) == message.scenario.marks
        assert life.outline == detail.row.outline
        contradictions = {item.trouble.value for item in life.findings if item.is_contradiction}
        assert contradictions == set(message.scenario.troubles)
        assert (life.recipients[0], life.total_us) == (detail.row.recipient, detail.row.total_us)


async def test_words_are_searched_in_ids_numbers_and_campaigns(reader: MessageReader) -> None:
    wanted = HISTORY[20]

    async def names(words: str) -> set[str]:
        found = await reader.ids(MessageQuery(words=words))
        return {row.message_id for row in await reader.rows(found.ids)}

    assert await names(wanted.message_id[4:12].upper()) == {wanted.message_id}
    assert wanted.message_id in await names(wanted.recipient)
    assert wanted.message_id in await names(f"({wanted.recipient[2:5]}) {wanted.recipient[5:]}")
    campaign = {item.message_id for item in HISTORY if item.campaign == "otp_login"}
    assert await names("otp_login") == campaign
    assert await names(f"otp_login {wanted.recipient}") == campaign & {wanted.message_id}
    assert await names("no such thing") == set()


async def test_the_text_of_events_is_found_through_the_index(
    reader: MessageReader, connection: sqlite3.Connection
) -> None:
    connection.execute("INSERT INTO search (rowid, words) VALUES (7, 'please stop writing')")
    event = arrivals(HISTORY)[6]
    found = await reader.ids(MessageQuery(words="writing"))
    assert [row.message_id for row in await reader.rows(found.ids)] == [event.report.message_id]


async def test_campaigns_stand_together_with_their_numbers(reader: MessageReader) -> None:
    found = await reader.ids(MessageQuery(ONE, by_campaign=True))
    rows = await reader.rows(found.ids)
    place = 0
    for group in found.groups:
        members = rows[place : place + group.messages]
        assert {row.campaign for row in members} == {group.campaign}
        assert group.failed == sum(row.state(LATER).value == "failed" for row in members)
        assert group.gaps == sum(row.state(LATER).value == "gaps" for row in members)
        place += group.messages
    assert place == len(HISTORY)


async def test_changes_tell_only_what_changed(reader: MessageReader, connection: sqlite3.Connection) -> None:
    query = MessageQuery(ONE, Segment.FAILED)
    before = await reader.ids(query)
    assert not (await reader.changes(query, before.revision)).found
    more = make_history(60, seed=77)
    store_events(connection, arrivals(more), first_id=10_000)
    follow(connection)
    changes = await reader.changes(query, before.revision)
    failed = {item.message_id for item in more if item.scenario.state == "failed"}
    assert {row.message_id for row in await reader.rows(changes.found)} == failed
    others = {row.message_id for row in await reader.rows(changes.others)}
    assert {item.message_id for item in more} - failed <= others
    assert len(others) < len(HISTORY)
    assert not changes.reload
    connection.execute("UPDATE events SET deleted_us = 1 WHERE id >= 10000")
    forget_messages(connection, range(10_000, 10_000 + len(arrivals(more))))
    assert (await reader.changes(query, changes.revision)).reload


async def test_other_endpoints_are_left_out(reader: MessageReader, connection: sqlite3.Connection) -> None:
    store_events(connection, arrivals(make_history(5, seed=8)), endpoint_id=2, first_id=20_000)
    follow(connection)
    assert len((await reader.ids(MessageQuery(EndpointId(2)))).ids) == 5
    assert (await reader.counts(MessageQuery(EndpointId(2)))).total == 5
    assert len((await reader.ids(MessageQuery())).ids) == len(HISTORY) + 5


async def test_an_event_leads_to_its_message(reader: MessageReader) -> None:
    event = arrivals(HISTORY)[10]
    detail = await reader.of_event(EventId(11))
    assert detail is not None
    assert detail.row.message_id == event.report.message_id
    assert await reader.of_event(EventId(999_999)) is None
    assert await reader.message(999_999) is None


async def test_medians_are_of_other_messages_and_of_the_same_day(reader: MessageReader) -> None:
    wanted = next(item for item in HISTORY if item.scenario.name == "read")
    id = await reader.find(ONE, wanted.message_id)
    assert id is not None
    detail = await reader.message(id)
    assert detail is not None
    median_us = detail.medians[Stage.QUEUED, Stage.SENT]
    assert 300_000 <= median_us <= 4_000_000


async def test_consents_of_the_recipient_come_along(reader: MessageReader) -> None:
    broken = next(item for item in HISTORY if item.scenario.name == "sent after opt-out")
    id = await reader.find(ONE, broken.message_id)
    assert id is not None
    detail = await reader.message(id)
    assert detail is not None
    assert [item.kind for item in detail.consents] == [Kind.OPTOUT]
    assert detail.row.violation_id == detail.consents[0].event_id
