"""Where one handler is tried: sends what a check asks for, keeps it, and remembers what later checks build on."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from random import Random, SystemRandom
from time import perf_counter

from inspector.domain.attempt import Failure, Outgoing
from inspector.domain.request import Request, header_text
from inspector.replay.failures import Trouble
from inspector.replay.sender import Result, Sender
from inspector.simulator.check.judge import LIMIT_S, accepted
from inspector.simulator.check.outcome import Exchange, Ruling, State
from inspector.simulator.check.probing import Effect, Leaves, beside, changes, leaves_of, repeated, without
from inspector.simulator.check.provider import Event, Provider
from inspector.simulator.check.wire import Wire

DOWN = frozenset({Failure.REFUSED, Failure.DNS, Failure.TLS, Failure.UNREACHABLE, Failure.PROTOCOL})
"""Failures that say that there is no handler at this address."""

RETRY_S = 12.0
"""The provider's one-minute retry, five times faster."""

HANG_UP_S = 0.1

DRIP_S = 2.0
"""How long a slow client takes for its body."""

TOO_MANY = 429
_MOST_PATIENCE_S = 10.0
_NOISE_S = (0.0, 0.35, 0.85)
_POLL_S = (0.05, 0.1, 0.2, 0.3, 0.5, 0.85, 1.0, 1.0, 1.0)
_SETTLE_S = 0.25
_NOTHING_SHOWN = "The probe shows nothing of an event that was processed."


def _patience(exchange: Exchange) -> float:
    """Return how long a handler that answered 429 wants to be left alone (RFC 9110 section 10.2.3), within limits."""
    told = header_text(exchange.response.headers, "Retry-After") if exchange.response else ""
    return min(_MOST_PATIENCE_S, max(1.0, float(told))) if told.isdecimal() else 2.0


def _patience_with(effect: Effect) -> float:
    """Return how long what a repeated event does may take to show, in seconds."""
    return max(0.8, 1.5 * effect.took_s)


class TargetDown(Exception):
    """There is no handler at the address: nothing more can be checked."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.title)
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Seams:
    """What a check takes from outside: the clock, waiting, chance, whom to trust, and how long it waits.

    `tls` is what is trusted in the system's place, `options` what single targets need (replay/target_options.py).
    `retry_s` lies between hanging up and the retry, `drip_s` is how long a slow client takes for its body, `pace`
    stretches or shortens the waits for a probe.
    """

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    rng: Random = field(default_factory=SystemRandom)
    tls: ssl.SSLContext | None = None
    options: Callable[[], Sequence[str]] = tuple
    retry_s: float = RETRY_S
    drip_s: float = DRIP_S
    pace: float = 1.0


class Bench:
    """One handler, the provider that calls it, and what is known about the handler so far."""

    def __init__(self, provider: Provider, probe_url: str = "", seams: Seams | None = None) -> None:
        self.provider = provider
        self.probe_url = probe_url
        self.seams = seams or Seams()
        self.baseline: Ruling | None = None
        self.refuses_forged: bool | None = None
        self.cause = ""
        self.rewrites_body = False
        self.is_silent = False
        self.tell_wait: Callable[[float], None] = lambda seconds: None
        self._sender = Sender(self.seams.tls, self.seams.options)
        self.wire = Wire(self._sender, self.seams.options)
        self._kept: list[Exchange] = []
        self._reached = False

    # -- sending -------------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Forget the requests of the check before."""
        self._kept = []

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """What was sent since `begin`."""
        return tuple(self._kept)

    def now(self) -> datetime:
        """Return the time."""
        return self.seams.now()

    def sign(self, event: Event | Request) -> Request:
        """Return an event signed now, as its provider would."""
        return self.provider.signed(event.request if isinstance(event, Event) else event, self.now())

    async def send(
        self, request: Request, label: str, *, timeout_s: float = LIMIT_S, one_of_many: bool = False
    ) -> Exchange:
        """Send a request as it is and keep what came back.

        Raises TargetDown where nothing is there; not for `one_of_many`, which a busy server may not let in.
        """
        at, outgoing = self.now(), self.provider.outgoing(request)
        exchange = self.keep(label, at, await self._sender.send(outgoing, timeout_s=timeout_s), one_of_many=one_of_many)
        if exchange.status != TOO_MANY or one_of_many:
            return exchange
        # It limits how often it may be called: that is good, and says nothing about this request.
        await self.seams.sleep(_patience(exchange))
        again = await self._sender.send(outgoing, timeout_s=timeout_s)
        return self.keep(f"{label}, again after 429", self.now(), again)

    def keep(
        self, label: str, at: datetime, result: Result, *, hung_up: bool = False, one_of_many: bool = False
    ) -> Exchange:
        """Keep a request that was sent in another way. Raises TargetDown where nothing was there from the start."""
        exchange = Exchange(label, at, result, hung_up)
        self._kept.append(exchange)
        trouble = result.trouble
        if trouble is None:
            self._reached = True
        elif not one_of_many and trouble.failure in DOWN and (not self._reached or trouble.failure is Failure.REFUSED):
            raise TargetDown(trouble)
        return exchange

    async def settle(self, ruling: Ruling) -> Ruling:
        """Remember a ruling about a plain event as the baseline: what other answers are compared with."""
        self.baseline = ruling
        return ruling

    async def plain(self) -> Ruling:
        """Return the ruling on a plain, rightly signed event; sends one where none was sent yet."""
        if self.baseline is None:
            event = self.provider.event(self.provider.usual, self.now())
            exchange = await self.send(self.sign(event), "a plain event first, to compare with")
            await self.settle(accepted(exchange))
        assert self.baseline is not None
        return self.baseline

    async def plain_is_refused(self) -> Ruling | None:
        """Return why a check that builds on accepted events cannot tell, None where plain events are accepted."""
        plain = await self.plain()
        if plain.state is not State.FAILED:
            return None
        why = self.cause or "See check 1 first."
        return Ruling(
            State.UNKNOWN,
            "Plain events are not accepted either",
            f"A correctly signed, ordinary event ended with “{plain.title}”, so this cannot be told. {why}",
            topic=plain.topic,
        )

    # -- the probe -----------------------------------------------------------------------------------------------------

    async def look(self) -> tuple[dict[str, object], str]:
        """Read the probe: its leaves, or a sentence that says why it could not be read."""
        outgoing = Outgoing("GET", self.probe_url, ((b"Accept", b"application/json, */*"),), b"")
        result = await self._sender.send(outgoing, timeout_s=LIMIT_S)
        if result.response is None:
            return {}, f"The probe gave no answer ({result.trouble.title if result.trouble else 'no reason'})."
        if not 200 <= result.response.status < 300:
            return {}, f"The probe answered {result.response.status}."
        return leaves_of(result.response.body), ""

    async def effect_of(self, first: Callable[[], Awaitable[object]], again: Callable[[], Awaitable[object]]) -> Effect:
        """Do two things and return what the probe shows of each; only the second's own changes are told as `again`.

        What the second repeats is looked at once more with a third: other traffic would hardly do the same again.
        """
        effect, after, noise = await self._effect_of_first(first)
        await again()
        if effect.problem:
            return effect
        await self._pause(_patience_with(effect))
        last, problem = await self.look()
        if problem:
            return replace(effect, problem=problem)
        second = without(changes(after, last), noise)
        if repeated(effect.first, second):
            _, more, problem = await self._calm()
            second = without(second, more)
        effect = replace(effect, again=repeated(effect.first, second), problem=problem)
        if effect.again and not problem:
            effect = replace(effect, fleeting=not await self.repeats(effect, again))
        return effect

    async def effects_of(
        self, first: Callable[[], Awaitable[object]], other: Callable[[], Awaitable[object]]
    ) -> Effect:
        """Do two different things that both should show, and return what the probe shows of each."""
        effect, after, noise = await self._effect_of_first(first)
        await other()
        if effect.problem:
            return effect
        last, problem = await self._changed(after, noise)
        return replace(effect, again=beside(effect.first, without(changes(after, last), noise)), problem=problem)

    async def repeats(
        self, effect: Effect, action: Callable[[], Awaitable[object]]
    ) -> dict[str, tuple[object, object]]:
        """Do something and return what it did again of what an effect's first did; nothing where that is not seen."""
        before, noise, problem = await self._calm()
        await action()
        if problem:
            return {}
        await self._pause(_patience_with(effect))
        last, problem = await self.look()
        return {} if problem else repeated(effect.first, without(changes(before, last), noise))

    async def _effect_of_first(
        self, first: Callable[[], Awaitable[object]]
    ) -> tuple[Effect, dict[str, object], frozenset[str]]:
        """Do something and return what the probe shows of it, the probe's leaves after it, and what is noise."""
        before, noise, problem = await self._calm()
        await first()
        if problem:
            return Effect(problem=problem), {}, noise
        started = perf_counter()
        after, problem = await self._changed(before, noise)
        found = without(changes(before, after), noise)
        if problem or not found:
            return Effect(problem=problem or _NOTHING_SHOWN), after, noise
        return Effect(found, took_s=perf_counter() - started), after, noise

    async def _pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self.seams.pace)

    async def _calm(self) -> tuple[dict[str, object], frozenset[str], str]:
        """Read the probe several times; return the last leaves and the names of those that change by themselves.

        What a worker still does about earlier events comes to rest, so it is waited for twice.
        """
        noise: set[str] = set()
        last: dict[str, object] = {}
        for _ in range(3):
            noise = set()
            for number, pause in enumerate(_NOISE_S):
                await self._pause(pause)
                leaves, problem = await self.look()
                if problem:
                    return {}, frozenset(), problem
                if number:
                    noise |= set(changes(last, leaves))
                last = leaves
            if not noise:
                break
        return last, frozenset(noise), ""

    async def _changed(self, before: Leaves, noise: frozenset[str]) -> tuple[dict[str, object], str]:
        """Wait until the probe shows something new and then stays so; after five seconds return what there is."""
        leaves, problem = await self.look()
        for pause in _POLL_S:
            if problem or without(changes(before, leaves), noise):
                break
            await self._pause(pause)
            leaves, problem = await self.look()
        for _ in range(8):
            if problem:
                break
            await self._pause(_SETTLE_S)
            later, problem = await self.look()
            if not without(changes(leaves, later), noise):
                return later or leaves, problem
            leaves = later
        return leaves, problem
