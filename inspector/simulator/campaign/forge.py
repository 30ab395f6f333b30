"""A planned event made into the request its provider would send: ids and people from the seed, signed as it leaves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from uuid import UUID

from inspector.directory import Resolved
from inspector.domain.attempt import Outgoing
from inspector.domain.secret import Secret
from inspector.simulator.campaign.cast import Cast
from inspector.simulator.campaign.journey import Planned
from inspector.simulator.campaign.scenario import Scenario
from inspector.simulator.prepare import prepared
from inspector.simulator.samples import Sample, Values

MARK_HEADER = "X-Simulated-Run"
"""A header line of our own on every event of a campaign, by which its events are found again at any provider."""

AREAS = range(200, 1000)
LINES = 100
"""The numbers 555-0100 to 555-0199 of every area code are kept free for examples (NANPA): 80,000 people in all, then
they come again."""

_USUAL_CARRIERS = ("verizon",)
_USUAL_TEMPLATE = "order_upd_v3"


@dataclass(frozen=True, slots=True)
class Run:
    """What makes two runs of one scenario the same: the seed, and the moment its events begin."""

    scenario: Scenario
    seed: int
    start: datetime

    @property
    def mark(self) -> str:
        """Eight hex digits that name the run."""
        text = f"{self.scenario.name}:{self.seed}:{self.start.isoformat()}"
        return blake2b(text.encode(), digest_size=4).hexdigest()


class Forge:
    """Makes the requests of one run."""

    def __init__(self, run: Run, cast: Cast) -> None:
        self._run = run
        self._key = f"{run.seed}:{run.scenario.name}".encode()[:64]
        self._carriers: Sequence[str] = tuple(run.scenario.carriers) or _USUAL_CARRIERS
        self._start = run.start.astimezone(UTC)
        self._parts = {role: _marked(sample, run.mark) for role, sample in cast.parts.items()}

    def values(self, planned: Planned) -> Values:
        """Return what fills the blanks of an event; the same each time."""
        scenario = self._run.scenario
        person, message = planned.recipient, planned.message
        ids = self._digest(f"{person}:{message}", 24)
        event = self._digest(f"{person}:{message}:{planned.step}", 16)
        return Values(
            message_id=f"msg_{ids[16:22].hex()}",
            uuid=str(UUID(bytes=ids[:16], version=4)),
            event=event.hex(),
            recipient=phone_of(person),
            carrier=self._carriers[planned.carrier],
            campaign=scenario.campaign_id,
            template=scenario.template or _USUAL_TEMPLATE,
            user_id=f"user_{person + 1}",
            now=self._start + timedelta(milliseconds=planned.said_ms),
        )

    def make(self, planned: Planned, resolved: Resolved, url: str, now: datetime, secret: Secret | None) -> Outgoing:
        """Return the request, signed as of `now`. Raises UsageError where the secret cannot sign."""
        return prepared(self._parts[planned.role], self.values(planned), resolved, url, now, secret=secret)

    def _digest(self, text: str, size: int) -> bytes:
        return blake2b(text.encode(), key=self._key, digest_size=size).digest()


def phone_of(person: int) -> str:
    """Return a person's number, of those kept free for examples."""
    area = AREAS[person % len(AREAS)]
    return f"+1{area}55501{person // len(AREAS) % LINES:02d}"


def _marked(sample: Sample, mark: str) -> Sample:
    return replace(sample, headers=(*sample.headers, (MARK_HEADER, mark)))
