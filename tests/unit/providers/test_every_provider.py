"""What holds for every provider: its file reads, its samples sign and read back, and tampering shows."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import replace
from random import Random

import pytest

from inspector.dedupe import dedupe_key
from inspector.domain.endpoint import DEFAULT_PROVIDER, UNSIGNED_PROVIDER, DuplicateRule
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Verdict, Verification
from inspector.payload.body import Payload
from inspector.providers.catalogue import ORDER, canonical_id, load_catalogue
from inspector.providers.mapping import normalise
from inspector.providers.profile import Profile
from inspector.resources import resource_path
from inspector.signatures.engine import sign, verify
from inspector.simulator.samples import Sample, Values, expected, load_samples, render

CATALOGUE = load_catalogue([resource_path("providers")])
SAMPLES = [(profile, sample) for profile in CATALOGUE for sample in load_samples(resource_path("samples"), profile.id)]
SIGNED = [
    (profile, sample)
    for profile, sample in SAMPLES
    if profile.recipes and all(recipe.kind in ("hmac", "hash", "token") for recipe in profile.recipes)
]
TOLD = [profile for profile in CATALOGUE if profile.mapping]
URL = "https://hooks.example/in/abc"
VALUES = Values.fixed()

each_sample = pytest.mark.parametrize(
    ("profile", "sample"), SAMPLES, ids=[f"{profile.id} {sample.key}" for profile, sample in SAMPLES]
)
each_signed = pytest.mark.parametrize(
    ("profile", "sample"), SIGNED, ids=[f"{profile.id} {sample.key}" for profile, sample in SIGNED]
)
each_told = pytest.mark.parametrize("profile", TOLD, ids=lambda profile: profile.id)
each_provider = pytest.mark.parametrize("profile", list(CATALOGUE), ids=lambda profile: profile.id)


def secret_for(profile: Profile, seed: str = "a") -> Secret:
    key = f"{seed:.<32}".encode()
    made = {"whsec": f"whsec_{base64.b64encode(key).decode()}", "base64": base64.b64encode(key).decode()}
    return Secret((made | {"hex": key.hex()}).get(profile.recipes[0].key, f"secret {seed}"))


def made_from(sample: Sample) -> Request:
    headers, body = render(sample, VALUES)
    return Request(sample.method, "/in/abc", headers, body, VALUES.now)


def signed(profile: Profile, sample: Sample) -> Request:
    return sign(made_from(sample), profile.recipes, secret_for(profile), url=URL, now=VALUES.now)


def checked(profile: Profile, request: Request, *secrets: Secret) -> Verification:
    return verify(request, Payload(request), profile.recipes, secrets, scheme=profile.id, url=URL, now=VALUES.now)


def flipped(body: bytes) -> Iterator[bytes]:
    """Yield the body with one letter or digit changed, at many places."""
    places = [place for place, byte in enumerate(body) if chr(byte).isascii() and chr(byte).isalnum()]
    for place in places[:: max(1, len(places) // 40)]:
        other = b"7" if body[place : place + 1] != b"7" else b"8"
        yield body[:place] + other + body[place + 1 :]


def test_the_ten_first_providers_come_in_their_order_and_all_others_by_name() -> None:
    profiles = list(CATALOGUE)
    assert tuple(profile.id for profile in profiles[: len(ORDER)]) == ORDER
    names = [profile.name.lower() for profile in profiles[len(ORDER) :]]
    assert names == sorted(names)
    assert CATALOGUE.problems == ()
    assert CATALOGUE.get(DEFAULT_PROVIDER) is not None
    assert CATALOGUE.get(UNSIGNED_PROVIDER) is None


def test_every_scheme_of_the_well_known_senders_is_there() -> None:
    assert len(CATALOGUE) >= 180
    for id in ("hubspot", "shopify", "square", "telnyx", "discord", "paypal", "aws-sns", "plaid", "zoom", "vonage"):
        assert CATALOGUE.get(id) is not None, id


def test_no_two_providers_share_an_id_or_an_alias() -> None:
    owners: dict[str, str] = {}
    for profile in CATALOGUE:
        for name in {canonical_id(text) for text in (profile.id, *profile.aliases)}:
            assert owners.setdefault(name, profile.id) == profile.id, name


@each_provider
def test_a_provider_is_found_under_all_its_names(profile: Profile) -> None:
    for name in (profile.id, *profile.aliases):
        for written in (name, name.upper(), name.replace("-", "_"), name.replace("-", " ")):
            assert CATALOGUE.get(written) is profile


@each_provider
def test_a_provider_tells_what_a_person_needs(profile: Profile) -> None:
    assert profile.name
    assert profile.title
    assert profile.category
    assert profile.secret_label
    assert len(profile.secret_help) > 20
    assert profile.docs.startswith("https://")
    assert all(recipe.signature for recipe in profile.recipes)
    assert all(field.label for field in profile.fields)
    assert not profile.retries_text or profile.retries_text.endswith(".")


@each_told
def test_a_provider_has_samples_with_expectations(profile: Profile) -> None:
    samples = [sample for owner, sample in SAMPLES if owner is profile]
    assert samples
    assert len({sample.title for sample in samples}) == len(samples)
    assert all(sample.expect for sample in samples)
    assert not any(sample.group == "trouble" for sample in samples)


@each_sample
def test_a_sample_reads_as_it_says(profile: Profile, sample: Sample) -> None:
    request = made_from(sample)
    assert normalise(profile, request, Payload(request), CATALOGUE) == expected(sample, VALUES)


@each_sample
def test_a_sample_at_the_wrong_endpoint_reads_the_same(profile: Profile, sample: Sample) -> None:
    request = made_from(sample)
    elsewhere = [other for other in CATALOGUE if other is not profile]
    others: list[Profile | None] = [None, *elsewhere[:8], *elsewhere[8::23]]
    for other in others:
        found = normalise(other, request, Payload(request), CATALOGUE)
        assert found == expected(sample, VALUES), other


@each_signed
def test_a_signed_sample_is_valid(profile: Profile, sample: Sample) -> None:
    found = checked(profile, signed(profile, sample), secret_for(profile))
    assert found.verdict is Verdict.VALID, found
    assert found.scheme == profile.id


@each_signed
def test_a_signed_sample_is_invalid_with_another_secret(profile: Profile, sample: Sample) -> None:
    assert checked(profile, signed(profile, sample), secret_for(profile, "b")).verdict is Verdict.INVALID


@each_signed
def test_the_second_of_two_secrets_passes(profile: Profile, sample: Sample) -> None:
    secrets = (secret_for(profile, "b"), secret_for(profile))
    assert checked(profile, signed(profile, sample), *secrets).verdict is Verdict.VALID


@each_signed
def test_without_a_secret_it_cannot_be_checked(profile: Profile, sample: Sample) -> None:
    assert checked(profile, signed(profile, sample)).verdict is Verdict.NO_SECRET


@each_signed
def test_without_its_signature_it_is_unsigned(profile: Profile, sample: Sample) -> None:
    request = signed(profile, sample)
    names = {place.name.lower().encode() for recipe in profile.recipes for place in recipe.signature}
    stripped = replace(request, headers=tuple(line for line in request.headers if line[0].lower() not in names))
    assert checked(profile, stripped, secret_for(profile)).verdict is Verdict.UNSIGNED


@each_signed
def test_a_flipped_byte_is_invalid_where_the_body_is_covered(profile: Profile, sample: Sample) -> None:
    request = signed(profile, sample)
    covers = checked(profile, request, secret_for(profile)).covers
    for body in flipped(request.body):
        found = checked(profile, replace(request, body=body), secret_for(profile))
        assert found.verdict is not Verdict.VALID or covers is not Covers.BODY, body


def test_google_rbm_protects_its_data_and_nothing_else() -> None:
    profile = CATALOGUE.get("google-rbm")
    assert profile is not None
    sample = next(sample for owner, sample in SAMPLES if owner is profile)
    request = signed(profile, sample)
    secret = secret_for(profile)
    assert checked(profile, request, secret).covers is Covers.PARTIAL
    outside = replace(request, body=request.body.replace(b"12904567321", b"12904567322"))
    assert outside.body != request.body
    assert checked(profile, outside, secret).verdict is Verdict.VALID
    start = request.body.index(b'"data":"') + 8
    inside = replace(request, body=request.body[:start] + b"f" + request.body[start + 1 :])
    assert checked(profile, inside, secret).verdict is Verdict.INVALID


@each_sample
def test_the_same_sample_again_has_the_same_duplicate_key(profile: Profile, sample: Sample) -> None:
    request = made_from(sample)
    payload = Payload(request)
    reports = normalise(profile, request, payload)
    key = dedupe_key(profile, DuplicateRule(), request, payload, reports)
    assert key is not None
    assert len(key.digest) == 16
    assert key.words.startswith("Same ")
    assert dedupe_key(profile, DuplicateRule(), request, Payload(request), reports) == key


@each_told
def test_different_events_about_one_message_are_no_repeats_of_each_other(profile: Profile) -> None:
    rng = Random(7)
    seen: dict[bytes, set[str]] = {}
    for owner, sample in SAMPLES:
        if owner is not profile:
            continue
        headers, body = render(sample, VALUES.next(rng, VALUES.now))
        request = Request(sample.method, "/in/abc", headers, body, VALUES.now)
        payload = Payload(request)
        reports = normalise(profile, request, payload)
        key = dedupe_key(profile, DuplicateRule(), request, payload, reports)
        assert key is not None
        seen.setdefault(key.digest, set()).add(reports[0].name)
    assert all(len(names) == 1 for names in seen.values()), seen


def test_both_source_documents_patience_is_kept_exactly() -> None:
    events, client = CATALOGUE.get("rcs-events"), CATALOGUE.get("rcs-client")
    assert events is not None
    assert client is not None
    assert (events.answer_limit_s, events.retries_s) == (5, (0, 60, 300, 1800, 7200))
    assert (client.answer_limit_s, client.retries_s) == (3, (10, 100))
    assert client.secret_label == "Webhook ID"
