"""Which series may be sent now: by time, in order per message where asked, so many at once per target. Pure."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from itertools import count

from inspector.domain.attempt import SeriesId
from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import UsageError
from inspector.domain.series import Series, SeriesState
from inspector.replay.target import parse_target

MOST_PER_TARGET = 8
MOST_AT_ONCE = 64

MOST_LOOKED_AT = 500
"""So many that are due are looked at in one go; the loop has a turn before the next."""

_Line = tuple[EndpointId | None, str, str, str]


class Queues:
    """The open series in memory; `due` hands out what may be sent, `learn` and `ended` keep it true."""

    def __init__(self, per_target: int = MOST_PER_TARGET, at_once: int = MOST_AT_ONCE) -> None:
        self.known: dict[SeriesId, Series] = {}
        self.paused: set[tuple[EndpointId | None, str]] = set()
        self._per_target = per_target
        self._at_once = at_once
        self._heap: list[tuple[datetime, int, SeriesId]] = []
        self._number = count()
        self._lines: dict[_Line, list[SeriesId]] = {}
        self._ready: defaultdict[str, deque[SeriesId]] = defaultdict(deque)
        self._busy: Counter[str] = Counter()
        self._sending: dict[SeriesId, str] = {}

    @property
    def sending(self) -> frozenset[SeriesId]:
        """The series with a try under way."""
        return frozenset(self._sending)

    def learn(self, series: Series) -> None:
        """Take a series as it is now; one that is over leaves. One with a try under way is left to who sends it."""
        if series.state not in (SeriesState.WAITING, SeriesState.SENDING, SeriesState.UNDECIDED):
            self.forget(series.id)
            return
        new = series.id not in self.known
        self.known[series.id] = series
        if new:
            self._line_up(series)
        if series.id not in self._sending and series.state is not SeriesState.UNDECIDED:
            self._push(series)

    def forget(self, series_id: SeriesId) -> None:
        """Let go of a series; the next of its message may go."""
        series = self.known.pop(series_id, None)
        line = None if series is None else _line_of(series)
        if line is None or series is None or line not in self._lines:
            return
        waiting = self._lines[line]
        was_first = waiting[0] == series_id
        waiting.remove(series_id)
        if not waiting:
            del self._lines[line]
        elif was_first:
            self._push(self.known[waiting[0]])

    def due(self, now: datetime) -> list[Series]:
        """Return the series whose try is to be made now, and count them as under way."""
        looked_at = 0
        while self._heap and self._heap[0][0] <= now and looked_at < MOST_LOOKED_AT:
            looked_at += 1
            series = self.known.get(heapq.heappop(self._heap)[2])
            if series is not None and self._may_go(series, now):
                self._ready[_origin(series.target)].append(series.id)
        return list(self._picked(now))

    def next_at(self) -> datetime | None:
        """Return when the next series may be due, None where none waits."""
        return self._heap[0][0] if self._heap else None

    def ended(self, series_id: SeriesId, after: Series | None) -> None:
        """Note that a try is over; `after` is its series now, None where nothing is known of it any more."""
        origin = self._sending.pop(series_id, None)
        if origin is not None:
            self._busy[origin] -= 1
            if not self._busy[origin]:
                del self._busy[origin]
        if after is None:
            self.forget(series_id)
        elif series_id in self.known or after.state.is_open:
            self.learn(after)

    def resume(self, rule: tuple[EndpointId | None, str]) -> None:
        """Let the series of a rule go on."""
        self.paused.discard(rule)
        for series in self.known.values():
            if (series.endpoint_id, series.rule_id) == rule:
                self._push(series)

    def _picked(self, now: datetime) -> Iterable[Series]:
        for origin in list(self._ready):
            ready = self._ready[origin]
            while ready and self._busy[origin] < self._per_target and len(self._sending) < self._at_once:
                series = self.known.get(ready.popleft())
                if series is not None and self._may_go(series, now):
                    self._busy[origin] += 1
                    self._sending[series.id] = origin
                    yield series
            if not ready:
                del self._ready[origin]

    def _may_go(self, series: Series, now: datetime) -> bool:
        line = _line_of(series)
        return (
            series.id not in self._sending
            and series.state is not SeriesState.UNDECIDED
            and (series.next_at is None or series.next_at <= now)
            and (series.endpoint_id, series.rule_id) not in self.paused
            and (line is None or self._lines[line][0] == series.id)
        )

    def _push(self, series: Series) -> None:
        at = series.next_at or series.created_at
        heapq.heappush(self._heap, (at, next(self._number), series.id))

    def _line_up(self, series: Series) -> None:
        line = _line_of(series)
        if line is not None:
            waiting = self._lines.setdefault(line, [])
            waiting.append(series.id)
            if len(waiting) > 1 and waiting[-2] > series.id:
                waiting.sort()


def _line_of(series: Series) -> _Line | None:
    """Return what the series share that must go one after the other, None where it may go at any time."""
    if not series.plan.in_order or not series.message_id:
        return None
    return series.endpoint_id, series.rule_id, series.target, series.message_id


@lru_cache(maxsize=256)
def _origin(target: str) -> str:
    try:
        return parse_target(target).origin
    except UsageError:  # it is refused when it is sent
        return target
