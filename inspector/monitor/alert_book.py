"""The alerts that are open, in memory and in the database alike."""

from __future__ import annotations

from collections.abc import Iterable, Set
from dataclasses import replace
from typing import Any

from inspector.domain.endpoint import EndpointId
from inspector.monitor.alerts import Alert, AlertId, AlertNews, NewsKind, RuleId
from inspector.monitor.board import MeasuredAt
from inspector.store.alert_rows import AlertRow, read_changes, read_history, read_open, save_alerts
from inspector.store.figure_store import FigureStore


class AlertBook:
    """Keeps news before anybody hears of them."""

    def __init__(self, figures: FigureStore) -> None:
        self._figures = figures
        self._open: dict[AlertId, Alert] = {}

    @property
    def open(self) -> tuple[Alert, ...]:
        """Every open alert, the newest first."""
        return tuple(sorted(self._open.values(), key=lambda alert: (alert.opened_us, alert.id), reverse=True))

    async def load(self) -> None:
        """Take up what an earlier run left open."""
        alerts = _alerts_of(await self._figures.read(read_open))
        self._open = {alert.id: alert for alert in alerts}

    async def changes(self) -> dict[str, dict[str, Any]]:
        """Return what the user changed about the rules."""
        return await self._figures.read(read_changes)

    async def history(self, scope: EndpointId | None, limit: int) -> tuple[Alert, ...]:
        """Return open and closed alerts, newest first."""
        return tuple(_alerts_of(await self._figures.read(lambda connection: read_history(connection, scope, limit))))

    async def keep(self, news: Iterable[AlertNews]) -> list[AlertNews]:
        """Store what happened and return it with the ids of new alerts."""
        items = list(news)
        if not items:
            return []
        ids = await self._figures.write(save_alerts, [_row_of(item.alert) for item in items])
        kept = [AlertNews(item.kind, replace(item.alert, id=AlertId(id))) for item, id in zip(items, ids, strict=True)]
        for item in kept:
            if item.kind is NewsKind.CLOSED:
                self._open.pop(item.alert.id, None)
            else:
                self._open[item.alert.id] = item.alert
        return kept

    def forget(self, endpoints: Set[EndpointId]) -> list[Alert]:
        """Take out and return the open alerts of endpoints that are not among these."""
        gone = [a for a in self._open.values() if a.endpoint_id is not None and a.endpoint_id not in endpoints]
        for alert in gone:
            del self._open[alert.id]
        return gone

    async def mute(self, alert_id: AlertId, until_us: int) -> Alert | None:
        """Mute an open alert until a moment and return it; None where it is not open."""
        alert = self._open.get(alert_id)
        if alert is None:
            return None
        muted = replace(alert, muted_until_us=until_us)
        await self._figures.write(save_alerts, [_row_of(muted)])
        self._open[alert_id] = muted
        return muted


def _row_of(alert: Alert) -> AlertRow:
    return AlertRow(
        alert.id,
        alert.rule.value,
        alert.endpoint_id or 0,
        alert.measured_at.value,
        alert.subject,
        alert.opened_us,
        alert.closed_us,
        alert.title,
        alert.detail,
        alert.value,
        alert.worst,
        alert.search,
        alert.muted_until_us,
        alert.bad_us,
    )


def _alerts_of(rows: Iterable[AlertRow]) -> list[Alert]:
    known = {rule.value for rule in RuleId}
    return [
        Alert(
            AlertId(row.id),
            RuleId(row.rule),
            EndpointId(row.endpoint_id) if row.endpoint_id else None,
            MeasuredAt(row.measured_at),
            row.subject,
            row.opened_us,
            row.closed_us,
            row.title,
            row.detail,
            row.value,
            row.worst,
            row.search,
            row.muted_until_us,
            row.bad_us,
        )
        for row in rows
        if row.rule in known
    ]
