"""What is held while the disk is full: the oldest, up to a number and so many bytes; what comes beyond is counted."""

from __future__ import annotations

from inspector.domain.answer import Answer
from inspector.domain.forwarding import ForwardRule
from inspector.store.holding import EVENT_BYTES, NOT_STORED, Holding
from inspector.store.rows import UNVERIFIED
from inspector.store.wire import NOTHING_HELD, Arrival, Held, Terms

RECEIVED_US = 1_000_000
TERMS = Terms(1, 1, "generic", Answer(), 60, None, Answer(), (ForwardRule("r", targets=("http://localhost/",)),))


def an_arrival(body: bytes = b"", refusal: str | None = None) -> Arrival:
    return Arrival(RECEIVED_US, "POST", "/", "1.1", (), body, "127.0.0.1", 1, 0, refusal, "", len(body))


def hold(holding: Holding, *bodies: bytes) -> None:
    for body in bodies:
        holding.hold(an_arrival(body), TERMS, UNVERIFIED, RECEIVED_US + 250)


def bodies(holding: Holding) -> list[bytes]:
    return [event.arrival.body for event in holding.first(len(holding))]


def test_an_event_is_held_with_the_answer_it_got_and_goes_on_to_nobody() -> None:
    holding = Holding()
    hold(holding, b"one")
    (event,) = holding.first(5)
    assert event.terms.answer == NOT_STORED
    assert not event.terms.answer.accepted
    assert event.terms.duplicate_answer is None
    assert event.terms.forwards == ()
    assert event.answer_us == 250
    assert event.arrival.received_us == RECEIVED_US


def test_the_oldest_stay_and_later_ones_are_counted() -> None:
    holding = Holding(most_events=2)
    hold(holding, b"a", b"b", b"c", b"d")
    assert bodies(holding) == [b"a", b"b"]
    assert holding.told == Held(2, holding.told.bytes, 2, 2)
    holding.over()
    assert holding.told.beyond == 0


def test_no_more_is_held_than_there_is_room_for() -> None:
    holding = Holding(most_bytes=3 * EVENT_BYTES)
    hold(holding, b"a", bytes(2 * EVENT_BYTES), b"c")
    assert bodies(holding) == [b"a", b"c"], "a smaller one still fits"
    assert holding.told.beyond == 1
    assert holding.told.bytes <= 3 * EVENT_BYTES


def test_a_request_that_was_turned_away_is_not_held() -> None:
    holding = Holding()
    holding.hold(an_arrival(refusal="too_large"), TERMS, UNVERIFIED, RECEIVED_US)
    assert holding.told._replace(most=0) == NOTHING_HELD


def test_what_is_put_back_comes_first_again() -> None:
    holding = Holding()
    hold(holding, b"a", b"b", b"c", b"d")
    before = holding.told
    first = holding.first(2)
    holding.drop_first(3)
    assert bodies(holding) == [b"d"]
    holding.put_first(first)
    assert bodies(holding) == [b"a", b"b", b"d"]
    holding.drop_first(3)
    assert holding.told.bytes == 0
    assert before.bytes > 0


def test_a_clock_that_was_put_back_makes_no_answer_before_its_event() -> None:
    holding = Holding()
    holding.hold(an_arrival(), TERMS, UNVERIFIED, RECEIVED_US - 5)
    assert holding.first(1)[0].answer_us == 0
