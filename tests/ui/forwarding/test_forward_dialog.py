"""Forwarding in the window: switches, health, logs, and what is done to a series."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from inspector.domain.event import EventId
from inspector.domain.forwarding import ForwardRule
from inspector.domain.series import SeriesState
from inspector.store.series import RuleKey
from inspector.ui.endpoints.settings_dialog import EndpointSettings
from inspector.ui.endpoints.sidebar_model import EndpointRow
from inspector.ui.forwarding.dialog import ForwardDialog
from tests.fakes import OK, a_target, answering
from tests.ui.desk import BODY, Desk
from tests.ui.waiting import a_dialog, until

DOWN = b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"

pytestmark = pytest.mark.asyncio


async def forwarding(desk: Desk, *rules: ForwardRule) -> ForwardDialog:
    """Give the endpoint these rules and open the dialog from the menu."""
    await desk.app.directory.save(replace(desk.endpoint, forwards=rules))
    desk.window.actions_table["forwarding"].trigger()
    dialog = desk.window.forwards.dialog
    assert dialog is not None
    return dialog


async def logged(dialog: ForwardDialog, count: int, state: SeriesState = SeriesState.DONE) -> None:
    model = dialog.pane.model
    await until(lambda: [model.series(row).state for row in range(model.rowCount())] == [state] * count)  # type: ignore[union-attr]


async def test_an_endpoint_without_rules_says_so_and_offers_one(desk: Desk) -> None:
    dialog = await forwarding(desk)
    assert dialog.stack.currentWidget() is dialog.empty
    assert dialog.empty.title.text() == "No forward rules"
    assert not dialog.isModal()
    dialog.empty.buttons[0].click()
    settings = await a_dialog(EndpointSettings)
    assert isinstance(settings, EndpointSettings)
    settings.reject()


async def test_what_arrives_is_sent_on_and_stands_in_the_log(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await forwarding(desk, ForwardRule("r", (target.url,), name="Staging", match="type:delivered"))
        assert [row.accessibleName() for row in dialog.rows] == ["Staging"]
        assert "Events that match type:delivered" in dialog.rows[0].accessibleDescription()
        await desk.post()
        await desk.post(BODY.replace(b"message.delivered", b"message.read"))
        await logged(dialog, 1)
        assert dialog.pane.model.index(0, 1).data() == "#1"
        assert dialog.pane.model.index(0, 4).data() == "200"
        await until(lambda: dialog.rows[0].health == "100 % of 1 in 1 h")
        assert len(target.requests) == 1


async def test_the_switch_works_at_once_and_for_the_next_event(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await forwarding(desk, ForwardRule("r", (target.url,)))
        QTest.mouseClick(dialog.rows[0].switch, Qt.MouseButton.LeftButton)
        await until(lambda: not desk.endpoint.forwards[0].enabled)
        await until(lambda: dialog.rows[0].health.startswith("Off"))
        await desk.post()
        QTest.mouseClick(dialog.rows[0].switch, Qt.MouseButton.LeftButton)
        await until(lambda: desk.endpoint.forwards[0].enabled)
        await desk.post(BODY.replace(b"abc", b"abd"))
        await logged(dialog, 1)
        assert dialog.pane.model.index(0, 1).data() == "#2"


async def test_paused_rules_hold_their_events_until_they_are_resumed(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await forwarding(desk, ForwardRule("a", (target.url,)), ForwardRule("b", (target.url,)))
        dialog.pause_all.click()
        await until(lambda: dialog.pause_all.text() == "Resume all")
        await desk.post()
        await logged(dialog, 1, SeriesState.WAITING)
        assert dialog.pane.model.index(0, 5).data() == "Held: the rule is paused"
        await until(lambda: dialog.rows[1].health == "Paused, 1 waiting")
        assert not target.requests
        dialog.pause_all.click()
        await logged(dialog, 1)
        assert len(target.requests) == 2


async def test_a_click_on_a_line_shows_its_event(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await forwarding(desk, ForwardRule("r", (target.url,)))
        await desk.post_many(3)
        await logged(dialog, 3)
        table = dialog.pane.table
        place = table.visualRect(dialog.pane.model.index(2, 1)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
        await until(lambda: desk.window.page.table.current_id() == 1)


async def test_a_given_up_series_is_sent_again_and_a_waiting_one_is_stopped(desk: Desk) -> None:
    async with a_target(answering(DOWN)) as target:
        rules = (ForwardRule("once", (target.url,)), ForwardRule("later", (target.url,), schedule="0, 2h"))
        dialog = await forwarding(desk, *rules)
        await desk.post()
        await logged(dialog, 1, SeriesState.GIVEN_UP)
        table = dialog.pane.table
        table.selectRow(0)
        assert not dialog.stop.isEnabled()
        dialog.again.click()
        await until(lambda: dialog.pane.model.index(0, 3).data() == "2")
        await logged(dialog, 1, SeriesState.GIVEN_UP)
        dialog.rows[1].click()
        await logged(dialog, 1, SeriesState.WAITING)
        assert "Next try in" in dialog.pane.model.index(0, 5).data()
        table.selectRow(0)
        dialog.stop.click()
        await logged(dialog, 1, SeriesState.STOPPED)
        assert not dialog.stop.isEnabled()


async def test_a_waiting_series_is_sent_at_once_when_asked(desk: Desk) -> None:
    async with a_target(answering(DOWN)) as target:
        dialog = await forwarding(desk, ForwardRule("later", (target.url,), schedule="0, 2h, 2h"))
        await desk.post()
        await logged(dialog, 1, SeriesState.WAITING)
        dialog.pane.table.selectRow(0)
        dialog.again.click()
        await until(lambda: dialog.pane.model.index(0, 3).data() == "2")
        assert dialog.pane.model.series(0).state is SeriesState.WAITING  # type: ignore[union-attr]


async def test_three_failures_in_a_row_mark_the_endpoint_until_one_gets_through(desk: Desk) -> None:
    replies = [DOWN, DOWN, DOWN]

    async def behave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answering(replies.pop() if replies else OK)(reader, writer)

    async with a_target(behave) as target:
        await forwarding(desk, ForwardRule("r", (target.url,)))
        rows = desk.window.sidebar.scopes_model

        def marked() -> bool:
            row = rows.rows[1]
            return isinstance(row, EndpointRow) and row.forwards_fail

        for number in range(3):
            assert not marked()
            await desk.post(BODY.replace(b"abc", b"ab%d" % number))
            await until(lambda number=number: len(target.requests) == number + 1)  # type: ignore[misc]
        await until(marked)
        assert "forwarding fails" in rows.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        await desk.post(BODY.replace(b"abc", b"abz"))
        await until(lambda: not marked())


async def test_a_long_log_is_read_page_by_page_and_new_lines_leave_the_reader_in_place(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await forwarding(desk, ForwardRule("r", (target.url,)))
        await desk.app.store.series.pause(RuleKey(desk.endpoint.id, "r"), True)
        dialog.close()
        await desk.post_many(450)
        desk.window.actions_table["forwarding"].trigger()
        dialog = desk.window.forwards.dialog  # type: ignore[assignment]
        model, table = dialog.pane.model, dialog.pane.table
        await until(lambda: model.rowCount() == 200)
        table.scrollToBottom()
        await until(lambda: model.rowCount() == 400)
        table.scrollToBottom()
        await until(lambda: model.rowCount() == 450)
        assert not model.canFetchMore(model.index(-1, -1))
        assert [model.series(row).event_id for row in (0, 449)] == [450, 1]  # type: ignore[union-attr]
        top = table.rowAt(0)
        seen = model.series(top)
        await desk.post(BODY.replace(b"abc", b"zzz"))
        await until(lambda: model.rowCount() == 451)
        assert model.series(table.rowAt(0)) == seen


async def test_what_a_removed_rule_still_had_to_send_is_stopped(desk: Desk) -> None:
    async with a_target(answering(DOWN)) as target:
        dialog = await forwarding(desk, ForwardRule("later", (target.url,), schedule="0, 2h"))
        await desk.post()
        await logged(dialog, 1, SeriesState.WAITING)
        dialog.edit.click()
        settings = await a_dialog(EndpointSettings)
        assert isinstance(settings, EndpointSettings)
        settings.forwarding.cards[0].remove.click()
        settings.save_button.click()
        await until(lambda: desk.app.store.series.of_event(EventId(1))[0].state is SeriesState.STOPPED)
        await until(lambda: dialog.stack.currentWidget() is dialog.empty)


async def test_stop_all_ends_what_waits_of_the_rule(desk: Desk) -> None:
    async with a_target(answering(DOWN)) as target:
        dialog = await forwarding(desk, ForwardRule("later", (target.url,), schedule="0, 2h"))
        await desk.post_many(3)
        await logged(dialog, 3, SeriesState.WAITING)
        await until(lambda: dialog.pane.stop.isEnabled())
        dialog.pane.stop.click()
        await logged(dialog, 3, SeriesState.STOPPED)
        await until(lambda: not dialog.pane.stop.isEnabled())


async def test_the_context_menu_of_an_endpoint_opens_its_rules(desk: Desk) -> None:
    second = await desk.app.directory.create("Second")
    desk.window.sidebar.forwarding_requested.emit(int(second.id))
    dialog = desk.window.forwards.dialog
    assert dialog is not None
    assert dialog.endpoint.currentText() == "Second"
    dialog.endpoint.setCurrentIndex(0)
    assert dialog.endpoint_id == desk.endpoint.id
    dialog.close()
    assert desk.window.forwards.dialog is None
