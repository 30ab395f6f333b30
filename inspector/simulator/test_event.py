"""Test events: a provider's samples and troubles, signed and sent to our own receiver through a real socket."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random, SystemRandom
from typing import Protocol

from inspector.directory import Resolved
from inspector.domain.attempt import Outgoing
from inspector.domain.endpoint import DEFAULT_PROVIDER, Endpoint, EndpointId, new_secret
from inspector.domain.errors import ProviderError, UsageError
from inspector.domain.report import Kind
from inspector.domain.secret import Secret
from inspector.replay.sender import Result, Sender
from inspector.simulator.burst import burst
from inspector.simulator.places import GENERAL as GENERAL
from inspector.simulator.prepare import prepared
from inspector.simulator.samples import Sample, Values, load_samples, read_samples
from inspector.simulator.trouble import BURST, BURST_RATE, BURST_S, DUPLICATE, READ_FIRST, TROUBLE, WRONG_SIGNATURE

PATIENCE_S = 130.0
"""Longer than the longest delay an answer can have."""

_TROUBLE_KEYS = frozenset(case.key for case in TROUBLE)


class Endpoints(Protocol):
    """Finds an endpoint with its secrets."""

    def by_id(self, endpoint_id: EndpointId) -> Resolved | None:
        """Return an endpoint, or None."""


class Addresses(Protocol):
    """Knows where endpoints receive."""

    def address_of(self, endpoint: Endpoint) -> str:
        """Return an endpoint's local address."""


class HasSender(Protocol):
    """Something that sends requests out."""

    @property
    def sender(self) -> Sender:
        """What sends them."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What a test event led to. `results` are the responses (none are kept of a burst)."""

    title: str
    results: tuple[Result, ...]
    sent: int
    accepted: int

    @property
    def sentence(self) -> str:
        """What happened, for a person."""
        if self.sent != 1 or not self.results:
            return f"{self.title}: {self.accepted:,} of {self.sent:,} were answered 2xx"
        result = self.results[0]
        if result.response is None:
            return f"{self.title}: {result.trouble.title if result.trouble else 'no answer'}"
        return f"{self.title}: answered {result.response.status}"


class Simulator:
    """Sends test events to the program's own endpoints.

    `through` gives the public address of an endpoint when events shall take the way from outside, "" for the short way.
    """

    def __init__(
        self,
        directory: Endpoints,
        receiver: Addresses,
        replayer: HasSender,
        folders: Sequence[Path],
        rng: Random | None = None,
    ) -> None:
        self._directory = directory
        self._receiver = receiver
        self._sender = replayer.sender
        self._folders = tuple(folders)
        self._rng = rng or SystemRandom()
        self._loaded: dict[str, tuple[Sample, ...]] = {}
        self._last: dict[EndpointId, Outgoing] = {}
        self.through: Callable[[Endpoint], str] = lambda _endpoint: ""

    def samples(self, endpoint: Endpoint) -> tuple[Sample, ...]:
        """Return the events an endpoint's provider could send; an endpoint without one gets the default's."""
        return self.samples_of(endpoint.provider or DEFAULT_PROVIDER)

    def samples_of(self, provider: str) -> tuple[Sample, ...]:
        """Return a provider's samples in order; in a later folder the same key wins. Read once."""
        if provider not in self._loaded:
            self._loaded[provider] = samples_for(self._folders, provider)
        return self._loaded[provider]

    def problems(self, provider: str) -> tuple[ProviderError, ...]:
        """Return what is wrong with those of the user's own samples that cannot be read; they are left out."""
        found: list[ProviderError] = []
        for folder in self._folders[1:]:
            read_samples(folder, provider, found)
        return tuple(found)

    def forget(self, provider: str) -> None:
        """Read a provider's samples again when they are next asked for: one was saved, renamed or deleted."""
        self._loaded.pop(provider, None)

    def test_event(self, endpoint_id: EndpointId, key: str) -> Outgoing:
        """Return the (first) request that `send` would send, signed and addressed. Raises UsageError as `send` does."""
        resolved = self._ready(endpoint_id)
        if key == DUPLICATE and endpoint_id in self._last:
            return self._last[endpoint_id]
        if key == READ_FIRST:
            return self._read_first(resolved)[0]
        if key == WRONG_SIGNATURE:
            return self._prepared(resolved, self._usual(resolved), secret=Secret(new_secret()))
        if key in _TROUBLE_KEYS:
            return self._prepared(resolved, self._usual(resolved))
        return self._prepared(resolved, find_sample(self.samples(resolved.endpoint), key))

    async def send(self, endpoint_id: EndpointId, key: str) -> Sent:
        """Send a sample or a trouble by its key. Raises UsageError where there is no such thing to send."""
        resolved = self._ready(endpoint_id)
        trouble = next((case for case in TROUBLE if case.key == key), None)
        if trouble is None:
            sample = find_sample(self.samples(resolved.endpoint), key)
            return await self._send_all(sample.title, resolved, [self._prepared(resolved, sample)])
        if key == BURST:
            return await self._send_burst(trouble.title, resolved)
        events = [self.test_event(endpoint_id, key)]
        if key == READ_FIRST:
            events = self._read_first(resolved)
        elif key == DUPLICATE and endpoint_id not in self._last:
            events *= 2
        return await self._send_all(trouble.title, resolved, events)

    async def _send_burst(self, title: str, resolved: Resolved) -> Sent:
        # A tunnel is no place for a burst.
        url = self._receiver.address_of(resolved.endpoint)
        usual = self._usual(resolved)
        tally = await burst(url, lambda: self._prepared(resolved, usual, url=url), rate=BURST_RATE, seconds=BURST_S)
        return Sent(title, (), tally.sent, tally.accepted)

    def _ready(self, endpoint_id: EndpointId) -> Resolved:
        resolved = self._directory.by_id(endpoint_id)
        if resolved is None:
            raise UsageError("That endpoint no longer exists.")
        if self._receiver.address_of(resolved.endpoint).startswith("/"):
            raise UsageError("The receiver is not listening.", "Test events go through it.", "Start it first.")
        return resolved

    def _usual(self, resolved: Resolved) -> Sample:
        return usual_sample(self.samples(resolved.endpoint))

    def _read_first(self, resolved: Resolved) -> list[Outgoing]:
        by_kind = {sample.kind: sample for sample in reversed(self.samples(resolved.endpoint))}
        if Kind.READ not in by_kind or Kind.DELIVERED not in by_kind:
            raise UsageError("This provider does not report both delivered and read.")
        values = self._values()
        earlier = values.next(self._rng, values.now - timedelta(seconds=2))
        return [
            self._prepared(resolved, by_kind[Kind.READ], values),
            self._prepared(resolved, by_kind[Kind.DELIVERED], earlier),
        ]

    def _values(self) -> Values:
        return Values.fresh(self._rng, datetime.now(UTC))

    def _prepared(
        self,
        resolved: Resolved,
        sample: Sample,
        values: Values | None = None,
        *,
        secret: Secret | None = None,
        url: str = "",
    ) -> Outgoing:
        url = url or self.through(resolved.endpoint) or self._receiver.address_of(resolved.endpoint)
        return prepared(sample, values or self._values(), resolved, url, datetime.now(UTC), secret=secret)

    async def _send_all(self, title: str, resolved: Resolved, events: Sequence[Outgoing]) -> Sent:
        results = []
        for event in events:
            self._last[resolved.endpoint.id] = event
            results.append(await self._sender.send(event, timeout_s=PATIENCE_S))
        accepted = sum(item.response is not None and 200 <= item.response.status < 300 for item in results)
        return Sent(title, tuple(results), len(results), accepted)


def samples_for(folders: Sequence[Path], provider: str) -> tuple[Sample, ...]:
    """Return what can be sent as a provider: its samples, or the general ones where none are bundled; the user's last.

    The first folder is the bundled one, the others are the user's: there the same key wins.
    """
    found = merged_samples(folders, provider)
    if provider == GENERAL or any(not sample.mine for sample in found):
        return found
    return (*merged_samples(folders, GENERAL), *found)


def merged_samples(folders: Sequence[Path], provider: str) -> tuple[Sample, ...]:
    """Return a provider's samples from several folders; in a later one, which is the user's, the same key wins.

    A file of the user's that cannot be read is left out: the other events can still be sent.
    """
    bundled = load_samples(folders[0], provider) if folders else ()
    own = (sample for folder in folders[1:] for sample in read_samples(folder, provider, []))
    found = {sample.key: sample for sample in (*bundled, *own)}
    return tuple(sorted(found.values(), key=lambda sample: (sample.mine, sample.order, sample.key)))


def usual_sample(samples: Sequence[Sample]) -> Sample:
    """Return the one sample that stands for all: a delivered message, or the first. Raises UsageError without any."""
    if not samples:
        raise UsageError("There are no test events for this provider.")
    return next((sample for sample in samples if sample.kind is Kind.DELIVERED), samples[0])


def find_sample(samples: Sequence[Sample], key: str) -> Sample:
    """Return a sample by its key. Raises UsageError, naming those there are."""
    for sample in samples:
        if sample.key == key:
            return sample
    known = ", ".join(sample.key for sample in samples) or "none"
    raise UsageError(f"There is no test event {key!r}.", "", f"Choose one of {known}.")
