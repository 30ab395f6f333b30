"""How many events of each kind a campaign will come to, by arithmetic on its shares: nothing is sent for it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from inspector.simulator.campaign.scenario import Scenario

ENGAGED = ("clicked", "replied", "optout", "complained")


@dataclass(frozen=True, slots=True)
class Estimate:
    """Expected numbers: messages written, events by step, and requests in all (lost ones left out, duplicates in).

    `failed` has one number for each reason, in the scenario's order.
    """

    messages: float
    steps: dict[str, float]
    failed: tuple[float, ...]
    requests: float
    lost: float
    duplicates: float
    least_s: float

    def count(self, step: str) -> int:
        """Return the expected events of a step as a whole number."""
        return round(self.steps.get(step, 0.0))


def estimate(scenario: Scenario, able: Collection[str] | None = None) -> Estimate:
    """Return what to expect; `able` are the steps the provider has an event for (None: all of them).

    Outages are left out: their effect depends on when people are written to.
    """
    funnel = scenario.funnel
    steps: dict[str, float] = {}
    failed = (0.0,) * len(scenario.failed)
    messages = float(scenario.recipients)
    if scenario.mix:
        for number, item in enumerate(scenario.mix):
            steps[f"mix:{number}"] = messages * item.share / 100
    else:
        messages *= _rounds(scenario)
        steps["queued"] = messages * funnel.queued / 100
        steps["sent"] = messages * funnel.sent / 100
        steps["delivered"] = steps["sent"] * funnel.delivered / 100
        steps["expired"] = steps["sent"] * funnel.expired / 100
        failed = tuple(steps["sent"] * item.share / 100 for item in scenario.failed)
        steps["failed"] = sum(failed)
        steps["read"] = steps["delivered"] * funnel.read / 100
        for name in ENGAGED:
            steps[name] = steps["read"] * getattr(funnel, name) / 100
    steps = {step: count for step, count in steps.items() if able is None or step.partition(":")[0] in able}
    events = sum(steps.values())
    lost = events * scenario.noise.lost / 100
    duplicates = (events - lost) * scenario.noise.duplicates / 100
    requests = events - lost + duplicates
    return Estimate(messages, steps, failed, requests, lost, duplicates, requests / scenario.rate)


def _rounds(scenario: Scenario) -> float:
    """Return how many messages a person gets on average."""
    funnel = scenario.funnel
    again = (funnel.sent * funnel.delivered * funnel.read * funnel.replied * scenario.go_on) / 100**5
    return sum(again**number for number in range(scenario.rounds))
