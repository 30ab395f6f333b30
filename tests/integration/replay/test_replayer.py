"""A stored event goes to a handler again, and every attempt is kept with it."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import pytest_asyncio

from inspector.directory import Directory
from inspector.domain.answer import Answer
from inspector.domain.attempt import Attempt, AttemptId, Failure, Outgoing, Response, Tls
from inspector.domain.endpoint import Endpoint
from inspector.domain.errors import UsageError
from inspector.domain.event import Draft, EventId, Refusal
from inspector.domain.identity import Identity
from inspector.providers.catalogue import load_catalogue
from inspector.replay.replayer import Replayer, Running
from inspector.replay.sender import Sender
from inspector.resources import resource_path
from inspector.secret_store import MemorySecrets
from inspector.settings import Settings
from inspector.store.schema import DATABASE_NAME
from inspector.store.store import Store
from tests.builders import DELIVERED, NOON, a_request
from tests.fakes import a_target, answering, hang

pytestmark = pytest.mark.asyncio


@dataclass
class Bench:
    """A store with one event, and what replays it."""

    store: Store
    directory: Directory
    endpoint: Endpoint
    replayer: Replayer
    event_id: EventId
    settings: Settings


@pytest_asyncio.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """Return a bench in a folder of its own."""
    store = await Store.open(tmp_path)
    directory = Directory(store, MemorySecrets(), load_catalogue([resource_path("providers")]))
    endpoint = await directory.create("Shop")
    draft = Draft(a_request(DELIVERED), Answer(), endpoint_id=endpoint.id, provider=endpoint.provider)
    event_id = (await store.append(draft)).id
    found = Bench(store, directory, endpoint, Replayer(store, directory, Sender(), Settings), event_id, Settings())
    try:
        yield found
    finally:
        await store.close()


async def test_the_handler_gets_the_captured_bytes_and_the_attempt_is_kept(bench: Bench) -> None:
    async with a_target(answering(b"HTTP/1.1 201 Made\r\nX-A: 1\r\nContent-Length: 4\r\n\r\nfine")) as target:
        attempt = await bench.replayer.replay(bench.event_id, target.url)
    assert target.requests[0].endswith(b"\r\n\r\n" + DELIVERED)
    (kept,) = bench.store.attempts(bench.event_id)
    assert kept == attempt
    assert attempt.ok
    assert attempt.response is not None
    assert attempt.response.body == b"fine"
    assert attempt.sent.body == DELIVERED
    summary = bench.store.summary(bench.event_id)
    assert summary is not None
    assert summary.replay_count == 1


async def test_a_failure_is_an_attempt_too(bench: Bench) -> None:
    attempt = await bench.replayer.replay(bench.event_id, "http://localhost:1/")
    assert not attempt.ok
    assert attempt.failure is Failure.REFUSED
    assert bench.store.attempts(bench.event_id) == (attempt,)


async def test_attempts_are_listed_newest_first(bench: Bench) -> None:
    async with a_target() as target:
        made = [await bench.replayer.replay(bench.event_id, target.url) for _ in range(3)]
    assert bench.store.attempts(bench.event_id) == tuple(reversed(made))


async def test_the_endpoint_remembers_its_last_target(bench: Bench) -> None:
    await bench.replayer.replay(bench.event_id, "http://localhost:1/a")
    resolved = bench.directory.by_id(bench.endpoint.id)
    assert resolved is not None
    assert resolved.endpoint.target == "http://localhost:1/a"


async def test_running_and_finished_replays_are_told(bench: Bench) -> None:
    told: list[tuple[Running, ...]] = []
    finished = []
    bench.replayer.running.subscribe(told.append)
    bench.replayer.finished.subscribe(finished.append)
    async with a_target() as target:
        attempt = await bench.replayer.replay(bench.event_id, target.url)
    assert [[item.event_id for item in running] for running in told] == [[bench.event_id], []]
    assert finished == [attempt]


async def test_a_cancelled_replay_leaves_nothing_running_and_no_attempt(bench: Bench) -> None:
    started = asyncio.Event()
    bench.replayer.running.subscribe(lambda _: started.set())
    async with a_target(hang) as target:
        task = asyncio.create_task(bench.replayer.replay(bench.event_id, target.url))
        await started.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert bench.replayer.running_now == ()
    assert bench.store.attempts(bench.event_id) == ()


async def test_an_event_that_is_gone_cannot_be_replayed(bench: Bench) -> None:
    with pytest.raises(UsageError, match="no event #99"):
        await bench.replayer.replay(EventId(99), "http://localhost:1/")


async def test_a_refused_request_cannot_be_replayed(bench: Bench) -> None:
    draft = Draft(a_request(b"", target="/nowhere"), Answer(404), refusal=Refusal.UNKNOWN_ENDPOINT, size=9)
    refused = await bench.store.append(draft)
    with pytest.raises(UsageError, match="cannot be replayed"):
        await bench.replayer.replay(refused.id, "http://localhost:1/")


async def test_a_host_outside_this_computer_is_asked_about_until_it_is_confirmed(bench: Bench) -> None:
    url = "https://staging.northwind.example/hook"
    assert bench.replayer.needs_consent(url) == "staging.northwind.example"
    confirmed = replace(bench.settings, confirmed_hosts=("staging.northwind.example",))
    assert Replayer(bench.store, bench.directory, Sender(), lambda: confirmed).needs_consent(url) is None


@pytest.mark.parametrize(
    "url",
    ["http://localhost:5000/", "127.0.0.1:5000", "http://[::1]:5000/", "http://127.9.9.9/", "http://a.localhost/"],
)
async def test_this_computer_is_not_asked_about(bench: Bench, url: str) -> None:
    assert bench.replayer.needs_consent(url) is None


@pytest.mark.parametrize("url", ["http://127.0.0.1.example.com/", "http://0.0.0.0.nip.example/", "http://10.0.0.7/"])
async def test_what_only_looks_like_this_computer_is_asked_about(bench: Bench, url: str) -> None:
    assert bench.replayer.needs_consent(url) is not None


async def test_everything_about_an_attempt_is_kept(tmp_path: Path) -> None:
    store = await Store.open(tmp_path, apart=True)
    try:
        event = await store.append(Draft(a_request(DELIVERED), Answer()))
        made = Attempt(
            id=AttemptId(0),
            event_id=event.id,
            sent_at=NOON,
            sent=Outgoing("POST", "https://localhost/", ((b"X-A", b"\xe9"),), b"edited"),
            response=Response(200, "OK", ((b"X-B", b"1"),), b"fine"),
            connect_ms=1.5,
            send_ms=0.25,
            wait_ms=30.0,
            download_ms=2.0,
            total_ms=33.75,
            remote="127.0.0.1:443",
            tls=Tls("TLSv1.3", "TLS_AES_256_GCM_SHA384", "localhost", "An authority", "Jan  1 00:00:00 2027 GMT"),
            identity=Identity.NEW_IDS,
            note="1 new id, signed again",
        )
        kept = await store.add_attempt(made)
        assert store.attempts(event.id) == (kept,)
        assert kept == replace(made, id=kept.id)
    finally:
        await store.close()


async def test_attempts_of_an_older_database_read_as_sent_as_captured(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / DATABASE_NAME)) as connection:
        for name in ("0001_start.sql", "0002_messages.sql", "0003_shorter_commits.sql"):
            connection.executescript((resource_path("schema") / name).read_text("utf-8"))
        connection.execute(
            "INSERT INTO attempts VALUES (1, 7, 0, x'47', x'68', x'00000000', x'6f', NULL, NULL, NULL, NULL, 0, "
            "'refused', 'No', '', 1.0, 2.0, 3.0, '')"
        )
        connection.execute("PRAGMA user_version = 3")
        connection.commit()
    store = await Store.open(tmp_path)
    try:
        (attempt,) = store.attempts(EventId(7))
        assert (attempt.identity, attempt.note, attempt.tls, attempt.send_ms) == (Identity.CAPTURED, "", None, 0.0)
        assert (attempt.sent.body, attempt.total_ms) == (b"o", 3.0)
    finally:
        await store.close()
