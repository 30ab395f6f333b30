"""One wanted tunnel from its start to its end: tried, tried again, measured, and told about."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from inspector.domain.errors import InspectorError
from inspector.tunnels.addresses import is_here
from inspector.tunnels.backoff import Backoff
from inspector.tunnels.kind import Kind
from inspector.tunnels.port_check import answers
from inspector.tunnels.probe import Probe, ProbeFailed
from inspector.tunnels.state import HostKeyQuestion, TunnelError, TunnelState, TunnelStatus

if TYPE_CHECKING:
    from inspector.tunnels.tunnels import Tunnels

PATIENCE_S = 45.0
"""How long a tunnel may take to tell its address."""

SUSPECT_S = 1.0
"""Words that may mean trouble cause at most one round trip in this time."""

SETTLES_S = 20.0
"""A new address may take this long to be known everywhere; until then a failed round trip is no outage."""

_log = logging.getLogger(__name__)


class Line:
    """Keeps one tunnel open. It is what a kind reports to (see kind.Reporter)."""

    def __init__(self, owner: Tunnels, kind: Kind, state: TunnelState, path: str) -> None:
        self._owner = owner
        self._kind = kind
        self._path = path
        self._state = state
        self._memory: dict[str, str] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._again = asyncio.Event()
        self._opened = asyncio.Event()
        self._probe_now = asyncio.Event()
        self._is_open = False
        self._restarting = False
        self._opened_at = 0.0
        self._suspected_at = 0.0
        self._reached = False
        self._waits = Backoff()
        self._probe_waits = Backoff()
        self._probe_wait_s = kind.probe_s
        self._answer: asyncio.Future[bool] | None = None

    # -- from the owner -----------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Start; needs a running loop."""
        self._owner.publish(self._state)
        self._start(self._carry(), "tunnel")
        if self._kind.probe_s:
            self._start(self._measure(), "tunnel-probe")

    async def end(self) -> None:
        """End everything and wait for it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def retry(self) -> None:
        """Try again at once: the connection where it is gone, else the round trip."""
        self._waits.reset()
        self._again.set()
        self.probe_soon()

    def restart(self) -> None:
        """Open the tunnel anew: the receiver has moved, or the user wants it."""
        self._waits.reset()
        self._restarting = True
        self._again.set()

    def lead_to(self, path: str) -> None:
        """Lead to another path from now on."""
        if path != self._path:
            self._path = path
            self.restart()

    def probe_soon(self) -> None:
        """Make a round trip now."""
        self._probe_waits.reset()
        self._probe_now.set()

    def answer(self, accepted: bool) -> None:
        """Answer the question in the state."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(accepted)

    def note_address(self) -> None:
        """The new address has been taken note of."""
        self._owner.keep_url(self._kind.key, self._state.public_url)
        self._set(changed_from="")

    def route_changed(self, there: bool) -> None:
        """The way to the internet has gone or come back."""
        self.log("The network is back." if there else "There is no network.")
        if there:
            self.retry()
        elif self._is_open:
            self.probe_soon()
        elif self._state.status is TunnelStatus.DOWN:
            self._set(status=TunnelStatus.NO_NETWORK)

    def woke(self) -> None:
        """The computer slept: nothing that is known still holds."""
        self.retry()

    # -- from the kind (kind.Reporter) --------------------------------------------------------------------------

    def log(self, text: str) -> None:
        """Keep one line of what was said."""
        self._owner.journal.add(text)

    def up(self, url: str, *, note: str = "") -> None:
        """The tunnel is open under this address."""
        again = not self._is_open
        if again:
            self._opened_at = self._now_s()
        self._is_open = True
        self._opened.set()
        same = url == self._state.public_url
        told = self._state.changed_from or self._owner.last_url(self._kind.key)
        changed_from = told if told and told != url else ""
        if not changed_from:
            self._owner.keep_url(self._kind.key, url)
        if not same:
            self.log(f"The public address is {url}.")
            self._reached = False
        news = {"public_url": url, "note": note, "changed_from": changed_from}
        if self._kind.verified and not self._reached:
            self._set(**news)
            self.probe_soon()
            return
        self._now_up(**news)
        if again or not same:
            asyncio.get_running_loop().call_later(0.0 if same else self._kind.settle_s, self.probe_soon)

    def suspect(self) -> None:
        """Something was said that may mean trouble: look at once, but not at every line of a flood."""
        if self._is_open and self._now_s() - self._suspected_at >= SUSPECT_S:
            self._suspected_at = self._now_s()
            self.probe_soon()

    def measured(self, latency_ms: float) -> None:
        """A round trip came back."""
        self._reached = True
        self._probe_waits.reset()
        if self._is_open:
            self._now_up(latency_ms=latency_ms)

    def unreachable(self, reason: str, *, unsure: bool = False) -> None:
        """A round trip did not come back although the tunnel says that it is open."""
        if not self._is_open:
            return
        settling = not self._reached and (unsure or self._now_s() - self._opened_at < SETTLES_S)
        self.log(reason)
        wait = self._probe_waits.next_wait_s()
        if settling and not self._kind.verified:
            self._probe_wait_s = wait
            return
        self._probe_wait_s = wait
        error = TunnelError(reason, "", "The tunnel itself says that it is open.")
        self._down(error, wait, "the public address did not answer")

    async def ask(self, question: HostKeyQuestion) -> bool:
        """Show the question and wait for the answer."""
        self._answer = asyncio.get_running_loop().create_future()
        before = TunnelStatus.CONNECTING
        self._set(status=TunnelStatus.ASKING, question=question)
        try:
            return await self._answer
        finally:
            self._answer = None
            asking = self._state.status is TunnelStatus.ASKING
            self._set(question=None, status=before if asking else self._state.status)

    # -- trying and measuring -----------------------------------------------------------------------------------

    async def _carry(self) -> None:
        """Open the tunnel again and again."""
        while True:
            self._again.clear()
            self._restarting = False
            error = await self._try_once()
            was_up_s = self._now_s() - self._opened_at if self._is_open else 0.0
            self._is_open = self._reached = False
            if self._restarting:
                self._set(status=TunnelStatus.CONNECTING, error=None, retry_at=None, latency_ms=None)
                continue
            lasting = isinstance(error, TunnelError) and error.lasting
            wait = None if lasting else self._waits.next_wait_s(was_up_s)
            self.log(str(error))
            self._down(error, wait, "the tunnel was down")
            try:
                async with asyncio.timeout(wait):
                    await self._again.wait()
            except TimeoutError:
                pass
            if self._state.status is not TunnelStatus.NO_NETWORK or self._owner.route():
                self._set(status=TunnelStatus.CONNECTING, retry_at=None)

    async def _try_once(self) -> InspectorError:
        """Open the tunnel and keep it open; returns why it ended."""
        self._opened.clear()
        try:
            setup = await self._owner.setup(self._kind, self._path, self._memory)
        except InspectorError as error:
            return error
        running = asyncio.ensure_future(self._kind.run(setup, self))
        moved = asyncio.ensure_future(self._again_while_open())
        opening = asyncio.ensure_future(self._opens_in_time())
        try:
            await asyncio.wait({running, moved, opening}, return_when=asyncio.FIRST_COMPLETED)
            if running.done():
                return self._covered(_why(running, self._kind.title))
            if moved.done():
                return TunnelError(f"{self._kind.title} is started anew.")
            return TunnelError(
                f"{self._kind.title} gave no address.", f"Nothing came within {PATIENCE_S:.0f} s.", "See its log."
            )
        finally:
            for part in (running, moved, opening):
                part.cancel()
            await asyncio.gather(running, moved, opening, return_exceptions=True)

    def _covered(self, error: InspectorError) -> InspectorError:
        """Return the error without a secret: it may quote a helper, and a helper may repeat what it was given."""
        why = self._owner.journal.covered(error.why)
        if why == error.why:
            return error
        return TunnelError(error.what, why, error.todo, lasting=isinstance(error, TunnelError) and error.lasting)

    async def _again_while_open(self) -> None:
        """Return when the running try has to give way: the receiver moved, or the user wants it anew."""
        while True:
            await self._again.wait()
            if self._restarting:
                return
            self._again.clear()

    async def _opens_in_time(self) -> None:
        """Return when the address is overdue; never once the tunnel is open. A question takes the time it takes."""
        left = PATIENCE_S
        while left > 0 and not self._opened.is_set():
            await asyncio.sleep(min(left, 1.0))
            left -= 0.0 if self._state.status is TunnelStatus.ASKING else 1.0
        if self._opened.is_set():
            await asyncio.get_running_loop().create_future()

    async def _measure(self) -> None:
        """Make round trips while the tunnel is open."""
        async with Probe(self._owner.nonces) as probe:
            while True:
                self._probe_now.clear()
                self._probe_wait_s = self._kind.probe_s
                if self._is_open:
                    await self._round_trip(probe)
                try:
                    async with asyncio.timeout(self._probe_wait_s):
                        await self._probe_now.wait()
                except TimeoutError:
                    pass

    async def _round_trip(self, probe: Probe) -> None:
        url = self._state.public_url
        try:
            latency_ms = await probe.round_trip_ms(url)
        except ProbeFailed as error:
            if url == self._state.public_url and await answers(self._owner.inner_url):
                self.unreachable(str(error), unsure=error.unsure)
            return
        if url == self._state.public_url and self._is_open:
            self.measured(latency_ms)

    # -- the state ----------------------------------------------------------------------------------------------

    def _now_up(self, **news: Any) -> None:
        self._owner.outages_kept.end(self._owner.now())
        self._set(status=TunnelStatus.UP, error=None, retry_at=None, down_since=None, **news)

    def _down(self, error: InspectorError, wait_s: float | None, reason: str) -> None:
        now = self._owner.now()
        self._owner.outages_kept.begin(now, reason)
        offline = wait_s is not None and not is_here(self._state.public_url) and not self._owner.route()
        status = TunnelStatus.NO_NETWORK if offline else TunnelStatus.DOWN
        self._set(
            status=status,
            since=now if status is not self._state.status else self._state.since,
            error=error,
            latency_ms=None,
            retry_at=None if wait_s is None else now + timedelta(seconds=wait_s),
            down_since=self._owner.outages_kept.since,
        )

    def _set(self, **changes: Any) -> None:
        if "status" in changes and changes["status"] is not self._state.status:
            changes.setdefault("since", self._owner.now())
        self._state = replace(self._state, **changes)
        self._owner.publish(self._state)

    def _now_s(self) -> float:
        return asyncio.get_running_loop().time()

    def _start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        task.add_done_callback(_report)
        self._tasks.append(task)


def _why(running: asyncio.Future[None], title: str) -> InspectorError:
    """Return the error a finished coroutine ended with; a bug is told as one and does not end the tunnel for good."""
    error = None if running.cancelled() else running.exception()
    if isinstance(error, InspectorError):
        return error
    if error is not None:
        _log.error("%s failed", title, exc_info=error)
        return TunnelError(f"{title} failed.", f"{type(error).__name__}: {error}.")
    return TunnelError(f"{title} ended.")


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("%s failed", task.get_name(), exc_info=error)
