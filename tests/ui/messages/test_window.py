"""From an event to its message and back, in the whole window, while webhooks come in."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import pytest_asyncio
from PySide6.QtCore import Qt
from PySide6.QtGui import QShortcut
from pytestqt.qtbot import QtBot

from inspector.domain.event import EventId
from inspector.ui.detail.timeline_view import TimelineView
from inspector.ui.messages.control import MessageControl
from inspector.ui.messages.page import MessagesPage
from inspector.ui.page_head import EVENTS, MESSAGES
from inspector.ui.widgets.labels import KeyValueRow
from tests.ui.desk import Desk
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio


@pytest_asyncio.fixture
async def telling(desk: Desk) -> Desk:
    """The program with its window; messages follow their events by themselves."""
    return desk


def parts(desk: Desk) -> tuple[MessageControl, MessagesPage]:
    control, page = desk.window.messages, desk.window.messages_page
    return control, page


async def send(desk: Desk, kind: str, message: str = "msg_1", to: str = "+14155550132") -> None:
    body = {"event": f"message.{kind}", "message_id": message, "recipient": to, "timestamp": "2024-12-20T14:23:45Z"}
    await desk.post(json.dumps(body).encode())
    await until(lambda: not desk.window.starting)


async def test_messages_follow_what_comes_in_and_lead_to_their_events(telling: Desk, qtbot: QtBot) -> None:
    control, page = parts(telling)
    for kind in ("queued", "sent", "delivered"):
        await send(telling, kind)
    await until(lambda: telling.window.page.model.rowCount() == 3)
    control.show_page(MESSAGES)
    await until(lambda: page.model.rowCount() == 1)
    assert telling.window.side.currentWidget() is telling.window.message_pane
    assert telling.window.search_in_view is page.search
    assert not page.search.isHidden()
    assert telling.window.page.search.isHidden()
    page.table.selectRow(0)
    await until(lambda: telling.window.message_pane.life is not None)
    await send(telling, "read")
    await until(lambda: telling.window.message_pane.head.events.text() == "Show 4 events")
    await until(lambda: telling.window.status.events.text() == "1 message")
    qtbot.keyClick(page.table, Qt.Key.Key_Return)
    await until(lambda: telling.window.head.tabs.current == EVENTS)
    assert telling.window.events.current == 1
    assert telling.window.side.currentWidget() is telling.window.pane


async def test_the_timeline_of_an_event_leads_to_its_message(telling: Desk) -> None:
    _control, page = parts(telling)
    await send(telling, "queued")
    await send(telling, "delivered")
    await until(lambda: telling.window.page.model.rowCount() == 2)
    telling.window.events.open(2)
    telling.window.pane.show_view("timeline")
    view = telling.window.pane.view("timeline")
    assert isinstance(view, TimelineView)
    await until(lambda: len(view.timeline.lines) >= 3)
    assert [row.is_here for row in view.timeline.lines if row.line.event_id is not None] == [False, True]
    view.open_link.click()
    await until(lambda: page.table.current_id() is not None)
    assert telling.window.head.tabs.current == MESSAGES


async def test_m_and_the_id_in_the_overview_lead_from_an_event_to_its_message(telling: Desk, qtbot: QtBot) -> None:
    control, page = parts(telling)
    await send(telling, "queued")
    await until(lambda: telling.window.page.model.rowCount() == 1)
    table = telling.window.page.table
    table.setFocus()
    table.select_event(EventId(1))
    qtbot.keyClick(table, Qt.Key.Key_M)
    await until(lambda: page.table.current_id() is not None)
    assert telling.window.head.tabs.current == MESSAGES
    control.open_event(1)
    telling.window.pane.show_view("overview")
    await until(lambda: telling.window.pane.event_shown is not None)
    view = telling.window.pane.view("overview")
    links = [row for row in view.findChildren(KeyValueRow) if row.text == "msg_1" and row.link.isVisibleTo(view)]
    links[0].link.click()
    await until(lambda: telling.window.head.tabs.current == MESSAGES)


async def test_the_events_of_a_message_are_listed_by_a_filter(telling: Desk) -> None:
    control, page = parts(telling)
    await send(telling, "queued")
    await send(telling, "queued", "msg_2")
    control.show_page(MESSAGES)
    await until(lambda: page.model.rowCount() == 2)
    page.table.selectRow(1)
    await until(lambda: telling.window.message_pane.detail is not None)
    telling.window.message_pane.head.events.click()
    await until(lambda: telling.window.page.model.rowCount() == 1)
    assert telling.window.page.search.text() == "msg:msg_1"
    assert telling.window.head.tabs.current == EVENTS


async def test_the_scope_of_the_sidebar_holds_on_both_pages(telling: Desk) -> None:
    control, page = parts(telling)
    await send(telling, "queued")
    other = await telling.app.directory.create("Other")
    control.show_page(MESSAGES)
    telling.window.select_endpoint(None)
    await until(lambda: page.model.rowCount() == 1)
    telling.window.select_endpoint(other.id)
    await until(lambda: page.states.currentWidget() is page.nothing)
    assert page.nothing.title.text() == "No messages yet"


async def test_pages_have_keys_and_no_key_is_bound_twice(telling: Desk) -> None:
    await send(telling, "queued")
    await until(lambda: not telling.window.starting)
    actions = {key.toString(): action for action in telling.window.actions() for key in action.shortcuts()}
    actions["Ctrl+2"].trigger()
    assert telling.window.head.tabs.current == MESSAGES
    actions["Ctrl+1"].trigger()
    assert telling.window.head.tabs.current == EVENTS
    beside = {item.key().toString() for item in telling.window.findChildren(QShortcut)}
    assert not beside & set(actions)


async def test_events_cannot_be_deleted_by_accident_while_messages_are_in_view(telling: Desk) -> None:
    control, _page = parts(telling)
    await send(telling, "queued")
    await until(lambda: telling.window.page.model.rowCount() == 1)
    telling.window.page.table.selectRow(0)
    assert telling.window.actions_table["delete"].isEnabled()
    control.show_page(MESSAGES)
    assert not telling.window.actions_table["delete"].isEnabled()


async def test_an_endpoint_says_how_long_its_messages_may_wait(telling: Desk) -> None:
    _control, page = parts(telling)
    endpoint = telling.endpoint
    assert page.model.style.stuck_after_us(endpoint.id) == 300_000_000
    await telling.app.directory.save(replace(endpoint, stuck_after_s=60))
    assert page.model.style.stuck_after_us(endpoint.id) == 60_000_000
