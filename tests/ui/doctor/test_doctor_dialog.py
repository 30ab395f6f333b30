"""The doctor in the window: what it shows, and that what it offers is done."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from inspector.doctor.doctor import CHECKS
from inspector.doctor.finding import Action, Deed, Finding, Outcome
from inspector.domain.access import AccessRule
from inspector.receiver.state import Status
from inspector.tunnels.state import TunnelState, TunnelStatus
from inspector.ui.doctor.check_row import LOOKS, TONES, WORDS, CheckRow
from inspector.ui.doctor.control import MENDS
from inspector.ui.doctor.dialog import DoctorDialog
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from tests.ui.desk import Desk
from tests.ui.waiting import until


async def opened(desk: Desk) -> DoctorDialog:
    """Open the dialog from the menu and wait for all findings."""
    desk.window.actions_table["doctor"].trigger()
    control = desk.window.commands.doctor
    assert control is not None
    dialog = control.dialog
    assert dialog is not None
    await finished(dialog)
    return dialog


async def finished(dialog: DoctorDialog) -> None:
    await until(lambda: dialog.again.isEnabled() and all(row.finding is not None for row in dialog.rows.values()))


@pytest.mark.asyncio
async def test_every_check_gets_its_line_and_the_verdict_stands_on_top(desk: Desk) -> None:
    dialog = await opened(desk)
    assert list(dialog.rows) == [check.key for check in CHECKS]
    assert dialog.rows["receiver"].finding is not None
    assert dialog.rows["receiver"].finding.outcome is Outcome.GOOD
    assert dialog.verdict.title.text() == "Everything here works, but there is no public address."
    assert dialog.rows["tunnel"].act.isVisible()
    assert not dialog.isModal()


@pytest.mark.asyncio
async def test_asking_twice_brings_the_same_dialog_back(desk: Desk) -> None:
    dialog = await opened(desk)
    assert await opened(desk) is dialog


@pytest.mark.asyncio
async def test_a_closed_dialog_is_made_anew(desk: Desk) -> None:
    dialog = await opened(desk)
    dialog.close()
    assert desk.window.commands.doctor is not None
    assert desk.window.commands.doctor.dialog is None
    assert await opened(desk) is not dialog


@pytest.mark.asyncio
async def test_resume_is_one_click_and_checked_again(desk: Desk) -> None:
    await desk.app.receiver.pause()
    dialog = await opened(desk)
    assert dialog.verdict.tone == "fail"
    dialog.rows["paused"].act.click()
    await until(lambda: desk.app.receiver.state.status is Status.RECEIVING)
    await until(lambda: dialog.verdict.title.text().startswith("Everything here works"))


@pytest.mark.asyncio
async def test_a_paused_endpoint_is_resumed_by_its_link(desk: Desk) -> None:
    await desk.app.directory.save(replace(desk.endpoint, paused=True))
    dialog = await opened(desk)
    dialog.rows["paused"].act.click()
    await until(lambda: not desk.endpoint.paused)


@pytest.mark.asyncio
async def test_trusting_the_tunnels_header_is_one_click(desk: Desk) -> None:
    desk.app.tunnels.publish(TunnelState(status=TunnelStatus.UP, client_header="CF-Connecting-IP"))
    await desk.app.directory.save(replace(desk.endpoint, access=AccessRule(allowed=("203.0.113.24",))))
    dialog = await opened(desk)
    assert dialog.rows["access"].act.text() == "Trust its header"
    dialog.rows["access"].act.click()
    await until(lambda: desk.endpoint.access.client_header == "CF-Connecting-IP")
    assert desk.endpoint.access.trusted_peers == ("127.0.0.1",)
    assert desk.endpoint.access.allowed == ("203.0.113.24",)
    await until(lambda: dialog.rows["access"].finding is not None and not dialog.rows["access"].act.isVisible())


@pytest.mark.asyncio
async def test_one_line_can_be_checked_again(desk: Desk) -> None:
    dialog = await opened(desk)
    await desk.app.receiver.pause()
    dialog.rows["paused"].repeat.click()
    await until(lambda: dialog.verdict.tone == "fail")
    finding = dialog.rows["paused"].finding
    assert finding is not None
    assert finding.outcome is Outcome.BAD


@pytest.mark.asyncio
async def test_another_endpoint_is_looked_at(desk: Desk) -> None:
    second = await desk.app.directory.create("Second", "")
    await desk.app.directory.save(replace(second, paused=True))
    dialog = await opened(desk)
    dialog.endpoint.setCurrentIndex(dialog.endpoint.findData(int(second.id)))
    await until(lambda: "Second is paused" in dialog.verdict.title.text())


@pytest.mark.asyncio
async def test_the_findings_are_copied_as_text(desk: Desk) -> None:
    dialog = await opened(desk)
    dialog.copy.click()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("Webhook Inspector ")
    assert desk.endpoint.name in text
    assert all(check.title in text for check in CHECKS)


@pytest.mark.asyncio
async def test_an_address_is_copied(desk: Desk) -> None:
    await opened(desk)
    assert desk.window.commands.doctor is not None
    desk.window.commands.doctor.do(Action(Deed.COPY_ADDRESS, "Copy", "https://x/in/y"))
    assert QGuiApplication.clipboard().text() == "https://x/in/y"


@pytest.mark.asyncio
async def test_every_deed_of_a_finding_can_be_done(desk: Desk) -> None:
    await opened(desk)
    control = desk.window.commands.doctor
    assert control is not None
    assert set(control._deeds()) == set(Deed)
    assert set(Deed) > MENDS


@pytest.mark.asyncio
async def test_what_was_refused_is_shown_in_the_list(desk: Desk) -> None:
    async with desk.http.post(f"{desk.app.receiver.state.url}/in/nobody", data=b"{}"):
        pass
    dialog = await opened(desk)
    dialog.rows["died"].act.click()
    assert desk.window.page.search.text().startswith("after:")


@pytest.mark.asyncio
async def test_the_first_steps_and_the_receivers_menu_lead_to_it(desk: Desk) -> None:
    desk.window.first_run.doctor.click()
    assert desk.window.commands.doctor is not None
    assert desk.window.commands.doctor.dialog is not None
    await finished(desk.window.commands.doctor.dialog)
    desk.window.commands.doctor.dialog.close()
    desk.window.top_bar.doctor_requested.emit()
    assert desk.window.commands.doctor.dialog is not None
    await finished(desk.window.commands.doctor.dialog)


def test_every_outcome_has_an_icon_a_colour_and_a_word(dressed: Theme) -> None:
    icons = Icons(dressed)
    for outcome in Outcome:
        icon, tint = LOOKS[outcome]
        assert not icons.pixmap(icon, dressed.color(tint), 18, 1.0).isNull()
        assert TONES[outcome]
        assert WORDS[outcome]


def test_a_line_tells_a_screen_reader_how_it_ended(dressed: Theme) -> None:
    row = CheckRow(dressed, Icons(dressed), CHECKS[0])
    row.show_running()
    assert row.accessibleDescription() == "Running"
    row.show_finding(Finding(Outcome.BAD, "It is closed.", "Since noon."))
    assert row.accessibleDescription() == "Wrong. It is closed. Since noon."
    row.deleteLater()


@pytest.mark.asyncio
async def test_the_keyboard_goes_down_the_lines_to_the_footer(desk: Desk) -> None:
    dialog = await opened(desk)
    stops: list[QWidget] = []
    stop: QWidget = dialog.again
    while stop is not dialog.copy:
        stop = stop.nextInFocusChain()
        stops.append(stop)
    buttons = [row.repeat for row in dialog.rows.values()]
    assert [item for item in stops if item in buttons] == buttons
