"""Two signatures side by side: cut into groups that show where they first differ. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from inspector.domain.verification import Step, StepState, Verification

GROUP_CHARS = 8
_PREFIX = re.compile(r"[a-z0-9]{1,8}=(?=.{16})")
_SHOWN_GROUPS = 3


@dataclass(frozen=True, slots=True)
class Compared:
    """One expected signature: whose it is, its groups, and the group that differs first from what was received."""

    label: str
    value: str
    groups: tuple[str, ...]
    differs_at: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was received over what was expected; `expected` is empty where there is nothing to compare."""

    received: str
    groups: tuple[str, ...]
    expected: tuple[Compared, ...]


def comparison_of(verification: Verification, endings: tuple[str, ...]) -> Comparison | None:
    """Return what a failed check compared, None where no signature was computed.

    `endings` are the last characters of the endpoint's secrets, in the order they are tried.
    """
    steps = [step for step in verification.steps if is_digest(step) and step.expected and step.got]
    if not steps:
        return None
    received = steps[0].got
    prefix = _shared_prefix(received, steps)
    got = received[len(prefix) :]
    wanted = [step.expected[len(prefix) :] for step in steps]
    kept = shown_groups(max(len(got), *map(len, wanted)), first_difference(got, wanted[0]) // GROUP_CHARS)
    expected = tuple(
        Compared(
            whose(step, endings),
            step.expected,
            grouped(text, kept, prefix),
            _place(first_difference(got, text) // GROUP_CHARS, kept),
        )
        for step, text in zip(steps, wanted, strict=True)
    )
    return Comparison(received, grouped(got, kept, prefix), expected)


def _shared_prefix(received: str, steps: list[Step]) -> str:
    """Return what stands before every signature, such as `sha256=`, so that the groups begin with the signature."""
    match = _PREFIX.match(received)
    prefix = match.group() if match else ""
    return prefix if all(step.expected.startswith(prefix) for step in steps) else ""


def is_digest(step: Step) -> bool:
    """Whether a step compared a computed signature; a token's step does not show what was expected."""
    return step.state is StepState.FAILED and " of " in step.name and "," in step.name


def first_difference(one: str, other: str) -> int:
    """Return the first place where two texts differ; where one ends, if the other goes on."""
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left != right:
            return place
    return min(len(one), len(other))


def shown_groups(length: int, differing: int) -> tuple[int, ...]:
    """Return which groups fit on the line: the first, the one that differs or the second, and the last."""
    count = -(-length // GROUP_CHARS)
    if count <= _SHOWN_GROUPS:
        return tuple(range(count))
    return tuple(sorted({0, differing if 0 < differing < count - 1 else 1, count - 1}))


def grouped(text: str, kept: tuple[int, ...], prefix: str = "") -> tuple[str, ...]:
    """Return the kept groups of a text, with an ellipsis where groups are left out and the prefix on the first."""
    parts: list[str] = []
    before = -1
    for group in kept:
        if group != before + 1:
            parts.append("…")
        lead = prefix if group == 0 else ""
        parts.append(lead + text[group * GROUP_CHARS : (group + 1) * GROUP_CHARS])
        before = group
    return tuple(parts)


def _place(group: int, kept: tuple[int, ...]) -> int:
    """Return where a group stands among the kept ones with their ellipses, -1 where it is left out."""
    place = 0
    before = -1
    for candidate in kept:
        place += candidate != before + 1
        if candidate == group:
            return place
        place += 1
        before = candidate
    return -1


def whose(step: Step, endings: tuple[str, ...]) -> str:
    """Return whose signature was expected: "Current d41c"."""
    label = step.name.rpartition(", ")[2].removesuffix(" secret")
    index = {"current": 0, "previous": 1}.get(label, -1)
    ending = endings[index] if 0 <= index < len(endings) else ""
    return f"{label[:1].upper()}{label[1:]} {ending}".strip()
