"""The replay dialog: edit, choose as whom, send, and see what came back."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from inspector.domain.event import EventId
from inspector.domain.identity import Identity
from inspector.formats.formats import FORMATS
from inspector.ui.replay.dialog import SMALLEST, ReplayDialog
from inspector.ui.replay.timing_bar import LEAST_PX, widths
from tests.fakes import a_target, answering, hang
from tests.ui.desk import BODY, Desk
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio

BUSY = b"HTTP/1.1 503 Busy\r\nContent-Length: 5\r\n\r\nlater"


async def opened(desk: Desk, url: str = "http://localhost:1/", body: bytes = BODY) -> ReplayDialog:
    """Return the dialog of a fresh event, with its body in."""
    await desk.post(body)
    event = await desk.row(0, of=1)
    dialog = desk.window.replays.open_dialog(event.id)
    assert dialog is not None
    dialog.target.field.setText(url)
    await until(lambda: dialog.request.body.is_ready and dialog.request.headers.is_ready)
    return dialog


def signature_of(request: bytes) -> bytes:
    """Return the signature of a request as a target got it."""
    head = request.partition(b"\r\n\r\n")[0]
    lines = dict(line.partition(b": ")[::2] for line in head.split(b"\r\n"))
    return lines[b"X-Webhook-Signature"]


async def test_an_untouched_event_goes_out_as_captured(desk: Desk, qtbot: QtBot) -> None:
    async with a_target() as target:
        dialog = await opened(desk, target.url)
        dialog.activateWindow()
        await until(dialog.isActiveWindow)
        qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: "Answered 200" in dialog.outcome.callout.title.text())
    assert target.requests[0].endswith(b"\r\n\r\n" + BODY)
    attempt = desk.app.store.attempts(dialog.event_shown.id)[0]
    assert attempt.identity is Identity.CAPTURED
    assert attempt.remote == f"127.0.0.1:{target.port}"
    assert dialog.isVisible()


async def test_an_edited_body_is_signed_again_by_itself(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await opened(desk, target.url)
        area = dialog.request.body
        area.replace(area.text.replace("msg_abc123", "msg_edited"))
        await until(lambda: dialog.request.identity.identity is Identity.SIGNED)
        assert "1 line changed" in dialog.request.note.text()
        await until(lambda: "msg_edited" in dialog.request.signed.toPlainText())
        dialog.send()
        await until(lambda: target.requests)
    body = BODY.replace(b"msg_abc123", b"msg_edited")
    assert target.requests[0].endswith(b"\r\n\r\n" + body)
    wanted = hmac.new(desk.secret.encode(), body, hashlib.sha256).hexdigest().encode()
    assert signature_of(target.requests[0]) == wanted
    await until(lambda: desk.app.store.attempts(dialog.event_shown.id))
    attempt = desk.app.store.attempts(dialog.event_shown.id)[0]
    assert attempt.identity is Identity.SIGNED
    assert "signed again" in attempt.note


async def test_as_captured_with_an_edited_body_is_warned_about(desk: Desk) -> None:
    dialog = await opened(desk)
    dialog.request.identity.choose(Identity.SIGNED)
    dialog.request.identity.choose(Identity.CAPTURED)
    dialog.request.body.replace("{}")
    await until(lambda: "will not match" in dialog.request.identity.note.text())
    assert dialog.request.identity.identity is Identity.CAPTURED


async def test_revert_brings_back_the_captured_bytes(desk: Desk) -> None:
    dialog = await opened(desk, body=b'{\r\n "a": "\xc2\xa0"}')
    dialog.request.body.replace("{}")
    await until(lambda: dialog.request.is_edited)
    dialog.request.revert.click()
    assert dialog.made().outgoing.body == b'{\r\n "a": "\xc2\xa0"}'


async def test_format_json_is_only_done_when_asked(desk: Desk) -> None:
    dialog = await opened(desk, body=b'{"a":1,"b":[1,2]}')
    assert dialog.request.body.text == '{"a":1,"b":[1,2]}'
    dialog.request.tidy.click()
    assert json.loads(dialog.request.body.text) == {"a": 1, "b": [1, 2]}
    assert "\n" in dialog.request.body.text


async def test_new_ids_are_shown_and_others_each_time(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await opened(desk, target.url)
        dialog.request.identity.choose(Identity.NEW_IDS)
        await until(lambda: "msg_abc123  →  " in dialog.request.signed.toPlainText())
        for number in (1, 2):
            dialog.send()
            await until(lambda number=number: len(desk.app.store.attempts(dialog.event_shown.id)) == number)
            await until(lambda: dialog.go.text() == "Replay now")
    bodies = [request.partition(b"\r\n\r\n")[2] for request in target.requests]
    assert len({BODY, *bodies}) == 3
    assert all(len(body) == len(BODY) for body in bodies)


async def test_headers_are_edited_and_a_wrong_line_is_named(desk: Desk) -> None:
    dialog = await opened(desk)
    area = dialog.request.headers
    area.replace(area.text + "\nX-Forwarded-Proto: https")
    assert (b"X-Forwarded-Proto", b"https") in dialog.made().outgoing.headers
    dialog.request.tabs.set_current("headers")
    area.replace(area.text + "\nnonsense")
    area.settle()
    assert "no header line" in dialog.request.note.text()


async def test_a_binary_body_is_shown_as_such_and_sent_unchanged(desk: Desk) -> None:
    dialog = await opened(desk, body=b"\x00\xff" * 10)
    assert "sent as captured" in dialog.request.body.text
    assert dialog.request.body.isReadOnly()
    assert dialog.made().outgoing.body == b"\x00\xff" * 10


async def test_attempts_are_kept_and_compared(desk: Desk) -> None:
    async with a_target(answering(BUSY)) as target:
        dialog = await opened(desk, target.url)
        dialog.send()
        await until(lambda: "Answered 503" in dialog.outcome.callout.title.text())
        await until(lambda: dialog.go.text() == "Replay now")
    dialog.target.field.setText("http://localhost:1/")
    dialog.send()
    await until(lambda: "Nothing is listening" in dialog.outcome.callout.title.text())
    dialog.outcome.tabs.set_current("compare")
    await until(lambda: "+ Nothing is listening on localhost:1" in dialog.outcome.code.toPlainText())
    dialog.outcome.against.set_current("previous")
    await until(lambda: "- 503" in dialog.outcome.code.toPlainText())
    dialog.outcome.rows[1].click()
    assert "Answered 503 on attempt 1" in dialog.outcome.callout.title.text()
    assert not dialog.outcome.against.button("previous").isEnabled()
    dialog.outcome.tabs.set_current("sent")
    await until(lambda: "msg_abc123" in dialog.outcome.code.toPlainText())


async def test_a_running_replay_can_be_cancelled(desk: Desk) -> None:
    async with a_target(hang) as target:
        dialog = await opened(desk, target.url)
        dialog.go.click()
        await until(lambda: target.requests)
        assert dialog.go.text() == "Cancel"
        dialog.go.click()
        await until(lambda: dialog.go.text() == "Replay now")
    assert desk.app.store.attempts(dialog.event_shown.id) == ()


async def test_closing_lets_the_replay_go_on(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await opened(desk, target.url)
        event_id = dialog.event_shown.id
        dialog.send()
        dialog.close()
        await until(lambda: desk.app.store.attempts(event_id))
    assert desk.window.replays.open_dialog(event_id) is not dialog


async def test_the_dialog_is_opened_once_and_stops_nothing(desk: Desk) -> None:
    dialog = await opened(desk)
    assert desk.window.replays.open_dialog(dialog.event_shown.id) is dialog
    assert not dialog.isModal()
    assert await desk.post(BODY.replace(b"abc", b"def")) == 200


async def test_an_endpoint_without_a_secret_says_why_it_cannot_sign(desk: Desk) -> None:
    await desk.post()
    event = await desk.row(0, of=1)
    await desk.app.directory.set_secret(desk.endpoint.id, "")
    dialog = desk.window.replays.open_dialog(event.id)
    assert dialog is not None
    button = dialog.request.identity.choice.button(Identity.SIGNED.value)
    assert not button.isEnabled()
    assert "no secret" in button.toolTip()


async def test_every_form_is_copied_as_it_would_be_sent(desk: Desk) -> None:
    dialog = await opened(desk, "http://localhost:5000/a?b=1")
    for form in FORMATS:
        dialog.copy_as(form)
        text = QGuiApplication.clipboard().text()
        assert text.replace("\r\n", "\n") == form.write(dialog.made().outgoing).replace("\r\n", "\n")


async def test_an_unknown_event_opens_nothing(desk: Desk) -> None:
    assert desk.window.replays.open_dialog(EventId(99)) is None


async def test_everything_has_a_name_and_room_at_the_smallest_size(desk: Desk) -> None:
    dialog = await opened(desk)
    dialog.resize(SMALLEST)
    for button in dialog.findChildren(QAbstractButton):
        if button.isVisible() and button.focusPolicy() != Qt.FocusPolicy.NoFocus:
            assert button.text() or button.accessibleName()
            assert dialog.rect().contains(button.rect().translated(button.mapTo(dialog, button.rect().topLeft())))


async def test_parts_of_a_timing_share_the_bar() -> None:
    found = widths((1.0, 0.0, 8.0, 1.0), 400)
    assert sum(found) + 6 == pytest.approx(400)
    assert min(found) == LEAST_PX
    assert found[2] == max(found)
