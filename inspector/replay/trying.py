"""What a try makes of its series: through, waiting for the next, or given up. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from inspector.domain.attempt import Attempt
from inspector.domain.series import Series, SeriesState
from inspector.replay.schedules import next_try, wait_words

MAY_BE_SECOND = "may have been sent before: the program ended during this try"
"""Marks the try that was under way when the program ended: whether it had arrived nobody knows."""


def after_try(series: Series, attempt: Attempt, ended_at: datetime) -> Series:
    """Return a series after a try of it; `ended_at` is when the try ended, from which the next wait is counted."""
    tries = series.tries + 1
    status = None if attempt.response is None else attempt.response.status
    tried = replace(series, tries=tries, status=status, next_at=None)
    if attempt.ok:
        return replace(tried, state=SeriesState.DONE, ok_at=ended_at, ended_at=ended_at, failure="")
    failure = attempt.failure_title if attempt.response is None else f"Answered {attempt.response.status}"
    failed = replace(tried, failed_at=ended_at, failure=failure)
    following = next_try(series.plan.schedule, tries, ended_at, attempt.response, speed=series.plan.speed)
    if following is None:
        return replace(failed, state=SeriesState.GIVEN_UP, ended_at=ended_at, note=_given_up(tries))
    note = f"The target asked for {wait_words(round(following.wait_s))}." if following.asked else ""
    return replace(failed, state=SeriesState.WAITING, next_at=following.at, note=note)


def _given_up(tries: int) -> str:
    return "Given up after one try." if tries == 1 else f"Given up after {tries:,} tries."
