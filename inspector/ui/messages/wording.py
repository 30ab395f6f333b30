"""The words and badges of a message's row, as pure functions: state, total, and what a screen reader says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inspector.domain.report import Kind
from inspector.timeline.findings import CONTRADICTIONS, VIOLATIONS, Trouble
from inspector.timeline.row import MessageRow
from inspector.timeline.stages import STAGES, STUCK_AFTER_US, End, Mark, Stage
from inspector.timeline.words import STAGE_NAMES, rough, span
from inspector.ui.widgets.badges import Badge, Tone, lifecycle_badge

NOTHING = "\N{EN DASH}"
NO_CAMPAIGN = "No campaign"

MARK_WORDS = {
    Mark.MISSING: "missing",
    Mark.DISORDER: "out of order",
    Mark.WAITING: "waiting",
    Mark.FAILED: "failed",
    Mark.REFUSED: "not accepted",
}

_MASK = "•••"
_KEPT_HEAD, _KEPT_TAIL = 5, 4

_STAGE_LOOKS: dict[Stage, tuple[str, Tone]] = {
    Stage.QUEUED: ("clock", "neut"),
    Stage.SENT: ("send", "neut"),
    Stage.DELIVERED: ("check-check", "neut"),
    Stage.READ: ("eye", "pass"),
}
TROUBLE_WORDS = {
    Trouble.FAILED_AND_DELIVERED: "Failed and delivered",
    Trouble.EXPIRED_AND_DELIVERED: "Expired and delivered",
    Trouble.DELIVERED_AFTER_DELETED: "Delivered after deleted",
    Trouble.STAGES_SWAPPED: "Times swapped",
    Trouble.RECIPIENTS_DIFFER: "Recipients differ",
    Trouble.SENT_AFTER_OPTOUT: "Sent after opt-out",
    Trouble.SENT_AFTER_COMPLAINT: "Sent after spam report",
}


@dataclass(frozen=True, slots=True)
class MessageStyle:
    """How rows are written: by which clock (µs), with masked recipients, and how long is too long to be delivered.

    `limits_us` has that by endpoint, for those that have a limit of their own.
    """

    now_us: int = 0
    mask_recipients: bool = False
    limits_us: Mapping[int, int] = field(default_factory=dict)
    masked_endpoints: frozenset[int] = frozenset()

    def masks(self, endpoint_id: int | None) -> bool:
        """Whether the recipients of an endpoint are masked: all of them are, or its own rule asks for it."""
        return self.mask_recipients or endpoint_id in self.masked_endpoints

    def stuck_after_us(self, endpoint_id: int | None) -> int:
        """Return how long a message of an endpoint may be sent and not delivered."""
        return self.limits_us.get(endpoint_id or 0, STUCK_AFTER_US)


def plain_badge(text: str, icon: str, tone: Tone) -> Badge:
    """Return words with an icon and no ground, for what is as it should be."""
    return Badge(text, icon, "lifecycle", "plain", tone)


def state_badges(row: MessageRow, style: MessageStyle) -> tuple[Badge, ...]:
    """Return what there is to say of a message, the gravest first; the list shows the first."""
    return (*_grave(row), *_gaps(row, style), *_engagement(row), *_waiting(row, style), *_reached(row))


def state_badge(row: MessageRow, style: MessageStyle) -> Badge:
    """Return the badge of the list's state column."""
    return state_badges(row, style)[0]


def _grave(row: MessageRow) -> list[Badge]:
    found = []
    if row.violation_id is not None:
        spam = Trouble.SENT_AFTER_COMPLAINT in row.contradictions
        found.append(lifecycle_badge("After spam report" if spam else "After opt-out", "user-minus", "fail"))
    if row.outline.end is End.FAILED:
        found.append(lifecycle_badge(f"Failed {row.error_code}".strip(), "circle-x", "fail"))
    elif row.outline.end is End.EXPIRED:
        found.append(lifecycle_badge("Expired", "timer-off", "warn"))
    for trouble in row.contradictions:
        if trouble in CONTRADICTIONS - VIOLATIONS:
            found.append(lifecycle_badge(TROUBLE_WORDS[trouble], "triangle-alert", "fail"))
    return found


def _gaps(row: MessageRow, style: MessageStyle) -> list[Badge]:
    marks = row.marks(style.now_us)
    found = []
    if Mark.DISORDER in marks:
        found.append(lifecycle_badge("Out of order", "arrow-left-right", "warn"))
    missing = [STAGE_NAMES[stage] for stage in STAGES if marks[stage] is Mark.MISSING]
    if missing:
        words = f"{missing[0]} missing" if len(missing) == 1 else f"{len(missing)} missing"
        found.append(lifecycle_badge(words, "circle-dashed", "warn"))
    if Mark.REFUSED in marks:
        words, icon = ("Unverified", "shield-x") if row.unverified else ("Not accepted", "circle-x")
        found.append(lifecycle_badge(words, icon, "fail"))
    return found


def _engagement(row: MessageRow) -> list[Badge]:
    found = []
    if Kind.COMPLAINED in row.engagement:
        found.append(lifecycle_badge("Spam report", "flag", "fail"))
    if Kind.OPTOUT in row.engagement:
        found.append(lifecycle_badge("Opted out", "user-minus", "warn"))
    if row.outline.end is End.DELETED:
        found.append(plain_badge("Deleted", "trash-2", "neut"))
    if Kind.INBOUND in row.engagement:
        words = "Replied" if row.outline.is_ours else "From the user"
        found.append(plain_badge(words, "reply", "pass"))
    if Kind.CLICKED in row.engagement:
        found.append(plain_badge("Clicked", "mouse-pointer-click", "pass"))
    return found


def _waiting(row: MessageRow, style: MessageStyle) -> list[Badge]:
    stuck_us = row.stuck_us(style.now_us, style.stuck_after_us(row.endpoint_id))
    return [] if stuck_us is None else [lifecycle_badge(f"Waiting {rough(stuck_us)}", "timer", "warn")]


def _reached(row: MessageRow) -> list[Badge]:
    reached = row.outline.reached
    if reached is None:
        return [plain_badge("Waiting", "clock", "neut")]
    icon, tone = _STAGE_LOOKS[reached]
    return [plain_badge(STAGE_NAMES[reached], icon, tone)]


def total_text(row: MessageRow) -> str:
    """Return how long everything took, an en dash where nothing was accepted."""
    return span(row.total_us) if row.total_us else NOTHING


def recipient_text(row: MessageRow, style: MessageStyle) -> str:
    """Return the recipient as sent, or with its middle covered."""
    number = row.recipient
    if not style.masks(row.endpoint_id) or not number:
        return number
    if len(number) <= _KEPT_HEAD + _KEPT_TAIL:
        return _MASK + number[-2:]
    return number[:_KEPT_HEAD] + _MASK + number[-_KEPT_TAIL:]


def spoken_lifecycle(row: MessageRow, style: MessageStyle) -> str:
    """Say the marks: "Queued, Sent missing, Delivered out of order, Read"."""
    said = []
    for stage, mark in zip(STAGES, row.marks(style.now_us), strict=True):
        if mark is not Mark.NONE:
            said.append(f"{STAGE_NAMES[stage]} {MARK_WORDS[mark]}" if mark in MARK_WORDS else STAGE_NAMES[stage])
    return ", ".join(said) or "No stages"


def spoken_row(row: MessageRow, style: MessageStyle) -> str:
    """Say a whole row in one sentence."""
    parts = [f"message {row.message_id}", recipient_text(row, style), row.campaign]
    parts += [spoken_lifecycle(row, style), state_badge(row, style).spoken]
    parts.append(f"total {span(row.total_us)}" if row.total_us else "")
    return ", ".join(part for part in parts if part)
