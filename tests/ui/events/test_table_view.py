"""Tests of the list: it follows or stands still, keeps the selection by id, and answers its keys."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inspector.domain.event import EventSummary
from inspector.domain.verification import Verdict
from inspector.ui.events.columns import COLUMN_KEYS, DEFAULT_CHOICE, visible_columns
from inspector.ui.events.list_keys import LIST_KEYS, Command
from inspector.ui.events.table_model import EventTableModel
from inspector.ui.events.table_view import EventsTable
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from tests.ui.events.fake_rows import FakeRows, an_event, some_events

Key = Qt.Key


class Clock:
    """A steady clock that a test moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def table(theme: Theme, icons: Icons, clock: Clock) -> Iterator[EventsTable]:
    rows = FakeRows(some_events(2000))
    model = EventTableModel(rows)
    table = EventsTable(model, theme, icons, clock=clock)
    table.resize(746, 600)
    model.show(array("q", range(1, 201)))
    table.set_columns(visible_columns(DEFAULT_CHOICE, 1440, 736), narrow=False)
    table.show()
    yield table
    table.close()


def add(table: EventsTable, count: int, first: int = 201) -> list[EventSummary]:
    new = some_events(count, first)
    table.add(new)
    return new


def top_id(table: EventsTable) -> int:
    model = table.model()
    assert isinstance(model, EventTableModel)
    return model.id_at(table.visible_rows()[0])


def test_at_the_top_the_list_follows_what_comes_in(table: EventsTable) -> None:
    add(table, 50)
    assert not table.live.held
    assert top_id(table) == 250
    assert not table.pill.isVisible()


def test_scrolling_down_holds_the_list_and_rows_stay_under_the_reader(table: EventsTable) -> None:
    bar = table.verticalScrollBar()
    bar.setValue(20 * table.row_height() + 7)
    assert table.live.held
    before = (top_id(table), table.rowViewportPosition(table.visible_rows()[0]))
    for batch in range(20):
        add(table, 50, 201 + 50 * batch)
        assert (top_id(table), table.rowViewportPosition(table.visible_rows()[0])) == before
    assert table.live.waiting == 1000
    assert table.pill.text() == "1,000 new events"
    assert table.pill.isVisible()


def test_a_thousand_new_events_keep_the_selection(table: EventsTable) -> None:
    table.select_event(190)
    table.selectionModel().select(
        table.model().index(12, 0),
        table.selectionModel().SelectionFlag.Select | table.selectionModel().SelectionFlag.Rows,
    )
    assert table.selected_ids() == [190, 188]
    for batch in range(20):
        add(table, 50, 201 + 50 * batch)
    assert table.selected_ids() == [190, 188]
    assert table.current_id() == 190


def test_the_pill_leads_back_to_the_newest_event(table: EventsTable) -> None:
    table.verticalScrollBar().setValue(1000)
    add(table, 3)
    table.pill.click()
    assert not table.live.held
    assert table.live.waiting == 0
    assert top_id(table) == 203
    assert not table.pill.isVisible()


def test_scrolling_back_to_the_top_follows_again(table: EventsTable) -> None:
    table.verticalScrollBar().setValue(1000)
    table.verticalScrollBar().setValue(0)
    assert not table.live.held


def test_l_holds_the_list_even_at_the_top(table: EventsTable) -> None:
    QTest.keyClick(table, Key.Key_L)
    add(table, 5)
    assert top_id(table) == 200
    assert table.live.waiting == 5
    QTest.keyClick(table, Key.Key_L)
    assert top_id(table) == 205


def test_the_keyboard_below_the_first_row_holds_and_home_follows(table: EventsTable) -> None:
    table.setFocus()
    QTest.keyClick(table, Key.Key_Down)
    assert table.selected_ids() == [200]
    assert not table.live.held
    QTest.keyClick(table, Key.Key_Down)
    assert table.selected_ids() == [199]
    assert table.live.held
    add(table, 5)
    QTest.keyClick(table, Key.Key_Home)
    assert table.selected_ids() == [205]
    assert not table.live.held


def test_selecting_by_mouse_does_not_hold(table: EventsTable) -> None:
    place = QPoint(200, table.rowViewportPosition(4) + 5)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert table.selected_ids() == [196]
    assert not table.live.held
    add(table, 5)
    assert table.selected_ids() == [196]
    assert top_id(table) == 205


def test_letters_and_arrows_move_alike(table: EventsTable) -> None:
    table.setFocus()
    table.by_id.select_row(0)
    for key, expected in ((Key.Key_J, 199), (Key.Key_Down, 198), (Key.Key_K, 199), (Key.Key_End, 1)):
        QTest.keyClick(table, key)
        assert table.selected_ids() == [expected]
    QTest.keyClick(table, Key.Key_PageUp)
    assert 5 < table.selected_ids()[0] < 40


def test_shift_extends_the_selection_by_letter_too(table: EventsTable) -> None:
    table.by_id.select_row(0)
    QTest.keyClick(table, Key.Key_J, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(table, Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert table.selected_ids() == [200, 199, 198]


def test_select_all_selects_every_event(table: EventsTable) -> None:
    QTest.keyClick(table, Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert table.selected_ids() == list(range(200, 0, -1))


PRESSES = [
    (Key.Key_R, Qt.KeyboardModifier.NoModifier, Command.REPLAY),
    (Key.Key_R, Qt.KeyboardModifier.ShiftModifier, Command.REPLAY_TO),
    (Key.Key_O, Qt.KeyboardModifier.NoModifier, Command.OPEN_ORIGINAL),
    (Key.Key_S, Qt.KeyboardModifier.NoModifier, Command.STAR),
    (Key.Key_U, Qt.KeyboardModifier.NoModifier, Command.UNREAD),
    (Key.Key_N, Qt.KeyboardModifier.NoModifier, Command.NEXT_ISSUE),
    (Key.Key_N, Qt.KeyboardModifier.ShiftModifier, Command.PREVIOUS_ISSUE),
    (Key.Key_C, Qt.KeyboardModifier.ControlModifier, Command.COPY_BODY),
    (Key.Key_C, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier, Command.COPY_CURL),
    (Key.Key_Delete, Qt.KeyboardModifier.NoModifier, Command.DELETE),
    (Key.Key_Return, Qt.KeyboardModifier.NoModifier, Command.OPEN),
    (Key.Key_Enter, Qt.KeyboardModifier.KeypadModifier, Command.OPEN),
    (Key.Key_Escape, Qt.KeyboardModifier.NoModifier, Command.CLEAR_SEARCH),
]


@pytest.mark.parametrize(("key", "modifiers", "command"), PRESSES, ids=[str(press[2]) for press in PRESSES])
def test_keys_ask_for_their_commands(
    table: EventsTable, key: Key, modifiers: Qt.KeyboardModifier, command: Command
) -> None:
    asked: list[Command] = []
    table.command.connect(asked.append)
    QTest.keyClick(table, key, modifiers)
    assert asked == [command]


def test_no_key_is_bound_twice() -> None:
    keys = [entry.keys for entry in LIST_KEYS]
    assert len(keys) == len(set(keys))


def test_letters_can_be_turned_off_and_other_keys_stay(table: EventsTable) -> None:
    asked: list[Command] = []
    table.command.connect(asked.append)
    table.by_id.select_row(0)
    table.letters = False
    for key in (Key.Key_R, Key.Key_S, Key.Key_N, Key.Key_J):
        QTest.keyClick(table, key)
    QTest.keyClick(table, Key.Key_Delete)
    assert asked == [Command.DELETE]
    assert table.selected_ids() == [200]


def test_typing_does_not_search_rows_by_their_first_letters(table: EventsTable) -> None:
    flag = table.selectionModel().SelectionFlag
    event = table.model().index(5, COLUMN_KEYS.index("event"))
    table.selectionModel().setCurrentIndex(event, flag.ClearAndSelect | flag.Rows)
    QTest.keyClick(table, Key.Key_M)
    assert table.selected_ids() == [195]


def test_other_events_keep_the_selection_as_far_as_they_have_it(table: EventsTable) -> None:
    told: list[list[int]] = []
    table.select_event(150)
    table.selection_changed.connect(told.append)
    model = table.model()
    assert isinstance(model, EventTableModel)
    model.show(array("q", [100, 150, 160]))
    assert table.selected_ids() == [150]
    assert told == []
    model.show(array("q", [100, 160]))
    assert table.selected_ids() == []
    assert told == [[]]


def test_the_row_below_takes_the_place_of_a_deleted_one(table: EventsTable) -> None:
    table.select_event(190)
    table.remove([190])
    assert table.selected_ids() == [189]
    table.select_event(1)
    table.remove([1])
    assert table.selected_ids() == [2]


def test_oldest_first_the_newest_end_is_the_bottom(table: EventsTable) -> None:
    model = table.model()
    assert isinstance(model, EventTableModel)
    model.turn(oldest_first=True)
    table.follow()
    add(table, 10)
    assert table.visible_rows()[1] == 209
    table.verticalScrollBar().setValue(0)
    assert table.live.held
    add(table, 10, 211)
    assert top_id(table) == 1
    assert table.pill.geometry().center().y() > table.height() / 2


def test_the_place_of_the_reader_can_be_found_again(table: EventsTable) -> None:
    table.verticalScrollBar().setValue(1003)
    place = table.following.place()
    assert place is not None
    model = table.model()
    assert isinstance(model, EventTableModel)
    model.show(array("q", range(1, 231)))
    table.following.return_to(place)
    assert table.following.place() == place


def test_density_changes_the_height_of_every_row(table: EventsTable) -> None:
    heights = []
    for density in ("normal", "compact", "roomy"):
        table.set_density(density)
        heights.append(table.rowHeight(3))
    assert heights == [32, 26, 40]


def test_hidden_columns_give_their_room_to_the_event(table: EventsTable) -> None:
    event = COLUMN_KEYS.index("event")
    before = table.columnWidth(event)
    table.set_columns(visible_columns(DEFAULT_CHOICE, 1200, 736), narrow=False)
    assert table.isColumnHidden(COLUMN_KEYS.index("recipient"))
    assert table.columnWidth(event) == before + 112
    assert not table.horizontalScrollBar().isVisible()


def row_color(table: EventsTable, row: int) -> str:
    x = table.columnViewportPosition(COLUMN_KEYS.index("flags")) + 60
    y = table.rowViewportPosition(row) + 3
    return table.viewport().grab().toImage().pixelColor(x, y).name()


def test_a_new_row_fades_from_the_accent_tint(table: EventsTable, theme: Theme, clock: Clock) -> None:
    plain = row_color(table, 0)
    add(table, 1)
    assert row_color(table, 0) == theme.tokens.accentTint.name()
    clock.now += 0.7
    assert row_color(table, 0) == plain


def test_nothing_fades_in_a_burst_or_with_reduced_motion(table: EventsTable, theme: Theme) -> None:
    plain = row_color(table, 0)
    add(table, 30)
    assert row_color(table, 0) == plain
    theme.reduced_motion = True
    add(table, 1, 300)
    assert row_color(table, 0) == plain


def test_rows_show_selection_trouble_and_focus_by_their_ground(table: EventsTable, theme: Theme, qtbot: QtBot) -> None:
    theme.reduced_motion = True
    table.add([an_event(201, verdict=Verdict.INVALID, answer_status=401)])
    plain = row_color(table, 3)
    assert row_color(table, 0) not in {plain, theme.tokens.failBg.name()}
    table.by_id.select_row(3)
    assert row_color(table, 3) in {theme.tokens.selected.name(), theme.tokens.selectedIdle.name()}


def test_the_table_takes_on_the_other_scheme(table: EventsTable, theme: Theme) -> None:
    light = row_color(table, 0)
    theme.set_mode("dark")
    assert row_color(table, 0) != light


def test_the_context_menu_key_asks_for_the_menu(table: EventsTable) -> None:
    places: list[QPoint] = []
    table.menu_requested.connect(places.append)
    table.by_id.select_row(2)
    place = QPoint(50, table.rowViewportPosition(2) + 40)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, table.mapToGlobal(place))
    table.contextMenuEvent(event)
    assert len(places) == 1


def test_a_click_on_time_turns_the_order_and_other_headers_do_nothing(table: EventsTable) -> None:
    asked: list[bool] = []
    table.header.order_requested.connect(lambda: asked.append(True))
    for key in ("event", "answer", "time"):
        x = table.columnViewportPosition(COLUMN_KEYS.index(key)) + 10
        QTest.mouseClick(table.header.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, 10))
    assert asked == [True]


def test_the_whole_row_under_the_pointer_is_lit(table: EventsTable, theme: Theme) -> None:
    place = QPoint(300, table.rowViewportPosition(3) + 10)
    QTest.mouseMove(table.viewport(), place)
    assert row_color(table, 3) == theme.tokens.hover.name()
    QTest.mouseMove(table.viewport(), QPoint(300, table.rowViewportPosition(6) + 10))
    assert row_color(table, 3) == theme.tokens.surface.name()
    assert row_color(table, 6) == theme.tokens.hover.name()
