"""Alerts in words, in the order of their severity, and the rules' fields with their limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from inspector.monitor.alerts import LIMITS, RULES, Alert, AlertId, Limit, Rule, RuleId
from inspector.monitor.board import MeasuredAt
from inspector.monitor.rulebook import check
from inspector.search import parse
from inspector.ui.icons import icon_path
from inspector.ui.monitor.alert_words import (
    LOOKS,
    MOST_OPEN,
    advice,
    banner_text,
    by_severity,
    clock,
    detail,
    events_search,
    in_scope,
    lasted,
    lines,
    resting_words,
    rule_words,
    show_words,
    since_words,
    where,
)
from inspector.ui.monitor.history_dialog_model import worst_words
from inspector.ui.monitor.settings_page_rules import WHAT, changed_rule, limits_words, shown_value
from inspector.ui.widgets.badges import Tone

MINUTE = 60_000_000
NOW = datetime(2024, 12, 20, 14, 26, tzinfo=UTC)
NOW_US = round(NOW.timestamp() * 1_000_000)
BY_ID = {rule.id: rule for rule in RULES}


def an_alert(rule: RuleId = RuleId.FAILURE_RATE, *, opened: float = 5, closed: float | None = None, number: int = 1,
             endpoint: int | None = None, title: str = "Failure rate 1.6 %", search: str = "code:4xx,5xx",
             at: MeasuredAt = MeasuredAt.RECEIVER, worst: float = 0.016, subject: str = "") -> Alert:  # fmt: skip
    """An alert that opened and closed so many minutes ago."""
    closed_us = None if closed is None else NOW_US - round(closed * MINUTE)
    return Alert(AlertId(number), rule, endpoint, at, subject, NOW_US - round(opened * MINUTE), closed_us,  # type: ignore[arg-type]
                 title, "in the last 5 min, limit 1 %, mostly 503", worst, worst, search)  # fmt: skip


def test_every_rule_has_a_look_an_icon_that_exists_and_words() -> None:
    tones: set[Tone] = {"fail", "warn"}
    assert set(LOOKS) == set(RuleId) == set(WHAT)
    for look in LOOKS.values():
        assert icon_path(look.icon).is_file()
        assert look.tone in tones
        assert look.advice.endswith(".")


def test_the_most_severe_comes_first_and_of_two_alike_the_newer() -> None:
    silence = an_alert(RuleId.SILENCE, opened=1, number=1)
    older, newer = an_alert(opened=9, number=2), an_alert(opened=2, number=3)
    down = an_alert(RuleId.ENDPOINT_DOWN, opened=90, number=4)
    assert [alert.id for alert in by_severity([silence, older, down, newer])] == [4, 3, 2, 1]


def test_the_banner_says_what_since_when_and_where() -> None:
    alert = an_alert(endpoint=2, at=MeasuredAt.HANDLER)
    names = {1: "RCS staging", 2: "RCS production"}
    words = "in the last 5 min, limit 1 %, mostly 503. Since 14:21, RCS production, my handler."
    assert banner_text(alert, names, NOW_US, UTC) == words
    assert where(alert, {2: "RCS production"}) == "my handler", "one endpoint needs no name"
    assert where(an_alert(), names) == ""


def test_what_was_not_today_has_its_day() -> None:
    assert clock(NOW_US - 5 * MINUTE, NOW_US, UTC) == "14:21"
    assert clock(NOW_US - 900 * MINUTE, NOW_US, UTC) == "2024-12-19 23:26"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "1 s"), (40, "40 s"), (240, "4 min"), (3 * 3600, "3 h"), (6 * 86_400, "6 days"), (47 * 3600, "47 h")],
)
def test_how_long_it_took_is_one_round_unit(seconds: float, words: str) -> None:
    assert lasted(seconds) == words


def test_signature_failures_are_counted_beside_their_time() -> None:
    failures = an_alert(RuleId.SIGNATURE_FAILURE, opened=3, worst=3)
    assert since_words(failures, NOW_US, UTC) == "3 since 14:23"
    assert since_words(replace(failures, worst=1.0), NOW_US, UTC) == "Active since 14:23"
    assert since_words(replace(failures, muted_until_us=NOW_US + 1), NOW_US, UTC) == "3 since 14:23, muted"


def test_a_quiet_rule_says_when_it_was_resolved_how_long_it_is_quiet_or_that_it_is_off() -> None:
    rule = BY_ID[RuleId.PROCESSING_TIME]
    assert resting_words(rule, an_alert(opened=17, closed=13), NOW_US, UTC) == "Resolved 14:13, lasted 4 min"
    assert resting_words(rule, an_alert(opened=8642, closed=8640), NOW_US, UTC) == "Quiet for 6 days"
    assert resting_words(rule, None, NOW_US, UTC) == "Quiet"
    assert resting_words(replace(rule, on=False), None, NOW_US, UTC) == "Off"


def test_rules_are_named_with_their_thresholds() -> None:
    assert rule_words(BY_ID[RuleId.FAILURE_RATE]) == "Failure rate over 1 %"
    assert rule_words(replace(BY_ID[RuleId.PROCESSING_TIME], threshold=2.5)) == "Processing time over 2.5 s"
    assert rule_words(BY_ID[RuleId.ENDPOINT_DOWN]) == "Endpoint down"


def test_the_card_has_open_alerts_first_and_then_what_was_resolved_last() -> None:
    open_one = an_alert(number=9)
    history = [
        open_one,
        an_alert(RuleId.PROCESSING_TIME, opened=17, closed=13, number=2),
        an_alert(RuleId.ENDPOINT_DOWN, opened=8642, closed=8640, number=1),
    ]
    found, left = lines([open_one], RULES, history, NOW_US, UTC)
    assert [line.title for line in found] == [
        "Failure rate 1.6 %", "Processing time over 5 s", "Endpoint down", "Signature failure",
    ]  # fmt: skip
    assert [line.tone for line in found] == ["fail", "pass", "pass", "pass"]
    assert found[0].alert == open_one
    assert left == 0


def test_more_open_alerts_than_lines_are_counted() -> None:
    many = [an_alert(number=number) for number in range(MOST_OPEN + 3)]
    found, left = lines(many, RULES, many, NOW_US, UTC)
    assert (len(found), left) == (MOST_OPEN, 3)


def test_the_last_closing_counts_even_where_the_history_has_an_older_one_behind_it() -> None:
    history = [
        an_alert(RuleId.SILENCE, opened=20, closed=19, number=3),
        an_alert(RuleId.SILENCE, opened=40, closed=2, number=2),
    ]
    found, _ = lines([], RULES, history, NOW_US, UTC)
    assert (found[0].title, found[0].note) == ("Silence", "Resolved 14:24, lasted 38 min")


def test_the_events_of_an_alert_are_those_of_its_window_and_no_later_than_its_end() -> None:
    assert events_search(an_alert(), RULES, 5, UTC) == "code:4xx,5xx after:2024-12-20T14:16:00"
    closed = events_search(an_alert(opened=17, closed=13), RULES, 5, UTC)
    assert closed == "code:4xx,5xx after:2024-12-20T14:04:00 before:2024-12-20T14:13:00"
    assert events_search(replace(an_alert(), search=""), RULES, 5, UTC) == ""
    assert not parse(closed).errors


def test_answers_that_came_too_late_are_found_by_their_time() -> None:
    late = replace(an_alert(), detail="in the last 5 min, limit 1 %, mostly No answer in time")
    assert events_search(late, RULES, 3, UTC) == "time:>3s after:2024-12-20T14:16:00"


def test_the_advice_fits_what_is_down_and_where_it_was_measured() -> None:
    down = an_alert(RuleId.ENDPOINT_DOWN, subject="tunnel")
    assert "tunnel" in advice(down)
    assert "attempts" in advice(an_alert(at=MeasuredAt.HANDLER))
    assert detail(an_alert()) == "In the last 5 min, limit 1 %, mostly 503."


def test_alerts_of_all_concern_every_endpoint() -> None:
    assert in_scope(an_alert(), 3)
    assert in_scope(an_alert(endpoint=3), 0)
    assert not in_scope(an_alert(endpoint=3), 4)


def test_a_count_is_told_where_it_is_known() -> None:
    assert [show_words(count) for count in (None, 0, 1, 1234)] == [
        "Show the events", "Show the events", "Show the event", "Show 1,234 events",
    ]  # fmt: skip


def test_the_worst_is_in_the_unit_of_its_rule() -> None:
    assert worst_words(an_alert(worst=0.016)) == "1.6 %"
    assert worst_words(an_alert(RuleId.PROCESSING_TIME, worst=5.7)) == "5.7 s"
    assert worst_words(an_alert(RuleId.SIGNATURE_FAILURE, worst=3)) == "3"
    assert worst_words(an_alert(RuleId.ENDPOINT_DOWN, worst=60)) == "–"


ALL_LIMITS = [(rule, limit) for rule in RULES for limit in LIMITS[rule.id]]


@pytest.mark.parametrize(("rule", "limit"), ALL_LIMITS, ids=[f"{r.id}-{one.field}" for r, one in ALL_LIMITS])
def test_every_field_takes_what_the_rulebook_takes_and_refuses_what_it_refuses(rule: Rule, limit: Limit) -> None:
    assert changed_rule(rule, limit, shown_value(rule, limit)) == rule
    for text in (f"{limit.low:.10g}", f"{limit.high:.10g}"):
        check(changed_rule(rule, limit, text))
    for text in (f"{limit.high + 1:.10g}", f"{limit.low - 1:.10g}", "soon", "", "nan", "inf"):
        with pytest.raises(ValueError, match=r"Choose a value from|Enter a number"):
            changed_rule(rule, limit, text)


def test_a_share_is_typed_in_per_cent_and_a_comma_is_a_point() -> None:
    rule = BY_ID[RuleId.FAILURE_RATE]
    limit = LIMITS[rule.id][0]
    assert shown_value(rule, limit) == "1"
    assert changed_rule(rule, limit, "2,5").threshold == pytest.approx(0.025)
    assert limits_words(limit) == "0 to 100 %. A share of all deliveries."


def test_counts_are_whole_and_windows_whole_ten_seconds() -> None:
    rule = BY_ID[RuleId.FAILURE_RATE]
    _, at_least, window, _ = LIMITS[rule.id]
    with pytest.raises(ValueError, match="whole number"):
        changed_rule(rule, at_least, "2.5")
    with pytest.raises(ValueError, match="whole ten seconds"):
        changed_rule(rule, window, "65")
