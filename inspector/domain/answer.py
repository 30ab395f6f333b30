"""What we send back to a provider, and the rule that chooses it."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.domain.verification import Verdict

MAX_DELAY_MS = 120_000


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: status, header lines in order, body, and how long to wait before it leaves."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/plain; charset=utf-8"),)
    body: bytes = b"OK"
    delay_ms: int = 0

    @property
    def accepted(self) -> bool:
        """Whether a provider counts the event as delivered: any 2xx status."""
        return 200 <= self.status < 300


INVALID_SIGNATURE = Answer(status=401, body=b"Invalid signature")


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """Which answer an event gets: `rejected` when its verdict is in `reject`, else `accepted`.

    The default refuses what a careful handler would refuse: a signature that is wrong, too old or missing although
    the endpoint has a secret to check it with. An event that cannot be checked is accepted.
    """

    accepted: Answer = Answer()
    rejected: Answer = INVALID_SIGNATURE
    reject: frozenset[Verdict] = frozenset({Verdict.INVALID, Verdict.STALE, Verdict.UNSIGNED})

    def choose(self, verdict: Verdict | None, *, checked: bool) -> Answer:
        """Return the answer for a verdict; `checked` is False where the endpoint does not ask for signatures."""
        return self.rejected if checked and verdict in self.reject else self.accepted
