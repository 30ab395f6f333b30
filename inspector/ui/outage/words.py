"""A rehearsed outage in words: what can be answered, what the provider documents, what became of each event. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from inspector.domain.answer import Answer, Fault, Outage
from inspector.domain.schedules import SCHEDULES, wait_words
from inspector.domain.values import to_us
from inspector.providers.profile import Profile
from inspector.replay.outage import OutageTable, Step, Struck, due_s
from inspector.ui.forwarding.words import left_words
from inspector.ui.widgets.counts import grouped

BODY = b"Down for a rehearsal"
LONGEST_MIN = 24 * 60
MINUTES: tuple[tuple[str, str], ...] = (("1", "1 min"), ("2", "2 min"), ("5", "5 min"), ("15", "15 min"), ("60", "1 h"))

ANSWERS: tuple[tuple[str, str, Answer], ...] = (
    ("503", "503 Service Unavailable", Answer(503, body=BODY)),
    ("500", "500 Internal Server Error", Answer(500, body=BODY)),
    ("502", "502 Bad Gateway", Answer(502, body=BODY)),
    ("429", "429 Too Many Requests", Answer(429, body=BODY)),
    # The status of an answer that does not arrive says what it counts as: not accepted.
    ("timeout", "nothing: time out", Answer(503, body=BODY, fault=Fault.SILENT)),
    ("reset", "a connection reset", Answer(503, body=BODY, fault=Fault.RESET)),
    ("half", "half an answer", Answer(503, body=BODY, fault=Fault.HALF)),
)
"""What events get while the endpoint is down: key, words, answer."""

_FAULTS = {Fault.SILENT: "no answer", Fault.RESET: "a connection reset", Fault.HALF: "half an answer"}

GRACE_S = 5.0
"""A retry may be so late without being called overdue."""


@dataclass(frozen=True, slots=True)
class Documented:
    """The waits a provider documents before each further try, seconds, and whose words they are; () for none."""

    waits_s: tuple[float, ...]
    source: str = ""


def documented(profile: Profile | None) -> Documented:
    """Return what a provider says of its retries: its profile's waits, else the schedule of its name."""
    if profile is None:
        return Documented(())
    if profile.retries_s:
        return Documented(tuple(map(float, profile.retries_s)), profile.retries_text)
    schedule = next((one for one in SCHEDULES if one.id == profile.id), None)
    # The first wait of a schedule is the one before the first delivery.
    return Documented(()) if schedule is None else Documented(schedule.waits_s[1:], schedule.source)


def answer_words(answer: Answer) -> str:
    """Return what events get: "503", "no answer"."""
    return _FAULTS[answer.fault] if answer.fault is not None else str(answer.status)


def kinds_words(kinds: Sequence[str]) -> str:
    """Return which events are meant."""
    return f"{', '.join(kinds)} events" if kinds else "all events"


def is_on(outage: Outage | None, now: datetime) -> bool:
    """Whether a rehearsal is under way."""
    return outage is not None and outage.since <= now < outage.until


def left(outage: Outage, now: datetime) -> str:
    """Return how long it still takes: "1 min 43 s left"."""
    return f"{left_words((outage.until - now).total_seconds())} left"


def running_words(outage: Outage, now: datetime) -> str:
    """Return what happens during a rehearsal."""
    words = kinds_words(outage.kinds)
    return f"{left(outage, now)}: {words} get {answer_words(outage.answer)}."


def retries_inside(waits_s: Sequence[float], minutes: float) -> int:
    """Return how many documented retries of an event fall into an outage that begins with it."""
    return sum(due < 60 * minutes for due in due_s(waits_s))


def plan_words(terms: Documented, minutes: float) -> str:
    """Say what the provider is to be expected to do about an outage of so many minutes."""
    if not terms.waits_s:
        return "This provider documents no schedule of retries: what it does will be seen."
    inside = retries_inside(terms.waits_s, minutes)
    shown = ", ".join(map(wait_words, terms.waits_s[:6])) + (" …" if len(terms.waits_s) > 6 else "")
    waits = f"Documented waits between tries: {shown}."
    if inside >= len(terms.waits_s):
        return f"{waits} All of them fall into this outage: the first events will be lost."
    after = due_s(terms.waits_s)[inside]
    return f"{waits} The first event should come back {left_words(after)} after its first try."


class Fate(StrEnum):
    """What became of an event that was turned away."""

    BACK = "back"
    DUE = "due"
    OVERDUE = "overdue"
    LOST = "lost"
    OPEN = "open"  # nothing is documented, so nothing can be expected


LOOKS: dict[Fate, tuple[str, str, str]] = {
    Fate.BACK: ("came back", "circle-check", "passFg"),
    Fate.DUE: ("due", "clock", "text2"),
    Fate.OVERDUE: ("overdue", "triangle-alert", "warnFg"),
    Fate.LOST: ("never came back", "circle-x", "failFg"),
    Fate.OPEN: ("not back yet", "circle-dashed", "text2"),
}
"""Word of the count, icon, and colour."""


def fate_of(struck: Struck, waits_s: Sequence[float], now: datetime) -> tuple[Fate, str]:
    """Return what became of an event so far, with its words."""
    if struck.back_s is not None:
        return Fate.BACK, f"Back after {left_words(struck.back_s)}" if struck.back_s >= 1 else "Back at once"
    if not waits_s:
        return Fate.OPEN, "Not back yet"
    if struck.retries >= len(waits_s):
        return Fate.LOST, "Never: its last retry is over"
    late_s = (to_us(now) - struck.sightings[-1].received_us) / 1_000_000 - waits_s[struck.retries]
    if late_s < -0.5:
        return Fate.DUE, f"Due in {left_words(-late_s)}"
    if late_s <= GRACE_S:
        return Fate.DUE, "Due now"
    return Fate.OVERDUE, f"Overdue by {left_words(late_s)}"


def waits_words(struck: Struck) -> str:
    """Return when an event came again: the wait before each further time."""
    if not struck.retries:
        return "not yet" if struck.back_s is None else ""
    waits = [left_words(one.wait_s) if one.wait_s >= 1 else "at once" for one in struck.sightings[1:]]
    return ", ".join(waits[:8]) + (f" and {len(waits) - 8} more" if len(waits) > 8 else "")


def summary(table: OutageTable, waits_s: Sequence[float], now: datetime) -> str:
    """Return how many events were turned away, and what became of them."""
    if not table.struck:
        return "Nothing was turned away."
    found = Counter(fate_of(one, waits_s, now)[0] for one in table.struck)
    parts = [f"{grouped(found[fate])} {LOOKS[fate][0]}" for fate in Fate if found[fate]]
    count = len(table.struck)
    return f"{grouped(count)} event{'' if count == 1 else 's'} turned away: {', '.join(parts)}."


def steps_shown(table: OutageTable | None, waits_s: Sequence[float], most: int = 12) -> tuple[Step, ...]:
    """Return the retries worth a line: all that happened and the next ones, of a schedule that may be long."""
    if table is None:
        return tuple(Step(number, wait_s, 0, 0) for number, wait_s in enumerate(waits_s[:most], 1))
    came = max((step.number for step in table.steps if step.events), default=0)
    return table.steps[: max(came + 1, most)]


def step_words(step: Step) -> tuple[str, str]:
    """Return the median wait of a retry, and its extremes where they differ."""
    if step.median_s is None or step.least_s is None or step.most_s is None:
        return "", ""
    least, most = _short(step.least_s), _short(step.most_s)
    return _short(step.median_s), "" if least == most else f"{least} to {most}"


def _short(seconds: float) -> str:
    return left_words(seconds) if seconds >= 1 else "at once"


def step_tone(step: Step) -> str:
    """Return the colour of a seen wait: as documented, or not."""
    if step.median_s is None or step.documented_s is None:
        return "text"
    off = abs(step.median_s - step.documented_s)
    return "passFg" if off <= max(GRACE_S, 0.1 * step.documented_s) else "warnFg"


def ended(outage: Outage, now: datetime) -> Outage:
    """Return an outage that ends now."""
    return Outage(outage.since, min(max(now, outage.since), outage.until), outage.answer, outage.kinds)


def begun(kinds: Sequence[str], minutes: float, answer: Answer, now: datetime) -> Outage:
    """Return an outage that begins now."""
    return Outage(now, now + timedelta(minutes=minutes), answer, tuple(kinds))
