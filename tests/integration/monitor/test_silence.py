"""An endpoint that is silent for longer than usual is told, by the rhythm of its own figures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from inspector.monitor.alerts import NewsKind, RuleId
from tests.builders import an_endpoint
from tests.integration.monitor.making import NOON_US, SECOND, Bench, bench

pytestmark = pytest.mark.asyncio

MINUTE = 60 * SECOND
HOUR = 60 * MINUTE


async def regular(made: Bench) -> None:
    """Give endpoint 1 an event every five minutes for 30 hours up to noon, and let the receiver listen all along."""
    made.now_us = NOON_US - 30 * HOUR
    made.engine.note("receiver", True)
    await made.engine.begin()
    for at_us in range(NOON_US - 30 * HOUR, NOON_US + 1, 5 * MINUTE):
        made.event(at_us)
    made.now_us = NOON_US
    made.follow()


async def test_four_times_the_usual_wait_is_a_silence_and_the_next_event_ends_it(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        await regular(made)
        assert await made.check(NOON_US + 20 * MINUTE) == []
        opened = await made.check(NOON_US + 20 * MINUTE + 10 * SECOND)
        assert [(news.kind, news.alert.rule) for news in opened] == [(NewsKind.OPENED, RuleId.SILENCE)]
        made.engine._silence.heard(1, NOON_US + 20 * MINUTE + 12 * SECOND)
        closed = await made.check(NOON_US + 20 * MINUTE + 20 * SECOND)
        assert [news.kind for news in closed] == [NewsKind.CLOSED]


async def test_nobody_is_silent_while_nobody_listens(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        await regular(made)
        made.engine.note("receiver", False, is_fault=False)
        assert await made.check(NOON_US + 2 * HOUR) == []


async def test_a_paused_endpoint_may_be_silent(tmp_path: Path) -> None:
    async with bench(tmp_path, an_endpoint(1, paused=True)) as made:
        await regular(made)
        assert await made.check(NOON_US + 2 * HOUR) == []


async def test_the_factor_is_the_users(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        await regular(made)
        rule = next(rule for rule in made.engine.rules if rule.id is RuleId.SILENCE)
        await made.engine.change_rule(replace(rule, threshold=10))
        assert await made.check(NOON_US + 50 * MINUTE) == []
        assert [news.kind for news in await made.check(NOON_US + 51 * MINUTE)] == [NewsKind.OPENED]


async def test_the_alerts_of_a_deleted_endpoint_end_with_it(tmp_path: Path) -> None:
    async with bench(tmp_path, an_endpoint(1), an_endpoint(2)) as made:
        await made.engine.begin()
        made.event(NOON_US, status=401, verdict="invalid", endpoint_id=2)
        assert len(await made.check(NOON_US + 10 * SECOND)) == 1
        made.directory.kept = made.directory.kept[:1]
        assert [news.kind for news in await made.check(NOON_US + 20 * SECOND)] == [NewsKind.CLOSED]
        assert made.engine.open_alerts == ()
