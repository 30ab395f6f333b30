"""Sends what is due: every series, forwarded or started by hand, from its first try to its last, whatever happens.

Before a try is made its series is marked as sending, in the database; what it came to is kept together with the
attempt. So a program that ends in between knows at its next start which tries were under way: those are made again,
and marked as possibly the second. Everything else goes on where it stood.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from inspector.directory import Resolved
from inspector.domain.attempt import Attempt, Outgoing, SeriesId
from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import InspectorError, StoreError, UsageError
from inspector.domain.event import EventId
from inspector.domain.identity import Identity
from inspector.domain.query import Query
from inspector.domain.series import BY_HAND, NewSeries, Series, SeriesState
from inspector.replay.circles import goes_round
from inspector.replay.outgoing import addressed
from inspector.replay.queues import Queues
from inspector.replay.replayer import Replayer
from inspector.replay.trying import MAY_BE_SECOND, after_try
from inspector.store.series import READ_AT_ONCE, RuleKey, SeriesBook
from inspector.store.series_rows import EVENT_GONE

if TYPE_CHECKING:
    from inspector.replay.rewrite import Rewritten

AGAIN_S = 1.0
"""After the database could not be written, it is tried again so often."""

LOOK_S = 30.0
"""The clock is looked at at least so often: it goes on while a computer sleeps, timers do not."""

GRACE_S = 1.5
"""At the end, tries that are under way get so long."""

CHECKED_AT_ONCE = 25
"""So many events are looked up in one go; the loop has a turn before the next."""

LARGE = 64 * 1024
"""Bodies above this many bytes are made ready in a thread."""

_log = logging.getLogger(__name__)

T = TypeVar("T")

Among = Callable[[Query, Sequence[EventId]], Awaitable[Sequence[int]]]


class Endpoints(Protocol):
    """The part of the directory that has the secrets."""

    def by_id(self, endpoint_id: EndpointId) -> Resolved | None:
        """Return an endpoint, or None."""

    def by_token(self, token: str) -> Resolved | None:
        """Return the endpoint a request's path names, or None."""


class Timer(Protocol):
    """A call that has not been made yet."""

    def cancel(self) -> None:
        """Never make it."""


class Timing(Protocol):
    """The clock a courier goes by."""

    def now(self) -> datetime:
        """Return the time, in UTC."""

    def call_at(self, at: datetime, callback: Callable[[], None]) -> Timer:
        """Call back at a time."""


class LoopTiming:
    """The real clock, on the running loop."""

    def now(self) -> datetime:
        """Return the time, in UTC."""
        return datetime.now(UTC)

    def call_at(self, at: datetime, callback: Callable[[], None]) -> Timer:
        """Call back at a time; a little earlier is possible where the clock was put forward meanwhile."""
        wait_s = min(max((at - self.now()).total_seconds(), 0.0), LOOK_S)
        return asyncio.get_running_loop().call_later(wait_s, callback)


class Courier:
    """Runs every open series of a data folder, from `start` to `close`."""

    def __init__(
        self,
        book: SeriesBook,
        replayer: Replayer,
        endpoints: Endpoints,
        among: Among,
        timing: Timing | None = None,
    ) -> None:
        self._book = book
        self._replayer = replayer
        self._endpoints = endpoints
        self._among = among
        self._timing = timing or LoopTiming()
        self._queues = Queues()
        self._tasks: set[asyncio.Task[None]] = set()
        self._timer: Timer | None = None
        self._undecided: list[Series] = []
        self._deciding = False
        self._interrupted: set[SeriesId] = set()
        self._over: set[SeriesId] | None = set()
        self._pumping = False
        self._closing = False
        self._unsubscribe = book.changed.subscribe(self._on_changed)
        self.loaded = asyncio.Event()

    # What others use

    def start(self) -> None:
        """Read what is open, and go on with it; what begins from now on is taken up at once."""
        self._keep(self._load(), "courier-load")

    async def begin(self, new: Sequence[NewSeries]) -> tuple[Series, ...]:
        """Begin series by hand. Raises UsageError for an event that cannot be sent, StoreError where one is gone."""
        for number, one in enumerate(new, 1):
            self._replayer.check(one.event_id)
            if number % CHECKED_AT_ONCE == 0:
                await asyncio.sleep(0)
        return await self._book.start(new)

    async def stop(self, ids: Sequence[SeriesId]) -> None:
        """Stop series; a try that is under way ends, and is kept."""
        await self._book.stop(ids)

    async def stop_rule(self, rule: RuleKey) -> int:
        """Stop every open series of a rule; returns how many there were."""
        return await self._book.stop_rule(rule)

    async def pause(self, rule: RuleKey) -> None:
        """Let the series of a rule wait until `resume`, also after the next start; new ones still begin."""
        self._queues.paused.add((rule.endpoint_id, rule.rule_id))
        await self._book.pause(rule, True)

    async def resume(self, rule: RuleKey) -> None:
        """Let the series of a rule go on; what became due meanwhile goes at once."""
        await self._book.pause(rule, False)
        self._queues.resume((rule.endpoint_id, rule.rule_id))
        self._wake()

    def is_paused(self, rule: RuleKey) -> bool:
        """Whether the series of a rule wait."""
        return (rule.endpoint_id, rule.rule_id) in self._queues.paused

    @property
    def open_count(self) -> int:
        """How many series are not over."""
        return len(self._queues.known)

    async def close(self) -> None:
        """Begin no more tries, and give those under way a moment; the others are made again at the next start."""
        self._closing = True
        self._unsubscribe()
        if self._timer is not None:
            self._timer.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=GRACE_S if self._queues.sending else 0.0)
        late = set(self._tasks)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    # Learning

    async def _load(self) -> None:
        paused = await self._patiently(self._book.paused)
        self._queues.paused |= {(rule.endpoint_id, rule.rule_id) for rule in paused}
        after = 0
        while True:
            page = await self._patiently(partial(self._book.open_after, after))
            for series in page:
                if series.id not in self._queues.known and series.id not in (self._over or ()):
                    if series.state is SeriesState.SENDING:
                        self._interrupted.add(series.id)
                    self._learn(series)
            if len(page) < READ_AT_ONCE:
                break
            after = page[-1].id
            await asyncio.sleep(0)
        self._over = None
        self.loaded.set()
        self._wake()

    def _on_changed(self, changed: Sequence[Series]) -> None:
        for series in changed:
            if self._over is not None and not series.state.is_open:
                self._over.add(series.id)
            self._learn(series)
        self._wake()

    def _learn(self, series: Series) -> None:
        self._queues.learn(series)
        if series.state is SeriesState.UNDECIDED:
            self._undecided.append(series)
            if not self._deciding:
                self._deciding = True
                self._keep(self._decide(), "courier-decide")

    async def _decide(self) -> None:
        """Look up, for events that their row could not tell of, whether their rule matches."""
        try:
            while self._undecided:
                some, self._undecided = self._undecided[:READ_AT_ONCE], self._undecided[READ_AT_ONCE:]
                by_match: dict[str, list[Series]] = {}
                for series in some:
                    by_match.setdefault(series.plan.match, []).append(series)
                for match, waiting in by_match.items():
                    await self._patiently(partial(self._decide_alike, match, waiting))
        finally:
            self._deciding = False

    async def _decide_alike(self, match: str, waiting: Sequence[Series]) -> None:
        from inspector.search import parse

        query = Query(terms=parse(match).terms)
        found = set(await self._among(query, [series.event_id for series in waiting]))
        others = [series.id for series in waiting if series.event_id not in found]
        await self._book.decide([series.id for series in waiting if series.event_id in found], others)
        for series_id in others:
            self._queues.forget(series_id)

    # Sending

    def _wake(self) -> None:
        """Look what is due, once in a turn of the loop; nothing is before all that is open is known."""
        if self.loaded.is_set() and not self._pumping and not self._closing:
            self._pumping = True
            asyncio.get_running_loop().call_soon(self._pump)

    def _pump(self) -> None:
        self._pumping = False
        if self._closing:
            return
        due = self._queues.due(self._timing.now())
        if due:
            self._keep(self._send_all(due), "courier-send")
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        next_at = self._queues.next_at()
        if next_at is not None:
            self._timer = self._timing.call_at(next_at, self._wake)

    async def _send_all(self, due: Sequence[Series]) -> None:
        try:
            allowed = await self._patiently(lambda: self._book.sending([series.id for series in due]))
        except BaseException:
            for series in due:
                self._queues.ended(series.id, series)
            raise
        for series in due:
            if self._closing:
                return  # marked and not sent: the next start cannot know, and says so
            if series.id in allowed:
                self._keep(self._try(series), f"courier-{series.id}")
            else:
                self._queues.ended(series.id, None)
        self._wake()

    async def _try(self, series: Series) -> None:
        after: Series | None = None
        try:
            after = await self._tried(series)
        except InspectorError as error:
            if not self._closing:
                after = await self._cannot_go(series, error)
        finally:
            self._interrupted.discard(series.id)
            self._queues.ended(series.id, after)
            self._wake()

    async def _tried(self, series: Series) -> Series:
        made = await self._made(series)
        notes = [made.note, MAY_BE_SECOND if series.id in self._interrupted else ""]
        kept: list[Series] = []

        async def keep(attempt: Attempt) -> Attempt:
            attempt, after = await self._keep_try(attempt, after_try(series, attempt, self._timing.now()))
            kept.append(after)
            return attempt

        await self._replayer.send(
            series.event_id,
            made.outgoing,
            timeout_s=series.plan.schedule.limit_s,
            identity=series.plan.identity,
            note=", ".join(filter(None, notes)),
            series_id=series.id,
            try_no=series.tries + 1,
            keep=keep,
        )
        return kept[0]

    async def _keep_try(self, attempt: Attempt, after: Series) -> tuple[Attempt, Series]:
        """Keep what came of a try, however long that takes. Raises StoreError where the event is gone."""

        async def keep() -> tuple[Attempt, Series]:
            return await self._book.keep_try(attempt, after)

        return await self._patiently(keep, unless=lambda: not self._replayer.exists(attempt.event_id))

    async def _made(self, series: Series) -> Rewritten:
        """Return what is sent. Raises UsageError, saying why, where nothing can be."""
        self._refuse_circles(series)
        # What signs and reads is loaded with the first try: most programs forward nothing.
        from inspector.replay.new_ids import NewIds
        from inspector.replay.rewrite import Rewritten, rewritten, secret_of

        event = self._replayer.event(series.event_id)
        if series.is_edited and series.plan.identity is Identity.CAPTURED:
            return Rewritten(self._edited(series), note="edited")
        request = event.request
        if series.is_edited:
            outgoing = self._edited(series)
            request = replace(request, method=outgoing.method, headers=outgoing.headers, body=outgoing.body)
        resolved = None if event.summary.endpoint_id is None else self._endpoints.by_id(event.summary.endpoint_id)
        ids = NewIds(_seed(series))
        secret = secret_of(series.plan, resolved)
        now = self._timing.now()

        def make() -> Rewritten:
            return rewritten(
                request,
                series.target,
                series.plan.identity,
                now=now,
                resolved=resolved,
                ids=ids,
                secret=secret,
                edited=series.is_edited,
            )

        return await asyncio.to_thread(make) if len(request.body) > LARGE else make()

    def _refuse_circles(self, series: Series) -> None:
        if series.rule_id == BY_HAND or series.endpoint_id is None:
            return
        back = goes_round(series.endpoint_id, series.target, self._endpoints.by_token)
        if back is not None:
            raise UsageError(
                "This forward would go in a circle.", f"What is sent to {series.target} comes back to {back.name}."
            )

    def _edited(self, series: Series) -> Outgoing:
        outgoing = self._book.edited(series.id)
        if outgoing is None:
            raise UsageError("What was to be sent is gone.")
        return addressed(outgoing)

    async def _cannot_go(self, series: Series, error: InspectorError) -> Series | None:
        """End a series that nothing can be sent of, and say why."""
        gone = not self._replayer.exists(series.event_id)
        state = SeriesState.STOPPED if gone else SeriesState.SKIPPED
        note = EVENT_GONE if gone else " ".join(filter(None, (error.what, error.why)))
        ended = await self._patiently(lambda: self._book.end([series.id], state, note))
        return ended[0] if ended else None

    async def _patiently(self, work: Callable[[], Awaitable[T]], unless: Callable[[], bool] = lambda: False) -> T:
        """Do something with the store, again and again while it cannot; `unless` says that there is no use."""
        told = False
        while True:
            try:
                return await work()
            except StoreError as error:
                if self._closing or unless():
                    raise
                if not told:
                    told = True
                    _log.warning("Forwarding waits: %s", error)
                await asyncio.sleep(AGAIN_S)

    def _keep(self, work: Coroutine[object, object, None], name: str) -> None:
        if self._closing:
            work.close()
            return
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        if not (self._closing and isinstance(error, StoreError)):
            _log.error("A part of forwarding failed", exc_info=error)


def _seed(series: Series) -> str:
    """Return what new ids are made from: the same for all tries, and for everything that goes out together."""
    if series.rule_id == BY_HAND:
        return f"by hand {series.created_at.isoformat()} {series.target}"
    return f"rule {series.endpoint_id} {series.rule_id} {series.target}"
