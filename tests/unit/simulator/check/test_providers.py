"""Every provider that signs can be played: its events are genuine, the forged and damaged ones are not."""

from __future__ import annotations

from datetime import UTC, datetime
from random import Random

import pytest

from inspector.domain.secret import Secret
from inspector.providers.catalogue import load_catalogue
from inspector.providers.profile import Profile
from inspector.resources import resource_path
from inspector.signatures.trial_secret import trial_secret
from inspector.simulator.check.checks import CHECKS
from inspector.simulator.check.provider import Identity, Provider
from inspector.simulator.check.vary import of_unknown_kind, tampered
from inspector.simulator.test_event import GENERAL, merged_samples
from tests.key_pairs import is_ours, keys_for

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
CATALOGUE = load_catalogue([resource_path("providers")])
SIGNING = [profile for profile in CATALOGUE if profile.recipes]
KEYS_OF_THEIR_OWN = {"accessowl", "adobe-io", "aws-sns"}
"""They publish the certificates or keys that their signatures are checked with."""


def played(profile: Profile) -> Provider:
    """Return a provider with keys made for the occasion."""
    recipe = profile.recipes[0]
    secret, known, facts = Secret(trial_secret(profile.recipes)), (), {}
    if recipe.kind == "basic":
        secret = Secret("user:a long password")
    elif is_ours(recipe):
        keys = keys_for(recipe)
        secret, known, facts = keys.private, keys.public, dict(keys.facts)  # type: ignore[assignment]
    folders = [resource_path("samples")]
    samples = merged_samples(folders, profile.id) or merged_samples(folders, GENERAL)
    identity = Identity(profile, secret, samples, facts, {}, known)
    return Provider(identity, "http://localhost:5000/hook?a=1", Random(5))


@pytest.mark.parametrize("profile", SIGNING, ids=lambda profile: profile.id)
def test_a_genuine_event_is_told_from_a_forged_one(profile: Profile) -> None:
    provider = played(profile)
    event = provider.event(provider.usual, NOW)
    genuine = provider.signed(event.request, NOW)
    forged = provider.forged(event.request, NOW)
    if profile.id in KEYS_OF_THEIR_OWN:
        assert not provider.is_valid(genuine, NOW)
        return
    assert provider.is_valid(genuine, NOW)
    assert provider.is_valid(provider.signed(genuine, NOW), NOW)
    assert forged is not None
    assert not provider.is_valid(forged, NOW)
    assert all(check.sends(provider) for check in CHECKS)
    for other in tampered(genuine):
        assert len(other.body) == len(genuine.body)


@pytest.mark.parametrize("profile", [one for one in SIGNING if one.mapping], ids=lambda profile: profile.id)
def test_an_unknown_kind_is_none_of_the_known_ones(profile: Profile) -> None:
    provider = played(profile)
    request = provider.event(provider.usual, NOW).request
    changed = of_unknown_kind(request, provider.reports(request))
    if changed is None:
        return
    assert changed.body != request.body
    assert b"teleported" in changed.body.lower()


def test_a_secret_shows_in_no_report_whatever_its_scheme_makes_of_it() -> None:
    for name in ("static-token", "basic-auth", "stripe"):
        profile = CATALOGUE.get(name)
        assert profile is not None
        provider = played(profile)
        assert provider.identity.secret is not None
        sent = provider.signed(provider.event(provider.usual, NOW).request, NOW)
        told = b"\n".join(name + b": " + value for name, value in sent.headers)
        for secret in provider.scrub():
            told = told.replace(secret, b"")
        assert provider.identity.secret.value.encode() not in told
