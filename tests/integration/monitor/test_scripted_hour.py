"""One hour on a clock that is told the time: every figure, opening and closing exact to the event."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import InspectorError
from inspector.domain.values import to_us
from inspector.monitor.alerts import NewsKind, RuleId
from inspector.monitor.board import MeasuredAt, Span
from inspector.monitor.rulebook import WEBHOOK_SECRET
from tests.builders import NOON
from tests.integration.monitor.making import NOON_US, SECOND, Bench, bench
from tests.integration.monitor.test_recount import assert_equal_to_a_recount

pytestmark = pytest.mark.asyncio

CHECK = 10 * SECOND


def at(clock: str) -> int:
    """Return a time of the day of the test in µs since the epoch."""
    return to_us(datetime.fromisoformat(f"2026-03-01T{clock}+00:00"))


def script() -> Iterator[tuple[int, dict[str, Any]]]:
    """Tell the hour's events: one every two seconds, and what is not as usual about it."""
    for second in range(0, 3620, 2):
        minute = second // 60
        event: dict[str, Any] = {}
        if second == 4 or minute == 10:
            event = {"status": 503}
        elif minute == 30:
            event = {"answer_us": 6 * SECOND}
        elif second == 45 * 60 + 4:
            event = {"status": 401, "verdict": "invalid"}
        elif second == 20 * 60:
            event = {"body": b'{"event":"message.delivered"}'}
        yield NOON_US + second * SECOND, event


EXPECTED = [
    # One of 20 is over 1 %; at 12:03:20 it is one of 100, and five minutes later that is over.
    ("12:00:40", "opened", RuleId.FAILURE_RATE),
    ("12:08:20", "closed", RuleId.FAILURE_RATE),
    # 30 failures of 12:10; the last one leaves the window at 12:16:00.
    ("12:10:10", "opened", RuleId.FAILURE_RATE),
    ("12:20:10", "opened", RuleId.SHAPE_DRIFT),
    ("12:21:00", "closed", RuleId.FAILURE_RATE),
    # Late answers are failures at once; eight of 150 make the 95th percentile.
    ("12:30:10", "opened", RuleId.FAILURE_RATE),
    ("12:30:20", "opened", RuleId.PROCESSING_TIME),
    ("12:40:50", "closed", RuleId.PROCESSING_TIME),
    ("12:41:00", "closed", RuleId.FAILURE_RATE),
    ("12:45:10", "opened", RuleId.SIGNATURE_FAILURE),
    ("12:50:40", "opened", RuleId.ENDPOINT_DOWN),
    ("12:51:02", "closed", RuleId.ENDPOINT_DOWN),
    ("12:55:10", "opened", RuleId.OPT_OUT_VIOLATION),
    ("13:00:10", "closed", RuleId.SIGNATURE_FAILURE),
]


async def settled(made: Bench) -> None:
    """Let what the engine has started come to its end."""
    await asyncio.gather(*made.engine._others)


async def at_this_moment(made: Bench, now_us: int) -> None:
    """Let happen what the script says besides events."""
    if now_us == at("12:50:10"):
        made.now_us = at("12:50:05")
        made.engine.note("receiver", False)
    elif now_us == at("12:51:10"):
        made.now_us = at("12:51:02")
        made.engine.note("receiver", True)
        await settled(made)
    elif now_us == at("12:55:10"):
        made.connection.execute(
            "INSERT INTO messages (endpoint_id, message_id, last_id, revision, phase, total_us, refused, expected, "
            "unverified, engagement, contradictions, recipient, digits, carrier, campaign, provider, error_code, "
            "violation_id) VALUES (1, 'm_1', ?, 1, 0, 0, 0, 15, 0, '', '', '+1', '1', '', '', '', '', 1)",
            (made.last_id,),
        )


async def test_a_scripted_hour_opens_and_closes_every_alert_at_its_moment(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        made.engine.note("receiver", True)
        await made.engine.begin()
        events = list(script())
        told = []
        for now_us in range(NOON_US + CHECK, at("13:00:20") + 1, CHECK):
            while events and events[0][0] < now_us:
                received_us, event = events.pop(0)
                made.event(received_us, **event)
            made.news.clear()
            await at_this_moment(made, now_us)
            made.now_us = now_us
            if now_us % (20 * SECOND) == 0 or now_us == at("12:20:10"):
                made.follow()
            made.engine.note_change()
            await made.engine.check(now_us)
            await settled(made)
            for news in made.news:
                if news.kind is not NewsKind.CHANGED:
                    moment_us = news.alert.opened_us if news.alert.is_open else news.alert.closed_us or 0
                    clock = datetime.fromtimestamp(moment_us / SECOND, NOON.tzinfo).strftime("%H:%M:%S")
                    told.append((clock, news.kind.value, news.alert.rule))
            if now_us % (600 * SECOND) == 0:
                board = await made.engine.board(EndpointId(1), Span.HOUR, MeasuredAt.RECEIVER)
                assert_equal_to_a_recount(made, board, EndpointId(1))
        assert told == EXPECTED
        assert {alert.rule for alert in made.engine.open_alerts} == {RuleId.SHAPE_DRIFT, RuleId.OPT_OUT_VIOLATION}
        history = await made.engine.history()
        assert len(history) == 8
        board = await made.engine.board(None, Span.HOUR, MeasuredAt.RECEIVER)
        receiver = board.uptimes[0]
        assert [(down.from_us, down.until_us) for down in receiver.downtimes] == [(at("12:50:05"), at("12:51:02"))]
        begins = max(board.from_us, NOON_US)
        assert receiver.share == pytest.approx(1 - 57 * SECOND / (made.now_us - begins))


async def test_an_alert_that_was_open_at_the_end_of_a_run_is_open_in_the_next(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        await made.engine.begin()
        made.event(NOON_US, status=401, verdict="invalid")
        opened = await made.check(NOON_US + CHECK)
        assert [news.kind for news in opened] == [NewsKind.OPENED]
        name = opened[0].alert.id
    async with bench(tmp_path) as made:
        await made.engine.begin()
        assert [alert.id for alert in made.engine.open_alerts] == [name]
        assert await made.check(NOON_US + 909 * SECOND // 10 * 10) == []
        closed = await made.check(NOON_US + 910 * SECOND)
        assert [(news.kind, news.alert.id) for news in closed] == [(NewsKind.CLOSED, name)]


async def test_a_muted_alert_stays_an_entry_and_is_not_posted(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        await made.engine.begin()
        await made.engine.set_webhook(" https://hooks.example/T/B ")
        made.event(NOON_US, status=401, verdict="invalid")
        await made.check(NOON_US + CHECK)
        await settled(made)
        assert [outgoing.url for outgoing in made.slack.posted] == ["https://hooks.example/T/B"]
        await made.engine.mute(made.engine.open_alerts[0].id)
        assert made.engine.open_alerts[0].is_muted(made.now_us)
        closed = await made.check(NOON_US + 910 * SECOND)
        await settled(made)
        assert [news.kind for news in closed] == [NewsKind.CLOSED]
        assert len(made.slack.posted) == 1
        assert [alert.is_open for alert in await made.engine.history()] == [False]


async def test_a_webhook_that_refuses_an_alert_is_told(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        await made.engine.begin()
        assert await made.engine.send_test() == "No address is set"
        await made.engine.set_webhook("https://hooks.example/T/B")
        assert await made.engine.send_test() == ""
        made.slack.status = 404
        assert await made.engine.send_test() == "Answered 404: no_service"
        assert made.engine.webhook_trouble == "Answered 404: no_service"


async def test_the_address_of_the_webhook_is_kept_as_a_secret_and_nowhere_else(tmp_path: Path) -> None:
    url = "https://hooks.example/T/B/the-secret-part"
    async with bench(tmp_path) as made:
        await made.engine.begin()
        await made.engine.set_webhook(url)
        rows = made.connection.execute("SELECT changes FROM alert_rules").fetchall()
        assert all("secret-part" not in changes for (changes,) in rows)
        assert made.secrets.get(WEBHOOK_SECRET) == url
        await made.engine.begin()
        assert made.engine.webhook_url == url
        await made.engine.set_webhook("")
        assert made.secrets.get(WEBHOOK_SECRET) is None
        await made.engine.begin()
        assert made.engine.webhook_url == ""


async def test_an_address_that_lies_open_moves_to_the_secret_store(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        made.connection.execute(
            "INSERT INTO alert_rules (rule, changes) VALUES ('webhook', '{\"url\": \"https://h/s\"}')"
        )
        await made.engine.begin()
        assert made.engine.webhook_url == "https://h/s"
        assert made.secrets.get(WEBHOOK_SECRET) == "https://h/s"
        assert made.connection.execute("SELECT changes FROM alert_rules").fetchall() == [('{"kept": true}',)]


async def test_alerts_are_watched_without_the_secret_store_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def locked(_key: str) -> str:
        raise InspectorError("The keychain is locked.")

    async with bench(tmp_path) as made:
        await made.engine.begin()
        await made.engine.set_webhook("https://hooks.example/T")
        monkeypatch.setattr(made.secrets, "get", locked)
        await made.engine.begin()
        assert made.engine.webhook_url == ""
        assert made.engine.webhook_trouble == "Its address is not in the secret store"
        caplog.clear()


async def test_a_changed_rule_holds_from_the_next_check_and_over_a_restart(tmp_path: Path) -> None:
    async with bench(tmp_path) as made:
        await made.engine.begin()
        rule = made.engine.rules[0]
        for second in range(4):
            made.event(NOON_US + second * SECOND, status=503)
        assert await made.check(NOON_US + CHECK) == []
        await made.engine.change_rule(type(rule)(rule.id, rule.title, True, 0.5, 4, 300, 0))
        assert [news.kind for news in await made.check(NOON_US + 2 * CHECK)] == [NewsKind.OPENED]
    async with bench(tmp_path) as made:
        await made.engine.begin()
        assert (made.engine.rules[0].threshold, made.engine.rules[0].at_least) == (0.5, 4)
        off = type(rule)(rule.id, rule.title, False, 0.5, 4, 300, 0)
        await made.engine.change_rule(off)
        assert [news.kind for news in await made.check(NOON_US + 3 * CHECK)] == [NewsKind.CLOSED]
        await made.engine.reset_rules()
        assert made.engine.rules[0] == rule
