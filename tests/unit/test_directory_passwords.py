"""The password an endpoint asks senders for is kept, replaced and forgotten with its signing secrets."""

from __future__ import annotations

from dataclasses import replace

import pytest

from inspector.directory import Directory
from inspector.domain.access import AccessRule
from inspector.domain.endpoint import Endpoint, EndpointId
from inspector.domain.endpoint_secret import SecretRef
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.secret_store import MemorySecrets
from tests.builders import NOON, an_endpoint

pytestmark = pytest.mark.asyncio

FIRST, SECOND = SecretRef("pw1", "Password", NOON), SecretRef("pw2", "Password", NOON)


class Rows:
    """One endpoint, kept in memory."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoints: tuple[Endpoint, ...] = (endpoint,)

    def endpoints(self) -> tuple[Endpoint, ...]:
        return self._endpoints

    async def save_endpoint(self, endpoint: Endpoint) -> Endpoint:
        self._endpoints = (endpoint,)
        return endpoint

    async def delete_endpoint(self, endpoint_id: EndpointId) -> None:
        self._endpoints = ()


async def test_a_password_comes_and_goes_with_its_rule() -> None:
    endpoint, secrets = an_endpoint(), MemorySecrets()
    directory = Directory(Rows(endpoint), secrets, load_catalogue([resource_path("providers")]))
    locked = replace(endpoint, access=AccessRule(username="me", password=FIRST))
    await directory.save(locked, {"pw1": "letmein"})
    assert secrets.get("pw1") == "letmein"
    assert directory.values_of(endpoint.id) == {"pw1": "letmein"}
    await directory.save(replace(endpoint, access=AccessRule(username="me", password=SECOND)), {"pw2": "other"})
    assert (secrets.get("pw1"), secrets.get("pw2")) == (None, "other")
    await directory.save(endpoint)
    assert secrets.get("pw2") is None


async def test_a_kept_password_is_read_at_the_start_and_goes_with_its_endpoint() -> None:
    endpoint, secrets = an_endpoint(access=AccessRule(username="me", password=FIRST)), MemorySecrets()
    secrets.put("pw1", "letmein")
    directory = Directory(Rows(endpoint), secrets, load_catalogue([resource_path("providers")]))
    assert directory.values_of(endpoint.id) == {"pw1": "letmein"}
    await directory.delete(endpoint.id)
    assert secrets.get("pw1") is None
