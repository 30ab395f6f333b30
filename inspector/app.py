"""The whole program without a face: every part built once, in order, and closed in the opposite order.

The window, the headless mode and the tests all enter here. What `open_app` yields is complete and listening (or knows
why it is not); leaving it finishes requests in flight, writes what is queued and frees the data folder.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inspector.directory import FIRST_NAME, Directory
from inspector.document_store import FOLDER, DocumentStore
from inspector.domain.errors import InspectorError, ListenError
from inspector.feed import Feed
from inspector.instance import Instance
from inspector.providers.catalogue import Catalogue, load_catalogue
from inspector.providers.handshakes import Handshakes
from inspector.receiver.intake import Intake
from inspector.receiver.server import Receiver
from inspector.replay.replayer import Replayer
from inspector.replay.sender import Sender
from inspector.resources import resource_path
from inspector.secret_store import SecretStore, open_secret_store
from inspector.settings import Settings, change_settings, load_settings, save_settings
from inspector.simulator.test_event import Simulator
from inspector.store.host import Started
from inspector.store.store import Store

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class AppOptions:
    """What a command line says for this run only; None leaves it to the settings.

    `fallback` lets the receiver take the next free port where the wanted one is taken; a port that was asked for by
    name is never swapped for another. `apart` gives the store's writer a process of its own;
    one that was `started` before is taken.
    """

    host: str | None = None
    port: int | None = None
    fallback: bool = True
    synchronous: str = "FULL"
    apart: bool = True
    started: Started | None = None


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
    replayer: Replayer
    simulator: Simulator
    instance: Instance
    trouble: tuple[InspectorError, ...] = ()  # what went wrong while starting and did not stop it


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
        receiver = Receiver(directory, Intake(store, directory, handshakes), store, settings.current.max_body_bytes)
        stack.push_async_callback(receiver.stop)
        replayer = Replayer(store, directory, Sender(), lambda: settings.current)
        simulator = Simulator(directory, receiver, replayer, [resource_path("samples"), folder / "samples"])
        instance = await stack.enter_async_context(Instance.open(folder, receiver))
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
            replayer=replayer,
            simulator=simulator,
            instance=instance,
            trouble=tuple(catalogue.problems),
        )
        await _listen(app, options)
        reading = asyncio.get_running_loop().run_in_executor(None, handshakes.load)
        try:
            yield app
        finally:
            await reading


def _load_again(loop: asyncio.AbstractEventLoop, handshakes: Handshakes) -> None:
    loop.run_in_executor(None, handshakes.load)


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
    if first:
        app.settings.change(port=app.receiver.state.port, port_chosen=True)
