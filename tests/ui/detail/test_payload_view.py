"""The Payload view reads bodies of any size without holding the window, and is steered by keys."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inspector.payload.contents import MAX_TREE_BYTES
from inspector.ui.detail.pane import DetailPane
from inspector.ui.detail.payload_model import ROWS_PER_FETCH
from inspector.ui.detail.payload_view import PayloadView
from tests.ui.detail.samples import event


@pytest.fixture
def view(pane: DetailPane) -> PayloadView:
    pane.show_view("payload")
    found = pane.view("payload")
    assert isinstance(found, PayloadView)
    return found


def go_to(view: PayloadView, path: str) -> None:
    tree = view.model.tree
    assert tree is not None
    view.tree.select_node(next(node for node in range(len(tree)) if tree.path(node) == path))
    view.tree.setFocus()


def clipboard() -> str:
    return QGuiApplication.clipboard().text()


def test_a_small_payload_is_there_at_once_with_everything_open(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(event())
    suggestions = view.model.index(1, 0, view.model.index(6, 0))
    assert suggestions.data() == "suggestions"
    assert view.tree.isExpanded(suggestions)
    assert (view.footer.left.text(), view.footer.right.text()) == ("$", "object · 9 members")


def test_the_foot_names_path_type_and_length_of_the_selected_value(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(event())
    go_to(view, "$.metadata.campaign_id")
    assert view.footer.left.text() == "$.metadata.campaign_id"
    assert view.footer.right.text() == "string · 17 chars"
    view.path_button.click()
    assert clipboard() == "$.metadata.campaign_id"


def test_keys_copy_the_value_and_the_path(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(event(body=b'{"a":{"n":1.0,"s":"caf\\u00e9"}}'))
    go_to(view, "$.a.s")
    QTest.keyClick(view.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert clipboard() == "café"
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(view.tree, Qt.Key.Key_C, control_shift)
    assert clipboard() == "$.a.s"
    go_to(view, "$.a")
    view.copy_value()
    assert clipboard() == '{"n":1.0,"s":"caf\\u00e9"}'


def test_left_right_and_star_fold(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(event())
    go_to(view, "$.content")
    content = view.tree.currentIndex()
    QTest.keyClick(view.tree, Qt.Key.Key_Left)
    assert not view.tree.isExpanded(content)
    QTest.keyClick(view.tree, Qt.Key.Key_Right)
    assert view.tree.isExpanded(content)
    view.collapse_button.click()
    view.tree.setCurrentIndex(content)
    QTest.keyClick(view.tree, Qt.Key.Key_Asterisk)
    assert view.tree.isExpanded(view.model.index(1, 0, content))


def test_the_filter_opens_the_way_and_clearing_it_brings_everything_back(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(event())
    view.filter.setText("stop")
    assert view.model.rowCount() == 1
    content = view.model.index(0, 0)
    assert view.tree.isExpanded(content)
    assert view.tree.isExpanded(view.model.index(0, 0, content))
    view.filter.setText("nothing like it")
    assert view.footer.right.text() == "nothing matches"
    view.filter.clear()
    assert view.model.rowCount() == 9


def test_filter_by_this_value_searches_for_the_same_value_at_the_same_place(
    qtbot: QtBot, pane: DetailPane, view: PayloadView
) -> None:
    pane.show_event(event())
    go_to(view, "$.metadata.user_id")
    action = next(action for action in view.menu_for_current().actions() if action.text() == "Filter by this value")
    with qtbot.waitSignal(pane.filter_requested) as wished:
        action.trigger()
    assert wished.args == ["$.metadata.user_id=user_456"]


def test_invalid_json_says_where_and_leads_to_raw(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(event(body=b'{"a": 1,\n "b": 2\n "c": 3}'))
    assert view.message.title.text() == "The body is not valid JSON"
    assert view.message.text.text() == "Line 3, column 2: expected a comma. Raw shows it as received."
    view.message.buttons[0].click()
    assert pane.current_view == "raw"


def test_a_body_over_one_megabyte_is_read_in_slices_and_opens_collapsed(
    qtbot: QtBot, pane: DetailPane, view: PayloadView
) -> None:
    body = json.dumps([{"id": f"msg_{number:08}", "list": [1, 2]} for number in range(28_000)]).encode()
    assert len(body) > 1024 * 1024
    pane.show_event(event(body=body))
    assert view._reading.busy
    assert view.model.tree is None
    qtbot.waitUntil(lambda: not view._reading.busy)
    assert view.model.index(0, 1).data() == "{2}"
    assert not view.tree.isExpanded(view.model.index(0, 0))
    assert view.model.rowCount() <= 3 * ROWS_PER_FETCH


def test_going_on_while_a_large_body_is_read_drops_it(qtbot: QtBot, pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(event(1, body=b"[" + b"1," * 400_000 + b"1]"))
    assert view._reading.busy
    pane.show_event(event(2))
    assert not view._reading.busy
    assert view.model.rowCount() == 9


def test_waiting_can_be_cancelled_and_begun_again(qtbot: QtBot, pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(event(1, body=b"[" + b"1," * 400_000 + b"1]"))
    view.waiting.cancelled.emit()
    assert not view._reading.busy
    assert view.message.title.text() == "Reading was stopped"
    view.message.buttons[0].click()
    assert view._reading.busy


@pytest.mark.parametrize(
    ("body", "content_type", "title"),
    [
        (b"", b"application/json", "No body"),
        (b"hello", b"text/plain", "The body is text"),
        (b"\x00\x01\x02", b"application/octet-stream", "The body is binary data"),
        (b"[]", b"application/json", "The body is an empty array"),
        (b"[" + b" " * MAX_TREE_BYTES + b"]", b"application/json", "Too large for a tree"),
    ],
    ids=["none", "text", "binary", "empty", "large"],
)
def test_a_body_without_a_tree_says_so(
    pane: DetailPane, view: PayloadView, body: bytes, content_type: bytes, title: str
) -> None:
    pane.show_event(event(body=body, headers=((b"Content-Type", content_type),)))
    assert view.message.title.text() == title


def test_an_array_nested_a_hundred_thousand_times_does_no_harm(
    qtbot: QtBot, pane: DetailPane, view: PayloadView
) -> None:
    pane.show_event(event(body=b"[" * 100_000 + b"]" * 100_000))
    qtbot.waitUntil(lambda: not view._reading.busy)
    view.expand_button.click()
    view.tree.grab()
    assert view.model.index(0, 0).data() == "0"
