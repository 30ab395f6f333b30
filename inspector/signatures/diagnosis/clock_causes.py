"""A signature that is right and yet not accepted because of its time: the clock, the unit, or a late retry."""

from __future__ import annotations

from inspector.domain.verification import Verification
from inspector.signatures.diagnosis.cause import Action, Cause, Diagnosis, Do
from inspector.signatures.diagnosis.ground import Ground
from inspector.signatures.diagnosis.guides import GUIDES
from inspector.signatures.stamp import UNITS, limit_words, read_stamp, span_words

HOUR_S = 3600
QUARTER_S = 900
USUAL_LIMIT_S = 300
LONGEST_OFFSET_S = 14 * HOUR_S  # the time zone farthest from UTC
_LIMITS = (600, 900, 1800, 3600, 7200, 14_400, 28_800, 86_400, 259_200, 604_800)
_UNIT_WORDS = {"s": "seconds", "ms": "milliseconds", "us": "microseconds", "ns": "nanoseconds", "iso": "ISO 8601"}


def other_unit(ground: Ground) -> Diagnosis | None:
    """The timestamp is in another unit than the scheme's: read so, it is of the moment of receipt."""
    rule = ground.recipe.time
    text = stamp_text(ground)
    if rule is None or text is None:
        return None
    limit = max(ground.case.tolerance_s or rule.tolerance_s or 0, USUAL_LIMIT_S)
    now = ground.case.request.received_at.timestamp()
    own = read_stamp(text, rule.unit)
    if own is not None and abs(now - own) < 366 * 86_400:
        return None
    for unit in UNITS:
        at = read_stamp(text, unit) if unit != rule.unit else None
        if at is not None and abs(now - at) <= limit:
            name, expected = _UNIT_WORDS.get(unit, "an HTTP date"), _UNIT_WORDS.get(rule.unit, "an HTTP date")
            return Diagnosis(
                Cause.TIME_UNIT,
                f"the timestamp is in {name}",
                f"It fits the moment of receipt when it is read as {name}; this scheme expects {expected}.",
                Action(Do.OWN_SCHEME, f"Switch to {name}", changes=(("time.unit", unit),)),
            )
    return None


def stamp_text(ground: Ground) -> bytes | None:
    """Return the timestamp as sent, None where there is none."""
    rule = ground.recipe.time
    if rule is None:
        return None
    scope = ground.scope()
    scope.fields = ground.fields
    return next(iter(rule.place.values(scope)), None)


def stale(ground: Ground, found: Verification) -> Diagnosis:
    """The signature is right, its time is outside the limit."""
    unit = other_unit(ground)
    if unit is not None:
        return unit
    age = found.age_s or 0.0
    rule = ground.recipe.time
    limit = ground.case.tolerance_s if ground.case.tolerance_s is not None else rule.tolerance_s if rule else 0
    change = _change_limit(age)
    if age < 0:
        return _diagnosis(
            Cause.CLOCK,
            f"the clocks are {span_words(-age)} apart",
            f"The timestamp is {span_words(-age)} ahead of this computer. The clock here or at the provider is wrong.",
            change,
        )
    zone = round(age / QUARTER_S) * QUARTER_S
    if not ground.case.retried and age <= LONGEST_OFFSET_S + 5 and zone >= QUARTER_S and abs(age - zone) <= 5:
        hours = f"{zone / HOUR_S:g} h"
        return _diagnosis(
            Cause.CLOCK,
            f"a clock is exactly {hours} behind",
            f"The timestamp is {hours} old to the second: a local time was taken for UTC.",
            change,
        )
    why = "A late retry, a replay by someone else, or a wrong clock."
    if ground.case.retried:
        why = "It is a retry: the provider sent the old timestamp again."
    return _diagnosis(
        Cause.LATE,
        f"it came {span_words(age)} after it was signed",
        f"{why} The limit is {limit_words(limit or 0)}.",
        change,
    )


def _diagnosis(cause: Cause, title: str, sentence: str, action: Action) -> Diagnosis:
    how = Action(Do.HOW_TO_FIX, "How to fix")
    return Diagnosis(cause, title, sentence, action, (how,), GUIDES[cause])


def _change_limit(age: float) -> Action:
    wanted = next((limit for limit in _LIMITS if limit >= abs(age) * 1.1), 0)
    words = f"Change limit to {limit_words(wanted)}" if wanted else "Accept any age"
    return Action(Do.SET_LIMIT, words, seconds=wanted)
