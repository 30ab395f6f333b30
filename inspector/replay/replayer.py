"""Replays captured events to a target and keeps every attempt."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from inspector.directory import Resolved
from inspector.domain.attempt import Attempt, AttemptId, Outgoing, SeriesId
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.errors import UsageError
from inspector.domain.event import Event, EventId, EventSummary
from inspector.domain.identity import Identity
from inspector.feed import Feed
from inspector.replay.outgoing import outgoing_of
from inspector.replay.sender import Sender
from inspector.replay.target import is_this_computer, parse_target


class Events(Protocol):
    """The part of the store that has the events and keeps the attempts."""

    def event(self, event_id: EventId) -> Event | None:
        """Return an event with its body, or None."""

    def summary(self, event_id: EventId) -> EventSummary | None:
        """Return an event's row, or None."""

    async def add_attempt(self, attempt: Attempt) -> Attempt:
        """Keep an attempt and return it with its id."""


class Endpoints(Protocol):
    """The part of the directory that remembers where an endpoint's events are replayed to."""

    def by_id(self, endpoint_id: EndpointId) -> Resolved | None:
        """Return an endpoint, or None."""

    async def save(self, endpoint: Endpoint) -> Endpoint:
        """Keep an endpoint's changes."""


class Limits(Protocol):
    """The settings a replay goes by."""

    @property
    def replay_timeout_s(self) -> int:
        """Seconds a target has to answer."""

    @property
    def confirmed_hosts(self) -> tuple[str, ...]:
        """Hosts the user has agreed to send real data to."""


@dataclass(frozen=True, slots=True)
class Running:
    """A replay that has not ended yet."""

    event_id: EventId
    target: str
    started_at: datetime


class Replayer:
    """Sends events out again, as captured.

    Feeds: `running` (what runs now, with every start and end), `finished` (each attempt once it is kept).
    """

    def __init__(
        self, store: Events, directory: Endpoints | None, sender: Sender, limits: Callable[[], Limits]
    ) -> None:
        self.running: Feed[tuple[Running, ...]] = Feed()
        self.finished: Feed[Attempt] = Feed()
        self._store = store
        self._directory = directory
        self.sender = sender
        self._limits = limits
        self._running: list[Running] = []

    @property
    def running_now(self) -> tuple[Running, ...]:
        """The replays that have not ended yet, oldest first."""
        return tuple(self._running)

    def needs_consent(self, url: str) -> str | None:
        """Return the host a replay would send real data to for the first time, or None. Raises UsageError."""
        target = parse_target(url)
        if is_this_computer(target.host) or target.host in self._limits().confirmed_hosts:
            return None
        return target.host

    def exists(self, event_id: EventId) -> bool:
        """Return whether an event is still there."""
        return self._store.summary(event_id) is not None

    def event(self, event_id: EventId) -> Event:
        """Return an event that can be sent again. Raises UsageError for one that cannot."""
        event = self._store.event(event_id)
        _check(event_id, None if event is None else event.summary)
        assert event is not None
        if not event.body_kept:
            raise UsageError(f"Event #{event_id} cannot be replayed.", "Its endpoint keeps no bodies.")
        return event

    def check(self, event_id: EventId) -> None:
        """Raise UsageError for an event that cannot be sent again; its body is not read."""
        _check(event_id, self._store.summary(event_id))

    async def replay(self, event_id: EventId, target: str, *, timeout_s: float | None = None) -> Attempt:
        """Send an event to `target` as captured and keep what came back; a target that fails is an attempt too.

        Cancelling ends it without a trace. Raises UsageError where there is nothing to send or nowhere to send it.
        """
        event = self.event(event_id)
        outgoing = outgoing_of(event.request, target)
        await self.remember(event.summary.endpoint_id, target)
        return await self.send(event_id, outgoing, timeout_s=timeout_s)

    async def send(
        self,
        event_id: EventId,
        outgoing: Outgoing,
        *,
        timeout_s: float | None = None,
        identity: Identity = Identity.CAPTURED,
        note: str = "",
        series_id: SeriesId | None = None,
        try_no: int = 1,
        keep: Callable[[Attempt], Awaitable[Attempt]] | None = None,
    ) -> Attempt:
        """Send something made from an event and keep the attempt under it; `note` says what was made anew.

        `series_id` and `try_no` say which try of which series it is; `keep` keeps it in the store's place.
        """
        now = datetime.now(UTC)
        running = Running(event_id, outgoing.url, now)
        self._running.append(running)
        self.running.publish(self.running_now)
        try:
            result = await self.sender.send(outgoing, timeout_s=timeout_s or self._limits().replay_timeout_s)
            trouble = result.trouble
            attempt = await (keep or self._store.add_attempt)(
                Attempt(
                    id=AttemptId(0),
                    event_id=event_id,
                    sent_at=now,
                    sent=result.sent,
                    response=result.response,
                    failure=trouble.failure if trouble else None,
                    failure_title=trouble.title if trouble else "",
                    failure_hint=trouble.hint if trouble else "",
                    connect_ms=result.connect_ms,
                    wait_ms=result.wait_ms,
                    total_ms=result.total_ms,
                    remote=result.remote,
                    send_ms=result.send_ms,
                    download_ms=result.download_ms,
                    tls=result.tls,
                    identity=identity,
                    note=note,
                    series_id=series_id,
                    try_no=try_no,
                )
            )
        finally:
            self._running.remove(running)
            self.running.publish(self.running_now)
        self.finished.publish(attempt)
        return attempt

    async def remember(self, endpoint_id: EndpointId | None, target: str) -> None:
        """Make `target` the one a click on Replay goes to from now on."""
        if self._directory is None or endpoint_id is None:
            return
        resolved = self._directory.by_id(endpoint_id)
        if resolved is not None and resolved.endpoint.target != target:
            await self._directory.save(replace(resolved.endpoint, target=target))


def _check(event_id: EventId, row: EventSummary | None) -> None:
    if row is None:
        raise UsageError(f"There is no event #{event_id}.", "It may have been deleted.")
    if row.refusal is not None:
        raise UsageError(f"Event #{event_id} cannot be replayed.", "It was turned away, and its body not kept.")
