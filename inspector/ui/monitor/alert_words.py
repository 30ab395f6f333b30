"""Alerts in words: titles, since when, what to do, which events, as pure functions of an alert and the clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from types import MappingProxyType

from inspector.app import App
from inspector.monitor.alerts import Alert, Rule, RuleId
from inspector.monitor.board import MeasuredAt
from inspector.monitor.reasons import title_of
from inspector.monitor.wording import duration, per_cent
from inspector.store.figures import LATE
from inspector.ui.events.wording import moment
from inspector.ui.widgets.badges import Tone

MICRO = 1_000_000
DAY_S = 86_400
LEAST_LINES = 4
USUAL_LIMIT_S = 5
"""Providers that say nothing wait so long for an answer."""
MOST_OPEN = 6
"""So many open alerts stand in the card; the others are counted, and listed in the history."""


@dataclass(frozen=True, slots=True)
class Look:
    """How alerts of a rule look, what helps, and whether the doctor may know more."""

    icon: str
    tone: Tone
    advice: str
    asks_doctor: bool = False


LOOKS: Mapping[RuleId, Look] = MappingProxyType(
    {
        RuleId.ENDPOINT_DOWN: Look("unplug", "fail", "Restart it; nothing gets through until then.", asks_doctor=True),
        RuleId.FAILURE_RATE: Look(
            "octagon-alert", "fail", "Open one of the events: its Overview tells what was answered and why."
        ),
        RuleId.OPT_OUT_VIOLATION: Look(
            "user-minus", "fail", "Take the recipient off your lists; the message's timeline shows the opt-out."
        ),
        RuleId.SIGNATURE_FAILURE: Look(
            "shield-x", "fail", "Open one of the events: its Signature tab names the likely cause."
        ),
        RuleId.PROCESSING_TIME: Look("timer", "warn", "Answer first, then work in the background."),
        RuleId.SHAPE_DRIFT: Look(
            "git-compare", "warn", "Compare one with an earlier event, and see that your handler copes with both."
        ),
        RuleId.SILENCE: Look("clock", "warn", "Send a test event, or find out why nothing arrives.", asks_doctor=True),
    }
)
"""Every rule, the most severe first: in that order alerts stand in banner and list."""

TUNNEL_ADVICE = "Restart the tunnel; the local address still works."
HANDLER_ADVICE = "Look at the attempts: they keep what your handler answered."
_ORDER = {rule: place for place, rule in enumerate(LOOKS)}


def by_severity(alerts: Iterable[Alert]) -> list[Alert]:
    """Return alerts, the most severe first, then the newest."""
    return sorted(alerts, key=lambda alert: (_ORDER[alert.rule], -alert.opened_us))


def in_scope(alert: Alert, scope: int) -> bool:
    """Whether an alert concerns an endpoint; those of the receiver concern all, and scope 0 is all endpoints."""
    return not scope or alert.endpoint_id is None or alert.endpoint_id == scope


def clock(at_us: int, now_us: int, zone: tzinfo | None = None) -> str:
    """Return a moment as "14:21", with the day where it was not today."""
    then, now = moment(at_us, zone), moment(now_us, zone)
    return f"{then:%H:%M}" if then.date() == now.date() else f"{then:%Y-%m-%d %H:%M}"


def lasted(seconds: float) -> str:
    """Return how long something took in one round unit: "40 s", "4 min", "3 h", "6 days"."""
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    if seconds < 3600:
        return f"{round(seconds / 60)} min"
    if seconds < 2 * DAY_S:
        return f"{round(seconds / 3600)} h"
    return f"{round(seconds / DAY_S)} days"


def where(alert: Alert, names: Mapping[int, str]) -> str:
    """Return where it happens: an endpoint's name where there are several, and the handler where it was measured."""
    name = names.get(alert.endpoint_id, "") if alert.endpoint_id is not None and len(names) > 1 else ""
    at = "my handler" if alert.measured_at is MeasuredAt.HANDLER else ""
    return ", ".join(part for part in (name, at) if part)


def since_words(alert: Alert, now_us: int, zone: tzinfo | None = None) -> str:
    """Return the right end of an open alert's line: "Active since 14:21", "3 since 14:23", with "muted" after it."""
    counts = alert.rule is RuleId.SIGNATURE_FAILURE and alert.worst > 1
    words = f"{alert.worst:.0f} since" if counts else "Active since"
    return f"{words} {clock(alert.opened_us, now_us, zone)}{', muted' if alert.is_muted(now_us) else ''}"


def advice(alert: Alert) -> str:
    """Return what to do about it."""
    if alert.rule is RuleId.ENDPOINT_DOWN and alert.subject == "tunnel":
        return TUNNEL_ADVICE
    if alert.measured_at is MeasuredAt.HANDLER and alert.rule is RuleId.FAILURE_RATE:
        return HANDLER_ADVICE
    return LOOKS[alert.rule].advice


def detail(alert: Alert) -> str:
    """Return what was found, as a sentence."""
    words = alert.detail[:1].upper() + alert.detail[1:]
    return words if not words or words.endswith(".") else f"{words}."


def banner_text(alert: Alert, names: Mapping[int, str], now_us: int, zone: tzinfo | None = None) -> str:
    """Return what follows the title: "in the last 5 min, limit 1 %, mostly 503. Since 14:21, RCS production."."""
    place = where(alert, names)
    return f"{alert.detail}. Since {clock(alert.opened_us, now_us, zone)}{f', {place}' if place else ''}."


def spoken(alert: Alert, names: Mapping[int, str], now_us: int, zone: tzinfo | None = None) -> str:
    """Return everything about an open alert as sentences for a screen reader."""
    place = where(alert, names)
    return f"{alert.title}. {since_words(alert, now_us, zone)}{f', {place}' if place else ''}. {detail(alert)}"


def rule_words(rule: Rule) -> str:
    """Return a rule as the card names it: "Failure rate over 1 %", "Processing time over 5 s", "Endpoint down"."""
    if rule.id is RuleId.FAILURE_RATE:
        return f"{rule.title} over {per_cent(rule.threshold)}"
    if rule.id is RuleId.PROCESSING_TIME:
        return f"{rule.title} over {duration(rule.threshold)}"
    return rule.title


def resting_words(rule: Rule, last: Alert | None, now_us: int, zone: tzinfo | None = None) -> str:
    """Return the right end of a quiet rule's line: "Resolved 14:13, lasted 4 min", "Quiet for 6 days", "Off"."""
    if not rule.on:
        return "Off"
    if last is None or last.closed_us is None:
        return "Quiet"
    quiet_s = (now_us - last.closed_us) / MICRO
    if quiet_s >= DAY_S:
        return f"Quiet for {lasted(quiet_s)}"
    took = lasted((last.closed_us - last.opened_us) / MICRO)
    return f"Resolved {clock(last.closed_us, now_us, zone)}, lasted {took}"


def events_search(alert: Alert, rules: Sequence[Rule], limit_s: int, zone: tzinfo | None = None) -> str:
    """Return the search text of the events an alert is about, "" where it is about none.

    Deliveries that failed because the answer came too late, after the provider's limit of so many seconds, are not
    found by their status.
    """
    if not alert.search:
        return ""
    late = alert.rule is RuleId.FAILURE_RATE and alert.detail.endswith(title_of(LATE))
    search = f"time:>{limit_s}s" if late else alert.search
    window_s = next((rule.window_s for rule in rules if rule.id is alert.rule), 0)
    text = f"{search} after:{moment(alert.opened_us - window_s * MICRO, zone):%Y-%m-%dT%H:%M:%S}"
    if alert.closed_us is not None:
        text += f" before:{moment(alert.closed_us, zone):%Y-%m-%dT%H:%M:%S}"
    return text


def answer_limit_s(app: App, alert: Alert) -> int:
    """Return how long the provider of an alert's endpoint waits for an answer, in seconds."""
    resolved = app.directory.by_id(alert.endpoint_id) if alert.endpoint_id is not None else None
    profile = resolved.profile if resolved is not None else None
    return profile.answer_limit_s if profile is not None and profile.answer_limit_s else USUAL_LIMIT_S


def show_words(count: int | None) -> str:
    """Return what the link to the events says; None is a count not known yet, 0 one that counts what is gone."""
    if not count:
        return "Show the events"
    return "Show the event" if count == 1 else f"Show {count:,} events"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the card: an open alert, or a quiet rule with `alert` None."""

    key: str
    icon: str
    tone: Tone
    title: str
    note: str
    alert: Alert | None = None


def lines(
    open_alerts: Iterable[Alert],
    rules: Sequence[Rule],
    history: Iterable[Alert],
    now_us: int,
    zone: tzinfo | None = None,
) -> tuple[tuple[Line, ...], int]:
    """Return the lines of the card, and how many open alerts have no line; `history` is newest first."""
    alerts = by_severity(open_alerts)
    found = [
        Line(
            f"alert:{alert.id}",
            LOOKS[alert.rule].icon,
            LOOKS[alert.rule].tone,
            alert.title,
            since_words(alert, now_us, zone),
            alert,
        )
        for alert in alerts[:MOST_OPEN]
    ]
    room = max(0, LEAST_LINES - len(found))
    return (*found, *_resting(alerts, rules, history, now_us, zone)[:room]), max(0, len(alerts) - MOST_OPEN)


def _resting(
    alerts: Sequence[Alert], rules: Sequence[Rule], history: Iterable[Alert], now_us: int, zone: tzinfo | None
) -> list[Line]:
    last: dict[RuleId, Alert] = {}
    for alert in history:
        if alert.closed_us is not None and alert.closed_us > _closed(last.get(alert.rule)):
            last[alert.rule] = alert
    busy = {alert.rule for alert in alerts}
    quiet = sorted(
        (rule for rule in rules if rule.id not in busy), key=lambda rule: (not rule.on, -_closed(last.get(rule.id)))
    )
    return [
        Line(
            f"rule:{rule.id}",
            "circle-check" if rule.on else "minus",
            "pass" if rule.on else "neut",
            rule_words(rule),
            resting_words(rule, last.get(rule.id), now_us, zone),
        )
        for rule in quiet
    ]


def _closed(alert: Alert | None) -> int:
    return alert.closed_us or 0 if alert is not None else 0


def wall_us() -> int:
    """Return the time in µs since the epoch."""
    return round(datetime.now().astimezone().timestamp() * MICRO)
