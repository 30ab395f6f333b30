"""What we send back to a provider, and the rule that chooses it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inspector.domain.verification import Verdict

MAX_DELAY_MS = 120_000


class Fault(StrEnum):
    """How an answer goes wrong on purpose."""

    SILENT = "silent"  # nothing is ever sent: the connection stays open until the provider gives up
    RESET = "reset"  # the connection is reset in place of an answer
    HALF = "half"  # half of the answer's bytes, then the connection ends


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: status, header lines in order, body, and how long to wait before it leaves.

    With `template` the body's blanks (`{{message_id}}`) are filled from the event. With a `fault` it does not arrive
    as it should, and does not count as accepted.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/plain; charset=utf-8"),)
    body: bytes = b"OK"
    delay_ms: int = 0
    fault: Fault | None = None
    template: bool = False

    @property
    def accepted(self) -> bool:
        """Whether a provider counts the event as delivered: any 2xx status that reaches it."""
        return 200 <= self.status < 300 and self.fault is None


INVALID_SIGNATURE = Answer(status=401, body=b"Invalid signature")


@dataclass(frozen=True, slots=True)
class KindAnswer:
    """The answer to events of some kinds: values of Kind (`message.failed`), of Category, or a provider's own word."""

    kinds: tuple[str, ...]
    answer: Answer


@dataclass(frozen=True, slots=True)
class OnPurpose:
    """Failing on purpose: `percent` of the events that would be accepted get `answer`, by chance as `seed` has it."""

    percent: float
    answer: Answer = Answer(status=503, body=b"Failing on purpose")
    seed: int = 1


@dataclass(frozen=True, slots=True)
class AskHandler:
    """The handler's own answer is passed on; the fixed answer where it has said nothing after `limit_s` seconds."""

    target: str
    limit_s: float = 3.0


@dataclass(frozen=True, slots=True)
class Outage:
    """A rehearsed outage: until `until`, events of these kinds (all where there are none) get `answer`."""

    since: datetime
    until: datetime
    answer: Answer = Answer(status=503, body=b"Down for a rehearsal")
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """Which answer an event gets: `rejected` when its verdict is in `reject`, else what the first of these says:

    `outage` while it lasts, `on_purpose` when chance will have it, then one of `by_hand_s` (a person answers, for so
    many seconds), `ask` (the handler does), `script` (one after another for sightings of the same event, the last one
    stays), `by_kind`, and at last `accepted`, which also stands in where hand or handler say nothing in time.

    The default refuses what a careful handler would refuse: a signature that is wrong, too old or missing although
    the endpoint has a secret to check it with. An event that cannot be checked is accepted.
    """

    accepted: Answer = Answer()
    rejected: Answer = INVALID_SIGNATURE
    reject: frozenset[Verdict] = frozenset({Verdict.INVALID, Verdict.STALE, Verdict.UNSIGNED})
    by_kind: tuple[KindAnswer, ...] = ()
    on_purpose: OnPurpose | None = None
    script: tuple[Answer, ...] = ()
    ask: AskHandler | None = None
    by_hand_s: float | None = None
    outage: Outage | None = None

    def choose(self, verdict: Verdict | None, *, checked: bool) -> Answer:
        """Return the fixed answer for a verdict; `checked` is False where the endpoint does not ask for signatures."""
        return self.rejected if checked and verdict in self.reject else self.accepted

    @property
    def is_fixed(self) -> bool:
        """Whether the verdict alone decides."""
        return not (
            self.by_kind or self.on_purpose or self.script or self.ask or self.by_hand_s is not None or self.outage
        )
