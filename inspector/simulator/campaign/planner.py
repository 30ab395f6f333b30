"""Every event of a campaign in the order they are sent, one after the other: only what is under way is in memory."""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection, Iterator
from statistics import NormalDist

from inspector.simulator.campaign.journey import Journeys, Planned
from inspector.simulator.campaign.scenario import Scenario

RUSH_SHARE = 5.0
"""In a rush about 63 percent are written to in the first fifth of the time."""


def plan(scenario: Scenario, able: Collection[str], seed: int) -> Iterator[Planned]:
    """Yield the campaign's events by the time they are sent; the same for the same scenario, steps and seed.

    `able` are the steps the provider has an event for.
    """
    journeys = Journeys(scenario, able, seed)
    waiting: list[Planned] = []
    for recipient in range(scenario.recipients):
        start_ms = start_of(scenario, recipient)
        while waiting and waiting[0].at_ms <= start_ms:
            yield heapq.heappop(waiting)
        for planned in journeys.next(recipient, start_ms):
            heapq.heappush(waiting, planned)
    while waiting:
        yield heapq.heappop(waiting)


def start_of(scenario: Scenario, recipient: int) -> int:
    """Return when a person is written to, in ms of the campaign; never before the person in front."""
    part = (recipient + 0.5) / scenario.recipients
    if scenario.shape == "rush":
        part = -math.log(1 - part * (1 - math.exp(-RUSH_SHARE))) / RUSH_SHARE
    elif scenario.shape == "evening":
        part = min(max(0.5 + NormalDist().inv_cdf(part) / 6, 0.0), 1.0)
    return round(part * scenario.over_s * 1000)
