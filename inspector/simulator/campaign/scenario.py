"""What a campaign is made of: how many people, how many get and read and answer it, how fast, and what goes wrong.

Every share is a percentage of the step before: `delivered` of those sent, `read` of those delivered, and `clicked`,
`replied`, `optout` and `complained` of those who read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType

from inspector.domain.errors import UsageError
from inspector.domain.report import Kind
from inspector.simulator.campaign.latency import Latency

MOST_RECIPIENTS = 1_000_000
MOST_RATE = 1_000
MOST_AT_ONCE = 200
FAST = 0.0
"""The speed that waits for nothing but the rate."""

SHAPES = ("steady", "rush", "evening")
"""When people are written to: evenly; most of them at once and ever fewer; few at first, most in the middle."""

EFFECTS = ("hold", "fail")

STARTS = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""When a campaign with a given seed begins, unless it says otherwise: its events must come out the same each time."""

ABOVE: Mapping[str, str] = MappingProxyType({
    "queued": "", "sent": "", "delivered": "sent", "expired": "sent", "read": "delivered", "clicked": "read",
    "replied": "read", "optout": "read", "complained": "read",
})  # fmt: skip
"""Of which step a share is, "" for the people written to."""

KIND_OF: Mapping[str, Kind] = MappingProxyType({
    "queued": Kind.QUEUED, "sent": Kind.SENT, "delivered": Kind.DELIVERED, "expired": Kind.EXPIRED, "read": Kind.READ,
    "clicked": Kind.CLICKED, "replied": Kind.INBOUND, "optout": Kind.OPTOUT, "complained": Kind.COMPLAINED,
    "failed": Kind.FAILED,
})  # fmt: skip

USUAL_LATENCY: Mapping[str, Latency] = MappingProxyType(
    {
        "queued": Latency.fixed(0.05),
        "sent": Latency.lognormal(0.6, 2.5),
        "delivered": Latency.lognormal(1.8, 12.0),
        "expired": Latency.fixed(3600.0),
        "failed": Latency.lognormal(2.5, 15.0),
        "read": Latency.lognormal(90.0, 900.0),
        "clicked": Latency.lognormal(12.0, 90.0),
        "replied": Latency.lognormal(35.0, 300.0),
        "optout": Latency.lognormal(20.0, 180.0),
        "complained": Latency.lognormal(25.0, 240.0),
        "answered": Latency.lognormal(20.0, 120.0),
        "duplicate": Latency.lognormal(4.0, 60.0),
        "recovery": Latency(0.0, 60.0),
        "event": Latency.fixed(0.0),
    }
)
"""What a step takes after the one before where a scenario does not say."""


@dataclass(frozen=True, slots=True)
class Funnel:
    """Percentages of the step before (ABOVE)."""

    queued: float = 0.0
    sent: float = 100.0
    delivered: float = 97.0
    expired: float = 0.0
    read: float = 60.0
    clicked: float = 12.0
    replied: float = 4.0
    optout: float = 0.5
    complained: float = 0.0


@dataclass(frozen=True, slots=True)
class FailedShare:
    """One reason why messages fail: the provider's code and text, and the percentage of those sent."""

    code: str
    share: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class MixShare:
    """One of the provider's samples by its key, and how many of 100 people's events are it."""

    sample: str
    share: float


@dataclass(frozen=True, slots=True)
class Outage:
    """A carrier ("" for all) that delivers nothing for a while, in seconds of the campaign.

    "hold": what would have been delivered comes once it is over. "fail": it fails with `code`.
    """

    from_s: float
    until_s: float
    carrier: str = ""
    effect: str = "hold"
    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Noise:
    """What goes wrong on the way, in percent of the events.

    `duplicates` come twice, `lost` never, and `disorder` swaps a step with the one after it (percent of the steps that
    have one after them).
    """

    duplicates: float = 0.0
    disorder: float = 0.0
    lost: float = 0.0


@dataclass(frozen=True, slots=True)
class Retries:
    """Whether events that are not answered 2xx come again, by which schedule, and how much faster than in real life.

    `schedule` "" is the provider's own. `speed` None goes as the campaign does; as fast as possible is 3600.
    """

    on: bool = True
    schedule: str = ""
    speed: float | None = None


@dataclass(frozen=True, slots=True)
class Scenario:
    """A campaign as it is written down; `name` is its file's.

    `provider` "" is whichever the endpoint has. `carriers` have weights. With `mix` there is no funnel: each of the
    `recipients` gets one event. `speed` is how much faster than real life, FAST as fast as the `rate` (events a second
    at most) allows. `seed` None makes another campaign each time, beginning now; a given one always the same.
    """

    name: str
    title: str
    about: str = ""
    provider: str = ""
    recipients: int = 1000
    campaign: str = ""
    template: str = ""
    carriers: Mapping[str, float] = field(default_factory=dict)
    over_s: float = 600.0
    shape: str = "steady"
    rate: float = 200.0
    at_once: int = 16
    speed: float = 60.0
    seed: int | None = None
    start: datetime | None = None
    funnel: Funnel = Funnel()
    failed: tuple[FailedShare, ...] = ()
    latency: Mapping[str, Latency] = field(default_factory=dict)
    noise: Noise = Noise()
    retries: Retries = Retries()
    rounds: int = 1
    go_on: float = 0.0
    outages: tuple[Outage, ...] = ()
    mix: tuple[MixShare, ...] = ()

    def takes(self, step: str) -> Latency:
        """Return how long a step takes after the one before."""
        return self.latency.get(step) or USUAL_LATENCY[step]

    @property
    def campaign_id(self) -> str:
        """The campaign's id in the events."""
        return self.campaign or self.name.replace("-", "_")


def check(scenario: Scenario) -> None:
    """Raise UsageError for numbers that cannot be meant together."""
    ends = scenario.funnel.delivered + scenario.funnel.expired + sum(item.share for item in scenario.failed)
    if not scenario.mix and ends > 100 + 1e-6:
        raise UsageError(
            f"{scenario.title}: delivered, expired and failed are {ends:g} % together.",
            "All three are shares of what was sent.",
            "Make them 100 % at most.",
        )
    mixed = sum(item.share for item in scenario.mix)
    if mixed > 100 + 1e-6:
        raise UsageError(f"{scenario.title}: the shares of the mix are {mixed:g} % together.", "", "Make them 100 %.")
    for outage in scenario.outages:
        if outage.until_s <= outage.from_s:
            raise UsageError(f"{scenario.title}: an outage ends before it begins.")
