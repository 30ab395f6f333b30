"""What the forwarding dialog needs of the program: rules, logs and figures, and everything that is done to them."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from inspector.app import App
from inspector.domain.attempt import SeriesId
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.event import EventId
from inspector.domain.forwarding import ForwardRule
from inspector.domain.series import Series
from inspector.domain.values import to_us
from inspector.feed import Feed
from inspector.replay.courier_later import MODULES
from inspector.store.rule_figures import TargetFigures
from inspector.store.series import RuleKey
from inspector.ui.forwarding.log_model import PAGE

HOUR = timedelta(hours=1)


class ForwardDesk:
    """The program, as the dialog uses it. `show_event`, `edit` and `test` are the window's."""

    def __init__(
        self,
        app: App,
        show_event: Callable[[EventId], None],
        edit: Callable[[EndpointId], None],
        test: Callable[[str], object],
    ) -> None:
        self._app = app
        self.show_event, self.edit, self.test = show_event, edit, test

    @property
    def changed(self) -> Feed[Sequence[Series]]:
        """Series that are new or have changed."""
        return self._app.store.series.changed

    @property
    def endpoints_changed(self) -> Feed[None]:
        """Endpoints, and so rules, have changed."""
        return self._app.directory.changed

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return every endpoint."""
        return self._app.directory.all()

    def endpoint(self, endpoint_id: EndpointId) -> Endpoint | None:
        """Return an endpoint, None where it is gone."""
        resolved = self._app.directory.by_id(endpoint_id)
        return None if resolved is None else resolved.endpoint

    async def page(self, rule: RuleKey, before: SeriesId | None) -> tuple[Series, ...]:
        """Return the next PAGE series of a rule's log, newest first."""
        return await self._app.store.series.log(rule, before=before, limit=PAGE)

    async def figures(self, rules: Iterable[RuleKey]) -> dict[RuleKey, tuple[TargetFigures, ...]]:
        """Return how it goes with the targets of rules; shares are of the last hour."""
        since_us = to_us(datetime.now(UTC) - HOUR)
        return {rule: await self._app.store.series.figures(rule, since_us) for rule in rules}

    async def paused(self) -> frozenset[RuleKey]:
        """Return the rules whose series wait."""
        return await self._app.store.series.paused()

    async def set_paused(self, rules: Iterable[RuleKey], paused: bool) -> None:
        """Let the series of rules wait, or go on."""
        await self._wake()
        courier = self._app.courier
        for rule in rules:
            await (courier.pause(rule) if paused else courier.resume(rule))

    async def switch(self, rule: RuleKey, on: bool) -> None:
        """Let a rule send on what arrives from now on, or not."""
        endpoint = self.endpoint(rule.endpoint_id)
        if endpoint is None:
            return
        forwards = tuple(switched(one, on) if one.id == rule.rule_id else one for one in endpoint.forwards)
        await self._app.directory.save(replace(endpoint, forwards=forwards))

    async def stop(self, ids: Sequence[SeriesId]) -> None:
        """Stop series."""
        await self._wake()
        await self._app.courier.stop(ids)

    async def stop_rule(self, rule: RuleKey) -> int:
        """Stop everything of a rule that is not over; returns how many there were."""
        await self._wake()
        return await self._app.courier.stop_rule(rule)

    async def again(self, ids: Sequence[SeriesId]) -> int:
        """Send series now, also those that are over; returns how many that could be done to."""
        await self._wake()
        self._app.courier  # noqa: B018  # at work from now on, if it was not
        return len(await self._app.store.series.again(ids))

    async def _wake(self) -> None:
        """Load what sends, in a thread, because that takes longer than the loop may wait."""
        if not self._app.courier_later.is_made:
            for name in MODULES:
                await asyncio.to_thread(importlib.import_module, name)


def switched(rule: ForwardRule, on: bool) -> ForwardRule:
    """Return a rule that is on, or off."""
    return replace(rule, enabled=on)
