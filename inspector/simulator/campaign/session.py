"""One run of a scenario from its settings to its result: what is sent where, and what the program recognised of it."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from inspector.directory import Resolved
from inspector.domain.attempt import Outgoing
from inspector.domain.errors import UsageError
from inspector.domain.forwarding import Schedule
from inspector.domain.query import Term
from inspector.domain.schedules import ONCE, SCHEDULES, USUAL_LIMIT_S, schedule_of
from inspector.domain.secret import Secret
from inspector.providers.profile import Profile
from inspector.search import words
from inspector.simulator.campaign.cast import Cast, cast
from inspector.simulator.campaign.comparison import Line, agrees, compare
from inspector.simulator.campaign.estimate import Estimate, estimate
from inspector.simulator.campaign.forge import MARK_HEADER, Forge, Run
from inspector.simulator.campaign.journey import Planned
from inspector.simulator.campaign.planner import plan
from inspector.simulator.campaign.player import FAST_RETRIES, Naming, Phase, Player, Terms
from inspector.simulator.campaign.recognised import Recognised, last_id, recognise
from inspector.simulator.campaign.scenario import FAST, STARTS, Scenario
from inspector.simulator.campaign.tally import Tally
from inspector.simulator.samples import Sample

NEWEST_SEED = 1_000_000


@dataclass(frozen=True, slots=True)
class Stage:
    """Where a campaign is played: as which endpoint's provider, to which address.

    `folder` is the data folder that holds the endpoint's events where the address is ours, None for another target.
    """

    resolved: Resolved
    samples: Sequence[Sample]
    url: str
    folder: Path | None = None
    secret: Secret | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a run. `lines` compare what was declared with what was recognised."""

    run: Run
    url: str
    phase: Phase
    tally: Tally
    recognised: Recognised | None
    lines: tuple[Line, ...]
    took_s: float
    search: str

    @property
    def agrees(self) -> bool:
        """Whether the program recognised everything as it was meant."""
        return agrees(self.lines)

    @property
    def well(self) -> bool:
        """Whether the whole campaign was sent, every event was taken in the end, and all counts are the same."""
        return self.phase is Phase.DONE and not self.tally.unsettled and self.agrees


class Session:
    """A run that is ready: `player` tells its progress and can be held; `cast` says which sample plays what."""

    def __init__(self, scenario: Scenario, stage: Stage) -> None:
        """Raises UsageError where the endpoint's provider cannot play the scenario."""
        profile = stage.resolved.profile
        if scenario.provider and scenario.provider != stage.resolved.endpoint.provider:
            raise UsageError(
                f"{scenario.title} is written for {scenario.provider}.",
                f"{stage.resolved.endpoint.name} has another provider.",
                "Choose an endpoint of that provider.",
            )
        self.run_of = _run(scenario)
        self.stage = stage
        self.cast: Cast = cast(scenario, stage.samples, profile)
        self.estimate: Estimate = estimate(scenario, self.cast.able)
        self.schedule = schedule_for(scenario, profile)
        self._forge = Forge(self.run_of, self.cast)
        self._names = {role: _named(sample) for role, sample in self.cast.parts.items()}
        self._carriers = tuple(scenario.carriers) or ("",)
        self.player = Player(
            plan(scenario, self.cast.able, self.run_of.seed),
            self.make,
            self._name,
            terms_for(scenario, profile, stage.url, self.schedule, round(self.estimate.requests)),
        )
        self.signed = bool(
            profile is not None and profile.recipes and (stage.secret or stage.resolved.secrets)
        )  # without them the requests go out unsigned

    def make(self, planned: Planned) -> Outgoing:
        """Return the request of a planned event, signed now."""
        return self._forge.make(planned, self.stage.resolved, self.stage.url, datetime.now(UTC), self.stage.secret)

    async def run(self) -> Outcome:
        """Play it to its end and compare. Raises StoreError, and UsageError where a request cannot be made."""
        folder, endpoint = self.stage.folder, self.stage.resolved.endpoint
        since = await asyncio.to_thread(last_id, folder) if folder is not None else 0
        began = datetime.now()
        tally = await self.player.run()
        took_s = self.player.state.elapsed_s
        seen = None
        if folder is not None:
            seen = await asyncio.to_thread(recognise, folder, endpoint.id, since, self.run_of.mark)
        noise = self.run_of.scenario.noise
        shares = {"duplicates": noise.duplicates, "disorder": noise.disorder, "lost": noise.lost}
        lines = compare(tally, seen, signed=self.signed, shares=shares)
        phase = self.player.state.phase
        return Outcome(self.run_of, self.stage.url, phase, tally, seen, lines, took_s, self.search(began))

    def search(self, began: datetime) -> str:
        """Return the search text that finds the run's events in the list."""
        after = Term("after", (began.replace(microsecond=0).isoformat(),))
        if all(any("campaign" in said for said in sample.expect) for sample in self.cast.parts.values()):
            return words((Term("campaign", (self.run_of.scenario.campaign_id,)), after))
        return words((Term("header", (f"{MARK_HEADER}={self.run_of.mark}",)), after))

    def _name(self, planned: Planned) -> Naming:
        named = self._names[planned.role]
        return replace(named, carrier=self._carriers[planned.carrier]) if named.carrier else named


def _run(scenario: Scenario) -> Run:
    """Return what makes the run repeatable: a given seed begins at a given moment, another one now."""
    if scenario.seed is None:
        now = datetime.now(UTC).replace(microsecond=0)
        return Run(scenario, secrets.randbelow(NEWEST_SEED), scenario.start or now)
    return Run(scenario, scenario.seed, scenario.start or STARTS)


def _named(sample: Sample) -> Naming:
    said = sample.expect[0] if sample.expect else {}
    code = said.get("error_code", "")
    return Naming(sample.kind, "" if "{{" in code else code, "yes" if "{{" in said.get("carrier", "") else "")


def schedule_for(scenario: Scenario, profile: Profile | None) -> Schedule:
    """Return when events that are not taken come again: as the scenario says, else as the provider does it."""
    if not scenario.retries.on:
        return ONCE
    if scenario.retries.schedule:
        return schedule_of(scenario.retries.schedule)
    if profile is None:
        return ONCE
    known = next((item for item in SCHEDULES if item.id == profile.id), None)
    if known is not None:
        return known
    if not profile.retries_s:
        return ONCE
    waits = (0.0, *map(float, profile.retries_s))
    return Schedule(profile.id, profile.retries_text, waits, float(profile.answer_limit_s or USUAL_LIMIT_S))


def terms_for(scenario: Scenario, profile: Profile | None, url: str, schedule: Schedule, expected: int) -> Terms:
    """Return how a scenario is played."""
    patience = schedule.limit_s if schedule is not ONCE else 0
    limit_s = patience or float(profile.answer_limit_s if profile is not None else 0) or USUAL_LIMIT_S
    faster = FAST_RETRIES if scenario.speed == FAST else scenario.speed
    return Terms(
        url=url,
        rate=scenario.rate,
        at_once=scenario.at_once,
        speed=scenario.speed,
        limit_s=limit_s,
        schedule=schedule,
        retry_speed=scenario.retries.speed or faster,
        expected=expected,
    )
