"""Plays a campaign: every event when it is due, over a few kept-alive connections, and again where it was not taken.

All events about one person go over the same connection, one after the other: what the plan puts in order arrives in
order. The plan is walked through while it is sent; nothing but what is under way is in memory.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from inspector.domain.attempt import Outgoing
from inspector.domain.forwarding import Schedule
from inspector.domain.report import Kind
from inspector.feed import Feed
from inspector.replay.target import Target, parse_target
from inspector.simulator.campaign.journey import Planned
from inspector.simulator.campaign.lane import Answered, Lane, tls_for
from inspector.simulator.campaign.pace import Pace
from inspector.simulator.campaign.scenario import FAST
from inspector.simulator.campaign.tally import Tally, is_lost

TELL_EVERY_S = 0.1
LEAST_WAIT_S = 0.004
"""Shorter waits are not worth a timer: what is due within them leaves together."""

AT_A_TIME = 8
"""So many requests are made before others get a turn: each takes a tenth of a millisecond or more."""

QUEUED = 32
"""Requests that may wait for one connection; then the run itself waits."""

FAST_RETRIES = 3600.0
"""How much faster retries come where the campaign goes as fast as possible: an hour is a second."""


class Phase(StrEnum):
    """Where a run stands."""

    READY = "ready"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHING = "finishing"  # everything was sent once; retries are still to come
    DONE = "done"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `expected` is an estimate until the end; `at_s` is in seconds of the campaign."""

    phase: Phase
    sent: int
    accepted: int
    failed: int
    expected: int
    waiting: int  # retries still to come
    rate: float
    elapsed_s: float
    at_s: float

    @property
    def left_s(self) -> float | None:
        """Roughly how long the rest takes, None where nothing tells."""
        if self.phase not in (Phase.RUNNING, Phase.PAUSED) or not self.sent or not self.elapsed_s:
            return None
        return max(self.expected - self.sent, 0) * self.elapsed_s / self.sent


@dataclass(frozen=True, slots=True)
class Terms:
    """How a plan is played: where to, how fast, and what follows where it is not answered 2xx."""

    url: str
    rate: float
    at_once: int
    speed: float
    limit_s: float
    schedule: Schedule
    retry_speed: float
    expected: int = 0


@dataclass(frozen=True, slots=True)
class Naming:
    """What the counts call a planned event."""

    kind: Kind
    code: str
    carrier: str


class _Job(NamedTuple):
    planned: Planned
    tries: int


class Player:
    """One run; made once, run once. `progress` tells how far it is, at most ten times a second, and the end."""

    def __init__(
        self,
        plan: Iterator[Planned],
        make: Callable[[Planned], Outgoing],
        name: Callable[[Planned], Naming],
        terms: Terms,
    ) -> None:
        self.progress: Feed[Progress] = Feed()
        self.tally = Tally()
        self._plan, self._make, self._name, self._terms = plan, make, name, terms
        self._phase = Phase.READY
        self._pace = Pace(terms.rate)
        self._going = asyncio.Event()
        self._going.set()
        self._news = asyncio.Event()  # a retry was added, a lane fell idle, or the run is to stop
        self._retries: list[tuple[float, int, _Job]] = []
        self._count = 0
        self._busy = 0
        self._told_at = 0.0
        self._at_ms = 0
        self._next: Planned | None = None
        self._exhausted = False
        self._wrong: Exception | None = None

    @property
    def state(self) -> Progress:
        """How far it is now."""
        tally = self.tally
        return Progress(
            self._phase,
            tally.sent,
            tally.accepted,
            tally.sent - tally.accepted,
            tally.sent if self._phase is Phase.DONE else max(self._terms.expected, tally.sent),
            len(self._retries),
            self._pace.rate(),
            self._pace.now() if self._phase is not Phase.READY else 0.0,
            self._at_ms / 1000,
        )

    def pause(self) -> None:
        """Send nothing more for now; what is under way ends."""
        if self._phase in (Phase.RUNNING, Phase.FINISHING):
            self._pace.pause()
            self._going.clear()
            self._tell(Phase.PAUSED)

    def resume(self) -> None:
        """Go on after a pause."""
        if self._phase is Phase.PAUSED:
            self._pace.resume()
            self._going.set()
            self._tell(Phase.FINISHING if self._exhausted else Phase.RUNNING)

    def stop(self) -> None:
        """Send nothing more; what is under way ends and counts."""
        if self._phase in (Phase.READY, Phase.RUNNING, Phase.FINISHING, Phase.PAUSED):
            self._pace.resume()
            self._phase = Phase.STOPPED
            self._going.set()
            self._news.set()

    async def run(self) -> Tally:
        """Send everything and return the counts. Cancelling ends it at once. Raises what making a request raises."""
        target = parse_target(self._terms.url)
        tls = await tls_for(target)
        self._pace = Pace(self._terms.rate)
        if self._phase is Phase.READY:
            self._tell(Phase.RUNNING)
        queues: list[asyncio.Queue[_Job | None]] = [asyncio.Queue(QUEUED) for _ in range(self._terms.at_once)]
        async with asyncio.TaskGroup() as group:
            for number, queue in enumerate(queues):
                lane = Lane(target, tls, self._terms.limit_s)
                group.create_task(self._work(lane, queue, target), name=f"campaign-{number}")
            await self._dispatch(queues)
            for queue in queues:
                await queue.put(None)
        if self._wrong is not None:
            raise self._wrong
        self._tell(Phase.STOPPED if self._phase is Phase.STOPPED else Phase.DONE)
        return self.tally

    # -- what leaves when ---------------------------------------------------------------------------------------------

    async def _dispatch(self, queues: list[asyncio.Queue[_Job | None]]) -> None:
        made = 0
        while await self._held() and (found := self._due()) is not None:
            due_s, is_retry = found
            wait_s = due_s - self._pace.now() if due_s == float("inf") else self._pace.wait_s(due_s)
            if wait_s > 0:
                await self._sleep(max(wait_s, LEAST_WAIT_S))
                continue
            job = self._taken(is_retry)
            if is_lost(job.planned):
                self.tally.lose(self._name(job.planned).kind)
                continue
            self._pace.left()
            self._busy += 1
            await queues[job.planned.recipient % len(queues)].put(job)
            made += 1
            if made % AT_A_TIME == 0:
                await asyncio.sleep(0)

    async def _held(self) -> bool:
        """Wait for the end of a pause; return whether the run goes on."""
        await self._going.wait()
        return self._phase is not Phase.STOPPED

    def _due(self) -> tuple[float, bool] | None:
        """Return when the next request is due and whether it is a retry; None at the end of everything."""
        if self._next is None and not self._exhausted:
            self._next = next(self._plan, None)
            if self._next is None:
                self._exhausted = True
                self._tell(Phase.FINISHING)
        retry_s = self._retries[0][0] if self._retries else float("inf")
        if self._next is not None:
            planned_s = 0.0 if self._terms.speed == FAST else self._next.at_ms / 1000 / self._terms.speed
            return (retry_s, True) if retry_s < planned_s else (planned_s, False)
        if self._retries:
            return retry_s, True
        # What is under way may still come to be retried.
        return (float("inf"), False) if self._busy else None

    def _taken(self, is_retry: bool) -> _Job:
        if is_retry:
            return heapq.heappop(self._retries)[2]
        planned = self._next
        assert planned is not None
        self._next = None
        self._at_ms = planned.at_ms
        return _Job(planned, 0)

    async def _sleep(self, seconds: float) -> None:
        """Wait, but not longer than until something happens that the next moment depends on."""
        self._news.clear()
        try:
            async with asyncio.timeout(None if seconds == float("inf") else seconds):
                await self._news.wait()
        except TimeoutError:
            return

    # -- sending ------------------------------------------------------------------------------------------------------

    async def _work(self, lane: Lane, queue: asyncio.Queue[_Job | None], target: Target) -> None:
        try:
            while (job := await queue.get()) is not None:
                try:
                    if self._phase is not Phase.STOPPED:
                        await self._send(lane, job)
                except Exception as error:
                    self._wrong = self._wrong or error
                    self.stop()
                finally:
                    self._busy -= 1
                    self._news.set()
        finally:
            lane.close()

    async def _send(self, lane: Lane, job: _Job) -> None:
        answered = await lane.send(self._make(job.planned))
        named = self._name(job.planned)
        self.tally.take(job.planned, named.kind, named.code, named.carrier, answered, retry=job.tries > 0)
        if not answered.ok:
            self._try_again(job, answered)
        self._tell()

    def _try_again(self, job: _Job, answered: Answered) -> None:
        tries = job.tries + 1
        schedule = self._terms.schedule
        if tries >= len(schedule.waits_s):
            self.tally.gave_up += 1
            return
        wait_s = schedule.waits_s[tries]
        if schedule.heeds_retry_after:
            wait_s = max(wait_s, answered.retry_after_s)
        self._count += 1
        due_s = self._pace.now() + wait_s / self._terms.retry_speed
        heapq.heappush(self._retries, (due_s, self._count, _Job(job.planned, tries)))
        self._news.set()

    def _tell(self, phase: Phase | None = None) -> None:
        if phase is not None and self._phase is not Phase.STOPPED:
            self._phase = phase
        now = asyncio.get_running_loop().time()
        if phase is not None or now - self._told_at >= TELL_EVERY_S:
            self._told_at = now
            self.progress.publish(self.state)
