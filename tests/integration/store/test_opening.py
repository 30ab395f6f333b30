"""Opening a data folder: one instance at a time, every schema, and files that are damaged or not ours."""

from __future__ import annotations

import contextlib
import re
import sqlite3
from pathlib import Path

import pytest

from inspector.domain.errors import StoreBusy, StoreError
from inspector.domain.query import Query
from inspector.store import schema
from inspector.store.lock import FolderLock
from inspector.store.schema import DATABASE_NAME, migrations, newest_version
from inspector.store.store import Store
from tests.builders import an_endpoint
from tests.integration.store.making import a_draft, fact, opened, python

pytestmark = pytest.mark.asyncio


async def test_a_folder_has_one_instance(store: Store) -> None:
    with pytest.raises(StoreBusy) as caught:
        await Store.open(store.folder)
    assert caught.value.todo
    assert await store.append(a_draft())


async def test_the_folder_is_free_again_after_closing(tmp_path: Path) -> None:
    for _ in range(2):
        async with opened(tmp_path / "made" / "on" / "the" / "way") as store:
            await store.append(a_draft())


async def test_the_lock_dies_with_its_process(tmp_path: Path) -> None:
    program = (
        "import pathlib, sys, time; from inspector.store.lock import FolderLock;"
        "lock = FolderLock(pathlib.Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    process = python(program, tmp_path)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(StoreBusy, match=str(process.pid)):
            FolderLock(tmp_path)
    finally:
        process.kill()
        process.communicate()
    FolderLock(tmp_path).release()


async def test_a_folder_that_cannot_be_made_is_an_error_to_act_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError) as caught:
        await Store.open(tmp_path / "file")
    assert caught.value.todo


async def test_migrations_are_numbered_without_gaps() -> None:
    assert [number for number, _ in migrations()] == list(range(1, newest_version() + 1))


async def test_a_new_database_has_the_newest_schema(store: Store) -> None:
    connection = sqlite3.connect(store.folder / DATABASE_NAME)
    assert connection.execute("PRAGMA user_version").fetchone() == (newest_version(),)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    connection.close()


async def test_only_the_steps_that_are_missing_are_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path) as store:
        await store.append(a_draft())
    later = tmp_path / "0099_notes.sql"
    later.write_text("ALTER TABLE events ADD COLUMN note TEXT;")
    steps = (*migrations(), (99, later))
    monkeypatch.setattr(schema, "migrations", lambda: steps)
    async with opened(tmp_path) as store:
        assert (await store.append(a_draft())).id == 2
    connection = sqlite3.connect(tmp_path / DATABASE_NAME)
    assert connection.execute("SELECT note FROM events").fetchall() == [(None,), (None,)]
    assert connection.execute("PRAGMA user_version").fetchone() == (99,)
    connection.close()


async def test_a_folder_of_any_earlier_version_keeps_its_rows_and_gets_the_newest_schema(tmp_path: Path) -> None:
    async with opened(tmp_path / "new"):
        pass
    newest = parts_of(tmp_path / "new")
    assert ("view", "said_messages") not in newest
    for number, _file in migrations()[:-1]:
        folder = tmp_path / str(number)
        folder.mkdir()
        with contextlib.closing(sqlite3.connect(folder / DATABASE_NAME)) as connection:
            for _number, file in migrations()[:number]:
                connection.executescript(file.read_text("utf-8"))
            connection.execute("INSERT INTO facts (name, value) VALUES ('kept', 5)")
            connection.execute(f"PRAGMA user_version = {number}")
            connection.commit()
        async with opened(folder) as store:
            assert (await store.append(a_draft())).id == 1
        assert fact(folder, "kept") == 5
        assert parts_of(folder) == newest


def parts_of(folder: Path) -> set[tuple[str, str]]:
    """Return the tables, views, indexes and triggers of a folder's database, as kind and name."""
    with contextlib.closing(sqlite3.connect(folder / DATABASE_NAME)) as connection:
        return set(connection.execute("SELECT type, name FROM sqlite_schema").fetchall())


async def test_a_step_that_fails_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with opened(tmp_path) as store:
        await store.append(a_draft())
    bad = tmp_path / "0099_bad.sql"
    bad.write_text("CREATE TABLE half (id INTEGER); INSERT INTO nowhere VALUES (1);")
    steps = (*migrations(), (99, bad))
    with monkeypatch.context() as patch:
        patch.setattr(schema, "migrations", lambda: steps)
        with pytest.raises(StoreError):
            await Store.open(tmp_path)
    connection = sqlite3.connect(tmp_path / DATABASE_NAME)
    assert connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'half'").fetchall() == []
    connection.close()
    async with opened(tmp_path) as store:
        assert (await store.ids(Query())).tolist() == [1]


async def test_a_database_of_a_newer_program_is_left_untouched(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.append(a_draft())
    path = tmp_path / DATABASE_NAME
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {newest_version() + 1}")
    connection.close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer version"):
        await Store.open(tmp_path)
    assert path.read_bytes() == before


DAMAGED_NAME = re.compile(r"events-damaged-\d{8}-\d{6}(-\d+)?\.sqlite3")


@pytest.mark.parametrize("content", [b"this is no database" * 100, b"SQLite format 3\x00" + b"\xff" * 5000])
async def test_a_file_that_is_no_database_is_set_aside(tmp_path: Path, content: bytes) -> None:
    (tmp_path / DATABASE_NAME).write_bytes(content)
    async with opened(tmp_path) as store:
        assert store.set_aside is not None
        assert DAMAGED_NAME.fullmatch(store.set_aside.name)
        assert store.set_aside.read_bytes() == content
        assert (await store.append(a_draft())).id == 1
    async with opened(tmp_path) as store:
        assert store.set_aside is None


async def test_somebody_elses_database_is_set_aside_whole(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / DATABASE_NAME)
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    async with opened(tmp_path) as store:
        assert store.set_aside is not None
        assert (await store.append(a_draft())).id == 1


@pytest.mark.parametrize("damage", ["zeroed", "cut"])
async def test_a_damaged_database_is_set_aside_and_its_endpoints_live_on(tmp_path: Path, damage: str) -> None:
    async with opened(tmp_path) as store:
        endpoint = await store.save_endpoint(an_endpoint(0))
        for _ in range(200):
            await store.append(a_draft(b"x" * 2000))
    path = tmp_path / DATABASE_NAME
    whole = path.read_bytes()
    half = len(whole) // 2 // 4096 * 4096
    path.write_bytes(whole[:half] + (bytes(len(whole) - half) if damage == "zeroed" else b""))
    async with opened(tmp_path) as store:
        assert store.set_aside is not None
        assert (await store.ids(Query())).tolist() == []
        assert store.endpoints() == (endpoint,)
        assert (await store.append(a_draft())).id > 0


async def test_an_empty_file_is_an_empty_database(tmp_path: Path) -> None:
    (tmp_path / DATABASE_NAME).touch()
    async with opened(tmp_path) as store:
        assert store.set_aside is None
        assert (await store.append(a_draft())).id == 1
