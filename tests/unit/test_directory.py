"""Endpoints in memory: found by token, changed in the store first, secrets in the secret store only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.directory import Directory
from inspector.domain.endpoint import Endpoint, EndpointId, new_token
from inspector.domain.errors import UsageError
from inspector.providers.catalogue import Catalogue, load_catalogue
from inspector.resources import resource_path
from inspector.secret_store import MemorySecrets


class Rows:
    """Keeps endpoints as the store does."""

    def __init__(self) -> None:
        self.kept: dict[EndpointId, Endpoint] = {}

    def endpoints(self) -> tuple[Endpoint, ...]:
        return tuple(self.kept.values())

    async def save_endpoint(self, endpoint: Endpoint) -> Endpoint:
        saved = endpoint if endpoint.id else replace(endpoint, id=EndpointId(len(self.kept) + 1))
        self.kept[saved.id] = saved
        return saved

    async def delete_endpoint(self, endpoint_id: EndpointId) -> None:
        del self.kept[endpoint_id]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue([resource_path("providers")])


@pytest.fixture
def rows() -> Rows:
    return Rows()


@pytest.fixture
def secrets() -> MemorySecrets:
    return MemorySecrets()


@pytest.fixture
def directory(rows: Rows, secrets: MemorySecrets, catalogue: Catalogue) -> Directory:
    return Directory(rows, secrets, catalogue)


@pytest.mark.asyncio
async def test_a_new_endpoint_is_found_by_its_token_and_can_sign_at_once(directory: Directory) -> None:
    endpoint = await directory.create("Shop")
    resolved = directory.by_token(endpoint.token)
    assert resolved is not None
    assert resolved.endpoint.name == "Shop"
    assert resolved.profile is not None
    assert len(resolved.secrets[0].value) == 64


@pytest.mark.asyncio
async def test_the_secret_itself_never_reaches_the_store(directory: Directory, rows: Rows) -> None:
    endpoint = await directory.create("Shop")
    await directory.set_secret(endpoint.id, "correct horse battery staple")
    assert "correct horse" not in repr(rows.kept)
    assert rows.kept[endpoint.id].signing.secrets[0].ending == "aple"


@pytest.mark.asyncio
async def test_a_replaced_secret_is_forgotten_and_an_added_one_is_tried_first(directory: Directory) -> None:
    endpoint = await directory.create("Shop")
    await directory.set_secret(endpoint.id, "one")
    await directory.add_secret(endpoint.id, "two")
    resolved = directory.by_id(endpoint.id)
    assert resolved is not None
    assert [secret.value for secret in resolved.secrets] == ["two", "one"]


@pytest.mark.asyncio
async def test_a_token_in_use_is_refused(directory: Directory) -> None:
    first = await directory.create("One")
    second = await directory.create("Two")
    with pytest.raises(UsageError, match="One uses it"):
        await directory.save(replace(second, token=first.token))
    assert directory.by_token(second.token) is not None


@pytest.mark.asyncio
async def test_a_deleted_endpoint_leaves_no_secret_behind(directory: Directory, secrets: MemorySecrets) -> None:
    endpoint = await directory.create("Shop")
    await directory.delete(endpoint.id)
    assert directory.all() == ()
    assert directory.by_token(endpoint.token) is None
    assert secrets._values == {}


@pytest.mark.asyncio
async def test_an_unknown_provider_is_refused(directory: Directory) -> None:
    with pytest.raises(UsageError, match="no provider"):
        await directory.create("Shop", "nobody")


@pytest.mark.asyncio
async def test_every_change_is_told(directory: Directory) -> None:
    told: list[None] = []
    directory.changed.subscribe(told.append)
    endpoint = await directory.create("Shop")
    await directory.save(replace(endpoint, name="Store"))
    await directory.delete(endpoint.id)
    assert len(told) == 3


def test_tokens_cannot_be_guessed() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert min(map(len, tokens)) >= 22  # 22 characters of base64url hold more than 128 bits
