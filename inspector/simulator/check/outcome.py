"""What a check of a handler found: the requests sent, the verdict with its words, and all of them together."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from inspector.domain.attempt import Outgoing, Response
from inspector.replay.failures import Trouble
from inspector.replay.sender import Result


class State(StrEnum):
    """How a check ended."""

    PASSED = "passed"
    NOTED = "noted"  # passed, but there is something to know
    FAILED = "failed"
    UNKNOWN = "unknown"  # the handler's answers do not tell
    SKIPPED = "skipped"  # this provider or scheme has no such thing


WORDS = {
    State.PASSED: "Pass",
    State.NOTED: "Note",
    State.FAILED: "Fail",
    State.UNKNOWN: "Cannot tell",
    State.SKIPPED: "Not applicable",
}


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with what came back. `label` says what was special about it; `hung_up` that we did not wait."""

    label: str
    at: datetime
    result: Result
    hung_up: bool = False

    @property
    def sent(self) -> Outgoing:
        """The request."""
        return self.result.sent

    @property
    def response(self) -> Response | None:
        """The response, None where there was none."""
        return self.result.response

    @property
    def trouble(self) -> Trouble | None:
        """Why there was no response."""
        return self.result.trouble

    @property
    def ms(self) -> float:
        """How long it took, connecting included."""
        return self.result.total_ms

    @property
    def status(self) -> int:
        """The response's status, 0 where there was none."""
        return self.response.status if self.response else 0

    @property
    def accepted(self) -> bool:
        """Whether it was answered 2xx."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the answers mean: a state, a headline and an explanation.

    `exchange` is the request that decided it, `topic` the advice that helps (a key of the fixes).
    """

    state: State
    title: str
    text: str = ""
    exchange: Exchange | None = None
    topic: str = ""
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One finished check, in short texts: which `event` was sent, what was special about it (`label`), what was
    `expected` and what was `got`. `seconds` is how long the check took.
    """

    key: str
    ruling: Ruling
    event: str
    label: str
    expected: str
    got: str
    exchanges: tuple[Exchange, ...] = ()
    seconds: float = 0.0

    @property
    def state(self) -> State:
        """How it ended."""
        return self.ruling.state

    @property
    def sent(self) -> str:
        """What was sent, in one line."""
        return ", ".join(part for part in (self.event, self.label) if part)

    @property
    def word(self) -> str:
        """The state in a word or two."""
        return WORDS[self.state]

    @property
    def decisive(self) -> Exchange | None:
        """The request that decided it: the one the ruling names, or the last."""
        return self.ruling.exchange or (self.exchanges[-1] if self.exchanges else None)

    @property
    def status(self) -> int:
        """The status to show beside the word, 0 for none."""
        return self.decisive.status if self.decisive and self.state is not State.SKIPPED else 0


@dataclass(frozen=True, slots=True)
class Run:
    """What a run found. `problem` is why it could not be made or finished: nothing is listening, say.

    `scrub` are texts that must not be in a report: the secret and what it comes to.
    """

    target: str
    provider: str
    started_at: datetime
    seconds: float
    outcomes: tuple[Outcome, ...]
    problem: Trouble | None = None
    probe: str = ""
    scrub: tuple[bytes, ...] = field(default=(), repr=False)

    def count(self, *states: State) -> int:
        """Return how many checks ended so."""
        return sum(outcome.state in states for outcome in self.outcomes)

    @property
    def failed(self) -> bool:
        """Whether a check failed."""
        return self.count(State.FAILED) > 0

    @property
    def slowest_ms(self) -> float:
        """The longest time an answer took, 0 where nothing was answered."""
        times = [exchange.ms for outcome in self.outcomes for exchange in outcome.exchanges if exchange.response]
        return max(times, default=0.0)
