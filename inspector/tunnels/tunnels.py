"""The one owner of the tunnel: starts it when told to, keeps it open, and knows at any moment how it is.

A tunnel is wanted from `start` to `stop`. While it is, one task runs the kind's coroutine again and again (`carrying`),
one makes round trips through the public address (`probing`), and one looks at the clocks and the network
(`watching`). Whatever they find goes through `Line`, which alone decides what the state is.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from inspector.domain.endpoint import Endpoint
from inspector.domain.errors import InspectorError, UsageError
from inspector.feed import Feed
from inspector.secret_store import SecretStore
from inspector.settings import Settings
from inspector.tunnels.journal import Journal
from inspector.tunnels.outages import Outages
from inspector.tunnels.state import ConsentNeeded, LogLine, Outage, TunnelState, TunnelStatus
from inspector.tunnels.watch import Moment, has_route, slept_s

if TYPE_CHECKING:
    from inspector.tunnels.kind import Kind, Setup
    from inspector.tunnels.line import Line
    from inspector.tunnels.probe import Nonces

WATCH_S = 1.0
IDLE_WATCH_S = 5.0

_log = logging.getLogger(__name__)


class Place(Protocol):
    """Where the receiver is reached on this computer."""

    @property
    def inner_url(self) -> str:
        """Its plain HTTP address, "" while nothing listens."""


class Receives(Protocol):
    """The part of the receiver a tunnel needs."""

    @property
    def state(self) -> Place:
        """Where it listens."""

    @property
    def changed(self) -> Feed[Any]:
        """Published with every change of `state`."""

    @property
    def nonces(self) -> Nonces:
        """Paths that only this process answers."""


class Keeps(Protocol):
    """The settings and the way to change them."""

    @property
    def current(self) -> Settings:
        """The settings in force."""

    def change(self, **changes: Any) -> Settings:
        """Apply and store changes."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _moment() -> Moment:
    return Moment(time.time(), time.monotonic())


class Tunnels:
    """The program's tunnel.

    Feeds: `changed` (TunnelState) with every change of `state`; `journal.added` (LogLine) with every line of the log;
    `woke` (seconds slept) after the computer slept, before anything is checked again.
    """

    def __init__(
        self,
        receiver: Receives,
        settings: Keeps,
        secrets: SecretStore,
        folder: Path,
        *,
        now: Callable[[], datetime] = _utc_now,
        route: Callable[[], bool] = has_route,
        moment: Callable[[], Moment] = _moment,
    ) -> None:
        self.changed: Feed[TunnelState] = Feed()
        self.woke: Feed[float] = Feed()
        self.journal = Journal(now)
        self.outages_kept = Outages()
        self.now = now
        self.route = route
        self._moment = moment
        self.check_port: Callable[[], Awaitable[None]] | None = None
        self._receiver = receiver
        self._settings = settings
        self._secrets = secrets
        self._folder = folder
        self._state = TunnelState()
        self._line: Line | None = None
        self._watching: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._changing = asyncio.Lock()
        self._inner_url = receiver.state.inner_url
        self._unsubscribe = receiver.changed.subscribe(lambda _state: self._on_receiver())

    # -- what is known ------------------------------------------------------------------------------------------

    @property
    def state(self) -> TunnelState:
        """How the tunnel is now."""
        return self._state

    @property
    def log(self) -> tuple[LogLine, ...]:
        """What was said, oldest first."""
        return self.journal.lines

    def kinds(self) -> tuple[Kind, ...]:
        """Every kind of tunnel, in the order the user sees them."""
        from inspector.tunnels.kinds import TUNNELS

        return TUNNELS

    def program_of(self, kind: Kind) -> str:
        """Return where a kind's helper program lies, "" where it is not found; looks at the PATH."""
        from inspector.tunnels.program import find_program

        return find_program(kind.programs, _keyed(self._settings.current.tunnel_programs).get(kind.key, ""))

    def outages(self) -> tuple[Outage, ...]:
        """The times in which nothing could arrive, oldest first; the running one has no end."""
        return self.outages_kept.all

    def url_of(self, endpoint: Endpoint) -> str:
        """Return the public address of an endpoint, "" where it has none."""
        state = self._state
        if not state.public_url or (state.single_endpoint and state.single_endpoint != endpoint.id):
            return ""
        return state.public_url if state.single_endpoint else state.public_url + endpoint.path

    # -- consent ------------------------------------------------------------------------------------------------

    def consent_needed(self, key: str) -> ConsentNeeded | None:
        """Return who would carry the traffic where nobody has agreed to that yet, else None. Raises UsageError."""
        kind, settings = self._kind(key), self._settings.current
        who = kind.who(settings)
        if not who or who in settings.tunnel_consents:
            return None
        return ConsentNeeded(who, kind.consent_text(settings))

    def agree(self, key: str) -> None:
        """Remember that this kind's carrier may carry the traffic. Raises UsageError for an unknown kind."""
        needed = self.consent_needed(key)
        if needed is not None:
            self._settings.change(tunnel_consents=(*self._settings.current.tunnel_consents, needed.who))

    # -- what can be told to do ---------------------------------------------------------------------------------

    async def start(self, key: str, *, endpoint: Endpoint | None = None, agreed: bool = False) -> None:
        """Open a tunnel of this kind, and keep it open until `stop`; another one is closed first.

        `endpoint` is the one that a kind with a single address leads to; `agreed` is consent for this once.
        Raises ConsentNeeded where the carrier has not been agreed to, and UsageError where the kind is unknown or
        something has to be filled in first.
        """
        # Loading the kinds takes some milliseconds the first time, which the loop does not have.
        await asyncio.to_thread(importlib.import_module, "inspector.tunnels.line")
        await asyncio.to_thread(importlib.import_module, "inspector.tunnels.kinds")
        kind = self._kind(key)
        missing = kind.missing(self._settings.current)
        if missing:
            raise UsageError(f"{kind.title} cannot be started.", missing, "Fill it in in the settings.")
        needed = None if agreed else self.consent_needed(key)
        if needed is not None:
            raise needed
        async with self._changing:
            await self._stop()
            self._settings.change(tunnel_kind=key, **({"tunnel_endpoint": int(endpoint.id)} if endpoint else {}))
            await self._begin(kind, endpoint)

    async def stop(self) -> None:
        """Close the tunnel; its helper program and connections are gone when this returns."""
        async with self._changing:
            await self._stop()

    async def close(self) -> None:
        """Close the tunnel and stop watching, for the end of the program."""
        self._unsubscribe()
        self._watching = None
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self.stop()

    def retry(self) -> None:
        """Try again at once instead of waiting."""
        if self._line is not None:
            self._line.retry()

    def restart(self) -> None:
        """Close the connection and open it anew; the address may change."""
        if self._line is not None:
            self._line.restart()

    def probe(self) -> None:
        """Make a round trip now."""
        if self._line is not None:
            self._line.probe_soon()

    def answer(self, accepted: bool) -> None:
        """Answer the question in `state`."""
        if self._line is not None:
            self._line.answer(accepted)

    def note_address(self) -> None:
        """The user has taken note of the new address."""
        if self._line is not None:
            self._line.note_address()

    def note_endpoints(self, endpoints: Sequence[Endpoint]) -> None:
        """The endpoints are others now: a tunnel that leads to one of them follows it, and ends with it."""
        wanted = self._state.single_endpoint
        if self._line is None or not wanted:
            return
        endpoint = next((item for item in endpoints if item.id == wanted), None)
        if endpoint is None:
            self._keep(self.stop(), "tunnel-stop")
        else:
            self._line.lead_to(endpoint.path)

    def forget_host_key(self, host: str, port: int) -> None:
        """Forget the key of an SSH server, so that it is asked about again. Raises OSError."""
        from inspector.tunnels.host_keys import HostKeys

        HostKeys(self._folder).forget(host, port)

    def watch(self) -> None:
        """Begin to notice sleep and loss of network; needs a running loop."""
        if self._watching is None:
            self._watching = self._keep(self._watch(), "tunnel-watch")

    def begin(self, endpoints: Sequence[Endpoint], settle_s: float = 0.0) -> None:
        """Watch, and start the tunnel of the last time where the settings say so; needs a running loop.

        Whatever is missing for it is told in the log: nobody has asked for it just now.
        """
        self.watch()
        settings = self._settings.current
        if settings.tunnel_at_start and settings.tunnel_kind:
            chosen = next((item for item in endpoints if item.id == settings.tunnel_endpoint), None)
            self._keep(self._start_later(settle_s, chosen or next(iter(endpoints), None)), "tunnel-start")

    # -- inside -------------------------------------------------------------------------------------------------

    def publish(self, state: TunnelState) -> None:
        """Take over a new state; called by the line."""
        if state != self._state:
            self._state = state
            self.changed.publish(state)

    def last_url(self, key: str) -> str:
        """Return the public address providers were told last for a kind."""
        return _keyed(self._settings.current.tunnel_urls).get(key, "")

    def keep_url(self, key: str, url: str) -> None:
        """Remember the public address of a kind."""
        urls = _keyed(self._settings.current.tunnel_urls)
        if urls.get(key) != url:
            urls[key] = url
            self._settings.change(tunnel_urls=tuple(f"{name}={value}" for name, value in urls.items()))

    async def setup(self, kind: Kind, path: str, memory: dict[str, str]) -> Setup:
        """Return what a kind needs to begin. Raises TunnelError where its program or the receiver is not there."""
        from inspector.tunnels.helper import no_program
        from inspector.tunnels.kind import Setup
        from inspector.tunnels.state import TunnelError

        place = urlsplit(self._receiver.state.inner_url)
        if place.hostname is None or place.port is None:
            raise TunnelError("The receiver does not listen.", "There is nothing the tunnel could lead to.")
        program = await asyncio.to_thread(self.program_of, kind) if kind.programs else ""
        if kind.programs and not program:
            raise no_program(kind.title, kind.programs, kind.install)
        return Setup(
            place.hostname, place.port, path, self._settings.current, self._folder, program, self._secret, memory
        )

    @property
    def nonces(self) -> Nonces:
        """Paths that only this process answers."""
        return self._receiver.nonces

    @property
    def inner_url(self) -> str:
        """Where the receiver is reached on this computer, "" while nothing listens."""
        return self._receiver.state.inner_url

    async def _start_later(self, settle_s: float, endpoint: Endpoint | None) -> None:
        await asyncio.sleep(settle_s)
        try:
            await self.start(self._settings.current.tunnel_kind, endpoint=endpoint)
        except InspectorError as error:
            _log.warning("The tunnel was not started: %s", error)
            self.journal.add(str(error))

    def _keep(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _secret(self, key: str) -> str | None:
        value = await asyncio.to_thread(self._secrets.get, key)
        self.journal.hide(value or "")
        return value

    async def _begin(self, kind: Kind, endpoint: Endpoint | None) -> None:
        from inspector.tunnels.line import Line

        who = kind.who(self._settings.current)
        state = TunnelState(
            kind=kind.key,
            title=kind.title,
            carrier=who,
            status=TunnelStatus.CONNECTING,
            since=self.now(),
            client_header=kind.client_header,
            single_endpoint=endpoint.id if kind.single and endpoint is not None else 0,
        )
        self.journal.add(f"Starting {kind.title}.")
        self._line = Line(self, kind, state, endpoint.path if endpoint is not None else "/")
        self._line.begin()
        self.watch()

    async def _stop(self) -> None:
        line, self._line = self._line, None
        if line is None:
            return
        await line.end()
        self.outages_kept.end(self.now())
        self.journal.add("Stopped.")
        self.publish(TunnelState(since=self.now()))

    def _kind(self, key: str) -> Kind:
        from inspector.tunnels.kinds import TUNNELS, kind_of

        kind = kind_of(key)
        if kind is None:
            known = ", ".join(item.key for item in TUNNELS)
            raise UsageError(f"There is no tunnel called {key!r}.", "", f"Choose one of {known}.")
        return kind

    def _on_receiver(self) -> None:
        inner_url = self._receiver.state.inner_url
        if inner_url and inner_url != self._inner_url:
            self._inner_url = inner_url
            if self._line is not None:
                self.journal.add(f"The receiver listens on {inner_url} now.")
                self._line.restart()

    async def _watch(self) -> None:
        """Look at both clocks and at the network now and then."""
        before = self._moment()
        routed = True
        while True:
            pause = WATCH_S if self._line is not None else IDLE_WATCH_S
            await asyncio.sleep(pause)
            now = self._moment()
            slept = slept_s(before, now, pause)
            if slept:
                self._woke(before, slept)
            before = now
            if self._line is not None:
                was, routed = routed, self.route()
                if was != routed:
                    self._line.route_changed(routed)

    def _woke(self, before: Moment, slept: float) -> None:
        start = datetime.fromtimestamp(before.wall, UTC)
        _log.info("The computer slept for %.0f s", slept)
        if self._line is not None:
            self.journal.add(f"The computer slept for {slept:.0f} s; checking again.")
            if self.outages_kept.since is None:
                self.outages_kept.add(Outage(start, self.now(), "the computer slept"))
            self._line.woke()
        self.woke.publish(slept)
        if self.check_port is not None:
            self._keep(self._check(self.check_port), "port-check")

    async def _check(self, check_port: Callable[[], Awaitable[None]]) -> None:
        await check_port()


def _keyed(items: tuple[str, ...]) -> dict[str, str]:
    """Return `kind=value` texts as a table."""
    return {key: value for key, _, value in (item.partition("=") for item in items)}
