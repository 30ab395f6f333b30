"""What the messages page reads: the narrow part of the store it needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.feed import Feed
from inspector.store.message_query import MessageQuery
from inspector.store.message_reader import MessageChanges, MessageCounts, MessageDetail, MessageList
from inspector.timeline.row import MessageRow
from inspector.timeline.template import TemplateReport


class Messages(Protocol):
    """Reads messages off the window's thread; MessageReader is one."""

    changed: Feed[None]
    now_us: Callable[[], int]

    async def ids(self, query: MessageQuery) -> MessageList:
        """Return the ids a query finds, the newest activity first."""

    async def rows(self, ids: Sequence[int]) -> list[MessageRow]:
        """Return the rows of these messages."""

    async def counts(self, query: MessageQuery) -> MessageCounts:
        """Count what a query finds by segment."""

    async def changes(self, query: MessageQuery, revision: int) -> MessageChanges:
        """Return what changed since a revision."""

    async def message(self, id: int) -> MessageDetail | None:
        """Return one message with all its reports."""

    async def of_event(self, event_id: EventId) -> MessageDetail | None:
        """Return the message an event is about."""

    async def find(self, endpoint_id: EndpointId | None, message_id: str) -> int | None:
        """Return the id of a message by its name."""

    async def templates(self, endpoint_id: EndpointId | None) -> tuple[TemplateReport, ...]:
        """Return every approval and rejection."""
