"""When is the next try? Decided with the clock as a value: by the schedule, or by a longer wait the target asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from inspector.domain.attempt import Response
from inspector.domain.forwarding import Schedule
from inspector.domain.request import header_text
from inspector.domain.schedules import (
    LONGEST_WAIT_S,
    ONCE,
    SCHEDULES,
    custom,
    moments_s,
    schedule_of,
    tenfold,
    wait_words,
)

__all__ = [
    "NO_WAIT",
    "ONCE",
    "SCHEDULES",
    "NextTry",
    "custom",
    "moments_s",
    "next_try",
    "retry_after_s",
    "scaled",
    "schedule_of",
    "tenfold",
    "wait_words",
]

NO_WAIT = 0.0
"""The speed that leaves no wait between tries; 1 is real time, 60 a minute in a second."""


@dataclass(frozen=True, slots=True)
class NextTry:
    """When a try is due, and the wait in the schedule's own seconds; `asked`: it is the target's Retry-After."""

    at: datetime
    wait_s: float
    asked: bool = False


def next_try(
    schedule: Schedule, tries: int, ended_at: datetime, response: Response | None = None, *, speed: float = 1.0
) -> NextTry | None:
    """Return when the try after `tries` tries is due, None where the schedule has no more.

    `ended_at` is when the last one ended (where there was none: now). The later of the schedule's wait and the
    target's Retry-After holds (RFC 9110 section 10.2.3), where the schedule heeds it. `speed` shortens both.
    """
    if tries >= len(schedule.waits_s):
        return None
    wait_s, asked = schedule.waits_s[tries], False
    if schedule.heeds_retry_after and response is not None:
        after_s = retry_after_s(response, ended_at)
        if after_s is not None and after_s > wait_s:
            wait_s, asked = after_s, True
    return NextTry(ended_at + timedelta(seconds=scaled(wait_s, speed)), wait_s, asked)


def scaled(seconds: float, speed: float) -> float:
    """Return how long a wait really takes at a speed."""
    return 0.0 if speed == NO_WAIT else seconds / speed


def retry_after_s(response: Response, now: datetime) -> float | None:
    """Return the seconds a response asks to wait, None where it does not; a moment that is over asks for 0.

    Both forms of the header are read: seconds, and an HTTP date. What is neither counts for nothing.
    """
    text = header_text(response.headers, "Retry-After").strip()
    if not text:
        return None
    if text.isascii() and text.isdecimal():
        return min(float(text[:12]), LONGEST_WAIT_S)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return min(max((moment - now).total_seconds(), 0.0), LONGEST_WAIT_S)
