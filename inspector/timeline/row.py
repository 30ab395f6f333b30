"""One message as a row of the list: moments, not marks, so that it stays true while time passes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.domain.report import Kind
from inspector.domain.verification import Verdict
from inspector.timeline.consent import sent_at, violated
from inspector.timeline.findings import Evidence, Trouble, contradictions_of
from inspector.timeline.happening import happenings
from inspector.timeline.lifecycle import recipients_of, total_of
from inspector.timeline.outline import outline_of
from inspector.timeline.sighted import Consent, Sighted, by_evidence
from inspector.timeline.stages import (
    ALL_STAGES,
    BROKEN,
    END_OF,
    ENGAGEMENT,
    STAGE_OF,
    STAGES,
    STUCK_AFTER_US,
    Mark,
    Outline,
    Stage,
    State,
)


@dataclass(frozen=True, slots=True)
class MessageRow:
    """What the list shows of a message. Times are µs since the epoch, texts "" when nobody said.

    `said_us` has the provider's time of each stage, `asked_us` when the message was sent as far as anything says so.
    `engagement` is what the recipient did, `contradictions` what does not fit together, `violation_id` the opt-out or
    spam report that came before the message was sent. `unverified` says that something came with a wrong signature
    only. `total_us` is a span. `last_id` is the newest event about the message, by which the list is ordered.
    """

    id: int
    endpoint_id: EndpointId | None
    message_id: str
    last_id: EventId
    outline: Outline
    recipient: str = ""
    carrier: str = ""
    campaign: str = ""
    provider: str = ""
    error_code: str = ""
    engagement: tuple[Kind, ...] = ()
    contradictions: tuple[Trouble, ...] = ()
    violation_id: EventId | None = None
    unverified: bool = False
    said_us: tuple[int | None, int | None, int | None, int | None] = (None, None, None, None)
    asked_us: int | None = None
    total_us: int = 0

    def marks(self, now_us: int) -> tuple[Mark, ...]:
        """Return the marks of the four stages at a moment."""
        return self.outline.marks(now_us)

    def state(self, now_us: int) -> State:
        """Return the segment the message is in at a moment."""
        return self.outline.state(now_us)

    def stuck_us(self, now_us: int, limit_us: int = STUCK_AFTER_US) -> int | None:
        """Return for how long it waits to be delivered where that is too long, else None."""
        waiting_us = self.outline.waiting_us
        waits_us = now_us - waiting_us if waiting_us is not None else 0
        return waits_us if waits_us > limit_us else None


def row_of(
    key: tuple[int, EndpointId | None, str],
    reports: Sequence[Sighted],
    *,
    provider: str = "",
    consents: Sequence[Consent] = (),
    expected: frozenset[Stage] = ALL_STAGES,
) -> MessageRow:
    """Return the row of the message all these reports are about; `key` is its id, its endpoint and its name."""
    found = happenings(reports)
    outline = outline_of(reports, expected)
    recipients = recipients_of(reports)
    evidence = Evidence(found, outline, 0, tuple(consents), recipients)
    ordered = sorted(reports, key=by_evidence)
    said = {STAGE_OF[item.kind]: item.occurred_us for item in found if item.kind in STAGE_OF and item.accepted}
    failure = next((item for item in found if END_OF.get(item.kind) in BROKEN), None)
    consent, _sent_us = violated(found, consents)
    return MessageRow(
        *key,
        EventId(max(item.event_id for item in reports)),
        outline,
        recipients[0] if recipients else "",
        next((item.carrier for item in ordered if item.carrier), ""),
        next((item.campaign for item in ordered if item.campaign), ""),
        provider,
        failure.said("error_code") if failure is not None else "",
        tuple(item.kind for item in found if item.kind in ENGAGEMENT and item.accepted is not None),
        tuple(dict.fromkeys(finding.trouble for finding in contradictions_of(evidence))),
        consent.event_id if consent is not None else None,
        any(item.accepted is None and item.first.verdict is Verdict.INVALID for item in found),
        (said.get(STAGES[0]), said.get(STAGES[1]), said.get(STAGES[2]), said.get(STAGES[3])),
        sent_at(found),
        total_of(found),
    )
