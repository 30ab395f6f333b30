"""What a diagnosis is given: the request, the scheme, and every secret and address that may have been meant."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verification
from inspector.payload.body import Payload
from inspector.providers.profile import Profile
from inspector.signatures.engine import verify
from inspector.signatures.scheme import Recipe

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class KnownSecret:
    """A secret the program holds: `ref_key` is its reference, `endpoint` the name of the endpoint it belongs to.

    `former` ones are no longer accepted. `endpoint_id` is 0 for the endpoint the request came to.
    """

    secret: Secret
    ref_key: str = ""
    former: bool = False
    endpoint_id: int = 0
    endpoint: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """One request whose signature is not simply valid, with everything it may be explained by.

    `secrets` are the endpoint's own (those accepted now first, former ones after them), `others` those of other
    endpoints. `url` is the address as it was taken to be signed; `address_of` says which address a public address
    set for the endpoint would give. `profiles` are the other providers, for recognising one of them. `retried` says
    that the event is a retry or a replay of an earlier one.
    """

    request: Request
    recipes: tuple[Recipe, ...]
    provider: str
    provider_name: str
    secrets: tuple[KnownSecret, ...] = ()
    others: tuple[KnownSecret, ...] = ()
    url: str = ""
    tolerance_s: int | None = None
    facts: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    documents: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    profiles: Iterable[Profile] = ()
    address_of: Callable[[str], str] | None = None
    retried: bool = False

    @property
    def accepted(self) -> tuple[KnownSecret, ...]:
        """The secrets that count now, in the order they are tried."""
        return tuple(known for known in self.secrets if not known.former)

    def check(
        self,
        *,
        request: Request | None = None,
        recipes: tuple[Recipe, ...] | None = None,
        secrets: tuple[Secret, ...] | None = None,
        url: str | None = None,
        scheme: str = "",
    ) -> Verification:
        """Return the engine's verdict as of the moment of receipt, with what is given in place of what is stored."""
        request = request or self.request
        wanted = self.recipes if recipes is None else recipes
        return verify(
            request,
            Payload(request),
            # Twice the same scheme: the engine's short way remembers what it is asked, and must not remember guesses.
            (*wanted, *wanted) if recipes is not None or secrets is not None else wanted,
            [known.secret for known in self.accepted] if secrets is None else list(secrets),
            scheme=scheme or self.provider,
            url=self.url if url is None else url,
            now=request.received_at,
            tolerance_s=self.tolerance_s,
            facts=self.facts,
            documents=self.documents,
        )
