"""What lists of attempts ask for about the series behind them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from inspector.domain.attempt import SeriesId
from inspector.domain.event import EventId
from inspector.domain.series import Series


class SeriesSource(Protocol):
    """Short look-ups, and the way to stop a series."""

    def series_of(self, event_id: EventId) -> Sequence[Series]:
        """Return the series of an event, newest first."""

    def rule_name(self, series: Series) -> str:
        """Return the name of the rule that began a series, "" for none or where it is gone."""

    def is_paused(self, series: Series) -> bool:
        """Whether the rule of a series waits."""

    def is_running(self, series: Series) -> bool:
        """Whether a try of a series is under way."""

    def stop(self, series_id: SeriesId) -> None:
        """Stop a series; a try that is under way ends, and is kept."""
