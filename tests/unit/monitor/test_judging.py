"""An alert opens once, stays while its trouble does, and closes when that has been away for long enough."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import UsageError
from inspector.monitor.alerts import LIMITS, RULES, Alert, AlertId, NewsKind, Rule, RuleId
from inspector.monitor.judging import MICRO, Finding, judge
from inspector.monitor.rulebook import changes_of, check, rules_from

NOW = 1_000_000 * MICRO
BY_ID = rules_from({})


def a_finding(bad_until_us: int = NOW + 10 * MICRO, rule: RuleId = RuleId.FAILURE_RATE, value: float = 0.02) -> Finding:
    return Finding(rule, EndpointId(1), "Failure rate 2 %", "in the last 5 min", bad_until_us, value)


def opened() -> Alert:
    [news] = judge(BY_ID, [], [a_finding()], NOW)
    assert news.kind is NewsKind.OPENED
    return replace(news.alert, id=AlertId(7))


def test_what_is_bad_opens_an_alert_now() -> None:
    assert (opened().opened_us, opened().closed_us, opened().value) == (NOW, None, 0.02)


def test_the_same_trouble_makes_no_second_alert_and_keeps_the_worst_figure() -> None:
    later = NOW + 10 * MICRO
    [news] = judge(BY_ID, [opened()], [a_finding(later + 10 * MICRO, value=0.01)], later)
    assert news.kind is NewsKind.CHANGED
    assert (news.alert.id, news.alert.value, news.alert.worst) == (7, 0.01, 0.02)


def test_it_closes_when_the_trouble_was_away_for_five_minutes_and_not_before() -> None:
    first_good = NOW + 10 * MICRO
    assert judge(BY_ID, [opened()], [], first_good) == []
    assert judge(BY_ID, [opened()], [], first_good + 290 * MICRO) == []
    [news] = judge(BY_ID, [opened()], [], first_good + 300 * MICRO)
    assert (news.kind, news.alert.closed_us) == (NewsKind.CLOSED, first_good + 300 * MICRO)


def test_trouble_at_two_endpoints_is_two_alerts() -> None:
    other = replace(a_finding(), endpoint_id=EndpointId(2))
    assert [news.kind for news in judge(BY_ID, [], [a_finding(), other], NOW)] == [NewsKind.OPENED] * 2


def test_what_happened_once_and_was_closed_does_not_open_again_while_it_is_in_the_window() -> None:
    rules = BY_ID | {RuleId.SIGNATURE_FAILURE: replace(BY_ID[RuleId.SIGNATURE_FAILURE], calm_s=60)}
    finding = a_finding(NOW, RuleId.SIGNATURE_FAILURE)
    assert [news.kind for news in judge(rules, [], [finding], NOW)] == [NewsKind.OPENED]
    assert judge(rules, [], [finding], NOW + 60 * MICRO) == []


def test_a_rule_that_is_off_opens_nothing_and_closes_what_is_open() -> None:
    rules = BY_ID | {RuleId.FAILURE_RATE: replace(BY_ID[RuleId.FAILURE_RATE], on=False)}
    assert judge(rules, [], [a_finding()], NOW) == []
    assert [news.kind for news in judge(rules, [opened()], [a_finding()], NOW + MICRO)] == [NewsKind.CLOSED]


def test_every_rule_is_within_its_own_limits() -> None:
    for rule in RULES:
        check(rule)
        assert LIMITS[rule.id]


@pytest.mark.parametrize(
    "rule",
    [
        replace(BY_ID[RuleId.FAILURE_RATE], threshold=1.5),
        replace(BY_ID[RuleId.FAILURE_RATE], window_s=65),
        replace(BY_ID[RuleId.ENDPOINT_DOWN], threshold=5),
        replace(BY_ID[RuleId.ENDPOINT_DOWN], at_least=5),
    ],
)
def test_a_value_outside_its_limits_is_refused(rule: Rule) -> None:
    with pytest.raises(UsageError):
        check(rule)


def test_changes_are_kept_as_what_is_different_and_nonsense_is_left_out() -> None:
    changed = replace(BY_ID[RuleId.FAILURE_RATE], threshold=0.05, on=False)
    assert changes_of(changed) == {"threshold": 0.05, "on": False}
    assert rules_from({"failure_rate": changes_of(changed)})[RuleId.FAILURE_RATE] == changed
    assert rules_from({"failure_rate": {"threshold": "much"}, "gone": {}}) == BY_ID
