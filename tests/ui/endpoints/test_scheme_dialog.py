"""A provider of one's own is written in a form or as text, tried at once, and its mistakes are pointed at."""

from __future__ import annotations

import hashlib
import hmac
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from inspector.domain.event import Event
from inspector.domain.secret import Secret
from inspector.domain.verification import Verification
from inspector.providers.own_scheme import START, text_of
from inspector.providers.profile import Profile
from inspector.ui.endpoints.scheme_dialog import Opened, SchemeDialog
from inspector.ui.endpoints.scheme_preview import visible
from inspector.ui.endpoints.trial import Settings, signed_text, verdict_on
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.fields import ComboBox, TextField
from tests.builders import a_request, an_endpoint, an_event, headers_of

ROOT = Path(__file__).resolve().parents[3]
SECRET = "a secret of mine"
BODY = b'{"a":1}\n'
TEXT = """\
# Found out by trying.
name = "Mine"

[[signing]]
signature = "header:X-Sign"
signed = "{header:X-Time}.{body}"

[dedupe]
composite = ["message_id"]
"""


def signed_event() -> Event:
    signature = hmac.new(SECRET.encode(), b"17." + BODY, hashlib.sha256).hexdigest()
    return an_event(7, request=a_request(BODY, headers=headers_of([("X-Time", "17"), ("X-Sign", signature)])))


def trial(_id: int, profile: Profile, secret: str) -> tuple[Verification | None, bytes | None]:
    settings = Settings(an_endpoint(), profile, (Secret(secret),) if secret else ())
    event = signed_event()
    return verdict_on(event, settings, "http://x"), signed_text(event, settings, "http://x")


def opened(theme: Theme, qtbot: QtBot, *, id: str = "", text: str = "", events: bool = True) -> SchemeDialog:
    shown = Opened(
        id=id,
        text=text,
        own=frozenset({"mine", "other"}),
        bundled=frozenset({"stripe"}),
        secret=SECRET,
        events=[signed_event().summary] if events else [],
        event_id=7 if events else None,
    )
    dialog = SchemeDialog(theme, Icons(theme), shown, trial)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def type_in(dialog: SchemeDialog, name: str, text: str) -> None:
    field = dialog.form.fields[name]
    if isinstance(field, ComboBox):
        field.setCurrentIndex(field.findData(text))
    else:
        assert isinstance(field, TextField)
        field.setText(text)


def test_a_new_scheme_begins_with_the_commonest_and_names_its_file(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    assert dialog.text == text_of(START)
    assert dialog.id == "my-provider"
    type_in(dialog, "name", "Mine")
    assert dialog.id == "mine-2"  # mine.toml is there already
    qtbot.keyClicks(dialog.file_id, "x")
    type_in(dialog, "name", "Something else")
    assert dialog.id == "mine-2x"  # named by hand from now on


def test_the_form_is_tried_on_the_event_while_it_is_filled_in(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    verdict = dialog.preview.verdict
    type_in(dialog, "signature", "header:X-Sign")
    qtbot.waitUntil(lambda: verdict.title.text() == "This event is invalid")
    assert dialog.preview.signed.toPlainText() == '{"a":1}␊\n'
    type_in(dialog, "signed", "{header:X-Time}.{body}")
    qtbot.waitUntil(lambda: verdict.title.text() == "This event is valid")
    assert dialog.preview.signed.toPlainText() == '17.{"a":1}␊\n'
    assert dialog.preview.caption.text() == "Signed text, 11 bytes"
    dialog.preview.secret.setText("another")
    qtbot.waitUntil(lambda: verdict.title.text() == "This event is invalid")
    dialog.preview.secret.setText("")
    qtbot.waitUntil(lambda: verdict.title.text() == "This event cannot be checked yet")


def test_form_and_text_are_the_same_file(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, id="mine", text=TEXT)
    assert dialog.problem.text() == "Only in the text: dedupe."
    dialog.tabs.set_current("text")
    assert dialog.editor.toPlainText() == TEXT  # nothing was changed, so the comment is still there
    dialog.editor.setPlainText(TEXT.replace("X-Sign", "X-Other"))
    dialog.tabs.set_current("form")
    assert dialog.form.value().signature == "header:X-Other"
    type_in(dialog, "encoding", "base64")
    dialog.tabs.set_current("text")
    assert 'encoding = "base64"' in dialog.editor.toPlainText()
    assert 'composite = ["message_id"]' in dialog.editor.toPlainText()


def test_looking_at_both_tabs_changes_nothing(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, id="mine", text=TEXT)
    for tab in ("text", "form", "text", "form"):
        dialog.tabs.set_current(tab)
    with qtbot.waitSignal(dialog.saved) as told:
        dialog.save()
    assert told.args == ["mine", TEXT, "mine"]


def test_a_mistake_stands_under_its_row_and_in_its_line(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, id="mine", text=TEXT)
    type_in(dialog, "signed", "{nope}")
    qtbot.waitUntil(lambda: "nope" in dialog.form._rows["signed"].hint.text())
    assert dialog.checked.line == 5
    assert not dialog.save_button.isEnabled()
    dialog.show_line.click()
    assert dialog.tabs.current == "text"
    assert dialog.editor.textCursor().blockNumber() == 4
    assert [mark.cursor.blockNumber() for mark in dialog.editor.extraSelections()] == [4]  # type: ignore[attr-defined]  # Qt's own attribute


def test_a_text_that_is_no_toml_cannot_be_shown_as_a_form(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, id="mine", text=TEXT)
    dialog.tabs.set_current("text")
    dialog.editor.setPlainText(TEXT.replace('name = "Mine"', 'name = "Mine'))
    qtbot.waitUntil(lambda: not dialog.tabs.button("form").isEnabled())
    assert dialog.checked.line == 2
    assert "cannot be read" in dialog.problem.text()
    assert dialog.preview.verdict.title.text() == "Not ready to be tried"
    dialog.editor.setPlainText(TEXT)
    qtbot.waitUntil(lambda: dialog.tabs.button("form").isEnabled())


@pytest.mark.parametrize(
    ("id", "why"), [("other", "There is a file other.toml already."), ("Über", "Use small letters"), ("", "Use small")]
)
def test_a_file_name_that_cannot_be_used_is_told(id: str, why: str, dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, id="mine", text=TEXT)
    dialog.file_id.setText(id)
    dialog.refresh()
    assert dialog.problem.text().startswith(why)
    assert not dialog.save_button.isEnabled()
    with qtbot.assertNotEmitted(dialog.saved):
        dialog.save()


def test_taking_the_place_of_a_bundled_provider_is_told(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.file_id.setText("stripe")
    dialog.refresh()
    assert "takes the place of the provider stripe" in dialog.problem.text()
    assert dialog.save_button.isEnabled()


def test_a_renamed_scheme_tells_its_old_name(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, id="mine", text=TEXT)
    dialog.file_id.setText("ours")
    with qtbot.waitSignal(dialog.saved) as told:
        qtbot.mouseClick(dialog.save_button, Qt.MouseButton.LeftButton)
    assert told.args == ["ours", TEXT, "mine"]
    assert not dialog.isVisible()


def test_what_was_imported_is_shown_under_its_name(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    dialog.load("shop", TEXT)
    assert (dialog.id, dialog.form.value().name) == ("shop", "Mine")
    dialog.load("broken", "name =")
    assert dialog.tabs.current == "text"
    assert dialog.editor.toPlainText() == "name ="


def test_a_kind_shows_only_the_rows_it_has_a_use_for(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot)
    assert dialog.form._rows["alg"].isVisibleTo(dialog)
    dialog.load("mine", 'name = "T"\n[[signing]]\nkind = "token"\nsignature = "header:X-Token"\n')
    assert not dialog.form._rows["signed"].isVisibleTo(dialog)
    assert dialog.checked.error is None


def test_without_an_event_there_is_nothing_to_try_it_on(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, events=False)
    assert dialog.preview.verdict.title.text() == "Nothing to try it on"
    assert not dialog.preview.events.isEnabled()


def test_only_a_kept_scheme_can_be_deleted(dressed: Theme, qtbot: QtBot) -> None:
    def delete(dialog: SchemeDialog) -> QAbstractButton | None:
        return next((item for item in dialog.findChildren(QAbstractButton) if item.text() == "Delete…"), None)

    assert delete(opened(dressed, qtbot)) is None
    dialog = opened(dressed, qtbot, id="mine", text=TEXT)
    button = delete(dialog)
    assert button is not None
    with qtbot.waitSignal(dialog.delete_requested) as told:
        button.click()
    assert told.args == ["mine"]


def test_every_control_has_a_name_and_nothing_is_cut_at_the_smallest_size(dressed: Theme, qtbot: QtBot) -> None:
    dialog = opened(dressed, qtbot, id="mine", text=TEXT)
    dialog.resize(720, 520)
    QApplication.processEvents()
    assert dialog.form.width() <= dialog.pages.width()
    for widget in dialog.findChildren(QWidget):
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            assert widget.accessibleName() or text, widget


def test_nothing_hides_in_the_signed_text() -> None:
    assert visible(b"a\r\nb\t\x00\xff\x7f") == "a␍␊\nb␉␀\\xff␡"


def test_opening_an_endpoint_does_not_load_the_dialog_for_schemes() -> None:
    name = "inspector.ui.endpoints.scheme_dialog"
    check = f"import sys, inspector.ui.endpoints.endpoint_desk; assert '{name}' not in sys.modules"
    subprocess.run([sys.executable, "-c", check], cwd=ROOT, check=True)
