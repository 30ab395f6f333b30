"""How much room there is, what is kept for a full disk, and deleting old events when nothing else can be written."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from inspector.domain.errors import StoreError, StoreFull
from inspector.domain.query import Query
from inspector.store import room
from inspector.store.room import LOW_BYTES, RESERVE_BYTES, RESERVE_NAME, Room, RoomWatch
from inspector.store.store import Store
from tests.integration.store.making import a_draft, numbers, opened
from tests.small_disk import a_small_disk, fill_disk
from tests.waiting import until

pytestmark = pytest.mark.asyncio

NOW = datetime.now(UTC)
PLENTY = 100 * LOW_BYTES


async def keep(store: Store, *days_ago: float, body: bytes = b"{}") -> None:
    for days in days_ago:
        await store.append(a_draft(body, received_at=NOW - timedelta(days=days)))


def watch(store: Store, *free: int) -> RoomWatch:
    """Return a watch that finds these numbers of bytes free, one after the other, the last one for ever."""
    left = list(free)
    return RoomWatch(
        store.folder, store.retention, store._write, lambda _folder: left.pop(0) if len(left) > 1 else left[0]
    )


@pytest.mark.parametrize(
    ("found", "disk_low", "limit_near"),
    [
        (Room(LOW_BYTES, 10, 0), False, False),
        (Room(LOW_BYTES - 1, 10, 0), True, False),
        (Room(PLENTY, 899, 1_000), False, False),
        (Room(PLENTY, 900, 1_000), False, True),
        (Room(0, 2_000, 1_000), True, True),
    ],
)
async def test_room_is_low_on_a_nearly_full_disk_and_near_the_limit(
    found: Room, disk_low: bool, limit_near: bool
) -> None:
    assert (found.is_disk_low, found.is_limit_near, found.is_low) == (disk_low, limit_near, disk_low or limit_near)


async def test_a_look_tells_what_is_new(store: Store) -> None:
    watching = watch(store, PLENTY, PLENTY, 5)
    told: list[Room] = []
    watching.changed.subscribe(told.append)
    store.retention.most_bytes = 1_000
    for _ in range(3):
        await watching.look()
    assert [found.free_bytes for found in told] == [PLENTY, 5]
    assert told[0].most_bytes == 1_000
    assert told[0].used_bytes > 0
    assert watching.now == told[-1]


async def test_a_system_that_does_not_say_is_no_trouble(store: Store) -> None:
    def fails(_folder: Path) -> int:
        raise OSError("no such disk")

    assert await RoomWatch(store.folder, store.retention, store._write, fails).look() is None


async def test_room_is_kept_for_a_full_disk_while_there_is_plenty(store: Store) -> None:
    reserve = store.folder / RESERVE_NAME
    await watch(store, LOW_BYTES + RESERVE_BYTES - 1).look()
    assert not reserve.exists()
    await watch(store, PLENTY).look()
    assert reserve.stat().st_size == RESERVE_BYTES
    if hasattr(os, "posix_fallocate"):
        assert reserve.stat().st_blocks * 512 >= RESERVE_BYTES, "it really takes the room"


async def test_events_older_than_so_many_days_are_counted_and_go_but_for_starred_ones(store: Store) -> None:
    await keep(store, 30, 10, 8, 6, 0)
    await store.star(numbers(2), starred=True)
    watching = watch(store, PLENTY)
    assert await watching.count_older(7) == 2
    assert await watching.delete_older(7) == 2
    assert list(await store.ids(Query())) == [2, 4, 5]
    await until(lambda: watching.now is not None)  # it looks again
    assert await watching.delete_older(7) == 0


async def test_what_is_purged_leaves_few_free_pages(store: Store) -> None:
    await keep(store, *[30] * 40, body=os.urandom(5_000))
    before = await store._write(pages)
    await store.retention.remove_older(int(NOW.timestamp() * 1e6))
    assert await store._write(pages) < before - 40


async def test_the_room_of_deleted_events_goes_back_to_the_disk(store: Store) -> None:
    for _ in range(40):
        await keep(store, 30, body=os.urandom(200_000))
    await keep(store, 1)
    assert await store.retention.used_bytes() > 8_000_000
    watching = watch(store, PLENTY)
    assert await watching.delete_older(7) == 40
    await until(lambda: watching.now is not None)  # it looks again when all is given back
    assert await store._write(pages) * 4096 < 2_000_000
    assert await store.retention.used_bytes() < 2_000_000


def pages(connection: sqlite3.Connection) -> int:
    """Return how long the database is, in pages, free ones too."""
    return int(connection.execute("PRAGMA page_count").fetchone()[0])


@pytest.fixture
def small_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A disk on which little counts as plenty."""
    monkeypatch.setattr(room, "LOW_BYTES", 1_000_000)
    monkeypatch.setattr(room, "RESERVE_BYTES", 8_000_000)
    monkeypatch.setattr(room, "TRY_EVERY_S", 1.1)
    with a_small_disk(tmp_path / "disk", 24) as folder:
        yield folder


async def test_old_events_can_be_deleted_on_a_disk_that_is_full_to_the_last_byte(small_disk: Path) -> None:
    async with opened(small_disk) as store:
        await store.room.look()
        assert (small_disk / RESERVE_NAME).exists()
        for _ in range(60):
            await keep(store, 30, body=os.urandom(50_000))
        fill_disk(small_disk)
        trouble: list[StoreError | None] = []
        store.trouble.subscribe(trouble.append)
        refused = 0
        while refused < 40:
            try:
                await keep(store, 0, body=os.urandom(200_000))
            except StoreFull:
                refused += 1
        assert store.held.events == 40
        accepted = len(await store.ids(Query())) - 60

        assert await store.room.delete_older(7) == 60
        await until(lambda: bool(len(trouble)) and store.held.events < 40)
        there = [row.answer_status for row in store.page(numbers(*await store.ids(Query())))]
        assert there[:accepted] == [200] * accepted
        assert len(there) > accepted
        assert set(there[accepted:]) == {503}


async def test_without_any_room_nothing_can_be_deleted_and_that_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "TRY_EVERY_S", 0.01)
    with a_small_disk(tmp_path / "disk", 8) as folder:
        async with opened(folder) as store:
            for _ in range(5):
                await keep(store, 30, body=os.urandom(50_000))
            ballast = fill_disk(folder)
            while not store.held.events:
                with contextlib.suppress(StoreFull):
                    await keep(store, 30, body=os.urandom(50_000))
            with pytest.raises(StoreFull) as caught:
                await store.room.delete_older(7)
            assert caught.value.todo
            ballast.unlink()
            await until(lambda: store.held.events == 0)
