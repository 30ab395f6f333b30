"""The figures of the monitor page as values: one board for one scope, range and place of measuring."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, StrEnum

from inspector.domain.endpoint import EndpointId

SUCCESS_TARGET = 0.99
"""A success rate above this share is on target (RCS webhooks guide: over 99 %)."""

PROCESSING_TARGET_US = 2_000_000
"""A p95 under this is on target (RCS webhooks guide: under 2 seconds)."""

FAILURE_WINDOW_S = 300
"""The failure rate of a bar is that of the five minutes which end with it."""


class MeasuredAt(StrEnum):
    """Whose answers are counted."""

    RECEIVER = "receiver"  # ours to the provider, once for every event received
    HANDLER = "handler"  # the target's, once for every forwarded or replayed attempt


class Span(Enum):
    """A range: so many whole bars of so many seconds, the last one now running. Its value: (key, bar_s, bars)."""

    QUARTER = ("15m", 60, 15)
    HOUR = ("1h", 60, 60)
    DAY = ("24h", 900, 96)
    WEEK = ("7d", 3600, 168)

    @property
    def key(self) -> str:
        """A short word for commands and settings: "15m", "1h", "24h", "7d"."""
        return self.value[0]

    @property
    def title(self) -> str:
        """What the segment says."""
        return {"15m": "15 min", "1h": "1 h", "24h": "24 h", "7d": "7 d"}[self.key]

    @property
    def words(self) -> str:
        """The range inside a sentence: "No deliveries in the last hour"."""
        return {"15m": "last 15 minutes", "1h": "last hour", "24h": "last 24 hours", "7d": "last 7 days"}[self.key]

    @property
    def bar_s(self) -> int:
        """How long a bar is, in seconds."""
        return self.value[1]

    @property
    def bars(self) -> int:
        """How many bars there are."""
        return self.value[2]

    @property
    def seconds(self) -> int:
        """How long the range is."""
        return self.bar_s * self.bars


@dataclass(frozen=True, slots=True)
class Times:
    """Processing times in µs, None where nothing was timed. Nearest rank, rounded up as `buckets.edge_of` does it.

    At the receiver from the last body byte read to the last answer byte handed over, at the handler the whole attempt.
    """

    p50_us: int | None = None
    p95_us: int | None = None
    p99_us: int | None = None
    timed: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of the charts. `accepted` are answered 2xx in time and first sightings, `duplicates` the same for
    sightings after a 2xx, `failed` all others; together they are the deliveries.

    `failure_rate` (0 to 1) is that of the five minutes that end with the bar (of the bar itself where it is longer),
    None where nothing was delivered in them.
    """

    start_us: int
    accepted: int = 0
    duplicates: int = 0
    failed: int = 0
    times: Times = Times()
    failure_rate: float | None = None

    @property
    def deliveries(self) -> int:
        """Everything that was accepted for processing in this bar."""
        return self.accepted + self.duplicates + self.failed


@dataclass(frozen=True, slots=True)
class Reason:
    """Why deliveries failed: "503 Service Unavailable", "No answer within 5 s"; `search` finds them on Events.

    `search` is "" where a search cannot tell them apart from others.
    """

    key: str
    title: str
    count: int
    search: str = ""


@dataclass(frozen=True, slots=True)
class RetryStep:
    """One step of the provider's schedule: retry 1, 2 … `after_s` is its wait, None where no schedule is known.

    `recovered` of the `tries` were answered 2xx in time. `waiting` failed the step before and were not seen again.
    """

    step: int
    after_s: int | None
    tries: int
    recovered: int
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class Downtime:
    """A time in which something was not there; `until_us` is None while it lasts."""

    from_us: int
    until_us: int | None


@dataclass(frozen=True, slots=True)
class Uptime:
    """How long the receiver listened, or the tunnel answered: a share (0 to 1) of the range since it was first used.

    None where it was not used in the range. A time in which the program did not run is a downtime of the receiver.
    """

    kind: str  # "receiver" or "tunnel"
    share: float | None
    downtimes: tuple[Downtime, ...] = ()


@dataclass(frozen=True, slots=True)
class CampaignFunnel:
    """How far the messages of a campaign got, all of its life long: distinct messages per stage, of `messages`.

    A stage counts where any report of the message says so and was accepted; `failed` are those that ended badly.
    """

    campaign: str
    messages: int
    sent: int
    delivered: int
    read: int
    clicked: int
    replied: int
    opted_out: int
    failed: int
    last_event_id: int = 0


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """The figures of one provider; `title` is its display name."""

    provider: str
    title: str
    deliveries: int
    failed: int
    duplicates: int
    retries: int
    signature_failures: int
    times: Times = Times()

    @property
    def success_rate(self) -> float | None:
        """Answered 2xx in time, of all deliveries (0 to 1); None without deliveries."""
        return 1 - self.failed / self.deliveries if self.deliveries else None


@dataclass(frozen=True, slots=True)
class CarrierRow:
    """What the events that name a carrier report; `failed` are failed and expired messages."""

    carrier: str
    events: int
    sent: int
    delivered: int
    read: int
    failed: int

    @property
    def failure_rate(self) -> float | None:
        """Failed, of all that ended either way (0 to 1); None where nothing has ended."""
        ended = self.delivered + self.failed
        return self.failed / ended if ended else None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the monitor page shows for one scope (None: all endpoints), exact to the event when it was asked for.

    The range goes from `from_us` (inclusive) to `until_us` (exclusive, the end of the running bar), µs since the epoch.
    `refused` are requests turned away before they became events (they are no deliveries). `retried` are events that
    came again after an answer that was no 2xx, of which `recovered` ended in 2xx. `waits_s` are the waits of the
    provider's schedule where the scope has one provider. `answer_limit_s` is the provider's limit, None where the
    scope has several. `behind` counts stored events that the figures do not know yet: history still being read after
    an update of the program, else 0.
    """

    scope: EndpointId | None
    span: Span
    measured_at: MeasuredAt
    from_us: int
    until_us: int
    now_us: int
    bars: tuple[Bar, ...]
    deliveries: int
    accepted: int
    duplicates: int
    failed: int
    times: Times
    signature_failures: int
    signature_senders: int
    retried: int
    recovered: int
    refused: int
    reasons: tuple[Reason, ...]
    retries: tuple[RetryStep, ...]
    uptimes: tuple[Uptime, ...]
    campaigns: tuple[CampaignFunnel, ...]
    providers: tuple[ProviderRow, ...]
    carriers: tuple[CarrierRow, ...]
    answer_limit_s: int | None = None
    behind: int = 0

    @property
    def success_rate(self) -> float | None:
        """Answered 2xx in time, of all deliveries (0 to 1); None without deliveries."""
        return 1 - self.failed / self.deliveries if self.deliveries else None

    @property
    def per_minute(self) -> float:
        """Deliveries a minute, over the whole range."""
        return self.deliveries * 60 / self.span.seconds

    @property
    def uptime(self) -> float | None:
        """The share of time in which everything that is used was there; None where nothing is known."""
        shares = [item.share for item in self.uptimes if item.share is not None]
        return min(shares) if shares else None
