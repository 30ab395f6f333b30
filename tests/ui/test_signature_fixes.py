"""A failed signature in the running program: its cause, one click that fixes it, and the new verdict beside the old."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from inspector.domain.event import EventSummary
from inspector.domain.verification import Verdict
from inspector.ui.detail.paste_document import PasteDocumentDialog
from inspector.ui.detail.signature_view import SignatureView
from inspector.ui.detail.try_secret import TrySecretDialog
from inspector.ui.dialogs.question import Question
from tests.ui.desk import BODY, Desk
from tests.ui.waiting import a_dialog, until

pytestmark = pytest.mark.asyncio

OLD = "0f9e8d7c6b5a49382716051423324150"
NEW = "5b0c7f3a9e1d4826b7f0a3c5d9e8174c"


async def shown(desk: Desk, *, of: int = 1) -> SignatureView:
    """Select the newest event and return its Signature view once the cause is known."""
    event = await desk.row(0, of=of)
    desk.window.page.table.select_event(event.id)
    await until(lambda: desk.window.pane.event_shown is not None)
    desk.window.pane.show_view("signature")
    view = desk.window.pane.view("signature")
    assert isinstance(view, SignatureView)
    await until(lambda: view.tools.isVisible() and not view.cause.busy)
    return view


async def fixed(view: SignatureView, words: str) -> None:
    """Click the advised action, and wait until the event is checked again."""
    assert view.cause.button.text() == words
    view.cause.button.click()
    await until(view.recheck.isVisible)


async def post(desk: Desk, signature: str, body: bytes = BODY, header: str = "X-Webhook-Signature") -> int:
    url = desk.app.receiver.address_of(desk.endpoint)
    headers = {"Content-Type": "application/json", header: signature}
    async with desk.http.post(url, data=body, headers=headers) as answer:
        return answer.status


def signature_of(secret: str, body: bytes = BODY) -> str:
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


async def test_the_previous_secret_is_accepted_again_by_one_click(desk: Desk) -> None:
    endpoint = await desk.app.directory.set_secret(desk.endpoint.id, OLD)
    await desk.app.directory.replace_secret(endpoint.id, endpoint.signing.secrets[0].key, NEW, keep_former_for_s=0)
    assert await desk.post(secret=OLD) == 401
    view = await shown(desk)
    assert view.cause.title.text() == "Likely cause: signed with the previous secret"
    assert [step.name for step in view.steps.steps][-2:] == [
        "SHA-256 of raw body, previous secret",
        f"{view.steps.steps[-1].name.split()[0]} other variations",
    ]
    await fixed(view, "Accept both for 24 h")
    assert view.callout.title.text() == "The signature does not match"
    assert view.recheck.title.text() == "Checked again: signed by the provider"
    assert "At receipt it was invalid." in view.recheck.text.text()
    assert view.cause.title.text() == "The settings were changed since"
    assert await desk.post(secret=OLD) == 200


async def test_the_secret_of_another_endpoint_is_named_and_used(desk: Desk) -> None:
    staging = await desk.app.directory.create("RCS staging")
    await desk.app.directory.set_secret(staging.id, OLD)
    assert await desk.post(secret=OLD) == 401
    view = await shown(desk)
    assert "“RCS staging”" in view.cause.title.text()
    view.cause.buttons[1].click()
    await until(lambda: desk.window.endpoints.scope == staging.id)
    desk.window.select_endpoint(desk.endpoint.id)
    view = await shown(desk)
    await fixed(view, "Use that secret")
    assert await desk.post(secret=OLD) == 200


async def test_a_blank_in_the_stored_secret_is_trimmed(desk: Desk) -> None:
    await desk.app.directory.set_secret(desk.endpoint.id, f"{NEW} ")
    await desk.post(secret=NEW)
    view = await shown(desk)
    await fixed(view, "Trim secret")
    assert desk.secret == NEW


async def test_another_encoding_becomes_a_scheme_of_the_users_own(desk: Desk) -> None:
    digest = hmac.new(desk.secret.encode(), BODY, hashlib.sha256).digest()
    signature = base64.b64encode(digest).decode()
    assert await post(desk, signature) == 401
    view = await shown(desk)
    await fixed(view, "Switch to base64")
    assert desk.endpoint.provider.endswith("base64")
    assert (desk.app.folder / "providers" / f"{desk.endpoint.provider}.toml").is_file()
    assert await post(desk, signature) == 200


async def test_another_provider_is_recognised_and_switched_to(desk: Desk) -> None:
    signature = f"sha256={signature_of(desk.secret)}"
    assert await post(desk, signature, header="X-Hub-Signature-256") == 401
    view = await shown(desk)
    assert view.callout.title.text() == "No signature was sent"
    view.cause.button.click()
    await until(view.recheck.isVisible)
    assert desk.endpoint.provider != "rcs-events"
    assert await post(desk, signature, header="X-Hub-Signature-256") == 200


async def test_a_late_event_can_have_its_limit_raised(desk: Desk) -> None:
    await desk.app.directory.save(replace(desk.endpoint, provider="stripe"))
    stamp = str(int(datetime.now(UTC).timestamp()) - 1000)
    value = f"t={stamp},v1={signature_of(desk.secret, stamp.encode() + b'.' + BODY)}"
    await post(desk, value, header="Stripe-Signature")
    view = await shown(desk)
    assert view.callout.title.text().startswith("Genuine, but")
    await fixed(view, "Change limit to 30 min")
    assert desk.endpoint.signing.tolerance_s == 1800


async def test_unsigned_events_can_be_accepted(desk: Desk) -> None:
    url = desk.app.receiver.address_of(desk.endpoint)
    async with desk.http.post(url, data=BODY) as answer:
        assert answer.status == 401
    view = await shown(desk)
    view.cause.button.click()
    await until(lambda: Verdict.UNSIGNED not in desk.endpoint.answers.reject)


async def test_a_secret_is_tried_without_being_stored_until_the_user_says_so(desk: Desk) -> None:
    await desk.post(secret=OLD)
    view = await shown(desk)
    before = desk.endpoint.signing.secrets
    view.tools.try_button.click()
    dialog = await a_dialog(TrySecretDialog)
    assert isinstance(dialog, TrySecretDialog)
    dialog.field.setText("wrong")
    await until(lambda: dialog.answer.title.text() == "This secret does not fit")
    assert not dialog.store_button.isEnabled()
    dialog.field.setText(f" {OLD}")
    await until(lambda: dialog.answer.title.text() == "This secret fits")
    dialog.field.setText(base64.b64encode(OLD.encode()).decode())
    await until(lambda: dialog.answer.title.text() == "This secret fits in another form")
    assert desk.endpoint.signing.secrets == before
    dialog.store_button.click()
    await until(lambda: desk.secret == OLD)
    await until(view.recheck.isVisible)


async def test_verification_code_for_the_events_own_scheme_is_copied(desk: Desk) -> None:
    await desk.post()
    view = await shown(desk)
    view.tools.open_menu()
    assert view.tools.menu is not None
    actions = {action.text(): action for action in view.tools.menu.actions()}
    assert {"Python", "Node"} <= set(actions)
    actions["Python"].trigger()
    await until(lambda: "hmac.compare_digest" in QGuiApplication.clipboard().text())
    assert "x-webhook-signature" in QGuiApplication.clipboard().text()


async def test_many_events_are_checked_again_at_once(desk: Desk) -> None:
    for number in range(3):
        await desk.post(BODY.replace(b"abc123", b"abc%03d" % number), secret=OLD)
    await shown(desk, of=3)
    await desk.app.directory.add_secret(desk.endpoint.id, OLD, "Later")
    desk.window.page.table.selectAll()
    desk.window.actions_table["check_again"].trigger()
    rows: list[EventSummary] = [await desk.row(place, of=3) for place in range(3)]

    def verdicts() -> list[Verdict | None]:
        found = [desk.app.store.event(row.id) for row in rows]
        later = [event.recheck if event is not None else None for event in found]
        return [check.verdict if check is not None else None for check in later]

    await until(lambda: verdicts() == [Verdict.VALID] * 3)
    assert {row.verdict for row in rows} == {Verdict.INVALID}


async def test_the_bytes_and_the_guide_are_shown_where_something_rewrote_the_body(desk: Desk) -> None:
    compact = json.dumps(json.loads(BODY), separators=(",", ":")).encode()
    await post(desk, signature_of(desk.secret, compact))
    view = await shown(desk)
    assert view.cause.title.text() == "Likely cause: something rewrote the JSON on the way"
    view.cause.button.click()
    assert view.cause.guide.isVisible()
    view.cause.buttons[1].click()
    assert view.signed.area.toPlainText().startswith('{"event"')


SNS = {
    "Type": "Notification",
    "MessageId": "m1",
    "TopicArn": "arn:aws:sns:eu-west-1:1:t",
    "Message": "hello",
    "Timestamp": "2026-03-01T12:00:00.000Z",
    "SignatureVersion": "2",
    "Signature": base64.b64encode(b"x" * 256).decode(),
    "SigningCertURL": "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem",
}


async def test_a_certificate_is_fetched_only_after_the_user_agreed_to_the_host(desk: Desk) -> None:
    await desk.app.directory.save(replace(desk.endpoint, provider="aws-sns"))
    asked: list[str] = []

    async def fetch(url: str, _patterns: tuple[str, ...]) -> str:
        asked.append(url)
        return "-----BEGIN CERTIFICATE-----"

    control = desk.window.signatures
    control.fixes.fetch = fetch
    await post(desk, "-", json.dumps(SNS).encode(), "x-amz-sns-message-type")
    view = await shown(desk)
    button: QPushButton = view.cause.button
    assert button.text() == "Fetch certificate"
    button.click()
    question = await a_dialog(Question)
    assert question.windowTitle() == "Fetch the certificate from sns.eu-west-1.amazonaws.com?"
    assert asked == []
    question.accept()  # type: ignore[attr-defined]
    await until(lambda: SNS["SigningCertURL"] in control.documents)
    assert asked == [SNS["SigningCertURL"]]


async def test_a_certificate_can_be_pasted_instead(desk: Desk) -> None:
    await desk.app.directory.save(replace(desk.endpoint, provider="aws-sns"))
    await post(desk, "-", json.dumps(SNS).encode(), "x-amz-sns-message-type")
    view = await shown(desk)
    view.cause.buttons[1].click()
    dialog = await a_dialog(PasteDocumentDialog)
    assert isinstance(dialog, PasteDocumentDialog)
    assert not dialog.answer.isEnabled()
    dialog.field.setPlainText("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----")
    dialog.answer.click()
    await until(lambda: SNS["SigningCertURL"] in desk.window.signatures.documents)
