"""An in-memory stand-in for the part of the store the events page reads, and a starter that runs coroutines by hand."""

from __future__ import annotations

from array import array
from collections.abc import Coroutine, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId, EventSummary, Repeat
from inspector.domain.query import Query
from inspector.domain.report import Category, Kind
from inspector.domain.verification import Verdict
from inspector.ui.events.rows import ChunkSink
from inspector.ui.events.wording import is_issue

# 2024-12-20 14:23:45.218 UTC
BASE_US = 1_734_704_625_218_000


def an_event(number: int, label: str = "message.delivered", **changes: Any) -> EventSummary:
    """Return a plain valid event; `changes` replace its fields."""
    plain = EventSummary(
        id=EventId(number),
        endpoint_id=EndpointId(1),
        received_us=BASE_US + number * 1_000_000,
        method="POST",
        label=label,
        kind=label if label in set(Kind) else "message.inbound",
        message_id=f"msg_{number:08x}",
        recipient="+14155550132",
        verdict=Verdict.VALID,
        answer_status=200,
        answer_us=11_000,
        size=438,
        peer="203.0.113.24",
        carrier="verizon",
        campaign="cart_recovery_dec",
        unread=False,
    )
    return plain._replace(**changes)


def some_events(count: int, first: int = 1) -> list[EventSummary]:
    """Return plain events with ascending ids."""
    return [an_event(number) for number in range(first, first + count)]


@dataclass(frozen=True, slots=True)
class FakeCounts:
    """Counts of a query."""

    total: int = 0
    by_category: Mapping[Category, int] = field(default_factory=dict)
    issues: int = 0


@dataclass(frozen=True, slots=True)
class FakeFacet:
    """A value and how often it occurs."""

    value: str
    count: int


class FakeRows:
    """Events in memory. `asked` notes every page read, `queries` every list asked for."""

    def __init__(self, events: Iterable[EventSummary] = ()) -> None:
        self.events: dict[int, EventSummary] = {event.id: event for event in events}
        self.asked: list[int] = []
        self.queries: list[Query] = []
        self.gate: Gate | None = None
        self.only_search_can_tell = False

    def put(self, *events: EventSummary) -> None:
        """Keep new or changed events."""
        self.events.update({event.id: event for event in events})

    def page(self, ids: Sequence[EventId]) -> list[EventSummary]:
        """Return rows by id."""
        self.asked.append(len(ids))
        return [self.events[item] for item in ids if item in self.events]

    async def ids(self, query: Query, *, chunk: ChunkSink | None = None) -> array[int]:
        """Return matching ids."""
        self.queries.append(query)
        if self.gate is not None:
            await self.gate
        found = array("q", sorted(item.id for item in self.events.values() if self._fits(query, item)))
        if chunk is not None and len(found) > 500:
            chunk(found[-500:])
        return found

    async def among(self, query: Query, ids: Sequence[EventId]) -> array[int]:
        """Return which of these events match."""
        return array("q", sorted(item for item in ids if self._fits(query, self.events[item])))

    async def facets(self, query: Query, field: str) -> list[FakeFacet]:
        """Count the verdicts of what matches; other fields have no values."""
        if field != "sig":
            return []
        verdicts = [item.verdict.value for item in self.events.values() if item.verdict and self._fits(query, item)]
        return [FakeFacet(value, verdicts.count(value)) for value in sorted(set(verdicts))]

    async def counts(self, query: Query) -> FakeCounts:
        """Count matches."""
        found = [item for item in self.events.values() if self._fits(query, item)]
        by_category: dict[Category, int] = {}
        for item in found:
            category = _category(item)
            by_category[category] = by_category.get(category, 0) + 1
        return FakeCounts(len(found), by_category, sum(is_issue(item) for item in found))

    def matches(self, query: Query, summary: EventSummary) -> bool | None:
        """Tell whether a new row belongs to a query."""
        return None if self.only_search_can_tell else self._fits(query, summary)

    def _fits(self, query: Query, item: EventSummary) -> bool:
        if query.endpoint_id is not None and item.endpoint_id != query.endpoint_id:
            return False
        if query.category is not None and _category(item) != query.category:
            return False
        if query.issues and not is_issue(item):
            return False
        return all(_term_fits(term.field, term.values, item) != term.negated for term in query.terms)


def _category(item: EventSummary) -> Category:
    return Kind(item.kind).category if item.kind in set(Kind) else Category.OTHER


def _term_fits(name: str, values: tuple[str, ...], item: EventSummary) -> bool:
    if name == "type":
        return any(value in item.label for value in values)
    if name == "sig":
        return item.verdict is not None and item.verdict.value in values
    if name == "dup":
        return (item.repeat is Repeat.DUPLICATE) == ("yes" in values)
    return any(value in f"{item.label} {item.message_id} {item.recipient}" for value in values)


class Gate:
    """Something to wait for that a test opens."""

    def __await__(self) -> Generator[None, None, None]:
        yield


class HandTask:
    """One coroutine, run step by step."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], name: str) -> None:
        self.name = name
        self._coroutine = coroutine
        self.done = False
        self.cancelled = False

    def step(self) -> None:
        """Run it to where it waits, or to its end."""
        if self.done:
            return
        try:
            self._coroutine.send(None)
        except StopIteration:
            self.done = True

    def cancel(self) -> bool:
        """End it where it waits."""
        if not self.done:
            self.done = self.cancelled = True
            self._coroutine.close()
        return True


class HandStarter:
    """Runs each coroutine at once to where it waits; `release` lets the waiting ones go on."""

    def __init__(self) -> None:
        self.tasks: list[HandTask] = []

    def start(self, coroutine: Coroutine[Any, Any, Any], name: str) -> HandTask:
        """Run a coroutine."""
        task = HandTask(coroutine, name)
        self.tasks.append(task)
        task.step()
        return task

    def release(self) -> None:
        """Let what waits go on."""
        for task in tuple(self.tasks):
            task.step()
