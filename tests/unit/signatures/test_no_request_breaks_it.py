"""Whatever comes over the wire, a verdict comes out, and only the right signature is valid."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.dedupe import dedupe_key
from inspector.domain.endpoint import DuplicateRule
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.providers.mapping import normalise
from inspector.resources import resource_path
from inspector.signatures.engine import sign, signed_bytes, verify
from tests.builders import NOON

CATALOGUE = load_catalogue([resource_path("providers")])
NAMES = [place.name for profile in CATALOGUE for recipe in profile.recipes for place in recipe.places]
NAME = st.sampled_from([name.encode() for name in NAMES] + [b"Content-Type", b"Content-Encoding"]) | st.binary(
    max_size=8
)
VALUE = (
    st.binary(max_size=40)
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
    | st.sampled_from([b"{}", b'{"message":{"data":"aGk"}}', b'{"message":{"data":7}}', b"a=1&a=2"]),
    received_at=st.just(NOON),
)
SECRETS = st.lists(st.text(max_size=12).map(Secret), max_size=2)


@settings(max_examples=300, deadline=None)
@given(request=REQUESTS, secrets=SECRETS, url=st.text(max_size=20))
def test_a_verdict_always_comes_out(request: Request, secrets: list[Secret], url: str) -> None:
    for profile in CATALOGUE:
        payload = Payload(request)
        found = verify(request, payload, profile.recipes, secrets, scheme=profile.id, url=url, now=NOON)
        assert found.title
        assert found.summary
        assert found.verdict is not Verdict.VALID
        for recipe in profile.recipes:
            signed_bytes(request, payload, recipe, url=url)
        dedupe_key(profile, DuplicateRule(), request, payload, normalise(profile, request, payload))


@settings(max_examples=150, deadline=None)
@given(body=st.binary(min_size=1, max_size=60), place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_flipped_bit_anywhere_in_a_signed_body_is_invalid(body: bytes, place: int, bit: int) -> None:
    secret = Secret("c2VjcmV0LXNlY3JldC1zZWNyZXQt")
    for profile in CATALOGUE:
        if profile.id in ("google-rbm", "twilio"):  # these do not sign the body's bytes
            continue
        request = sign(Request("POST", "/in/abc", (), body, NOON), profile.recipes, secret, url="", now=NOON)
        at = place % len(body)
        flipped = body[:at] + bytes([body[at] ^ (1 << bit)]) + body[at + 1 :]
        for changed, verdict in ((request, Verdict.VALID), (replace(request, body=flipped), Verdict.INVALID)):
            found = verify(changed, Payload(changed), profile.recipes, [secret], scheme="x", url="", now=NOON)
            assert found.verdict is verdict
