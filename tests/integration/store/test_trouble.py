"""A full disk and a killed process: what was acknowledged is there, what was refused is not, and it goes on."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from inspector.domain.errors import StoreError, StoreFull
from inspector.domain.event import EventId, EventSummary, Repeat
from inspector.domain.query import Query
from inspector.store.schema import DATABASE_NAME
from inspector.store.store import Store
from tests.integration.store.making import a_draft, indexed_id, numbers, opened, python
from tests.small_disk import a_small_disk
from tests.waiting import until

pytestmark = pytest.mark.asyncio


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with a_small_disk(tmp_path / "disk", 4) as folder:
        yield folder


async def fill_up(store: Store, size: int) -> tuple[list[EventSummary], StoreError]:
    """Store events until that fails; returns what was stored and how it failed."""
    kept: list[EventSummary] = []
    while True:
        try:
            kept.append(await store.append(a_draft(os.urandom(size), key=f"evt_{len(kept)}")))
        except StoreError as error:
            return kept, error


async def test_a_full_disk_refuses_events_keeps_the_others_and_recovers_by_itself(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(2_000_000))
    async with opened(small_disk) as store:
        told: list[StoreError | None] = []
        store.trouble.subscribe(told.append)
        kept, error = await fill_up(store, 50_000)
        assert isinstance(error, StoreFull)
        assert error.todo
        await until(lambda: bool(told))
        assert isinstance(told[0], StoreFull)
        assert [row.id for row in store.page([row.id for row in kept])] == [row.id for row in kept]
        assert store.summary(EventId(kept[-1].id + 1)) is None
        ballast.unlink()
        await until(lambda: told[-1] is None)
        held = store.summary(EventId(kept[-1].id + 1))
        assert held is not None
        assert held.answer_status == 503
        again = await store.append(a_draft(b"after", key=f"evt_{len(kept)}"))
        assert again.id == held.id + 1
        assert (again.repeat, again.original_id) == (Repeat.RETRY, held.id)
    async with opened(small_disk) as store:
        assert len(await store.ids(Query())) == len(kept) + 2


def limit(connection: sqlite3.Connection) -> None:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 200}")


def lift(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA max_page_count = 1073741823")


async def test_a_database_that_may_not_grow_refuses_events(store: Store) -> None:
    told: list[StoreError | None] = []
    store.trouble.subscribe(told.append)
    await store._write(limit)
    kept, error = await fill_up(store, 20_000)
    assert isinstance(error, StoreFull)
    for row in kept:
        assert len(store.body(row.id)) == 20_000
    await store._write(lift)
    row = await store.append(a_draft())
    assert row.id == kept[-1].id + 2, "the one that was held goes first"
    await until(lambda: told[-1] is None)


LOAD = """
import asyncio, pathlib, sys
from inspector.store.store import Store
from tests.integration.store.making import a_draft

async def main():
    store = await Store.open(pathlib.Path(sys.argv[1]))
    out = sys.stdout
    async def sender(name):
        number = 0
        while True:
            number += 1
            row = await store.append(a_draft(b"%d-%d" % (name, number), key=f"{sys.argv[2]}-{name}-{number}"))
            store.record_answer(row.id, 100, True)
            out.write(f"{row.id} {name}-{number}\\n")
            out.flush()
    await asyncio.gather(*(sender(name) for name in range(16)))

asyncio.run(main())
"""


async def test_no_acknowledged_event_is_lost_when_the_process_is_killed(tmp_path: Path) -> None:
    acknowledged: dict[int, bytes] = {}
    for turn, lines in enumerate((1, 400, 1500)):
        process = python(LOAD, tmp_path, turn)
        assert process.stdout is not None
        told = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        told += process.communicate()[0].splitlines(keepends=True)
        for line in told:
            if line.endswith(b"\n"):
                number, body = line.split()
                assert int(number) not in acknowledged
                acknowledged[int(number)] = body
        async with opened(tmp_path) as store:
            assert store.set_aside is None
            ids = (await store.ids(Query())).tolist()
            assert ids == list(range(1, len(ids) + 1))
            assert set(acknowledged) <= set(ids)
            newest = max(acknowledged)
            again = await store.append(a_draft(key=f"{turn}-{acknowledged[newest].decode()}"))
            assert again.original_id == newest
            assert all(
                store.body(row.id) == acknowledged.get(row.id, store.body(row.id)) for row in store.page(numbers(*ids))
            )
    connection = sqlite3.connect(tmp_path / DATABASE_NAME)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("SELECT count(*) FROM payloads").fetchone()[0] == again.id
    connection.close()
    assert len(acknowledged) >= 1 + 400 + 1500


async def test_the_search_index_catches_up_after_a_kill(tmp_path: Path) -> None:
    process = python(LOAD, tmp_path, "x")
    assert process.stdout is not None
    for _ in range(300):
        process.stdout.readline()
    process.kill()
    process.communicate()

    async with opened(tmp_path) as store:
        newest = (await store.ids(Query()))[-1]
        await until(lambda: indexed_id(tmp_path) == newest)
    connection = sqlite3.connect(tmp_path / DATABASE_NAME)
    events = connection.execute("SELECT count(*) FROM events").fetchone()[0]
    assert connection.execute("SELECT count(*) FROM search WHERE search MATCH 'delivered'").fetchone()[0] == events
    connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
    connection.close()
