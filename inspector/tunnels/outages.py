"""The times in which nothing could arrive, as they begin and end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from inspector.tunnels.state import Outage

MOST = 500
"""So many are remembered for the list."""

NoteSpan = Callable[[datetime, datetime | None, str], None]
"""Hears of an outage when it begins (no end yet) and again when it ends, with its reason."""


class Outages:
    """One outage at a time, and those before it, oldest first."""

    def __init__(self) -> None:
        self._past: list[Outage] = []
        self._running: Outage | None = None
        self.note: NoteSpan | None = None

    @property
    def all(self) -> tuple[Outage, ...]:
        """Every outage, the running one last."""
        return (*self._past, self._running) if self._running is not None else tuple(self._past)

    @property
    def since(self) -> datetime | None:
        """When the running outage began, None while there is none."""
        return self._running.start if self._running is not None else None

    def begin(self, now: datetime, reason: str) -> None:
        """Note that nothing arrives from now on; goes on with the running outage where there is one."""
        if self._running is None:
            self._running = Outage(now, None, reason)
            self._tell(self._running)

    def end(self, now: datetime) -> None:
        """Note that requests arrive again."""
        if self._running is not None:
            self.add(Outage(self._running.start, now, self._running.reason))
            self._running = None

    def add(self, outage: Outage) -> None:
        """Note an outage that is over already."""
        self._past = [*self._past[1 - MOST :], outage]
        self._tell(outage)

    def _tell(self, outage: Outage) -> None:
        if self.note is not None:
            self.note(outage.start, outage.end, outage.reason)
