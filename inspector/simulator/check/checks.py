"""All checks, in the order the user sees them: the guide's seven first, then those that are folded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from inspector.domain.errors import UsageError
from inspector.simulator.check.body_checks import BODY
from inspector.simulator.check.check import Check
from inspector.simulator.check.core_checks import CORE
from inspector.simulator.check.delivery_checks import DELIVERY_FIRST, DELIVERY_LAST
from inspector.simulator.check.signature_checks import SIGNATURE

CHECKS: tuple[Check, ...] = (*CORE, *DELIVERY_FIRST, *BODY, *SIGNATURE, *DELIVERY_LAST)

NUMBERS = {check.key: number for number, check in enumerate(CHECKS, 1)}


def check_of(key: str) -> Check:
    """Return a check by its key. Raises KeyError."""
    return CHECKS[NUMBERS[key] - 1]


def chosen(words: Iterable[str]) -> Sequence[Check]:
    """Return the checks that numbers (`1`, `3-5`) and keys name, in their order. Raises UsageError."""
    found: set[int] = set()
    for word in words:
        text = word.strip()
        first, dash, last = text.partition("-")
        if text in NUMBERS:
            found.add(NUMBERS[text])
        elif text.isdecimal() and 1 <= int(text) <= len(CHECKS):
            found.add(int(text))
        elif dash and first.isdecimal() and last.isdecimal() and 1 <= int(first) <= int(last) <= len(CHECKS):
            found.update(range(int(first), int(last) + 1))
        elif text == "core":
            found.update(range(1, 8))
        elif text:
            raise UsageError(
                f"There is no check {text!r}.",
                "",
                f"Use numbers from 1 to {len(CHECKS)}, or keys like {CHECKS[0].key}.",
            )
    return [check for number, check in enumerate(CHECKS, 1) if number in found]
