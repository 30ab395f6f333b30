"""The rehearsal of an outage in the window: down for a while, up again by itself, and what came back."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest

from inspector.app import AppOptions, open_app
from inspector.domain.answer import Fault, Outage
from inspector.ui.icons import Icons
from inspector.ui.main_window import MainWindow
from inspector.ui.outage.dialog import EVENTS, OutageDialog
from inspector.ui.theme import Theme
from tests.ui.desk import BODY, Desk
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio


def opened(desk: Desk) -> OutageDialog:
    desk.window.actions_table["outage"].trigger()
    dialog = desk.window.outages.dialog
    assert dialog is not None
    return dialog


async def start(desk: Desk, dialog: OutageDialog, minutes: str = "5", *kinds: str, answer: str = "503") -> None:
    dialog.form.minutes.setText(minutes)
    dialog.form.kinds.set_values(kinds)
    dialog.form.answer.setCurrentIndex(dialog.form.answer.findData(answer))
    dialog.go.click()
    await until(lambda: desk.endpoint.answers.outage is not None and dialog.stop.isVisible())


async def test_it_says_beforehand_what_the_provider_documents(desk: Desk) -> None:
    dialog = opened(desk)
    assert not dialog.isModal()
    assert dialog.state.title.text() == "No rehearsal yet"
    dialog.form.minutes.setText("3")
    assert "1 min, 5 min, 30 min, 2 h" in dialog.form.hint.text()
    assert "come back 6 min after its first try" in dialog.form.hint.text()
    assert "What is turned away is not forwarded" in dialog.form.hint.text()
    dialog.form.minutes.setText("soon")
    assert not dialog.go.isEnabled()
    dialog.form.usual["15"].click()
    assert dialog.go.isEnabled()
    assert dialog.form.values()[1] == 15


async def test_only_the_chosen_kinds_are_turned_away_and_stop_ends_it(desk: Desk) -> None:
    dialog = opened(desk)
    await start(desk, dialog, "5", "message.delivered")
    assert "503 for message.delivered events" in dialog.state.text.text()
    assert await desk.post() == 503
    assert await desk.post(BODY.replace(b"message.delivered", b"message.read")) == 200
    await until(lambda: len(dialog.events.items) == 1)
    dialog.stop.click()
    await until(lambda: dialog.go.isVisible())
    assert await desk.post() == 200
    await until(lambda: "1 came back" in dialog.state.text.text())
    assert dialog.events.cell(0, 4).text.startswith("Back a")
    assert dialog.retries.cell(0, 1).text == "at once"
    assert dialog.retries.cell(0, 4).text == "1"
    assert dialog.state.tone == "pass"


async def test_the_banner_counts_down_and_stops_it(desk: Desk) -> None:
    await start(desk, opened(desk), "2")
    banner = desk.window.banners.banner
    assert banner is not None
    assert banner.content.title == f"Rehearsing an outage of {desk.endpoint.name}"
    first = banner.content.text
    assert "left: all events get 503" in first
    await until(lambda: banner.text.text() != first)
    assert desk.window.banners.banner is banner
    assert [button.text() for button in banner.buttons] == ["Stop", "Show"]
    banner.buttons[0].click()
    await until(lambda: not desk.window.banners.contents())
    assert await desk.post() == 200


async def test_when_the_time_is_over_it_answers_as_usual_and_says_so(desk: Desk) -> None:
    now = datetime.now(UTC)
    outage = Outage(now - timedelta(minutes=1), now + timedelta(seconds=3))
    dialog = opened(desk)
    await desk.app.directory.save(replace(desk.endpoint, answers=replace(desk.endpoint.answers, outage=outage)))
    assert await desk.post() == 503
    assert desk.window.banners.contents()
    await until(lambda: not desk.window.banners.contents())
    assert await desk.post() == 200
    await until(lambda: dialog.state.title.text().startswith("Over since"))
    toast = desk.window.toasts.current
    assert toast is not None
    assert toast.content.text == f"{desk.endpoint.name} answers as usual again"


async def test_a_rehearsal_goes_on_after_a_restart(tmp_path: Path, dressed: Theme) -> None:
    options = AppOptions(port=0, apart=False)
    now = datetime.now(UTC)
    async with open_app(tmp_path, options) as app:
        endpoint = app.directory.all()[0]
        outage = Outage(now, now + timedelta(minutes=5))
        await app.directory.save(replace(endpoint, answers=replace(endpoint.answers, outage=outage)))
    async with open_app(tmp_path, options) as app:
        window = MainWindow(app, dressed, Icons(dressed))
        window.start()
        assert [one.key for one in window.banners.contents()] == [f"outage-{app.directory.all()[0].id}"]
        await window.finish()
        window.deleteLater()


async def test_a_reset_reaches_the_provider_and_counts_as_turned_away(desk: Desk) -> None:
    dialog = opened(desk)
    await start(desk, dialog, "5", answer="reset")
    assert desk.endpoint.answers.outage is not None
    assert desk.endpoint.answers.outage.answer.fault is Fault.RESET
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await desk.post()
    await until(lambda: len(dialog.events.items) == 1)


async def test_a_click_shows_the_event_and_the_table_can_be_saved(desk: Desk, tmp_path: Path) -> None:
    dialog = opened(desk)
    await start(desk, dialog)
    await desk.post_many(2)
    await until(lambda: len(dialog.events.items) == 2)
    dialog.page.set_current(EVENTS)
    assert dialog.events.cell(0, 3).text == "not yet"
    assert dialog.events.cell(0, 4).text == "Due now"
    dialog.event_table.row_wanted.emit(0)
    await until(lambda: desk.window.page.table.current_id() == 1)
    await dialog.save(tmp_path / "outage.csv")
    rows = list(csv.DictReader((tmp_path / "outage.csv").read_text().splitlines()))
    assert [(row["event"], row["status"], row["fate"]) for row in rows] == [("1", "503", "due"), ("2", "503", "due")]
    await dialog.save(tmp_path / "outage.json")
    told = json.loads((tmp_path / "outage.json").read_text())
    assert told["answer"] == "503"
    assert told["documented_s"] == [0, 60, 300, 1800, 7200]
    assert len(told["events"]) == 2


async def test_a_second_rehearsal_begins_with_an_empty_table(desk: Desk) -> None:
    dialog = opened(desk)
    await start(desk, dialog)
    await desk.post()
    await until(lambda: len(dialog.events.items) == 1)
    dialog.stop.click()
    await until(lambda: dialog.go.isVisible())
    await start(desk, dialog, "1")
    await until(lambda: dialog.table is not None and not dialog.events.items)
    assert "Nothing was turned away." in dialog.state.text.text()
