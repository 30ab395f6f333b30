"""The endpoints in memory, each with its profile and secrets at hand: what an arriving request is matched against."""

from __future__ import annotations

import secrets as random
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Protocol

from inspector.domain.endpoint import (
    DEFAULT_PROVIDER,
    Endpoint,
    EndpointId,
    SecretRef,
    ending_of,
    new_secret,
    new_token,
)
from inspector.domain.errors import UsageError
from inspector.domain.secret import Secret
from inspector.feed import Feed
from inspector.providers.catalogue import Catalogue
from inspector.providers.profile import Profile
from inspector.secret_store import SecretStore

FIRST_NAME = "My endpoint"


class EndpointRows(Protocol):
    """The part of the store that keeps endpoints."""

    def endpoints(self) -> tuple[Endpoint, ...]:
        """Return every endpoint in the user's order."""

    async def save_endpoint(self, endpoint: Endpoint) -> Endpoint:
        """Keep an endpoint (id 0 makes a new one) and return it with its id."""

    async def delete_endpoint(self, endpoint_id: EndpointId) -> None:
        """Remove an endpoint and its events."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """An endpoint ready for work: its provider's profile (None where nothing is checked) and its secrets' values."""

    endpoint: Endpoint
    profile: Profile | None
    secrets: tuple[Secret, ...]


class Directory:
    """Every endpoint by token and by id; changes go to the store and the secret store first, then show here."""

    def __init__(self, store: EndpointRows, secret_store: SecretStore, catalogue: Catalogue) -> None:
        self.changed: Feed[None] = Feed()
        self._store = store
        self._secret_store = secret_store
        self._catalogue = catalogue
        self._by_id: dict[EndpointId, Resolved] = {}
        self._by_token: dict[str, Resolved] = {}
        self._reload(store.endpoints())

    def all(self) -> tuple[Endpoint, ...]:
        """Return every endpoint in the user's order."""
        return tuple(item.endpoint for item in self._by_id.values())

    def by_token(self, token: str) -> Resolved | None:
        """Return the endpoint a request's path names, or None."""
        return self._by_token.get(token)

    def by_id(self, endpoint_id: EndpointId) -> Resolved | None:
        """Return an endpoint by its id, or None."""
        return self._by_id.get(endpoint_id)

    async def create(self, name: str, provider: str = DEFAULT_PROVIDER) -> Endpoint:
        """Make an endpoint with an unguessable token and a random secret, so that it can be tried at once."""
        if provider and self._catalogue.get(provider) is None:
            known = ", ".join(profile.id for profile in self._catalogue)
            raise UsageError(f"There is no provider {provider!r}.", "", f"Choose one of {known}.")
        position = 1 + max((item.position for item in self.all()), default=0)
        endpoint = Endpoint(
            id=EndpointId(0),
            token=new_token(),
            name=name.strip() or FIRST_NAME,
            created_at=datetime.now(UTC),
            provider=provider,
            position=position,
        )
        return await self.save(self._with_secrets(endpoint, (self._keep(new_secret(), "Made for test events"),)))

    async def save(self, endpoint: Endpoint) -> Endpoint:
        """Keep an endpoint's changes; they apply from the next request. Raises UsageError for a token in use."""
        other = self._by_token.get(endpoint.token)
        if other is not None and other.endpoint.id != endpoint.id:
            raise UsageError(
                f"The path {endpoint.path} is taken.", f"{other.endpoint.name} uses it.", "Choose another."
            )
        saved = await self._store.save_endpoint(endpoint)
        self._reload(self._store.endpoints())
        self.changed.publish(None)
        return saved

    async def delete(self, endpoint_id: EndpointId) -> None:
        """Remove an endpoint, its events and its secrets."""
        resolved = self._by_id.get(endpoint_id)
        if resolved is None:
            return
        await self._store.delete_endpoint(endpoint_id)
        for ref in resolved.endpoint.signing.secrets:
            self._secret_store.delete(ref.key)
        self._reload(self._store.endpoints())
        self.changed.publish(None)

    async def set_secret(self, endpoint_id: EndpointId, value: str) -> Endpoint:
        """Make `value` the endpoint's only secret."""
        endpoint = self._known(endpoint_id)
        old = endpoint.signing.secrets
        saved = await self.save(self._with_secrets(endpoint, (self._keep(value, ""),) if value else ()))
        for ref in old:
            self._secret_store.delete(ref.key)
        return saved

    async def add_secret(self, endpoint_id: EndpointId, value: str, name: str = "") -> Endpoint:
        """Accept `value` beside the secrets the endpoint has; the newest is tried first and signs test events."""
        endpoint = self._known(endpoint_id)
        return await self.save(self._with_secrets(endpoint, (self._keep(value, name), *endpoint.signing.secrets)))

    def _known(self, endpoint_id: EndpointId) -> Endpoint:
        resolved = self._by_id.get(endpoint_id)
        if resolved is None:
            raise UsageError("That endpoint no longer exists.")
        return resolved.endpoint

    def _keep(self, value: str, name: str) -> SecretRef:
        ref = SecretRef(key=random.token_hex(8), name=name, added_at=datetime.now(UTC), ending=ending_of(value))
        self._secret_store.put(ref.key, value)
        return ref

    @staticmethod
    def _with_secrets(endpoint: Endpoint, refs: tuple[SecretRef, ...]) -> Endpoint:
        return replace(endpoint, signing=replace(endpoint.signing, secrets=refs))

    def _reload(self, endpoints: Iterable[Endpoint]) -> None:
        resolved = [self._resolve(endpoint) for endpoint in endpoints]
        self._by_id = {item.endpoint.id: item for item in resolved}
        self._by_token = {item.endpoint.token: item for item in resolved}

    def _resolve(self, endpoint: Endpoint) -> Resolved:
        known = self._by_id.get(endpoint.id)
        if known is not None and known.endpoint.signing.secrets == endpoint.signing.secrets:
            values = known.secrets
        else:
            values = tuple(self._secrets_of(endpoint))
        return Resolved(endpoint, self._catalogue.get(endpoint.provider), values)

    def _secrets_of(self, endpoint: Endpoint) -> Iterable[Secret]:
        for ref in endpoint.signing.secrets:
            value = self._secret_store.get(ref.key)
            if value is not None:
                yield Secret(value, ref.name, ref.ending)
