"""What the inspector asks for beyond the event it is given."""

from __future__ import annotations

from typing import Protocol

from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.event import EventId, EventSummary


class EventReader(Protocol):
    """Short, synchronous look-ups; each answers within a millisecond or so."""

    def summary(self, event_id: EventId) -> EventSummary | None:
        """Return another event's row, None where it is gone."""

    def endpoint(self, endpoint_id: EndpointId) -> Endpoint | None:
        """Return an endpoint, None where it is gone."""

    def signature_headers(self, provider: str) -> tuple[str, ...]:
        """Return the headers a provider's signature is in, () for an unknown provider."""
