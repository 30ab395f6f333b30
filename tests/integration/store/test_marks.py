"""What changes on an event after it was stored: answer time, marks, deletion; and what is counted."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from inspector.domain.answer import Answer
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.domain.query import Query, Term
from inspector.domain.report import Category, Kind
from inspector.domain.verification import Verdict
from inspector.store.schema import DATABASE_NAME
from inspector.store.store import Store
from inspector.store.tally import ScopeCount
from tests.integration.store.making import a_draft, a_report, a_verification, indexed_id, opened
from tests.waiting import until

pytestmark = pytest.mark.asyncio

ONE, TWO, THREE = EventId(1), EventId(2), EventId(3)


def answer_us(store: Store, event_id: EventId) -> int | None:
    row = store.summary(event_id)
    assert row is not None
    return row.answer_us


async def test_the_time_of_an_answer_is_written_and_told_soon(store: Store) -> None:
    row = await store.append(a_draft())
    assert answer_us(store, row.id) is None
    told: list[int] = []
    store.changed.subscribe(told.extend)
    store.record_answer(row.id, 1234, sent=True)
    await until(lambda: answer_us(store, row.id) == 1234)
    await until(lambda: told == [row.id])


async def test_an_answer_that_never_left_has_no_time(store: Store) -> None:
    row = await store.append(a_draft(key="evt_1"))
    store.record_answer(row.id, 1234, sent=False)
    await store.append(a_draft())
    assert answer_us(store, row.id) is None


async def test_the_time_of_an_answer_survives_closing_at_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        row = await store.append(a_draft())
        store.record_answer(row.id, 77, sent=True)
    async with opened(tmp_path) as store:
        assert answer_us(store, row.id) == 77


async def test_marks_are_kept(store: Store) -> None:
    for _ in range(3):
        await store.append(a_draft())
    await store.mark_read([ONE, TWO], True)
    await store.star([TWO], True)
    assert [(row.unread, row.starred) for row in store.page([ONE, TWO, THREE])] == [
        (False, False),
        (False, True),
        (True, False),
    ]
    await store.mark_read([ONE], False)
    await store.star([TWO], False)
    assert [(row.unread, row.starred) for row in store.page([ONE, TWO])] == [(True, False), (False, False)]


async def test_changes_in_quick_succession_are_told_together(store: Store) -> None:
    for _ in range(3):
        await store.append(a_draft())
    told: list[tuple[int, ...]] = []
    store.changed.subscribe(lambda ids: told.append(tuple(ids)))
    await asyncio.gather(store.star([ONE], True), store.star([TWO], True), store.mark_read([ONE], True))
    await until(lambda: bool(told))
    assert told == [(1, 2)]


async def test_deleted_events_are_out_of_lists_and_counts_until_that_is_undone(store: Store) -> None:
    for _ in range(3):
        await store.append(a_draft())
    await store.counts(Query())
    await store.set_deleted([ONE, THREE], True)
    assert (await store.ids(Query())).tolist() == [2]
    assert (await store.counts(Query())).total == 1
    assert await store.scope_counts() == (ScopeCount(EndpointId(1), 1, 0),)
    await store.set_deleted([ONE, THREE], False)
    assert (await store.ids(Query())).tolist() == [1, 2, 3]
    assert (await store.counts(Query())).total == 3


def left_in(folder: Path) -> dict[str, int]:
    """Count the rows of every table that holds something of events."""
    with sqlite3.connect(folder / DATABASE_NAME) as connection:
        tables = ("events", "payloads", "reports", "indexed_messages", "sightings", "attempts")
        left = {table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables}
        left["words"] = connection.execute("SELECT count(*) FROM search WHERE search MATCH 'secretword'").fetchone()[0]
        connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    connection.close()
    return left


async def purged(store: Store, event_id: EventId) -> None:
    await until(lambda: store.summary(event_id) is None)


async def test_deleted_events_leave_nothing_behind_after_the_next_start(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.append(a_draft(b"secretword one", key="evt_1"))
        await store.append(a_draft(b"secretword two", key="evt_1"))
        await store.append(a_draft(b"kept", reports=(a_report(), a_report(Kind.READ))))
        await until(lambda: indexed_id(tmp_path) == 3)
        await store.set_deleted([ONE, TWO], True)
        assert store.event(ONE) is not None
    async with opened(tmp_path) as store:
        await purged(store, ONE)
        await purged(store, TWO)
        assert store.event(TWO) is None
        assert (await store.append(a_draft(key="evt_1"))).repeat is None
        await until(lambda: indexed_id(tmp_path) == 4)
    assert left_in(tmp_path) == {
        "events": 2,
        "payloads": 2,
        "reports": 2,
        "indexed_messages": 2,
        "sightings": 1,
        "attempts": 0,
        "words": 0,
    }


async def test_a_number_is_never_given_again_even_after_the_newest_event_is_purged(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        for _ in range(3):
            await store.append(a_draft())
        await store.set_deleted([TWO, THREE], True)
    async with opened(tmp_path) as store:
        await purged(store, THREE)
    async with opened(tmp_path) as store:
        assert (await store.append(a_draft())).id == 4


async def test_clearing_an_endpoint_deletes_its_events_and_can_be_undone(store: Store) -> None:
    for endpoint in (1, 2, 1, 1):
        await store.append(a_draft(endpoint_id=EndpointId(endpoint)))
    await store.set_deleted([THREE], True)
    cleared = await store.clear_endpoint(EndpointId(1))
    assert cleared.tolist() == [1, 4]
    assert (await store.ids(Query())).tolist() == [2]
    await store.set_deleted([EventId(number) for number in cleared], False)
    assert (await store.ids(Query())).tolist() == [1, 2, 4]


async def test_counts_are_by_category_and_know_issues(store: Store) -> None:
    await store.append(a_draft())
    await store.append(a_draft(reports=(a_report(Kind.FAILED),)))
    await store.append(a_draft(reports=(a_report(Kind.OPTOUT),), answer=Answer(500)))
    everything = await store.counts(Query())
    assert (everything.total, everything.by_category, everything.issues) == (
        3,
        {Category.STATUS: 2, Category.ENGAGEMENT: 1},
        2,
    )
    assert await store.counts(Query(category=Category.ENGAGEMENT)) == everything
    issues = await store.counts(Query(issues=True))
    assert (issues.total, issues.by_category, issues.issues) == (2, {Category.STATUS: 1, Category.ENGAGEMENT: 1}, 2)
    failed = await store.counts(Query(terms=(Term("type", ("failed",)),)))
    assert (failed.total, failed.issues) == (1, 1)
    words = await store.counts(Query(terms=(Term("", ("optout",)),)))
    assert (words.total, words.by_category) == (1, {Category.ENGAGEMENT: 1})
    assert (await store.counts(Query(endpoint_id=EndpointId(9)))).total == 0


async def test_counts_follow_new_events_and_marks(store: Store) -> None:
    unread = Query(terms=(Term("unread", ("yes",)),))
    for number in range(1, 4):
        await store.append(a_draft())
        assert (await store.counts(Query())).total == number
        assert (await store.counts(unread)).total == number
    await store.mark_read([ONE], True)
    assert (await store.counts(unread)).total == 2


async def test_every_endpoint_counts_the_failed_signatures_nobody_has_looked_at(store: Store) -> None:
    for verdict in (Verdict.VALID, Verdict.INVALID, Verdict.STALE):
        await store.append(a_draft(verification=a_verification(verdict)))
    await store.append(a_draft(endpoint_id=None, verification=None))
    assert set(await store.scope_counts()) == {ScopeCount(EndpointId(1), 3, 2), ScopeCount(None, 1, 0)}
    await store.mark_read([TWO], True)
    await store.append(a_draft())
    assert set(await store.scope_counts()) == {ScopeCount(EndpointId(1), 4, 1), ScopeCount(None, 1, 0)}


async def test_stored_bytes_grow_with_what_is_stored(store: Store) -> None:
    before = await store.stored_bytes()
    await store.append(a_draft(b"x" * 1_000_000))
    assert await store.stored_bytes() >= before + 1_000_000
