"""The answer a person gives: presets, what cannot be sent, and that what is shown is what is sent."""

from __future__ import annotations

import pytest

from inspector.domain.answer import Answer, Fault
from inspector.domain.event import EventId
from inspector.receiver.by_hand import Held
from inspector.ui.by_hand.answer_form import (
    PRESETS,
    HandForm,
    answer_of,
    body_note,
    form_of,
    phrase_of,
    preset_of,
    problems,
    said,
)
from inspector.ui.by_hand.words import count_words, fallback_words, left_words


@pytest.mark.parametrize("place", range(len(PRESETS)))
def test_a_preset_is_shown_and_sent_as_it_is(place: int) -> None:
    form = form_of(PRESETS[place].answer)
    assert problems(form) == {}
    assert preset_of(form) == place
    assert answer_of(form) == PRESETS[place].answer


def test_the_presets_are_those_a_provider_reacts_to() -> None:
    assert [preset.words for preset in PRESETS] == [
        "200", "400", "401", "404", "429", "500", "503", "Reset", "Time out",
    ]  # fmt: skip
    assert ("Retry-After", "30") in PRESETS[4].answer.headers
    assert PRESETS[7].answer.fault is Fault.RESET
    assert PRESETS[8].answer.fault is Fault.SILENT


def test_a_content_type_of_ones_own_stands_alone() -> None:
    form = HandForm("422", "Content-Type: application/json\nX-Note: a b", '{"ok":false}')
    answer = answer_of(form)
    assert answer.headers == (("Content-Type", "application/json"), ("X-Note", "a b"))
    assert (answer.status, answer.body) == (422, b'{"ok":false}')
    assert form_of(answer) == form


@pytest.mark.parametrize("status", ["", "100", "600", "2 00", "²00", "soon"])
def test_what_is_no_status_is_refused(status: str) -> None:
    assert problems(HandForm(status)) == {"status": "Enter a status from 200 to 599."}


def test_a_line_that_is_no_header_is_named_and_those_of_the_program_are_not_taken() -> None:
    assert problems(HandForm(headers="X-A: 1\nbroken"))["headers"] == "Line 2 is not a header. Write Name: value."
    assert problems(HandForm(headers="Content-Length: 3"))["headers"] == "Content-Length is set by the program."


def test_an_answer_without_a_body_has_none() -> None:
    assert problems(HandForm("204"))["body"] == "An answer of status 204 has no body."
    assert problems(HandForm("204", body="")) == {}


def test_blanks_are_filled_and_unknown_ones_told() -> None:
    assert answer_of(HandForm(body="{{message_id}}")).template
    assert body_note(HandForm(body="{{message_id}}")) == "Blanks are filled from the event."
    assert body_note(HandForm(body="{{nonsense}}")) == "{{nonsense}} is not known and stays as it is."
    assert body_note(HandForm()) == ""


def test_a_fault_is_said_in_words() -> None:
    faults = (Fault.RESET, Fault.SILENT, Fault.HALF)
    assert [said(Answer(fault=fault)) for fault in faults] == ["a reset connection", "no answer", "half of 200"]
    assert said(Answer(503)) == "503"
    assert phrase_of("503") == "Service Unavailable"
    assert phrase_of("599") == ""


def test_the_time_left_is_rounded_up() -> None:
    assert [left_words(seconds) for seconds in (0, 0.2, 24, 60, 89.5)] == ["0 s", "1 s", "24 s", "1 min", "1 min 30 s"]


def test_the_one_whose_time_runs_out_first_is_told() -> None:
    fallback = Answer(503)
    held = [Held(EventId(number), None, 0.0, 30.0, fallback) for number in (1, 2)]
    assert fallback_words(held[:1]) == "It gets the fixed answer, 503, in 0 s."
    assert fallback_words(held) == "The first one gets the fixed answer, 503, in 0 s."
    assert fallback_words(()) == ""
    assert (count_words(1), count_words(1200)) == ("1 event waits for your answer", "1,200 events wait for your answer")
