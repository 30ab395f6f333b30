"""Which event another one is compared with: what there is to choose from, and which of it is taken. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from inspector.domain.event import EventId
from inspector.ui.detail.sizes import spell_number


class Against(StrEnum):
    """What an event is compared with; it is kept while the selection moves on."""

    USUAL = "usual"  # the first there is of the following
    ORIGINAL = "original"  # what it is a repeat of
    KIND = "kind"  # the previous event of the same kind
    MESSAGE = "message"  # the previous event of the same message
    PICKED = "picked"  # one the user named


_WORDS = {
    Against.ORIGINAL: "original",
    Against.KIND: "same kind",
    Against.MESSAGE: "same message",
    Against.PICKED: "picked",
}
_USUAL = (Against.ORIGINAL, Against.KIND, Against.MESSAGE, Against.PICKED)


@dataclass(frozen=True, slots=True)
class Other:
    """An event to compare with, and why it is offered."""

    against: Against
    event_id: EventId
    label: str

    @property
    def words(self) -> str:
        """How the list of choices says it."""
        return f"{spell_number(self.event_id)}  {self.label} · {_WORDS[self.against]}"


def chosen(others: Sequence[Other], wanted: Against) -> Other | None:
    """Return what is compared with: what is wanted where there is such an event, else the usual; None for nothing."""
    by_kind = {other.against: other for other in others}
    order = (wanted, *_USUAL)
    return next((by_kind[against] for against in order if against in by_kind), None)
