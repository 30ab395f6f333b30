"""The Signature view explains a verdict: the checks, the likely cause, the values compared."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from inspector.domain.verification import Covers, Step, StepState, Verdict, Verification
from inspector.ui.detail.compare import comparison_of, first_difference, shown_groups
from inspector.ui.detail.pane import DetailPane
from inspector.ui.detail.signature_rows import second_line
from inspector.ui.detail.signature_view import SignatureView
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
