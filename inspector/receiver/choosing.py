"""Which answer an event gets where its verdict alone does not decide: an outage, chance, a script, its kind, a person.

`AnswerRule` has the order. What was chosen before is remembered here per endpoint, for as long as its rule is the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from inspector.domain.answer import Answer, AnswerRule, AskHandler, OnPurpose
from inspector.domain.endpoint import EndpointId
from inspector.domain.report import Kind, Report

MOST_KEYS = 10_000
"""Events of a script that are remembered for an endpoint; the one not seen for longest begins anew."""


@dataclass(frozen=True, slots=True)
class ByHandWish:
    """A person is to answer within so many seconds."""

    limit_s: float


@dataclass(frozen=True, slots=True)
class Choice:
    """The answer; with a `late` one it is what is sent where hand or handler say nothing in time.

    One that `fails` on purpose is for duplicates as well, and its event is not forwarded.
    """

    answer: Answer
    late: ByHandWish | AskHandler | None = None
    fails: bool = False


class Course:
    """How far one endpoint's rule has come: how many events chance was asked about, and each event's place in a script.

    With `window_s`, an event that is seen again later than that after its first time is a new one.
    """

    def __init__(self, rule: AnswerRule, window_s: int) -> None:
        self.rule = rule
        self.window_s = window_s
        self._asked = 0
        self._seen: OrderedDict[bytes, tuple[datetime, int]] = OrderedDict()

    def choose(self, reports: Sequence[Report], key: bytes, now: datetime) -> Choice:
        """Return the choice for an event that is not rejected; `key` is what it is recognised by, b"" for nothing."""
        rule = self.rule
        outage = rule.outage
        if outage is not None and outage.since <= now < outage.until and fits(outage.kinds, reports):
            return Choice(outage.answer, fails=True)
        if rule.on_purpose is not None:
            self._asked += 1
            if fails(rule.on_purpose, self._asked):
                return Choice(rule.on_purpose.answer, fails=True)
        if rule.by_hand_s is not None:
            return Choice(rule.accepted, ByHandWish(rule.by_hand_s))
        if rule.ask is not None:
            return Choice(rule.accepted, rule.ask)
        if rule.script:
            return Choice(rule.script[min(self._sighting(key, now), len(rule.script)) - 1])
        for item in rule.by_kind:
            if fits(item.kinds, reports, everything=False):
                return Choice(item.answer)
        return Choice(rule.accepted)

    def _sighting(self, key: bytes, now: datetime) -> int:
        """Return which sighting of an event this is, 1 for the first."""
        if not key:
            return 1
        first, count = self._seen.get(key, (now, 0))
        if (now - first).total_seconds() > self.window_s:
            first, count = now, 0
        self._seen[key] = (first, count + 1)
        self._seen.move_to_end(key)
        if len(self._seen) > MOST_KEYS:
            self._seen.popitem(last=False)
        return count + 1


class Courses:
    """The courses of all endpoints."""

    def __init__(self) -> None:
        self._courses: dict[EndpointId, Course] = {}

    def of(self, endpoint_id: EndpointId, rule: AnswerRule, window_s: int) -> Course:
        """Return an endpoint's course; a changed rule begins anew."""
        course = self._courses.get(endpoint_id)
        if course is None or course.window_s != window_s or (course.rule is not rule and course.rule != rule):
            course = self._courses[endpoint_id] = Course(rule, window_s)
        return course


def fails(rule: OnPurpose, number: int) -> bool:
    """Tell whether the nth event fails on purpose: the same seed gives the same course of events everywhere."""
    digest = blake2b(f"{rule.seed}:{number}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64 * 100 < rule.percent


def fits(kinds: tuple[str, ...], reports: Sequence[Report], *, everything: bool = True) -> bool:
    """Tell whether an event is of one of these kinds; no kinds at all mean all events, unless not `everything`."""
    if not kinds:
        return everything
    if not reports:
        return Kind.OTHER.value in kinds
    return any(
        report.kind.value in kinds or report.kind.category.value in kinds or (report.name and report.name in kinds)
        for report in reports
    )
