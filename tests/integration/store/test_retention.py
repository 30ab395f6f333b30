"""Events stay as long as the rule of their endpoint says, starred ones for good, and bodies go where none are kept."""

from __future__ import annotations

import asyncio
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspector.domain.endpoint import Endpoint, EndpointId, StorageRule
from inspector.domain.event import EventId
from inspector.domain.query import Query, Term
from inspector.store.schema import DATABASE_NAME
from inspector.store.store import Store
from tests.builders import an_endpoint
from tests.integration.store.making import a_draft, eventually, indexed_id, numbers
from tests.waiting import until

pytestmark = pytest.mark.asyncio

NOW = datetime.now(UTC)


async def an_endpoint_with(store: Store, **rule: object) -> Endpoint:
    """Keep an endpoint with a rule of storage; the drafts of these tests belong to the first one."""
    return await store.save_endpoint(an_endpoint(0, storage=StorageRule(**rule)))  # type: ignore[arg-type]  # one rule


async def events_of(store: Store, *days_ago: float, **others: object) -> list[EventId]:
    """Store events received so many days ago, the oldest number first."""
    rows = [await store.append(a_draft(received_at=NOW - timedelta(days=days), **others)) for days in days_ago]
    return [row.id for row in rows]


async def left(store: Store) -> list[int]:
    """Return the numbers of the events that are there."""
    return list(await store.ids(Query()))


async def test_events_older_than_their_days_go_for_good(store: Store, tmp_path: Path) -> None:
    await an_endpoint_with(store, keep_days=30)
    await events_of(store, 90, 31, 29, 1)
    told: list[int] = []
    store.changed.subscribe(told.extend)
    await store.retention.run()
    assert await left(store) == [3, 4]
    await until(lambda: told == [1, 2])
    with sqlite3.connect(tmp_path / DATABASE_NAME) as raw:
        assert raw.execute("SELECT count(*) FROM payloads").fetchone() == (2,)
    assert [item.events for item in await store.scope_counts()] == [2]


async def test_only_the_newest_stay_where_a_count_is_set(store: Store) -> None:
    await an_endpoint_with(store, keep_events=3)
    await events_of(store, 5, 4, 3, 2, 1)
    await store.retention.run()
    assert await left(store) == [3, 4, 5]


async def test_starred_events_stay_whatever_the_rule_says(store: Store) -> None:
    await an_endpoint_with(store, keep_days=10, keep_events=1)
    ids = await events_of(store, 50, 40, 1, 0)
    await store.star(ids[:1], starred=True)
    await store.retention.run()
    assert await left(store) == [1, 4]


async def test_an_endpoint_without_a_rule_keeps_everything_and_so_do_others(store: Store) -> None:
    await store.save_endpoint(an_endpoint(0))
    other = await an_endpoint_with(store, keep_events=1)
    await events_of(store, 900, 800)
    await events_of(store, 3, 2, endpoint_id=other.id)
    await store.retention.run()
    assert await left(store) == [1, 2, 4]


async def test_an_old_event_behind_younger_ones_is_found(store: Store) -> None:
    await an_endpoint_with(store, keep_days=30)
    await events_of(store, 1, 60, 2)
    await store.retention.run()
    assert await left(store) == [1, 3]


async def test_the_oldest_go_while_all_take_too_much_room(store: Store) -> None:
    await store.save_endpoint(an_endpoint(0))
    rows = [await store.append(a_draft(bytes(20_000), received_at=NOW)) for _ in range(400)]
    await store.star([rows[0].id], starred=True)
    store.retention.most_bytes = 5_000_000
    await store.retention.run()
    there = await left(store)
    assert there[0] == 1
    assert there[1:] == list(range(there[1], 401))  # what is left is the newest
    assert 100 < len(there) < 300


async def test_events_arrive_while_old_ones_are_removed(store: Store) -> None:
    await an_endpoint_with(store, keep_days=1)
    for _ in range(3):
        await asyncio.gather(*(store.append(a_draft(received_at=NOW - timedelta(days=9))) for _ in range(100)))
    removing = asyncio.ensure_future(store.retention.run())
    new = [await store.append(a_draft(received_at=NOW)) for _ in range(50)]
    await removing
    assert await left(store) == [row.id for row in new]


async def test_bodies_go_once_their_events_are_answered(store: Store, tmp_path: Path) -> None:
    await an_endpoint_with(store, keep_bodies=False)
    first, second = await events_of(store, 0, 0)
    store.record_answer(first, 900, sent=True)
    await until(lambda: (row := store.summary(first)) is not None and row.answer_us == 900)
    await until(lambda: indexed_id(tmp_path) == 2)
    await store.retention.run()
    assert store.body(first) == b""
    assert store.body(second) != b""  # nobody was answered yet
    event = store.event(first)
    assert event is not None
    assert not event.body_kept
    assert event.summary.size > 0
    assert event.reports  # what it said stays
    store.record_answer(second, 900, sent=False)
    await store.append(a_draft(received_at=NOW, endpoint_id=EndpointId(9)))
    await eventually(lambda: run_and_read(store, second), b"")


async def run_and_read(store: Store, event_id: EventId) -> bytes:
    """Let the rules work and return a body."""
    await store.retention.run()
    return store.body(event_id)


async def test_words_of_a_body_that_went_are_found_no_more_and_others_still_are(store: Store, tmp_path: Path) -> None:
    await an_endpoint_with(store, keep_bodies=False)
    row = await store.append(a_draft(b'{"text":"pineapple"}', received_at=NOW))
    store.record_answer(row.id, 900, sent=True)
    await until(lambda: indexed_id(tmp_path) == 1)
    assert list(await store.ids(Query(terms=(Term("", ("pineapple",)),)))) == [1]
    await until(lambda: (there := store.summary(row.id)) is not None and there.answer_us == 900)
    await store.retention.run()
    assert list(await store.ids(Query(terms=(Term("", ("pineapple",)),)))) == []
    assert list(await store.ids(Query(terms=(Term("", ("delivered",)),)))) == [1]
    await store.set_deleted(numbers(1), deleted=True)  # and it can still leave the index


async def test_a_body_stays_while_its_event_waits_to_be_forwarded(store: Store, tmp_path: Path) -> None:
    await an_endpoint_with(store, keep_bodies=False)
    row = await store.append(a_draft(received_at=NOW))
    store.record_answer(row.id, 900, sent=True)
    await until(lambda: (there := store.summary(row.id)) is not None and there.answer_us == 900)
    await until(lambda: indexed_id(tmp_path) == 1)
    with sqlite3.connect(tmp_path / DATABASE_NAME, timeout=5) as raw:
        raw.execute(
            "INSERT INTO series (event_id, endpoint_id, rule_id, target, message_id, plan, state, created_us)"
            " VALUES (1, 1, 'r', 'http://x', '', 1, 'waiting', 0)"
        )
    await store.retention.run()
    assert store.body(row.id) != b""
    with sqlite3.connect(tmp_path / DATABASE_NAME, timeout=5) as raw:
        raw.execute("UPDATE series SET state = 'done'")
    await store.retention.run()
    assert store.body(row.id) == b""
