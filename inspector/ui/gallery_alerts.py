"""The gallery's pictures of alerts: card, banner, list and rules, and of events that are answered by hand."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import aiohttp
from PySide6.QtWidgets import QApplication, QWidget

from inspector.app import App
from inspector.monitor.alerts import Alert, AlertId, AlertNews, NewsKind, RuleId
from inspector.monitor.board import MeasuredAt
from inspector.ui.page_head import MONITOR

if TYPE_CHECKING:
    from inspector.ui.gallery import Stage

SETTLE_S = 0.35
MINUTE_US = 60_000_000
DAY_US = 1440 * MINUTE_US
BODIES = (
    b'{"event":"message.delivered","message_id":"msg_8f30d5b1","recipient":"+12125550187"}',
    b'{"event":"message.read","message_id":"msg_8f2e44d0","recipient":"+12065550155"}',
    b'{"event":"message.failed","message_id":"msg_8f2fe6c3","recipient":"+15125550176"}',
)


async def put_alerts(app: App, alerts: Sequence[Alert]) -> list[Alert]:
    """Have the monitor know of alerts as if its rules had opened and closed them; returns them with their ids."""
    engine = await app.monitor._ready()
    opened = await engine._book.keep([AlertNews(NewsKind.OPENED, replace(alert, closed_us=None)) for alert in alerts])
    kept = [replace(news.alert, closed_us=alert.closed_us) for news, alert in zip(opened, alerts, strict=True)]
    await engine._book.keep([AlertNews(NewsKind.CLOSED, alert) for alert in kept if not alert.is_open])
    for alert in kept:
        app.monitor.news.publish(AlertNews(NewsKind.OPENED if alert.is_open else NewsKind.CLOSED, alert))
    return kept


def an_alert(rule: RuleId, title: str, detail: str, minutes_ago: float, lasted_min: float | None = None) -> Alert:
    """Return an alert that opened so many minutes ago; it is open where it has not lasted."""
    now_us = time.time_ns() // 1000
    opened_us = now_us - round(minutes_ago * MINUTE_US)
    closed_us = None if lasted_min is None else opened_us + round(lasted_min * MINUTE_US)
    down = rule is RuleId.ENDPOINT_DOWN
    search = {RuleId.FAILURE_RATE: "code:4xx,5xx", RuleId.SIGNATURE_FAILURE: "sig:invalid,stale"}.get(rule, "")
    return Alert(
        AlertId(0),
        rule,
        None,
        MeasuredAt.RECEIVER,
        "receiver" if down else "",
        opened_us,
        closed_us,
        title,
        detail,
        search=search,
        bad_us=now_us + DAY_US,
    )


def made_alerts() -> list[Alert]:
    """Return the alerts of the pictures, the oldest first."""
    return [
        an_alert(RuleId.ENDPOINT_DOWN, "The receiver does not listen", "for more than 30 s", 6 * 1440, 2),
        replace(an_alert(RuleId.PROCESSING_TIME, "Processing time 5.7 s", "p95, limit 5 s", 17, 4), worst=5.7),
        replace(
            an_alert(RuleId.FAILURE_RATE, "Failure rate 1.6 %", "in the last 5 min, limit 1 %, mostly 503", 5),
            worst=0.016,
        ),
        replace(
            an_alert(RuleId.SIGNATURE_FAILURE, "3 signature failures", "in the last 5 min, from 1 sender", 3), worst=3.0
        ),
    ]


async def monitor(stage: Stage) -> None:
    """Show the Monitor page with open alerts."""
    await put_alerts(stage.app, made_alerts())
    stage.window.head.tabs.set_current(MONITOR)
    await asyncio.sleep(4 * SETTLE_S)


async def unfolded(stage: Stage) -> None:
    """Show an entry with what to do."""
    await monitor(stage)
    page = stage.window.monitor.page
    assert page is not None
    entry = next(iter(page.alerts.entries.values()))
    entry.row.setChecked(True)
    await asyncio.sleep(SETTLE_S)
    page.scroller.ensureWidgetVisible(page.alerts)


async def history(stage: Stage) -> QWidget | None:
    """Show the list of all alerts."""
    await put_alerts(stage.app, made_alerts())
    stage.window.alerts.show_history()
    await asyncio.sleep(2 * SETTLE_S)
    return QApplication.activeWindow()


async def rules(stage: Stage) -> QWidget | None:
    """Show the rules in the settings."""
    await stage.app.monitor.set_webhook("https://hooks.slack.com/services/T024/B0/x")
    stage.window.alerts.edit_rules()
    await asyncio.sleep(2 * SETTLE_S)
    return QApplication.activeModalWidget()


async def _hold(stage: Stage, seconds: float) -> list[asyncio.Task[None]]:
    """Let some events wait for an answer by hand."""
    endpoint = stage.app.directory.all()[0]
    await stage.app.directory.save(
        replace(endpoint, answers=replace(endpoint.answers, by_hand_s=seconds, reject=frozenset()))
    )
    url = stage.app.receiver.address_of(endpoint)

    async def post(body: bytes) -> None:
        async with aiohttp.ClientSession() as http, http.post(url, data=body) as answer:
            await answer.read()

    tasks = [asyncio.create_task(post(body)) for body in BODIES]
    waiting, all_wait = stage.app.receiver.late.by_hand.waiting, asyncio.Event()
    unsubscribe = waiting.subscribe(lambda held: all_wait.set() if len(held) == len(BODIES) else None)
    await all_wait.wait()
    unsubscribe()
    return tasks


async def by_hand(stage: Stage) -> QWidget | None:
    """Show the window in which waiting events are answered."""
    tasks = await _hold(stage, 30)
    stage.window.by_hand.open()
    await asyncio.sleep(2 * SETTLE_S)
    dialog = stage.window.by_hand.dialog
    if dialog is not None:
        dialog.gone.connect(lambda: [task.cancel() for task in tasks])
    return dialog


async def by_hand_none(stage: Stage) -> QWidget | None:
    """Show that window while nothing waits."""
    stage.window.by_hand.open()
    await asyncio.sleep(SETTLE_S)
    return stage.window.by_hand.dialog


async def by_hand_banner(stage: Stage) -> None:
    """Show the banner that asks for answers."""
    stage.window.by_hand.open()
    assert stage.window.by_hand.dialog is not None
    stage.window.by_hand.dialog.close()
    await _hold(stage, 25)
    await asyncio.sleep(2 * SETTLE_S)
