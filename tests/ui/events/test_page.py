"""Tests of the events page: what it asks the store for, what it shows, and what it passes on."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId, EventSummary
from inspector.domain.query import Query, Term
from inspector.domain.report import Category
from inspector.domain.verification import Verdict
from inspector.ui.events.columns import COLUMN_KEYS
from inspector.ui.events.list_keys import Command
from inspector.ui.events.news import News, sentence
from inspector.ui.events.page import EventsPage
from inspector.ui.events.rows import ChunkSink
from inspector.ui.events.view_menu import ViewChoice, toggled
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.times import TIME_STYLES
from inspector.ui.widgets.menu import Menu
from tests.ui.events.fake_rows import FakeRows, Gate, HandStarter, an_event, some_events

FAILED = Term("type", ("failed",))


def shown(page: EventsPage) -> list[int]:
    return [page.model.id_at(row) for row in range(page.model.rowCount())]


def come_in(page: EventsPage, rows: FakeRows, *events: EventSummary) -> None:
    rows.put(*events)
    page.add(events)


def test_the_page_starts_with_everything_newest_first(page: EventsPage) -> None:
    assert shown(page) == list(range(40, 0, -1))
    assert page.query == Query()
    assert page.filters.segments.button("all").accessibleName() == "All, 40"


def test_new_events_join_the_list_and_the_counts_follow(page: EventsPage, rows: FakeRows, qtbot: QtBot) -> None:
    come_in(page, rows, an_event(41), an_event(42, "message.failed"))
    assert shown(page)[:2] == [42, 41]
    qtbot.waitUntil(lambda: page.filters.segments.button("all").accessibleName() == "All, 42")
    assert page.filters.issues.text() == "Issues 1"


def test_a_search_narrows_the_list_and_new_events_must_fit_it(page: EventsPage, rows: FakeRows) -> None:
    told: list[Query] = []
    page.filter_changed.connect(told.append)
    come_in(page, rows, an_event(41, "message.failed"))
    page.set_search("type:failed")
    assert shown(page) == [41]
    come_in(page, rows, an_event(42), an_event(43, "message.failed"))
    assert shown(page) == [43, 41]
    assert told == [Query(terms=(FAILED,))]


def test_segments_issues_and_scope_combine(page: EventsPage, rows: FakeRows) -> None:
    page.filters.segments.set_current("status")
    page.filters.issues.click()
    page.set_scope(EndpointId(1), "RCS production")
    assert page.query == Query(endpoint_id=EndpointId(1), category=Category.STATUS, issues=True)
    assert page.table.accessibleName() == "Events, RCS production"


def test_events_only_a_search_can_judge_are_looked_up(page: EventsPage, rows: FakeRows, qtbot: QtBot) -> None:
    rows.only_search_can_tell = True
    page.set_search("type:failed")
    come_in(page, rows, an_event(41, "message.failed"), an_event(42))
    assert shown(page) == []
    qtbot.waitUntil(lambda: shown(page) == [41])
    qtbot.waitUntil(lambda: page.states.currentWidget() is page.table)


def test_a_search_that_cannot_be_read_keeps_the_last_result_and_offers_a_way_out(page: EventsPage) -> None:
    page.set_search("type:read")
    before = page.query
    page.set_search("typ:read")
    assert page.query == before
    assert page.problem.isVisible()
    assert "typ" in page.problem.sentence.text()
    page.problem.fix.click()
    assert page.search.text() == "type:read"
    assert not page.problem.isVisible()


def test_a_newer_query_ends_the_older(page: EventsPage, rows: FakeRows, tasks: HandStarter) -> None:
    come_in(page, rows, an_event(41, "message.failed"))
    rows.gate = Gate()
    page.set_search("type:delivered")
    older = next(task for task in reversed(tasks.tasks) if task.name == "Reading the list of events")
    page.set_search("type:failed")
    assert older.cancelled
    tasks.release()
    assert shown(page) == [41]


def test_events_that_come_while_a_list_is_read_join_it_afterwards(
    page: EventsPage, rows: FakeRows, tasks: HandStarter
) -> None:
    class Snapshot(Gate):
        """Lets the read see only what was there when it began."""

    rows.gate = Snapshot()
    page.set_search("type:delivered")
    page.add([an_event(41), an_event(42, "message.read")])  # not in the store's answer
    assert shown(page)[0] == 40
    tasks.release()
    assert shown(page)[:2] == [41, 40]


def test_the_newest_rows_are_shown_before_the_whole_list_is_known(theme: Theme, icons: Icons) -> None:
    seen: list[int] = []

    class Chunked(FakeRows):
        async def ids(self, query: Query, *, chunk: ChunkSink | None = None) -> array[int]:
            if chunk is not None:
                chunk(array("q", range(501, 1001)))
                seen.append(page.model.rowCount())
            return array("q", range(1, 1001))

    page = EventsPage(theme, icons, Chunked(some_events(1000)), HandStarter())
    page.start()
    assert seen == [500]
    assert page.model.rowCount() == 1000


def test_a_million_events_open_with_the_visible_rows_only(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    class Million(FakeRows):
        async def ids(self, query: Query, *, chunk: ChunkSink | None = None) -> array[int]:
            ids = array("q", range(1, 1_000_001))
            if chunk is not None:
                chunk(ids[-500:])
            return ids

        def page(self, ids: Sequence[EventId]) -> list[EventSummary]:
            self.asked.append(len(ids))
            return [an_event(item) for item in ids]

    rows = Million()
    page = EventsPage(theme, icons, rows, HandStarter())
    qtbot.addWidget(page)
    page.resize(1300, 900)
    page.show()
    page.start()
    page.table.grab()
    assert page.model.rowCount() == 1_000_000
    assert sum(rows.asked) <= 3 * 256
    rows.asked.clear()
    page.table.verticalScrollBar().setValue(16_000_000)
    page.table.grab()
    assert sum(rows.asked) <= 2 * 256


def test_nothing_matches_says_so_and_leads_out(page: EventsPage, rows: FakeRows, qtbot: QtBot) -> None:
    page.set_scope(EndpointId(1), "RCS production")
    page.set_search("type:optout sig:invalid")
    states = page.states
    assert states.currentWidget() is states.no_match
    assert states.no_match.title.text() == "No events match"
    assert states.no_match.text.text() == "40 events are hidden by this filter."
    assert states.no_match.code.toolTip() == "type:optout sig:invalid"
    assert [button.text() for button in states.no_match.buttons] == ["Clear filter", "Search all endpoints"]
    with qtbot.waitSignal(page.all_endpoints_requested):
        states.no_match.buttons[1].click()
    states.no_match.buttons[0].click()
    assert states.currentWidget() is page.table
    assert page.search.text() == ""
    assert page.model.rowCount() == 40


def test_a_new_event_ends_the_words_that_nothing_matches(page: EventsPage, rows: FakeRows) -> None:
    page.set_search("type:optout")
    come_in(page, rows, an_event(41, "message.optout"))
    assert page.states.currentWidget() is page.table


def test_an_empty_scope_shows_what_the_window_gave_for_it(theme: Theme, icons: Icons, qtbot: QtBot) -> None:
    rows = FakeRows()
    page = EventsPage(theme, icons, rows, HandStarter())
    qtbot.addWidget(page)
    start = QLabel("Send a test event")
    page.set_empty_widget(start)
    page.start()
    assert page.states.currentWidget() is start
    come_in(page, rows, an_event(1))
    assert page.states.currentWidget() is page.table


def test_rows_pale_while_a_list_takes_long(page: EventsPage, rows: FakeRows, tasks: HandStarter, qtbot: QtBot) -> None:
    dimmed: list[bool] = []
    page.loader.slow.connect(dimmed.append)
    rows.gate = Gate()
    page.set_search("type:delivered")
    qtbot.waitUntil(lambda: dimmed == [True])
    tasks.release()
    assert dimmed == [True, False]


def test_keys_ask_for_what_they_say_about_the_selected_events(page: EventsPage, qtbot: QtBot) -> None:
    page.table.select_event(30)
    asked: list[tuple[str, object]] = []
    page.replay_requested.connect(lambda ids: asked.append(("replay", ids)))
    page.replay_to_requested.connect(lambda ids: asked.append(("replay to", ids)))
    page.star_requested.connect(lambda ids, on: asked.append(("star", (ids, on))))
    page.unread_requested.connect(lambda ids, on: asked.append(("unread", (ids, on))))
    page.copy_body_requested.connect(lambda event_id: asked.append(("body", event_id)))
    page.copy_curl_requested.connect(lambda event_id: asked.append(("curl", event_id)))
    page.delete_requested.connect(lambda ids: asked.append(("delete", ids)))
    page.activated.connect(lambda event_id: asked.append(("open", event_id)))
    control, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(page.table, Qt.Key.Key_R)
    QTest.keyClick(page.table, Qt.Key.Key_R, shift)
    QTest.keyClick(page.table, Qt.Key.Key_S)
    QTest.keyClick(page.table, Qt.Key.Key_U)
    QTest.keyClick(page.table, Qt.Key.Key_C, control)
    QTest.keyClick(page.table, Qt.Key.Key_C, control | shift)
    QTest.keyClick(page.table, Qt.Key.Key_Delete)
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert asked == [
        ("replay", [30]),
        ("replay to", [30]),
        ("star", ([30], True)),
        ("unread", ([30], True)),
        ("body", 30),
        ("curl", 30),
        ("delete", [30]),
        ("open", 30),
    ]


def test_a_key_that_cannot_work_says_why(page: EventsPage) -> None:
    said: list[str] = []
    page.hint_requested.connect(said.append)
    page.do(Command.REPLAY)
    page.table.select_event(30)
    page.do(Command.OPEN_ORIGINAL)
    assert said == ["Select an event first", "It is not a repeat of another event"]


def test_open_original_names_the_first_of_the_repeats(page: EventsPage, rows: FakeRows, qtbot: QtBot) -> None:
    come_in(page, rows, an_event(41, original_id=EventId(7)))
    page.table.select_event(41)
    with qtbot.waitSignal(page.open_original_requested) as caught:
        QTest.keyClick(page.table, Qt.Key.Key_O)
    assert caught.args == [7]
    assert page.reveal(7)
    assert page.table.selected_ids() == [7]


def test_n_walks_through_the_issues_both_ways(page: EventsPage, rows: FakeRows) -> None:
    for number in (35, 20, 5):
        rows.put(an_event(number, verdict=Verdict.INVALID))
    said: list[str] = []
    page.hint_requested.connect(said.append)
    visited = []
    shift = Qt.KeyboardModifier.ShiftModifier
    for key_modifiers in (Qt.KeyboardModifier.NoModifier,) * 3 + (shift,):
        QTest.keyClick(page.table, Qt.Key.Key_N, key_modifiers)
        visited += page.table.selected_ids()
    assert visited == [35, 20, 5, 20]
    assert page.table.live.held
    QTest.keyClick(page.table, Qt.Key.Key_N)
    QTest.keyClick(page.table, Qt.Key.Key_N)
    assert said == ["No more issues in this direction"]


def test_filter_by_this_adds_to_the_search(page: EventsPage) -> None:
    page.set_search("type:delivered")
    page.table.select_event(30)
    menu = page.commands.open_menu(page.mapToGlobal(page.rect().center()))
    assert menu is not None
    submenu = next(item for item in menu.findChildren(Menu) if item.title().startswith("Filter by this"))
    submenu.actions()[2].trigger()
    menu.close()
    assert page.search.text() == "type:delivered to:+14155550132"


def test_changed_and_deleted_events_are_shown_at_once(page: EventsPage, rows: FakeRows) -> None:
    page.table.grab()
    rows.put(an_event(40, starred=True))
    page.refresh([40])
    summary = page.model.summary(0)
    assert summary is not None
    assert summary.starred
    page.remove([40])
    assert shown(page)[0] == 39


def test_an_undone_deletion_comes_back_and_the_reader_keeps_the_place(page: EventsPage) -> None:
    page.remove([20])
    page.table.verticalScrollBar().setValue(100)
    place = page.table.following.place()
    page.reload()
    assert shown(page) == list(range(40, 0, -1))
    assert page.table.following.place() == place


def test_live_and_held_are_one_switch(page: EventsPage) -> None:
    assert page.filters.live.accessibleName() == "List is live"
    page.filters.live.click()
    assert page.filters.live.text() == "Held"
    assert page.table.live.held
    page.filters.live.click()
    assert page.filters.live.text() == "Live"


def in_window(page: EventsPage, width: int, page_width: int, height: int = 800) -> QWidget:
    window = QWidget()
    column = QVBoxLayout(window)
    column.setContentsMargins(0, 0, width - page_width, 0)
    column.addWidget(page)
    window.resize(width, height)
    window.show()
    return window


@pytest.mark.parametrize(
    ("width", "page_width", "hidden"),
    [(1440, 746, set()), (1200, 700, {"recipient"}), (960, 472, {"message", "recipient"})],
)
def test_narrow_windows_hide_the_columns_that_matter_least(
    page: EventsPage, qtbot: QtBot, width: int, page_width: int, hidden: set[str]
) -> None:
    window = in_window(page, width, page_width)
    qtbot.addWidget(window)
    chosen = {"message", "recipient", "signature", "flags", "answer"}
    assert {key for key in chosen if page.table.isColumnHidden(COLUMN_KEYS.index(key))} == hidden
    assert window.width() == width
    assert page.filters.issues.text() == ("" if width < 1100 else "Issues 0")
    page.setParent(None)


def test_roomy_rows_fall_back_in_a_low_window(page: EventsPage, qtbot: QtBot) -> None:
    page.view.set_choice(ViewChoice(density="roomy"))
    window = in_window(page, 1300, 800, 900)
    qtbot.addWidget(window)
    assert page.table.row_height() == 40
    window.resize(1300, 640)
    assert page.table.row_height() == 32
    page.setParent(None)


def test_columns_rows_and_order_are_chosen_in_the_menu(page: EventsPage) -> None:
    told: list[ViewChoice] = []
    page.view_changed.connect(told.append)
    menu = page.view.open_view_menu()
    by_text = {action.text().partition("\t")[0]: action for action in menu.actions()}
    by_text["Compact"].trigger()
    by_text["Number"].trigger()
    by_text["Oldest first"].trigger()
    menu.close()
    assert told[-1].density == "compact"
    assert told[-1].oldest_first
    assert "number" in told[-1].columns
    assert page.query.oldest_first
    assert shown(page)[0] == 1
    assert not page.table.isColumnHidden(COLUMN_KEYS.index("number"))


def test_the_last_column_cannot_be_switched_off() -> None:
    assert toggled(("answer",), "answer") == ("answer",)
    assert toggled(("answer", "flags"), "flags") == ("answer",)


def test_recipients_can_be_masked(page: EventsPage) -> None:
    cell = page.model.index(0, COLUMN_KEYS.index("recipient"))
    page.set_masked(True)
    assert cell.data() == "+1415•••0132"
    page.set_masked(False)
    assert cell.data() == "+14155550132"


def test_a_screen_reader_hears_what_came_in_as_one_sentence(qtbot: QtBot) -> None:
    said: list[str] = []
    news = News()
    news.said.connect(said.append)
    news.add(some_events(3))
    news.add(some_events(500))
    assert said == ["3 new events"]
    assert sentence(12, 1) == "12 new events, 1 signature failure"


def test_every_control_of_the_page_has_a_name(page: EventsPage) -> None:
    focusable = [
        widget
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisibleTo(page)
    ]
    nameless = [
        type(widget).__name__
        for widget in focusable
        if not (widget.accessibleName() or getattr(widget, "text", str)())
        and widget.parent() is not page.table  # the viewport and headers speak through the table
    ]
    assert nameless == []


def test_times_are_written_as_chosen_at_once(page: EventsPage, theme: Theme) -> None:
    place = COLUMN_KEYS.index("time")
    theme.set_times(TIME_STYLES["utc"])
    event = page.model.summary(0)
    assert event is not None
    assert page.model.index(0, place).data() == f"{event.received_at:%H:%M:%S}.{event.received_us // 1000 % 1000:03d}"
    theme.set_times(TIME_STYLES["relative"])
    assert page.model.index(0, place).data().endswith(" d ago")
    tip = page.model.index(0, place).data(Qt.ItemDataRole.ToolTipRole)
    assert tip.startswith("20")
    assert tip.endswith(" days ago")


def test_relative_times_are_painted_anew_each_second_and_clock_times_are_not(page: EventsPage, theme: Theme) -> None:
    assert not page._ticker.runs
    theme.set_times(TIME_STYLES["relative"])
    assert page._ticker.runs
    page.hide()
    assert not page._ticker.runs
    page.show()
    theme.set_times(TIME_STYLES["local"])
    assert not page._ticker.runs


def test_a_second_later_only_the_column_of_times_is_painted(page: EventsPage, theme: Theme, qtbot: QtBot) -> None:
    theme.set_times(TIME_STYLES["relative"])
    painted: list[int] = []
    delegate = page.table.itemDelegate()
    paint = delegate.paint

    def note(painter: object, option: object, index: QModelIndex) -> None:
        painted.append(index.column())

    qtbot.wait(50)
    delegate.paint = note  # type: ignore[method-assign,assignment]  # what is asked of it is what is tested
    page._tell_time()
    qtbot.waitUntil(lambda: bool(painted))
    delegate.paint = paint  # type: ignore[method-assign]
    assert set(painted) == {COLUMN_KEYS.index("time")}
