"""The replay dialog: edit, choose as whom, send, and see what came back."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import ssl
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QLabel
from pytestqt.qtbot import QtBot

from inspector.domain.event import EventId
from inspector.domain.identity import Identity
from inspector.formats.formats import FORMATS
from inspector.replay.target_options import TargetOptions, options_text
from inspector.ui.dialogs.question import Question
from inspector.ui.replay.dialog import SMALLEST, ReplayDialog
from inspector.ui.replay.timing_bar import LEAST_PX, widths
from tests.certificates import a_certificate
from tests.fakes import OK, a_target, answering, hang
from tests.ui.desk import BODY, Desk
from tests.ui.waiting import a_dialog, until

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


async def test_the_times_of_an_attempt_are_whole_in_the_smallest_dialog(desk: Desk) -> None:
    async with a_target() as target:
        dialog = await opened(desk, target.url)
        dialog.resize(dialog.minimumSize())
        dialog.send()
        await until(lambda: "Answered 200" in dialog.outcome.callout.title.text())
    timing = dialog.outcome.timing
    await until(timing.isVisible)
    for part in timing.legend:
        assert part.width() >= part.sizeHint().width()
        assert timing.rect().contains(part.geometry())
    lines = {part.y() for part in timing.legend}
    timing.setFixedWidth(800)
    await until(lambda: len({part.y() for part in timing.legend}) == 1)
    assert len(lines) in (1, 2)
    timing.setFixedWidth(260)
    await until(lambda: len({part.y() for part in timing.legend}) == 2)


async def test_running_stays_said_until_there_is_a_response(desk: Desk) -> None:
    answer = asyncio.Event()

    async def behave(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await answer.wait()
        writer.write(OK)
        await writer.drain()

    async with a_target() as quick, a_target(behave) as slow:
        dialog = await opened(desk, quick.url)
        callout = dialog.outcome.callout
        dialog.send()
        await until(lambda: callout.title.text() == "Answered 200 on attempt 1")
        dialog.target.field.setText(slow.url)
        await until(lambda: dialog.go.text() == "Replay now" and dialog.go.isEnabled())
        dialog.send()
        await until(lambda: slow.requests)
        desk.window.replays.refresh_dialogs([dialog.event_shown.id])
        assert (callout.title.text(), callout.text.text()) == ("Running", f"Waiting for {slow.url}")
        assert dialog.go.text() == "Cancel"
        answer.set()
        await until(lambda: callout.title.text() == "Answered 200 on attempt 2")
        answer.clear()
        await until(lambda: dialog.go.text() == "Replay now")
        dialog.send()
        await until(lambda: len(slow.requests) == 2 and callout.title.text() == "Running")
        dialog.go.click()
        await until(lambda: callout.title.text() == "Answered 200 on attempt 2")


async def test_a_self_made_certificate_is_trusted_for_its_target_after_a_question(desk: Desk, tmp_path: Path) -> None:
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(a_certificate(tmp_path))
    async with a_target(tls=theirs) as target:
        url = f"https://localhost:{target.port}/hook"
        dialog = await opened(desk, url)
        callout = dialog.outcome.callout
        dialog.send()
        await until(lambda: callout.title.text() == "The certificate of localhost is not trusted")
        (link,) = callout.buttons
        assert link.text() == "Trust for this target…"
        await until(lambda: dialog.go.text() == "Replay now")
        callout.buttons[0].click()
        question = await a_dialog(Question)
        assert isinstance(question, Question)
        assert any("SHA-256" in label.text() for label in question.findChildren(QLabel))
        question.reject()
        assert desk.app.settings.current.target_options == ()
        callout.buttons[0].click()
        question = await a_dialog(Question)
        assert isinstance(question, Question)
        question.accept()
        await until(lambda: callout.title.text() == "Answered 200 on attempt 2")
    assert not callout.buttons
    (file,) = (desk.app.folder / "trusted").iterdir()
    assert file.name == f"localhost-{target.port}.pem"
    assert "BEGIN CERTIFICATE" in file.read_text()
    assert "KEY" not in file.read_text()


async def test_an_expired_certificate_cannot_be_trusted_by_a_click(desk: Desk, tmp_path: Path) -> None:
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    file = a_certificate(tmp_path, days=-1)
    theirs.load_cert_chain(file)
    async with a_target(tls=theirs) as target:
        dialog = await opened(desk, f"https://localhost:{target.port}/hook")
        options = TargetOptions(f"https://localhost:{target.port}", str(file))
        desk.app.settings.change(target_options=(options_text(options),))
        dialog.send()
        await until(lambda: dialog.outcome.callout.text.text() == "It has expired.")
    assert not dialog.outcome.callout.buttons
