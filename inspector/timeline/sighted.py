"""A report as it came in: what the provider says, with when it arrived and what became of it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from inspector.domain.event import EventId, Repeat
from inspector.domain.report import Kind
from inspector.domain.verification import Verdict

_MASK = re.compile(r"[*•xX]{2}")
_NO_DIGIT = re.compile(r"\D+")
_LEAST_DIGITS = 5


@dataclass(frozen=True, slots=True)
class Sighted:
    """One report of one event. Times are µs since the epoch, `arrived_us` by our clock, `occurred_us` by theirs.

    `accepted` is whether the event was answered 2xx and its signature is not wrong; `status` and `answer_us` are our
    answer, `repeat_no` counts sightings of the same event. Texts are as sent, "" when the provider did not say.
    """

    event_id: EventId
    kind: Kind
    arrived_us: int
    occurred_us: int | None = None
    accepted: bool = True
    position: int = 0
    status: int = 200
    answer_us: int | None = None
    verdict: Verdict | None = None
    repeat: Repeat | None = None
    repeat_no: int = 1
    recipient: str = ""
    error_code: str = ""
    error_text: str = ""
    carrier: str = ""
    campaign: str = ""
    text: str = ""

    @property
    def happened_us(self) -> int:
        """The best moment there is: the provider's, else when it arrived."""
        return self.arrived_us if self.occurred_us is None else self.occurred_us

    @property
    def order(self) -> tuple[int, int, int]:
        """Sorts reports by arrival; what came in one event stays in its order."""
        return self.arrived_us, self.event_id, self.position


def by_evidence(item: Sighted) -> tuple[bool, int, int, int]:
    """Sort accepted reports first, the earliest of them first, by nothing that depends on arrival.

    Where the provider gives no times, event ids decide.
    """
    return not item.accepted, item.occurred_us or 0, item.event_id, item.position


@dataclass(frozen=True, slots=True)
class Consent:
    """A recipient takes consent away (opt-out, spam report) or gives it (opt-in); `happened_us` as in Sighted."""

    kind: Kind
    happened_us: int
    event_id: EventId


def is_accepted(status: int, verdict: Verdict | None) -> bool:
    """Return whether an event counts as taken in: answered 2xx and not signed wrongly."""
    return 200 <= status < 300 and verdict is not Verdict.INVALID


def digits_of(recipient: str) -> str:
    """Return the digits of a phone number, by which recipients are compared; "" for none and for a masked one.

    Providers write `+E164`, bare digits, `rcs:+E164` and `phones/+E164` for the same person; a leading `00` is a `+`.
    """
    if not recipient or _MASK.search(recipient):
        return ""
    digits = _NO_DIGIT.sub("", recipient).removeprefix("00")
    return digits if len(digits) >= _LEAST_DIGITS else ""
