"""The endpoint dialog edits a copy, says under each field what is wrong with it, and shows what the provider needs."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from inspector.domain.endpoint import DuplicateKey, Endpoint, Signing
from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.event import Event
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.ui.endpoints.secret_rows import KeyArea
from inspector.ui.endpoints.settings_dialog import Edited, EndpointSettings
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.secret_field import SecretField, covered
from tests.builders import DELIVERED, NOON, a_request, an_endpoint, an_event, headers_of
from tests.fakes import Clock

SECRET = "5b0c7f3a9e1d4826b7f0a3c5d41c"
REF = SecretRef("k1", "Shop key", NOON - timedelta(days=30), "d41c")
CATALOGUE = load_catalogue([resource_path("providers")])


def opened(
    theme: Theme,
    qtbot: QtBot,
    *,
    section: str = "signature",
    refs: tuple[SecretRef, ...] = (REF,),
    values: Mapping[str, str] | None = None,
    facts: tuple[tuple[str, str], ...] = (),
    own: frozenset[str] = frozenset(),
    **others: object,
) -> EndpointSettings:
    endpoint = an_endpoint(token="a-token-of-mine", signing=Signing(refs, facts=facts), **others)
    edited = Edited(
        endpoint=endpoint,
        values={"k1": SECRET} if values is None else values,
        taken_tokens=frozenset({"taken"}),
        kept_in="Kept in a file only you can read.",
        own=own,
        local_url="http://127.0.0.1:8787",
        clock=Clock(),
    )
    dialog = EndpointSettings(theme, Icons(theme), CATALOGUE, edited, section=section)
    qtbot.addWidget(dialog)
    dialog.show()
    dialog.finish()
    return dialog


def signed_event(secret: str = SECRET, body: bytes = DELIVERED) -> Event:
    signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    headers = [("Content-Type", "application/json"), ("X-Webhook-Signature", signature)]
    return an_event(7, request=a_request(body, headers=headers_of(headers)))


def reason(dialog: EndpointSettings, key: str) -> str:
    return next(section.fields[key][0].hint.text() for section in dialog._sections if key in section.fields)


def widget_of(dialog: EndpointSettings, key: str) -> QWidget:
    return next(section.fields[key][1] for section in dialog._sections if key in section.fields)


def saved_by(dialog: EndpointSettings, qtbot: QtBot) -> tuple[Endpoint, Mapping[str, str]]:
    with qtbot.waitSignal(dialog.saved) as told:
        qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    endpoint, values = told.args or [None, None]
    assert isinstance(endpoint, Endpoint)
    assert isinstance(values, dict)
    return endpoint, values


def said(dialog: EndpointSettings) -> list[str]:
    QApplication.processEvents()
    return [label.text() for label in dialog.findChildren(Label) if label.isVisible()]


@pytest.mark.parametrize(
    ("key", "wrong", "why"),
    [
        ("name", " ", "An endpoint needs a name."),
        ("token", "two words", "Use 1 to 100 letters, digits, -, _ and / between them."),
        ("token", "taken", "Another endpoint uses this path."),
        ("target", "localhost:5000", "An address starts with http:// or https://."),
        ("public_url", "https://", "This address names no host."),
        ("delay", "later", "Enter milliseconds from 0 to 120,000."),
        ("window_h", "-1", "Enter hours from 0 to 8,760."),
        ("headers", "no header", "Line 1 is not a header. Write Name: value."),
        ("headers", "Content-Length: 3", "Content-Length is set by the program."),
    ],
)
def test_a_wrong_value_is_told_under_its_field_and_beside_its_section(
    key: str, wrong: str, why: str, dressed: Theme, qtbot: QtBot
) -> None:
    dialog = opened(dressed, qtbot)
    widget = widget_of(dialog, key)
    before = widget.toPlainText() if isinstance(widget, QPlainTextEdit) else widget.property("text")
    set_text = widget.setPlainText if isinstance(widget, QPlainTextEdit) else widget.setText  # type: ignore[attr-defined]  # a text field
    set_text(wrong)
    assert reason(dialog, key) == why
    marked = [dialog.list.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(dialog.list.count())]
    assert sum("cannot be saved" in text for text in marked) == 1
    assert not dialog.save_button.isEnabled()
    with qtbot.assertNotEmitted(dialog.saved):
        dialog.save()
    assert dialog.isVisible()
    set_text(before)
    assert dialog.save_button.isEnabled()


def test_saving_tells_the_changed_endpoint_and_no_secret_that_was_known(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.general.name.setText(" Staging ")
    dialog.answer.status.setCurrentIndex(dialog.answer.status.findData(503))
    dialog.answer.delay.setText("2000")
    dialog.duplicates.key_box.setCurrentIndex(dialog.duplicates.key_box.findData(DuplicateKey.BODY.value))
    endpoint, values = saved_by(dialog, qtbot)
    assert (endpoint.id, endpoint.name, values) == (1, "Staging", {})
    assert (endpoint.answers.accepted.status, endpoint.answers.accepted.delay_ms) == (503, 2000)
    assert endpoint.duplicates.key is DuplicateKey.BODY
    assert endpoint.signing.secrets == (REF,)


def test_cancel_changes_nothing(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.general.name.setText("Other")
    with qtbot.assertNotEmitted(dialog.saved):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


# -- secrets ----------------------------------------------------------------------------------------------------


def test_a_kept_secret_is_covered_until_it_is_shown_and_can_be_copied(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    row = dialog.signature.secrets.rows[0]
    assert isinstance(row.field, SecretField)
    assert row.field.isReadOnly()
    assert row.field.shown_text(10_000) == covered(SECRET)
    assert row.field.displayText() != SECRET
    row.show_secret.click()
    assert (row.field.displayText(), row.show_secret.accessibleName()) == (SECRET, "Hide Webhook secret")
    copy = next(item for item in row.findChildren(QAbstractButton) if "Copy" in item.accessibleName())
    copy.click()
    assert QApplication.clipboard().text() == SECRET


def test_a_replaced_secret_stays_accepted_for_a_day(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.signature.secrets.rows[0].replace_button.click()
    row = dialog.signature.secrets.rows[0]
    assert isinstance(row.field, SecretField)
    qtbot.waitUntil(lambda: dialog.focusWidget() is row.field)
    qtbot.keyClicks(row.field, "the new secret of mine")
    endpoint, values = saved_by(dialog, qtbot)
    new, old = endpoint.signing.secrets
    assert values == {new.key: "the new secret of mine"}
    assert (new.name, new.until, new.ending) == ("Shop key", None, "mine")
    assert (old.key, old.until) == ("k1", NOON + timedelta(days=1))


def test_the_grace_can_be_chosen_and_the_replacement_given_up(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.signature.secrets.rows[0].replace_button.click()
    row = dialog.signature.secrets.rows[0]
    assert "The old one, ••••d41c, is accepted for" in said(dialog)
    row.grace.setCurrentIndex(row.grace.findData(0))
    row.field.setFocus()
    row.written.emit("another secret")
    assert [ref.until for ref in dialog.endpoint().signing.secrets] == [None, NOON]
    give_up = next(item for item in row.findChildren(QAbstractButton) if item.accessibleName() == "Keep the old one")
    give_up.click()
    assert dialog.endpoint().signing.secrets == (REF,)


def test_a_replacement_left_empty_is_no_replacement(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.signature.secrets.rows[0].replace_button.click()
    endpoint, values = saved_by(dialog, qtbot)
    assert (endpoint.signing.secrets, values) == ((REF,), {})


def test_a_second_secret_is_added_with_a_name_and_trimmed(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.signature.secrets.add_button.click()
    assert not dialog.signature.secrets.add_button.isVisible()  # one empty field is enough
    row = dialog.signature.secrets.rows[1]
    row.written.emit("  whsec_pasted\n")
    row.named.emit("Second")
    endpoint, values = saved_by(dialog, qtbot)
    assert [ref.name for ref in endpoint.signing.secrets] == ["Shop key", "Second"]
    assert list(values.values()) == ["whsec_pasted"]


def test_former_secrets_are_listed_and_can_be_accepted_again_or_removed(dressed: Theme, qtbot: QtBot) -> None:
    refs = (REF, SecretRef("k2", "Old", NOON, "77f0", NOON + timedelta(hours=1)), SecretRef("k3", "", NOON, "", NOON))
    dialog = opened(dressed, qtbot, refs=refs, values={"k1": SECRET, "k2": "old", "k3": "older"})
    ending = dialog.signature.secrets.ending
    assert "Old ••••77f0 · Accepted until" in ending[0].words
    assert "explains failures only" in ending[1].words
    words = [action.text() for action in ending[1].menu().actions() if action.text()]
    assert words == ["Accept for 24 hours", "Accept for 7 days", "Accept for good", "Rename…", "Remove"]
    for_good = next(action for action in ending[1].menu().actions() if action.text() == "Accept for good")
    for_good.trigger()
    dialog.signature.secrets.ending[0].removed.emit()
    assert dialog.endpoint().signing.secrets == (REF, replace(refs[2], until=None))


def test_an_endpoint_without_a_secret_shows_an_open_field(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, refs=(), values={})
    row = dialog.signature.secrets.rows[0]
    assert isinstance(row.field, SecretField)
    assert not row.field.isReadOnly()
    assert row.field.placeholderText() == "Paste the webhook secret"
    assert saved_by(dialog, qtbot)[0].signing.secrets == ()


def test_a_secret_the_keychain_has_lost_is_told(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, values={})
    assert any("no longer in the keychain" in text for text in said(dialog))


def test_a_public_key_has_several_lines_and_is_not_covered(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, refs=(), values={}, provider="discord")
    row = dialog.signature.secrets.rows[0]
    assert isinstance(row.field, KeyArea)
    row.field.setPlainText("-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n")
    _endpoint, values = saved_by(dialog, qtbot)
    assert list(values.values()) == ["-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----"]


# -- what the provider needs ------------------------------------------------------------------------------------


def test_facts_are_asked_for_by_the_provider_that_needs_them_and_kept_for_others(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, facts=(("audience", "https://mine"),))
    assert not dialog.signature.facts.isVisible()
    dialog.choose_provider("monday")
    field = dialog.signature.facts.fields["audience"]
    assert (field.text(), field.isVisible()) == ("https://mine", True)
    field.setText(" https://ours ")
    dialog.choose_provider("github")
    assert saved_by(dialog, qtbot)[0].signing.facts == (("audience", "https://ours"),)


def test_only_providers_that_sign_a_time_have_a_clock_tolerance(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    assert not dialog.signature.tolerance.isVisible()
    dialog.choose_provider("stripe")
    assert dialog.signature.tolerance.isVisible()
    assert dialog.signature.tolerance.placeholderText() == "300"
    dialog.choose_provider("")
    assert not dialog.signature.secrets.isVisible()
    assert "Signatures are not checked; every event is accepted." in said(dialog)


def test_a_field_that_went_out_of_sight_keeps_nobody_from_saving(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.choose_provider("stripe")
    dialog.signature.tolerance.setText("long")
    assert not dialog.save_button.isEnabled()
    dialog.choose_provider("github")
    assert dialog.save_button.isEnabled()
    assert saved_by(dialog, qtbot)[0].signing.tolerance_s is None


def test_a_provider_that_signs_the_address_asks_for_it_exactly(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, provider="twilio")
    assert "This provider signs the address: enter it exactly as it is registered there." in said(dialog)


def test_a_provider_that_is_gone_is_told(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, provider="deleted-scheme")
    assert "There is no such provider any more; nothing is checked." in said(dialog)
    assert dialog.signature.provider.text() == "deleted-scheme"


# -- the newest event -------------------------------------------------------------------------------------------


def test_the_newest_event_is_tried_while_the_form_changes(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    trial = dialog.signature.trial
    assert not trial.isVisible()
    dialog.show_newest(signed_event("the new secret of mine"))
    assert trial.title.text().startswith("The newest event would be invalid (#7,")
    dialog.signature.secrets.rows[0].replace_button.click()
    dialog.signature.secrets.rows[0].written.emit("the new secret of mine")
    qtbot.waitUntil(lambda: trial.title.text().startswith("The newest event would be valid"))
    assert trial.tone == "pass"
    dialog.choose_provider("stripe")
    assert trial.title.text().startswith("The newest event carries no signature of this kind")
    dialog.choose_provider("")
    assert not trial.isVisible()


def test_a_secret_whose_time_is_over_is_not_tried(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, refs=(replace(REF, until=NOON),))
    dialog.show_newest(signed_event())
    assert not dialog.signature.trial.title.text().startswith("The newest event would be valid")


# -- duplicates -------------------------------------------------------------------------------------------------


def test_a_key_of_ones_own_choice_is_saved_and_tried_on_the_newest_event(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.show_newest(signed_event())
    section = dialog.duplicates
    assert not section.place_name.isVisible()
    section.key_box.setCurrentIndex(section.key_box.findData(DuplicateKey.FIELD.value))
    assert section.place_name.isVisible()
    assert reason(dialog, "duplicate_place") == "Enter the header's name."
    section.place_kind.setCurrentIndex(section.place_kind.findData("json"))
    section.place_name.setText("message_id")
    assert reason(dialog, "duplicate_place") == "The newest event, #7, has “msg_7f3a” there."
    section.place_name.setText("data.[")
    assert "cannot be read" in reason(dialog, "duplicate_place")
    section.place_name.setText("nowhere")
    assert "has nothing there" in reason(dialog, "duplicate_place")
    section.place_name.setText("message_id")
    rule = saved_by(dialog, qtbot)[0].duplicates
    assert (rule.key, rule.place, rule.window_s) == (DuplicateKey.FIELD, "json:message_id", 72 * 3600)


def test_the_automatic_key_is_explained_for_the_provider(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    hint = "Same event ID; where there is none: same message ID, event and timestamp; else the same body."
    assert hint in said(dialog)


# -- the window -------------------------------------------------------------------------------------------------


def test_a_chosen_delay_fills_the_field_and_the_limit_is_told(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.answer.delays.set_current("6000")
    assert dialog.answer.delay.text() == "6000"
    assert "Over 5 s the provider counts the call as failed and retries." in said(dialog)


def test_list_and_form_follow_each_other(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, section="general")
    dialog.resize(720, 520)
    QApplication.processEvents()
    bar = dialog._scroll.verticalScrollBar()
    dialog.go_to("duplicates")
    assert bar.value() > 0
    bar.setValue(0)
    assert dialog.list.currentRow() == 0
    bar.setValue(bar.maximum())
    assert dialog.list.currentRow() == dialog.list.count() - 1


@pytest.mark.parametrize("provider", ["rcs-events", "stripe", "twilio", "discord", "monday", "jira-connect"])
def test_nothing_is_cut_at_the_smallest_size(provider: str, dressed: Theme, qtbot: QtBot) -> None:
    old = SecretRef("k2", "A rather long name of an old secret", NOON, "77f0", NOON + timedelta(hours=1))
    dialog = opened(dressed, qtbot, refs=(REF, old), provider=provider)
    dialog.signature.secrets.rows[0].replace_button.click()
    dialog.resize(720, 520)
    QApplication.processEvents()
    assert dialog._page.width() <= dialog._scroll.viewport().width()


def test_every_control_has_a_name_and_every_icon_a_tip(dressed: Theme, qtbot: QtBot) -> None:
    old = SecretRef("k2", "Old", NOON, "77f0", NOON + timedelta(hours=1))
    dialog = opened(dressed, qtbot, refs=(REF, old), provider="monday")
    dialog.signature.secrets.add()
    for widget in dialog.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            assert widget.accessibleName() or text, widget
            if isinstance(widget, QAbstractButton) and not text:
                assert widget.toolTip(), widget.accessibleName()


def test_tab_walks_the_form_from_top_to_bottom_whenever_its_fields_were_made(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.choose_provider("monday")  # asks for one more value
    dialog.signature.secrets.rows[0].replace_button.click()
    dialog.signature.secrets.rows[0].written.emit("something")
    dialog.signature.secrets.add()
    QApplication.processEvents()
    dialog.signature.provider.setFocus()
    names = []
    while (widget := dialog.focusWidget()) is not dialog.answer.way.button("fixed"):
        assert widget is not None
        assert len(names) < 60
        names.append(widget.accessibleName() or widget.property("text"))
        dialog.focusNextChild()
    new = ["Signing secret", "Show Signing secret", "Name of the secret"]
    assert names == [
        *("Provider: monday.com (Authorization)", "Documentation"),
        *(*new, "Keep the old one", "The old one, ••••d41c, is accepted for"),
        *(*new, "Do not add this secret"),
        *("Audience", "Public address", "Reject", "Accept and mark", "Status when invalid", "Body when invalid"),
    ]


def test_words_take_the_colours_of_a_scheme_chosen_while_the_dialog_is_open(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, paused=True)
    dressed.set_mode("dark")
    dressed.set_mode("light")
    shown = [label for label in dialog.findChildren(QLabel) if label.isVisible() and label.text()]
    dark_ink = {"#e8eaee", "#afb6c2", "#8f97a5"}
    assert [label.text() for label in shown if label.palette().windowText().color().name() in dark_ink] == []


def test_a_new_path_warns_that_the_provider_must_be_told(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.general.token.setText("short")
    assert reason(dialog, "token") == "The provider must be given the new address. A short path can be guessed."
