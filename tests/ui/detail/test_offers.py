"""Callouts that offer to do something say what and why, and pass the wish on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta, timezone

import pytest
import shiboken6
from pytestqt.qtbot import QtBot

from inspector.domain.answer import Answer
from inspector.domain.event import Event
from inspector.domain.report import Kind, Report
from inspector.providers.catalogue import load_catalogue
from inspector.providers.detection import Candidate
from inspector.providers.profile import Profile
from inspector.resources import resource_path
from inspector.ui.detail.notes import Deed, DeedKind, Note, notes_on
from inspector.ui.detail.offers import confirm_note, secret_note, switch_after_handshake_note, switch_note
from inspector.ui.detail.overview_view import OverviewView
from inspector.ui.detail.pane import DetailPane
from inspector.ui.events.cells import event_look, row_signature_badge
from inspector.ui.events.wording import RowStyle, label_of, label_parts, signature_tip, spoken_row
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from tests.builders import a_summary
from tests.ui.detail.samples import Reader, event

CATALOGUE = load_catalogue([resource_path("providers")])
WORDS = "Google RBM verified your address"


def profile_of(id: str) -> Profile:
    profile = CATALOGUE.get(id)
    assert profile is not None
    return profile


def a_handshake(status: int = 200, label: str = WORDS) -> Event:
    report = Report(Kind.CHALLENGE, name=label)
    return event(
        kind=Kind.CHALLENGE,
        label=report.label,
        verification=None,
        checked=False,
        reports=(report,),
        answer=Answer(status, (), b"1234567890"),
    )


@pytest.fixture
def advised(qtbot: QtBot, theme: Theme, icons: Icons, reader: Reader) -> Iterator[Callable[[Note], DetailPane]]:
    panes = []

    def make(note: Note) -> DetailPane:
        pane = DetailPane(theme, icons, reader, advise=lambda _event: (note,))
        panes.append(pane)
        with qtbot.waitExposed(pane):
            pane.show()
        return pane

    yield make
    for pane in panes:
        pane.close()
        shiboken6.delete(pane)


def test_a_callouts_link_asks_for_its_deed(qtbot: QtBot, advised: Callable[[Note], DetailPane]) -> None:
    shown = event()
    note = switch_note(shown, Candidate(profile_of("stripe"), ("Stripe-Signature",), 1), profile_of("github"))
    pane = advised(note)
    pane.show_event(shown)
    view = pane.view("overview")
    assert isinstance(view, OverviewView)
    callout = view.callouts[-1]
    assert callout.title.text() == "This looks like Stripe, the endpoint expects GitHub"
    (button,) = callout.buttons
    assert button.text() == "Switch to Stripe"
    with qtbot.waitSignal(pane.deed_requested) as wished:
        button.click()
    assert wished.args == [Deed(DeedKind.SWITCH, shown.id, "stripe")]


def test_a_handshake_says_who_verified_what_and_when(pane: DetailPane) -> None:
    (note,) = notes_on(a_handshake(), None)
    assert note.title == f"{WORDS} at 14:23"
    assert note.text == "A set-up request, answered the way the provider wants it."
    (far,) = notes_on(a_handshake(), None, timezone(timedelta(hours=3)))
    assert far.title != note.title
    pane.show_event(a_handshake())
    view = pane.view("overview")
    assert isinstance(view, OverviewView)
    rows = view.rows()
    assert (rows["Signature"].text, rows["Signature"].note.text()) == ("Not needed", "a set-up request")
    assert rows["Rule"].text == "What the provider asks for"


def test_a_handshake_that_was_refused_says_how() -> None:
    (wrong,) = notes_on(a_handshake(401, "Xero asked with a signature that is not right"), None)
    assert wrong.text == "A set-up request. 401 is the answer to what is not signed rightly."
    (other,) = notes_on(a_handshake(403, "Meta sent another hub.verify_token than the one set here"), None)
    assert (other.tone, other.text) == ("warn", "A set-up request, answered 403.")


def test_the_list_shows_a_handshake_as_a_sentence_with_a_link() -> None:
    row = a_handshake().summary
    assert label_parts(label_of(row)) == ("", WORDS)
    assert event_look(row).icon == "link"
    assert row_signature_badge(row) is None
    assert signature_tip(row) == "A set-up request needs no signature"
    assert spoken_row(row, RowStyle()).startswith(WORDS)
    assert signature_tip(a_summary(verdict=None)) == "This endpoint does not check signatures"


def test_offers_after_a_handshake() -> None:
    shown = a_handshake()
    rbm = profile_of("google-rbm")
    assert switch_after_handshake_note(shown, rbm, profile_of("stripe")).title == "The endpoint expects Stripe"
    assert switch_after_handshake_note(shown, rbm, None).title == "The endpoint checks no signatures"
    secret = secret_note(shown, rbm, "client token")
    assert (secret.title, secret.link) == ("This request holds the client token", "Use it as the secret")
    sns = profile_of("aws-sns")
    offered = confirm_note(shown, sns, "sns.eu-west-1.amazonaws.com")
    assert offered.link == "Confirm subscription…"
    assert "sns.eu-west-1.amazonaws.com" in offered.text
    assert confirm_note(shown, sns, "").link == ""
