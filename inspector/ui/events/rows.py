"""What the events page reads: the narrow part of the store it needs, and the owner of its coroutines."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, Protocol

from inspector.domain.event import EventId, EventSummary
from inspector.domain.query import Query
from inspector.domain.report import Category

ChunkSink = Callable[["array[int]"], None]


class Counts(Protocol):
    """How many events a query finds: all of them, by category, and those that are issues."""

    @property
    def total(self) -> int:
        """All events."""

    @property
    def by_category(self) -> Mapping[Category, int]:
        """Events of each category; one left out has none."""

    @property
    def issues(self) -> int:
        """Events with trouble, whatever their category."""


class Facet(Protocol):
    """A value that events have in a search field, and how many have it."""

    @property
    def value(self) -> str:
        """The value as it is typed after the key."""

    @property
    def count(self) -> int:
        """How many events."""


class PageRows(Protocol):
    """Reads rows at once, on the window's thread: a page of 256 takes half a millisecond."""

    def page(self, ids: Sequence[EventId]) -> list[EventSummary]:
        """Return the rows of these ids in the same order; one that is gone is left out."""


class EventRows(PageRows, Protocol):
    """Everything the events page reads."""

    async def ids(self, query: Query, *, chunk: ChunkSink | None = None) -> array[int]:
        """Return the ids a query finds, ascending; `chunk` hears of the newest ones as soon as they are known."""

    async def among(self, query: Query, ids: Sequence[EventId]) -> array[int]:
        """Return which of these events a query finds, ascending."""

    async def facets(self, query: Query, field: str) -> Sequence[Facet]:
        """Return the most frequent values of a search field among what a query finds."""

    async def counts(self, query: Query) -> Counts:
        """Count what a query finds."""

    def matches(self, query: Query, summary: EventSummary) -> bool | None:
        """Tell whether a new row belongs to a query; None where only a search can tell."""


class Cancellable(Protocol):
    """A running task as far as the page cares."""

    def cancel(self) -> object:
        """Stop it as soon as it waits."""


class Starter(Protocol):
    """Runs coroutines and reports their errors."""

    def start(self, coroutine: Coroutine[Any, Any, Any], name: str) -> Cancellable:
        """Run a coroutine now."""
