"""Many series begun by one run: each is told of with its first try, and all of them are followed to their ends."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from inspector.domain.attempt import Attempt, SeriesId
from inspector.domain.errors import UsageError
from inspector.domain.series import NewSeries, Series, SeriesState
from inspector.feed import Feed

Begin = Callable[[Sequence[NewSeries]], Awaitable[Sequence[Series]]]
Stop = Callable[[Sequence[SeriesId]], Awaitable[None]]


class SeriesRun:
    """Follows the series it has begun. `changed` tells that one of them stands otherwise."""

    def __init__(self, begin: Begin, stop: Stop, series: Feed[Sequence[Series]], attempts: Feed[Attempt]) -> None:
        self.changed: Feed[None] = Feed()
        self._begin, self._stop = begin, stop
        self._states: dict[SeriesId, SeriesState] = {}
        self._first: dict[SeriesId, asyncio.Future[Attempt]] = {}
        self._unsubscribe = (series.subscribe(self._on_series), attempts.subscribe(self._on_attempt))

    def close(self) -> None:
        """Follow nothing any more; the series go on."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()

    async def send(self, new: NewSeries) -> Attempt:
        """Begin a series and return its first try. Raises UsageError where nothing could be sent."""
        (series,) = await self._begin([new])
        first: asyncio.Future[Attempt] = asyncio.get_running_loop().create_future()
        self._states[series.id] = series.state
        self._first[series.id] = first
        try:
            return await first
        finally:
            self._first.pop(series.id, None)

    async def stop(self) -> None:
        """Stop every series that is not over."""
        await self._stop([series_id for series_id, state in self._states.items() if state.is_open])

    @property
    def begun(self) -> int:
        """How many series were begun."""
        return len(self._states)

    @property
    def counts(self) -> Counter[SeriesState]:
        """How many series stand how."""
        return Counter(self._states.values())

    @property
    def open_count(self) -> int:
        """How many are not over."""
        return sum(state.is_open for state in self._states.values())

    def _on_series(self, changed: Sequence[Series]) -> None:
        told = False
        for series in changed:
            if series.id not in self._states:
                continue
            told = True
            self._states[series.id] = series.state
            first = self._first.get(series.id)
            if first is not None and not first.done() and not series.state.is_open and not series.tries:
                first.set_exception(UsageError("It was not sent.", series.note))
        if told:
            self.changed.publish(None)

    def _on_attempt(self, attempt: Attempt) -> None:
        first = self._first.get(attempt.series_id) if attempt.series_id is not None else None
        if first is not None and not first.done():
            first.set_result(attempt)


def standing_words(counts: Counter[SeriesState]) -> str:
    """Return how many series stand how: "9 got through, 3 wait to retry"."""
    waiting = sum(count for state, count in counts.items() if state.is_open)
    parts = (
        (counts[SeriesState.DONE], "got through"),
        (waiting, "wait to retry" if waiting != 1 else "waits to retry"),
        (counts[SeriesState.GIVEN_UP], "given up"),
        (counts[SeriesState.STOPPED], "stopped"),
        (counts[SeriesState.SKIPPED], "not sent"),
    )
    return ", ".join(f"{count:,} {words}" for count, words in parts if count)
