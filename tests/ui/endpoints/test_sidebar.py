"""Tests of the sidebar: scope, saved views, names, marks and the menu of an endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.query import Query
from inspector.search import parse
from inspector.ui.endpoints.endpoint_rows import endpoint_rows
from inspector.ui.endpoints.saved_views import SAVED_VIEWS, SavedView, query_of, view_for
from inspector.ui.endpoints.sidebar import ENDPOINT_ACTIONS, Sidebar
from inspector.ui.endpoints.sidebar_model import AllRow, EndpointRow, SidebarModel, initials, view_rows
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme

PRODUCTION = EndpointRow(EndpointId(1), "RCS production", "/in/rcs-prod", "receiving", 11_940, 3)
STAGING = EndpointRow(EndpointId(2), "RCS staging", "/in/rcs-staging", "receiving", 412)
PAYMENTS = EndpointRow(EndpointId(3), "Payments sandbox", "/in/payments", "paused", 0)
ROWS = (PRODUCTION, STAGING, PAYMENTS)
Key = Qt.Key


@pytest.fixture
def theme(qapp: QApplication, fonts: None) -> Theme:
    return Theme("light")


@pytest.fixture
def sidebar(theme: Theme, qtbot: QtBot) -> Iterator[Sidebar]:
    sidebar = Sidebar(theme, Icons(theme))
    qtbot.addWidget(sidebar)
    sidebar.resize(212, 700)
    sidebar.set_endpoints(ROWS, 12_466)
    sidebar.show()
    yield sidebar
    sidebar.close()


def click(sidebar: Sidebar, place: int, *, views: bool = False) -> None:
    view = sidebar.views if views else sidebar.scopes
    rect = view.visualRect(view.model().index(place, 0))
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=rect.center())


def test_the_models_keep_qts_rules(qtmodeltester: ModelTester, qapp: QApplication) -> None:
    model = SidebarModel((AllRow(1), *ROWS))
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt has no types here
    model.set_rows((AllRow(2), STAGING))


def test_a_click_on_an_endpoint_picks_it_and_a_second_one_is_no_news(sidebar: Sidebar) -> None:
    told: list[object] = []
    sidebar.scope_changed.connect(told.append)
    click(sidebar, 2)
    click(sidebar, 2)
    click(sidebar, 0)
    assert told == [2, None]


def test_arrow_keys_pick_endpoints_too(sidebar: Sidebar) -> None:
    told: list[object] = []
    sidebar.scope_changed.connect(told.append)
    sidebar.scopes.setFocus()
    QTest.keyClick(sidebar.scopes, Key.Key_Down)
    QTest.keyClick(sidebar.scopes, Key.Key_Down)
    QTest.keyClick(sidebar.scopes, Key.Key_Up)
    assert told == [1, 2, 1]


def test_new_figures_keep_the_chosen_endpoint(sidebar: Sidebar) -> None:
    click(sidebar, 2)
    resets: list[bool] = []
    sidebar.scopes_model.modelReset.connect(lambda: resets.append(True))
    sidebar.set_endpoints((PRODUCTION, EndpointRow(EndpointId(2), "RCS staging", "/in/x", "receiving", 413), PAYMENTS))
    assert resets == []
    assert sidebar.scope == 2
    assert sidebar.scopes.currentIndex().row() == 2


def test_a_deleted_endpoint_gives_way_to_all_of_them(sidebar: Sidebar) -> None:
    told: list[object] = []
    click(sidebar, 2)
    sidebar.scope_changed.connect(told.append)
    sidebar.set_endpoints((PRODUCTION,))
    assert told == [None]
    assert sidebar.scopes.currentIndex().row() == 0


def test_a_saved_view_is_chosen_and_let_go_with_a_second_click(sidebar: Sidebar) -> None:
    told: list[tuple[str, str]] = []
    sidebar.view_chosen.connect(lambda key, search: told.append((key, search)))
    click(sidebar, 1, views=True)
    click(sidebar, 1, views=True)
    assert told == [("duplicates", "dup:yes"), ("", "")]


def test_the_view_of_the_current_search_is_marked(sidebar: Sidebar) -> None:
    sidebar.show_search("star:yes")
    assert [index.row() for index in sidebar.views.selectedIndexes()] == [5]
    sidebar.show_search("star:yes refund")
    assert sidebar.views.selectedIndexes() == []


@pytest.mark.parametrize("view", SAVED_VIEWS, ids=[view.key for view in SAVED_VIEWS])
def test_every_saved_view_is_a_search_that_can_be_read(view: SavedView) -> None:
    assert parse(view.search).errors == ()
    assert query_of(view, EndpointId(3)).terms
    assert view_for(view.search) == view.key


def test_counts_of_views_are_shown_once_they_are_known(sidebar: Sidebar) -> None:
    assert all(row.events is None for row in view_rows({}))
    sidebar.set_view_counts({"duplicates": 64})
    assert sidebar.views_model.rows[1].spoken == "Duplicates, 64 events"


def test_f2_renames_in_place(sidebar: Sidebar, qtbot: QtBot) -> None:
    told: list[tuple[int, str]] = []
    sidebar.rename_requested.connect(lambda endpoint_id, name: told.append((endpoint_id, name)))
    sidebar.activateWindow()
    click(sidebar, 2)
    QTest.keyClick(sidebar.scopes, Key.Key_F2)
    editor = sidebar.scopes.findChild(QLineEdit)
    assert isinstance(editor, QLineEdit)
    assert editor.text() == "RCS staging"
    editor.setText("  RCS test ")
    QTest.keyClick(editor, Key.Key_Return)
    qtbot.waitUntil(lambda: told == [(2, "RCS test")])


def test_an_empty_or_equal_name_renames_nothing(qapp: QApplication) -> None:
    model = SidebarModel((AllRow(), *ROWS))
    told: list[tuple[int, str]] = []
    model.renamed.connect(lambda endpoint_id, name: told.append((endpoint_id, name)))
    assert not model.setData(model.index(1, 0), " ")
    assert not model.setData(model.index(1, 0), "RCS production")
    assert not model.setData(model.index(0, 0), "All")
    assert told == []


def test_the_menu_of_an_endpoint_asks_for_what_it_says(sidebar: Sidebar) -> None:
    told: list[tuple[str, object]] = []
    sidebar.copy_address_requested.connect(lambda endpoint_id: told.append(("copy", endpoint_id)))
    sidebar.settings_requested.connect(lambda endpoint_id: told.append(("settings", endpoint_id)))
    sidebar.clear_requested.connect(lambda endpoint_id: told.append(("clear", endpoint_id)))
    sidebar.delete_requested.connect(lambda endpoint_id: told.append(("delete", endpoint_id)))
    sidebar.pause_requested.connect(lambda endpoint_id, pause: told.append(("pause", (endpoint_id, pause))))
    actions = {action.text().partition("\t")[0]: action for action in sidebar.endpoint_menu(PRODUCTION).actions()}
    for text in ("Copy address", "Pause", "Settings…", "Clear events…", "Delete…"):
        actions[text].trigger()
    assert told == [("copy", 1), ("pause", (1, True)), ("settings", 1), ("clear", 1), ("delete", 1)]


def test_a_paused_endpoint_can_be_resumed_and_an_empty_one_not_cleared(sidebar: Sidebar) -> None:
    told: list[tuple[int, bool]] = []
    sidebar.pause_requested.connect(lambda endpoint_id, pause: told.append((endpoint_id, pause)))
    actions = {action.text().partition("\t")[0]: action for action in sidebar.endpoint_menu(PAYMENTS).actions()}
    actions["Resume"].trigger()
    assert told == [(3, False)]
    assert not actions["Clear events…"].isEnabled()
    assert actions["Clear events…"].toolTip() == "It has no events"
    assert len({action.key for action in ENDPOINT_ACTIONS}) == len(ENDPOINT_ACTIONS)


def test_the_menu_key_and_del_work_on_endpoints_only(sidebar: Sidebar) -> None:
    deleted: list[int] = []
    sidebar.delete_requested.connect(deleted.append)
    sidebar.scopes.setFocus()
    QTest.keyClick(sidebar.scopes, Key.Key_Delete)
    QTest.keyClick(sidebar.scopes, Key.Key_Down)
    QTest.keyClick(sidebar.scopes, Key.Key_Delete)
    assert deleted == [1]


def test_the_plus_adds_an_endpoint(sidebar: Sidebar, qtbot: QtBot) -> None:
    with qtbot.waitSignal(sidebar.add_requested):
        sidebar.add_button.click()


def test_rows_are_46_px_and_30_px_and_the_rail_is_52_px_wide(sidebar: Sidebar) -> None:
    def heights() -> list[int]:
        model = sidebar.scopes.model()
        return [sidebar.scopes.visualRect(model.index(place, 0)).height() for place in range(model.rowCount())]

    assert heights() == [31, 46, 46, 46]
    assert sidebar.views.visualRect(sidebar.views.model().index(0, 0)).height() == 30
    sidebar.set_rail(True)
    QApplication.processEvents()
    assert sidebar.width() == 52
    assert set(heights()) == {40}
    assert not sidebar.add_button.isVisible()
    sidebar.set_rail(False)
    assert sidebar.maximumWidth() == 320


def test_the_rail_says_in_tool_tips_what_it_has_no_room_for(sidebar: Sidebar) -> None:
    sidebar.set_rail(True)
    tip = sidebar.scopes_model.index(1, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert tip == "RCS production, 11.9k, 3 signature failures"


def test_initials_differ_where_words_allow_it() -> None:
    assert initials(["RCS production", "RCS staging", "Template reviews", "rcs", ""]) == ("R", "S", "T", "R", "?")


def test_a_screen_reader_hears_state_counts_and_failures() -> None:
    assert PRODUCTION.spoken == "RCS production, receiving, 11,940 events, 3 unseen signature failures"
    assert PAYMENTS.spoken == "Payments sandbox, paused, 0 events"


def test_painting_differs_between_states_schemes_and_rail(sidebar: Sidebar, theme: Theme) -> None:
    looks = [sidebar.grab().toImage()]
    theme.set_mode("dark")
    looks.append(sidebar.grab().toImage())
    sidebar.set_rail(True)
    looks.append(sidebar.grab().toImage())
    sidebar.set_endpoints((PAYMENTS,))
    looks.append(sidebar.grab().toImage())
    assert all(one != two for one, two in pairwise(looks))


@dataclass(frozen=True)
class Count:
    """Counts of one endpoint."""

    endpoint_id: EndpointId | None
    events: int
    unseen_failures: int


def test_endpoints_become_rows_with_the_mark_of_their_state() -> None:
    def endpoint(number: int, *, paused: bool = False) -> Endpoint:
        made = datetime(2024, 12, 20, tzinfo=UTC)
        return Endpoint(EndpointId(number), f"t{number}", f"E{number}", made, paused=paused)

    endpoints = (endpoint(1), endpoint(2), endpoint(3, paused=True))
    counts = (Count(EndpointId(1), 5, 2), Count(None, 9, 0))
    rows = endpoint_rows(endpoints, counts, listening=True)
    assert [(row.state, row.events, row.failures) for row in rows] == [
        ("receiving", 5, 2),
        ("idle", 0, 0),
        ("paused", 0, 0),
    ]
    assert rows[0].path == "/in/t1"
    assert [row.state for row in endpoint_rows(endpoints, counts, listening=False)] == ["error", "error", "paused"]


def test_a_view_is_counted_in_the_scope_that_is_looked_at() -> None:
    assert query_of(SAVED_VIEWS[1], None) == Query(terms=parse("dup:yes").terms)
