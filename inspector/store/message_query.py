"""Which messages to show, as one value, and the SQL it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from inspector.domain.endpoint import EndpointId
from inspector.store.words import match_of
from inspector.timeline.stages import State


class Segment(StrEnum):
    """The choices over the list; but for ALL each is a state, and every message has exactly one."""

    ALL = "all"
    PROGRESS = State.PROGRESS.value
    COMPLETE = State.COMPLETE.value
    FAILED = State.FAILED.value
    GAPS = State.GAPS.value


@dataclass(frozen=True, slots=True)
class MessageQuery:
    """Everything the page asks for; all parts are joined with and, the newest activity first.

    `words` are searched in id, recipient, campaign and the text of the events, each of them must be found. With
    `by_campaign` the messages of a campaign stand together. `violations` keeps only those sent after an opt-out.
    """

    endpoint_id: EndpointId | None = None
    segment: Segment = Segment.ALL
    words: str = ""
    by_campaign: bool = False
    violations: bool = False

    @property
    def is_filtered(self) -> bool:
        """Whether anything but the scope narrows the list."""
        return bool(self.words.split()) or self.segment is not Segment.ALL or self.violations


@dataclass(frozen=True, slots=True)
class Where:
    """A condition on `messages m` and its values."""

    text: str
    values: tuple[Any, ...]


_HAS_GAP = "(m.gap_us IS NOT NULL AND m.gap_us <= ?)"
_SEGMENTS = {
    Segment.PROGRESS: f"m.phase = 0 AND NOT {_HAS_GAP}",
    Segment.COMPLETE: f"m.phase = 1 AND NOT {_HAS_GAP}",
    Segment.GAPS: f"m.phase < 2 AND {_HAS_GAP}",
}
_LISTED = "instr(lower(m.message_id), ?) OR instr(lower(m.campaign), ?) OR instr(lower(m.recipient), ?)"
_IN_TEXT = (
    "m.id IN (SELECT r.message FROM search JOIN message_reports r ON r.event_id = search.rowid WHERE search MATCH ?)"
)


def where_of(query: MessageQuery, now_us: int) -> Where:
    """Return the condition for a query at a moment."""
    parts, values = ["1"], list[Any]()
    if query.endpoint_id is not None:
        parts.append("m.endpoint_id = ?")
        values.append(query.endpoint_id)
    if query.segment is Segment.FAILED:
        parts.append("m.phase = 2")
    elif query.segment is not Segment.ALL:
        parts.append(_SEGMENTS[query.segment])
        values.append(now_us)
    if query.violations:
        parts.append("m.violation_id IS NOT NULL")
    for word in query.words.lower().split():
        text, more = _word(word)
        parts.append(f"({text})")
        values += more
    return Where(" AND ".join(parts), tuple(values))


def _word(word: str) -> tuple[str, list[str]]:
    text, values = _LISTED, [word, word, word]
    digits = "".join(sign for sign in word if sign.isdigit())
    if len(digits) >= 3 and set(word) <= set("0123456789+-()./"):
        text += " OR instr(m.digits, ?)"
        values.append(digits)
    match = match_of(word)
    if match is not None:
        text += f" OR {_IN_TEXT}"
        values.append(match)
    return text, values
