"""The endpoint dialog edits a copy, says under each field what is wrong with it, and shows what the provider needs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QPlainTextEdit
from pytestqt.qtbot import QtBot

from inspector.domain.endpoint import UNSIGNED_PROVIDER, DuplicateKey, Endpoint
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.ui.endpoints.endpoint_dialog import EndpointDialog
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.labels import Label
from inspector.ui.widgets.secret_field import covered
from tests.builders import an_endpoint

SECRET = "5b0c7f3a9e1d4826b7f0a3c5d41c"
NOW = datetime(2024, 12, 20, tzinfo=UTC)


def opened(
    theme: Theme, qtbot: QtBot, endpoint: Endpoint | None = None, *, secret: str = SECRET, section: str = "signature"
) -> EndpointDialog:
    dialog = EndpointDialog(
        theme,
        Icons(theme),
        load_catalogue([resource_path("providers")]),
        endpoint or an_endpoint(token="a-token-of-mine"),
        secret,
        {"taken"},
        "Kept in a file only you can read.",
        section=section,
    )
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def reason(dialog: EndpointDialog, key: str) -> str:
    return dialog._rows[key][0].hint.text()


@pytest.mark.parametrize(
    ("field", "wrong", "why"),
    [
        ("name", " ", "An endpoint needs a name."),
        ("token", "two words", "Use 1 to 100 letters, digits, - and _."),
        ("token", "taken", "Another endpoint uses this path."),
        ("target", "localhost:5000", "An address starts with http:// or https://."),
        ("public_url", "https://", "This address names no host."),
        ("delay", "later", "Enter milliseconds from 0 to 120,000."),
        ("window_h", "-1", "Enter hours from 0 to 8,760."),
        ("answer_headers", "no header", "Line 1 is not a header. Write Name: value."),
        ("answer_headers", "Content-Length: 3", "Content-Length is set by the program."),
    ],
)
def test_a_wrong_value_is_told_under_its_field_and_cannot_be_saved(
    field: str, wrong: str, why: str, dressed: Theme, qtbot: QtBot
) -> None:
    dialog = opened(dressed, qtbot)
    widget = getattr(dialog, field)
    before = widget.toPlainText() if isinstance(widget, QPlainTextEdit) else widget.text()
    set_text = widget.setPlainText if isinstance(widget, QPlainTextEdit) else widget.setText
    set_text(wrong)
    key = "headers" if field == "answer_headers" else field
    assert reason(dialog, key) == why
    assert not dialog.save_button.isEnabled()
    with qtbot.assertNotEmitted(dialog.saved):
        dialog.save()
    assert dialog.isVisible()
    set_text(before)
    assert dialog.save_button.isEnabled()


def test_saving_tells_the_changed_endpoint_and_its_secret(dressed: Theme, qtbot: QtBot) -> None:
    endpoint = an_endpoint(token="a-token-of-mine")
    dialog = opened(dressed, qtbot, endpoint)
    dialog.name.setText(" Staging ")
    dialog.status.setCurrentIndex(dialog.status.findData(503))
    dialog.delay.setText("2000")
    dialog.duplicate_key.setCurrentIndex(dialog.duplicate_key.findData(DuplicateKey.BODY.value))
    dialog.secret.setText("whsec_another")
    with qtbot.waitSignal(dialog.saved) as told:
        qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    saved, secret = told.args or [None, None]
    assert isinstance(saved, Endpoint)
    assert (saved.id, saved.name, secret) == (endpoint.id, "Staging", "whsec_another")
    assert (saved.answers.accepted.status, saved.answers.accepted.delay_ms) == (503, 2000)
    assert saved.duplicates.key is DuplicateKey.BODY


def test_cancel_changes_nothing(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.name.setText("Other")
    with qtbot.assertNotEmitted(dialog.saved):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_secret_is_covered_but_for_its_ending_until_it_is_shown(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    assert dialog.secret.shown_text(10_000) == "•" * (len(SECRET) - 4) + "d41c"
    assert dialog.secret.shown_text(1).endswith("d41c")
    assert dialog.secret.displayText() != SECRET
    dialog.show_secret.click()
    assert dialog.secret.displayText() == SECRET
    assert dialog.show_secret.accessibleName() == "Hide the secret"
    dialog.show_secret.click()
    assert dialog.secret.displayText() != SECRET
    assert covered("short") == "•••••"


def test_the_secret_can_be_copied(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    copy = next(item for item in dialog.findChildren(type(dialog.show_secret)) if "Copy" in item.accessibleName())
    copy.click()
    assert QApplication.clipboard().text() == SECRET


def test_only_providers_that_sign_a_time_have_a_clock_tolerance(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    assert not dialog.tolerance.isVisible()
    dialog.provider.setCurrentIndex(dialog.provider.findData("stripe"))
    assert dialog.tolerance.isVisible()
    dialog.provider.setCurrentIndex(dialog.provider.findData(UNSIGNED_PROVIDER))
    assert not dialog.secret.isVisible()


def test_a_field_that_went_out_of_sight_keeps_nobody_from_saving(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.provider.setCurrentIndex(dialog.provider.findData("stripe"))
    dialog.tolerance.setText("long")
    assert not dialog.save_button.isEnabled()
    dialog.provider.setCurrentIndex(dialog.provider.findData("github"))
    assert dialog.save_button.isEnabled()
    with qtbot.waitSignal(dialog.saved):
        dialog.save()


def test_a_chosen_delay_fills_the_field_and_the_limit_is_told(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.delays.set_current("6000")
    assert dialog.delay.text() == "6000"
    said = [label.text() for label in dialog.findChildren(Label)]
    assert "Over 5 s the provider counts the call as failed and retries." in said


def test_the_list_scrolls_to_its_section(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, section="general")
    assert dialog.list.currentRow() == 0
    dialog.resize(720, 520)
    dialog.go_to("duplicates")
    assert dialog._scroll.verticalScrollBar().value() > 0


def test_a_new_path_warns_that_the_provider_must_be_told(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.token.setText("short")
    assert reason(dialog, "token") == "The provider must be given the new address. A short path can be guessed."


def test_words_take_the_colours_of_a_scheme_chosen_while_the_dialog_is_open(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, replace(an_endpoint(), paused=True))
    dressed.set_mode("dark")
    dressed.set_mode("light")
    shown = [label for label in dialog.findChildren(QLabel) if label.isVisible() and label.text()]
    dark_ink = {"#e8eaee", "#afb6c2", "#8f97a5"}
    assert [label.text() for label in shown if label.palette().windowText().color().name() in dark_ink] == []
    picture = dialog.grab().toImage()
    title = next(label for label in shown if label.text() == "Signature")
    at = title.mapTo(dialog, title.rect().topLeft())
    inks = {
        picture.pixelColor(at.x() + x, at.y() + y).lightness()
        for x in range(min(60, title.width()))
        for y in range(title.height())
    }
    assert min(inks) < 100  # dark words on the light page
