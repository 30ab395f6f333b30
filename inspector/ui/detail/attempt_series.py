"""Which attempts belong to one series, and how a series stands in words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from inspector.domain.attempt import Attempt
from inspector.domain.schedules import wait_words
from inspector.domain.series import BY_HAND, Series, SeriesState
from inspector.payload.values import spell_span
from inspector.replay.schedules import retry_after_s
from inspector.ui.detail.attempt_words import Outcome
from inspector.ui.widgets.badges import Tone

_COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


@dataclass(frozen=True, slots=True)
class Group:
    """The attempts of one series, newest first, or a single attempt that belongs to none."""

    attempts: tuple[Attempt, ...]
    series: Series | None = None

    @property
    def is_single(self) -> bool:
        """Whether one row tells all there is: one attempt, with no other to come or to be had."""
        series = self.series
        if series is None:
            return True
        return len(self.attempts) == 1 and not series.state.is_open and len(series.plan.schedule.waits_s) == 1


def groups_of(attempts: Sequence[Attempt], series: Sequence[Series]) -> tuple[Group, ...]:
    """Return attempts (newest first) and series as groups, the one in which something happened last first.

    Attempts of a series that is not known any more stand alone.
    """
    known = {one.id: one for one in series}
    tries: dict[int, list[Attempt]] = {one.id: [] for one in series}
    placed: list[tuple[datetime, int, Group]] = []
    for attempt in attempts:
        if attempt.series_id in known:
            tries[attempt.series_id or 0].append(attempt)
        else:
            placed.append((attempt.sent_at, attempt.id, Group((attempt,))))
    for one in series:
        found = tries[one.id]
        moment = max([one.created_at, *(attempt.sent_at for attempt in found[:1])])
        placed.append((moment, found[0].id if found else 0, Group(tuple(found), one)))
    return tuple(group for _moment, _id, group in sorted(placed, key=lambda item: item[:2], reverse=True))


def countdown(left: timedelta) -> str:
    """Write how long it is until then, in its two largest units: "48 s", "4 min 12 s", "3 d 4 h"."""
    seconds = max(ceil(left.total_seconds()), 0)
    parts: list[str] = []
    for size, unit in _UNITS:
        count, seconds = divmod(seconds, size)
        if count or parts:
            parts.append(f"{count} {unit}")
        if len(parts) == 2:
            break
    return " ".join(part for part in parts if not part.startswith("0 ")) or "0 s"


def name_of(series: Series, rule: str = "") -> str:
    """Return whose schedule a series follows, and how fast; `rule` is the name of the rule that began it."""
    schedule = series.plan.schedule.title.partition(":")[0]
    speed = {0.0: ", no wait", 1.0: ""}.get(series.plan.speed, f", ×{series.plan.speed:g}")
    retries = "" if len(series.plan.schedule.waits_s) == 1 else f"{schedule}{speed}"
    if series.rule_id == BY_HAND:
        return f"Retry like {retries}" if retries else "Sent once"
    forwarded = f"Forwarded by {rule or 'a rule that is gone'}"
    return f"{forwarded}, {retries}" if retries else forwarded


def tries_words(series: Series) -> str:
    """Return how many tries were made, of how many where there can be more."""
    most = len(series.plan.schedule.waits_s)
    if not series.state.is_open:
        return f"{series.tries:,} {'attempt' if series.tries == 1 else 'attempts'}"
    return f"attempt {min(series.tries + 1, most):,} of {most:,}"


def standing_of(series: Series, now: datetime, *, running: bool = False, paused: bool = False) -> Outcome:
    """Return how a series stands: icon, colour, a word, and the details; `running`: a try is under way."""
    if series.state.is_open:
        return _open_standing(series, now, running=running, paused=paused)
    tries = series.tries
    if series.state is SeriesState.DONE:
        retries = "at once" if tries == 1 else f"on attempt {tries:,}"
        return Outcome("circle-check", "passFg", str(series.status), retries)
    if series.state is SeriesState.GIVEN_UP:
        return Outcome("circle-x", "failFg", "Given up", f"after {tries:,} {'attempt' if tries == 1 else 'attempts'}")
    if series.state is SeriesState.SKIPPED:
        return Outcome("ban", "failFg", "Not sent", series.note)
    note = "" if series.note == "Stopped." else series.note
    return Outcome("square", "warnFg", stopped_words(series), note)


def _open_standing(series: Series, now: datetime, *, running: bool, paused: bool) -> Outcome:
    if running:
        return Outcome("loader-circle", "accent", "Running", "")
    if series.state is SeriesState.UNDECIDED:
        return Outcome("loader-circle", "accent", "Waiting", "its rule is being looked up")
    if paused:
        return Outcome("pause", "warnFg", "Paused", "its rule is paused")
    if series.next_at is None or series.next_at <= now:
        return Outcome("loader-circle", "accent", "Due now", "")
    word = "Waiting to retry" if series.tries else "Waiting"
    return Outcome("loader-circle", "accent", word, f"next in {countdown(series.next_at - now)}")


def stopped_words(series: Series) -> str:
    """Return after which attempt a series was stopped."""
    return f"Stopped after attempt {series.tries:,}" if series.tries else "Stopped before the first attempt"


def waited_words(series: Series, attempt: Attempt, before: Attempt | None) -> str:
    """Return how long a try had to wait, in the schedule's own time; `before` is the try before it."""
    schedule = series.plan.schedule
    place = attempt.try_no - 1
    wait_s = schedule.waits_s[place] if 0 <= place < len(schedule.waits_s) else 0.0
    if schedule.heeds_retry_after and before is not None and before.response is not None:
        ended = before.sent_at + timedelta(milliseconds=before.total_ms)
        asked_s = retry_after_s(before.response, ended)
        if asked_s is not None and asked_s > wait_s:
            return f"after {wait_words(round(asked_s))}, as the target asked"
    return f"after {wait_words(wait_s)}" if wait_s else "at once"


def series_summary(
    series: Series, now: datetime, *, running: bool = False, paused: bool = False
) -> tuple[Tone, str, str, str]:
    """Return tone, icon, title and text of how a series stands, for a callout."""
    standing = standing_of(series, now, running=running, paused=paused)
    if series.state.is_open:
        title = f"{standing.word}, {standing.detail}" if standing.detail else standing.word
        if running:
            title = f"Running attempt {series.tries + 1:,} of {len(series.plan.schedule.waits_s):,}"
        return "warn" if paused else "info", standing.icon, title, _before_words(series)
    if series.state is SeriesState.DONE:
        return "pass", "circle-check", f"Answered {series.status} on attempt {series.tries:,}", _done_words(series)
    if series.state is SeriesState.GIVEN_UP:
        return "fail", "circle-x", f"Given up {standing.detail}", f"The last one: {_lower(series.failure)}."
    if series.state is SeriesState.SKIPPED:
        return "fail", "ban", "Not sent", series.note
    return "warn", "square", stopped_words(series), standing.detail


def _before_words(series: Series) -> str:
    if not series.tries:
        return f"To {series.target}"
    asked = f" {series.note}" if series.note else ""
    return f"Attempt {series.tries:,} failed: {_lower(series.failure)}.{asked}"


def _done_words(series: Series) -> str:
    failed = series.tries - 1
    words = ""
    if failed:
        count = _COUNTS[failed] if failed < len(_COUNTS) else f"{failed:,}"
        words = f"{count.capitalize()} attempt{'' if failed == 1 else 's'} failed first. "
    if series.ended_at is None:
        return words.rstrip()
    speed = {0.0: " with no wait", 1.0: ""}.get(series.plan.speed, f" at speed ×{series.plan.speed:g}")
    span = spell_span((series.ended_at - series.created_at).total_seconds()).replace(".0 s", " s")
    return f"{words}Took {span}{speed if failed else ''}."


def _lower(sentence: str) -> str:
    """Return a sentence as it goes on after a colon."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")
