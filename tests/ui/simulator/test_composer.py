"""The composer in the window: edited, signed, sent to us or to a handler, kept under Mine, a captured one's sibling."""

from __future__ import annotations

import asyncio
import json

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inspector.domain.event import EventId
from inspector.domain.verification import Verdict
from inspector.ui.dialogs.question import Question, TextQuestion
from inspector.ui.simulator.composer import Composer
from tests.fakes import a_target
from tests.ui.desk import Desk
from tests.ui.waiting import a_dialog, until

pytestmark = pytest.mark.asyncio


async def opened(desk: Desk, chosen: str = "message.delivered") -> Composer:
    dialog = desk.window.simulators.compose(chosen)
    await until(lambda: dialog.preview.toPlainText().startswith("POST"))
    return dialog


async def test_nothing_is_built_before_it_is_asked_for(desk: Desk) -> None:
    assert desk.window.simulators.composers == []
    assert desk.window.simulators.campaign is None


async def test_a_value_that_is_typed_goes_out_signed_and_arrives(desk: Desk, qtbot: QtBot) -> None:
    dialog = await opened(desk)
    field = dialog.side.fields.blanks["recipient"]
    qtbot.keyClicks(field, "+14155550177")
    channel = next(field for field in dialog.side.fields.values if field.text() == "rcs")
    channel.selectAll()
    qtbot.keyClicks(channel, "sms")
    dialog.go.click()
    row = await desk.row(0, of=1)
    assert row.verdict is Verdict.VALID
    assert row.recipient == "+14155550177"
    body = json.loads(desk.app.store.body(row.id))
    assert body["channel"] == "sms"
    await until(lambda: "Answered 200" in dialog.callout.title.text())


async def test_the_next_one_has_new_values_and_keeps_those_filled_in(desk: Desk, qtbot: QtBot) -> None:
    dialog = await opened(desk)
    qtbot.keyClicks(dialog.side.fields.blanks["carrier"], "orange")
    for count in (1, 2):
        dialog.send()
        await desk.row(0, of=count)
        await until(dialog.go.isEnabled)
    first, second = (desk.app.store.summary(EventId(number)) for number in (1, 2))
    assert first is not None
    assert second is not None
    assert first.message_id != second.message_id
    assert first.carrier == second.carrier == "orange"
    assert second.repeat is None


async def test_the_text_and_the_values_are_one_event(desk: Desk, qtbot: QtBot) -> None:
    dialog = await opened(desk)
    await until(lambda: dialog.side.text.is_ready)
    dialog.side.tabs.set_current("text")
    dialog.side.text.replace('{"event": "message.read", "message_id": "msg_own", "note": "x"}')
    dialog.side.tabs.set_current("fields")
    assert [field.accessibleName() for field in dialog.side.fields.values] == ["event", "message_id", "note"]
    qtbot.keyClicks(dialog.side.fields.values[2], "yz")
    dialog.side.tabs.set_current("text")
    assert '"note": "yzx"' in dialog.side.text.text
    await until(lambda: "Reads as message.read of msg_own" in dialog.meaning.text())


async def test_a_header_line_that_is_none_is_told_and_nothing_is_sent(desk: Desk) -> None:
    dialog = await opened(desk)
    await until(lambda: dialog.side.headers.is_ready)
    dialog.side.tabs.set_current("headers")
    dialog.side.headers.replace("Content-Type: text/plain\nno header at all")
    dialog.side.headers.settle()
    assert dialog.side.note.text()
    dialog.send()
    assert dialog.callout.tone == "fail"
    dialog.side.headers.replace("Content-Type: text/plain\nX-Own: 1")
    dialog.side.headers.settle()
    assert not dialog.side.note.text()
    await until(lambda: "X-Own: 1" in dialog.preview.toPlainText())


async def test_an_event_goes_to_a_handler_and_is_not_stored(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await opened(desk, "message.failed")
        dialog.target.where.set_current("handler")
        dialog.target.handler.field.setText(target.url)
        dialog.send()
        await until(lambda: "Answered 200" in dialog.callout.title.text())
        assert b"X-Webhook-Signature" in target.requests[0]
    assert desk.window.page.model.rowCount() == 0
    assert desk.app.settings.current.targets[0] == target.url


async def test_unsigned_is_sent_unsigned(desk: Desk) -> None:
    dialog = await opened(desk)
    dialog.sign.setChecked(False)
    dialog.send()
    row = await desk.row(0, of=1)
    assert row.verdict is Verdict.UNSIGNED


async def test_mine_is_saved_sent_from_the_menu_renamed_and_deleted(desk: Desk, qtbot: QtBot) -> None:
    dialog = await opened(desk)
    qtbot.keyClicks(dialog.side.fields.blanks["recipient"], "+14155550166")
    dialog.keep.click()
    question = await a_dialog(TextQuestion)
    assert isinstance(question, TextQuestion)
    question.field.setText("My delivery")
    question.accept()
    await until(lambda: dialog.picker.currentData() == "my-delivery")
    assert not dialog.rename.isHidden()
    items, _last = desk.window.endpoints.tests(desk.endpoint)
    assert [(item.title, item.group) for item in items if item.key == "my-delivery"] == [("My delivery", "Mine")]
    desk.window.endpoints.send_test("my-delivery")
    assert (await desk.row(0, of=1)).recipient == "+14155550166"
    dialog.rename.click()
    question = await a_dialog(TextQuestion)
    assert isinstance(question, TextQuestion)
    question.field.setText("Renamed")
    question.accept()
    await until(lambda: "Renamed" in dialog.picker.currentText())
    dialog.delete.click()
    sure = await a_dialog(Question)
    assert isinstance(sure, Question)
    sure.accept()
    await until(lambda: dialog.picker.findData("my-delivery") == -1)
    assert not list((desk.app.folder / "samples").rglob("*.toml"))


async def test_a_sibling_of_a_captured_event_is_no_duplicate(desk: Desk) -> None:
    await desk.post()
    first = await desk.row(0, of=1)
    desk.window.page.table.select_event(first.id)
    desk.window.actions_table["sibling"].trigger()
    dialog = desk.window.simulators.composers[0]
    await until(lambda: dialog.preview.toPlainText().startswith("POST"))
    dialog.send()
    await until(lambda: desk.window.page.model.rowCount() == 2)
    second = desk.app.store.summary(EventId(2))
    assert second is not None
    assert second.repeat is None
    assert second.verdict is Verdict.VALID
    assert second.kind == first.kind
    assert second.message_id != first.message_id


async def test_what_was_edited_for_a_replay_becomes_a_test_event(desk: Desk) -> None:
    await desk.post()
    first = await desk.row(0, of=1)
    replay = desk.window.replays.open_dialog(first.id)
    assert replay is not None
    edited = replay.request.body.text.replace(first.recipient, "+14155550199")
    replay.request.body.replace(edited)
    replay.request.body.settle()
    replay.save_button.click()
    dialog = desk.window.simulators.composers[0]
    await until(lambda: "+14155550199" in dialog.preview.toPlainText())
    dialog.send()
    await until(lambda: desk.window.page.model.rowCount() == 2)
    second = desk.app.store.summary(EventId(2))
    assert second is not None
    assert (second.recipient, second.verdict, second.repeat) == ("+14155550199", Verdict.VALID, None)


async def test_another_endpoint_offers_its_providers_events(desk: Desk) -> None:
    endpoint = await desk.app.directory.create("Twilio", "twilio")
    dialog = await opened(desk)
    dialog.target.endpoint.setCurrentIndex(dialog.target.endpoint.findData(endpoint.id))
    assert dialog.picker.findData("undelivered") >= 0
    dialog.send()
    await until(lambda: desk.app.store.summary(EventId(1)) is not None)
    row = desk.app.store.summary(EventId(1))
    assert row is not None
    assert row.verdict is Verdict.VALID


async def test_the_shortcut_and_the_menu_open_it(desk: Desk, qtbot: QtBot) -> None:
    assert desk.window.actions_table["compose"].shortcut().toString() == "Ctrl+Shift+T"
    qtbot.keyClick(desk.window, Qt.Key.Key_T, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    desk.window.top_bar.test_requested.emit("compose:")
    assert len(desk.window.simulators.composers) >= 1


async def test_closing_lets_a_sending_end(desk: Desk) -> None:
    dialog = await opened(desk)
    dialog.send()
    dialog.close()
    await desk.row(0, of=1)
    await asyncio.sleep(0)
    assert desk.window.simulators.composers == []


async def test_one_of_mine_that_cannot_be_read_is_told(desk: Desk) -> None:
    folder = desk.app.folder / "samples" / "rcs-events"
    folder.mkdir(parents=True)
    (folder / "odd.toml").write_text("title = 5\n")
    desk.app.simulator.forget("rcs-events")
    dialog = await opened(desk)
    assert dialog.callout.tone == "warn"
    assert "odd.toml" in dialog.callout.title.text()
    assert dialog.go.isEnabled()
