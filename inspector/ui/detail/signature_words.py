"""What the Signature view says: verdict, cause, checks and comparison, as values. Pure: no widget in sight."""

from __future__ import annotations

from dataclasses import replace

from inspector.domain.event import Event
from inspector.domain.verification import Covers, Step, StepState, Verdict, Verification
from inspector.signatures.diagnosis.cause import Action, Cause, Diagnosis, Do
from inspector.signatures.diagnosis.trials import TRIALS
from inspector.ui.detail.compare import Compared, Comparison, comparison_of, grouped, is_digest, shown_groups
from inspector.ui.widgets.badges import Tone

TONES: dict[Verdict, tuple[Tone, str, str]] = {
    Verdict.VALID: ("pass", "shield-check", "Signed by the provider"),
    Verdict.INVALID: ("fail", "shield-x", "The signature does not match"),
    Verdict.STALE: ("warn", "timer-off", "Genuine, but too old"),
    Verdict.UNSIGNED: ("neut", "shield-off", "No signature was sent"),
    Verdict.NO_SECRET: ("warn", "key-round", "Cannot check: no secret for this endpoint"),
}
COVERS = {
    Covers.BODY: "The whole body: a change to any byte of it would have been noticed.",
    Covers.PARTIAL: "A part of the body only: what lies outside it could be changed unnoticed.",
    Covers.NONE: "Nothing of the body: it tells who sent the event, not that the body is unchanged.",
}
VERDICT_WORDS = {
    Verdict.VALID: "valid",
    Verdict.INVALID: "invalid",
    Verdict.STALE: "too old",
    Verdict.UNSIGNED: "unsigned",
    Verdict.NO_SECRET: "not checkable",
}
NO_HINT = "The secret stored here is not the provider’s current one, or something changed the body on its way."
NO_SECRET_HINT = "The event is signed. With the provider’s secret its signature can be checked."
WAITING = ("Looking for the cause…", "Trying other secrets, encodings, texts and ways to write the body.")
_LONGEST_LABEL = 15


def verdict_text(event: Event, found: Verification) -> str:
    """Return the explanation under the verdict, with what we answered where that was no 2xx."""
    text = found.summary
    if found.secret_hint and found.secret_hint not in text:
        text = f"{text} Checked with the secret ending {found.secret_hint}.".strip()
    if not event.answer.accepted:
        text = f"{text} We answered {event.answer.status}, so the provider will retry.".strip()
    return text


def recheck_words(before: Verification, now: Verification) -> tuple[Tone, str, str, str]:
    """Return tone, icon, title and text of a later check."""
    tone, icon, title = TONES[now.verdict]
    title = (now.title or title).rstrip(".")
    if now.verdict is before.verdict:
        return tone, icon, f"Checked again: still {VERDICT_WORDS[now.verdict]}", now.summary
    return (
        tone,
        icon,
        f"Checked again: {title[:1].lower()}{title[1:]}",
        (f"{now.summary} At receipt it was {VERDICT_WORDS[before.verdict]}."),
    )


def cause_of(found: Verification) -> tuple[str, str]:
    """Return title and text of the likely cause of a verdict that is not valid, from its steps alone."""
    if found.verdict is Verdict.NO_SECRET:
        return "The secret is missing", NO_SECRET_HINT
    failed = [step for step in found.steps if step.state is StepState.FAILED]
    hinted = next((step for step in failed if step.hint), None)
    if hinted is not None:
        return f"Likely cause: {hinted.name[:1].lower()}{hinted.name[1:]}", hinted.hint
    if failed and not is_digest(failed[0]) and failed[0].expected:
        return "Likely cause: another scheme", "The provider signs in another way than this endpoint expects."
    return "Likely cause: another secret, or a changed body", NO_HINT


def fallback_action(found: Verification) -> Action:
    """Return what can always be done about a signature."""
    return Action(Do.EDIT_SECRET, "Add secret…" if found.verdict is Verdict.NO_SECRET else "Edit secret…")


def cause_title(diagnosis: Diagnosis) -> str:
    """Return the cause's line: certain ones and guesses are both likely causes, what is plain needs no such word."""
    plain = (Cause.NO_SECRET, Cause.DOCUMENT, Cause.FIXED, Cause.UNSIGNED)
    if diagnosis.cause in plain:
        return f"{diagnosis.title[:1].upper()}{diagnosis.title[1:]}"
    return f"Likely cause: {diagnosis.title}"


def steps_of(found: Verification, diagnosis: Diagnosis | None) -> tuple[Step, ...]:
    """Return the checks at receipt, then what the search for the cause added."""
    if diagnosis is None or not diagnosis.tried:
        return found.steps
    steps = list(found.steps)
    match = diagnosis.match
    if match is not None and match.words and diagnosis.certain:
        steps.append(Step(f"{_hash_words(found)}{match.words}, {match.secret}", StepState.PASSED, "match"))
    if diagnosis.certain:
        left = len(TRIALS) - len(diagnosis.tried) + 1
        if left > 0:
            steps.append(Step(f"{left} other variations", StepState.SKIPPED, "not needed"))
    else:
        words = "no match" if diagnosis.complete else "no match, time was up"
        steps.append(Step(f"{diagnosis.count:,} variations", StepState.SKIPPED, words))
    return tuple(steps)


def _hash_words(found: Verification) -> str:
    step = next((step for step in found.steps if " of " in step.name), None)
    return f"{step.name.partition(' of ')[0]} of " if step is not None else ""


def comparison(found: Verification, endings: tuple[str, ...], diagnosis: Diagnosis | None) -> Comparison | None:
    """Return what was received over what was expected, and last the signature of the secret that fits."""
    compared = comparison_of(found, endings)
    match = diagnosis.match if diagnosis is not None else None
    if compared is None or match is None or match.made != compared.received or match.secret == "current secret":
        return compared
    return replace(compared, expected=(*compared.expected, _fitting(compared, match.secret, match.ending)))


def _fitting(compared: Comparison, whose: str, ending: str) -> Compared:
    """Return the row of the secret that fits: the same groups as those received, none of them different."""
    name = whose.removeprefix("secret of ").removesuffix(" secret")
    short = name if len(name) <= _LONGEST_LABEL else f"{name[: _LONGEST_LABEL - 1]}…"
    label = f"{short[:1].upper()}{short[1:]} {ending}".strip()
    groups = compared.groups
    if len(compared.received) <= 64 and not groups:
        groups = grouped(compared.received, shown_groups(len(compared.received), 0))
    return Compared(label, compared.received, groups, -1)
