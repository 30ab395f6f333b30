"""Answers are read from words and written in words, and come back the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.answer_text import answer_text, is_sayable, parse_answer, parse_script, script_text
from inspector.domain.answer import Answer, Fault

PLAIN = ("Content-Type", "text/plain; charset=utf-8")


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("503, 503, then 200", [503, 503, 200]),
        ("503 503x", None),
        ("503 x3 then 200", [503, 503, 503, 200]),
        ("503, 200", [503, 200]),
        ("503; 502\n200", [503, 502, 200]),
        ("503,\n502,\n\nthen 200\n", [503, 502, 200]),
        ("", []),
        ("  ", []),
    ],
)
def test_a_script_is_read_in_the_ways_people_write_one(text: str, statuses: list[int] | None) -> None:
    if statuses is None:
        with pytest.raises(ValueError, match="not understood"):
            parse_script(text)
        return
    assert [answer.status for answer in parse_script(text)] == statuses


def test_faults_are_words() -> None:
    faults = [answer.fault for answer in parse_script("timeout, reset, half, 503 half, 200 after 4s")]
    assert faults == [Fault.SILENT, Fault.RESET, Fault.HALF, Fault.HALF, None]
    assert parse_answer("200 after 4s").delay_ms == 4000
    assert parse_answer("after 1.5 s 200").delay_ms == 1500
    assert parse_answer("200 after 250ms").delay_ms == 250
    assert parse_answer("200 after 2 min").delay_ms == 120_000


def test_an_answer_may_have_a_body_and_headers() -> None:
    answer = parse_answer('503 "busy, sorry" with Retry-After: 30 with X-Note: "a, b" after 2 s')
    assert answer == Answer(503, (PLAIN, ("Retry-After", "30"), ("X-Note", "a, b")), b"busy, sorry", 2000)
    assert parse_answer('200 "{}" with Content-Type: application/json').headers == (
        ("Content-Type", "application/json"),
    )
    assert parse_answer('200 "got {{message_id}}"').template


def test_a_status_alone_has_its_own_words_as_body() -> None:
    assert parse_answer("200") == Answer()
    assert parse_answer("503").body == b"Service Unavailable"
    assert parse_answer("204").body == b""


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("50x", "“50x” is not understood. Write a status such as 503, or timeout, reset or half"),
        ("503, maybe", "Answer 2: “maybe” is not understood"),
        ("700", "700 is no answer status. Statuses go from 200 to 599"),
        ("503 200", "there are two statuses, 503 and 200. Put a comma between two answers"),
        ("503,, 200", "An answer is missing before a comma"),
        ("503,", "An answer is missing after the last comma"),
        ("200 after", "after what time"),
        ("200 after 5 hours", "Answer|not understood|status"),
        ("200 after 5h", "“h” is no unit of time. Write ms, s or min"),
        ("200 after 121 s", "an answer waits 120 seconds at most"),
        ('200 "open', "The closing quotation mark is missing"),
        ("200 with Retry-After", "with which header"),
        ("200 with Retry-After:", "the header Retry-After has no value"),
        ("200 with Content-Length: 3", "Content-Length is set by the program"),
        ("503 x101", "at most 100 answers"),
        ("after 4 s", "it has no status"),
    ],
)
def test_what_cannot_be_understood_is_said(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why.replace("(", r"\(")):
        parse_script(text)


def test_a_script_is_written_as_a_person_would() -> None:
    text = "503, timeout, reset, 200 half, then 200 after 4 s"
    assert script_text(parse_script(text)) == text


@pytest.mark.parametrize("answer", [Answer(body=b"\xff"), Answer(headers=()), Answer(template=True)])
def test_what_words_cannot_say_is_known(answer: Answer) -> None:
    assert not is_sayable((answer,))


WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=20)
SAYABLE = st.builds(
    Answer,
    status=st.integers(200, 599),
    headers=st.lists(st.tuples(st.from_regex(r"X-[A-Za-z0-9]{1,6}", fullmatch=True), WORDS.filter(bool))).map(
        lambda extra: (PLAIN, *extra)
    ),
    body=WORDS.filter(lambda text: "{{" not in text).map(str.encode),
    delay_ms=st.integers(0, 120_000),
    fault=st.sampled_from([None, *Fault]),
)


@given(st.lists(SAYABLE, max_size=4).map(tuple))
def test_every_sayable_script_comes_back_the_same(answers: tuple[Answer, ...]) -> None:
    assert parse_script(script_text(answers)) == answers


@given(st.text(max_size=60))
def test_no_text_is_worse_than_not_understood(text: str) -> None:
    try:
        answers = parse_script(text)
    except ValueError:
        return
    assert len(answers) <= 100
    assert all(answer_text(answer) for answer in answers)
