"""Endpoints and attempts are kept with everything that belongs to them."""

from __future__ import annotations

import json
import os
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.domain.answer import Answer, AnswerRule
from inspector.domain.attempt import Attempt, AttemptId, Failure, Outgoing, Response
from inspector.domain.endpoint import DuplicateKey, DuplicateRule, EndpointId, Signing
from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.errors import StoreError
from inspector.domain.event import EventId
from inspector.domain.query import Query
from inspector.domain.verification import Verdict
from inspector.store.beside import open_beside
from inspector.store.schema import DATABASE_NAME
from inspector.store.store import Store
from tests.builders import NOON, an_endpoint
from tests.integration.store.making import a_draft, opened
from tests.integration.store.test_marks import purged

pytestmark = pytest.mark.asyncio

ODD = an_endpoint(
    0,
    name="Läden",
    provider="",
    signing=Signing(
        (SecretRef("k1", "Main", NOON, "9f3a"), SecretRef("k2", "Old", NOON, until=NOON + timedelta(days=1))),
        600,
        "https://x.example/in",
        (("audience", "https://x.example"), ("key_id", "ä")),
    ),
    answers=AnswerRule(
        Answer(201, (("A", "1"), ("A", "2")), b"\x00\xff", 250), Answer(418), frozenset({Verdict.INVALID})
    ),
    duplicates=DuplicateRule(DuplicateKey.FIELD, 60, "header:X-Id"),
    target="http://127.0.0.1:3000/hook",
    position=3,
    paused=True,
    stuck_after_s=90,
)


async def test_an_endpoint_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        saved = await store.save_endpoint(ODD)
        assert saved == replace(ODD, id=EndpointId(1))
        assert store.endpoints() == (saved,)
    async with opened(tmp_path) as store:
        assert store.endpoints() == (saved,)


async def test_an_endpoint_saved_by_an_earlier_version_is_read(tmp_path: Path) -> None:
    old = replace(ODD, signing=Signing((SecretRef("k1", "Main", NOON, "9f3a"),)), duplicates=DuplicateRule())
    async with opened(tmp_path) as store:
        saved = await store.save_endpoint(old)
    with sqlite3.connect(tmp_path / DATABASE_NAME) as connection:
        rules = json.loads(connection.execute("SELECT rules FROM endpoints").fetchone()[0])
        del rules["facts"], rules["secrets"][0]["until"], rules["duplicates"]["place"]
        connection.execute("UPDATE endpoints SET rules = ?", (json.dumps(rules),))
    connection.close()
    async with opened(tmp_path) as store:
        assert store.endpoints() == (saved,)


async def test_endpoints_stand_in_the_users_order(store: Store) -> None:
    first = await store.save_endpoint(an_endpoint(0, position=2))
    second = await store.save_endpoint(an_endpoint(0, position=1))
    assert store.endpoints() == (second, first)
    told: list[None] = []
    store.endpoints_changed.subscribe(told.append)
    moved = await store.save_endpoint(replace(first, position=0, name="New"))
    assert store.endpoints() == (moved, second)
    assert told == [None]


async def test_a_token_belongs_to_one_endpoint(store: Store) -> None:
    await store.save_endpoint(an_endpoint(0, token="shop"))
    with pytest.raises(StoreError, match="taken"):
        await store.save_endpoint(an_endpoint(0, token="shop"))
    assert len(store.endpoints()) == 1


async def test_an_endpoint_that_is_gone_cannot_be_saved(store: Store) -> None:
    with pytest.raises(StoreError, match="no longer exists"):
        await store.save_endpoint(an_endpoint(5))


async def test_a_deleted_endpoint_takes_its_events_along_and_its_id_is_not_used_again(store: Store) -> None:
    first = await store.save_endpoint(an_endpoint(0))
    await store.append(a_draft(endpoint_id=first.id, key="evt_1"))
    await store.append(a_draft(endpoint_id=None))
    await store.delete_endpoint(first.id)
    assert store.endpoints() == ()
    assert (await store.ids(Query())).tolist() == [2]
    assert (await store.save_endpoint(an_endpoint(0))).id == 2


def an_attempt(event_id: int = 1, body: bytes = b"sent", **others: object) -> Attempt:
    sent = Outgoing("POST", "http://127.0.0.1:3000/hook?x=\udcff", ((b"X-A", b"\xff"), (b"x-a", b"2")), body)
    return Attempt(AttemptId(0), EventId(event_id), NOON, sent, **others)  # type: ignore[arg-type]  # named by tests


async def test_attempts_come_back_newest_first_and_are_counted(store: Store) -> None:
    row = await store.append(a_draft(b"captured"))
    response = Response(502, "Bad \udce9", ((b"Server", b"x"),), b"\x1f\x8b", truncated=True)
    first = await store.add_attempt(
        an_attempt(body=b"captured", response=response, connect_ms=0.5, wait_ms=2.25, total_ms=3.0, remote="127.0.0.1")
    )
    second = await store.add_attempt(
        an_attempt(failure=Failure.REFUSED, failure_title="Nothing listens.", failure_hint="Start it.")
    )
    assert (first.id, second.id) == (1, 2)
    assert store.attempts(row.id) == (second, first)
    summary = store.summary(row.id)
    assert summary is not None
    assert summary.replay_count == 2


async def test_a_body_that_was_not_changed_is_stored_once(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.append(a_draft(b"captured"))
        await store.add_attempt(an_attempt(body=b"captured"))
        await store.add_attempt(an_attempt(body=b"edited"))
    with sqlite3.connect(tmp_path / DATABASE_NAME) as connection:
        assert connection.execute("SELECT body FROM attempts ORDER BY id").fetchall() == [(None,), (b"edited",)]
    connection.close()


async def test_an_attempt_needs_its_event(store: Store) -> None:
    with pytest.raises(StoreError, match="#9"):
        await store.add_attempt(an_attempt(9))


async def test_attempts_go_with_their_event(tmp_path: Path) -> None:
    async with opened(tmp_path) as store:
        await store.append(a_draft())
        await store.add_attempt(an_attempt())
        await store.set_deleted([EventId(1)], True)
    async with opened(tmp_path) as store:
        await purged(store, EventId(1))
        assert store.attempts(EventId(1)) == ()


async def test_another_process_can_read_and_add_attempts_beside_a_running_instance(store: Store) -> None:
    endpoint = await store.save_endpoint(ODD)
    row = await store.append(a_draft(b"captured", endpoint_id=endpoint.id))
    with open_beside(store.folder) as beside:
        assert beside.endpoints() == (endpoint,)
        assert beside.page([row.id]) == [row]
        assert beside.event(row.id) == store.event(row.id)
        assert beside.ids(Query()) == [row.id]
        saved = beside.add_attempt(an_attempt(body=b"captured"))
        with pytest.raises(StoreError):
            beside.add_attempt(an_attempt(9))
    assert store.attempts(row.id) == (saved,)
    assert (await store.append(a_draft())).id == 2


async def test_there_is_nothing_to_read_beside_in_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no stored events"), open_beside(tmp_path):
        pass
    assert os.listdir(tmp_path) == []
