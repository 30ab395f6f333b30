"""Whatever comes over the wire, a verdict comes out, and only the right signature is valid."""

from __future__ import annotations

import base64
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.dedupe import dedupe_key
from inspector.domain.endpoint import DuplicateRule
from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Verdict
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.providers.mapping import normalise
from inspector.resources import resource_path
from inspector.signatures.engine import sign, signed_bytes, verify
from tests.builders import NOON
from tests.key_pairs import is_ours, keys_for, rsa_pair

CATALOGUE = load_catalogue([resource_path("providers")])
NAMES = [place.name for profile in CATALOGUE for recipe in profile.recipes for place in recipe.places]
NAME = st.sampled_from([name.encode() for name in NAMES] + [b"Content-Type", b"Content-Encoding"]) | st.binary(
    max_size=8
)
SNS_URL = "https://sns.us-east-1.amazonaws.com/a.pem"
PAYPAL_URL = "https://api.paypal.com/v1/notifications/certs/CERT-1"
DOCUMENTS = {
    SNS_URL: rsa_pair()[1],
    PAYPAL_URL: rsa_pair()[1],
    "https://rest.fal.ai/.well-known/jwks.json": '{"keys":[{"kty":"OKP","crv":"Ed25519","x":""}]}',
}
SNS_BODY = (
    '{"Type":"Notification","MessageId":"1","TopicArn":"t","Message":"m","Timestamp":"2026-03-01T12:00:00Z",'
    f'"SignatureVersion":"2","Signature":"AAAA","SigningCertURL":"{SNS_URL}"}}'
).encode()
VALUE = (
    st.binary(max_size=40)
    | st.binary(max_size=80).map(base64.b64encode)
    | st.sampled_from([PAYPAL_URL.encode(), b"SHA256withRSA", b"2026-03-01T12:00:00Z", base64.b64encode(bytes(64))])
    | st.sampled_from(
        [b"", b"sha256=", b"t=1,v1=", b"v1,", b"v0=" + b"0" * 64, b"0" * 64, b"9" * 30, b"application/json"]
    )
    | st.text("0123456789abcdef=,v", max_size=70).map(str.encode)
)
REQUESTS = st.builds(
    Request,
    method=st.text(max_size=5),
    target=st.text(max_size=20) | st.just("/in/abc?bodySHA256=0"),
    headers=st.lists(st.tuples(NAME, VALUE), max_size=6).map(tuple),
    body=st.binary(max_size=60)
    | st.sampled_from([b"{}", b'{"message":{"data":"aGk"}}', b'{"message":{"data":7}}', b"a=1&a=2", SNS_BODY]),
    received_at=st.just(NOON),
)
KEYS = [*rsa_pair(), "whpk_" + "A" * 44, "00" * 32, "{", '{"keys":[{}]}', "-----BEGIN X-----\n-----END X-----"]
SECRETS = st.lists((st.text(max_size=12) | st.sampled_from(KEYS)).map(Secret), max_size=2)
FACTS = st.dictionaries(st.sampled_from(["webhook_id", "topic_arn", "key_id", "client_id"]), st.text(max_size=8))


@settings(max_examples=60, deadline=None)
@given(request=REQUESTS, secrets=SECRETS, url=st.text(max_size=20), facts=FACTS)
def test_a_verdict_always_comes_out(request: Request, secrets: list[Secret], url: str, facts: dict[str, str]) -> None:
    for profile in CATALOGUE:
        payload = Payload(request)
        found = verify(
            request,
            payload,
            profile.recipes,
            secrets,
            scheme=profile.id,
            url=url,
            now=NOON,
            facts=facts,
            documents=DOCUMENTS,
        )
        assert found.title
        assert found.summary
        assert found.verdict is not Verdict.VALID
        for recipe in profile.recipes:
            signed_bytes(request, payload, recipe, url=url, facts=facts)
        dedupe_key(profile, DuplicateRule(), request, payload, normalise(profile, request, payload))


WHOLE_BODY = [
    (profile.id, recipe, keys_for(recipe))
    for profile in CATALOGUE
    for recipe in profile.recipes
    if is_ours(recipe)
    and recipe.covers is Covers.BODY
    and not recipe.when
    and (recipe.kind == "paypal" or recipe.signed[0].atoms & {"body"})
    and not any(place.kind in ("json", "form", "formjson") for place in recipe.places)
]
"""Schemes that sign the body's bytes, whatever they are."""


@settings(max_examples=8, deadline=None)
@given(body=st.binary(min_size=1, max_size=60), place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_flipped_bit_anywhere_in_a_signed_body_is_invalid(body: bytes, place: int, bit: int) -> None:
    assert len(WHOLE_BODY) > 20
    for id, recipe, keys in WHOLE_BODY:
        bare = Request("POST", "/in/abc", (), body, NOON)
        request = sign(bare, (recipe,), keys.private, url="", now=NOON, facts=keys.facts)
        at = place % len(body)
        flipped = body[:at] + bytes([body[at] ^ (1 << bit)]) + body[at + 1 :]
        for changed, verdict in ((request, Verdict.VALID), (replace(request, body=flipped), Verdict.INVALID)):
            payload = Payload(changed)
            found = verify(changed, payload, (recipe,), keys.public, scheme=id, url="", now=NOON, facts=keys.facts)
            assert found.verdict is verdict, (id, found)


@pytest.mark.parametrize("body", [b"", b"no JSON", b"[1]"])
def test_signing_works_or_says_why_it_cannot(body: bytes) -> None:
    for profile in CATALOGUE:
        for recipe in filter(is_ours, profile.recipes):
            keys = keys_for(recipe)
            with suppress(UsageError):
                sign(
                    Request("POST", "/in/abc", (), body, NOON),
                    (recipe,),
                    keys.private,
                    url="",
                    now=NOON,
                    facts=keys.facts,
                )
