"""Endpoints in memory: found by token, changed in the store first, secrets in the secret store only."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from inspector.directory import Directory
from inspector.domain.endpoint import Endpoint, EndpointId, new_token
from inspector.domain.errors import InspectorError, StoreFull, UsageError
from inspector.domain.secret import Secret
from inspector.providers.catalogue import Catalogue, load_catalogue
from inspector.providers.own_scheme import START, text_of
from inspector.resources import resource_path
from inspector.secret_store import MemorySecrets
from tests.builders import NOON
from tests.fakes import Clock


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
def clock() -> Clock:
    return Clock()


@pytest.fixture
def directory(rows: Rows, secrets: MemorySecrets, catalogue: Catalogue, clock: Clock) -> Directory:
    return Directory(rows, secrets, catalogue, clock=clock)


def values(found: Sequence[Secret]) -> list[str]:
    return [secret.value for secret in found]


def accepted(directory: Directory, endpoint: Endpoint) -> list[str]:
    resolved = directory.by_token(endpoint.token)
    assert resolved is not None
    return values(resolved.secrets)


def former(directory: Directory, endpoint: Endpoint) -> list[str]:
    resolved = directory.by_id(endpoint.id)
    assert resolved is not None
    return values(resolved.former)


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


async def with_secret(directory: Directory, value: str = "the old secret") -> Endpoint:
    endpoint = await directory.create("Shop")
    return await directory.set_secret(endpoint.id, value)


@pytest.mark.asyncio
async def test_a_replaced_secret_stays_good_for_a_day_and_is_then_only_remembered(
    directory: Directory, clock: Clock, rows: Rows
) -> None:
    endpoint = await with_secret(directory)
    endpoint = await directory.rename_secret(endpoint.id, endpoint.signing.secrets[0].key, " Shop key ")
    endpoint = await directory.replace_secret(endpoint.id, endpoint.signing.secrets[0].key, "the new secret")
    assert accepted(directory, endpoint) == ["the new secret", "the old secret"]
    assert [ref.name for ref in rows.kept[endpoint.id].signing.secrets] == ["Shop key", "Shop key"]
    assert [ref.until for ref in endpoint.signing.secrets] == [None, NOON + timedelta(days=1)]
    clock.advance(24 * 3600 - 1)
    assert accepted(directory, endpoint) == ["the new secret", "the old secret"]
    clock.advance(1)
    assert accepted(directory, endpoint) == ["the new secret"]
    assert former(directory, endpoint) == ["the old secret"]


@pytest.mark.asyncio
async def test_secrets_end_one_after_the_other(directory: Directory, clock: Clock) -> None:
    endpoint = await with_secret(directory, "one")
    for value, grace_s in (("two", 60), ("three", 120)):
        endpoint = await directory.replace_secret(endpoint.id, endpoint.signing.secrets[0].key, value, grace_s)
    assert accepted(directory, endpoint) == ["three", "one", "two"]
    clock.advance(61)
    assert accepted(directory, endpoint) == ["three", "two"]
    clock.advance(60)
    assert (accepted(directory, endpoint), former(directory, endpoint)) == (["three"], ["one", "two"])


@pytest.mark.asyncio
async def test_a_secret_whose_time_was_over_before_the_start_is_former(
    directory: Directory, rows: Rows, secrets: MemorySecrets, catalogue: Catalogue, clock: Clock
) -> None:
    endpoint = await with_secret(directory)
    await directory.replace_secret(endpoint.id, endpoint.signing.secrets[0].key, "the new secret")
    clock.advance(2 * 24 * 3600)
    again = Directory(rows, secrets, catalogue, clock=clock)
    assert (accepted(again, endpoint), former(again, endpoint)) == (["the new secret"], ["the old secret"])


@pytest.mark.asyncio
async def test_a_former_secret_can_be_accepted_again(directory: Directory, clock: Clock) -> None:
    endpoint = await with_secret(directory)
    endpoint = await directory.replace_secret(endpoint.id, endpoint.signing.secrets[0].key, "the new secret", 0)
    old = endpoint.signing.secrets[1].key
    assert accepted(directory, endpoint) == ["the new secret"]
    await directory.accept_former(endpoint.id, old, clock.now + timedelta(hours=1))
    assert accepted(directory, endpoint) == ["the new secret", "the old secret"]
    clock.advance(3600)
    assert accepted(directory, endpoint) == ["the new secret"]
    await directory.accept_former(endpoint.id, old, None)
    assert accepted(directory, endpoint) == ["the new secret", "the old secret"]


@pytest.mark.asyncio
async def test_a_removed_secret_is_forgotten_everywhere(directory: Directory, secrets: MemorySecrets) -> None:
    endpoint = await with_secret(directory)
    endpoint = await directory.add_secret(endpoint.id, "another", "Second")
    await directory.remove_secret(endpoint.id, endpoint.signing.secrets[1].key)
    assert accepted(directory, endpoint) == ["another"]
    assert list(secrets._values.values()) == ["another"]
    with pytest.raises(UsageError, match="no longer exists"):
        await directory.remove_secret(endpoint.id, "unknown")


@pytest.mark.asyncio
async def test_an_endpoint_and_its_new_secrets_are_saved_together(
    directory: Directory, rows: Rows, secrets: MemorySecrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = await with_secret(directory)
    old = endpoint.signing.secrets[0]
    changed = replace(endpoint, signing=replace(endpoint.signing, secrets=(replace(old, key="k2"), old)))

    async def full(_endpoint: Endpoint) -> Endpoint:
        raise StoreFull("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr(rows, "save_endpoint", full)
        with pytest.raises(StoreFull):
            await directory.save(changed, {"k2": "never kept"})
    assert "never kept" not in secrets._values.values()
    assert accepted(directory, endpoint) == ["the old secret"]
    await directory.save(changed, {"k2": "kept"})
    assert accepted(directory, endpoint) == ["kept", "the old secret"]


@pytest.mark.asyncio
async def test_a_keyring_that_refuses_leaves_the_endpoint_as_it_was(
    directory: Directory, secrets: MemorySecrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = await with_secret(directory)

    def locked(_key: str, _value: str) -> None:
        raise InspectorError("The secret was not stored.")

    monkeypatch.setattr(secrets, "put", locked)
    with pytest.raises(InspectorError):
        await directory.add_secret(endpoint.id, "another")
    assert accepted(directory, endpoint) == ["the old secret"]
    assert len(directory.all()[0].signing.secrets) == 1


@pytest.mark.asyncio
async def test_facts_are_kept_in_order_and_empty_ones_left_out(directory: Directory) -> None:
    endpoint = await directory.create("Shop")
    await directory.set_facts(endpoint.id, {"issuer": "me", "audience": "", "key_id": "7"})
    resolved = directory.by_id(endpoint.id)
    assert resolved is not None
    assert resolved.endpoint.signing.facts == (("issuer", "me"), ("key_id", "7"))
    assert resolved.facts == {"issuer": "me", "key_id": "7"}


@pytest.mark.asyncio
async def test_documents_are_seen_as_they_come(rows: Rows, secrets: MemorySecrets, catalogue: Catalogue) -> None:
    documents: dict[str, str] = {}
    directory = Directory(rows, secrets, catalogue, documents)
    endpoint = await directory.create("Shop")
    documents["https://x.example/key.pem"] = "PEM"
    resolved = directory.by_id(endpoint.id)
    assert resolved is not None
    assert resolved.documents == {"https://x.example/key.pem": "PEM"}


@pytest.mark.asyncio
async def test_two_changes_at_once_lose_neither(directory: Directory, secrets: MemorySecrets) -> None:
    endpoint = await with_secret(directory, "one")
    await asyncio.gather(
        directory.add_secret(endpoint.id, "two"),
        directory.add_secret(endpoint.id, "three"),
        directory.set_facts(endpoint.id, {"key_id": "7"}),
    )
    assert sorted(accepted(directory, endpoint)) == ["one", "three", "two"]
    assert directory.all()[0].signing.facts == (("key_id", "7"),)
    assert sorted(directory.values_of(endpoint.id).values()) == sorted(secrets._values.values())


@pytest.mark.asyncio
async def test_a_changed_definition_counts_once_the_directory_is_refreshed(
    rows: Rows, secrets: MemorySecrets, tmp_path: Path
) -> None:
    catalogue = load_catalogue([resource_path("providers"), tmp_path])
    (tmp_path / "mine.toml").write_text(text_of(START), "utf-8")
    catalogue.reload("mine")
    directory = Directory(rows, secrets, catalogue)
    endpoint = await directory.create("Shop", "mine")
    (tmp_path / "mine.toml").write_text(text_of(replace(START, name="Ours")), "utf-8")
    catalogue.reload("mine")
    directory.refresh()
    resolved = directory.by_token(endpoint.token)
    assert resolved is not None
    assert resolved.profile is not None
    assert resolved.profile.name == "Ours"
    assert accepted(directory, endpoint)


def test_tokens_cannot_be_guessed() -> None:
    tokens = {new_token() for _ in range(1000)}
    assert len(tokens) == 1000
    assert min(map(len, tokens)) >= 22  # 22 characters of base64url hold more than 128 bits
