"""The writer in a process of its own: it is started again when it dies, and outlives nobody."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from inspector.domain.errors import StoreError
from inspector.domain.query import Query
from inspector.store.link import PIECE_BYTES
from inspector.store.store import Store
from tests.family import children_of, is_running
from tests.integration.store.making import OK, a_draft, a_verification, opened
from tests.waiting import until

pytestmark = [
    pytest.mark.asyncio,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for processes in /proc"),
]


def writers() -> list[int]:
    """Return the process ids of our children that write."""
    return [pid for pid in children_of(os.getpid()) if b"inspector.store.writing" in command_of(pid)]


def command_of(pid: int) -> bytes:
    """Return a process's command line, empty where the process is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


async def a_store_apart(folder: Path) -> Store:
    return await Store.open(folder, apart=True)


async def test_events_are_stored_by_a_process_of_their_own(tmp_path: Path) -> None:
    store = await a_store_apart(tmp_path)
    try:
        assert len(writers()) == 1
        row = await store.append(a_draft(key="one"))
        again = await store.append(a_draft(key="one"))
        assert again.original_id == row.id
        assert store.body(row.id) == a_draft().request.body
    finally:
        await store.close()
    assert writers() == []


async def test_a_killed_writer_is_started_again_and_nothing_that_was_kept_is_lost(tmp_path: Path) -> None:
    store = await a_store_apart(tmp_path)
    told: list[StoreError | None] = []
    store.trouble.subscribe(told.append)
    kept = [(await store.append(a_draft(key=f"evt_{number}"))).id for number in range(20)]
    (old,) = writers()
    os.kill(old, signal.SIGKILL)
    await until(lambda: len(told) == 2)
    assert told[0] is not None
    assert told[0].todo
    assert told[1] is None
    again = await store.append(a_draft(key="evt_3"))
    assert again.original_id == kept[3]
    assert again.id == kept[-1] + 1
    await store.close()
    async with opened(tmp_path) as store:
        assert (await store.ids(Query())).tolist() == [*kept, again.id]


async def test_whoever_waits_for_a_writer_that_dies_is_told(tmp_path: Path) -> None:
    store = await a_store_apart(tmp_path)
    (writer,) = writers()
    os.kill(writer, signal.SIGSTOP)
    waiting = [asyncio.create_task(store.append(a_draft())) for _ in range(5)]
    await asyncio.sleep(0.01)
    os.kill(writer, signal.SIGKILL)
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert all(isinstance(result, StoreError) for result in results)
    await store.close()


async def test_the_writer_ends_when_its_program_is_killed(tmp_path: Path) -> None:
    program = (
        "import asyncio, pathlib, sys\n"
        "from inspector.store.store import Store\n"
        "async def main():\n"
        "    store = await Store.open(pathlib.Path(sys.argv[1]), apart=True)\n"
        "    print('open', flush=True)\n"
        "    await asyncio.sleep(60)\n"
        "asyncio.run(main())\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await process.stdout.readline() == b"open\n"
    (writer,) = children_of(process.pid)
    process.kill()
    await process.wait()
    await until(lambda: not is_running(writer))
    async with opened(tmp_path) as store:
        assert store.set_aside is None


@pytest.mark.parametrize("apart", [False, True], ids=["thread", "process"])
async def test_large_bodies_arrive_whole_among_small_ones(tmp_path: Path, apart: bool) -> None:
    store = await Store.open(tmp_path, apart=apart)
    bodies = [os.urandom(size) for size in (10, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES + 7, 5, 2_000_000)]
    rows = await asyncio.gather(*(store.append(a_draft(body)) for body in bodies))
    assert [store.body(row.id) for row in rows] == bodies
    await store.close()


async def test_a_large_body_that_is_given_up_on_its_way_leaves_the_next_one_whole(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        given_up = asyncio.create_task(store.append(a_draft(os.urandom(20 * PIECE_BYTES))))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        given_up.cancel()
        body = os.urandom(2 * PIECE_BYTES)
        row = await store.append(a_draft(body))
        assert store.body(row.id) == body


async def test_more_verifications_and_answers_than_are_remembered_all_come_back(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        shared = a_verification()
        drafts = [
            a_draft(verification=shared if number % 3 else a_verification(), answer=OK) for number in range(2_500)
        ]
        rows = await asyncio.gather(*map(store.append, drafts))
        for row in rows[::97]:
            event = store.event(row.id)
            assert event is not None
            assert event.verification == shared


async def test_where_no_process_can_be_started_a_thread_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nowhere"))
    store = await a_store_apart(tmp_path)
    assert writers() == []
    assert (await store.append(a_draft())).id == 1
    await store.close()
    assert "thread instead of a process" in caplog.text
