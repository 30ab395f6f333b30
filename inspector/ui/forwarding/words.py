"""Forward rules, their health and their series in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from urllib.parse import urlsplit

from inspector.domain.errors import UsageError
from inspector.domain.forwarding import ForwardRule
from inspector.domain.schedules import schedule_of
from inspector.domain.series import Series, SeriesState
from inspector.replay.failures import short_title
from inspector.store.rule_figures import TargetFigures
from inspector.ui.events.wording import ago
from inspector.ui.widgets.badges import Tone
from inspector.ui.widgets.counts import grouped

_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))

FAILING_TRIES = 3
"""So many tries in a row that failed make a target a failing one."""


@dataclass(frozen=True, slots=True)
class StateLook:
    """How a state is shown: a word, an icon, and the token of its colour."""

    word: str
    icon: str
    color: str


LOOKS: dict[SeriesState, StateLook] = {
    SeriesState.UNDECIDED: StateLook("Looking it up", "search", "text2"),
    SeriesState.WAITING: StateLook("Waiting", "clock", "text2"),
    SeriesState.SENDING: StateLook("Sending", "loader-circle", "accent"),
    SeriesState.DONE: StateLook("Got through", "circle-check", "passFg"),
    SeriesState.GIVEN_UP: StateLook("Given up", "circle-x", "failFg"),
    SeriesState.STOPPED: StateLook("Stopped", "square", "warnFg"),
    SeriesState.SKIPPED: StateLook("Not sent", "ban", "warnFg"),
}


def rule_title(rule: ForwardRule) -> str:
    """Return what a rule is called: its name, else where it sends."""
    return rule.name or (short_target(rule.targets[0]) if rule.targets else "Rule without a target")


def rule_words(rule: ForwardRule) -> str:
    """Return in words which events a rule sends on, and how."""
    match = f"Events that match {rule.match}" if rule.match.strip() else "All events"
    return f"{match}, {retry_words(rule)}{', in order' if rule.in_order else ''}"


def retry_words(rule: ForwardRule) -> str:
    """Return in words how often a rule tries."""
    try:
        schedule = schedule_of(rule.schedule)
    except UsageError:
        return "tried once"
    if len(schedule.waits_s) == 1:
        return "tried once"
    if schedule.title.startswith("Custom"):
        return f"tried {len(schedule.waits_s)} times"
    return f"retried like {schedule.title.partition(':')[0]}"


def short_target(url: str) -> str:
    """Return a target as a list names it: host, port and path."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return f"{parts.netloc}{parts.path.rstrip('/')}" or url


def targets_words(targets: Sequence[str]) -> str:
    """Return the targets of a rule in one line."""
    return ", ".join(map(short_target, targets)) or "No target"


def rule_health(figures: Sequence[TargetFigures], *, enabled: bool, paused: bool) -> tuple[Tone, str, str]:
    """Return tone, icon and words of how a whole rule goes."""
    waiting = sum(one.waiting + one.sending for one in figures)
    held = f", {grouped(waiting)} waiting" if waiting else ""
    if paused:
        return "warn", "pause", f"Paused{held}"
    if not enabled:
        return "neut", "circle-dashed", f"Off{held}"
    worst = max(figures, key=lambda one: one.failed_in_row, default=None)
    if worst is not None and worst.failed_in_row >= FAILING_TRIES:
        return "fail", "circle-x", f"Failing: {grouped(worst.failed_in_row)} tries in a row{held}"
    tried, through = sum(one.tried for one in figures), sum(one.through for one in figures)
    if not tried:
        idle = "Nothing in 1 h" if figures else "Nothing forwarded yet"
        return "neut", "circle-dashed", f"{idle}{held}"
    tone, icon = _share_look(through, tried)
    return tone, icon, f"{percent(through, tried)} of {grouped(tried)} in 1 h{held}"


def _share_look(through: int, tried: int) -> tuple[Tone, str]:
    if through == tried:
        return "pass", "circle-check"
    return ("warn", "triangle-alert") if through else ("fail", "circle-x")


def percent(part: int, whole: int) -> str:
    """Return a share; what is not all of it is never rounded up to 100 %."""
    share = 100 * part / whole
    if share in (0, 100):
        return f"{share:.0f} %"
    return f"{min(max(share, 0.1), 99.9):.1f} %"


def target_look(figures: TargetFigures) -> tuple[str, str]:
    """Return icon and colour of how it goes with a target."""
    if figures.failed_in_row >= FAILING_TRIES:
        return "circle-x", "failFg"
    if figures.failed_in_row:
        return "triangle-alert", "warnFg"
    return ("circle-check", "passFg") if figures.last_ok_at else ("circle-dashed", "text3")


def target_health(figures: TargetFigures, now: datetime) -> str:
    """Return how it goes with a target: its share in the last hour, last success, last failure, what waits."""
    parts = []
    if figures.tried:
        parts.append(f"{percent(figures.through, figures.tried)} of {grouped(figures.tried)} in the last hour")
    if figures.last_ok_at is not None:
        parts.append(f"last ok {_ago(figures.last_ok_at, now)}")
    if figures.last_failed_at is not None:
        failure = f" ({figures.last_failure})" if figures.last_failure else ""
        parts.append(f"last failure {_ago(figures.last_failed_at, now)}{failure}")
    waiting = figures.waiting + figures.sending
    if waiting:
        parts.append(f"{grouped(waiting)} waiting")
    return " · ".join(parts) or "Nothing sent there yet"


def _ago(at: datetime, now: datetime) -> str:
    return ago(max(0.0, (now - at).total_seconds()))


def state_words(series: Series, now: datetime, *, paused: bool = False) -> str:
    """Return where a series stands, with what there is to know."""
    look = LOOKS[series.state]
    if series.state is SeriesState.WAITING:
        if paused:
            return "Held: the rule is paused"
        left_s = (series.next_at - now).total_seconds() if series.next_at is not None else 0.0
        if not series.tries:
            return look.word if left_s < 1 else f"First try in {left_words(left_s)}"
        return "Next try now" if left_s < 1 else f"Next try in {left_words(left_s)}"
    if series.state in (SeriesState.STOPPED, SeriesState.SKIPPED) and series.note:
        return series.note.rstrip(".") if series.note.startswith(look.word) else f"{look.word}: {series.note}"
    return look.word


def left_words(seconds: float) -> str:
    """Return how long something still takes: "48 s", "4 min 13 s", "2 h 5 min", "3 d 4 h"."""
    whole = max(0, round(seconds))
    for (unit, size), (small, part) in pairwise(_UNITS):
        if whole >= size:
            rest = whole % size // part
            return f"{whole // size} {unit} {rest} {small}" if rest else f"{whole // size} {unit}"
    return f"{whole} s"


def status_words(series: Series) -> str:
    """Return what came back last: a status, or how the try failed, in a word or two."""
    if series.status is not None:
        return str(series.status)
    return short_title(series.failure) if series.tries else ""


def spoken(series: Series, now: datetime) -> str:
    """Return a row of the log for a screen reader."""
    tries = f"{series.tries} {'try' if series.tries == 1 else 'tries'}"
    answer = status_words(series) if series.status is not None or not series.tries else series.failure
    parts = (f"#{series.event_id:,} to {short_target(series.target)}", tries, answer)
    return ", ".join(filter(None, (*parts, state_words(series, now))))
