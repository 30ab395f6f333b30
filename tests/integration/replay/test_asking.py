"""The handler's own answer, as the provider may have it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from inspector.domain.answer import AskHandler
from inspector.domain.attempt import Failure, Response
from inspector.domain.event import EventId, Refusal
from inspector.replay.asking import Asker, passed_on
from inspector.replay.replayer import Replayer
from inspector.replay.sender import Sender
from inspector.settings import Settings
from inspector.store.store import Store
from tests.fakes import a_target, answering, hang
from tests.integration.store.making import a_draft, opened
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """Return a store with one event, #1."""
    async with opened(tmp_path) as one:
        await one.append(a_draft(b"\xef\xbb\xbf{}"))
        yield one


def _asker(store: Store) -> Asker:
    return Asker(Replayer(store, None, Sender(), Settings))


async def test_status_headers_and_body_come_back_without_what_belongs_to_the_connection(store: Store) -> None:
    said = (
        b"HTTP/1.1 418 Teapot\r\nConnection: X-Mine, close\r\nX-Mine: 1\r\nX-Shop: a\r\nX-Shop: b\r\n"
        b"Keep-Alive: 5\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n3\r\n\x1f\x8b\x08\r\n0\r\n\r\n"
    )
    async with a_target(answering(said)) as target:
        answer = await _asker(store).ask(EventId(1), AskHandler(target.url))
    assert answer is not None
    assert answer.status == 418
    assert answer.headers == (("X-Shop", "a"), ("X-Shop", "b"), ("Content-Encoding", "gzip"))
    assert answer.body == b"\x1f\x8b\x08"
    assert target.requests[0].endswith(b"\r\n\r\n\xef\xbb\xbf{}")


async def test_the_question_is_kept_as_an_attempt(store: Store) -> None:
    async with a_target() as target:
        await _asker(store).ask(EventId(1), AskHandler(target.url))
    (attempt,) = store.attempts(EventId(1))
    assert attempt.ok
    assert "asked" in attempt.note


async def test_a_handler_that_takes_too_long_has_no_answer_and_is_kept(store: Store) -> None:
    async with a_target(hang) as target:
        async with asyncio.timeout(PATIENCE_S):
            assert await _asker(store).ask(EventId(1), AskHandler(target.url, limit_s=0.05)) is None
    (attempt,) = store.attempts(EventId(1))
    assert attempt.failure is Failure.TIMEOUT


async def test_nothing_there_to_ask_has_no_answer(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    assert await _asker(store).ask(EventId(1), AskHandler("http://localhost:1/")) is None
    assert await _asker(store).ask(EventId(99), AskHandler("http://localhost:1/")) is None
    assert await _asker(store).ask(EventId(1), AskHandler("ftp://x")) is None
    refused = await store.append(a_draft(b"", refusal=Refusal.TOO_LARGE, reports=()))
    assert await _asker(store).ask(refused.id, AskHandler("http://localhost:1/")) is None
    assert caplog.text.count("could not be asked") == 3


async def test_a_response_cut_short_is_not_passed_on() -> None:
    assert passed_on(Response(200, "", (), b"half", truncated=True)) is None
    assert passed_on(Response(101, "", (), b"")) is None


async def test_header_bytes_beyond_ascii_come_back_as_they_were(store: Store) -> None:
    async with a_target(answering(b"HTTP/1.1 200 OK\r\nX-A: caf\xe9\r\nContent-Length: 0\r\n\r\n")) as target:
        answer = await _asker(store).ask(EventId(1), AskHandler(target.url))
    assert answer is not None
    assert answer.headers[0][1].encode("utf-8", "surrogateescape") == b"caf\xe9"
    await store.amend_answer(EventId(1), answer)
    kept = store.event(EventId(1))
    assert kept is not None
    assert kept.answer.status == 200
