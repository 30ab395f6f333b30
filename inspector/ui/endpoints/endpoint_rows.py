"""Endpoints with their counts, as the sidebar shows them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.ui.endpoints.sidebar_model import EndpointRow
from inspector.ui.widgets.marks import DotState


class ScopeCount(Protocol):
    """How many events an endpoint has, and how many wrong signatures nobody has looked at."""

    @property
    def endpoint_id(self) -> EndpointId | None:
        """The endpoint, None for requests to no endpoint of ours."""

    @property
    def events(self) -> int:
        """All its events."""

    @property
    def unseen_failures(self) -> int:
        """Unread events with a wrong or old signature."""


def endpoint_rows(
    endpoints: Iterable[Endpoint], counts: Sequence[ScopeCount], *, listening: bool
) -> tuple[EndpointRow, ...]:
    """Return one row for each endpoint in the user's order; `listening` tells whether the receiver does."""
    by_id = {count.endpoint_id: count for count in counts}
    rows = []
    for endpoint in endpoints:
        count = by_id.get(endpoint.id)
        events = count.events if count else 0
        failures = count.unseen_failures if count else 0
        state = state_of(endpoint, events, listening=listening)
        rows.append(EndpointRow(endpoint.id, endpoint.name, endpoint.path, state, events, failures, endpoint.colour))
    return tuple(rows)


def state_of(endpoint: Endpoint, events: int, *, listening: bool) -> DotState:
    """Return the mark of an endpoint: its own pause comes first, then the receiver, then whether it was ever used."""
    if endpoint.paused:
        return "paused"
    if not listening:
        return "error"
    return "receiving" if events else "idle"
