"""The main job in the real window: receive over a socket, see the verdict, see the repeat, replay with one key."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from inspector.domain.event import Repeat
from inspector.domain.verification import Verdict
from inspector.receiver.state import PauseMode, Status
from inspector.ui.dialogs.question import Question
from inspector.ui.endpoints.settings_dialog import EndpointSettings
from inspector.ui.replay.dialog import ReplayDialog
from tests.fakes import a_target
from tests.ui.desk import BODY, Desk
from tests.ui.waiting import a_dialog, until


@pytest.mark.asyncio
async def test_the_first_run_page_leads_to_a_valid_event_with_one_click(desk: Desk, qtbot: QtBot) -> None:
    page = desk.window.first_run
    await until(page.isVisible)
    qtbot.mouseClick(page.send, Qt.MouseButton.LeftButton)
    summary = await desk.row(0, of=1)
    assert (summary.verdict, summary.label, summary.answer_status) == (Verdict.VALID, "message.delivered", 200)
    await until(lambda: desk.window.pane.event_shown is not None)
    assert not page.isVisible()


@pytest.mark.asyncio
async def test_a_signed_event_a_forged_one_and_a_repeat_are_told_apart(desk: Desk) -> None:
    assert await desk.post() == 200
    assert await desk.post() == 200
    assert await desk.post(BODY.replace(b"abc123", b"abc124"), secret="wrong") == 401
    newest = await desk.row(0, of=3)
    repeat = await desk.row(1, of=3)
    first = await desk.row(2, of=3)
    assert newest.verdict is Verdict.INVALID
    assert (repeat.verdict, repeat.repeat, repeat.repeat_no, repeat.original_id) == (
        Verdict.VALID,
        Repeat.DUPLICATE,
        2,
        first.id,
    )
    assert first.repeat is None
    await until(
        lambda: desk.window.head.tabs.bar.tabText(0) != "" and desk.window.sidebar.scopes_model.rows[0].events == 3
    )


@pytest.mark.asyncio
async def test_r_asks_for_the_target_once_and_sends_the_same_bytes(desk: Desk, qtbot: QtBot) -> None:
    await desk.post()
    event = await desk.row(0, of=1)
    table = desk.window.page.table
    table.setFocus()
    table.select_event(event.id)
    async with a_target() as target:
        qtbot.keyClick(table, Qt.Key.Key_R)
        dialog = await a_dialog(ReplayDialog)
        assert isinstance(dialog, ReplayDialog)
        dialog.target.field.setText(target.url)
        qtbot.keyClick(dialog.target.field, Qt.Key.Key_Return)
        await until(lambda: len(target.requests) == 1)
        await until(lambda: len(desk.app.store.attempts(event.id)) == 1)
        await until(lambda: "200" in dialog.outcome.callout.title.text())
        dialog.close()
        qtbot.keyClick(table, Qt.Key.Key_R)
        await until(lambda: len(desk.app.store.attempts(event.id)) == 2)
        assert all(request.endswith(b"\r\n\r\n" + BODY) for request in target.requests)
    attempt = desk.app.store.attempts(event.id)[0]
    assert attempt.ok
    desk.window.pane.show_view("replays")
    await until(lambda: (desk.window.page.model.summary(0) or event).replay_count == 2)


@pytest.mark.asyncio
async def test_a_host_outside_this_computer_is_asked_about_and_cancel_sends_nothing(desk: Desk, qtbot: QtBot) -> None:
    await desk.post()
    event = await desk.row(0, of=1)
    desk.window.replays.replay_to([event.id])
    where = await a_dialog(ReplayDialog)
    assert isinstance(where, ReplayDialog)
    where.target.field.setText("https://staging.northwind.example/rcs")
    where.send()
    question = await a_dialog(Question)
    assert isinstance(question, Question)
    qtbot.mouseClick(question.cancel, Qt.MouseButton.LeftButton)
    await until(lambda: not question.isVisible())
    assert desk.app.store.attempts(event.id) == ()


@pytest.mark.asyncio
async def test_pausing_turns_events_away_and_says_so(desk: Desk, qtbot: QtBot) -> None:
    desk.window.actions_table["pause"].trigger()
    await until(lambda: desk.app.receiver.state.status is Status.PAUSED)
    assert await desk.post() == 503
    banner = await until(lambda: desk.window.banners.banner)
    assert banner.content.title == "Paused: answering 503, storing nothing"
    desk.window.actions_table["pause"].trigger()
    await until(lambda: desk.app.receiver.state.status is Status.RECEIVING)
    assert await desk.post() == 200
    assert desk.window.banners.banner is None


@pytest.mark.asyncio
async def test_a_deleted_event_comes_back_with_undo(desk: Desk, qtbot: QtBot) -> None:
    await desk.post()
    event = await desk.row(0, of=1)
    table = desk.window.page.table
    table.setFocus()
    table.select_event(event.id)
    qtbot.keyClick(table, Qt.Key.Key_Delete)
    await until(lambda: desk.window.page.model.rowCount() == 0)
    desk.window.actions_table["undo_delete"].trigger()
    assert (await desk.row(0, of=1)).id == event.id


@pytest.mark.asyncio
async def test_the_endpoint_dialog_changes_the_next_answer(desk: Desk, qtbot: QtBot) -> None:
    desk.window.endpoints.open_settings()
    dialog = await a_dialog(EndpointSettings)
    assert isinstance(dialog, EndpointSettings)
    dialog.answer.status.setCurrentIndex(dialog.answer.status.findData(503))
    dialog.signature.secrets.rows[0].replace_button.click()
    dialog.signature.secrets.rows[0].written.emit("another secret of mine")
    qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    await until(lambda: desk.secret == "another secret of mine")
    assert await desk.post(secret="another secret of mine") == 503
    assert (await desk.row(0, of=1)).verdict is Verdict.VALID


@pytest.mark.asyncio
async def test_a_dialog_with_a_wrong_value_stays_open_and_says_why(desk: Desk, qtbot: QtBot) -> None:
    desk.window.endpoints.open_settings(section="general")
    dialog = await a_dialog(EndpointSettings)
    assert isinstance(dialog, EndpointSettings)
    dialog.answer.delay.setText("soon")
    dialog.save()
    assert dialog.isVisible()
    assert "Enter milliseconds" in dialog.answer.fields["delay"][0].hint.text()
    dialog.reject()


@pytest.mark.asyncio
async def test_a_taken_port_is_a_state_of_the_window_with_a_way_out(desk: Desk) -> None:
    async with a_target() as other:
        desk.window.receiving.use_port(other.port)
        banner = await until(lambda: desk.window.banners.banner)
        assert banner.content.title == f"Not receiving: port {other.port} is taken"
        words, use_free_port = banner.content.actions[0]
        assert words.startswith("Use port ")
        use_free_port()
        await until(lambda: desk.app.receiver.state.status is Status.RECEIVING)
    assert await desk.post() == 200
    assert desk.app.settings.current.port == desk.app.receiver.state.port


@pytest.mark.asyncio
async def test_closing_the_window_ends_the_program_and_keeps_its_shape(desk: Desk) -> None:
    closing: list[bool] = []
    desk.window.closing.connect(lambda: closing.append(True))
    desk.window.close()
    assert closing == [True]
    await desk.window.finish()
    assert desk.app.settings.current.window


@pytest.mark.asyncio
async def test_every_icon_only_button_has_a_name(desk: Desk) -> None:
    from PySide6.QtWidgets import QAbstractButton

    buttons = [item for item in desk.window.findChildren(QAbstractButton) if item.isVisible() and not item.text()]
    assert buttons
    assert [item for item in buttons if not item.accessibleName()] == []


@pytest.mark.asyncio
async def test_a_pause_can_discard_or_stop_listening_and_keeps_its_way(desk: Desk) -> None:
    receiving, banners = desk.window.receiving, desk.window.banners
    receiving.toggle_pause()
    await until(lambda: desk.app.receiver.state.status is Status.PAUSED)
    await until(lambda: bool(banners.contents()))
    actions = dict(banners.contents()[0].actions)
    actions["Answer 200, discard"]()
    await until(lambda: desk.app.receiver.state.pause is PauseMode.DISCARD)
    assert await desk.post() == 200
    assert banners.contents()[0].title == "Paused: answering 200, storing nothing"
    receiving.toggle_pause()
    await until(lambda: desk.app.receiver.state.status is Status.RECEIVING)
    receiving.toggle_pause()
    await until(lambda: desk.app.receiver.state.pause is PauseMode.DISCARD)
    await until(lambda: bool(banners.contents()))
    dict(banners.contents()[0].actions)["Stop listening"]()
    await until(lambda: desk.app.receiver.state.pause is PauseMode.CLOSED)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", desk.app.receiver.state.port)
    assert desk.app.settings.current.pause_mode == "closed"
    receiving.toggle_pause()
    await until(lambda: desk.app.receiver.state.status is Status.RECEIVING)
    assert await desk.post() == 200
    await desk.row(0, of=1)
