"""Answering by hand: real requests wait, a person answers in the window, and what was chosen arrives."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import aiohttp
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QWidget
from pytestqt.qtbot import QtBot

from inspector.ui.by_hand.window import ByHandWindow
from inspector.ui.control.by_hand_control import KEY
from inspector.ui.endpoints.settings_dialog import EndpointSettings
from inspector.ui.widgets.buttons import LinkButton
from tests.ui.desk import BODY, Desk
from tests.ui.waiting import a_dialog, until

pytestmark = pytest.mark.asyncio


async def by_hand(desk: Desk, seconds: float = 30.0) -> None:
    """Have the endpoint answered by hand."""
    answers = replace(desk.endpoint.answers, by_hand_s=seconds)
    await desk.app.directory.save(replace(desk.endpoint, answers=answers))


def post(desk: Desk, number: int = 0) -> asyncio.Task[int]:
    return asyncio.create_task(desk.post(BODY.replace(b"abc123", b"abc%03d" % number)))


async def waiting(desk: Desk, count: int) -> None:
    await until(lambda: len(desk.app.receiver.late.by_hand.held) == count)


async def window_of(desk: Desk, count: int) -> ByHandWindow:
    """Open the window and wait until it shows so many events."""
    desk.window.by_hand.open()
    dialog = desk.window.by_hand.dialog
    assert dialog is not None
    await until(lambda: dialog.model.rowCount() == count)
    return dialog


def banner_of(desk: Desk) -> str:
    return next((content.title for content in desk.window.banners.contents() if content.key == KEY), "")


def preset(dialog: ByHandWindow, words: str) -> QAbstractButton:
    return next(button for button in dialog.fields.presets if button.text() == words)


async def test_a_waiting_event_is_answered_with_what_was_chosen(desk: Desk) -> None:
    await by_hand(desk)
    sent = post(desk)
    await waiting(desk, 1)
    dialog = await window_of(desk, 1)
    assert dialog.title.text() == "1 event waits for your answer"
    cells = [dialog.model.index(0, place).data() for place in range(4)]
    assert cells == ["message.delivered", "#1", desk.endpoint.name, "+1234567890"]
    assert dialog.fields.form.status == "200", "the fixed answer is what one begins with"
    preset(dialog, "503").click()
    dialog.answer_button.click()
    assert await sent == 503
    await until(lambda: dialog.pages.currentWidget() is dialog.empty)
    assert dialog.told.text() == "#1 got 503."
    assert not dialog.answer_button.isEnabled()
    event = desk.app.store.event(desk.app.store.page([1])[0].id)  # type: ignore[list-item]
    assert event is not None
    assert event.answer.status == 503
    assert ("Retry-After", "30") in event.answer.headers


async def test_ctrl_enter_answers_the_chosen_one_and_the_answer_stays_for_the_next(desk: Desk, qtbot: QtBot) -> None:
    await by_hand(desk)
    first = post(desk, 1)
    await waiting(desk, 1)
    second = post(desk, 2)
    await waiting(desk, 2)
    dialog = await window_of(desk, 2)
    await until(dialog.isActiveWindow)
    dialog.fields.status.setText("418")
    dialog.fields.body.setPlainText("tea for {{message_id}}")
    dialog.table.choose(1)
    assert dialog.fields.form.status == "418"
    dialog.fields.body.setFocus()
    qtbot.keyClick(dialog.fields.body, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert await second == 418
    assert not first.done()
    await until(lambda: dialog.model.rowCount() == 1)
    assert dialog.chosen is not None
    assert dialog.fields.form.body == "tea for {{message_id}}"
    dialog.answer_button.click()
    assert await first == 418
    event = desk.app.store.event(desk.app.store.page([1])[0].id)  # type: ignore[list-item]
    assert event is not None
    assert event.answer.body == b"tea for msg_abc001"


async def test_all_that_wait_are_answered_at_once(desk: Desk) -> None:
    await by_hand(desk)
    sent = [post(desk, number) for number in range(40)]
    await waiting(desk, 40)
    dialog = await window_of(desk, 40)
    assert dialog.all_button.text() == "Answer all 40"
    preset(dialog, "429").click()
    dialog.all_button.click()
    assert await asyncio.gather(*sent) == [429] * 40
    assert dialog.told.text() == "40 events got 429."
    await waiting(desk, 0)


async def test_a_reset_ends_the_connection_without_an_answer(desk: Desk) -> None:
    await by_hand(desk)
    sent = post(desk)
    await waiting(desk, 1)
    dialog = await window_of(desk, 1)
    preset(dialog, "Reset").click()
    assert not dialog.fields.rows["body"].isEnabled()
    assert dialog.fields.phrase.text() == "The connection is reset; nothing is sent."
    dialog.answer_button.click()
    with pytest.raises(aiohttp.ClientError):
        await sent
    assert dialog.told.text() == "#1 got a reset connection."


async def test_when_the_time_is_over_the_fixed_answer_leaves_and_the_row_goes(desk: Desk) -> None:
    await by_hand(desk, 1.0)
    sent = post(desk)
    await waiting(desk, 1)
    dialog = await window_of(desk, 1)
    held = dialog.chosen
    assert held is not None
    assert await sent == 200
    await until(lambda: dialog.model.rowCount() == 0)
    assert not desk.app.receiver.late.by_hand.answer(held.event_id, held.fallback)


async def test_what_cannot_be_sent_is_said_and_stops_the_buttons(desk: Desk) -> None:
    await by_hand(desk)
    sent = post(desk)
    await waiting(desk, 1)
    dialog = await window_of(desk, 1)
    dialog.fields.status.setText("99")
    assert dialog.fields.rows["status"].hint.text() == "Enter a status from 200 to 599."
    assert not dialog.answer_button.isEnabled()
    dialog.answer_chosen()
    assert not sent.done()
    dialog.fields.status.setText("204")
    assert dialog.fields.rows["body"].hint.text() == "An answer of status 204 has no body."
    dialog.fields.body.setPlainText("")
    assert dialog.answer_button.isEnabled()
    dialog.answer_button.click()
    assert await sent == 204


async def test_the_banner_asks_while_the_window_is_closed(desk: Desk) -> None:
    await by_hand(desk)
    dialog = await window_of(desk, 0)
    dialog.close()
    assert desk.window.by_hand.dialog is None
    sent = [post(desk, number) for number in range(2)]
    await until(lambda: banner_of(desk) == "2 events wait for your answer")
    assert desk.window.by_hand.dialog is None, "who closed it is not bothered by it again"
    banner = desk.window.banners.banner
    assert banner is not None
    assert "the fixed answer, 200, in" in banner.text.text()
    banner.buttons[0].click()
    dialog = await window_of(desk, 2)
    assert banner_of(desk) == ""
    dialog.answer_all()
    assert await asyncio.gather(*sent) == [200, 200]


async def test_a_dismissed_banner_comes_back_with_another_event(desk: Desk) -> None:
    await by_hand(desk)
    (await window_of(desk, 0)).close()
    first = post(desk, 1)
    await until(lambda: banner_of(desk) == "1 event waits for your answer")
    banner = desk.window.banners.banner
    assert banner is not None
    banner.close_button.click()
    desk.window.by_hand.update()
    assert banner_of(desk) == ""
    second = post(desk, 2)
    await until(lambda: banner_of(desk) == "2 events wait for your answer")
    dialog = await window_of(desk, 2)
    dialog.answer_all()
    await asyncio.gather(first, second)
    dialog.close()
    await until(lambda: banner_of(desk) == "")


async def test_a_client_that_hangs_up_leaves_the_list(desk: Desk) -> None:
    await by_hand(desk)
    sent = [post(desk, number) for number in range(3)]
    await waiting(desk, 3)
    dialog = await window_of(desk, 3)
    dialog.table.choose(1)
    chosen = dialog.chosen
    gone = next(index for index, row in enumerate((0, 1, 2)) if dialog.model.held(row) is not chosen)
    held = dialog.model.held(gone)
    assert held is not None
    summary = dialog.model.summary(gone)
    assert summary is not None
    sent[int(summary.message_id[-3:])].cancel()
    await until(lambda: dialog.model.row_of(held.event_id) == -1)
    assert dialog.chosen is chosen, "the choice stays where it was"
    dialog.answer_all()
    await asyncio.gather(*sent, return_exceptions=True)


async def test_show_event_selects_it_in_the_main_window(desk: Desk) -> None:
    await by_hand(desk)
    sent = post(desk)
    await waiting(desk, 1)
    dialog = await window_of(desk, 1)
    await desk.row(0, of=1)
    dialog.show_event.click()
    await until(lambda: desk.window.events.current == 1)
    dialog.answer_chosen()
    await sent


async def test_everything_in_the_window_has_a_name_and_a_place_for_the_keyboard(desk: Desk) -> None:
    await by_hand(desk)
    sent = post(desk)
    await waiting(desk, 1)
    dialog = await window_of(desk, 1)
    focusable = [
        part
        for part in dialog.findChildren(QWidget)
        if part.focusPolicy() & Qt.FocusPolicy.TabFocus and part.isVisible()
    ]
    nameless = [
        type(part).__name__
        for part in focusable
        if not part.accessibleName() and not (isinstance(part, QAbstractButton) and part.text())
    ]
    assert nameless == []
    assert dialog.model.index(0, 4).data(Qt.ItemDataRole.AccessibleTextRole).startswith("Left: ")
    assert preset(dialog, "503").toolTip() == "503 Service Unavailable (Alt+7)"
    dialog.answer_chosen()
    await sent


async def test_while_nothing_waits_the_window_leads_to_the_endpoints_answer(desk: Desk) -> None:
    desk.window.actions_table["by_hand"].trigger()
    dialog = desk.window.by_hand.dialog
    assert dialog is not None
    assert dialog.empty.isVisible()
    assert not dialog.answer_button.isEnabled()
    link = next(button for button in dialog.empty.findChildren(LinkButton) if button.text().startswith("Change how"))
    link.click()
    settings = await a_dialog(EndpointSettings)
    assert isinstance(settings, EndpointSettings)
    settings.reject()
