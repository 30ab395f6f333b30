"""The Raw view shows a body laid out, as it came, and byte by byte, at any size."""

from __future__ import annotations

import gzip
import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inspector.ui.detail.pane import DetailPane
from inspector.ui.detail.raw_view import HEX, PRETTY, RECEIVED, RawView
from tests.ui.detail.samples import event

JSON_HEADERS = ((b"Content-Type", b"application/json"),)


@pytest.fixture
def view(pane: DetailPane) -> RawView:
    pane.show_view("raw")
    found = pane.view("raw")
    assert isinstance(found, RawView)
    return found


def settle(qtbot: QtBot, view: RawView) -> None:
    qtbot.waitUntil(lambda: not view._making.busy and not view.code._filling.busy)


def show(
    qtbot: QtBot, pane: DetailPane, view: RawView, body: bytes, segment: str, *headers: tuple[bytes, bytes]
) -> None:
    view.segments.set_current(segment)
    pane.show_event(event(body=body, headers=headers or JSON_HEADERS))
    settle(qtbot, view)


def test_pretty_lays_json_out_and_keeps_its_numbers(qtbot: QtBot, pane: DetailPane, view: RawView) -> None:
    show(qtbot, pane, view, b'{"a":1.0,"b":[1e400,"x"]}', PRETTY)
    assert view.code.toPlainText() == '{\n  "a": 1.0,\n  "b": [1e400, "x"]\n}'
    assert view.footer.left.text() == "Line 1, column 1"
    assert view.footer.right.text() == "Pretty view; the signature covers the bytes as received"
    assert view.info.text() == "UTF-8, 25 B"


def test_names_and_values_are_coloured(qtbot: QtBot, pane: DetailPane, view: RawView) -> None:
    show(qtbot, pane, view, b'{"a":"b"}', PRETTY)
    formats = view.code.document().findBlockByNumber(1).layout().formats()
    colours = [piece.format.foreground().color().name() for piece in formats]
    tokens = view.theme.tokens
    assert colours[0] == tokens.jsKey.name()
    assert tokens.jsStr.name() in colours


def test_as_received_changes_nothing_and_shows_bad_bytes(qtbot: QtBot, pane: DetailPane, view: RawView) -> None:
    show(qtbot, pane, view, b'{"a" :1,\r\n\xff}', RECEIVED)
    assert view.code.toPlainText() == '{"a" :1,\n\\xff}'
    assert view.footer.right.text() == "1 byte not UTF-8, shown as \\x…"


def test_json_that_is_not_json_is_shown_as_received_with_the_reason(
    qtbot: QtBot, pane: DetailPane, view: RawView
) -> None:
    show(qtbot, pane, view, b'{"a": }', PRETTY)
    assert view.code.toPlainText() == '{"a": }'
    assert view.footer.right.text() == "Not valid JSON: shown as received"


def test_a_compressed_body_is_unpacked_and_said_to_be(qtbot: QtBot, pane: DetailPane, view: RawView) -> None:
    packed = gzip.compress(b'{"a":1}')
    headers = (*JSON_HEADERS, (b"Content-Encoding", b"gzip"))
    show(qtbot, pane, view, packed, RECEIVED, *headers)
    assert view.code.toPlainText() == '{"a":1}'
    assert view.footer.right.text() == f"Unpacked; sent as {len(packed)} bytes of gzip. Hex shows those"
    view.segments.set_current(HEX)
    assert view.hex._rows is not None
    assert view.hex._rows.row(0).startswith("1f 8b 08")


def test_hex_makes_only_the_rows_in_sight(qtbot: QtBot, pane: DetailPane, view: RawView) -> None:
    show(qtbot, pane, view, bytes(range(256)) * 4096, HEX)
    assert view.hex.verticalScrollBar().maximum() > 100_000
    QTest.keyClick(view.hex, Qt.Key.Key_End)
    assert view.hex.verticalScrollBar().value() == view.hex.verticalScrollBar().maximum()
    view.hex.grab()
    assert not view.find_button.isEnabled()


def test_the_chosen_form_stays_from_event_to_event(qtbot: QtBot, pane: DetailPane, view: RawView) -> None:
    show(qtbot, pane, view, b"{}", RECEIVED)
    pane.show_event(event(2, body=b"[ ]"))
    settle(qtbot, view)
    assert view.code.toPlainText() == "[ ]"


def test_a_long_text_comes_in_pieces_and_whole(qtbot: QtBot, pane: DetailPane, view: RawView) -> None:
    body = json.dumps([{"id": number, "text": "x" * 20} for number in range(12_000)]).encode()
    show(qtbot, pane, view, body, PRETTY)
    assert json.loads(view.code.toPlainText()) == json.loads(body)
    assert view.code.place() == (1, 1)


def test_one_enormous_line_is_shown_in_rows(qtbot: QtBot, pane: DetailPane, view: RawView) -> None:
    body = b'["' + b"x" * 400_000 + b'needle"]'
    show(qtbot, pane, view, body, RECEIVED)
    assert view.lines.isVisible()
    view.find_bar.open_bar()
    view.find_bar.field.setText("needle")
    assert view.lines._marked == 400
    view.find_bar.field.setText("nowhere")
    assert view.find_bar.hits.text() == "No hits"


def test_find_marks_all_hits_and_steps_through_them(qtbot: QtBot, pane: DetailPane, view: RawView) -> None:
    show(qtbot, pane, view, b'{"a":"Hit","b":"x","c":"hit"}', PRETTY)
    view.find_button.click()
    view.find_bar.field.setText("hit")
    assert view.find_bar.hits.text() == "2 hits"
    assert view.code.place()[0] == 2
    QTest.keyClick(view.find_bar.field, Qt.Key.Key_Return)
    assert view.code.place()[0] == 4
    QTest.keyClick(view.find_bar.field, Qt.Key.Key_Return)
    assert view.code.place()[0] == 2
    control = Qt.KeyboardModifier.ControlModifier
    QTest.keyClick(view.code, Qt.Key.Key_G, control)
    assert view.code.place()[0] == 4
    QTest.keyClick(view.code, Qt.Key.Key_G, control | Qt.KeyboardModifier.ShiftModifier)
    assert view.code.place()[0] == 2
    view.find_bar.field.clear()
    QTest.keyClick(view.find_bar.field, Qt.Key.Key_Escape)
    assert not view.find_bar.isVisible()


def test_copy_takes_what_is_shown(qtbot: QtBot, pane: DetailPane, view: RawView) -> None:
    show(qtbot, pane, view, b'{"a":1}', PRETTY)
    view.copy_button.click()
    assert QGuiApplication.clipboard().text() == '{\n  "a": 1\n}'
    view.segments.set_current(HEX)
    view.copy_button.click()
    words = QGuiApplication.clipboard().text().split()
    assert words == ["0000", "7b", "22", "61", "22", "3a", "31", "7d", '{"a":1}']


def test_wrapping_is_a_switch(view: RawView) -> None:
    view.wrap_button.click()
    assert view.code.lineWrapMode() == view.code.LineWrapMode.WidgetWidth
    view.wrap_button.click()
    assert view.code.lineWrapMode() == view.code.LineWrapMode.NoWrap


def test_no_body_says_so(qtbot: QtBot, pane: DetailPane, view: RawView) -> None:
    show(qtbot, pane, view, b"", PRETTY)
    assert view.message.isVisible()
    assert view.message.title.text() == "No body"
