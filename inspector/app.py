"""The whole program without a face: every part built once, in order, and closed in the opposite order.

The window, the headless mode and the tests all enter here. What `open_app` yields is complete and listening (or knows
why it is not); leaving it finishes requests in flight, writes what is queued and frees the data folder.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inspector.directory import FIRST_NAME, Directory
from inspector.document_store import FOLDER, DocumentStore
from inspector.domain.errors import InspectorError, ListenError
from inspector.feed import Feed
from inspector.instance import Instance
from inspector.monitor.monitor import Monitor
from inspector.providers.catalogue import Catalogue, load_catalogue
from inspector.providers.handshakes import Handshakes
from inspector.receiver.https import Https
from inspector.receiver.https_state import Plan, plan_of
from inspector.receiver.intake import Intake
from inspector.receiver.limits import Limits, most_connections
from inspector.receiver.server import Receiver
from inspector.receiver.state import ReceiverState, Status
from inspector.replay.asking import Asker
from inspector.replay.courier_later import CourierLater
from inspector.replay.replayer import Replayer
from inspector.replay.sender import Sender
from inspector.resources import resource_path
from inspector.secret_store import SecretStore, open_secret_store
from inspector.settings import Settings, change_settings, load_settings, save_settings
from inspector.simulator.test_event import Simulator
from inspector.store.host import Started
from inspector.store.store import Store
from inspector.tunnels.port_check import answers
from inspector.tunnels.tunnels import Tunnels

if TYPE_CHECKING:
    from inspector.replay.courier import Courier

SETTLE_S = 1.0
"""So long after its start the program is left alone by what can wait."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AppOptions:
    """What a command line says for this run only; None leaves it to the settings.

    `fallback` lets the receiver take the next free port where the wanted one is taken; a port that was asked for by
    name is never swapped for another. `apart` gives the store's writer a process of its own;
    one that was `started` before is taken. What can wait (set-up requests of providers no endpoint has chosen) is read
    `settle_s` seconds after the start, so that it does not slow the window down. `https` stands in for the settings.
    """

    host: str | None = None
    port: int | None = None
    fallback: bool = True
    synchronous: str = "FULL"
    apart: bool = True
    started: Started | None = None
    settle_s: float = 0.0
    https: Plan | None = None
    https_passphrase: str | None = None


class SettingsKeeper:
    """The settings in force, and the one way to change them."""

    def __init__(self, folder: Path) -> None:
        self.changed: Feed[Settings] = Feed()
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._settings = load_settings(folder)

    @property
    def current(self) -> Settings:
        """The settings in force."""
        return self._settings

    def change(self, **changes: Any) -> Settings:
        """Apply and store changes. Raises UsageError for a value that is not allowed; a full disk is only logged."""
        settings = change_settings(self._settings, **changes)
        if settings == self._settings:
            return settings
        self._settings = settings
        try:
            save_settings(self._folder, settings)
        except OSError as error:
            _log.warning("The settings were not stored: %s", error)
        self.changed.publish(settings)
        return settings


@dataclass(frozen=True, slots=True)
class App:
    """Every part of the running program, ready to use."""

    folder: Path
    settings: SettingsKeeper
    catalogue: Catalogue
    secret_store: SecretStore
    store: Store
    documents: DocumentStore
    handshakes: Handshakes
    directory: Directory
    receiver: Receiver
    https: Https
    replayer: Replayer
    courier_later: CourierLater
    simulator: Simulator
    monitor: Monitor
    tunnels: Tunnels
    instance: Instance
    trouble: tuple[InspectorError, ...] = ()  # what went wrong while starting and did not stop it

    @property
    def courier(self) -> Courier:
        """What sends the series, at work."""
        return self.courier_later.get()


@asynccontextmanager
async def open_app(folder: Path, options: AppOptions | None = None) -> AsyncIterator[App]:
    """Build and start everything in `folder` (made if missing); yield it; close it in the opposite order.

    Raises StoreBusy where another instance owns the folder. A port that cannot be had is not an error: the receiver's
    state tells, and the rest works.
    """
    options = options or AppOptions()
    async with AsyncExitStack() as stack:
        settings = SettingsKeeper(folder)
        secret_store_task = asyncio.create_task(asyncio.to_thread(open_secret_store, folder))
        catalogue = load_catalogue([resource_path("providers"), folder / "providers"])
        handshakes = Handshakes(catalogue)
        store = await Store.open(folder, synchronous=options.synchronous, apart=options.apart, started=options.started)
        stack.push_async_callback(store.close)
        catalogue.changed.subscribe(lambda _: store.reread_providers())
        loop = asyncio.get_running_loop()
        catalogue.changed.subscribe(lambda _: _load_again(loop, handshakes))
        secret_store = await secret_store_task
        documents = DocumentStore(folder / FOLDER)
        directory = Directory(store, secret_store, catalogue, documents)
        if not directory.all():
            await directory.create(FIRST_NAME)
        plan = options.https
        https = Https(
            folder, secret_store, lambda: plan or plan_of(settings.current), passphrase=options.https_passphrase
        )
        stack.push_async_callback(https.close)
        receiver = Receiver(
            directory,
            Intake(store, directory, handshakes, catalogue),
            store,
            settings.current.max_body_bytes,
            https=https,
        )
        _make_room(store, settings.current)
        settings.changed.subscribe(lambda changed: _make_room(store, changed))
        receiver.limits = _limits(settings.current)
        settings.changed.subscribe(lambda changed: receiver.be_limited(_limits(changed)))
        stack.push_async_callback(receiver.stop)
        settings.changed.subscribe(lambda _: receiver.https_settings_changed())
        replayer = Replayer(
            store, directory, Sender(options=lambda: settings.current.target_options), lambda: settings.current
        )
        receiver.late.ask = Asker(replayer).ask
        courier_later = CourierLater(lambda: _courier(store, replayer, directory), store)
        stack.push_async_callback(courier_later.close)
        simulator = Simulator(directory, receiver.inner, replayer, [resource_path("samples"), folder / "samples"])
        instance = await stack.enter_async_context(Instance.open(folder, receiver))
        tunnels = Tunnels(receiver, settings, secret_store, folder)
        tunnels.check_port = lambda: _check_port(receiver)
        stack.push_async_callback(tunnels.close)
        monitor = _watch(Monitor(store.figures, directory, catalogue, Sender(), secret_store), receiver, store)
        stack.push_async_callback(monitor.close)
        app = App(
            folder=folder,
            settings=settings,
            catalogue=catalogue,
            secret_store=secret_store,
            store=store,
            documents=documents,
            handshakes=handshakes,
            directory=directory,
            receiver=receiver,
            https=https,
            replayer=replayer,
            courier_later=courier_later,
            simulator=simulator,
            monitor=monitor,
            tunnels=tunnels,
            instance=instance,
            trouble=tuple(catalogue.problems),
        )
        instance.answers["doctor"] = partial(_examine, app)
        await _listen(app, options)
        courier_later.watch(options.settle_s)
        tunnels.begin(directory.all(), options.settle_s)
        directory.changed.subscribe(lambda _: tunnels.note_endpoints(directory.all()))
        tunnels.changed.subscribe(lambda state: monitor.note_tunnel(state.alive))
        monitor.start(options.settle_s)
        reading = loop.create_task(_load_after(options.settle_s, handshakes), name="handshakes")
        try:
            yield app
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)


def _courier(store: Store, replayer: Replayer, directory: Directory) -> Courier:
    from inspector.replay.courier import Courier

    return Courier(store.series, replayer, directory, store.among)


async def _load_after(seconds: float, handshakes: Handshakes) -> None:
    await asyncio.sleep(seconds)
    await asyncio.to_thread(handshakes.load)


def _load_again(loop: asyncio.AbstractEventLoop, handshakes: Handshakes) -> None:
    loop.run_in_executor(None, handshakes.load)


async def _examine(app: App, message: dict[str, Any]) -> dict[str, Any]:
    """Find out for another process of the same user why nothing arrives; see doctor/."""
    from inspector.doctor.asked import examine

    return await examine(app, str(message.get("endpoint", "")))


async def _check_port(receiver: Receiver) -> None:
    """Listen again where the port was lost, as it may be after the computer slept."""
    if receiver.state.status is Status.RECEIVING and not await answers(receiver.state.inner_url):
        with contextlib.suppress(ListenError):  # the receiver's state tells it
            await receiver.restart()


def _make_room(store: Store, settings: Settings) -> None:
    store.retention.most_bytes = settings.storage_gb * 1_000_000_000


def _limits(settings: Settings) -> Limits:
    """Return how much the receiver takes on, as far as the system lets it."""
    return Limits(most_connections(settings.max_connections), settings.head_limit_s, settings.body_limit_s)


def _watch(monitor: Monitor, receiver: Receiver, store: Store) -> Monitor:
    """Let the monitor hear what it watches; a pause is the user's wish and no fault."""

    def note(state: ReceiverState) -> None:
        if state.status is not Status.STARTING:
            monitor.note_receiver(state.status is Status.RECEIVING, is_fault=state.status is not Status.PAUSED)

    receiver.changed.subscribe(note)
    store.added.subscribe(monitor.note_events)
    store.changed.subscribe(monitor.note_change)
    return monitor


async def _listen(app: App, options: AppOptions) -> None:
    """Listen where the settings or the command line say.

    Only the very first start may take another port than the usual one; that port is then kept, because providers are
    told the address. Later a taken port is trouble to be told, not a reason to move.
    """
    settings = app.settings.current
    host = settings.host if options.host is None else options.host
    port = settings.port if options.port is None else options.port
    first = options.port is None and not settings.port_chosen
    try:
        await app.receiver.start(host, port, fallback=first and options.fallback)
    except ListenError as error:
        _log.info("%s", error)  # the receiver's state tells it; window and command line show it
        return
    if first and app.receiver.state.url != app.receiver.state.https_url:
        app.settings.change(port=app.receiver.state.port, port_chosen=True)
