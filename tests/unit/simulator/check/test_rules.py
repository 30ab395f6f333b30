"""The pass rules, to the letter and to the limit."""

from __future__ import annotations

import pytest

from inspector.domain.attempt import Failure, Outgoing, Response
from inspector.replay.failures import Trouble
from inspector.replay.sender import Result
from inspector.simulator.check.judge import accepted, got_words, refused, survived, worst
from inspector.simulator.check.outcome import Exchange, Ruling, State
from tests.builders import NOON

SENT = Outgoing("POST", "http://localhost/hook", (), b"{}")


def an_exchange(status: int = 200, ms: float = 20.0, body: bytes = b"OK") -> Exchange:
    """Return an answered request."""
    return Exchange("", NOON, Result(SENT, Response(status, "Reason", (), body), total_ms=ms))


def unanswered(failure: Failure) -> Exchange:
    """Return a request without an answer."""
    return Exchange("", NOON, Result(SENT, None, Trouble(failure, "No answer within 5 s", "Hint."), total_ms=5000))


@pytest.mark.parametrize(
    ("status", "state"),
    [*((status, "passed") for status in (200, 204, 299)), *((status, "failed") for status in (301, 400, 401, 500))],
)
def test_a_good_event_must_be_answered_2xx(status: int, state: str) -> None:
    assert accepted(an_exchange(status)).state.value == state


@pytest.mark.parametrize(("ms", "state"), [(2000, "passed"), (2001, "noted"), (5000, "noted"), (5001, "failed")])
def test_over_two_seconds_is_noted_and_over_five_fails(ms: float, state: str) -> None:
    assert accepted(an_exchange(ms=ms)).state.value == state


@pytest.mark.parametrize(
    ("status", "state", "title"),
    [
        (401, "passed", "Refused"),
        (403, "passed", "Refused"),
        (400, "noted", "Refused with another status"),
        (404, "noted", "Refused with another status"),
        (200, "failed", "Your handler accepted a forged event"),
        (302, "failed", "Redirected instead of rejecting"),
        (500, "failed", "It crashed instead of rejecting"),
    ],
)
def test_a_forged_event_must_be_answered_401_or_403(status: int, state: str, title: str) -> None:
    ruling = refused(an_exchange(status), forged="Your handler accepted a forged event", harm="")
    assert (ruling.state.value, ruling.title) == (state, title)


@pytest.mark.parametrize(("status", "state"), [(400, "passed"), (422, "passed"), (200, "noted"), (500, "failed")])
def test_malformed_json_must_not_crash_the_handler(status: int, state: str) -> None:
    assert survived(an_exchange(status), title="It crashed", note="Accepted unread.").state.value == state


@pytest.mark.parametrize("judge", [accepted, lambda x: refused(x, forged="", harm=""), lambda x: survived(x, title="")])
def test_no_answer_fails_everywhere(judge: object) -> None:
    assert callable(judge)
    assert judge(unanswered(Failure.TIMEOUT)).state is State.FAILED
    assert judge(unanswered(Failure.RESET)).state is State.FAILED


def test_the_worst_of_several_rulings_counts() -> None:
    rulings = [Ruling(state, "") for state in (State.PASSED, State.NOTED, State.FAILED, State.SKIPPED)]
    assert worst(rulings).state is State.FAILED
    assert worst(rulings[:2]).state is State.NOTED


def test_what_came_back_reads_in_one_line() -> None:
    assert got_words(an_exchange(200, 29.4, b"OK\n")) == "200 Reason in 29 ms, body “OK”"
    assert got_words(an_exchange(500, 3200, b"\x00\x01")) == "500 Reason in 3.2 s"
    assert got_words(unanswered(Failure.TIMEOUT)) == "No answer within 5 s"
