"""How a check's state looks: icon, colour and word, the same in list, bar and detail."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.simulator.check.outcome import WORDS, State
from inspector.ui.widgets.badges import Tone


@dataclass(frozen=True, slots=True)
class StateLook:
    """One state: its icon, the token its words are written in, the token of its segment, and the callout's tone."""

    icon: str
    color: str
    segment: str
    tone: Tone
    callout_icon: str
    word: str


LOOKS: dict[State, StateLook] = {
    State.PASSED: StateLook("circle-check", "passFg", "passSolid", "pass", "circle-check", WORDS[State.PASSED]),
    State.NOTED: StateLook("triangle-alert", "warnFg", "warnSolid", "warn", "triangle-alert", WORDS[State.NOTED]),
    State.FAILED: StateLook("circle-x", "failFg", "failSolid", "fail", "circle-x", WORDS[State.FAILED]),
    State.UNKNOWN: StateLook("circle-dashed", "warnFg", "control", "warn", "info", WORDS[State.UNKNOWN]),
    State.SKIPPED: StateLook("minus", "text3", "control", "neut", "info", WORDS[State.SKIPPED]),
}

COUNTED = (
    (State.PASSED, "passed"),
    (State.NOTED, "with a note"),
    (State.FAILED, "failed"),
    (State.UNKNOWN, "cannot tell"),
    (State.SKIPPED, "not applicable"),
)
"""What the summary counts, in its order."""
