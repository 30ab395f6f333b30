"""From a value in the payload tree to the endpoint's duplicate key, and to a provider of the user's own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtGui import QAction

from inspector.domain.endpoint import DuplicateKey, Endpoint
from inspector.domain.event import EventSummary
from inspector.ui.control.payload_control import safe_name
from inspector.ui.detail.payload_view import PayloadView
from inspector.ui.dialogs.question import TextQuestion
from inspector.ui.widgets.menu import Menu
from tests.ui.desk import Desk
from tests.ui.waiting import a_dialog, until

pytestmark = pytest.mark.asyncio

ODD = json.dumps({"ref": "m-77", "state": "TELEPORTED", "who": {"msisdn": "+4915112345678"}, "seq": 1}).encode()


def endpoint_of(desk: Desk) -> Endpoint:
    return desk.app.directory.all()[0]


async def payload_of(desk: Desk, body: bytes = ODD) -> tuple[EventSummary, PayloadView]:
    """Receive an event and show its payload."""
    assert await desk.post(body) == 200
    row = await desk.row(0, of=1)
    return row, show(desk, row)


def show(desk: Desk, row: EventSummary) -> PayloadView:
    desk.window.events.open(row.id)
    desk.window.pane.show_view("payload")
    view = desk.window.pane.view("payload")
    assert isinstance(view, PayloadView)
    return view


def choose(view: PayloadView, path: str, *words: str) -> None:
    """Trigger an entry of a node's menu."""
    tree = view.model.tree
    assert tree is not None
    node = tree.find(path)
    assert node is not None
    view.tree.select_node(node)
    menu: Menu = view.menu_for_current()
    for word in words[:-1]:
        menu = next(item.menu() for item in menu.actions() if item.text().strip() == word)  # type: ignore[assignment]
    action: QAction = next(item for item in menu.actions() if item.text().partition("\t")[0] == words[-1])
    assert action.isEnabled(), action.toolTip()
    action.trigger()


def undo(desk: Desk) -> None:
    """Click Undo in the toast that is shown."""
    toast = desk.window.toasts.current
    assert toast is not None
    assert toast.button is not None
    toast.button.click()


def tags(view: PayloadView) -> dict[str, str]:
    tree = view.model.tree
    assert tree is not None
    found = {tree.path(node): view.model.tag(node) for node in range(1, len(tree)) if tree.parents[node] >= 0}
    return {path: tag for path, tag in found.items() if tag}


async def test_the_values_that_fed_the_columns_are_marked(desk: Desk) -> None:
    _row, view = await payload_of(desk, json.dumps({
        "event": "message.delivered", "timestamp": "2024-12-20T14:23:45Z", "message_id": "m", "recipient": "+1"
    }).encode())  # fmt: skip
    expected = {"$.event": "Event", "$.timestamp": "Time", "$.message_id": "Message", "$.recipient": "Recipient"}
    await until(lambda: tags(view) == expected)


async def test_a_picked_duplicate_key_is_the_endpoints_and_can_be_undone(desk: Desk) -> None:
    _row, view = await payload_of(desk)
    before = endpoint_of(desk).duplicates
    choose(view, "$.ref", "Use as duplicate key")
    await until(lambda: endpoint_of(desk).duplicates.key is DuplicateKey.FIELD)
    assert endpoint_of(desk).duplicates.place == "json:ref"
    assert endpoint_of(desk).duplicates.window_s == before.window_s
    for number in (b"2", b"3"):
        await desk.post(ODD.replace(b'"seq": 1', b'"seq": ' + number))
    assert [(await desk.row(place, of=3)).repeat_no for place in range(3)] == [2, 1, 1]
    await until(lambda: desk.window.toasts.current)
    undo(desk)
    await until(lambda: endpoint_of(desk).duplicates == before)


async def test_picked_values_make_a_provider_of_the_users_own(desk: Desk) -> None:
    row, view = await payload_of(desk)
    secret, provider = desk.secret, endpoint_of(desk).provider
    choose(view, "$.ref", "This is the", "Message ID")
    question = await a_dialog(TextQuestion)
    assert isinstance(question, TextQuestion)
    question.field.setText("Odd sender")
    question.answer.click()
    await until(lambda: endpoint_of(desk).provider == "odd-sender")
    file = desk.app.folder / "providers" / "odd-sender.toml"
    assert 'message_id = "root:$.ref"' in file.read_text("utf-8")
    await until(lambda: tags(view) == {"$.ref": "Message"})
    choose(view, "$.who.msisdn", "This is the", "Recipient")
    await until(lambda: "msisdn" in file.read_text("utf-8"))
    choose(view, "$.state", "This is the", "Event name, meaning", "Delivered")
    await until(lambda: tags(view) == {"$.ref": "Message", "$.who.msisdn": "Recipient", "$.state": "Event"})

    assert desk.secret == secret
    await desk.post(ODD.replace(b"m-77", b"m-78"))
    new = await desk.row(0, of=2)
    assert (new.kind, new.message_id, new.recipient) == ("message.delivered", "m-78", "+4915112345678")
    assert new.id != row.id
    assert provider != "odd-sender"


async def test_undo_takes_a_mapping_back_with_its_file(desk: Desk) -> None:
    _row, view = await payload_of(desk)
    provider = endpoint_of(desk).provider
    choose(view, "$.ref", "This is the", "Message ID")
    question = await a_dialog(TextQuestion)
    assert isinstance(question, TextQuestion)
    question.answer.click()
    await until(lambda: endpoint_of(desk).provider != provider)
    await until(lambda: desk.window.toasts.current)
    undo(desk)
    await until(lambda: endpoint_of(desk).provider == provider)
    await until(lambda: not list((desk.app.folder / "providers").glob("*.toml")))


async def test_cancelling_the_name_changes_nothing(desk: Desk) -> None:
    _row, view = await payload_of(desk)
    provider = endpoint_of(desk).provider
    choose(view, "$.ref", "This is the", "Message ID")
    question = await a_dialog(TextQuestion)
    assert isinstance(question, TextQuestion)
    question.cancel.click()
    await until(lambda: not question.isVisible())
    assert endpoint_of(desk).provider == provider
    assert not (desk.app.folder / "providers").exists() or not list((desk.app.folder / "providers").iterdir())


async def test_a_part_is_saved_where_the_user_says(desk: Desk, tmp_path: Path) -> None:
    await desk.window.payloads.save_to(tmp_path / "a.png", b"\x89PNG")
    assert (tmp_path / "a.png").read_bytes() == b"\x89PNG"


@pytest.mark.parametrize(
    ("sent", "offered"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.png", "a.png"),
        ("a\x00b?.png", "ab.png"),
        ("..", "part"),
        ("", "part"),
    ],
)
async def test_the_name_a_sender_chose_leads_nowhere(sent: str, offered: str) -> None:
    assert safe_name(sent) == offered
