"""The endpoints in memory, each with its profile and secrets at hand: what an arriving request is matched against."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Protocol

from inspector.domain.endpoint import (
    DEFAULT_PROVIDER,
    GRACE_S,
    Endpoint,
    EndpointId,
    Signing,
    ending_of,
    new_secret_key,
    new_token,
)
from inspector.domain.endpoint_secret import SecretRef
from inspector.domain.errors import UsageError
from inspector.domain.secret import Secret
from inspector.feed import Feed
from inspector.providers.catalogue import Catalogue
from inspector.providers.profile import Profile
from inspector.secret_store import SecretStore
from inspector.signatures.trial_secret import trial_secret

FIRST_NAME = "My endpoint"

NOTHING: Mapping[str, str] = MappingProxyType({})

Refs = tuple[SecretRef, ...]


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
    """An endpoint ready for work: its provider's profile (None where nothing is checked) and its secrets' values.

    `secrets` are those accepted now, in the order they are tried; `former` those whose time is over, which only help
    to explain a failure. `facts` are the named values its scheme asks for, `documents` certificates and key sets by
    their address. `password` is what senders must send beside the user name, None where there is none at hand.
    """

    endpoint: Endpoint
    profile: Profile | None
    secrets: tuple[Secret, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)
    former: tuple[Secret, ...] = ()
    password: Secret | None = None


def _now() -> datetime:
    return datetime.now(UTC)


class Directory:
    """Every endpoint by token and by id; changes go to the store and the secret store first, then show here.

    `documents` is a live view of the certificates and key sets at hand, the same for all endpoints.
    """

    def __init__(
        self,
        store: EndpointRows,
        secret_store: SecretStore,
        catalogue: Catalogue,
        documents: Mapping[str, str] = NOTHING,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self.changed: Feed[None] = Feed()
        self._store = store
        self._secret_store = secret_store
        self._catalogue = catalogue
        self._documents = documents
        self._clock = clock
        self._changing = asyncio.Lock()  # a secrets file is read and written whole
        self._values: dict[str, str] = {}
        self._by_id: dict[EndpointId, Resolved] = {}
        self._by_token: dict[str, Resolved] = {}
        self._next_end: datetime | None = None
        self._reload(store.endpoints())

    def all(self) -> tuple[Endpoint, ...]:
        """Return every endpoint in the user's order."""
        return tuple(item.endpoint for item in self._by_id.values())

    def by_token(self, token: str) -> Resolved | None:
        """Return the endpoint a request's path names, or None."""
        if self._next_end is not None:
            self._retire()
        return self._by_token.get(token)

    def by_id(self, endpoint_id: EndpointId) -> Resolved | None:
        """Return an endpoint by its id, or None."""
        if self._next_end is not None:
            self._retire()
        return self._by_id.get(endpoint_id)

    def values_of(self, endpoint_id: EndpointId) -> dict[str, str]:
        """Return an endpoint's secrets, the former ones and its password too, by the keys of their references."""
        refs = secret_refs(self._known(endpoint_id))
        return {ref.key: self._values[ref.key] for ref in refs if ref.key in self._values}

    async def create(self, name: str, provider: str = DEFAULT_PROVIDER) -> Endpoint:
        """Make an endpoint with an unguessable token and a random secret, so that it can be tried at once."""
        if provider and self._catalogue.get(provider) is None:
            raise UsageError(f"There is no provider {provider!r}.", "", "`inspector providers` lists them.")
        position = 1 + max((item.position for item in self.all()), default=0)
        profile = self._catalogue.get(provider)
        # A key pair takes a moment to make.
        value = await asyncio.to_thread(trial_secret, () if profile is None else profile.recipes)
        ref = self._ref(value, "Made for test events")
        endpoint = Endpoint(
            id=EndpointId(0),
            token=new_token(),
            name=name.strip() or FIRST_NAME,
            created_at=self._clock(),
            provider=provider,
            signing=Signing(secrets=(ref,)),
            position=position,
        )
        return await self.save(endpoint, {ref.key: value})

    async def save(self, endpoint: Endpoint, values: Mapping[str, str] = NOTHING) -> Endpoint:
        """Keep an endpoint's changes; they apply from the next request. Raises UsageError for a token in use.

        `values` are the secrets it has gained, by the keys of their references; those it has lost are forgotten. The
        endpoint without its new secrets, or the other way round, is never kept.
        """
        return await self._change(lambda: endpoint, values)

    async def delete(self, endpoint_id: EndpointId) -> None:
        """Remove an endpoint, its events and its secrets."""
        async with self._changing:
            resolved = self._by_id.get(endpoint_id)
            if resolved is None:
                return
            await self._store.delete_endpoint(endpoint_id)
            await self._forget([ref.key for ref in secret_refs(resolved.endpoint)])
            self._reload(self._store.endpoints())
        self.changed.publish(None)

    def refresh(self) -> None:
        """Read every endpoint's provider anew, after a definition has changed; applies from the next request."""
        self._reload(self.all())
        self.changed.publish(None)

    # -- secrets and facts --------------------------------------------------------------------------------------

    async def set_secret(self, endpoint_id: EndpointId, value: str) -> Endpoint:
        """Make `value` the endpoint's only secret; "" leaves it none."""
        if not value:
            return await self._change_refs(endpoint_id, lambda _refs: ())
        ref = self._ref(value, "")
        return await self._change_refs(endpoint_id, lambda _refs: (ref,), {ref.key: value})

    async def add_secret(self, endpoint_id: EndpointId, value: str, name: str = "") -> Endpoint:
        """Accept `value` beside the secrets the endpoint has; the newest is tried first and signs test events."""
        ref = self._ref(value, name)
        return await self._change_refs(endpoint_id, lambda refs: (ref, *refs), {ref.key: value})

    async def replace_secret(
        self, endpoint_id: EndpointId, ref_key: str, value: str, keep_former_for_s: float = GRACE_S
    ) -> Endpoint:
        """Put `value` in a secret's place, under its name; the old one stays accepted for a while and is then former.

        Raises UsageError where the endpoint has no such secret.
        """
        new = self._ref(value, "")

        def change(refs: Refs) -> Refs:
            return replaced(refs, ref_key, new, self._clock() + timedelta(seconds=keep_former_for_s))

        return await self._change_refs(endpoint_id, change, {new.key: value})

    async def accept_former(self, endpoint_id: EndpointId, ref_key: str, until: datetime | None) -> Endpoint:
        """Accept a secret until a moment, None for good. Raises UsageError where the endpoint has no such secret."""
        return await self._change_refs(
            endpoint_id, lambda refs: changed_ref(refs, ref_key, lambda ref: replace(ref, until=until))
        )

    async def rename_secret(self, endpoint_id: EndpointId, ref_key: str, name: str) -> Endpoint:
        """Give a secret another name. Raises UsageError where the endpoint has no such secret."""
        return await self._change_refs(
            endpoint_id, lambda refs: changed_ref(refs, ref_key, lambda ref: replace(ref, name=name.strip()))
        )

    async def remove_secret(self, endpoint_id: EndpointId, ref_key: str) -> Endpoint:
        """Forget a secret. Raises UsageError where the endpoint has no such secret."""
        return await self._change_refs(endpoint_id, lambda refs: without(refs, ref_key))

    async def set_facts(self, endpoint_id: EndpointId, facts: Mapping[str, str]) -> Endpoint:
        """Keep what the scheme asks for by name, in this order; empty values are left out."""
        kept = tuple((name, value) for name, value in facts.items() if value)

        def change() -> Endpoint:
            endpoint = self._known(endpoint_id)
            return replace(endpoint, signing=replace(endpoint.signing, facts=kept))

        return await self._change(change)

    # -- inside -------------------------------------------------------------------------------------------------

    def _known(self, endpoint_id: EndpointId) -> Endpoint:
        resolved = self._by_id.get(endpoint_id)
        if resolved is None:
            raise UsageError("That endpoint no longer exists.")
        return resolved.endpoint

    def _ref(self, value: str, name: str) -> SecretRef:
        return SecretRef(new_secret_key(), name.strip(), self._clock(), ending_of(value))

    async def _change_refs(
        self, endpoint_id: EndpointId, change: Callable[[Refs], Refs], values: Mapping[str, str] = NOTHING
    ) -> Endpoint:
        def changed() -> Endpoint:
            endpoint = self._known(endpoint_id)
            return replace(endpoint, signing=replace(endpoint.signing, secrets=change(endpoint.signing.secrets)))

        return await self._change(changed, values)

    async def _change(self, change: Callable[[], Endpoint], values: Mapping[str, str] = NOTHING) -> Endpoint:
        """Keep what `change` makes of the endpoint as it is when its turn has come."""
        async with self._changing:
            endpoint = change()
            other = self._by_token.get(endpoint.token)
            if other is not None and other.endpoint.id != endpoint.id:
                raise UsageError(
                    f"The path {endpoint.path} is taken.", f"{other.endpoint.name} uses it.", "Choose another."
                )
            saved = await self._keep(endpoint, values)
            known = self._by_id.get(saved.id)
            before = set() if known is None else {ref.key for ref in secret_refs(known.endpoint)}
            self._reload(self._store.endpoints())
            await self._forget(before - {ref.key for ref in secret_refs(saved)})
        self.changed.publish(None)
        return saved

    async def _keep(self, endpoint: Endpoint, values: Mapping[str, str]) -> Endpoint:
        try:
            await self._put(values)
            saved = await self._store.save_endpoint(endpoint)
        except BaseException:
            await self._forget(values)
            raise
        self._values.update(values)
        return saved

    async def _put(self, values: Mapping[str, str]) -> None:
        """Keep secrets; in a thread, because a keyring may ask the user something first."""
        for key, value in values.items():
            await asyncio.to_thread(self._secret_store.put, key, value)

    async def _forget(self, keys: Iterable[str]) -> None:
        for key in keys:
            self._values.pop(key, None)
            await asyncio.to_thread(self._secret_store.delete, key)

    def _retire(self) -> None:
        """Move secrets whose time is over to the former ones; nearly always this only compares two moments."""
        if self._next_end is not None and self._clock() >= self._next_end:
            self._reload(self.all())

    def _reload(self, endpoints: Iterable[Endpoint]) -> None:
        now = self._clock()
        resolved = [self._resolve(endpoint, now) for endpoint in endpoints]
        self._by_id = {item.endpoint.id: item for item in resolved}
        self._by_token = {item.endpoint.token: item for item in resolved}
        ends = [ref.until for item in resolved for ref in item.endpoint.signing.secrets if ref.until is not None]
        self._next_end = min((end for end in ends if end > now), default=None)

    def _resolve(self, endpoint: Endpoint, now: datetime) -> Resolved:
        signing = endpoint.signing
        known = self._by_id.get(endpoint.id)
        if known is None or secret_refs(known.endpoint) != secret_refs(endpoint):
            self._read_values(secret_refs(endpoint))
        return Resolved(
            endpoint,
            self._catalogue.get(endpoint.provider),
            self._secrets(ref for ref in signing.secrets if ref.accepted(now)),
            dict(signing.facts),
            self._documents,
            self._secrets(ref for ref in signing.secrets if not ref.accepted(now)),
            next(iter(self._secrets(() if endpoint.access.password is None else (endpoint.access.password,))), None),
        )

    def _read_values(self, refs: Refs) -> None:
        for ref in refs:
            value = self._values.get(ref.key) or self._secret_store.get(ref.key)
            if value is not None:
                self._values[ref.key] = value

    def _secrets(self, refs: Iterable[SecretRef]) -> tuple[Secret, ...]:
        values = self._values
        return tuple(Secret(values[ref.key], ref.name, ref.ending, ref.key) for ref in refs if ref.key in values)


def secret_refs(endpoint: Endpoint) -> Refs:
    """Return every secret an endpoint has: those it signs with, and the password it asks senders for."""
    password = endpoint.access.password
    return endpoint.signing.secrets if password is None else (*endpoint.signing.secrets, password)


def replaced(refs: Refs, key: str, new: SecretRef, until: datetime) -> Refs:
    """Return references with `new` in the place and under the name of one, which moves to the end, accepted `until`.

    Raises UsageError where it is not among them.
    """
    old = _ref_of(refs, key)
    taken = tuple(replace(new, name=new.name or old.name) if ref is old else ref for ref in refs)
    return (*taken, replace(old, until=until))


def changed_ref(refs: Refs, key: str, change: Callable[[SecretRef], SecretRef]) -> Refs:
    """Return references with one changed. Raises UsageError where it is not among them."""
    old = _ref_of(refs, key)
    return tuple(change(ref) if ref is old else ref for ref in refs)


def without(refs: Refs, key: str) -> Refs:
    """Return references without one. Raises UsageError where it is not among them."""
    gone = _ref_of(refs, key)
    return tuple(ref for ref in refs if ref is not gone)


def _ref_of(refs: Refs, key: str) -> SecretRef:
    for ref in refs:
        if ref.key == key:
            return ref
    raise UsageError("That secret no longer exists.", "It was removed meanwhile.")
