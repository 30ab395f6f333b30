"""The fast clock: a schedule of days in a minute, with the handler's real answers, and what would have become of it.

Time is virtual: it goes at a speed of one's choice (or jumps from one try to the next), while the requests are real
and the handler answers them now. Spans in which it is to be down need no handler that really is.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from time import monotonic

from inspector.domain.attempt import Response
from inspector.domain.event import EventId
from inspector.domain.forwarding import Schedule
from inspector.feed import Feed
from inspector.replay.schedules import moments_s, next_try

TAKES_S = 60.0
"""How long a rehearsal takes in real time, whatever its schedule."""

TELL_EVERY_S = 0.1
AT_ONCE = 16

_START = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Down:
    """A span of virtual time, in seconds from the start, in which no request reaches the handler."""

    from_s: float
    until_s: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one try came to: a response, or in words why there was none; `took_s` is how long it took."""

    response: Response | None = None
    failure: str = ""
    took_s: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether it was answered 2xx."""
        return self.response is not None and 200 <= self.response.status < 300


@dataclass(frozen=True, slots=True)
class VirtualTry:
    """One try: when in seconds from the start, the status (None: no response) and, of a failed one, why in words."""

    at_s: float
    status: int | None
    words: str = ""
    took_s: float = 0.0
    was_down: bool = False

    @property
    def ok(self) -> bool:
        """Whether it was answered 2xx."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Lane:
    """One event over the whole time. Through at `through_s`, or lost at `lost_s`, else still waiting for `next_s`."""

    event_id: EventId
    tries: tuple[VirtualTry, ...] = ()
    next_s: float | None = 0.0
    through_s: float | None = None
    lost_s: float | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """A rehearsal as far as it is: `now_s` of `span_s` virtual seconds, and every event's lane."""

    now_s: float
    span_s: float
    lanes: tuple[Lane, ...]
    is_over: bool = False

    @property
    def through(self) -> int:
        """How many events have got through."""
        return sum(lane.through_s is not None for lane in self.lanes)

    @property
    def lost(self) -> int:
        """How many events are lost."""
        return sum(lane.lost_s is not None for lane in self.lanes)


def first_lane(event_id: EventId, schedule: Schedule, starts_s: float = 0.0) -> Lane:
    """Return the lane of an event before its first try."""
    return Lane(event_id, next_s=starts_s + schedule.waits_s[0])


def after(lane: Lane, schedule: Schedule, outcome: Outcome, *, was_down: bool = False) -> Lane:
    """Return a lane after the try that was due; the next wait is counted from the try's end. Pure."""
    at_s = lane.next_s or 0.0
    status = None if outcome.response is None else outcome.response.status
    tries = (*lane.tries, VirtualTry(at_s, status, outcome.failure, outcome.took_s, was_down))
    ended_s = at_s + outcome.took_s
    if outcome.ok:
        return replace(lane, tries=tries, next_s=None, through_s=ended_s)
    following = next_try(schedule, len(tries), _START + timedelta(seconds=ended_s), outcome.response)
    if following is None:
        return replace(lane, tries=tries, next_s=None, lost_s=ended_s)
    return replace(lane, tries=tries, next_s=(following.at - _START).total_seconds())


def is_down(downs: Sequence[Down], at_s: float) -> bool:
    """Return whether the handler is to be down at a moment."""
    return any(down.from_s <= at_s < down.until_s for down in downs)


def span_of(schedule: Schedule) -> float:
    """Return how long a schedule lasts where every try takes its whole limit, in seconds."""
    return moments_s(schedule)[-1] + schedule.limit_s * len(schedule.waits_s)


Try = Callable[[EventId, int], Awaitable[Outcome]]
"""Makes a real try of an event (its number from 1) and returns what came of it."""


class Rehearsal:
    """One run through a schedule; made once, run once. `progress` tells how far it is, ten times a second at most."""

    def __init__(
        self,
        event_ids: Sequence[EventId],
        schedule: Schedule,
        make_try: Try,
        *,
        downs: Sequence[Down] = (),
        takes_s: float | None = TAKES_S,
        apart_s: float = 0.0,
    ) -> None:
        """`takes_s` is how long the whole span takes for real, None for as fast as the handler answers.

        Events begin `apart_s` virtual seconds after each other.
        """
        self.progress: Feed[Picture] = Feed()
        self._schedule = schedule
        self._make_try = make_try
        self._downs = tuple(downs)
        self._span_s = max(span_of(schedule) + apart_s * max(len(event_ids) - 1, 0), 1e-9)
        # A short schedule runs in real time rather than slower than that.
        self._speed = None if takes_s is None else max(self._span_s / takes_s, 1.0)
        self._lanes = [first_lane(event_id, schedule, apart_s * n) for n, event_id in enumerate(event_ids)]
        self._due = [(lane.next_s or 0.0, number) for number, lane in enumerate(self._lanes)]
        heapq.heapify(self._due)
        self._now_s = 0.0
        self._began = 0.0
        self._told_at = 0.0
        self._stopping = False
        self._over = False
        self._news = asyncio.Event()

    @property
    def picture(self) -> Picture:
        """How far it is now."""
        now_s = self._span_s if self._over and not self._stopping else min(self._virtual_s(), self._span_s)
        return Picture(now_s, self._span_s, tuple(self._lanes), self._over)

    def stop(self) -> None:
        """Make no more tries."""
        self._stopping = True
        self._news.set()

    async def run(self) -> Picture:
        """Run to the end and return the whole picture. Cancelling ends it at once."""
        self._began = monotonic()
        under_way: set[asyncio.Task[None]] = set()
        try:
            while not self._stopping and (self._due or under_way):
                self._news.clear()
                under_way = {task for task in under_way if not _failed(task)}
                while self._due and len(under_way) < AT_ONCE and self._may_go(bool(under_way)):
                    _at_s, number = heapq.heappop(self._due)
                    under_way.add(asyncio.create_task(self._go(number), name=f"rehearsal-{number}"))
                self._tell()
                await self._wait(len(under_way))
        finally:
            for task in under_way:
                task.cancel()
            await asyncio.gather(*under_way, return_exceptions=True)
        self._over = True
        self._tell(at_once=True)
        return self.picture

    def _virtual_s(self) -> float:
        if self._speed is None:
            return self._now_s
        return (monotonic() - self._began) * self._speed

    def _may_go(self, others: bool) -> bool:
        """Tell whether the next try is due; without a pace of its own time jumps to it once nothing else is on."""
        at_s = self._due[0][0]
        if self._speed is not None:
            return at_s <= self._virtual_s()
        if at_s > self._now_s and others:
            return False
        self._now_s = max(self._now_s, at_s)
        return True

    async def _wait(self, under_way: int) -> None:
        wait_s = TELL_EVERY_S
        if self._due and self._speed is not None and under_way < AT_ONCE:
            wait_s = min(wait_s, max((self._due[0][0] - self._virtual_s()) / self._speed, 0.0))
        if not under_way and not self._due:
            return
        try:
            async with asyncio.timeout(wait_s):
                await self._news.wait()
        except TimeoutError:
            return

    async def _go(self, number: int) -> None:
        lane = self._lanes[number]
        down = is_down(self._downs, lane.next_s or 0.0)
        outcome = Outcome(failure="Down") if down else await self._make_try(lane.event_id, len(lane.tries) + 1)
        lane = self._lanes[number] = after(lane, self._schedule, outcome, was_down=down)
        if lane.next_s is not None:
            heapq.heappush(self._due, (lane.next_s, number))
        self._news.set()

    def _tell(self, *, at_once: bool = False) -> None:
        now = monotonic()
        if at_once or now - self._told_at >= TELL_EVERY_S:
            self._told_at = now
            self.progress.publish(self.picture)


def _failed(task: asyncio.Task[None]) -> bool:
    """Tell whether a task is over; one that failed raises here."""
    if task.done():
        task.result()
        return True
    return False
