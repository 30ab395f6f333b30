"""Alerts in the window: dot, banner, entry, list, rules and webhook, over a real monitor."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inspector.app import App, AppOptions, open_app
from inspector.monitor.alerts import RULES, RuleId
from inspector.ui.control import alert_control
from inspector.ui.doctor.dialog import DoctorDialog
from inspector.ui.gallery_alerts import an_alert, made_alerts, put_alerts
from inspector.ui.icons import Icons
from inspector.ui.main_window import MainWindow
from inspector.ui.monitor.alerts_card_entry import AlertEntry
from inspector.ui.monitor.history_dialog import AlertHistoryDialog
from inspector.ui.monitor.page import MonitorPage
from inspector.ui.monitor.settings_page import AlertsPage
from inspector.ui.page_head import EVENTS, MONITOR
from inspector.ui.settings.settings_dialog import SettingsDialog
from inspector.ui.theme import Theme
from inspector.ui.widgets.buttons import LinkButton
from tests.ui.desk import BODY, Desk
from tests.ui.waiting import a_dialog, until

pytestmark = pytest.mark.asyncio

TEN_S = 10_000_000


async def page_of(desk: Desk) -> MonitorPage:
    """Bring the Monitor page into view; the first event ends the first steps, which stand in its place."""
    await desk.post()
    await desk.row(0, of=1)
    await until(lambda: not desk.window.starting)
    desk.window.head.tabs.set_current(MONITOR)
    page = await until(lambda: desk.window.monitor.page)
    assert page is not None
    await until(page.alerts.isVisible)
    return page


def entries_of(page: MonitorPage) -> list[AlertEntry]:
    return list(page.alerts.entries.values())


def has_dot(desk: Desk) -> bool:
    bar = desk.window.head.tabs.bar
    return "alert open" in bar.accessibleTabName(2)


def shown_title(page: MonitorPage) -> str:
    return page.banner.banner.title.text() if page.banner.banner is not None else ""


def link(parts: list[LinkButton], words: str) -> LinkButton:
    return next(part for part in parts if part.text() == words)


async def check_now(app: App) -> None:
    """Check the rules for the next whole ten seconds, as the monitor does by itself when they have come."""
    engine = await app.monitor._ready()
    await engine.check((time.time_ns() // 1000 // TEN_S + 1) * TEN_S)


async def test_a_forged_event_is_a_dot_a_banner_and_an_entry_that_lead_to_it(desk: Desk) -> None:
    page = await page_of(desk)
    assert not has_dot(desk)
    assert await desk.post(BODY.replace(b"abc", b"xyz"), secret="someone else's") == 401
    await check_now(desk.app)
    await until(lambda: has_dot(desk))
    assert shown_title(page) == "Signature failure"
    await until(lambda: any(entry.alert is not None for entry in entries_of(page)))
    entry = entries_of(page)[0]
    assert entry.row.line.note.startswith("Active since ")
    assert "Signature tab" in entry.advice.text()
    banner = page.banner.banner
    assert banner is not None
    await until(lambda: page.banner.banner is not None and page.banner.banner.buttons[0].text() == "Show the event")
    assert page.banner.banner is not None
    page.banner.banner.buttons[0].click()
    assert desk.window.head.tabs.current == EVENTS
    assert desk.window.page.search.text().startswith("sig:invalid,stale after:")
    model = desk.window.page.model
    await until(lambda: [row.answer_status for row in map(model.summary, range(model.rowCount())) if row] == [401])


async def test_the_most_severe_is_shown_and_the_others_follow_at_a_click(desk: Desk) -> None:
    page = await page_of(desk)
    await put_alerts(desk.app, made_alerts())
    assert shown_title(page) == "Failure rate 1.6 %"
    banner = page.banner.banner
    assert banner is not None
    assert banner.more.text() == "1 more"
    banner.more.click()
    assert shown_title(page) == "3 signature failures"
    assert page.banner.banner is not None
    page.banner.banner.more.click()
    assert shown_title(page) == "Failure rate 1.6 %"
    down = an_alert(RuleId.ENDPOINT_DOWN, "The receiver does not listen", "for more than 30 s", 0)
    await put_alerts(desk.app, [down])
    assert shown_title(page) == "The receiver does not listen"


async def test_mute_leaves_the_entry_alone_and_ends_when_it_is_taken_back(desk: Desk) -> None:
    page = await page_of(desk)
    (alert,) = await put_alerts(desk.app, [made_alerts()[2]])
    assert has_dot(desk)
    banner = page.banner.banner
    assert banner is not None
    link(banner.buttons, "Mute 1 h").click()
    await until(lambda: not has_dot(desk))
    assert page.banner.banner is None
    assert page.banner.isHidden()
    entry = page.alerts.entries[f"alert:{alert.id}"]
    assert entry.row.line.note.endswith(", muted")
    entry.mute.click()
    await until(lambda: has_dot(desk))
    assert shown_title(page) == "Failure rate 1.6 %"


async def test_a_mute_that_is_over_shows_the_alert_again(desk: Desk) -> None:
    page = await page_of(desk)
    until_us = time.time_ns() // 1000 + 400_000
    await put_alerts(desk.app, [replace(made_alerts()[2], muted_until_us=until_us)])
    assert not has_dot(desk)
    await until(lambda: time.time_ns() // 1000 > until_us)
    assert page.banner.banner is None
    desk.window.alerts.update()  # as it does every ten seconds while an alert is open
    assert has_dot(desk)
    assert shown_title(page) == "Failure rate 1.6 %"


async def test_a_closed_alert_leaves_only_its_line(desk: Desk) -> None:
    page = await page_of(desk)
    await put_alerts(desk.app, [an_alert(RuleId.FAILURE_RATE, "Failure rate 1.6 %", "in the last 5 min", 5)])
    await until(lambda: entries_of(page) and entries_of(page)[0].alert is not None)
    await desk.app.monitor.change_rule(replace(RULES[0], on=False))
    await check_now(desk.app)
    await until(lambda: not has_dot(desk))
    assert page.banner.banner is None
    await until(lambda: all(entry.alert is None for entry in entries_of(page)))
    await desk.app.monitor.reset_rules()
    line = await until(lambda: next((e.row.line for e in entries_of(page) if e.row.line.note != "Quiet"), None))
    assert line is not None
    assert line.title == "Failure rate over 1 %"
    assert line.note.startswith("Resolved ")


async def test_an_entry_unfolds_by_key_to_what_to_do(desk: Desk, qtbot: QtBot) -> None:
    page = await page_of(desk)
    await put_alerts(desk.app, [an_alert(RuleId.SILENCE, "Nothing for 40 min", "usual is 4 min", 2)])
    await until(lambda: entries_of(page) and entries_of(page)[0].alert is not None)
    entry = entries_of(page)[0]
    await until(entry.isVisible)
    assert entry.more.isHidden()
    assert "Nothing for 40 min. Active since" in entry.row.accessibleName()
    entry.row.setFocus()
    qtbot.keyClick(entry.row, Qt.Key.Key_Space)
    assert entry.more.isVisible()
    assert entry.advice.text() == "Send a test event, or find out why nothing arrives."
    assert not entry.show_events.isVisible(), "silence has no events"
    entry.doctor.click()
    doctor = await a_dialog(DoctorDialog)
    doctor.close()
    await put_alerts(desk.app, [an_alert(RuleId.FAILURE_RATE, "Failure rate 2 %", "in the last 5 min", 1)])
    await until(lambda: len([item for item in entries_of(page) if item.alert is not None]) == 2)
    assert entry.more.isVisible(), "it stays unfolded where another one comes before it"
    assert entries_of(page)[1] is entry


async def test_the_scope_leaves_other_endpoints_alerts_out_but_not_the_dot(desk: Desk) -> None:
    other = await desk.app.directory.create("Staging")
    page = await page_of(desk)
    alert = replace(made_alerts()[2], endpoint_id=other.id)
    await put_alerts(desk.app, [alert])
    desk.window.select_endpoint(desk.endpoint.id)
    assert page.banner.banner is None
    assert has_dot(desk)
    desk.window.select_endpoint(None)
    assert shown_title(page) == "Failure rate 1.6 %"
    assert page.banner.banner is not None
    assert "Staging" in page.banner.banner.text.text()


async def test_what_an_earlier_run_left_open_is_shown_after_the_start(
    tmp_path: Path, qtbot: QtBot, dressed: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = AppOptions(port=0, apart=False)
    async with open_app(tmp_path, options) as app:
        await put_alerts(app, [made_alerts()[2]])
    monkeypatch.setattr(alert_control, "BEGIN_MS", 0)
    async with open_app(tmp_path, options) as app:
        window = MainWindow(app, dressed, Icons(dressed))
        window.start()
        window.show()
        await until(lambda: "alert open" in window.head.tabs.bar.accessibleTabName(2))
        await window.finish()
        window.deleteLater()


async def test_the_list_has_all_alerts_open_ones_first_and_does_what_they_offer(desk: Desk) -> None:
    await page_of(desk)
    await put_alerts(desk.app, made_alerts())
    desk.window.monitor.alerts_requested.emit()
    dialog = await a_dialog(AlertHistoryDialog)
    assert isinstance(dialog, AlertHistoryDialog)
    await until(lambda: dialog.model.rowCount() == 4)
    cells = [[dialog.model.index(row, place).data() for place in (1, 3, 4)] for row in range(4)]
    assert cells == [
        ["Failure rate 1.6 %", "1.6 %", "Open"],
        ["3 signature failures", "3", "Open"],
        ["Processing time 5.7 s", "5.7 s", "4 min"],
        ["The receiver does not listen", "–", "2 min"],
    ]
    assert dialog.count.text() == "2 open, 2 closed"
    assert dialog.callout.title.text() == "Failure rate 1.6 %"
    link(dialog.callout.buttons, "Mute 1 h").click()
    await until(lambda: dialog.model.index(0, 4).data() == "Muted")
    assert [button.text() for button in dialog.callout.buttons] == ["Show the events", "Unmute"]
    dialog.table.selectRow(2)
    assert dialog.callout.title.text() == "Processing time 5.7 s"
    assert dialog.callout.buttons == []
    dialog.which.set_current("open")
    assert dialog.model.rowCount() == 2
    spoken = dialog.model.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Alert: Failure rate 1.6 %"
    dialog.reject()
    await until(lambda: desk.window.alerts._dialog is None)


async def test_the_list_tells_that_nothing_was_wrong(desk: Desk) -> None:
    desk.window.actions_table["alerts"].trigger()
    dialog = await a_dialog(AlertHistoryDialog)
    assert isinstance(dialog, AlertHistoryDialog)
    await until(lambda: dialog.callout.title.text() == "No alerts")
    dialog.close()


# -- rules --------------------------------------------------------------------------------------------------------


async def rules_page(desk: Desk) -> tuple[SettingsDialog, AlertsPage]:
    desk.window.alerts.edit_rules()
    dialog = await a_dialog(SettingsDialog)
    assert isinstance(dialog, SettingsDialog)
    page = dialog.page("alerts")
    assert isinstance(page, AlertsPage)
    return dialog, page


async def test_a_threshold_is_in_force_at_once_and_kept(desk: Desk) -> None:
    dialog, page = await rules_page(desk)
    editor = page.editors[RuleId.FAILURE_RATE]
    editor.fields["threshold"].setText("2.5")
    editor.fields["threshold"].editingFinished.emit()
    await until(lambda: desk.app.monitor.rules[0].threshold == pytest.approx(0.025))
    editor.switch.click()
    await until(lambda: not desk.app.monitor.rules[0].on)
    assert not editor.rows["threshold"].isEnabled()
    dialog.accept()
    dialog, page = await rules_page(desk)
    assert page.editors[RuleId.FAILURE_RATE].fields["threshold"].text() == "2.5"
    assert not page.editors[RuleId.FAILURE_RATE].switch.isChecked()
    assert dialog.restore.isVisible()
    dialog.restore.click()
    await until(lambda: desk.app.monitor.rules == RULES)
    assert page.editors[RuleId.FAILURE_RATE].fields["threshold"].text() == "1"
    dialog.accept()


async def test_what_cannot_be_is_refused_under_its_field(desk: Desk) -> None:
    dialog, page = await rules_page(desk)
    editor = page.editors[RuleId.FAILURE_RATE]
    field, row = editor.fields["threshold"], editor.rows["threshold"]
    assert row.hint.text() == "0 to 100 %. A share of all deliveries."
    field.setText("120")
    field.editingFinished.emit()
    assert row.hint.text() == "Choose a value from 0 to 100 %. A share of all deliveries."
    assert field.property("invalid")
    assert desk.app.monitor.rules == RULES
    field.setText("3")
    field.editingFinished.emit()
    assert row.hint.text() == "0 to 100 %. A share of all deliveries."
    await until(lambda: desk.app.monitor.rules[0].threshold == pytest.approx(0.03))
    dialog.accept()


async def test_a_test_message_goes_out_and_its_result_is_told(desk: Desk) -> None:
    got: list[object] = []
    status = 200

    async def take(request: web.Request) -> web.Response:
        got.append(await request.json())
        return web.Response(status=status, text="no_service" if status != 200 else "ok")

    server = web.Application()
    server.router.add_post("/hook", take)
    runner = web.AppRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    try:
        dialog, page = await rules_page(desk)
        assert not page.test.isEnabled()
        page.url.setText("ftp://example.org")
        page.test.click()
        await until(lambda: page.url.property("invalid"))
        assert "https://host/path" in page.url_row.hint.text()
        page.url.setText(f"http://127.0.0.1:{port}/hook")
        page.test.click()
        await until(lambda: page.result.text() == "The test message arrived.")
        assert desk.app.monitor.webhook_url == f"http://127.0.0.1:{port}/hook"
        assert not page.url.property("invalid")
        status = 500
        page.test.click()
        await until(lambda: page.result.text() == "The last message did not arrive: Answered 500: no_service.")
        assert len(got) == 2
        dialog.accept()
    finally:
        await runner.cleanup()
