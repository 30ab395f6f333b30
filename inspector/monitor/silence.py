"""Which endpoints have been silent for longer than usual."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from inspector.domain.endpoint import Endpoint
from inspector.monitor.alerts import Rule
from inspector.monitor.judging import MICRO, Finding
from inspector.monitor.rhythm import LEAST_S, allowed_s
from inspector.monitor.wording import duration
from inspector.store.figure_reads import read_last, read_minutes
from inspector.store.figure_store import FigureStore

KNOWN_S = 7 * 86_400


@dataclass(slots=True)
class SilenceWatch:
    """Remembers when each endpoint last received something, and how long it may stay silent after that."""

    figures: FigureStore
    last_us: dict[int, int] = field(default_factory=dict)
    _asked: set[int] = field(default_factory=set)
    _allowed: dict[int, tuple[int, int | None]] = field(default_factory=dict)

    def heard(self, endpoint_id: int, received_us: int) -> None:
        """Note an event."""
        if received_us > self.last_us.get(endpoint_id, 0):
            self.last_us[endpoint_id] = received_us

    async def findings(
        self, rule: Rule, endpoints: Iterable[Endpoint], listening_since_us: int | None, now_us: int
    ) -> list[Finding]:
        """Return the endpoints that are too silent. Where nobody listens nothing can be said."""
        watched = [endpoint for endpoint in endpoints if not endpoint.paused]
        if not rule.on or listening_since_us is None:
            return []
        await self._ask(tuple(int(endpoint.id) for endpoint in watched if int(endpoint.id) not in self._asked))
        found = []
        for endpoint in watched:
            last_us = self.last_us.get(int(endpoint.id))
            if last_us is None:
                continue
            silent_s = (now_us - max(last_us, listening_since_us)) // MICRO
            if silent_s < LEAST_S:
                continue
            may_s = await self._may_be(rule, int(endpoint.id), last_us)
            if may_s is not None and silent_s > may_s:
                found.append(_finding(rule, endpoint, silent_s, may_s, now_us))
        return found

    def forget(self) -> None:
        """Work out anew how long a silence may be: the rule is another now."""
        self._allowed.clear()

    async def _ask(self, unknown: tuple[int, ...]) -> None:
        if unknown:
            self._asked.update(unknown)
            for endpoint_id, last_us in (await self.figures.read(lambda c: read_last(c, unknown))).items():
                self.heard(endpoint_id, last_us)

    async def _may_be(self, rule: Rule, endpoint_id: int, last_us: int) -> int | None:
        known = self._allowed.get(endpoint_id)
        if known is None or known[0] != last_us:
            last_s = last_us // MICRO
            minutes = await self.figures.read(lambda c: read_minutes(c, endpoint_id, last_s - KNOWN_S))
            known = last_us, allowed_s(minutes, last_s, hours=rule.at_least, factor=rule.threshold)
            self._allowed[endpoint_id] = known
        return known[1]


def _finding(rule: Rule, endpoint: Endpoint, silent_s: int, may_s: int, now_us: int) -> Finding:
    return Finding(
        rule.id,
        endpoint.id,
        f"Silence for {duration(silent_s // 60 * 60)}" if silent_s >= 120 else "Silence",
        f"nothing came for longer than {duration(may_s)}, {rule.threshold:g} times the usual wait at this time of day",
        now_us + 1,
        float(silent_s // 60 * 60),
    )
