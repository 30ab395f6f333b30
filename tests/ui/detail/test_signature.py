"""The Signature view explains a verdict: the checks, the likely cause, the values compared."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from inspector.domain.endpoint import EndpointId
from inspector.domain.verification import Covers, Step, StepState, Verdict, Verification
from inspector.signatures.diagnosis.cause import Action, Cause, Diagnosis, Do, Match, Tried
from inspector.signatures.diagnosis.signed_text import Part
from inspector.signatures.diagnosis.trials import TRIALS
from inspector.ui.detail.compare import Compared, Comparison, comparison_of, first_difference, shown_groups
from inspector.ui.detail.pane import DetailPane
from inspector.ui.detail.signature_known import CodeChoice, Known
from inspector.ui.detail.signature_rows import CompareCard, second_line
from inspector.ui.detail.signature_view import SignatureView
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from inspector.ui.widgets.paint import text_width
from tests.ui.detail.samples import event, failed_signature, invalid


@pytest.fixture
def view(pane: DetailPane) -> SignatureView:
    pane.show_view("signature")
    found = pane.view("signature")
    assert isinstance(found, SignatureView)
    return found


def test_a_valid_signature_says_how_and_what_it_covers(pane: DetailPane, view: SignatureView) -> None:
    pane.show_event(event())
    assert view.callout.title.text() == "Signed by the provider"
    assert view.callout.tone == "pass"
    assert view.covers.isVisible()
    assert view.covers.text().startswith("The whole body")
    assert not view.cause.isVisible()
    assert not view.compare.isVisible()


def test_an_invalid_one_shows_checks_cause_and_comparison(qtbot: QtBot, pane: DetailPane, view: SignatureView) -> None:
    shown = failed_signature()
    pane.show_event(shown)
    assert view.callout.text.text().endswith("We answered 401, so the provider will retry.")
    assert [step.state for step in view.steps.steps] == [StepState.PASSED, StepState.PASSED, StepState.FAILED]
    assert view.cause.title.text() == "Likely cause: another secret, or a changed body"
    assert view.compare.isVisible()
    view.copy_link.click()
    assert shown.verification is not None
    assert QGuiApplication.clipboard().text() == shown.verification.steps[2].expected
    with qtbot.waitSignal(pane.edit_secret_requested) as wished:
        view.cause.button.click()
    assert wished.args == [1]


def test_a_missing_secret_can_be_added(pane: DetailPane, view: SignatureView) -> None:
    pane.show_event(event(verification=Verification(Verdict.NO_SECRET, "rcs-events")))
    assert view.cause.isVisible()
    assert view.cause.button.text() == "Add secret…"
    assert not view.steps_caption.isVisible()


def test_a_hint_of_a_check_is_the_likely_cause(pane: DetailPane, view: SignatureView) -> None:
    step = Step("Format", StepState.FAILED, "not readable", "64 hex characters", "nothing", "The header was empty.")
    pane.show_event(event(verification=Verification(Verdict.INVALID, "rcs-events", steps=(step,))))
    assert view.cause.title.text() == "Likely cause: format"
    assert view.cause.text.text() == "The header was empty."
    assert second_line(step) == "Expected 64 hex characters, got nothing"
    assert not view.compare.isVisible()


@pytest.mark.parametrize(("covers", "words"), [(Covers.PARTIAL, "A part"), (Covers.NONE, "Nothing of the body")])
def test_what_is_not_covered_is_said(pane: DetailPane, view: SignatureView, covers: Covers, words: str) -> None:
    pane.show_event(event(verification=Verification(Verdict.VALID, "google-rbm", covers, "Signed by the provider.")))
    assert view.covers.text().startswith(words)


def test_an_endpoint_without_checks_says_so(pane: DetailPane, view: SignatureView) -> None:
    pane.show_event(event(verification=Verification(Verdict.UNSIGNED), checked=False))
    assert view.nothing.title.text() == "This endpoint does not check signatures"
    pane.show_event(event(2))
    assert view.callout.isVisible()


def test_the_first_group_that_differs_is_found_and_shown() -> None:
    received = "a" * 64
    found = comparison_of(invalid(received, "a" * 34 + "b" * 30), ("d41c",))
    assert found is not None
    assert found.groups == ("a" * 8, "…", "a" * 8, "…", "a" * 8)
    (row,) = found.expected
    assert row.label == "Current d41c"
    assert row.groups == ("a" * 8, "…", "aabbbbbb", "…", "b" * 8)
    assert row.groups[row.differs_at] == "aabbbbbb"


def test_what_stands_before_every_signature_is_no_part_of_the_groups() -> None:
    found = comparison_of(invalid("sha256=" + "a" * 64, "sha256=" + "b" * 64), ())
    assert found is not None
    assert found.groups == ("sha256=" + "a" * 8, "a" * 8, "…", "a" * 8)
    assert found.expected[0].differs_at == 0


def test_a_token_that_was_expected_is_not_compared_on_screen() -> None:
    step = Step("Token, current secret", StepState.FAILED, "no match", "20 characters ending d41c", "guess")
    assert comparison_of(Verification(Verdict.INVALID, "x", steps=(step,)), ()) is None


def test_differences_at_the_edges() -> None:
    assert first_difference("abc", "abcd") == 3
    assert first_difference("", "") == 0
    assert shown_groups(64, 7) == (0, 1, 7)
    assert shown_groups(20, 0) == (0, 1, 2)


def diagnosed(**changes: object) -> Known:
    diagnosis = Diagnosis(
        Cause.FORMER_SECRET,
        "signed with the previous secret",
        "It matches the secret ending 77f0, which was replaced.",
        Action(Do.ACCEPT_FORMER, "Accept both for 24 h", ref_key="k0"),
        (Action(Do.EDIT_SECRET, "Edit secret…"), Action(Do.HOW_TO_FIX, "How to fix")),
        "Tell the provider.",
        tried=(Tried("As stored", 1), Tried("Previous secrets", 1, True)),
    )
    parts = (Part("X-Time", b"17"), Part("", b"."), Part("raw body", b'{"a":1}\n'))
    return Known(replace(diagnosis, **changes), parts, codes=(CodeChoice("Python"), CodeChoice("Java", "It cannot.")))  # type: ignore[arg-type]


def test_the_cause_is_asked_for_and_shown_with_what_can_be_done(
    qtbot: QtBot, pane: DetailPane, view: SignatureView
) -> None:
    shown = failed_signature()
    pane.show_event(shown)
    with qtbot.waitSignal(view.asked) as asked:
        view.attend()
    assert asked.args == [shown]
    assert view.cause.busy
    assert not view.cause.isVisible()
    qtbot.waitUntil(lambda: view.cause.title.text() == "Looking for the cause…" and view.cause.isVisible())
    view.show_known(shown.id + 1, diagnosed())
    assert view.cause.busy
    view.show_known(shown.id, diagnosed())
    assert view.cause.title.text() == "Likely cause: signed with the previous secret"
    assert [button.text() for button in view.cause.buttons] == ["Accept both for 24 h", "Edit secret…", "How to fix"]
    with qtbot.waitSignal(view.action_requested) as acted:
        view.cause.button.click()
    assert acted.args is not None
    assert acted.args[1].do is Do.ACCEPT_FORMER
    assert not view.cause.guide.isVisible()
    view.cause.buttons[2].click()
    assert view.cause.guide.text() == "Tell the provider."
    assert view.cause.guide.isVisible()


def test_the_secret_that_fits_stands_under_the_one_that_does_not(pane: DetailPane, view: SignatureView) -> None:
    shown = failed_signature()
    assert shown.verification is not None
    received = shown.verification.steps[2].got
    match = Match("previous secret", "77f0", "raw body", received)
    pane.show_event(shown)
    view.attend()
    view.show_known(shown.id, diagnosed(match=match))
    assert [(step.name, step.detail) for step in view.steps.steps[3:]] == [
        ("SHA-256 of raw body, previous secret", "match"),
        (f"{len(TRIALS) - 1} other variations", "not needed"),
    ]
    assert view._comparison is not None
    assert [row.label for row in view._comparison.expected] == ["Current d41c", "Previous 77f0"]
    assert view._comparison.expected[1].value == received


def test_the_signed_text_shows_every_byte_and_where_it_came_from(pane: DetailPane, view: SignatureView) -> None:
    shown = failed_signature()
    pane.show_event(shown)
    view.attend()
    view.show_known(shown.id, diagnosed())
    assert view.signed.isVisible()
    assert view.signed.legend.text() == "X-Time (2 B), “.”, raw body (8 B); 11 bytes in all."
    assert view.signed.area.toPlainText() == '17.{"a":1}\\n\n'
    view.signed.copy()
    assert QGuiApplication.clipboard().text() == '17.{"a":1}\n'


def test_languages_without_code_say_why(pane: DetailPane, view: SignatureView) -> None:
    shown = failed_signature()
    pane.show_event(shown)
    view.attend()
    view.show_known(shown.id, diagnosed())
    view.tools.open_menu()
    assert view.tools.menu is not None
    python, java = view.tools.menu.actions()
    assert (python.isEnabled(), java.isEnabled(), java.toolTip()) == (True, False, "It cannot.")
    view.tools.menu.close()


def test_a_later_check_stands_beside_the_verdict_at_receipt(pane: DetailPane, view: SignatureView) -> None:
    shown = failed_signature()
    pane.show_event(shown)
    view.attend()
    later = Verification(Verdict.VALID, "rcs-events", Covers.BODY, "Signed by the provider.", "HMAC-SHA256.")
    view.show_known(shown.id, replace(diagnosed(), recheck=later))
    assert view.callout.title.text() == "The signature does not match"
    assert view.recheck.title.text() == "Checked again: signed by the provider"
    assert view.recheck.text.text() == "HMAC-SHA256. At receipt it was invalid."
    view.show_known(shown.id, replace(diagnosed(), recheck=shown.verification))
    assert view.recheck.title.text() == "Checked again: still invalid"


def test_nothing_can_be_changed_for_a_deleted_endpoint(pane: DetailPane, view: SignatureView) -> None:
    shown = failed_signature()
    gone = replace(shown, summary=shown.summary._replace(endpoint_id=EndpointId(99)))
    pane.show_event(gone)
    view.attend()
    view.show_known(gone.id, diagnosed())
    assert view.cause.text.text().endswith("Its endpoint was deleted, so nothing can be changed for it.")
    assert [button.text() for button in view.cause.buttons] == ["How to fix"]


def test_a_stale_signature_has_its_cause_and_says_what_it_covers(pane: DetailPane, view: SignatureView) -> None:
    stale = Verification(Verdict.STALE, "stripe", Covers.BODY, "Genuine, but 16 min old", "Limit is 5 min.")
    shown = event(verification=stale)
    pane.show_event(shown)
    view.attend()
    limit = Action(Do.SET_LIMIT, "Change limit to 30 min", seconds=1800)
    view.show_known(shown.id, Known(Diagnosis(Cause.LATE, "it came late", "The limit is 5 min.", limit)))
    assert view.callout.tone == "warn"
    assert view.cause.button.text() == "Change limit to 30 min"
    assert view.covers.isVisible()


def test_a_request_that_was_turned_away_says_why(pane: DetailPane, view: SignatureView) -> None:
    pane.show_event(event(verification=None, reason="203.0.113.9 is not on the allow-list"))
    assert view.nothing.title.text() == "Not checked"
    assert not view.cause.isVisible()
    assert not view.tools.isVisible()


@pytest.mark.parametrize(
    ("name", "whole"), [("Secret Made for test events", True), ("Secret " + "of ours " * 30, False)]
)
def test_the_name_of_a_secret_stands_beside_the_value_not_over_it(
    theme: Theme, icons: Icons, qtbot: QtBot, name: str, whole: bool
) -> None:
    card = CompareCard(theme, icons)
    qtbot.addWidget(card)
    card.set_comparison(Comparison("ab" * 32, ("abababab",), (Compared(name, "cd" * 32, ("cdcdcdcd",), 0),)))
    card.resize(448, card.sizeHint().height())
    assert (card.label_px() >= text_width(name, theme.font("small"))) is whole
    image = card.grab().toImage()
    row = range(35, 58)  # the second row's height, without its lines
    red = {theme.tokens.failFg.name()}
    left = min(x for x in range(image.width()) for y in row if image.pixelColor(x, y).name() in red)
    assert left >= 12 + card.label_px()
