"""Comparing events in the real window, by keys: two rows, one row, the original, another by its number."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.domain.event import EventSummary
from inspector.ui.control.compare_control import number_in
from inspector.ui.detail.diff_others import Against
from inspector.ui.detail.diff_view import DiffView
from inspector.ui.dialogs.question import TextQuestion
from tests.ui.desk import BODY, Desk
from tests.ui.waiting import a_dialog, until

CONTROL = Qt.KeyboardModifier.ControlModifier


def view_of(desk: Desk) -> DiffView:
    return desk.window.compares.view


def titles(desk: Desk) -> list[str]:
    view = view_of(desk)
    return [row.title for row in view.list.rows.rows] if view.list.isVisible() else []


async def three(desk: Desk) -> tuple[EventSummary, EventSummary, EventSummary]:
    """Have sent of another message, delivered of another, and delivered of ours; oldest first."""
    await desk.post(BODY.replace(b"abc123", b"abc124"))
    await desk.post(BODY.replace(b"delivered", b"sent"))
    await desk.post(BODY.replace(b"14:23:45Z", b"14:23:49Z"))
    newest = await desk.row(0, of=3)
    return await desk.row(2, of=3), await desk.row(1, of=3), newest


@pytest.mark.asyncio
async def test_ctrl_d_on_one_row_compares_with_the_previous_of_its_kind(desk: Desk, qtbot: QtBot) -> None:
    first, sent, newest = await three(desk)
    table = desk.window.page.table
    table.setFocus()
    table.select_event(newest.id)
    qtbot.keyClick(table, Qt.Key.Key_D, CONTROL)
    await until(lambda: titles(desk) == ["message_id", "1 ignored field", "4 equal fields"])
    view = view_of(desk)
    assert view.combo.currentData() == Against.KIND
    assert view._other is not None
    assert view._other.id == first.id
    assert [view.combo.itemData(row) for row in range(view.combo.count())] == [
        Against.KIND.value,
        Against.MESSAGE.value,
        "choose",
    ]
    view.combo.setFocus()
    qtbot.keyClick(view.combo, Qt.Key.Key_Down)
    await until(lambda: view._other is not None and view._other.id == sent.id)
    await until(lambda: titles(desk) == ["event", "1 ignored field", "4 equal fields"])
    table.select_event(sent.id)
    await until(lambda: view.message.isVisible() and view.message.title.text() == "Nothing to compare with")


@pytest.mark.asyncio
async def test_ctrl_d_on_two_rows_compares_the_later_with_the_earlier(desk: Desk, qtbot: QtBot) -> None:
    _first, _sent, newest = await three(desk)
    table = desk.window.page.table
    table.setFocus()
    table.select_event(newest.id)
    qtbot.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert desk.window.pane.many.compare.isEnabled()
    qtbot.keyClick(table, Qt.Key.Key_D, CONTROL)
    await until(lambda: titles(desk)[:1] == ["event"])
    assert view_of(desk).combo.currentData() == Against.PICKED
    assert desk.window.pane.event_shown is not None
    assert desk.window.pane.event_shown.id == newest.id
    table.setFocus()
    table.selectAll()
    await until(lambda: desk.window.pane.many.isVisible())
    assert not desk.window.pane.many.compare.isEnabled()


@pytest.mark.asyncio
async def test_d_compares_a_duplicate_with_its_original(desk: Desk, qtbot: QtBot) -> None:
    await desk.post()
    await desk.post(BODY.replace(b"14:23:45Z", b"14:23:45Z ").replace(b"rcs", b"RCS"))
    repeat = await desk.row(0, of=2)
    assert repeat.original_id is not None
    table = desk.window.page.table
    table.setFocus()
    table.select_event(repeat.id)
    qtbot.keyClick(table, Qt.Key.Key_D)
    await until(lambda: titles(desk)[:1] == ["channel"])
    assert view_of(desk).combo.currentData() == Against.ORIGINAL


@pytest.mark.asyncio
async def test_another_event_is_chosen_by_its_number(desk: Desk, qtbot: QtBot) -> None:
    _first, sent, newest = await three(desk)
    desk.window.events.open(sent.id)
    desk.window.pane.show_view("diff")
    view = view_of(desk)
    await until(lambda: view.message.isVisible() and bool(view.message.buttons))
    view.message.buttons[0].setFocus()
    qtbot.keyClick(view.message.buttons[0], Qt.Key.Key_Space)
    dialog = await a_dialog(TextQuestion)
    assert isinstance(dialog, TextQuestion)
    dialog.field.setText(f"#{sent.id}")
    assert not dialog.answer.isEnabled()
    dialog.field.setText("#999")
    assert dialog.error.text() == "There is no event #999."
    dialog.field.setText(f"#{newest.id}")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    await until(lambda: titles(desk)[:1] == ["event"])


@pytest.mark.asyncio
async def test_what_is_ignored_stays_ignored(desk: Desk, qtbot: QtBot) -> None:
    _first, _sent, newest = await three(desk)
    desk.window.events.open(newest.id)
    desk.window.compares.compare([newest.id])
    await until(lambda: titles(desk)[:1] == ["message_id"])
    view = view_of(desk)
    view.ignore_requested.emit("$.message_id")
    assert titles(desk) == ["2 ignored fields", "4 equal fields"]
    assert desk.app.settings.current.diff_ignored == ("$.message_id",)
    view.list.fold_toggled.emit("ignored")
    timestamp = next(row for row in view.list.rows.rows if row.title == "timestamp")
    view.compare_requested.emit(timestamp.covered)
    assert titles(desk)[:1] == ["timestamp"]
    assert desk.app.settings.current.diff_compared == timestamp.covered
    view.ignore_requested.emit("timestamp")
    view.compare_requested.emit(("$.message_id",))
    assert titles(desk) == ["message_id", "1 ignored field", "timestamp", "4 equal fields"]


@pytest.mark.asyncio
async def test_comparing_without_a_selection_says_what_to_do(desk: Desk) -> None:
    await desk.post()
    await desk.row(0, of=1)
    desk.window.page.table.clearSelection()
    desk.window.compares.compare([])
    await until(lambda: any("Select one or two events" in text for text in _toasts()))


def _toasts() -> list[str]:
    return [item.accessibleName() for item in QApplication.allWidgets() if item.isVisible()]


@pytest.mark.parametrize(
    ("text", "number"),
    [("12", 12), ("#12,457", 12_457), (" 12 457 ", 12_457), ("12.457", 12_457), ("", None), ("#", None), ("a1", None)],
)
def test_numbers_are_read_as_they_are_shown(text: str, number: int | None) -> None:
    assert number_in(text) == number
