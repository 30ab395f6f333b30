"""A receiver on a real socket with a real store behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest_asyncio

from inspector.app import App, AppOptions, open_app
from inspector.directory import Directory
from inspector.domain.endpoint import Endpoint
from inspector.domain.event import Event, EventId
from inspector.domain.query import Query
from inspector.providers.catalogue import Catalogue, load_catalogue
from inspector.providers.handshakes import Handshakes
from inspector.receiver.intake import Intake
from inspector.receiver.server import Receiver
from inspector.resources import resource_path
from inspector.secret_store import MemorySecrets
from inspector.store.store import Store
from tests.integration.receiver.https_place import Place, set_up
from tests.integration.receiver.wire import Reply, exchange, http, signature

SECRET = "a secret of the tests"
MAX_BODY = 4 * 1024 * 1024


@dataclass
class Station:
    """A running receiver, its store, and one endpoint that checks signatures."""

    folder: Path
    store: Store
    directory: Directory
    catalogue: Catalogue
    receiver: Receiver
    endpoint: Endpoint

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.receiver.state.port

    async def post(self, body: bytes, *, path: str = "", signed: bool = True, **options: Any) -> Reply:
        """Send a webhook to the endpoint, signed by default."""
        headers = [*options.pop("headers", ()), *([signature(SECRET, body)] if signed else [])]
        return await exchange(self.port, http(self.endpoint.path + path, body, headers=headers, **options))

    async def send(self, data: bytes, *, method: str = "POST") -> Reply:
        """Send exactly these bytes on a connection of their own."""
        return await exchange(self.port, data, method=method)

    async def events(self) -> list[Event]:
        """Return every stored event, oldest first."""
        found = [self.store.event(EventId(id)) for id in await self.store.ids(Query())]
        return [event for event in found if event is not None]

    async def only_event(self) -> Event:
        """Return the one event there is."""
        (event,) = await self.events()
        return event

    async def change(self, **changes: Any) -> None:
        """Change the endpoint; it applies from the next request."""
        self.endpoint = await self.directory.save(replace(self.endpoint, **changes))


@pytest_asyncio.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    """Return a receiver that listens on a port the system chose."""
    catalogue = load_catalogue([resource_path("providers")])
    store = await Store.open(tmp_path)
    directory = Directory(store, MemorySecrets(), catalogue)
    endpoint = await directory.create("Shop")
    endpoint = await directory.set_secret(endpoint.id, SECRET)
    handshakes = Handshakes(catalogue)
    handshakes.load()
    receiver = Receiver(directory, Intake(store, directory, handshakes), store, MAX_BODY)
    await receiver.start("127.0.0.1", 0, fallback=False)
    try:
        yield Station(tmp_path, store, directory, catalogue, receiver, endpoint)
    finally:
        await receiver.stop()
        await store.close()


@pytest_asyncio.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with open_app(tmp_path / "data", AppOptions(port=0, apart=False)) as app:
        yield app


@pytest_asyncio.fixture
async def place(app: App) -> Place:
    return await set_up(app)
