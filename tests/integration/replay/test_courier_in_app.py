"""The whole program forwards: what is received at an endpoint with a rule reaches its target."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from inspector.app import App, AppOptions, open_app
from inspector.domain.endpoint import DuplicateRule
from inspector.domain.event import EventId
from inspector.domain.forwarding import ForwardRule
from inspector.domain.series import SeriesState
from inspector.replay.courier_later import CourierLater
from tests.fakes import a_target
from tests.integration.receiver.wire import Wire, http
from tests.waiting import PATIENCE_S, until

pytestmark = pytest.mark.asyncio

OPTIONS = AppOptions(host="127.0.0.1", port=0, apart=False)


async def _post(app: App, body: bytes) -> int:
    wire = await Wire.to(app.receiver.state.port)
    try:
        await wire.send(http(app.directory.all()[0].path, body))
        return (await wire.reply()).status
    finally:
        wire.writer.close()
        await wire.writer.wait_closed()


async def _with_rule(app: App, url: str) -> None:
    endpoint = app.directory.all()[0]
    rules = (ForwardRule("r", (url,)),)
    duplicates = DuplicateRule(answer_only=True)
    await app.directory.save(replace(endpoint, provider="", forwards=rules, duplicates=duplicates))


async def test_an_event_that_is_received_is_forwarded_and_its_duplicate_is_not(tmp_path: Path) -> None:
    body = b'{"event":"message.delivered","message_id":"m1"}'
    async with open_app(tmp_path, OPTIONS) as app, a_target() as target:
        await _with_rule(app, target.url)
        assert [await _post(app, body), await _post(app, body)] == [200, 200]
        await until(lambda: app.store.series.of_event(EventId(1))[0].state is SeriesState.DONE)
        assert app.store.series.of_event(EventId(2)) == ()
        assert len(target.requests) == 1
        assert target.requests[0].endswith(body)


async def test_a_program_without_series_makes_no_courier(tmp_path: Path) -> None:
    async with open_app(tmp_path, OPTIONS) as app:
        assert await _post(app, b'{"event":"message.delivered","message_id":"m1"}') in (200, 401)
        assert not await app.store.has_open_series()
        assert app.courier_later.is_made is False


async def test_a_first_event_is_forwarded_however_long_the_start_is_left_alone(tmp_path: Path) -> None:
    async with open_app(tmp_path, replace(OPTIONS, settle_s=3600)) as app, a_target() as target:
        await _with_rule(app, target.url)
        assert await _post(app, b'{"event":"a","message_id":"m1"}') == 200
        await until(lambda: app.store.series.of_event(EventId(1))[0].state is SeriesState.DONE)
        assert len(target.requests) == 1


async def test_what_was_not_sent_before_the_end_is_sent_after_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with a_target() as target:
        with monkeypatch.context() as without:
            without.setattr(CourierLater, "watch", lambda _later, _after_s: None)
            async with open_app(tmp_path, OPTIONS) as app:
                await _with_rule(app, target.url)
                assert await _post(app, b'{"event":"a","message_id":"m1"}') == 200
        assert target.requests == []
        async with open_app(tmp_path, OPTIONS) as app:
            await until(lambda: app.store.series.of_event(EventId(1))[0].state is SeriesState.DONE)
        assert len(target.requests) == 1


async def test_asking_for_the_courier_puts_it_to_work_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CourierLater, "watch", lambda _later, _after_s: None)
    async with open_app(tmp_path, OPTIONS) as app, a_target() as target:
        await _with_rule(app, target.url)
        await _post(app, b'{"event":"a","message_id":"m1"}')
        async with asyncio.timeout(PATIENCE_S):
            await app.courier.loaded.wait()
        await until(lambda: app.store.series.of_event(EventId(1))[0].state is SeriesState.DONE)
        assert len(target.requests) == 1
