"""Tests of the rows of the event table: order, pages, and events that come, change and go."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester

from inspector.domain.event import EventId, EventSummary
from inspector.ui.events.columns import COLUMN_KEYS, COLUMNS
from inspector.ui.events.page_cache import MOST_PAGES, PAGE_ROWS
from inspector.ui.events.table_model import EventTableModel
from tests.ui.events.fake_rows import FakeRows, an_event, some_events


def ids(count: int, first: int = 1) -> array[int]:
    return array("q", range(first, first + count))


@pytest.fixture
def model(rows: FakeRows) -> EventTableModel:
    model = EventTableModel(rows)
    model.show(ids(40))
    return model


def shown(model: EventTableModel) -> list[int]:
    return [model.id_at(row) for row in range(model.rowCount())]


def test_the_model_keeps_qts_rules(
    qtmodeltester: ModelTester, model: EventTableModel, rows: FakeRows, qapp: object
) -> None:
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt has no types here
    rows.put(*some_events(20, 41))
    model.add(some_events(20, 41))
    model.remove([3, 4, 5, 30])
    model.turn(oldest_first=True)
    model.add(some_events(5, 61))


def test_the_newest_event_is_at_the_top_and_can_be_at_the_bottom(model: EventTableModel) -> None:
    assert shown(model)[:3] == [40, 39, 38]
    model.turn(oldest_first=True)
    assert shown(model)[:3] == [1, 2, 3]


def test_new_events_come_in_one_step_at_the_top_without_a_reset(model: EventTableModel) -> None:
    inserted: list[tuple[int, int]] = []
    resets: list[bool] = []
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append((first, last)))
    model.modelReset.connect(lambda: resets.append(True))
    assert model.add(some_events(1000, 41)) == 1000
    assert inserted == [(0, 999)]
    assert resets == []
    assert model.id_at(0) == 1040


def test_events_that_are_here_already_are_not_added_twice(model: EventTableModel) -> None:
    assert model.add([an_event(40), an_event(41), an_event(41)]) == 1
    assert model.rowCount() == 41


def test_new_rows_need_no_reading(model: EventTableModel, rows: FakeRows) -> None:
    model.summary(0)
    rows.asked.clear()
    model.add([an_event(41, "message.read")])
    summary = model.summary(0)
    assert summary is not None
    assert summary.label == "message.read"
    assert rows.asked == []


def test_only_the_pages_that_are_seen_are_read(rows: FakeRows) -> None:
    rows.put(*some_events(5000))
    model = EventTableModel(rows)
    model.show(ids(5000))
    for row in range(30):
        model.summary(row)
    assert sum(rows.asked) <= 2 * PAGE_ROWS


def test_memory_holds_a_limited_number_of_pages() -> None:
    class Endless(FakeRows):
        def page(self, ids: Sequence[EventId]) -> list[EventSummary]:
            self.asked.append(1)
            return []

    rows = Endless()
    model = EventTableModel(rows)
    count = PAGE_ROWS * (MOST_PAGES + 10)
    model.show(ids(count))
    for row in range(0, count, PAGE_ROWS):
        model.summary(row)
    rows.asked.clear()
    model.summary(count - 1)  # read last, so still here
    assert rows.asked == []
    model.summary(0)  # read first, given up
    assert rows.asked == [1]


def test_older_events_join_below_the_newest_without_a_reset(rows: FakeRows) -> None:
    model = EventTableModel(rows)
    resets: list[bool] = []
    model.show(ids(5, 36))
    model.modelReset.connect(lambda: resets.append(True))
    model.add([an_event(41)])
    model.complete(ids(40))
    assert shown(model) == list(range(41, 0, -1))
    assert resets == []
    summary = model.summary(40)
    assert summary is not None
    assert summary.id == 1


def test_a_list_that_does_not_end_with_the_shown_one_replaces_it(model: EventTableModel) -> None:
    model.complete(array("q", [2, 4, 60]))
    assert shown(model) == [60, 4, 2]


def test_deleted_events_leave_neighbours_in_one_step(model: EventTableModel) -> None:
    removed: list[tuple[int, int]] = []
    model.rowsRemoved.connect(lambda _parent, first, last: removed.append((first, last)))
    model.remove([10, 11, 12, 40, 99])
    assert removed == [(0, 0), (27, 29)]
    assert model.row_of(11) is None
    assert model.row_of(9) == 27 + 0
    summary = model.summary(27)
    assert summary is not None
    assert summary.id == 9


def test_changes_are_told_for_visible_rows_and_read_later_for_others(model: EventTableModel, rows: FakeRows) -> None:
    for row in range(40):
        model.summary(row)
    changed: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last, _roles: changed.append((first.row(), last.row())))
    rows.put(an_event(40, starred=True), an_event(39, starred=True), an_event(1, starred=True))
    model.refresh([1, 39, 40], 0, 10)
    assert changed == [(0, 1)]
    for row in (0, 1, 39):
        summary = model.summary(row)
        assert summary is not None
        assert summary.starred


def test_a_row_that_is_gone_from_the_store_is_blank(model: EventTableModel, rows: FakeRows) -> None:
    del rows.events[40]
    assert model.summary(0) is None
    assert model.data(model.index(0, 2)) is None


def test_cells_answer_screen_readers_and_the_first_one_says_the_row(model: EventTableModel) -> None:
    said = [model.data(model.index(0, place), Qt.ItemDataRole.AccessibleTextRole) for place in range(len(COLUMNS))]
    assert all(said)
    assert said[COLUMN_KEYS.index("gutter")].startswith("message.delivered, message 00000028")
    assert said[COLUMN_KEYS.index("answer")] == "answered 200 in 11 milliseconds"


def test_headers_have_title_and_tool_tip(model: EventTableModel) -> None:
    across = Qt.Orientation.Horizontal
    for place, column in enumerate(COLUMNS):
        assert model.headerData(place, across) == column.title
        assert model.headerData(place, across, Qt.ItemDataRole.ToolTipRole) == column.tip
        assert model.headerData(place, across, Qt.ItemDataRole.AccessibleTextRole)


def test_ids_of_a_run_of_rows_read_from_the_top_down(model: EventTableModel) -> None:
    assert model.ids_between(0, 2) == [40, 39, 38]
    assert model.ids_between(38, 39) == [2, 1]
    model.turn(oldest_first=True)
    assert model.ids_between(0, 2) == [1, 2, 3]
