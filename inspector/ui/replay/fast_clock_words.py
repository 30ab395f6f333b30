"""The fast clock in words, and where its axis has marks. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.domain.errors import UsageError
from inspector.domain.schedules import custom
from inspector.replay.rehearsal import Down, Lane, Picture, VirtualTry
from inspector.ui.control.words import counted
from inspector.ui.detail.sizes import spell_number

STEPS_S = (
    1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600,
)  # fmt: skip
_UNITS = (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1))
TRIES_TOLD = 6


def moment_words(seconds: float) -> str:
    """Return a moment or a span in its two largest units: "2 h 36 min", "0 s"."""
    left = round(seconds)
    parts = []
    for unit, size in _UNITS:
        count, left = divmod(left, size)
        if count:
            parts.append(f"{count:,} {unit}")
    return " ".join(parts[:2]) or "0 s"


def seconds_of(text: str) -> float:
    """Return the seconds of "10m", "2 h" or "1 d". Raises UsageError."""
    if "," in text:
        raise UsageError(f"{text!r} is no span of time.", "", "Write it as 10m, 2h or 1d.")
    try:
        return custom(text).waits_s[0]
    except UsageError as error:
        raise UsageError(
            error.what if text.strip() else "A time is missing.", "", "Write it as 10m, 2h or 1d."
        ) from error


def down_of(first: str, last: str) -> Down:
    """Return the span in which the handler is down. Raises UsageError."""
    from_s, until_s = seconds_of(first), seconds_of(last)
    if until_s <= from_s:
        raise UsageError("The handler is up again before it is down.", "", "Write a later end.")
    return Down(from_s, until_s)


def field_words(seconds: float) -> str:
    """Return a moment as it is typed: "2h", "90m", "0"."""
    whole = round(seconds)
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if whole and whole % size == 0:
            return f"{whole // size}{unit}"
    return f"{whole}s" if whole else "0"


def ticks_of(span_s: float, room_px: float, least_px: float = 72) -> tuple[float, ...]:
    """Return where the axis has its marks, in seconds from the start."""
    most = max(int(room_px / least_px), 1)
    step = next((size for size in STEPS_S if span_s / size <= most), STEPS_S[-1])
    return tuple(float(step * number) for number in range(int(span_s / step) + 1))


def try_words(one: VirtualTry) -> str:
    """Return what a try came to."""
    return "down" if one.was_down else str(one.status) if one.status is not None else one.words.rstrip(".")


def since_start_s(lane: Lane, at_s: float) -> float:
    """Return how long after its first try a moment of an event is."""
    return at_s - (lane.tries[0].at_s if lane.tries else at_s)


def _after(seconds: float) -> str:
    return f"after {moment_words(seconds)}" if seconds >= 0.5 else "at once"


def standing_words(lane: Lane) -> str:
    """Return in a few words where a lane stands."""
    if lane.through_s is not None:
        return f"Through {_after(since_start_s(lane, lane.through_s))}"
    if lane.lost_s is not None:
        return f"Lost {_after(since_start_s(lane, lane.lost_s))}"
    tries = counted(len(lane.tries), "try") if len(lane.tries) < 2 else f"{len(lane.tries):,} tries"
    return f"Waiting, {tries}" if lane.tries else "Waiting"


def lane_words(lane: Lane) -> str:
    """Return a lane as a sentence: where it stands, and its tries."""
    told_of = lane.tries[-TRIES_TOLD:]
    tries = [f"{try_words(one)} {_after(since_start_s(lane, one.at_s))}" for one in told_of]
    left = len(lane.tries) - len(tries)
    earlier = [f"{left:,} earlier"] if left > 0 else []
    count = f", try {len(lane.tries):,}" if lane.through_s is not None or lane.lost_s is not None else ""
    told = f": {', '.join([*earlier, *tries])}" if tries else ""
    return f"{spell_number(lane.event_id)}  {standing_words(lane)}{count}{told}"


def lines_of(lanes: Sequence[Lane]) -> str:
    """Return every lane in words, a line each."""
    return "\n".join(lane_words(lane) for lane in lanes)


def picture_words(picture: Picture) -> tuple[str, str]:
    """Return how far a rehearsal is, or what came of it, as a title and a sentence."""
    count = len(picture.lanes)
    waiting = count - picture.through - picture.lost
    parts = ((picture.through, "through"), (picture.lost, "lost"), (waiting, "still waiting"))
    standing = ", ".join(f"{number:,} {words}" for number, words in parts if number)
    if not picture.is_over:
        return f"{moment_words(picture.now_s)} of {moment_words(picture.span_s)}", f"{standing.capitalize()}."
    if waiting:
        return f"Stopped after {moment_words(picture.now_s)}", f"{standing.capitalize()}."
    times = [since_start_s(lane, lane.through_s) for lane in picture.lanes if lane.through_s is not None]
    longest = _after(max(times, default=0.0))
    last = f" The one that took longest got through {longest}." if times else ""
    if picture.lost:
        return (
            f"{picture.lost:,} of {counted(count, 'event')} would be lost",
            f"{picture.through:,} would get through.{last}",
        )
    every = "The event" if count == 1 else f"All {count:,} events"
    return (
        f"{every} would get through",
        last.strip() if count > 1 else f"It got through {longest}.",
    )
