"""A data folder opened for a command: its endpoints for reading beside a running program, or for changing alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from inspector.directory import Directory, Resolved
from inspector.document_store import FOLDER, DocumentStore
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.errors import StoreBusy, StoreError, UsageError
from inspector.providers.catalogue import Catalogue, load_catalogue
from inspector.resources import resource_path
from inspector.secret_store import open_secret_store
from inspector.store.beside import open_beside
from inspector.store.schema import DATABASE_NAME
from inspector.store.store import Store


class _Fixed:
    """Endpoints that can be read only."""

    def __init__(self, endpoints: tuple[Endpoint, ...]) -> None:
        self._endpoints = endpoints

    def endpoints(self) -> tuple[Endpoint, ...]:
        return self._endpoints

    async def save_endpoint(self, endpoint: Endpoint) -> Endpoint:
        raise StoreBusy(f"{endpoint.name} cannot be changed from here.")

    async def delete_endpoint(self, endpoint_id: EndpointId) -> None:
        raise StoreBusy(f"Endpoint {endpoint_id} cannot be deleted from here.")


def providers(folder: Path) -> Catalogue:
    """Return the bundled providers and those of the data folder."""
    return load_catalogue([resource_path("providers"), folder / "providers"])


def sample_folders(folder: Path) -> tuple[Path, ...]:
    """Return where samples lie; those of the data folder win."""
    return (resource_path("samples"), folder / "samples")


def directory_beside(folder: Path) -> Directory:
    """Return a folder's endpoints with their secrets, whether or not the program runs. Raises StoreError."""
    if not (folder / DATABASE_NAME).is_file():
        raise StoreError(
            "There are no endpoints yet.",
            f"The program has not run with {folder}.",
            "Start it once, or use `inspector endpoints add NAME`.",
        )
    with open_beside(folder) as beside:
        endpoints = beside.endpoints()
    documents = DocumentStore(folder / FOLDER)
    return Directory(_Fixed(endpoints), open_secret_store(folder), providers(folder), documents)


def endpoint_or_default(folder: Path, wanted: str | None) -> Resolved:
    """Return an endpoint of a folder; for a folder without any, a made-up one of the default provider.

    Raises UsageError or StoreError where `wanted` names an endpoint that is not there.
    """
    try:
        return chosen_endpoint(directory_beside(folder), wanted)
    except StoreError:
        if wanted is not None:
            raise
    made_up = Endpoint(EndpointId(0), "none", "Made up", datetime.now(UTC))
    return Resolved(made_up, providers(folder).get(made_up.provider), ())


@asynccontextmanager
async def directory_alone(folder: Path) -> AsyncIterator[Directory]:
    """Open a folder's endpoints for changing. Raises StoreBusy where the program is running."""
    try:
        store = await Store.open(folder)
    except StoreBusy as error:
        raise StoreBusy(
            "Endpoints cannot be changed while the program is running.",
            error.why,
            "Change them in its window, or close it first.",
        ) from error
    try:
        yield Directory(store, open_secret_store(folder), providers(folder), DocumentStore(folder / FOLDER))
    finally:
        await store.close()


def chosen_endpoint(directory: Directory, wanted: str | None) -> Resolved:
    """Return the endpoint with this name, number or token, or the first one. Raises UsageError."""
    endpoints = directory.all()
    if not endpoints:
        raise UsageError(
            "There are no endpoints.", "", "Start the program once, or use `inspector endpoints add NAME`."
        )
    for endpoint in endpoints:
        if wanted is None or wanted in (str(endpoint.id), endpoint.token, endpoint.path):
            return _resolved(directory, endpoint)
    named = [endpoint for endpoint in endpoints if endpoint.name.lower() == (wanted or "").lower()]
    if len(named) == 1:
        return _resolved(directory, named[0])
    if named:
        raise UsageError(f"{len(named)} endpoints are called {wanted}.", "", "Use the number `endpoints` shows.")
    known = ", ".join(f"{endpoint.name} ({endpoint.id})" for endpoint in endpoints)
    raise UsageError(f"There is no endpoint {wanted!r}.", "", f"Choose one of {known}.")


def _resolved(directory: Directory, endpoint: Endpoint) -> Resolved:
    resolved = directory.by_id(endpoint.id)
    assert resolved is not None  # it was listed a moment ago, and nobody else changes this directory
    return resolved
