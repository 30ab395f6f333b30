"""Events that find the disk full are held in memory, and written with their own time and answer when there is room."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.domain.errors import StoreError, StoreFull
from inspector.domain.event import EventId, EventSummary, Refusal, Repeat
from inspector.domain.forwarding import ForwardRule
from inspector.domain.query import Query
from inspector.store.holding import NOT_STORED
from inspector.store.schema import DATABASE_NAME
from inspector.store.store import Store
from tests.builders import NOON
from tests.integration.store.making import a_draft, opened
from tests.waiting import PATIENCE_S, until

pytestmark = pytest.mark.asyncio

LARGE = 60_000


def limit(connection: sqlite3.Connection, more: int = 0) -> None:
    """Let the database have so many more pages than it has now: SQLite then says that the disk is full."""
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + more}")


def lift(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA max_page_count = 1073741823")


def nothing(_connection: sqlite3.Connection) -> None:
    """Do nothing, as some other work for the writer."""


async def refused(store: Store, **draft: object) -> StoreFull:
    """Try to store an event that does not fit."""
    body = os.urandom(LARGE)
    with pytest.raises(StoreFull) as caught:
        await store.append(a_draft(**{"body": body, **draft}))  # type: ignore[arg-type]  # a draft's own fields
    return caught.value


async def rows(store: Store) -> list[EventSummary]:
    return store.page([EventId(number) for number in await store.ids(Query())])


async def test_what_found_no_room_is_written_in_its_order_with_its_time_and_answer(store: Store) -> None:
    told: list[StoreError | None] = []
    added: list[EventSummary] = []
    store.trouble.subscribe(told.append)
    store.added.subscribe(added.extend)
    await store._write(limit)
    moments = [NOON + timedelta(seconds=number) for number in range(5)]
    for number, moment in enumerate(moments):
        error = await refused(store, key=f"evt_{number}", received_at=moment)
    assert error.todo
    assert store.held.events == 5
    assert store.held.bytes >= 5 * LARGE
    assert await rows(store) == []
    await store._write(lift)
    await until(lambda: told[-1] is None)
    assert store.held.events == 0
    kept = await rows(store)
    assert [row.received_at for row in kept] == moments
    assert {row.answer_status for row in kept} == {503}
    assert all(row.answer_us is not None for row in kept)
    assert added == kept, "the window hears of them"
    event = store.event(kept[0].id)
    assert event is not None
    assert event.answer.headers == NOT_STORED.headers
    assert len(event.request.body) == LARGE


async def test_a_redelivery_is_a_retry_of_what_was_held(store: Store) -> None:
    await store._write(limit)
    await refused(store, key="evt_1")
    await refused(store, key="evt_1")
    await store._write(lift)
    again = await store.append(a_draft(key="evt_1"))
    assert again.id == 3, "what was held goes first, also where an event comes before the disk was tried again"
    assert (again.repeat, again.repeat_no, again.original_id) == (Repeat.RETRY, 3, 1)
    assert [row.repeat for row in await rows(store)] == [None, Repeat.RETRY, Repeat.RETRY]


async def test_what_was_held_is_forwarded_when_it_comes_again_and_not_twice(store: Store) -> None:
    rule = ForwardRule("r", targets=("http://127.0.0.1:9/",))
    planned: list[object] = []
    store.planned.subscribe(planned.extend)
    await store._write(limit)
    await refused(store, key="evt_1", forwards=(rule,))
    await store._write(lift)
    await store.append(a_draft(key="evt_1", forwards=(rule,)))
    await until(lambda: len(planned) == 1)
    assert len(await store.series.open_after()) == 1


async def test_a_large_event_that_does_not_fit_yet_stops_no_smaller_one(store: Store) -> None:
    await store._write(limit)
    await refused(store, body=os.urandom(1_000_000))
    for number in range(4):
        await refused(store, key=f"evt_{number}")
    await store._write(limit, 150)
    await until(lambda: store.held.events == 1)
    assert [row.size for row in await rows(store)] == [LARGE] * 4
    assert store.held.bytes > 1_000_000
    await store._write(lift)
    await until(lambda: store.held.events == 0)
    assert [row.size for row in await rows(store)] == [LARGE] * 4 + [1_000_000]


async def test_refusals_are_not_held(store: Store) -> None:
    await store._write(limit)
    await refused(store, refusal=Refusal.TOO_LARGE)
    await refused(store)
    assert store.held.events == 1


async def test_the_disk_is_tried_while_there_is_other_work_without_a_pause(store: Store) -> None:
    await store._write(limit)
    await refused(store)
    await store._write(lift)
    async with asyncio.timeout(PATIENCE_S):
        while store.held.events:
            await store._write(nothing)
            await asyncio.sleep(0.05)


async def test_the_end_of_the_program_is_one_more_try(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store._write(limit)
        await refused(store)
        await store._link.do(lift)
    async with opened(tmp_path) as store:
        assert [row.answer_status for row in await rows(store)] == [503]


async def test_what_cannot_be_written_at_the_end_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        async with opened(tmp_path) as store:
            await store._write(limit)
            await refused(store)
            await refused(store)
    assert "2 events held in memory could not be written and are lost" in caplog.text
    assert store.held.events == 2
    async with opened(tmp_path) as store:
        assert await rows(store) == []


async def test_a_program_that_is_gone_leaves_the_writer_to_write_what_is_held(tmp_path: Path) -> None:
    store = await Store.open(tmp_path, apart=True)
    await store._write(limit)
    await refused(store)
    await store._write(lift)
    transport = store._link._transport
    assert transport is not None
    store._link._ending = True
    transport.abort()
    await store._link.over()
    with sqlite3.connect(tmp_path / DATABASE_NAME) as raw:
        assert raw.execute("SELECT answer_status FROM events").fetchall() == [(503,)]
    await store.close()


async def test_verifications_of_what_was_held_come_back(store: Store) -> None:
    draft = a_draft(os.urandom(LARGE))
    await store._write(limit)
    for number in range(3):
        with pytest.raises(StoreFull):
            await store.append(replace(draft, endpoint_id=None, reason=str(number)))
    await store._write(lift)
    await until(lambda: store.held.events == 0)
    events: Sequence[EventSummary] = await rows(store)
    assert len(events) == 3
    for row in events:
        event = store.event(row.id)
        assert event is not None
        assert event.verification == draft.verification
