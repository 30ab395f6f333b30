"""Replays begun by hand that wait to be tried again, also those that began before this start of the program."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from inspector.domain.attempt import SeriesId
from inspector.domain.event import EventId
from inspector.domain.series import BY_HAND, Series
from inspector.feed import Feed
from inspector.store.series import READ_AT_ONCE, SeriesBook
from inspector.ui.replay.run_dialog import RunWords


class WaitingSeries:
    """Knows the open ones of the series it has heard of. `changed` tells that there are more or fewer.

    A series counts once a try of it has failed: most get through at once, and nobody waits for those.
    """

    def __init__(self, book: SeriesBook) -> None:
        self.changed: Feed[None] = Feed()
        self._book = book
        self._open: dict[SeriesId, EventId] = {}
        self._over: set[SeriesId] | None = set()
        self._unsubscribe: Callable[[], None] = book.changed.subscribe(self._on_changed)

    async def look_back(self) -> None:
        """Learn of those that were open before."""
        after = SeriesId(0)
        while True:
            page = await self._book.open_after(after)
            over = self._over or set()
            self._open |= {one.id: one.event_id for one in page if one.rule_id == BY_HAND and one.id not in over}
            if len(page) < READ_AT_ONCE:
                break
            after = page[-1].id
        self._over = None
        self.changed.publish(None)

    def close(self) -> None:
        """Hear no more."""
        self._unsubscribe()

    @property
    def ids(self) -> tuple[SeriesId, ...]:
        """The series that wait, oldest first."""
        return tuple(sorted(self._open))

    @property
    def newest_event(self) -> EventId | None:
        """The event of the series that was begun last, None where none waits."""
        return self._open[max(self._open)] if self._open else None

    def words(self) -> RunWords:
        """Return how many wait."""
        count = len(self._open)
        return RunWords(f"{count:,} {'replay waits' if count == 1 else 'replays wait'} to retry")

    def _on_changed(self, changed: Sequence[Series]) -> None:
        before = len(self._open)
        for series in changed:
            if series.rule_id != BY_HAND:
                continue
            if series.state.is_open and series.tries:
                self._open[series.id] = series.event_id
            elif not series.state.is_open:
                self._open.pop(series.id, None)
                if self._over is not None:
                    self._over.add(series.id)
        if len(self._open) != before:
            self.changed.publish(None)
