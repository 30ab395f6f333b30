"""The Overview says what is unusual first, then what the event is, how it came and what we answered."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from inspector.domain.answer import INVALID_SIGNATURE
from inspector.domain.event import DedupeKey, DuplicateLevel, EventId, Refusal, Repeat
from inspector.domain.report import Kind, Report
from inspector.domain.verification import Verdict, Verification
from inspector.ui.detail.notes import notes_on
from inspector.ui.detail.overview_view import OverviewView
from inspector.ui.detail.pane import DetailPane
from inspector.ui.widgets.labels import KeyValueRow
from tests.ui.detail.samples import Reader, duplicate, event, failed_signature, originals


@pytest.fixture
def view(pane: DetailPane) -> OverviewView:
    found = pane.view("overview")
    assert isinstance(found, OverviewView)
    return found


def said(row: KeyValueRow) -> tuple[str, str]:
    return row.text, row.note.text()


def test_the_rows_tell_event_delivery_and_answer(pane: DetailPane, view: OverviewView) -> None:
    pane.show_event(event())
    rows = view.rows()
    assert said(rows["Type"]) == ("message.delivered", "")
    assert said(rows["Recipient"]) == ("+14155550132", "verizon, channel rcs")
    assert said(rows["Occurred"]) == ("14:23:44.000", "2024-12-20, provider clock")
    assert said(rows["Received"]) == ("14:23:45.218", "1.2 s later")
    assert said(rows["Signature"]) == ("", "X-Webhook-Signature")
    assert rows["Signature"].badges.badges[0].text == "Valid"
    assert said(rows["Attempt"]) == ("1", "delivery ID dlv_5b1e77a4c9")
    assert said(rows["From"]) == ("203.0.113.24", "by way of the tunnel")
    assert said(rows["Path"]) == ("POST /in/rcs-prod", "")
    assert said(rows["Status"]) == ("200 OK", "in 11 ms")
    assert said(rows["Rule"]) == ("200 unless the signature fails", "RCS production")
    assert view.callouts == []


def test_a_row_filters_by_its_value(qtbot: QtBot, pane: DetailPane, view: OverviewView) -> None:
    pane.show_event(event())
    menu = view.rows()["Message"].open_menu(pane.mapToGlobal(pane.rect().center()))
    action = next(action for action in menu.actions() if action.text() == "Filter by this")
    with qtbot.waitSignal(pane.filter_requested) as wished:
        action.trigger()
    menu.close()
    assert wished.args == ["msg:msg_8f31c07a"]


def test_rows_of_the_event_before_do_not_stay(pane: DetailPane, view: OverviewView) -> None:
    pane.show_event(event(1))
    pane.show_event(event(2, reports=(), message_id="", recipient=""))
    assert not {"Message", "Recipient", "Occurred", "Campaign"} & set(view.rows())
    pane.show_event(event(1))
    assert "Campaign" in view.rows()


def test_several_reports_are_listed(pane: DetailPane, view: OverviewView) -> None:
    reports = tuple(Report(Kind.READ, "READ", f"m{number}") for number in range(60))
    pane.show_event(event(reports=reports))
    rows = view.rows()
    assert said(rows["1"]) == ("message.read", "m0")
    assert rows["…"].text == "and 10 more"


def test_a_duplicate_leads_to_its_original(qtbot: QtBot, pane: DetailPane, view: OverviewView) -> None:
    pane.show_event(duplicate())
    callout = view.callouts[0]
    assert callout.title.text() == "Duplicate of #12,462, received 15 ms earlier"
    assert callout.text.text() == (
        "Same message ID, event and timestamp; the bodies are identical. Your handler should skip it."
    )
    with qtbot.waitSignal(pane.open_event_requested) as wished:
        callout.buttons[0].click()
    assert wished.args == [12_462]


def test_a_failed_signature_on_a_retry_gets_both_callouts(pane: DetailPane, view: OverviewView) -> None:
    pane.show_event(failed_signature())
    retry, signature = view.callouts
    assert retry.title.text() == "Retry 1 of #12,455"
    assert retry.text.text() == "We answered 401 the first time."
    assert signature.title.text() == "The signature does not match"
    assert signature.text.text().endswith("We answered 401, so the provider will retry.")
    signature.buttons[0].click()
    assert pane.current_view == "signature"


def test_a_duplicate_with_another_body_is_told_apart() -> None:
    changed = event(
        repeat=Repeat.DUPLICATE,
        repeat_no=2,
        original_id=EventId(12_462),
        key=DedupeKey(DuplicateLevel.EVENT_ID, b"k"),
        body_equals_original=False,
    )
    (note,) = notes_on(changed, originals().summary(EventId(12_462)))
    assert note.title == "Duplicate of #12,462 with a different body"


def test_a_repeat_whose_first_sighting_is_gone_is_still_told() -> None:
    orphan = event(repeat=Repeat.DUPLICATE, repeat_no=2, original_id=EventId(5), key=None)
    (note,) = notes_on(orphan, Reader().summary(EventId(5)))
    assert (note.title, note.text) == ("Duplicate of #5", "Same event. Your handler should skip it.")


def test_a_failed_message_says_its_code_and_reason() -> None:
    report = Report(Kind.FAILED, "message.failed", error_code="4102", error_text="Device unreachable")
    (note,) = notes_on(event(kind=Kind.FAILED, reports=(report,)), None)
    assert (note.title, note.text) == ("The message failed: 4102", "Device unreachable")


def test_a_refused_request_says_why_and_that_nothing_was_kept() -> None:
    refused = event(
        body=b"",
        verification=None,
        refusal=Refusal.TOO_LARGE,
        size=7_200_000,
        reason="The limit is 5 MB",
        answer=INVALID_SIGNATURE,
    )
    (note,) = notes_on(refused, None)
    assert note.title == "Too large: 7.2 MB"
    assert note.text == "The limit is 5 MB. Answered 401. The body was not stored."


@pytest.mark.parametrize("verdict", [Verdict.STALE, Verdict.UNSIGNED, Verdict.NO_SECRET])
def test_every_verdict_that_is_not_valid_leads_to_the_checks(verdict: Verdict) -> None:
    found = Verification(verdict, "rcs-events", title="A title.", summary="Why.")
    (note,) = notes_on(event(verification=found), None)
    assert (note.title, note.text, note.opens_view) == ("A title", "Why.", "signature")
    assert notes_on(event(verification=found, checked=False), None) == ()
