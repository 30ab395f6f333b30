"""The timeline as text and the two clocks say the same as the marks."""

from __future__ import annotations

from inspector.domain.event import Repeat
from inspector.domain.report import Kind
from inspector.domain.verification import Verdict
from inspector.timeline import Mark, lifecycle
from inspector.timeline.clocks import clocks_of, tick_label
from inspector.timeline.lines import NEVER, Flag, Order, lines_of
from tests.unit.timeline.making import LATER, SECOND, D, Q, R, S, in_time, sighted


def the_swapped() -> list:
    """Return the message of the design's picture: sent is lost, delivered was refused twice and came after read."""
    refused = [
        sighted(D, 11.8, at, number, accepted=False, status=503, answer_us=14_000, verdict=Verdict.VALID)
        for at, number in ((12.3, 20), (12.9, 21))
    ]
    late = sighted(D, 11.8, 72.9, 30, repeat=Repeat.RETRY, repeat_no=3, verdict=Verdict.VALID)
    return [sighted(Q, 0, 0.5, 10), *refused, sighted(R, 27.4, 27.9, 25), late]


def test_lines_tell_the_story_in_the_order_of_stages() -> None:
    lines = lines_of(lifecycle(the_swapped(), LATER))
    assert [(line.name, line.mark) for line in lines] == [
        ("Queued", Mark.ARRIVED),
        ("Sent", Mark.MISSING),
        ("Delivered", Mark.DISORDER),
        ("Read", Mark.ARRIVED),
    ]
    assert [line.text for line in lines] == [
        "Arrived 0.5 s later, answered 200",
        "Later events came, so this one was lost or not sent.",
        "Arrived 1 m 01 s later on attempt 3",
        "Arrived 0.5 s later, 45.0 s before Delivered",
    ]
    assert lines[1].aside == NEVER
    assert [line.gap for line in lines] == ["+11.8 s", "", "+15.6 s", ""]
    assert [line.solid for line in lines] == [False] * 4
    assert [sight.answer for sight in lines[2].sights] == ["503 in 14 ms", "503 in 14 ms"]
    assert lines[2].flags == ((Flag.DISORDER, "Out of order"), (Flag.RETRY, "Retry 1"))
    assert lines[2].event_id == 30
    assert lines[2].event_ids == (20, 21, 30)


def test_by_arrival_the_late_one_comes_last() -> None:
    lines = lines_of(lifecycle(the_swapped(), LATER), Order.ARRIVAL)
    assert [line.name for line in lines] == ["Queued", "Read", "Delivered", "Sent"]


def test_lines_in_order_are_solid_and_waiting_ones_say_so() -> None:
    lines = lines_of(lifecycle(in_time(Q, S, D), LATER))
    assert [line.solid for line in lines] == [True, True, False, False]
    assert (lines[3].name, lines[3].aside) == ("Read", "waiting")


def test_engagement_and_ends_follow_with_what_was_said() -> None:
    failed = sighted(Kind.FAILED, 20, 21, error_code="4102", error_text="Handset unreachable")
    assert lines_of(lifecycle([*in_time(Q, S), failed], LATER))[-1].name == "Failed 4102"
    assert "Handset unreachable" in lines_of(lifecycle([*in_time(Q, S), failed], LATER))[-1].text
    replied = sighted(Kind.INBOUND, 50, 51, text="STOP please")
    assert lines_of(lifecycle([*in_time(Q, S, D, R), replied], LATER))[-1].text.endswith(". STOP please")


def test_a_time_ahead_of_ours_is_told_as_clocks_that_differ() -> None:
    line = lines_of(lifecycle([sighted(Q, 3.1, 1)], LATER))[0]
    assert line.text == "Arrived 2.1 s earlier, the clocks differ, answered 200"


def test_the_two_clocks_show_every_lane() -> None:
    clocks = clocks_of(lifecycle(the_swapped(), LATER))
    ties = {tie.name: tie for tie in clocks.ties}
    assert clocks.since == "queued"
    assert (ties["Delivered"].said_us, ties["Delivered"].arrived_us) == (11_800_000, 72_900_000)
    assert [item.at_us for item in ties["Delivered"].refused] == [12_300_000, 12_900_000]
    assert (ties["Delivered"].overtaken, ties["Read"].overtaken) == (True, False)
    assert (ties["Sent"].mark, ties["Sent"].said_us, ties["Sent"].arrived_us) == (Mark.MISSING, 5_900_000, None)
    assert clocks.step_us == 15 * SECOND
    assert [tick_label(tick) for tick in clocks.ticks_us] == ["0", "15 s", "30 s", "45 s", "1 m", "1 m 15 s"]


def test_the_axis_grows_with_the_message() -> None:
    def step(seconds: float) -> int:
        return clocks_of(lifecycle([sighted(Q, 0, 0.1), sighted(S, 1, seconds)], LATER)).step_us // SECOND

    assert [step(seconds) for seconds in (4, 20, 80, 300, 1000, 90_000)] == [1, 5, 15, 60, 300, 21_600]
    assert clocks_of(lifecycle([sighted(Kind.INBOUND, 0, 1)], LATER)).ties == ()
