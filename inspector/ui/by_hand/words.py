"""Waiting events in words: how many, how long, and what is sent when nobody answers."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.receiver.by_hand import Held
from inspector.ui.by_hand.answer_form import said

HURRY_S = 5.0
"""From here on a wait is shown in red."""


def left_words(seconds: float) -> str:
    """Return the time that is left, rounded up: "24 s", "1 min 30 s"."""
    whole = -int(-seconds // 1)
    minutes, rest = divmod(whole, 60)
    if not minutes:
        return f"{whole} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def count_words(count: int) -> str:
    """Return how many events wait: "1 event waits for your answer"."""
    return "1 event waits for your answer" if count == 1 else f"{count:,} events wait for your answer"


def fallback_words(held: Sequence[Held]) -> str:
    """Return what happens when nobody answers: "The first one gets the fixed answer, 200, in 24 s."."""
    if not held:
        return ""
    first = min(held, key=lambda item: item.until)
    one = "It" if len(held) == 1 else "The first one"
    return f"{one} gets the fixed answer, {said(first.fallback)}, in {left_words(first.left_s)}."
