"""The Diff view: which event it compares with, what it lists, what it leaves out, and what it says instead."""

from __future__ import annotations

import json
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.domain.event import Event, EventId, Refusal
from inspector.ui.detail.diff_others import Against, Other, chosen
from inspector.ui.detail.diff_text_area import SIDE_BY_SIDE_PX, Half
from inspector.ui.detail.diff_view import DiffView
from inspector.ui.detail.pane import DetailPane
from inspector.ui.widgets.menu import Menu
from tests.ui.detail.samples import DELIVERED, Reader, duplicate, event, provider_headers

CONTROL = Qt.KeyboardModifier.ControlModifier


def earlier(number: int = 12_457, **changes: Any) -> Event:
    body = DELIVERED | {"timestamp": "2024-12-20T14:23:37Z", "message_id": "msg_8f30d5b1", "recipient": "+12125550187"}
    return event(number, body=json.dumps(body | changes, separators=(",", ":")).encode())


@pytest.fixture
def view(pane: DetailPane) -> DiffView:
    pane.show_view("diff")
    found = pane.view("diff")
    assert isinstance(found, DiffView)
    return found


def serve(view: DiffView, *events: Event, ignored: tuple[str, ...] = (), against: Against = Against.KIND) -> None:
    """Answer what the view asks for as the window does."""
    known = {item.id: item for item in events}
    others = [Other(against, item.id, item.summary.label) for item in events]
    view.others_wanted.connect(lambda event_id: view.show_others(event_id, others))
    view.other_wanted.connect(lambda event_id, other: view.show_other(event_id, known.get(other), ignored))


def titles(view: DiffView) -> list[str]:
    return [row.title for row in view.list.rows.rows]


def choose(menu: Menu, words: str) -> None:
    next(action for action in menu.actions() if action.text().partition("\t")[0] == words).trigger()


def test_fields_are_told_with_both_values_and_equal_ones_folded(pane: DetailPane, view: DiffView) -> None:
    serve(view, earlier(), ignored=("$.timestamp",))
    pane.show_event(event())
    assert view.combo.currentText() == "#12,457  message.delivered · same kind"
    assert titles(view) == ["message_id", "recipient", "1 ignored field", "13 equal fields"]
    row = view.list.rows.rows[0]
    assert row.old is not None
    assert row.new is not None
    assert (row.old.text, row.new.text) == ("msg_8f30d5b1", "msg_8f31c07a")
    assert view.summary.text() == "2 changed, 1 ignored, 13 equal"
    assert row.spoken == "message_id, changed, before msg_8f30d5b1, now msg_8f31c07a"


def test_folds_open_and_close_by_keys(pane: DetailPane, view: DiffView) -> None:
    serve(view, earlier(), ignored=("timestamp",))
    pane.show_event(event())
    view.list.setFocus()
    QTest.keyClick(view.list, Qt.Key.Key_End)
    QTest.keyClick(view.list, Qt.Key.Key_Return)
    assert "delivery.latency_ms" in titles(view)
    assert view.list.rows.rows[3].open
    QTest.keyClick(view.list, Qt.Key.Key_Left)
    assert len(titles(view)) == 4
    QTest.keyClick(view.list, Qt.Key.Key_Up)
    QTest.keyClick(view.list, Qt.Key.Key_Right)
    assert titles(view)[2:4] == ["1 ignored field", "timestamp"]


def test_a_click_opens_a_fold(pane: DetailPane, view: DiffView) -> None:
    serve(view, earlier())
    pane.show_event(event())
    last = view.list.rows.index(len(titles(view)) - 1)
    QTest.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=view.list.visualRect(last).center())
    assert "channel" in titles(view)


def test_numbers_and_strings_that_look_alike_are_told_apart(pane: DetailPane, view: DiffView) -> None:
    delivery = {**DELIVERED["delivery"], "attempt": "1", "latency_ms": 1116.0}
    serve(view, earlier(**(DELIVERED | {"delivery": delivery, "channel": {"name": "rcs"}, "carrier": "84.5"})))
    pane.show_event(event())
    shown = {row.title: (row.old and row.old.text, row.new and row.new.text) for row in view.list.rows.rows}
    assert shown["delivery.attempt"] == ('"1"', "1")
    assert shown["delivery.latency_ms"] == ("1116.0", "1116")
    assert shown["channel"] == ('{"name": "rcs"}', '"rcs"')
    assert shown["carrier"] == ('"84.5"', '"verizon"')


def test_equal_bodies_say_so_and_headers_are_still_compared(pane: DetailPane, view: DiffView) -> None:
    other = event(12_400, headers=provider_headers(event().request.body, ("X-Extra", "1")))
    serve(view, other, against=Against.ORIGINAL)
    pane.show_event(event())
    assert view.message.isVisible()
    assert view.message.title.text() == "The bodies are the same, byte for byte"
    view.segments.button("headers").setFocus()
    QTest.keyClick(view.segments.button("headers"), Qt.Key.Key_Space)
    assert titles(view) == ["X-Extra", "14 equal headers"]
    assert view.summary.text() == "1 removed, 14 equal"


def test_secret_headers_are_masked(pane: DetailPane, view: DiffView) -> None:
    serve(view, event(1, headers=provider_headers(b"", ("Authorization", "Bearer one"))))
    pane.show_event(event(2, headers=provider_headers(b"", ("Authorization", "Bearer two"))))
    view.segments.set_current("headers")
    row = next(row for row in view.list.rows.rows if row.title == "Authorization")
    assert row.old is not None
    assert row.new is not None
    assert "Bearer" not in row.old.text + row.new.text + row.spoken


def test_nothing_to_compare_with_offers_to_choose(qtbot: QtBot, pane: DetailPane, view: DiffView) -> None:
    serve(view)
    pane.show_event(event(9))
    assert view.message.title.text() == "Nothing to compare with"
    with qtbot.waitSignal(view.choose_requested) as wished:
        view.message.buttons[0].click()
    assert wished.args == [9]


def test_a_body_that_was_not_kept_is_not_called_equal(pane: DetailPane, view: DiffView) -> None:
    serve(view, event(1, body=b"", refusal=Refusal.TOO_LARGE))
    pane.show_event(event(2, body=b"", refusal=Refusal.TOO_LARGE))
    assert view.message.title.text() == "The body was not kept"


def test_bodies_without_fields_are_shown_as_text(pane: DetailPane, view: DiffView) -> None:
    plain = ((b"Content-Type", b"text/plain"),)
    serve(view, event(1, body=b"one\ntwo", headers=plain))
    pane.show_event(event(2, body=b"one\n2", headers=plain))
    assert view.text.isVisible()
    assert view.segments.current == "text"
    assert not view.segments.button("fields").isEnabled()
    assert view.summary.text() == "1 line removed, 1 line added"
    assert view.text.as_text() == "  one\n- two\n+ 2"
    view.text.setFocus()
    QTest.keyClick(view.text, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "  one\n- two\n+ 2"
    pane.show_event(event(1, body=b"one\ntwo", headers=plain))
    assert view.segments.current == "fields"


def test_binary_bodies_tell_the_first_byte_that_differs(pane: DetailPane, view: DiffView) -> None:
    binary = ((b"Content-Type", b"application/octet-stream"),)
    serve(view, event(1, body=b"\x00\x01\x02", headers=binary))
    pane.show_event(event(2, body=b"\x00\x01\x05\x06", headers=binary))
    assert view.message.title.text() == "The bodies differ"
    assert view.message.text.text() == "They differ from byte 3 on: 3 B before, 4 B now. They are not text."


def test_text_stands_side_by_side_where_there_is_room(pane: DetailPane, view: DiffView) -> None:
    serve(view, earlier())
    pane.show_event(event())
    view.segments.set_current("text")
    assert all(not isinstance(row, tuple) or len(row) == 1 for row in view.text.painted)
    pane.resize(SIDE_BY_SIDE_PX + 40, 700)
    row = view.text.painted[2]
    assert isinstance(row, tuple)
    assert [half.sign for half in row if isinstance(half, Half)] == ["-", "+"]
    before = len(view.text.painted)
    view.text.setFocus()
    QTest.keyClick(view.text, Qt.Key.Key_Return)
    assert len(view.text.painted) > before


def test_what_it_is_compared_with_stays_chosen_while_the_selection_moves(pane: DetailPane, view: DiffView) -> None:
    asked: list[tuple[int, int]] = []
    view.other_wanted.connect(lambda event_id, other: asked.append((event_id, other)))
    view.others_wanted.connect(
        lambda event_id: view.show_others(
            event_id,
            [
                *([Other(Against.ORIGINAL, EventId(1), "a")] if event_id != 30 else []),
                Other(Against.KIND, EventId(2), "b"),
                *([Other(Against.MESSAGE, EventId(3), "c")] if event_id != 20 else []),
            ],
        )
    )
    pane.show_event(event(10))
    view.combo.setFocus()
    QTest.keyClick(view.combo, Qt.Key.Key_Down)
    QTest.keyClick(view.combo, Qt.Key.Key_Down)
    for number in (20, 30):
        pane.show_event(event(number))
    assert asked == [(10, 1), (10, 2), (10, 3), (20, 1), (30, 3)]


def test_a_picked_event_stays_the_one_to_compare_with(pane: DetailPane, view: DiffView, reader: Reader) -> None:
    asked: list[tuple[int, int]] = []
    view.other_wanted.connect(lambda event_id, other: asked.append((event_id, other)))
    view.others_wanted.connect(lambda event_id: view.show_others(event_id, ()))
    pane.show_event(event(10))
    pane.compare(Against.PICKED, EventId(12_462))
    pane.show_event(event(11))
    assert asked == [(10, 12_462), (11, 12_462)]
    assert view.combo.currentText() == "#12,462  message.delivered · picked"


def test_answers_for_an_event_that_is_left_change_nothing(pane: DetailPane, view: DiffView) -> None:
    pane.show_event(event(10))
    pane.show_event(event(11))
    view.show_others(10, [Other(Against.KIND, EventId(2), "b")])
    view.show_other(10, earlier(), ())
    assert view.combo.count() == 0
    assert view.waiting.isVisible()


def test_fields_are_ignored_and_told_again_from_the_menu(qtbot: QtBot, pane: DetailPane, view: DiffView) -> None:
    serve(view, earlier())
    pane.show_event(event())
    row = view.list.rows.rows[1]
    with qtbot.waitSignal(view.ignore_requested) as wished:
        choose(view.menu_for(row), "Ignore this field")
    assert wished.args == ["$.message_id"]
    with qtbot.waitSignal(view.ignore_requested) as wished:
        choose(view.menu_for(row), "Ignore every message_id")
    assert wished.args == ["message_id"]
    view.set_ignored(["message_id"])
    assert titles(view) == ["timestamp", "recipient", "1 ignored field", "13 equal fields"]
    view.list.fold_toggled.emit("ignored")
    with qtbot.waitSignal(view.compare_requested) as told:
        choose(view.menu_for(view.list.rows.rows[3]), "Compare again")
    assert told.args == [("message_id",)]


def test_keys_copy_a_difference_and_its_path(pane: DetailPane, view: DiffView) -> None:
    serve(view, earlier())
    pane.show_event(event())
    view.list.setFocus()
    QTest.keyClick(view.list, Qt.Key.Key_Down)
    QTest.keyClick(view.list, Qt.Key.Key_Home)
    QTest.keyClick(view.list, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "$.timestamp\n- 2024-12-20T14:23:37Z\n+ 2024-12-20T14:23:44Z"
    QTest.keyClick(view.list, Qt.Key.Key_C, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert QGuiApplication.clipboard().text() == "$.timestamp"
    choose(view.menu_for(view.list.rows.rows[0]), "Copy old value")
    assert QGuiApplication.clipboard().text() == "2024-12-20T14:23:37Z"
    choose(view.menu_for(view.list.rows.rows[0]), "Copy all differences")
    assert QGuiApplication.clipboard().text().count("\n- ") == 3


def test_the_menu_key_opens_the_menu_of_the_row(pane: DetailPane, view: DiffView) -> None:
    serve(view, earlier())
    pane.show_event(event())
    view.list.setFocus()
    view.list.setCurrentIndex(view.list.rows.index(1))
    pressed = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(0, 0), QPoint(0, 0))
    QApplication.sendEvent(view.list.viewport(), pressed)
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, Menu)
    assert "Ignore every message_id" in [action.text() for action in popup.actions()]
    popup.close()


def test_a_duplicates_callout_leads_to_the_comparison_with_its_original(pane: DetailPane, view: DiffView) -> None:
    pane.show_view("overview")
    pane.show_event(duplicate())
    overview: Any = pane.view("overview")
    links = {button.text(): button for button in overview.callouts[0].buttons}
    assert list(links) == ["Open original", "Compare"]
    links["Compare"].click()
    assert pane.current_view == "diff"
    assert view.against is Against.ORIGINAL


def test_long_bodies_are_compared_in_slices(qtbot: QtBot, pane: DetailPane, view: DiffView) -> None:
    many = [{"id": number, "status": "sent"} for number in range(8_000)]
    serve(view, event(1, body=json.dumps(many).encode()))
    many[7_000]["status"] = "read"
    pane.show_event(event(2, body=json.dumps(many).encode()))
    assert view.waiting.isVisible()
    qtbot.waitUntil(lambda: view.list.isVisible())
    assert titles(view) == ["[7000].status", "15,999 equal fields"]
    view.list.fold_toggled.emit("equal")
    assert titles(view)[-1] == "and 15,799 more equal fields"


def test_the_rows_are_a_proper_model(pane: DetailPane, view: DiffView) -> None:
    tester = QAbstractItemModelTester(view.list.rows, QAbstractItemModelTester.FailureReportingMode.Fatal)
    serve(view, earlier())
    pane.show_event(event())
    view.list.fold_toggled.emit("equal")
    assert tester.model() is view.list.rows


@pytest.mark.parametrize(
    ("offered", "wanted", "expected"),
    [
        ("original kind message", "usual", "original"),
        ("kind message", "usual", "kind"),
        ("message picked", "usual", "message"),
        ("original kind", "message", "original"),
        ("original picked", "picked", "picked"),
        ("", "kind", None),
    ],
)
def test_the_usual_other_is_the_original_then_the_kind_then_the_message(
    offered: str, wanted: str, expected: str | None
) -> None:
    others = [Other(Against(name), EventId(1), "") for name in offered.split()]
    found = chosen(others, Against(wanted))
    assert (found.against if found else None) == expected


def test_a_long_comparison_that_is_left_never_shows_its_result(qtbot: QtBot, pane: DetailPane, view: DiffView) -> None:
    many = [{"id": number, "status": "sent"} for number in range(8_000)]
    serve(view, event(1, body=json.dumps(many).encode()), earlier(2))
    pane.show_event(event(3, body=json.dumps(many[1:]).encode()))
    assert view.waiting.isVisible()
    view.waiting.cancelled.emit()
    assert view.message.title.text() == "Comparing was stopped"
    pane.show_event(earlier(4))
    qtbot.waitUntil(lambda: view.message.isVisible() or view.list.isVisible())
    assert view._event is not None
    assert view._event.id == 4
