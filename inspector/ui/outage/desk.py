"""What the outage dialog needs of the program: endpoints, the switch itself, and what came back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from inspector.app import App
from inspector.domain.answer import Answer, Outage
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.event import EventId, EventSummary
from inspector.domain.values import to_us
from inspector.feed import Feed
from inspector.replay.outage import OutageTable, outage_table
from inspector.ui.outage.words import Documented, begun, documented, ended, is_on


class OutageDesk:
    """The program, as the dialog uses it. `show_event` and `tell` are the window's."""

    def __init__(self, app: App, show_event: Callable[[EventId], None], tell: Callable[[str], None]) -> None:
        self._app = app
        self.show_event, self.tell = show_event, tell

    @property
    def added(self) -> Feed[Sequence[EventSummary]]:
        """Events that have arrived."""
        return self._app.store.added

    @property
    def endpoints_changed(self) -> Feed[None]:
        """Endpoints have changed."""
        return self._app.directory.changed

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return every endpoint."""
        return self._app.directory.all()

    def endpoint(self, endpoint_id: EndpointId) -> Endpoint | None:
        """Return an endpoint, None where it is gone."""
        resolved = self._app.directory.by_id(endpoint_id)
        return None if resolved is None else resolved.endpoint

    def terms(self, endpoint_id: EndpointId) -> Documented:
        """Return what the endpoint's provider documents of its retries."""
        resolved = self._app.directory.by_id(endpoint_id)
        return documented(resolved.profile if resolved is not None else None)

    async def begin(self, endpoint_id: EndpointId, kinds: Sequence[str], minutes: float, answer: Answer) -> None:
        """Let an endpoint be down from now on."""
        await self._set(endpoint_id, begun(kinds, minutes, answer, datetime.now(UTC)))

    async def end(self, endpoint_id: EndpointId) -> None:
        """Let an endpoint answer as usual from now on; what happened is kept."""
        endpoint, now = self.endpoint(endpoint_id), datetime.now(UTC)
        outage = endpoint.answers.outage if endpoint is not None else None
        if outage is not None and is_on(outage, now):
            await self._set(endpoint_id, ended(outage, now))

    async def _set(self, endpoint_id: EndpointId, outage: Outage) -> None:
        endpoint = self.endpoint(endpoint_id)
        if endpoint is not None:
            await self._app.directory.save(replace(endpoint, answers=replace(endpoint.answers, outage=outage)))

    async def table(self, endpoint_id: EndpointId) -> OutageTable | None:
        """Return what became of the events of the last rehearsal, None where there was none."""
        endpoint = self.endpoint(endpoint_id)
        if endpoint is None or endpoint.answers.outage is None:
            return None
        since_us, until_us = to_us(endpoint.answers.outage.since), to_us(endpoint.answers.outage.until)
        rows = await self._app.store.outage_rows(endpoint_id, since_us, until_us)
        waits_s = self.terms(endpoint_id).waits_s
        # Thousands of events are a long calculation.
        return await asyncio.to_thread(outage_table, rows, since_us, until_us, waits_s)
