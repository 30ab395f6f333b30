"""What happens to one person: every event about the messages they get, when it happens, and what goes wrong on its way.

People are walked through in their order, because shares are kept exactly over all of them (shares.py).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import pairwise
from random import Random
from typing import NamedTuple

from inspector.simulator.campaign.scenario import Outage, Scenario
from inspector.simulator.campaign.shares import Share, Shares

LOST, LATE, AGAIN, TWIN = 1, 2, 4, 8
"""Marks of a planned event: never sent; after a later step; a second time; it has a second one still to come."""

RANK = {"queued": 0, "sent": 1, "delivered": 2, "read": 3}
"""The order of a message's stages; what else happens to it has none."""

SWAP_MS = 400
"""So long after the later step its earlier one arrives."""

_ENGAGED = ("clicked", "replied", "optout", "complained")


class Step(NamedTuple):
    """One thing the provider has to report: when, about which message of the person, and what (a role)."""

    said_ms: int
    message: int
    role: str


class Planned(NamedTuple):
    """One event: sent at `at_ms` of the campaign, about what happened at `said_ms`. Events sort by the first three."""

    at_ms: int
    recipient: int
    step: int
    said_ms: int
    message: int
    role: str
    carrier: int
    marks: int


class Journeys:
    """Makes one person's events after the other's. `able` are the steps the provider has an event for."""

    def __init__(self, scenario: Scenario, able: Collection[str], seed: int) -> None:
        self._scenario, self._able, self._seed = scenario, frozenset(able), seed
        funnel, noise = scenario.funnel, scenario.noise
        self._carriers = self._shares("carriers", _weights(scenario))
        self._mix = self._shares("mix", [item.share for item in scenario.mix])
        self._fates = self._shares(
            "fates", [funnel.delivered, funnel.expired, *(item.share for item in scenario.failed)]
        )
        self._sent = self._share("sent", funnel.sent)
        self._queued = self._share("queued", funnel.queued)
        self._read = self._share("read", funnel.read)
        self._engaged = {name: self._share(name, getattr(funnel, name)) for name in _ENGAGED}
        self._go_on = self._share("go_on", scenario.go_on)
        self._lost = self._share("lost", noise.lost)
        self._disorder = self._share("disorder", noise.disorder)
        self._twice = self._share("duplicates", noise.duplicates)

    def next(self, recipient: int, start_ms: int) -> list[Planned]:
        """Return one person's events in the order they are sent, lost ones among them."""
        rng = Random((self._seed << 40) ^ recipient)
        carrier = self._carriers.next()
        name = list(self._scenario.carriers)[carrier] if carrier is not None else ""
        steps = self._mixed(rng, start_ms) if self._scenario.mix else self._messages(rng, start_ms, name)
        return self._noised(rng, recipient, carrier or 0, steps)

    # -- what happens -----------------------------------------------------------------------------------------------

    def _mixed(self, rng: Random, start_ms: int) -> list[Step]:
        which = self._mix.next()
        at = start_ms + self._scenario.takes("event").draw_ms(rng)
        return [] if which is None else [Step(at, 0, f"mix:{which}")]

    def _messages(self, rng: Random, start_ms: int, carrier: str) -> list[Step]:
        steps: list[Step] = []
        at: int | None = start_ms
        for message in range(self._scenario.rounds):
            if at is None:
                break
            at = self._message(rng, at, carrier, message, steps)
        return sorted(step for step in steps if self._can(step.role))

    def _message(self, rng: Random, at: int, carrier: str, message: int, steps: list[Step]) -> int | None:
        """Add what happens to one message; return when the next one follows, None where none does."""
        if self._queued.next():
            at += self._takes(rng, "queued")
            steps.append(Step(at, message, "queued"))
        if not self._sent.next():
            return None
        at += self._takes(rng, "sent")
        steps.append(Step(at, message, "sent"))
        fate = self._fates.next()
        if fate is None:
            return None
        if fate:
            role = "expired" if fate == 1 else f"failed:{fate - 2}"
            steps.append(Step(at + self._takes(rng, role.partition(":")[0]), message, role))
            return None
        there = self._delivered(rng, at + self._takes(rng, "delivered"), carrier, message, steps)
        return None if there is None else self._after_delivery(rng, there, message, steps)

    def _delivered(self, rng: Random, at: int, carrier: str, message: int, steps: list[Step]) -> int | None:
        for number, outage in enumerate(self._scenario.outages):
            if _hits(outage, at, carrier):
                if outage.effect == "fail":
                    steps.append(Step(at, message, f"outage:{number}"))
                    return None
                at = round(outage.until_s * 1000) + self._takes(rng, "recovery")
        steps.append(Step(at, message, "delivered"))
        return at

    def _after_delivery(self, rng: Random, at: int, message: int, steps: list[Step]) -> int | None:
        if not self._read.next():
            return None
        at += self._takes(rng, "read")
        steps.append(Step(at, message, "read"))
        replied: int | None = None
        for name, share in self._engaged.items():
            if share.next():
                then = at + self._takes(rng, name)
                steps.append(Step(then, message, name))
                replied = then if name == "replied" else replied
        if replied is not None and message + 1 < self._scenario.rounds and self._go_on.next():
            return replied + self._takes(rng, "answered")
        return None

    # -- what goes wrong --------------------------------------------------------------------------------------------

    def _noised(self, rng: Random, recipient: int, carrier: int, steps: list[Step]) -> list[Planned]:
        marks = [LOST if self._lost.next() else 0 for _ in steps]
        at = [step.said_ms for step in steps]
        for earlier, later in _swappable(steps, marks):
            if self._disorder.next():
                at[earlier] = at[later] + SWAP_MS
        planned = []
        for number, step in enumerate(steps):
            twice = not marks[number] and self._twice.next()
            mark = marks[number] | (TWIN if twice else 0)
            planned.append(Planned(at[number], recipient, number, *step, carrier, mark))
            if twice:
                again = at[number] + max(self._takes(rng, "duplicate"), 1)
                planned.append(Planned(again, recipient, number, *step, carrier, AGAIN))
        return _late_marked(sorted(planned))

    # -- parts ------------------------------------------------------------------------------------------------------

    def _takes(self, rng: Random, step: str) -> int:
        # No two steps of a message happen in the same millisecond: their order could not be told.
        return max(self._scenario.takes(step).draw_ms(rng), 1)

    def _can(self, role: str) -> bool:
        step = role.partition(":")[0]
        return ("failed" if step == "outage" else step) in self._able

    def _rng(self, name: str) -> Random:
        return Random(f"{self._seed}:{name}")

    def _share(self, name: str, percent: float) -> Share:
        return Share(self._rng(name), percent)

    def _shares(self, name: str, percents: list[float]) -> Shares:
        return Shares(self._rng(name), percents)


def _weights(scenario: Scenario) -> list[float]:
    total = sum(scenario.carriers.values())
    return [100 * weight / total for weight in scenario.carriers.values()]


def _hits(outage: Outage, at_ms: int, carrier: str) -> bool:
    return outage.carrier in ("", carrier) and outage.from_s * 1000 <= at_ms < outage.until_s * 1000


def _swappable(steps: list[Step], marks: list[int]) -> Iterable[tuple[int, int]]:
    """Yield the places of a stage and of the stage after it in the same message, neither of them lost; the last first:
    a stage that is moved behind a moved one is still late.
    """
    places = [place for place, step in enumerate(steps) if step.role in RANK and not marks[place]]
    places.sort(key=lambda place: (steps[place].message, RANK[steps[place].role]), reverse=True)
    for later, earlier in pairwise(places):
        if steps[earlier].message == steps[later].message:
            yield earlier, later


def _late_marked(planned: list[Planned]) -> list[Planned]:
    """Mark the events that arrive after a later stage of their message."""
    furthest: dict[int, int] = {}
    found = []
    for item in planned:
        rank = RANK.get(item.role)
        if rank is not None and not item.marks & (LOST | AGAIN):
            if rank < furthest.get(item.message, -1):
                item = item._replace(marks=item.marks | LATE)
            furthest[item.message] = max(rank, furthest.get(item.message, -1))
        found.append(item)
    return found
