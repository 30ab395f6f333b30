"""The order in which an endpoint's rule chooses an answer, and what it remembers meanwhile."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inspector.domain.answer import Answer, AnswerRule, AskHandler, KindAnswer, OnPurpose, Outage
from inspector.domain.endpoint import EndpointId
from inspector.domain.report import Kind, Report
from inspector.receiver.choosing import ByHandWish, Course, Courses, fails, fits
from tests.builders import NOON

FAILED = Report(Kind.FAILED, name="message.failed")
READ = Report(Kind.READ, name="READ")
CLICKED = Report(Kind.CLICKED)

GONE, BUSY, TEA = Answer(410), Answer(503), Answer(418)

EVERYTHING = AnswerRule(
    by_kind=(KindAnswer(("message.failed",), GONE),),
    on_purpose=OnPurpose(100.0, BUSY),
    script=(TEA,),
    ask=AskHandler("http://127.0.0.1/"),
    by_hand_s=5.0,
    outage=Outage(NOON, NOON + timedelta(minutes=1), Answer(502)),
)


def chosen(rule: AnswerRule, report: Report = FAILED, key: bytes = b"k", seconds: float = 0.0) -> int:
    return Course(rule, 60).choose([report], key, NOON + timedelta(seconds=seconds)).answer.status


@pytest.mark.parametrize(
    ("without", "status", "late"),
    [
        ((), 502, None),
        (("outage",), 503, None),
        (("outage", "on_purpose"), 200, ByHandWish(5.0)),
        (("outage", "on_purpose", "by_hand_s"), 200, AskHandler("http://127.0.0.1/")),
        (("outage", "on_purpose", "by_hand_s", "ask"), 418, None),
        (("outage", "on_purpose", "by_hand_s", "ask", "script"), 410, None),
        (("outage", "on_purpose", "by_hand_s", "ask", "script", "by_kind"), 200, None),
    ],
)
def test_what_stands_first_in_the_order_decides(without: tuple[str, ...], status: int, late: object) -> None:
    defaults = AnswerRule()
    left = {
        name: getattr(EVERYTHING, name) for name in ("by_kind", "on_purpose", "script", "ask", "by_hand_s", "outage")
    }
    rule = AnswerRule(**{name: getattr(defaults, name) if name in without else value for name, value in left.items()})
    choice = Course(rule, 60).choose([FAILED], b"k", NOON)
    assert (choice.answer.status, choice.late) == (status, late)


def test_an_outage_begins_and_ends_and_is_only_for_its_kinds() -> None:
    rule = AnswerRule(outage=Outage(NOON, NOON + timedelta(seconds=10), BUSY, kinds=("engagement",)))
    assert [chosen(rule, CLICKED, seconds=at) for at in (-0.001, 0, 9.999, 10)] == [200, 503, 503, 200]
    assert chosen(rule, FAILED) == 200


def test_a_script_is_told_once_for_each_event_and_its_last_answer_stays() -> None:
    course = Course(AnswerRule(script=(BUSY, GONE, Answer())), 60)

    def told(key: bytes) -> int:
        return course.choose([READ], key, NOON).answer.status

    assert [told(b"a"), told(b"b"), told(b"a"), told(b"a"), told(b"a"), told(b"b")] == [503, 503, 410, 200, 200, 410]


def test_an_event_that_comes_after_the_window_begins_its_script_anew() -> None:
    course = Course(AnswerRule(script=(BUSY, Answer())), 60)
    times = [0, 59, 61, 62]
    assert [course.choose([], b"a", NOON + timedelta(seconds=at)).answer.status for at in times] == [503, 200, 503, 200]


def test_an_event_that_cannot_be_recognised_always_gets_the_first_answer() -> None:
    course = Course(AnswerRule(script=(BUSY, Answer())), 60)
    assert [course.choose([], b"", NOON).answer.status for _ in range(3)] == [503, 503, 503]


def test_the_first_kind_that_fits_decides() -> None:
    rule = AnswerRule(by_kind=(KindAnswer(("READ",), TEA), KindAnswer(("status",), GONE), KindAnswer((), BUSY)))
    assert [chosen(rule, report) for report in (READ, FAILED, CLICKED)] == [418, 410, 200]


def test_an_event_of_several_reports_fits_by_any_of_them() -> None:
    assert fits(("message.failed",), [READ, FAILED])
    assert not fits(("message.failed",), [READ, CLICKED])
    assert fits((), [])
    assert fits(("other",), [])


def test_failing_on_purpose_has_its_share_and_the_same_course_for_the_same_seed() -> None:
    rule = OnPurpose(30.0, seed=7)
    course = [fails(rule, number) for number in range(1, 10_001)]
    assert 2800 < sum(course) < 3200
    assert course == [fails(OnPurpose(30.0, seed=7), number) for number in range(1, 10_001)]
    assert course != [fails(OnPurpose(30.0, seed=8), number) for number in range(1, 10_001)]
    assert not any(fails(OnPurpose(0.0), number) for number in range(1000))
    assert all(fails(OnPurpose(100.0), number) for number in range(1000))


def test_a_changed_rule_begins_anew_and_an_equal_one_does_not() -> None:
    courses = Courses()
    first = courses.of(EndpointId(1), AnswerRule(script=(BUSY, TEA)), 60)
    first.choose([], b"a", NOON)
    assert courses.of(EndpointId(1), AnswerRule(script=(BUSY, TEA)), 60) is first
    assert courses.of(EndpointId(2), AnswerRule(script=(BUSY, TEA)), 60) is not first
    assert courses.of(EndpointId(1), AnswerRule(script=(BUSY,)), 60) is not first
