"""What is wrong with a message, each in a sentence: contradictions in what the provider says, and how it arrived."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Literal

from inspector.domain.event import EventId
from inspector.domain.report import Kind
from inspector.domain.verification import Verdict
from inspector.timeline.consent import violated
from inspector.timeline.happening import Happening
from inspector.timeline.sighted import Consent
from inspector.timeline.stages import STAGE_OF, STAGES, Mark, Outline, Stage
from inspector.timeline.words import NAMES, STAGE_NAMES, name_of, rough, times

Tone = Literal["fail", "warn", "info"]


class Trouble(StrEnum):
    """What is wrong. The first group contradicts itself in whatever order the events came."""

    SENT_AFTER_OPTOUT = "sent_after_optout"
    SENT_AFTER_COMPLAINT = "sent_after_complaint"
    FAILED_AND_DELIVERED = "failed_and_delivered"
    EXPIRED_AND_DELIVERED = "expired_and_delivered"
    DELIVERED_AFTER_DELETED = "delivered_after_deleted"
    STAGES_SWAPPED = "stages_swapped"
    RECIPIENTS_DIFFER = "recipients_differ"

    FAILED = "failed"
    EXPIRED = "expired"
    OUT_OF_ORDER = "out_of_order"
    MISSING = "missing"
    UNVERIFIED = "unverified"
    REFUSED = "refused"
    STUCK = "stuck"
    CLOCKS_DIFFER = "clocks_differ"


VIOLATIONS = frozenset({Trouble.SENT_AFTER_OPTOUT, Trouble.SENT_AFTER_COMPLAINT})
CONTRADICTIONS = VIOLATIONS | {
    *(Trouble.FAILED_AND_DELIVERED, Trouble.EXPIRED_AND_DELIVERED, Trouble.DELIVERED_AFTER_DELETED),
    *(Trouble.STAGES_SWAPPED, Trouble.RECIPIENTS_DIFFER),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: a title, what it means, and the events that show it."""

    trouble: Trouble
    tone: Tone
    title: str
    text: str
    event_ids: tuple[EventId, ...] = ()

    @property
    def is_contradiction(self) -> bool:
        """Whether the reports contradict each other, however they arrived."""
        return self.trouble in CONTRADICTIONS


@dataclass(frozen=True, slots=True)
class Evidence:
    """What findings are made of."""

    happenings: Sequence[Happening]
    outline: Outline
    now_us: int
    consents: tuple[Consent, ...] = ()
    recipients: tuple[str, ...] = ()
    clocks_differ_us: int = 0

    def accepted(self, kind: Kind) -> Happening | None:
        """Return what was accepted of a kind."""
        found = next((item for item in self.happenings if item.kind is kind), None)
        return found if found is not None and found.accepted is not None else None

    def stage(self, stage: Stage) -> Happening | None:
        """Return what came for a stage, accepted or not."""
        return next((item for item in self.happenings if STAGE_OF.get(item.kind) is stage), None)


def findings_of(evidence: Evidence, stuck_after_us: int) -> tuple[Finding, ...]:
    """Return everything that is wrong, the gravest first."""
    return (
        *_violations(evidence),
        *_ends(evidence),
        *_swapped(evidence),
        *_recipients(evidence),
        *_disorder(evidence),
        *_refused(evidence),
        *_missing(evidence),
        *_stuck(evidence, stuck_after_us),
        *_clocks(evidence),
    )


def contradictions_of(evidence: Evidence) -> tuple[Finding, ...]:
    """Return only what contradicts itself, which neither time nor the order of arrival changes."""
    found = (*_violations(evidence), *_ends(evidence), *_swapped(evidence), *_recipients(evidence))
    return tuple(finding for finding in found if finding.is_contradiction)


def _violations(evidence: Evidence) -> Iterator[Finding]:
    consent, sent_us = violated(evidence.happenings, evidence.consents)
    if consent is None:
        return
    complained = consent.kind is Kind.COMPLAINED
    did = "reported spam" if complained else "opted out"
    yield Finding(
        Trouble.SENT_AFTER_COMPLAINT if complained else Trouble.SENT_AFTER_OPTOUT,
        "fail",
        f"Sent {rough(sent_us - consent.happened_us)} after the recipient {did}",
        "Who opts out must get no further messages. Take the number off the list before the next one is sent.",
        (consent.event_id,),
    )


def _ends(evidence: Evidence) -> Iterator[Finding]:
    got = _got_there(evidence)
    for kind, both in (
        (Kind.FAILED, Trouble.FAILED_AND_DELIVERED),
        (Kind.EXPIRED, Trouble.EXPIRED_AND_DELIVERED),
    ):
        ended = evidence.accepted(kind)
        if ended is None:
            continue
        if got is not None:
            first, second = sorted((ended, got), key=lambda item: (item.happened_us, item.kind.value))
            yield Finding(
                both,
                "fail",
                f"{name_of(first.kind)}, then {name_of(second.kind).lower()}",
                "Both cannot be true. Ask the provider which one counts, and keep the message out of both figures.",
                (ended.first.event_id, got.first.event_id),
            )
        elif kind is Kind.FAILED:
            code, why = ended.said("error_code"), ended.said("error_text")
            title = f"The message failed: {code}" if code else "The message failed"
            yield Finding(Trouble.FAILED, "fail", title, why or "The provider gave no reason.", (ended.first.event_id,))
        else:
            text = ended.said("error_text") or "It was not delivered before its time to live ran out."
            yield Finding(Trouble.EXPIRED, "warn", "The message expired", text, (ended.first.event_id,))
    deleted = evidence.accepted(Kind.DELETED)
    if deleted is not None and got is not None and deleted.happened_us < got.happened_us:
        yield Finding(
            Trouble.DELIVERED_AFTER_DELETED,
            "fail",
            f"{name_of(got.kind)} {rough(got.happened_us - deleted.happened_us)} after it was deleted",
            "The recipient has seen a message that was taken back.",
            (deleted.first.event_id, got.first.event_id),
        )


def _got_there(evidence: Evidence) -> Happening | None:
    """Return the earliest proof that the message was delivered."""
    kinds = (Kind.DELIVERED, Kind.READ, Kind.CLICKED)
    found = [item for item in map(evidence.accepted, kinds) if item is not None]
    return min(found, key=lambda item: (item.happened_us, item.kind.value), default=None)


def _swapped(evidence: Evidence) -> Iterator[Finding]:
    """Tell of stages that by the provider's own clock happened the wrong way round."""
    found = [evidence.accepted(kind) for kind in STAGE_OF]
    known = [item for item in found if item is not None and item.occurred_us is not None]
    for earlier, later in pairwise(known):
        if later.happened_us < earlier.happened_us:
            yield Finding(
                Trouble.STAGES_SWAPPED,
                "warn",
                f"{name_of(later.kind)} {rough(earlier.happened_us - later.happened_us)} before "
                f"{name_of(earlier.kind).lower()}",
                "The provider's own times say so. Do not sort by them without the order of the stages.",
                (later.first.event_id, earlier.first.event_id),
            )


def _recipients(evidence: Evidence) -> Iterator[Finding]:
    if len(evidence.recipients) > 1:
        shown = ", ".join(evidence.recipients[:3]) + (" …" if len(evidence.recipients) > 3 else "")
        yield Finding(
            Trouble.RECIPIENTS_DIFFER,
            "warn",
            f"{len(evidence.recipients)} different recipients",
            f"{shown} share one message ID. Use ID and number together as the key.",
        )


def _disorder(evidence: Evidence) -> Iterator[Finding]:
    marks, arrived = evidence.outline.marks(evidence.now_us), evidence.outline.arrived_us
    for stage in STAGES:
        late = evidence.stage(stage)
        if marks[stage] is not Mark.DISORDER or late is None:
            continue
        at = arrived[stage] or 0
        overtook = min((moment, other) for other in STAGES[stage + 1 :] if (moment := arrived[other]) is not None)
        name, before = STAGE_NAMES[stage], STAGE_NAMES[overtook[1]]
        yield Finding(
            Trouble.OUT_OF_ORDER,
            "warn",
            f"{before} was accepted {rough(at - overtook[0])} before {name}",
            f"{_why_late(late)} A handler has to take a late {name} after {before}.",
            (late.first.event_id,),
        )


def _why_late(late: Happening) -> str:
    name = name_of(late.kind)
    if late.refused:
        return f"{_refusals(late)}, so {name} came back with a retry."
    delay = late.delay_us
    return f"{name} took {rough(delay)} to arrive." if delay is not None and delay > 0 else f"{name} came late."


def _refusals(item: Happening) -> str:
    """Say why sightings were not accepted: "We answered 503 twice"."""
    wrong = [sighting for sighting in item.refused if 200 <= sighting.status < 300]
    if wrong:
        return f"Its signature was wrong {times(len(wrong))}"
    statuses = sorted({sighting.status for sighting in item.refused})
    return f"We answered {' and '.join(map(str, statuses))} {times(len(item.refused))}"


def _refused(evidence: Evidence) -> Iterator[Finding]:
    for item in evidence.happenings:
        if item.accepted is not None:
            continue
        name = name_of(item.kind)
        events = tuple(sighting.event_id for sighting in item.refused)
        if all(sighting.verdict is Verdict.INVALID for sighting in item.refused):
            title, text = f"{name} is not verified", "Its signature does not match, so it does not count."
            yield Finding(Trouble.UNVERIFIED, "fail", title, text, events)
        else:
            text = f"{_refusals(item)}, so it does not count until it is sent again."
            yield Finding(Trouble.REFUSED, "fail", f"{name} was not accepted", text, events)


def _missing(evidence: Evidence) -> Iterator[Finding]:
    marks = evidence.outline.marks(evidence.now_us)
    names = [STAGE_NAMES[stage] for stage in STAGES if marks[stage] is Mark.MISSING]
    if names:
        verb = "is" if len(names) == 1 else "are"
        yield Finding(
            Trouble.MISSING,
            "warn",
            f"{' and '.join(names)} {verb} missing",
            "Later events came, so it was lost or never sent."
            if len(names) == 1
            else "Later events came, so they were lost or never sent.",
        )


def _stuck(evidence: Evidence, stuck_after_us: int) -> Iterator[Finding]:
    waiting_us = evidence.outline.waiting_us
    if waiting_us is not None and evidence.now_us - waiting_us > stuck_after_us:
        yield Finding(
            Trouble.STUCK,
            "warn",
            f"Sent {rough(evidence.now_us - waiting_us)} ago and not delivered",
            f"{NAMES[Kind.DELIVERED]} is usually reported within {rough(stuck_after_us)}. "
            "The phone may be off, or the report was lost.",
        )


def _clocks(evidence: Evidence) -> Iterator[Finding]:
    if evidence.clocks_differ_us:
        yield Finding(
            Trouble.CLOCKS_DIFFER,
            "info",
            f"The clocks differ by {rough(evidence.clocks_differ_us)}",
            "Events arrived before the provider says they happened; delays are off by that much.",
        )
