"""What a captured event would come to under settings that are not saved yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inspector.dedupe import parse_key_place
from inspector.domain.endpoint import Endpoint
from inspector.domain.event import Event
from inspector.domain.secret import Secret
from inspector.domain.verification import Verification
from inspector.payload.body import Payload
from inspector.providers.profile import Profile
from inspector.receiver.addressing import signed_url
from inspector.signatures.engine import signed_bytes, verify
from inspector.signatures.place import Scope

SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True)
class Settings:
    """What decides about a signature. `endpoint` is the one the form describes, with its address and tolerance."""

    endpoint: Endpoint
    profile: Profile | None
    secrets: tuple[Secret, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
    documents: Mapping[str, str] = field(default_factory=dict)


def verdict_on(event: Event, settings: Settings, local_url: str) -> Verification | None:
    """Return the verdict the event would have had at its receipt; None where nothing would have been checked."""
    profile = settings.profile
    if profile is None or not profile.recipes:
        return None
    request = event.request
    return verify(
        request,
        Payload(request),
        profile.recipes,
        settings.secrets,
        scheme=profile.id,
        url=lambda: signed_url(settings.endpoint, request, local_url),
        now=request.received_at,
        tolerance_s=settings.endpoint.signing.tolerance_s,
        facts=settings.facts,
        documents=settings.documents,
    )


def signed_text(event: Event, settings: Settings, local_url: str) -> bytes | None:
    """Return the bytes the event's signature is made over; None where a token signs nothing or a part is missing."""
    profile = settings.profile
    if profile is None or not profile.recipes:
        return None
    request = event.request
    payload = Payload(request)
    url = signed_url(settings.endpoint, request, local_url)
    scope = Scope(request, payload, url, settings.facts)
    fitting = [recipe for recipe in profile.recipes if all(condition.holds(scope) for condition in recipe.when)]
    recipe = (fitting or list(profile.recipes))[0]
    secret = settings.secrets[0] if settings.secrets else None
    return signed_bytes(request, payload, recipe, url=url, secret=secret, facts=settings.facts)


def value_at(event: Event, place: str) -> str | None:
    """Return what stands at a place of an event, None where nothing does. Raises ValueError for no place."""
    found = parse_key_place(place).values(Scope(event.request, Payload(event.request), ""))
    if not found:
        return None
    text = found[0].decode("utf-8", "replace")
    return text if len(text) <= SHOWN_CHARS else text[: SHOWN_CHARS - 1] + "…"
