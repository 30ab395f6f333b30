"""The Replays view lists every attempt and opens the newest."""

from __future__ import annotations

import dataclasses
import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from inspector.domain.attempt import AttemptId
from inspector.ui.detail.attempt_words import outcome_of
from inspector.ui.detail.pane import DetailPane
from inspector.ui.detail.replays_view import ReplaysView
from tests.ui.detail.samples import TARGET, attempts, event


@pytest.fixture
def view(pane: DetailPane) -> ReplaysView:
    pane.show_view("replays")
    found = pane.view("replays")
    assert isinstance(found, ReplaysView)
    return found


def test_nothing_replayed_offers_to(qtbot: QtBot, pane: DetailPane, view: ReplaysView) -> None:
    pane.show_event(event(5))
    assert view.nothing.title.text() == "Not replayed yet"
    with qtbot.waitSignal(pane.replay_requested) as wished:
        view.nothing.buttons[0].click()
    assert wished.args == [5]
    with qtbot.waitSignal(pane.replay_to_requested):
        view.nothing.buttons[1].click()


def test_attempts_are_listed_newest_first_with_the_newest_open(pane: DetailPane, view: ReplaysView) -> None:
    shown = event()
    pane.show_event(shown)
    pane.set_attempts(attempts(shown))
    assert view.caption.text() == "3 replays"
    assert [row.accessibleName() for row in view.rows] == [
        f"{TARGET}, 14:24:13, 200, 38 ms",
        f"{TARGET}, 14:24:03, No answer, 5.0 s",
        f"{TARGET}, 14:24:02, 503, 41 ms",
    ]
    rows = view.card.rows
    assert (rows["Status"].text, rows["Status"].note.text()) == ("200 OK", "in 38 ms")
    assert rows["Sent to"].text == "127.0.0.1:5000"
    assert rows["Changed"].text == "body, Idempotency-Key added"
    assert json.loads(view.card.code.toPlainText())["queued_job"] == "job_51c09e"
    assert view.card.headers_text.text() == "Content-Type: application/json\nServer: gunicorn"


def test_an_attempt_without_a_response_says_why_and_what_to_do(pane: DetailPane, view: ReplaysView) -> None:
    shown = event()
    pane.show_event(shown)
    pane.set_attempts(attempts(shown))
    view.rows[1].setFocus()
    QTest.keyClick(view.rows[1], Qt.Key.Key_Space)
    failed = view.card.rows["Failed"]
    assert (failed.text, failed.note.text()) == (
        "No answer within 5 s",
        "Answer first, then work in the background.",
    )
    assert view.card.rows["Changed"].text == "nothing"
    assert not view.card.frame.isVisible()
    QTest.keyClick(view.rows[1], Qt.Key.Key_Space)
    assert not view.card.isVisible()


def test_what_was_closed_stays_closed_until_a_newer_attempt_comes(pane: DetailPane, view: ReplaysView) -> None:
    shown = event()
    pane.show_event(shown)
    newest, *older = attempts(shown)
    pane.set_attempts(tuple(older))
    view.rows[0].click()
    pane.set_attempts(tuple(older))
    assert not view.card.isVisible()
    pane.set_attempts((newest, *older))
    assert view.card.isVisible()
    assert view.rows[0].isChecked()


def test_a_running_replay_can_be_stopped(qtbot: QtBot, pane: DetailPane, view: ReplaysView) -> None:
    pane.show_event(event(9))
    pane.set_attempts((), TARGET)
    assert view.running.isVisible()
    assert not view.again.isEnabled()
    with qtbot.waitSignal(pane.attempt_cancel_requested) as wished:
        view.running.cancel_link.click()
    assert wished.args == [9]
    pane.set_attempts(attempts(event(9)))
    assert not view.running.isVisible()
    with qtbot.waitSignal(pane.replay_requested):
        view.again.click()


def test_attempts_of_another_event_do_not_stay(pane: DetailPane, view: ReplaysView) -> None:
    pane.show_event(event(1))
    pane.set_attempts(attempts(event(1)))
    pane.show_event(event(2))
    assert view.nothing.isVisible()


def test_the_response_body_is_copied_as_it_came(pane: DetailPane, view: ReplaysView) -> None:
    shown = event()
    pane.show_event(shown)
    pane.set_attempts(attempts(shown))
    view.card.copy_link.click()
    assert QGuiApplication.clipboard().text() == '{"ok":true,"duplicate":false,"queued_job":"job_51c09e"}'


def test_a_redirect_is_no_success() -> None:
    answered = attempts(event())[0]
    assert answered.response is not None
    moved = dataclasses.replace(answered, response=dataclasses.replace(answered.response, status=302))
    assert (outcome_of(moved).color, outcome_of(moved).detail) == ("warnFg", "38 ms, not followed")


def test_hundreds_of_attempts_show_the_newest_hundred(pane: DetailPane, view: ReplaysView) -> None:
    shown = event()
    pane.show_event(shown)
    one = attempts(shown)[2]
    pane.set_attempts(tuple(dataclasses.replace(one, id=AttemptId(number)) for number in range(250, 0, -1)))
    assert len(view.rows) == 100
    assert view.older.text() == "150 older replays are not shown"
