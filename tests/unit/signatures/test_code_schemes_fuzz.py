"""Whatever comes over the wire, schemes with code give a verdict, and never a genuine one by chance."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict
from inspector.payload.body import Payload
from inspector.signatures.engine import signed_bytes, verify
from inspector.signatures.jose import b64url
from inspector.signatures.recipe import parse_recipe
from tests.builders import NOON
from tests.unit.signatures.key_pairs import jwk, key_set, public_pem
from tests.unit.signatures.test_canonical import RECIPES as CANONICAL

URL = "https://keys.example/jwks"
TABLES: list[dict[str, Any]] = [
    {"kind": "jwt", "algs": ["HS256"], "body_claim": "h", "claims": {"iss": "me", "sub": "{url}"}, "max_age": 5},
    {"kind": "jwt", "algs": ["RS256", "ES256"], "keys_url": URL, "fetch": [URL], "url_claim": "u", "query_claim": "q"},
    {"kind": "jwt", "algs": ["EdDSA"], "signature": "body", "kid_url": "https://keys.example/{kid}", "fetch": [URL]},
    {"kind": "jwt", "algs": ["HS256"], "signature": ["json:tokens", "query:jwt"]},
    {"kind": "http-message", "algs": ["hmac-sha256", "ed25519", "rsa-pss-sha512"], "max_age": 5},
]
RECIPES = [
    *CANONICAL.values(),
    *(parse_recipe({"signature": "header:Signature"} | table, "x.toml: signing") for table in TABLES),
]
NAMES = [place.name.encode() for recipe in RECIPES for place in recipe.places if place.kind == "header"]

HEADERS = st.sampled_from(
    [
        b'{"alg":"HS256"}',
        b'{"alg":"ES512","tl_version":"2","tl_headers":"A,,B"}',
        b'{"alg":"RS256","kid":"x"}',
        b"[]",
        b"{",
    ]
)
CLAIMS = st.sampled_from([b"{}", b'{"exp":1e400}', b'{"iat":-1,"h":7,"u":[],"q":{}}', b'"x"', b"\xff", b"[" * 3000])
TOKENS = st.builds(lambda *parts: b".".join(map(b64url, parts)), HEADERS, CLAIMS | st.just(b""), st.binary(max_size=8))
FIELDS = st.sampled_from(
    [
        b'sig=("@method" "content-digest";sf "x";bs "@query-param";name="a");created=1;alg="ed25519"',
        b"sig=:AAAA:",
        b"sig=()",
        b'sig=("@authority" "@path" "@query" "@scheme" "@target-uri");expires=999999999999999',
        b"t=1,h=a b,v1=" + b"0" * 64,
        b"sha-256=:AA:",
    ]
)
VALUES = TOKENS | FIELDS | st.binary(max_size=30) | st.text("eyJ.=,:;()\"'[]{} 0aZ-_+/", max_size=40).map(str.encode)
REQUESTS = st.builds(
    Request,
    method=st.text(max_size=5),
    target=st.text(max_size=20) | st.sampled_from(["/a?jwt=e30.e30.AA&a=%ff", "/?[", "//[::1"]),
    headers=st.lists(st.tuples(st.sampled_from(NAMES) | st.binary(max_size=6), VALUES), max_size=6).map(tuple),
    body=VALUES | st.sampled_from([b'{"tokens":["e30.e30.AA",7]}', b"", b"a=1&a=\xff"]),
    received_at=st.just(NOON),
)
SECRET = st.text(max_size=12) | st.sampled_from(
    [public_pem("rsa"), public_pem("ed25519"), key_set(jwk("ES512", "x")), "{}", "[1]", "-----BEGIN ", "\ud800"]
)


@settings(max_examples=300, deadline=None)
@given(
    request=REQUESTS,
    secrets=st.lists(SECRET.map(Secret), max_size=2),
    url=st.text(max_size=20) | st.sampled_from(["https://[", "https://a.example:99999/x", "http://\ud800/"]),
    document=SECRET,
)
def test_a_verdict_always_comes_out(request: Request, secrets: list[Secret], url: str, document: str) -> None:
    for recipe in RECIPES:
        payload = Payload(request)
        found = verify(request, payload, (recipe,), secrets, scheme="x", url=url, now=NOON, documents={URL: document})
        assert found.title
        assert found.summary
        assert found.verdict is not Verdict.VALID
        signed_bytes(request, payload, recipe, url=url)
