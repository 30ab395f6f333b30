"""Figures of the board as people read them: shares, times, moments, and the searches that find their events."""

from __future__ import annotations

import math
from datetime import datetime

from inspector.monitor.board import Board, Reason, RetryStep, Span
from inspector.ui.widgets.counts import grouped

NOTHING = "–"
MICRO = 1_000_000

BAR_WORDS = {60: "minute", 900: "15 minutes", 3600: "hour"}
"""How long a bar is, as in "Deliveries per minute"."""


def percent(share: float | None, *, places: int = 2, fixed: bool = False) -> str:
    """Write a share without its sign: 99.38. What is not quite everything never reads 100, nor something 0.

    `fixed` keeps zeros at the end, for columns of figures.
    """
    if share is None:
        return NOTHING
    scale = 10**places
    whole = share * 100 * scale
    rounded = round(whole)
    if rounded == 100 * scale and share < 1:
        rounded = math.floor(whole)
        rounded = min(rounded, 100 * scale - 1)
    if rounded == 0 and share > 0:
        rounded = 1
    text = f"{rounded / scale:.{places}f}"
    if not places or (fixed and 0 < rounded < 100 * scale):
        return text
    return text.rstrip("0").rstrip(".")


def with_percent(share: float | None, *, places: int = 2, fixed: bool = False) -> str:
    """Write a share with its sign: 99.38 %."""
    return NOTHING if share is None else f"{percent(share, places=places, fixed=fixed)} %"


def duration(us: int | None) -> tuple[str, str]:
    """Return a time as a figure and its unit: ("0.71", "s"), ("12", "ms"), an en dash without a unit for None."""
    if us is None:
        return NOTHING, ""
    if us < 1000:
        return f"{us / 1000:.2g}", "ms"
    if us < 99_500:
        return str(round(us / 1000)), "ms"
    seconds = us / MICRO
    return (f"{seconds:.2f}" if seconds < 9.995 else f"{seconds:.1f}" if seconds < 99.95 else f"{seconds:.0f}"), "s"


def took(us: int | None) -> str:
    """Write a time: 0.71 s, 12 ms."""
    figure, unit = duration(us)
    return f"{figure} {unit}" if unit else figure


def seconds_tick(us: float) -> str:
    """Write a tick of the time's scale: 0, 2 s, 0.5 s."""
    return "0" if us == 0 else f"{us / MICRO:g} s"


def share_tick(share: float) -> str:
    """Write a tick of a share's scale: 0, 0.5 %, 2 %."""
    return "0" if share == 0 else f"{round(share * 100, 6):g} %"


def count_tick(value: float) -> str:
    """Write a tick of a count: 1,000."""
    return grouped(round(value))


def per_minute(rate: float) -> str:
    """Write deliveries a minute: 188, 4.2, 0.05."""
    if rate >= 9.95 or rate == 0:
        return grouped(round(rate))
    return f"{rate:.1f}" if rate >= 0.095 else f"{rate:.2g}"


def wait(seconds: int) -> str:
    """Write a wait of a schedule: 30 s, 5 min, 2 h, 1 d."""
    for size, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size and seconds % size == 0:
            return f"{seconds // size} {unit}"
    return f"{seconds / 60:.3g} min" if seconds >= 120 else f"{seconds} s"


def lasting(us: int) -> str:
    """Write how long something lasted, roughly: 40 s, 3 min, 2 h 5 min, 3 d 4 h."""
    seconds = max(1, round(us / MICRO))
    if seconds < 60:
        return f"{seconds} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours else f"{days} d"


def clock(us: int, span: Span = Span.HOUR) -> str:
    """Write a moment at the foot of a chart, in this computer's zone: 14:26, or 20 Dec over seven days."""
    then = _local(us)
    return f"{then.day} {then:%b}" if span is Span.WEEK else f"{then:%H:%M}"


def bar_words(start_us: int, span: Span) -> str:
    """Write which time a bar stands for: 14:25 – 14:26, with the day where the range has several."""
    start, end = _local(start_us), _local(start_us + span.bar_s * MICRO)
    day = f"{start.day} {start:%b}, " if span in (Span.DAY, Span.WEEK) else ""
    return f"{day}{start:%H:%M} – {end:%H:%M}"


def title_of_bars(span: Span) -> str:
    """Return what the bars count: Deliveries per minute."""
    return f"Deliveries per {BAR_WORDS[span.bar_s]}"


def step_words(step: RetryStep) -> str:
    """Return a step of the schedule: Retry 2, after 1 min."""
    if step.after_s is None:
        return f"Retry {step.step}"
    return f"Retry {step.step}, at once" if step.after_s == 0 else f"Retry {step.step}, after {wait(step.after_s)}"


def plural(count: int, one: str, many: str = "") -> str:
    """Write a count with its noun: 1 sender, 3 senders."""
    return f"{grouped(count)} {one if count == 1 else many or one + 's'}"


# Searches


def moment(us: int) -> str:
    """Write a moment as `after:` and `before:` take it, to the minute; with the zone where the clock says it twice."""
    then = _local(us)
    plain = then.replace(tzinfo=None, fold=0)
    text = plain.isoformat(timespec="minutes")
    twice = plain.replace(fold=1).timestamp() != plain.timestamp()
    return then.isoformat(timespec="minutes") if twice else text


def between(from_us: int, until_us: int) -> str:
    """Return the search for the events received from one moment on until before another."""
    return f"after:{moment(from_us)} before:{moment(until_us)}"


def since(board: Board, search: str) -> str:
    """Return a search inside the board's range."""
    return f"{search} after:{moment(board.from_us)}"


def all_failed(reasons: tuple[Reason, ...]) -> tuple[str, int]:
    """Return a search that finds every delivery whose answer was no 2xx, and how many of the reasons' it finds.

    Late answers and those that never left were 2xx all the same: they are found by their own reason alone.
    """
    found = sum(reason.count for reason in reasons if reason.search and "code:2xx" not in reason.search)
    return ("code:1xx,3xx,4xx,5xx", found) if found else ("", 0)


def _local(us: int) -> datetime:
    return datetime.fromtimestamp(us / MICRO).astimezone()
