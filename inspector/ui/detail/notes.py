"""The callouts over an event: what is unusual about it, what that means, and where to look. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from enum import StrEnum

from inspector.domain.event import DuplicateLevel, Event, EventId, EventSummary, Refusal, Repeat
from inspector.domain.report import Kind
from inspector.domain.verification import Verdict
from inspector.payload.values import spell_span
from inspector.receiver.cors import PREFLIGHT_WORDS
from inspector.ui.detail.sizes import spell_number, spell_size
from inspector.ui.widgets.badges import Tone

_SAME = {
    DuplicateLevel.EVENT_ID: "Same event ID",
    DuplicateLevel.COMPOSITE: "Same message ID and event",
    DuplicateLevel.BODY: "Same body",
}
_VERDICTS: dict[Verdict, tuple[Tone, str, str]] = {
    Verdict.INVALID: ("fail", "shield-x", "The signature does not match"),
    Verdict.STALE: ("warn", "timer-off", "Genuine, but too old"),
    Verdict.UNSIGNED: ("warn", "shield-off", "No signature was sent"),
    Verdict.NO_SECRET: ("warn", "key-round", "Cannot check: no secret for this endpoint"),
}
_REFUSED = {
    Refusal.UNKNOWN_ENDPOINT: ("search-x", "No endpoint has this path"),
    Refusal.TOO_LARGE: ("hard-drive", "Too large"),
    Refusal.MALFORMED: ("file-x", "The request could not be read"),
    Refusal.BLOCKED: ("ban", "Blocked"),
    Refusal.RATE_LIMITED: ("zap", "Rate limited"),
    Refusal.METHOD: ("ban", "This method is not accepted"),
    Refusal.PASSWORD: ("lock", "User name or password refused"),
    Refusal.TOO_SLOW: ("timer-off", "The request took too long"),
    Refusal.TLS: ("lock", "The connection could not be encrypted"),
}


class DeedKind(StrEnum):
    """What a callout offers to do."""

    SWITCH = "switch"  # make another provider the endpoint's
    USE_SECRET = "use_secret"  # accept the token that came in a set-up request as a secret
    CONFIRM = "confirm"  # open the address a provider wants opened before it delivers


@dataclass(frozen=True, slots=True)
class Deed:
    """Something to do about an event; `provider` is the id of the one to switch to."""

    kind: DeedKind
    event_id: EventId
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """One callout; its link opens another event or a view, or does something.

    `compares` adds a link that shows how the event differs from the one it is a repeat of.
    """

    tone: Tone
    icon: str
    title: str
    text: str = ""
    link: str = ""
    opens_event: EventId | None = None
    opens_view: str = ""
    deed: Deed | None = None
    compares: bool = False


def notes_on(event: Event, original: EventSummary | None, zone: tzinfo | None = None) -> tuple[Note, ...]:
    """Return what is unusual about an event; `original` is its first sighting where it is a repeat.

    Times are told in `zone` (None: the computer's).
    """
    found = [_refusal(event), _handshake(event, zone), _repeat(event, original), _verdict(event), *_failures(event)]
    return tuple(note for note in found if note is not None)


def _refusal(event: Event) -> Note | None:
    refusal = event.summary.refusal
    if refusal is None:
        return None
    icon, title = _REFUSED[refusal]
    if refusal is Refusal.TOO_LARGE:
        title = f"Too large: {spell_size(event.summary.size)}"
    end = f"Answered {event.answer.status}. The body was not stored."
    reason = event.reason.rstrip(".")
    if not event.answer.status:
        end = "Nothing could be answered."
    elif refusal is Refusal.BLOCKED and reason:
        return Note("fail", icon, f"{title}: {reason}", end)
    return Note("fail", icon, title, f"{reason}. {end}" if reason else end)


def is_handshake(summary: EventSummary) -> bool:
    """Tell whether this was a set-up request that was answered as one: its label is then a sentence of ours."""
    return summary.kind == Kind.CHALLENGE and " " in summary.label and summary.refusal is None


def _handshake(event: Event, zone: tzinfo | None) -> Note | None:
    """Say whose set-up request this was, and that it has its answer."""
    summary = event.summary
    if not is_handshake(summary):
        return None
    title = f"{summary.label} at {event.request.received_at.astimezone(zone):%H:%M}"
    if summary.label.startswith(PREFLIGHT_WORDS):
        may = "may" if event.answer.accepted else "may not"
        return Note(
            "accent", "link", title, f"A browser asked in advance. Pages of this origin {may} call the endpoint."
        )
    if event.answer.accepted:
        return Note("accent", "link", title, "A set-up request, answered the way the provider wants it.")
    if event.answer.status == 401:
        return Note("accent", "link", title, "A set-up request. 401 is the answer to what is not signed rightly.")
    return Note("warn", "link", title, f"A set-up request, answered {event.answer.status}.")


def _repeat(event: Event, original: EventSummary | None) -> Note | None:
    summary = event.summary
    if summary.repeat is None or summary.original_id is None:
        return None
    first = spell_number(summary.original_id)
    if summary.repeat is Repeat.RETRY:
        text = "Our first answer did not arrive."
        if original is not None and not original.accepted:
            text = f"We answered {original.answer_status} the first time."
        title = f"Retry {max(1, summary.repeat_no - 1)} of {first}"
        return Note("warn", "rotate-cw", title, text, "Show first attempt", opens_event=summary.original_id)
    if event.body_equals_original is False:
        title = f"Duplicate of {first} with a different body"
        text = "The provider may reuse IDs, or something altered the body."
    else:
        gap = spell_span((summary.received_us - original.received_us) / 1e6) if original is not None else ""
        title = f"Duplicate of {first}, received {gap} earlier" if gap else f"Duplicate of {first}"
        same = "; the bodies are identical" if event.body_equals_original and not _by_body(event) else ""
        text = f"{_same_words(event)}{same}. Your handler should skip it."
    return Note("dup", "layers-2", title, text, "Open original", opens_event=summary.original_id, compares=True)


def _by_body(event: Event) -> bool:
    return event.key is not None and event.key.level is DuplicateLevel.BODY


def _same_words(event: Event) -> str:
    if event.key is None:
        return "Same event"
    words = event.key.words.strip().rstrip(".")
    if not words:
        return _SAME[event.key.level]
    return words if words.lower().startswith("same") else f"Same {words}"


def _verdict(event: Event) -> Note | None:
    verdict = event.summary.verdict
    if verdict not in _VERDICTS or not event.summary.checked or event.summary.refusal is not None:
        return None
    tone, icon, title = _VERDICTS[verdict]
    found = event.verification
    text = found.summary if found is not None else ""
    if found is not None and found.title:
        title = found.title.rstrip(".")
    if not event.answer.accepted:
        text = f"{text} We answered {event.answer.status}, so the provider will retry.".strip()
    return Note(tone, icon, title, text, "Show what was checked", opens_view="signature")


def _failures(event: Event) -> list[Note]:
    notes = []
    for report in event.reports:
        if report.kind is Kind.FAILED:
            title = f"The message failed: {report.error_code}" if report.error_code else "The message failed"
            notes.append(Note("fail", "circle-x", title, report.error_text or "The provider gave no reason."))
    return notes[:3]
