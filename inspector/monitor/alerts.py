"""What alerts are: the rules that open and close them, the alerts themselves, and the news about them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NewType

from inspector.domain.endpoint import EndpointId
from inspector.monitor.board import MeasuredAt

AlertId = NewType("AlertId", int)

CHECK_EVERY_S = 10
"""Rules are checked at every whole ten seconds of the clock."""

MUTE_S = 3600
"""How long Mute hides an alert's banner, dot and notification; its entry stays."""


class RuleId(StrEnum):
    """The rules, in the words they are kept by."""

    FAILURE_RATE = "failure_rate"
    PROCESSING_TIME = "processing_time"
    ENDPOINT_DOWN = "endpoint_down"
    SIGNATURE_FAILURE = "signature_failure"
    OPT_OUT_VIOLATION = "opt_out_violation"
    SHAPE_DRIFT = "shape_drift"
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Rule:
    """When an alert opens and closes. What a rule does not use stays at 0 and is not offered (`limits` tells).

    It opens when the figure of the last `window_s` seconds is over `threshold` (a share, seconds, a count, a factor)
    with at least `at_least` deliveries, and closes when that was not so for `calm_s` seconds.
    """

    id: RuleId
    title: str
    on: bool = True
    threshold: float = 0.0
    at_least: int = 0
    window_s: int = 0
    calm_s: int = 0


@dataclass(frozen=True, slots=True)
class Limit:
    """What a user may set on a rule: which field, its label and unit, from where to where, and why not further.

    A share is shown and edited in per cent (`unit` "%": 0.01 is 1 %).
    """

    field: str  # a field of Rule: threshold, at_least, window_s, calm_s
    label: str
    unit: str  # "%", "s", "min", "times", ""
    low: float
    high: float
    why: str


RULES: tuple[Rule, ...] = (
    Rule(RuleId.FAILURE_RATE, "Failure rate", threshold=0.01, at_least=20, window_s=300, calm_s=300),
    Rule(RuleId.PROCESSING_TIME, "Processing time", threshold=5.0, at_least=1, window_s=300, calm_s=300),
    Rule(RuleId.ENDPOINT_DOWN, "Endpoint down", threshold=30.0),
    Rule(RuleId.SIGNATURE_FAILURE, "Signature failure", window_s=300, calm_s=900),
    Rule(RuleId.OPT_OUT_VIOLATION, "Message after an opt-out", window_s=300, calm_s=3600),
    Rule(RuleId.SHAPE_DRIFT, "Payload shape", at_least=50, window_s=300, calm_s=3600),
    Rule(RuleId.SILENCE, "Silence", threshold=4.0, at_least=24),
)
"""Every rule as it is before the user changes it, in the order of the list (guide: 1 %, 5 s, downtime, signatures)."""

_WINDOW = Limit("window_s", "Within", "s", 60, 3600, "Figures finer than a minute say little; after an hour it is late")
_CALM = Limit("calm_s", "Closes after", "s", 0, 86_400, "An alert that closes at once would open again at once")

LIMITS: dict[RuleId, tuple[Limit, ...]] = {
    RuleId.FAILURE_RATE: (
        Limit("threshold", "Opens over", "%", 0, 100, "A share of all deliveries"),
        Limit("at_least", "With at least", "deliveries", 1, 100_000, "One failure of three deliveries is no trend"),
        _WINDOW,
        _CALM,
    ),
    RuleId.PROCESSING_TIME: (
        Limit("threshold", "p95 over", "s", 0.001, 120, "No provider waits longer than two minutes"),
        Limit("at_least", "With at least", "deliveries", 1, 100_000, "One slow answer of three is no trend"),
        _WINDOW,
        _CALM,
    ),
    RuleId.ENDPOINT_DOWN: (Limit("threshold", "Down for", "s", 10, 3600, "Rules are checked every ten seconds"),),
    RuleId.SIGNATURE_FAILURE: (
        Limit("threshold", "More than", "events", 0, 100_000, "0 tells every single one"),
        _WINDOW,
        _CALM,
    ),
    RuleId.OPT_OUT_VIOLATION: (_CALM,),
    RuleId.SHAPE_DRIFT: (
        Limit("at_least", "Learned from", "events", 10, 10_000, "Before so many of a kind nothing counts as usual"),
        _CALM,
    ),
    RuleId.SILENCE: (
        Limit("threshold", "Longer than usual", "times", 1.5, 100, "Usual is the longest wait at this time of day"),
        Limit("at_least", "Known from", "hours", 1, 168, "A rhythm shows only after some hours with events"),
    ),
}
"""What the user may set on each rule."""


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert from its opening to its closing. Times are µs since the epoch; `closed_us` is None while it is open.

    `endpoint_id` is None where it concerns all (receiver, tunnel). `subject` tells several alerts of one rule and
    endpoint apart: "receiver", "tunnel", a kind and a field. `title` and `detail` are words for a person
    ("Failure rate 1.6 %", "in the last 5 min, limit 1 %, mostly 503"), kept up to date while it is open. `value` is
    the latest figure, `worst` the highest so far. `search` finds its events on the events page, "" where nothing does.
    """

    id: AlertId
    rule: RuleId
    endpoint_id: EndpointId | None
    measured_at: MeasuredAt
    subject: str
    opened_us: int
    closed_us: int | None
    title: str
    detail: str
    value: float = 0.0
    worst: float = 0.0
    search: str = ""
    muted_until_us: int = 0
    bad_us: int = 0  # until when it was as bad as the rule says, as far as is known

    @property
    def is_open(self) -> bool:
        """Whether it still holds."""
        return self.closed_us is None

    def is_muted(self, now_us: int) -> bool:
        """Whether banner, dot and notification stay away."""
        return now_us < self.muted_until_us


class NewsKind(StrEnum):
    """What happened to an alert."""

    OPENED = "opened"
    CLOSED = "closed"
    CHANGED = "changed"  # other figures, or muted


@dataclass(frozen=True, slots=True)
class AlertNews:
    """One piece of news about one alert, as the monitor's feed tells it."""

    kind: NewsKind
    alert: Alert
