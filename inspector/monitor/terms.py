"""What the monitor needs to know of providers: their names, their limits, the waits between their retries."""

from __future__ import annotations

from collections.abc import Iterable

from inspector.domain.endpoint import Endpoint
from inspector.monitor.boarding import ProviderTerms
from inspector.providers.catalogue import Catalogue
from inspector.store.figures import DEFAULT_LIMIT_S, limits_of


class Terms:
    """Asks the catalogue, which reads a definition when it is first needed."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue

    def limits(self, endpoints: Iterable[Endpoint]) -> dict[str, int]:
        """Return how long the providers of endpoints wait, in µs, where they say so."""
        return limits_of({endpoint.provider for endpoint in endpoints}, self._limit_s)

    def of(self, providers: Iterable[str]) -> dict[str, ProviderTerms]:
        """Return the terms of providers; those without a definition are left out."""
        found = {}
        for provider in providers:
            profile = self._catalogue.get(provider)
            if profile is None:
                found[provider] = ProviderTerms(provider or "No provider", DEFAULT_LIMIT_S)
            else:
                limit_s = profile.answer_limit_s or DEFAULT_LIMIT_S
                found[provider] = ProviderTerms(profile.name, limit_s, profile.retries_s)
        return found

    def _limit_s(self, provider: str) -> int:
        profile = self._catalogue.get(provider)
        return 0 if profile is None else profile.answer_limit_s
