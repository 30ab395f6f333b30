"""What a probe showed, as a verdict on idempotency."""

from __future__ import annotations

from inspector.simulator.check.outcome import Exchange, Ruling, State
from inspector.simulator.check.probing import Effect

ANSWERS_ONLY = (
    "Only the answers were seen, not what was done inside. Name a probe URL (a GET that shows what was processed) "
    "to have that judged."
)


def judge_effect(effect: Effect, exchange: Exchange, what: str) -> Ruling:
    """Judge what the same event did the second time; `what` names that sending."""
    if effect.problem:
        text = f"{effect.problem} Only the answers were seen, not what was done inside."
        return Ruling(State.NOTED, "Answered well; the inside was not seen", text, exchange, "idempotent")
    if effect.again and effect.fleeting:
        text = (
            f"With {what} the probe changed ({effect.words}), with a third sending it did not. Something else may be "
            "at work on the handler. Keep other traffic away and run this check again."
        )
        return Ruling(State.UNKNOWN, "The probe does not change every time", text, exchange, "idempotent")
    if effect.again:
        text = f"By the probe, {what} was processed again: {effect.words}. Skip what was processed before."
        return Ruling(State.FAILED, "The same event was processed twice", text, exchange, "idempotent")
    shown = ", ".join(list(effect.first)[:3])
    text = f"By the probe, the first changed {shown}, and {what} changed none of it."
    return Ruling(State.PASSED, "Processed once", text, exchange)
