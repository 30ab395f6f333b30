"""When providers try again: their schedules as data, and schedules of one's own read from a text."""

from __future__ import annotations

import re
from itertools import accumulate

from inspector.domain.errors import UsageError
from inspector.domain.forwarding import Schedule

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0

USUAL_LIMIT_S = 30.0
"""How long a target has to answer where no provider says otherwise."""

MOST_TRIES = 2_000
LONGEST_WAIT_S = 30 * DAY

TENFOLD_CAP_S = 100_000.0
TENFOLD_RETRIES = 2
TENFOLD_MOST = 20

_UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "sec": 1.0, "m": MINUTE, "min": MINUTE, "h": HOUR, "d": DAY}
_WAIT = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)")
_NOW = frozenset({"now", "at once", "immediately", "immediate"})


def wait_words(seconds: float) -> str:
    """Return a wait for a person: "now", "10 s", "1 min", "2 h", "100,000 s"."""
    if not seconds:
        return "now"
    for unit, size in (("d", DAY), ("h", HOUR), ("min", MINUTE)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds:,.0f} s" if seconds == int(seconds) else f"{seconds:g} s"


def tenfold(retries: int = TENFOLD_RETRIES) -> Schedule:
    """Return the RCS client's schedule with so many retries: after 10 s, 100 s, 1,000 s …, at most 100,000 s each.

    Source: "Retrying failed webhooks" of the RCS client's documentation; it makes two retries by default.
    """
    if not 0 <= retries <= TENFOLD_MOST:
        raise UsageError(f"{retries} retries cannot be done.", "", f"Use 0 to {TENFOLD_MOST}.")
    waits = tuple(min(10.0**number, TENFOLD_CAP_S) for number in range(1, retries + 1))
    usual = retries == TENFOLD_RETRIES
    return Schedule(
        "rcs-client" if usual else f"rcs-client:{retries}",
        f"RCS client: {', '.join(map(wait_words, waits)) or 'no retries'}",
        (0.0, *waits),
        3.0,
        source="RCS client webhooks: two more tries by default, 10 s and 100 s, tenfold after that, at most 100,000 s",
    )


def _growing(first_s: float, most_s: float, total_s: float) -> tuple[float, ...]:
    """Return 0 and waits that double from `first_s` to `most_s`, as many as fit into `total_s`."""
    waits = [0.0]
    wait_s, passed_s = first_s, first_s
    while passed_s <= total_s:
        waits.append(wait_s)
        wait_s = min(2 * wait_s, most_s)
        passed_s += wait_s
    return tuple(waits)


ONCE = Schedule("once", "Once: no retries", (0.0,), USUAL_LIMIT_S)

RCS_EVENTS = Schedule(
    "rcs-events",
    "RCS events: now, 1 min, 5 min, 30 min, 2 h",
    (0.0, MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR),
    5.0,
    source="RCS webhooks implementation guide, Retry Logic: at once, 1 min, 5 min, 30 min, 2 h; 5 s limit",
)

RCS_CLIENT = tenfold()

GOOGLE_RBM = Schedule(
    "google-rbm",
    "Google RBM: growing waits up to 10 min, for 7 days",
    _growing(10.0, 600.0, 7 * DAY),
    10.0,
    source="Google RCS for Business webhooks: waits grow to 600 s, given up after 7 days; the first is taken as 10 s",
)

SINCH = Schedule(
    "sinch",
    "Sinch: 5 s, then twice as long each, up to 22 h 45 min",
    (0.0, *(5.0 * 2**number for number in range(15))),
    10.0,
    source="Sinch callbacks: the first retry after 5 s, doubling with every one, the last after 81,920 s",
)

STANDARD_WEBHOOKS = Schedule(
    "standard-webhooks",
    "Standard Webhooks: now, 5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h, 24 h",
    (0.0, 5.0, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR),
    15.0,
    source="Standard Webhooks specification, the suggested retry schedule; limits of 15 to 30 s are recommended",
)

SLACK = Schedule(
    "slack",
    "Slack: now, at once again, 1 min, 5 min",
    (0.0, 0.0, MINUTE, 5 * MINUTE),
    3.0,
    source="Slack Events API: three retries, nearly at once, after 1 min and after 5 min; 3 s limit",
)

WEBEX_CONNECT = Schedule(
    "webex-connect",
    "Webex Connect: now, then 3 times after 1 min",
    (0.0, MINUTE, MINUTE, MINUTE),
    USUAL_LIMIT_S,
    source="Webex Connect: three more tries, 60 s apart",
)

SCHEDULES: tuple[Schedule, ...] = (
    ONCE,
    RCS_EVENTS,
    RCS_CLIENT,
    tenfold(5),
    GOOGLE_RBM,
    SINCH,
    STANDARD_WEBHOOKS,
    SLACK,
    WEBEX_CONNECT,
)
"""Every schedule that has a name, in the order the user sees; one of one's own is read by `custom`."""


def schedule_of(text: str) -> Schedule:
    """Return the schedule of this id, or one of one's own from waits ("0, 10s, 5m, 2h"); "" is once.

    Raises UsageError, naming the part, for what is neither.
    """
    wanted = text.strip()
    for schedule in SCHEDULES:
        if wanted.lower() == schedule.id:
            return schedule
    if wanted.lower().startswith("rcs-client:") and wanted.partition(":")[2].isdecimal():
        return tenfold(int(wanted.partition(":")[2]))
    return custom(wanted) if wanted else ONCE


def custom(text: str, limit_s: float = USUAL_LIMIT_S) -> Schedule:
    """Return the schedule of a list of waits: "0, 10s, 5m, 2h", "now, 1 min, 5 min"; bare numbers are seconds.

    The first is the wait before the first try, each other one is counted from the end of the try before it; its id
    is the list itself. Raises UsageError, naming the part that cannot be read.
    """
    parts = [part.strip() for part in text.lower().split(",")]
    if len(parts) > MOST_TRIES:
        raise UsageError(f"{len(parts):,} tries are too many.", f"The limit is {MOST_TRIES:,}.")
    waits = tuple(_wait(part) for part in parts)
    words = ", ".join(map(wait_words, waits))
    return Schedule(", ".join(map(_short, waits)), f"Custom: {words}", waits, limit_s)


def _wait(part: str) -> float:
    todo = "Write waits with commas between, as in: 0, 10s, 5m, 2h."
    if not part:
        raise UsageError("A wait is missing.", "There is nothing between two commas, or at an end.", todo)
    if part in _NOW:
        return 0.0
    match = _WAIT.fullmatch(part)
    if match is None or match[2] not in _UNITS:
        known = ", ".join(schedule.id for schedule in SCHEDULES)
        raise UsageError(f"{part!r} is no wait.", "", f"{todo} Or name one of {known}.")
    seconds = float(match[1]) * _UNITS[match[2]]
    if seconds > LONGEST_WAIT_S:
        raise UsageError(f"{part!r} is too long a wait.", "A wait is at most 30 days.", todo)
    return seconds


def _short(seconds: float) -> str:
    for unit, size in (("d", DAY), ("h", HOUR), ("m", MINUTE)):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:g}s" if seconds else "0"


def moments_s(schedule: Schedule) -> tuple[float, ...]:
    """Return when each try is due, in seconds from the start, where every try fails at once."""
    return tuple(accumulate(schedule.waits_s))
