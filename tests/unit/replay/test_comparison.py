"""Two responses beside each other."""

from __future__ import annotations

from inspector.domain.answer import Answer
from inspector.domain.attempt import Attempt, AttemptId, Failure, Outgoing, Response
from inspector.domain.event import EventId
from inspector.replay.comparison import difference, in_words, side_of_answer, side_of_attempt
from tests.builders import NOON, headers_of


def an_attempt(status: int = 200, body: bytes = b"OK", **headers: str) -> Attempt:
    response = Response(status, "", headers_of(headers.items()), body)
    return Attempt(AttemptId(1), EventId(1), NOON, Outgoing("POST", "http://x/", (), b""), response)


def test_the_same_response_differs_in_nothing() -> None:
    left, right = (side_of_attempt(an_attempt(Date=date), "one") for date in ("now", "then"))
    assert difference(left, right).is_none
    assert in_words(left, right) == "Both say the same: 200."


def test_status_headers_and_body_are_told() -> None:
    ours = side_of_answer(Answer(200, (("X-A", "1"),), b"OK"))
    theirs = side_of_attempt(an_attempt(503, b'{"a":1}', **{"x-a": "2"}), "Attempt 1")
    found = difference(ours, theirs)
    assert found.status == ("200", "503")
    assert found.headers == (("x-a", "1", "2"),)
    assert found.body == ("-OK", "+{", '+  "a": 1', "+}")
    assert "- Our answer\n+ Attempt 1" in in_words(ours, theirs)


def test_json_is_compared_as_it_reads() -> None:
    left, right = (side_of_attempt(an_attempt(body=body), "x") for body in (b'{"a":1,"b":2}', b'{ "b": 2, "a": 1 }'))
    assert difference(left, right).is_none


def test_a_failure_has_a_status_too() -> None:
    failed = Attempt(
        AttemptId(2), EventId(1), NOON, Outgoing("POST", "http://x/", (), b""), None, Failure.TIMEOUT, "No answer"
    )
    found = difference(side_of_attempt(an_attempt(), "one"), side_of_attempt(failed, "two"))
    assert found.status == ("200", "No answer")
