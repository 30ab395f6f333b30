"""The Payload view opens what values hold, shows parts and pictures, and says which values fed the columns."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QContextMenuEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.domain.event import Event
from inspector.domain.report import Kind
from inspector.ui.detail.pane import DetailPane
from inspector.ui.detail.payload_facts import PayloadFacts, Pick
from inspector.ui.detail.payload_picture import decode_picture
from inspector.ui.detail.payload_view import PayloadView
from inspector.ui.detail.raw_view import RawView
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.menu import Menu
from tests.ui.detail.samples import Reader, event
from tests.unit.payload.test_insides import b64, jwt, png

INNER = b'{"messageId":"m1","eventType":"DELIVERED","sendTime":"2024-12-20T14:23:44Z"}'
FIELDS = {
    "$.message.data -> $.messageId": "message_id",
    "$.message.data -> $.eventType": "name",
    "$.message.data -> $.sendTime": "occurred_at",
    "$.id": "recipient",
}
MULTIPART = (
    b'--B\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello there\r\n'
    b'--B\r\nContent-Disposition: form-data; name="doc"; filename="../a.png"\r\nContent-Type: image/png\r\n\r\n'
    + png(20, 30)
    + b'\r\n--B\r\nContent-Disposition: form-data; name="raw"; filename="x.bin"\r\n\r\n\x00\x01\x02\r\n--B--\r\n'
)


@pytest.fixture
def pane(qtbot: QtBot, theme: Theme, icons: Icons, reader: Reader) -> Iterator[DetailPane]:
    pane = DetailPane(theme, icons, reader, facts=lambda _event, _body: PayloadFacts(FIELDS))
    pane.resize(480, 700)
    with qtbot.waitExposed(pane):
        pane.show()
    yield pane
    pane.close()
    shiboken6.delete(pane)


@pytest.fixture
def view(pane: DetailPane) -> PayloadView:
    pane.show_view("payload")
    found = pane.view("payload")
    assert isinstance(found, PayloadView)
    return found


def json_event(value: object, number: int = 1) -> Event:
    return event(number, body=json.dumps(value).encode())


def typed(body: bytes, content_type: str, coding: str = "") -> Event:
    headers = [(b"Content-Type", content_type.encode())]
    if coding:
        headers.append((b"Content-Encoding", coding.encode()))
    return event(body=body, headers=tuple(headers))


def go_to(view: PayloadView, path: str) -> int:
    tree = view.model.tree
    assert tree is not None
    node = next(node for node in range(len(tree)) if tree.path(node) == path and tree.parents[node] >= -(node == 0))
    view.tree.select_node(node)
    view.tree.setFocus()
    return node


def names_under(view: PayloadView, node: int) -> list[str]:
    index = view.model.index_of(node)
    return [view.model.index(row, 0, index).data() for row in range(view.model.rowCount(index))]


def entry(menu: Menu, *words: str) -> QAction:
    """Return an entry by its words, those of submenus first."""
    for word in words[:-1]:
        menu = next(action.menu() for action in menu.actions() if action.text().strip() == word)  # type: ignore[assignment]
    return next(action for action in menu.actions() if action.text().partition("\t")[0] == words[-1])


# -- values that hold something ---------------------------------------------------------------------------------


def test_a_token_opens_by_enter_and_folds_by_left(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(json_event({"a": 1, "token": jwt({"sub": "7"})}))
    node = go_to(view, "$.token")
    assert view.model.note(node) == "JWT, not verified"
    assert not view.tree.isExpanded(view.model.index_of(node))
    assert view.model.hasChildren(view.model.index_of(node))
    assert names_under(view, node) == []
    QTest.keyClick(view.tree, Qt.Key.Key_Return)
    assert names_under(view, node) == ["header", "claims", "signature"]
    assert view.tree.isExpanded(view.model.index_of(node))
    go_to(view, "$.token -> $.claims.sub")
    assert view.footer.left.text() == "$.token -> $.claims.sub"
    view.tree.select_node(node)
    QTest.keyClick(view.tree, Qt.Key.Key_Left)
    assert not view.tree.isExpanded(view.model.index_of(node))
    QTest.keyClick(view.tree, Qt.Key.Key_Right)
    assert view.tree.isExpanded(view.model.index_of(node))


def test_a_click_on_the_chevron_opens_what_a_value_holds(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(json_event({"text": '{"x":[1]}'}))
    node = go_to(view, "$.text")
    rect = view.tree.visualRect(view.model.index_of(node))
    QTest.mouseClick(view.tree.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(10, rect.center().y()))
    assert names_under(view, node) == ["x"]


@pytest.mark.parametrize(
    "body",
    [
        {"message": {"data": b64(INNER), "messageId": "5"}, "subscription": "s"},
        {"Type": "Notification", "Message": INNER.decode()},
    ],
    ids=["pubsub", "sns"],
)
def test_the_payload_inside_an_envelope_opens_by_itself(
    pane: DetailPane, view: PayloadView, body: dict[str, object]
) -> None:
    pane.show_event(json_event(body))
    tree = view.model.tree
    assert tree is not None
    host = tree.find("$.message.data") or tree.find("$.Message")
    assert host is not None
    assert names_under(view, host) == ["messageId", "eventType", "sendTime"]
    assert view.tree.isExpanded(view.model.index_of(host))


def test_a_body_that_is_one_text_opens_too(qtmodeltester: object, pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(json_event(INNER.decode()))
    view.tree.setCurrentIndex(view.model.index(0, 0))
    view.tree.setFocus()
    QTest.keyClick(view.tree, Qt.Key.Key_Return)
    assert names_under(view, 0) == ["messageId", "eventType", "sendTime"]
    qtmodeltester.check(view.model)  # type: ignore[attr-defined]


def test_the_model_keeps_qts_rules_with_opened_values(
    qtmodeltester: object, pane: DetailPane, view: PayloadView
) -> None:
    pane.show_event(json_event({"a": [json.dumps([1, json.dumps({"b": 2})])], "message": {"data": b64(INNER)}}))
    go_to(view, "$.a[0]")
    QTest.keyClick(view.tree, Qt.Key.Key_Asterisk)
    go_to(view, "$.a[0] -> $[1]")
    QTest.keyClick(view.tree, Qt.Key.Key_Asterisk)
    assert view.tree.current_node() > 0
    qtmodeltester.check(view.model)  # type: ignore[attr-defined]


def test_the_filter_finds_what_was_opened(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(json_event({"other": 1, "message": {"data": b64(INNER), "id": 2}}))
    view.filter.setText("eventtype")
    assert view.model.rowCount() == 1
    data = view.model.index(0, 0, view.model.index(0, 0))
    assert [view.model.index(row, 0, data).data() for row in range(view.model.rowCount(data))] == ["eventType"]
    view.filter.clear()
    assert view.model.rowCount(view.model.index_of(view.model.tree.find("$.message.data"))) == 3  # type: ignore


def test_what_is_not_what_it_seemed_says_so_and_folds_for_good(pane: DetailPane, view: PayloadView) -> None:
    broken = "{" + " " * 20_000 + "}" + " oops }"
    pane.show_event(json_event({"text": broken}))
    node = go_to(view, "$.text")
    QTest.keyClick(view.tree, Qt.Key.Key_Right)
    assert "Line 1" in view.footer.right.text()
    assert not view.model.hasChildren(view.model.index_of(node))


def test_a_large_value_is_opened_in_slices(qtbot: QtBot, pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(json_event({"text": json.dumps(list(range(150_000)))}))
    node = go_to(view, "$.text")
    QTest.keyClick(view.tree, Qt.Key.Key_Return)
    assert view._opening.busy
    qtbot.waitUntil(lambda: not view._opening.busy)
    assert 400 <= view.model.rowCount(view.model.index_of(node)) <= 800


def test_the_menu_opens_base64_that_does_not_show_what_it_holds(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(json_event({"key": b64(bytes(range(200, 220)))}))
    node = go_to(view, "$.key")
    assert not view.model.hasChildren(view.model.index_of(node))
    entry(view.menu_for_current(), "Open as base64").trigger()
    assert names_under(view, node) == ["bytes"]


def test_a_picture_in_a_value_is_shown_below_the_tree(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(json_event({"a": 1, "picture": b64(png(20, 30))}))
    go_to(view, "$.picture")
    assert view.preview.isVisible()
    assert view.preview.picture.has_picture
    assert view.preview.picture.accessibleDescription().startswith("PNG image, 20 × 30, ")
    go_to(view, "$.a")
    assert not view.preview.isVisible()


# -- what fed the columns ---------------------------------------------------------------------------------------


def test_values_that_fed_a_column_are_marked_and_read_aloud(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(json_event({"id": "+1415", "message": {"data": b64(INNER), "x": 1}}))
    tree = view.model.tree
    assert tree is not None
    tags = {tree.path(node): view.model.tag(node) for node in range(1, len(tree)) if tree.parents[node] >= 0}
    assert {path: tag for path, tag in tags.items() if tag} == {
        "$.id": "Recipient",
        "$.message.data -> $.messageId": "Message",
        "$.message.data -> $.eventType": "Event",
        "$.message.data -> $.sendTime": "Time",
    }
    spoken = view.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == 'id, "+1415", column Recipient'


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("width", [400, 700])
def test_marks_and_notes_are_painted_in_any_width(
    theme: Theme, pane: DetailPane, view: PayloadView, mode: str, width: int
) -> None:
    theme.set_mode(mode)  # type: ignore[arg-type]
    pane.resize(width, 500)
    pane.show_event(json_event({"id": "+4915112345678" * 9, "token": jwt({"sub": "7"})}))
    assert not view.grab().isNull()


# -- picking ----------------------------------------------------------------------------------------------------


def test_a_value_becomes_the_duplicate_key(qtbot: QtBot, pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(json_event({"data": [{"odd key": "x"}]}, 7))
    go_to(view, '$.data[0]["odd key"]')
    with qtbot.waitSignal(pane.wishes.pick_requested) as wished:
        entry(view.menu_for_current(), "Use as duplicate key").trigger()
    assert wished.args == [Pick(7, '$.data[0]["odd key"]', place='json:data[0]["odd key"]')]  # type: ignore[arg-type]


def test_a_form_field_becomes_the_duplicate_key(qtbot: QtBot, pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(typed(b"MessageSid=SM1&To=2", "application/x-www-form-urlencoded"))
    go_to(view, "$.MessageSid")
    with qtbot.waitSignal(pane.wishes.pick_requested) as wished:
        entry(view.menu_for_current(), "Use as duplicate key").trigger()
    assert wished.args[0].place == "form:MessageSid"


def test_what_cannot_be_picked_says_why(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(json_event({"message": {"data": b64(INNER)}}))
    go_to(view, "$.message")
    action = entry(view.menu_for_current(), "Use as duplicate key")
    assert (action.isEnabled(), action.toolTip()) == (False, "Choose a single value inside it")
    go_to(view, "$.message.data -> $.messageId")
    action = entry(view.menu_for_current(), "Use as duplicate key")
    assert not action.isEnabled()
    assert "Only values of the body itself" in action.toolTip()


def test_a_value_inside_an_envelope_can_be_the_message_id(qtbot: QtBot, pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(json_event({"message": {"data": b64(INNER)}}, 7))
    go_to(view, "$.message.data -> $.messageId")
    with qtbot.waitSignal(pane.wishes.pick_requested) as wished:
        entry(view.menu_for_current(), "This is the", "Message ID").trigger()
    assert wished.args == [Pick(7, "$.message.data -> $.messageId", "message_id")]  # type: ignore[arg-type]


def test_an_uncommon_event_name_asks_what_it_means(qtbot: QtBot, pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(json_event({"what": "TELEPORTED", "plain": "delivered"}, 7))
    go_to(view, "$.what")
    with qtbot.waitSignal(pane.wishes.pick_requested) as wished:
        entry(view.menu_for_current(), "This is the", "Event name, meaning", "Delivered").trigger()
    assert wished.args == [Pick(7, "$.what", "name", Kind.DELIVERED)]  # type: ignore[arg-type]
    go_to(view, "$.plain")
    assert entry(view.menu_for_current(), "This is the", "Event name").isEnabled()


def test_the_menu_key_opens_the_menu_of_the_selected_row(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(event())
    go_to(view, "$.message_id")
    asked: list[QPoint] = []
    view.tree.menu_requested.connect(asked.append)
    far = QPoint(10, 300)
    event_ = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, far, view.tree.mapToGlobal(far))
    QApplication.sendEvent(view.tree.viewport(), event_)
    assert view.model.tree is not None
    assert view.model.tree.path(view.tree.current_node()) == "$.message_id"
    assert asked[0].y() == view.tree.visualRect(view.tree.currentIndex()).bottom()
    popup = QApplication.activePopupWidget()
    assert isinstance(popup, Menu)
    popup.close()


# -- other bodies -----------------------------------------------------------------------------------------------


def test_parts_are_a_table_with_preview_and_save(qtbot: QtBot, pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(typed(MULTIPART, 'multipart/form-data; boundary="B"'))
    rows = view.parts.rows
    shown = [[rows.index(row, column).data() for column in range(4)] for row in range(rows.rowCount())]
    assert shown[0] == ["note", "text", "", "11 B"]
    assert shown[1][:3] == ["doc", "image/png", "../a.png"]
    assert not view.save_button.isVisible()
    view.parts.setFocus()
    view.parts.selectRow(0)
    assert view.preview.isVisible()
    assert view.footer.left.text() == "$.note"
    QTest.keyClick(view.parts, Qt.Key.Key_Down)
    assert view.preview.picture.has_picture
    assert view.footer.left.text() == "$.doc"
    with qtbot.waitSignal(pane.wishes.save_requested) as wished:
        view.save_button.click()
    assert wished.args == ["../a.png", png(20, 30)]
    QTest.keyClick(view.parts, Qt.Key.Key_Down)
    assert view.preview.lines.isVisible()
    pane.show_event(event(2))
    assert not view.parts.isVisible()
    assert not view.preview.isVisible()


def test_the_table_of_parts_keeps_qts_rules(qtmodeltester: object, pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(typed(MULTIPART, 'multipart/form-data; boundary="B"'))
    qtmodeltester.check(view.parts.rows)  # type: ignore[attr-defined]


def test_a_picture_is_shown_and_can_be_saved(qtbot: QtBot, pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(typed(png(20, 30), "image/png"))
    assert view.picture.isVisible()
    assert view.picture.has_picture
    assert not view.tree.isVisible()
    with qtbot.waitSignal(pane.wishes.save_requested) as wished:
        view.save_button.click()
    assert wished.args == ["event-12466.png", png(20, 30)]
    pane.show_event(event(2))
    assert view.tree.isVisible()
    assert not view.picture.isVisible()


def test_a_large_picture_is_decoded_elsewhere_and_made_smaller(
    qtbot: QtBot, pane: DetailPane, view: PayloadView
) -> None:
    pane.show_event(typed(png(3000, 1000), "image/png"))
    assert view.picture.busy
    qtbot.waitUntil(lambda: not view.picture.busy)
    assert view.picture.has_picture
    assert view.picture._image.width() == 2048


def test_a_picture_that_would_fill_the_memory_is_not_decoded() -> None:
    head = bytearray(png(20, 30))
    head[16:24] = (60_000).to_bytes(4, "big") * 2
    decoded = decode_picture(bytes(head))
    assert decoded.image.isNull()
    assert decoded.problem
    assert decode_picture(b"\x89PNG\r\n\x1a\n").problem
    assert isinstance(decode_picture(b"").image, QImage)


def test_a_compressed_body_is_shown_with_a_note(pane: DetailPane, view: PayloadView) -> None:
    body = gzip.compress(b'{"a":1}')
    pane.show_event(typed(body, "application/json", "gzip"))
    assert view.model.index(0, 0).data() == "a"
    assert view.footer.right.text() == f"object · 1 member · gzip, {len(body)} B as sent"


def test_a_gzip_bomb_does_not_hold_the_window(qtbot: QtBot, pane: DetailPane, view: PayloadView) -> None:
    bomb = gzip.compress(b"0" * (64 * 1024 * 1024))
    pane.show_event(typed(bomb, "application/json", "gzip"))
    assert view._reading.busy
    qtbot.waitUntil(lambda: not view._reading.busy)
    assert view.message.title.text() == "Too large for a tree"
    assert "of gzip. It unpacks to over 20 MB." in view.message.text.text()


def test_raw_does_not_unpack_a_bomb_either(qtbot: QtBot, pane: DetailPane) -> None:
    pane.show_view("raw")
    raw = pane.view("raw")
    assert isinstance(raw, RawView)
    pane.show_event(typed(gzip.compress(b"0" * (64 * 1024 * 1024)), "application/json", "gzip"))
    assert raw._making.busy
    qtbot.waitUntil(lambda: not raw._making.busy)
    assert raw.footer.right.text() == "It unpacks to over 20 MB. Shown as received"


def test_an_unlabelled_binary_body_can_be_read_as_message_pack(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(typed(b"\x81\xa1a\x01", "application/octet-stream"))
    assert view.message.title.text() == "The body is binary data"
    next(button for button in view.message.buttons if button.text() == "Read as MessagePack").click()
    assert view.model.index(0, 0).data() == "a"
    pane.show_event(typed(b"\x81\xa1a\x01", "application/x-protobuf"))


def test_message_pack_and_protobuf_are_trees(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(typed(b"\x81\xa1a\x01", "application/msgpack"))
    assert view.model.index(0, 0).data() == "a"
    other = event(2, body=b"\x12\x07testing", headers=((b"Content-Type", b"application/x-protobuf"),))
    pane.show_event(other)
    assert (view.model.index(0, 0).data(), view.model.index(0, 1).data()) == ("2 text", '"testing"')


def test_copy_as_json_writes_what_was_no_json(pane: DetailPane, view: PayloadView) -> None:
    pane.show_event(typed(b"<m><to>+1</to></m>", "application/xml"))
    go_to(view, "$.m")
    view.copy_as_json()
    assert json.loads(QApplication.clipboard().text()) == {"to": "+1"}
