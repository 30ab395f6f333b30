"""Many replays as one run: sent as planned, at most so many at once, with pause, stop and a summary."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from time import monotonic

from inspector.domain.attempt import Attempt
from inspector.domain.errors import InspectorError
from inspector.domain.event import EventId
from inspector.feed import Feed
from inspector.replay.plan import Options, Sending

TELL_EVERY_S = 0.1

Send = Callable[[EventId], Awaitable[Attempt]]


class Phase(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"  # by the user, or by the first failure where that was asked for


class Line:
    """What came of one sending: an attempt in short, or why there is none."""

    __slots__ = ("again", "error", "event_id", "status", "total_ms")

    def __init__(self, sending: Sending, status: int | None, total_ms: float, error: str) -> None:
        self.event_id = sending.event_id
        self.again = sending.again
        self.status = status
        self.total_ms = total_ms
        self.error = error

    @property
    def ok(self) -> bool:
        """Whether it was answered 2xx."""
        return self.status is not None and 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is. `rate` is sendings per second so far, `left_s` what the rest will take, None where unknown."""

    phase: Phase
    total: int
    done: int
    failed: int
    rate: float = 0.0
    left_s: float | None = None


@dataclass(slots=True)
class _Clock:
    """Seconds of running: a pause does not count."""

    started: float = field(default_factory=monotonic)
    paused_s: float = 0.0
    paused_at: float | None = None

    def now(self) -> float:
        """Return the seconds that have run."""
        end = self.paused_at if self.paused_at is not None else monotonic()
        return end - self.started - self.paused_s

    def pause(self) -> None:
        self.paused_at = monotonic()

    def resume(self) -> None:
        if self.paused_at is not None:
            self.paused_s += monotonic() - self.paused_at
            self.paused_at = None


class Run:
    """One run; made once, run once. `progress` tells how far it is, at most ten times a second, and the end."""

    def __init__(self, sendings: Sequence[Sending], options: Options, send: Send) -> None:
        self.progress: Feed[Progress] = Feed()
        self.lines: list[Line] = []
        self.options = options
        self._sendings = sendings
        self._send = send
        self._phase = Phase.RUNNING
        self._failed = 0
        self._clock = _Clock()
        self._told_at = 0.0
        self._going = asyncio.Event()
        self._going.set()
        self._stopping = asyncio.Event()
        self._over = False
        self._next = 0

    @property
    def state(self) -> Progress:
        """How far it is now."""
        done, total, took = len(self.lines), len(self._sendings), self._clock.now()
        rate = done / took if took > 0 else 0.0
        left = None
        if done and self._phase in (Phase.RUNNING, Phase.PAUSED):
            planned = self._sendings[-1].at_s - took
            left = max((total - done) / rate if rate else 0.0, planned, 0.0)
        return Progress(self._phase, total, done, self._failed, rate, left)

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is under way any more."""
        return self._over

    def pause(self) -> None:
        """Send nothing more for now; what is under way ends."""
        if self._phase is Phase.RUNNING:
            self._phase = Phase.PAUSED
            self._clock.pause()
            self._going.clear()
            self._tell(at_once=True)

    def resume(self) -> None:
        """Go on after a pause."""
        if self._phase is Phase.PAUSED:
            self._phase = Phase.RUNNING
            self._clock.resume()
            self._going.set()
            self._tell(at_once=True)

    def stop(self) -> None:
        """Send nothing more; what is under way ends, and is kept."""
        if self._phase in (Phase.RUNNING, Phase.PAUSED):
            self._phase = Phase.STOPPED
            self._clock.resume()
            self._stopping.set()
            self._going.set()
            self._tell(at_once=True)

    async def run(self) -> Progress:
        """Send everything and return how it ended. Cancelling ends it at once."""
        self._clock = _Clock()
        workers = min(self.options.at_once, max(1, len(self._sendings)))
        async with asyncio.TaskGroup() as group:
            for number in range(workers):
                group.create_task(self._work(), name=f"replay-{number}")
        if self._phase is Phase.RUNNING:
            self._phase = Phase.DONE
        self._over = True
        self._tell(at_once=True)
        return self.state

    async def _work(self) -> None:
        while self._next < len(self._sendings):
            sending = self._sendings[self._next]
            self._next += 1
            await self._until(sending.at_s)
            if self._phase is Phase.STOPPED:
                return
            line = await self._line(sending)
            self.lines.append(line)
            if not line.ok:
                self._failed += 1
                if self.options.stop_on_failure:
                    self.stop()
            self._tell()

    async def _until(self, at_s: float) -> None:
        """Wait for a moment of the run, and for the end of a pause; return early where the run is stopped."""
        while self._phase is not Phase.STOPPED:
            await self._going.wait()
            left = at_s - self._clock.now()
            if left <= 0 and self._phase is not Phase.PAUSED:
                return
            if self._phase is Phase.RUNNING:
                try:
                    async with asyncio.timeout(min(left, 1.0)):
                        await self._stopping.wait()
                except TimeoutError:
                    continue

    async def _line(self, sending: Sending) -> Line:
        try:
            attempt = await self._send(sending.event_id)
        except InspectorError as error:
            return Line(sending, None, 0.0, error.what)
        status = attempt.response.status if attempt.response is not None else None
        return Line(sending, status, attempt.total_ms, attempt.failure_title)

    def _tell(self, *, at_once: bool = False) -> None:
        now = monotonic()
        if at_once or now - self._told_at >= TELL_EVERY_S:
            self._told_at = now
            self.progress.publish(self.state)


def outcomes(lines: Sequence[Line]) -> list[tuple[str, int]]:
    """Return how often each outcome came, the most frequent first: "200", "Nothing is listening on …"."""
    return Counter(str(line.status) if line.status is not None else line.error for line in lines).most_common()
