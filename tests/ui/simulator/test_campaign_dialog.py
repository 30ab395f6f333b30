"""The campaign dialog: a scenario with its numbers, run and held, its result beside what was recognised."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QGuiApplication

from inspector.simulator.campaign.latency import Latency
from inspector.simulator.campaign.player import Phase
from inspector.ui.dialogs.question import TextQuestion
from inspector.ui.simulator.campaign_dialog import CampaignDialog
from inspector.ui.simulator.campaign_words import campaign_time
from inspector.ui.simulator.funnel_view import Bar
from tests.fakes import a_target, answering
from tests.ui.desk import Desk
from tests.ui.waiting import a_dialog, until

pytestmark = pytest.mark.asyncio


def opened(desk: Desk, name: str = "normal-campaign", people: int = 30) -> CampaignDialog:
    desk.window.actions_table["campaign"].trigger()
    dialog = desk.window.simulators.campaign
    assert dialog is not None
    dialog.reload(name)
    dialog.form.recipients.setText(str(people))
    dialog.form.rate.setText("1000")
    dialog.form.speed.set_current("fast")
    return dialog


def ended(dialog: CampaignDialog) -> Callable[[], bool]:
    return lambda: dialog.outcome is not None and dialog.go.isEnabled()


def bar(dialog: CampaignDialog, name: str) -> Bar:
    return next(item for item in dialog.funnel.bars if item.name == name)


async def test_the_funnel_follows_the_numbers_before_anything_is_sent(desk: Desk) -> None:
    dialog = opened(desk, people=1000)
    assert round(bar(dialog, "Delivered").expected) == 965
    dialog.form.percents["delivered"].setText("50")
    assert round(bar(dialog, "Delivered").expected) == 500
    assert bar(dialog, "Delivered").sent is None
    assert "requests for 1,000 people" in dialog.callout.title.text()


async def test_a_campaign_is_recognised_as_it_was_declared(desk: Desk) -> None:
    dialog = opened(desk, "duplicates-storm", 40)
    dialog.go.click()
    await until(ended(dialog), 30)
    assert dialog.outcome is not None
    assert dialog.outcome.well
    assert dialog.callout.tone == "pass"
    assert "recognised as declared" in dialog.callout.title.text()
    duplicates = next(line for line in dialog.table.lines if line.title == "Duplicates")
    assert duplicates.declared == duplicates.recognised > 10
    assert bar(dialog, "Duplicates").sent == duplicates.declared
    total = dialog.outcome.tally.sent
    await until(lambda: desk.window.page.model.rowCount() == total)
    dialog.copy_result.click()
    copied = QGuiApplication.clipboard().text()
    assert "Duplicates storm, seed " in copied
    assert "Everything was recognised as declared" in copied


async def test_show_these_events_filters_the_list(desk: Desk) -> None:
    await desk.post()
    dialog = opened(desk)
    dialog.go.click()
    await until(ended(dialog), 30)
    assert dialog.outcome is not None
    total = dialog.outcome.tally.sent
    assert not dialog.events.isHidden()
    dialog.events.click()
    await until(lambda: desk.window.page.model.rowCount() == total)
    assert desk.window.page.search.text().startswith("campaign:order_updates after:")


async def test_a_run_is_held_goes_on_and_is_stopped(desk: Desk) -> None:
    dialog = opened(desk, people=3000)
    dialog.form.rate.setText("150")
    dialog.go.click()
    await until(lambda: dialog.session is not None and dialog.session.player.tally.sent > 10)
    assert dialog.session is not None
    dialog.pause.click()
    assert dialog.session.player.state.phase is Phase.PAUSED
    assert dialog.pause.text() == "Resume"
    assert not dialog.form.isEnabled()
    dialog.pause.click()
    assert dialog.session.player.state.phase is Phase.RUNNING
    dialog.stop.click()
    await until(ended(dialog))
    assert dialog.outcome is not None
    assert dialog.outcome.phase is Phase.STOPPED
    assert dialog.callout.tone == "warn"
    assert dialog.form.isEnabled()


async def test_a_handler_is_the_target_and_nothing_is_compared(desk: Desk) -> None:
    async with a_target(answering(b"HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n")) as target:
        dialog = opened(desk, people=5)
        dialog.form.retries.setChecked(False)
        dialog.target.where.set_current("handler")
        dialog.target.handler.field.setText(target.url)
        dialog.go.click()
        await until(ended(dialog), 30)
    assert dialog.outcome is not None
    assert dialog.outcome.tally.statuses.keys() == {"500"}
    assert dialog.callout.tone == "fail"
    assert dialog.events.isHidden()
    assert all(line.recognised is None for line in dialog.table.lines)
    assert desk.window.page.model.rowCount() == 0


async def test_numbers_that_cannot_be_meant_are_told_and_hold_the_run_back(desk: Desk) -> None:
    dialog = opened(desk)
    dialog.form.percents["read"].setText("140")
    assert not dialog.go.isEnabled()
    dialog.form.percents["read"].setText("60")
    assert dialog.go.isEnabled()
    dialog.form.failed.setText("4102 90")
    assert "together" in dialog.form.problem.text()
    assert not dialog.go.isEnabled()
    dialog.form.failed.setText("nonsense")
    assert not dialog.go.isEnabled()
    dialog.form.failed.setText("4102 1, 7 2")
    assert [(item.code, item.share) for item in dialog.form.scenario().failed] == [("4102", 1), ("7", 2)]


async def test_a_scenario_of_another_provider_takes_an_endpoint_of_it(desk: Desk) -> None:
    endpoint = await desk.app.directory.create("Shop", "stripe")
    dialog = opened(desk)
    dialog.target.show_endpoints(desk.app.directory.all(), desk.endpoint.id)
    dialog.reload("stripe-shop-day")
    assert dialog.target.current is not None
    assert dialog.target.current.id == endpoint.id
    assert not dialog.form.rows["mix"].isHidden()
    assert dialog.form.funnel_box.isHidden()
    dialog.form.recipients.setText("20")
    dialog.form.rate.setText("1000")
    dialog.go.click()
    await until(ended(dialog), 30)
    assert dialog.outcome is not None
    assert dialog.outcome.well


async def test_without_such_an_endpoint_the_reason_is_told(desk: Desk) -> None:
    dialog = opened(desk, "twilio-campaign")
    dialog.go.click()
    await until(lambda: dialog.callout.tone == "fail")
    assert "written for twilio" in dialog.callout.title.text()
    await until(dialog.go.isEnabled)


async def test_changed_numbers_are_kept_as_a_scenario_of_ones_own(desk: Desk) -> None:
    dialog = opened(desk, people=77)
    dialog.keep.click()
    question = await a_dialog(TextQuestion)
    assert isinstance(question, TextQuestion)
    question.field.setText("My evening")
    question.accept()
    await until(lambda: dialog.picker.currentData() == "my-evening")
    assert dialog.form.recipients.text() == "77"
    assert (desk.app.folder / "scenarios" / "my-evening.toml").is_file()


async def test_a_broken_scenario_of_ones_own_is_told_with_its_line(desk: Desk) -> None:
    folder = desk.app.folder / "scenarios"
    folder.mkdir()
    (folder / "odd.toml").write_text("rate = 7000\n")
    dialog = opened(desk)
    dialog.reload()
    assert dialog.callout.title.text().startswith("odd.toml, line 1: rate must be")


async def test_closing_stops_it(desk: Desk) -> None:
    dialog = opened(desk, people=3000)
    dialog.go.click()
    await until(lambda: dialog.session is not None and dialog.session.player.tally.sent > 10)
    session = dialog.session
    assert session is not None
    dialog.close()
    await until(lambda: session.player.state.phase is Phase.STOPPED)
    assert desk.window.simulators.campaign is None


async def test_times_of_a_campaign_read_as_people_say_them() -> None:
    assert [campaign_time(seconds) for seconds in (0, 61, 3661)] == ["0:00 min", "1:01 min", "1:01 h"]


async def test_waits_and_outages_are_shown_changed_and_kept(desk: Desk) -> None:
    dialog = opened(desk, "carrier-outage")
    timing = dialog.form.timing
    assert timing.waits["delivered"].text() == "1.5, p95 8"
    assert timing.waits["sent"].text() == ""
    assert timing.waits["sent"].placeholderText() == "0.6, p95 2.5"
    assert timing.outages.text() == "tmobile 300 to 1500 hold, att 900 to 1020 fail 5030"
    timing.waits["delivered"].setText("2 to 4")
    timing.waits["sent"].setText("3")
    timing.outages.setText("att 60 to 120 fail 5030")
    scenario = dialog.form.scenario()
    assert (scenario.takes("delivered"), scenario.takes("sent")) == (Latency(2, 4), Latency.fixed(3))
    assert scenario.takes("recovery") == Latency(0, 60)
    (outage,) = scenario.outages
    assert (outage.carrier, outage.from_s, outage.code, outage.text) == ("att", 60, "5030", "Carrier is not available")


async def test_waits_and_outages_that_cannot_be_meant_hold_the_run_back(desk: Desk) -> None:
    dialog = opened(desk, "carrier-outage")
    timing = dialog.form.timing
    timing.waits["read"].setText("soon")
    assert dialog.form.problem.text().startswith("Read: Write seconds as in")
    assert not dialog.go.isEnabled()
    timing.waits["read"].setText("")
    timing.outages.setText("vodafone 60 to 120")
    assert "Nobody here has the carrier vodafone" in timing.outage_row.hint.text()
    assert not dialog.go.isEnabled()
    timing.outages.setText("60 to 120")
    assert dialog.go.isEnabled()
    dialog.reload("opt-out-wave")
    assert timing.outages.text() == ""
