"""Opening and closing alerts: a pure function of the rules, what is open, what was measured, and the clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from inspector.domain.endpoint import EndpointId
from inspector.monitor.alerts import CHECK_EVERY_S, Alert, AlertId, AlertNews, NewsKind, Rule, RuleId
from inspector.monitor.board import MeasuredAt

MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is as bad as a rule says. `bad_until_us` is until when it was so, as far as is known.

    What holds at a check is taken to hold until the next one; what happened once was bad when it happened.
    """

    rule: RuleId
    endpoint_id: EndpointId | None
    title: str
    detail: str
    bad_until_us: int
    value: float = 0.0
    search: str = ""
    subject: str = ""
    measured_at: MeasuredAt = MeasuredAt.RECEIVER

    @property
    def key(self) -> tuple[RuleId, EndpointId | None, MeasuredAt, str]:
        """What makes it the same trouble as before."""
        return self.rule, self.endpoint_id, self.measured_at, self.subject


def key_of(alert: Alert) -> tuple[RuleId, EndpointId | None, MeasuredAt, str]:
    """Return which trouble an alert is about."""
    return alert.rule, alert.endpoint_id, alert.measured_at, alert.subject


def judge(
    rules: Mapping[RuleId, Rule], open_alerts: Iterable[Alert], findings: Iterable[Finding], now_us: int
) -> list[AlertNews]:
    """Return what happens to alerts: new ones have id 0. An alert that stays as it is makes no news.

    An alert closes when its trouble has been away for `calm_s` seconds, or its rule is off. Until then the same
    trouble coming back keeps it open: no second alert.
    """
    found = {finding.key: finding for finding in findings if rules[finding.rule].on}
    news = []
    for alert in open_alerts:
        finding = found.pop(key_of(alert), None)
        rule = rules[alert.rule]
        if finding is not None:
            told = _told(alert, finding)
            if _is_over(rule, told, now_us, still_bad=finding.bad_until_us > now_us):
                news.append(AlertNews(NewsKind.CLOSED, replace(told, closed_us=now_us)))
            elif told != alert:
                news.append(AlertNews(NewsKind.CHANGED, told))
        elif not rule.on or _is_over(rule, alert, now_us, still_bad=False):
            news.append(AlertNews(NewsKind.CLOSED, replace(alert, closed_us=now_us)))
    for finding in found.values():
        # What happened once and has been away for long enough is in the window still, and no news.
        if now_us >= finding.bad_until_us + max(rules[finding.rule].calm_s, CHECK_EVERY_S) * MICRO:
            continue
        news.append(AlertNews(NewsKind.OPENED, _opened(finding, now_us)))
    return news


def _is_over(rule: Rule, alert: Alert, now_us: int, *, still_bad: bool) -> bool:
    return not still_bad and now_us >= alert.bad_us + rule.calm_s * MICRO and now_us > alert.opened_us


def _told(alert: Alert, finding: Finding) -> Alert:
    return replace(
        alert,
        title=finding.title,
        detail=finding.detail,
        search=finding.search,
        value=finding.value,
        worst=max(alert.worst, finding.value),
        bad_us=max(alert.bad_us, finding.bad_until_us),
    )


def _opened(finding: Finding, now_us: int) -> Alert:
    return Alert(
        AlertId(0),
        finding.rule,
        finding.endpoint_id,
        finding.measured_at,
        finding.subject,
        now_us,
        None,
        finding.title,
        finding.detail,
        finding.value,
        finding.value,
        finding.search,
        bad_us=finding.bad_until_us,
    )
