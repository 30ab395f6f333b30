"""A walk along the keys: every line of the shortcuts does what it says, pressed in the running window."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QWidget

from inspector.domain.event import Event, EventId
from inspector.receiver.state import Status
from inspector.ui.actions import ACTIONS
from inspector.ui.detail.views import VIEWS
from inspector.ui.events.table_view import EventsTable
from inspector.ui.own_window import OwnWindow
from inspector.ui.page_head import EVENTS, MESSAGES, MONITOR
from inspector.ui.palette import CommandPalette
from tests.ui.desk import BODY, Desk
from tests.ui.waiting import until


def press(keys: str, on: QWidget | None = None) -> None:
    """Press keys where the focus is, or in a widget."""
    part = on or QApplication.focusWidget()
    assert part is not None
    QTest.keySequence(part, QKeySequence(keys))


async def with_events(desk: Desk, count: int = 5) -> EventsTable:
    """Receive events, the second newest with a wrong signature, and put the focus in the list."""
    for number in range(count):
        wrong = "wrong" if number == count - 2 else ""
        await desk.post(BODY.replace(b"abc123", b"abc%03d" % number), secret=wrong)
    await desk.row(0, of=count)
    desk.window.activateWindow()
    table = desk.window.page.table
    table.setFocus()
    await until(table.hasFocus)
    return table


async def closed(kind: type[QWidget] = QDialog) -> str:
    """Wait for a dialog, close it and return its title."""

    def shown() -> QWidget | None:
        tops = QApplication.topLevelWidgets()
        return next((item for item in tops if isinstance(item, kind) and item.isVisible()), None)

    dialog = await until(shown)
    assert dialog is not None
    title = dialog.windowTitle() or dialog.accessibleName()
    dialog.close()
    return title


@pytest.mark.asyncio
async def test_pages_panes_and_text_are_reached_from_anywhere(desk: Desk) -> None:
    table = await with_events(desk)
    window, head = desk.window, desk.window.head.tabs
    for keys, page in (("Ctrl+2", MESSAGES), ("Ctrl+3", MONITOR), ("Ctrl+1", EVENTS)):
        press(keys, window)
        assert head.current == page
    press("Ctrl+F", window)
    assert QApplication.focusWidget() is window.page.search
    press("Esc")
    assert table.hasFocus()
    press("Ctrl+L")
    assert window.top_bar.address.isAncestorOf(QApplication.focusWidget() or window)
    for keys, setting in (("Ctrl+B", "sidebar_shown"), ("Ctrl+J", "inspector_shown")):
        for shown in (False, True):
            press(keys, window)
            assert getattr(desk.app.settings.current, setting) is shown
    for keys, percent in (("Ctrl++", 110), ("Ctrl+-", 100), ("Ctrl+-", 90), ("Ctrl+0", 100)):
        press(keys, window)
        assert desk.app.settings.current.text_percent == percent
    press("Ctrl+Shift+M", window)
    assert desk.app.settings.current.mask_recipients
    press("Ctrl+Shift+0", window)
    await until(lambda: desk.app.settings.current.scope == 0)
    press("Ctrl+Shift+1", window)
    await until(lambda: desk.app.settings.current.scope == int(desk.endpoint.id))
    press("F11", window)
    assert window.isFullScreen()
    press("F11", window)
    assert not window.isFullScreen()


@pytest.mark.asyncio
async def test_f6_goes_round_the_panes_both_ways(desk: Desk) -> None:
    table = await with_events(desk)
    window = desk.window
    panes: list[QWidget] = [window.side, window.top_bar, window.sidebar, table]
    table.select_event(5)
    for key, order in (("F6", panes), ("Shift+F6", [*panes[2::-1], table])):
        for pane in order:
            press(key)
            focus = QApplication.focusWidget()
            assert focus is not None
            assert pane is focus or pane.isAncestorOf(focus), (key, pane)


@pytest.mark.asyncio
async def test_addresses_receiving_and_test_events_have_keys(desk: Desk) -> None:
    await with_events(desk, 2)
    window = desk.window
    QGuiApplication.clipboard().clear()
    press("Ctrl+Shift+U", window)
    assert QGuiApplication.clipboard().text() == desk.app.receiver.address_of(desk.endpoint)
    press("Ctrl+T", window)
    await desk.row(0, of=3)
    for status in (Status.PAUSED, Status.RECEIVING):
        press("Ctrl+Shift+P", window)
        await until(lambda status=status: desk.app.receiver.state.status is status)


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("keys", "title"),
    [
        ("Ctrl+K", "Command palette"),
        ("Ctrl+,", "Settings"),
        ("Ctrl+I", "Endpoint settings"),
        ("Ctrl+N", "Endpoint settings"),
        ("F1", "Keyboard shortcuts"),
        ("Ctrl+/", "Keyboard shortcuts"),
        ("Ctrl+Shift+T", "Compose an event"),
        ("Ctrl+Shift+H", "Handler check"),
    ],
)
async def test_keys_open_their_window(desk: Desk, keys: str, title: str) -> None:
    await with_events(desk, 2)
    press(keys, desk.window)
    assert title in await closed(CommandPalette if keys == "Ctrl+K" else QDialog)


@pytest.mark.asyncio
async def test_keys_move_in_the_list_and_extend_the_selection(desk: Desk) -> None:
    table = await with_events(desk)
    table.select_event(5)
    for keys, selected in (
        ("Down", [4]), ("J", [3]), ("K", [4]), ("Up", [5]), ("End", [1]), ("Home", [5]), ("PgDown", [1]),
        ("PgUp", [5]), ("Shift+Down", [5, 4]), ("Shift+J", [5, 4, 3]), ("Ctrl+A", [5, 4, 3, 2, 1]),
    ):  # fmt: skip
        press(keys)
        assert table.selected_ids() == selected, keys
    assert table.live.held
    press("Home")
    assert not table.live.held
    for held in (True, False):
        press("L")
        assert table.live.held is held
        assert desk.window.actions_table["live"].text().startswith("Follow" if held else "Hold")
    press("N")
    await until(lambda: table.selected_ids() == [4])
    press("Home")
    press("End")
    press("Shift+N")
    await until(lambda: table.selected_ids() == [4])


@pytest.mark.asyncio
async def test_keys_do_something_with_the_event(desk: Desk) -> None:
    table = await with_events(desk)
    await desk.post(BODY.replace(b"abc123", b"abc000"))
    await desk.row(0, of=6)
    table.select_event(6)
    window, clipboard = desk.window, QGuiApplication.clipboard()
    press("Ctrl+C")
    await until(lambda: clipboard.text() == BODY.replace(b"abc123", b"abc000").decode())
    press("Ctrl+Shift+C")
    await until(lambda: clipboard.text().startswith("curl "))
    press("S")
    await until(lambda: getattr(window.page.model.summary(0), "starred", False))
    press("U")
    await until(lambda: getattr(window.page.model.summary(0), "unread", False))
    press("D")
    assert window.pane.current_view == "diff"
    press("O")
    assert table.selected_ids() == [1]
    press("M")
    await until(lambda: window.head.tabs.current == MESSAGES)
    press("Ctrl+1", window)
    press("Shift+R", table)
    await closed()
    window.activateWindow()
    table.setFocus()
    press("Del", table)
    await until(lambda: window.page.model.rowCount() == 5)
    press("Ctrl+Z", window)
    await until(lambda: window.page.model.rowCount() == 6)


@pytest.mark.asyncio
async def test_enter_goes_to_the_inspector_and_keys_choose_its_tabs(desk: Desk) -> None:
    table = await with_events(desk)
    pane = desk.window.pane
    table.select_event(5)
    press("Return")
    assert pane.isAncestorOf(QApplication.focusWidget() or table)
    for number, entry in enumerate(VIEWS, 1):
        press(f"Alt+{number}")
        assert pane.current_view == entry.key
    press("Ctrl+Tab")
    assert pane.current_view == VIEWS[0].key
    focus = QApplication.focusWidget()
    assert focus is not None
    shifted = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(focus, Qt.Key.Key_Backtab, shifted)  # as every window system says it
    assert pane.current_view == VIEWS[-1].key


@pytest.mark.asyncio
async def test_the_inspector_goes_below_into_its_own_window_and_back(desk: Desk) -> None:
    table = await with_events(desk)
    window = desk.window
    table.select_event(5)
    beside = window.side.geometry()
    press("Ctrl+Shift+J")
    assert desk.app.settings.current.inspector_place == "below"
    assert window.side.mapTo(window, window.side.rect().topLeft()).y() > table.mapTo(window, table.rect().topLeft()).y()
    assert window.side.width() > beside.width()
    for back in ("Ctrl+Return", "Esc"):
        press("Ctrl+Return", table)
        own = window.side.window()
        assert isinstance(own, OwnWindow)
        assert own.isVisible()
        assert window.pane.event_shown is not None
        press(back, table if back == "Ctrl+Return" else own)
        assert window.side.window() is window
        assert not own.isVisible()
    assert window.panes.place == "below"
    press("Ctrl+Shift+J", table)
    await asyncio.sleep(0)
    assert window.panes.place == "right"
    assert window.side.isVisible()


@pytest.mark.asyncio
async def test_a_double_click_gives_the_event_its_own_window_which_goes_with_the_main_one(desk: Desk) -> None:
    table = await with_events(desk)
    window = desk.window
    place = table.visualRect(table.model().index(0, 2)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    QTest.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    own = window.side.window()
    assert isinstance(own, OwnWindow)
    window.hide()
    assert not own.isVisible()
    window.show()
    assert own.isVisible()
    press("Ctrl+3", window)
    assert not own.isVisible()
    press("Ctrl+1", window)
    assert own.isVisible()


def test_every_key_of_the_list_is_in_a_menu() -> None:
    shown = {spec.list_key for spec in ACTIONS if spec.list_key}
    assert {"R", "Shift+R", "O", "D", "M", "S", "U", "N", "Shift+N", "L", "Del", "Ctrl+C", "Ctrl+Shift+C"} <= shown


@pytest.mark.asyncio
async def test_what_cannot_be_done_now_is_disabled_with_its_reason(desk: Desk) -> None:
    table = await with_events(desk)
    actions = desk.window.actions_table

    def reason(key: str) -> str:
        return "" if actions[key].isEnabled() else actions[key].toolTip()

    assert reason("replay") == "Select an event first"
    assert reason("undo_delete") == "Nothing was deleted"
    table.select_event(5)
    assert reason("replay") == ""
    assert reason("open_original") == "It is not a repeat of another event"
    table.selectAll()
    assert reason("copy_python") == "Select one event only"
    press("Ctrl+2", desk.window)
    assert reason("live") == "Open the Events page first"


@pytest.mark.asyncio
async def test_an_event_whose_body_is_gone_is_not_offered_for_replay(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = await with_events(desk, 2)
    read = desk.app.store.event

    def without_body(event_id: EventId) -> Event | None:
        event = read(event_id)
        return event and replace(event, request=replace(event.request, body=b""))

    monkeypatch.setattr(desk.app.store, "event", without_body)
    table.select_event(2)
    actions = desk.window.actions_table
    assert (actions["replay"].isEnabled(), actions["replay"].toolTip()) == (False, "Its body was not kept")
    menu = desk.window.page.commands.open_menu(table.mapToGlobal(table.rect().center()))
    assert menu is not None
    replay = next(action for action in menu.actions() if action.text().startswith("Replay"))
    assert (replay.isEnabled(), replay.toolTip()) == (False, "Its body was not kept")
    menu.close()


@pytest.mark.asyncio
async def test_everything_that_takes_the_focus_has_a_name_and_every_icon_a_tool_tip(desk: Desk) -> None:
    table = await with_events(desk)
    window = desk.window
    table.select_event(4)
    nameless: list[tuple[str, str, str]] = []

    def look(where: str) -> None:
        for part in window.findChildren(QWidget):
            if not part.isVisible():
                continue
            name = part.accessibleName() or (part.text() if isinstance(part, QAbstractButton) else "")
            if part.focusPolicy() & Qt.FocusPolicy.TabFocus and not name:
                nameless.append((where, type(part).__name__, "name"))
            if isinstance(part, QAbstractButton) and not part.text() and not part.toolTip():
                nameless.append((where, type(part).__name__, "tool tip"))

    for entry in VIEWS:
        window.pane.show_view(entry.key)
        await asyncio.sleep(0)
        look(entry.key)
    for keys in ("Ctrl+2", "Ctrl+3"):
        press(keys, window)
        await asyncio.sleep(0)
        look(keys)
    assert nameless == []
