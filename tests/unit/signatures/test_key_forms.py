"""A public key is read in whatever form it is pasted, and a key set by the id the request names."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict, Verification
from inspector.payload.body import Payload
from inspector.signatures.engine import verify
from inspector.signatures.keys import kind_of, read_private_key, read_public_keys
from inspector.signatures.recipe import Recipe, parse_recipe
from tests.builders import NOON, a_request, headers_of
from tests.certificates import certificate
from tests.key_pairs import rsa_pair

SEED = ed25519.Ed25519PrivateKey.generate()
RAW = SEED.public_key().public_bytes_raw()
POINT = ec.generate_private_key(ec.SECP256R1())
RSA = load_pem_private_key(rsa_pair()[0].encode(), None)
BODY = b'{"a":1}'


def der(key: Any) -> bytes:
    text: bytes = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return text


def pem(key: Any) -> str:
    text: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return text.decode()


def url64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def number64(number: int) -> str:
    return url64(number.to_bytes((number.bit_length() + 7) // 8, "big"))


def jwk(key: Any, **more: str) -> dict[str, str]:
    """Return the public JWK of a private key, put together by hand (RFC 7518, RFC 8037)."""
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return {"kty": "OKP", "crv": "Ed25519", "x": url64(key.public_key().public_bytes_raw()), **more}
    numbers = key.public_key().public_numbers()
    if isinstance(key, rsa.RSAPrivateKey):
        return {"kty": "RSA", "n": number64(numbers.n), "e": number64(numbers.e), **more}
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": url64(numbers.x.to_bytes(32, "big")),
        "y": url64(numbers.y.to_bytes(32, "big")),
    }


ED_FORMS = {
    "pem": pem(SEED),
    "pem on one line": pem(SEED).replace("\n", " "),
    "pem with written line breaks": pem(SEED).replace("\n", "\\n"),
    "pem with windows line breaks": pem(SEED).replace("\n", "\r\n"),
    "hex": RAW.hex(),
    "upper hex": RAW.hex().upper(),
    "base64": base64.b64encode(RAW).decode(),
    "base64 without padding": base64.b64encode(RAW).decode().rstrip("="),
    "base64url": url64(RAW),
    "whpk": f"whpk_{base64.b64encode(RAW).decode()}",
    "der": base64.b64encode(der(SEED)).decode(),
    "der hex": der(SEED).hex(),
    "pem in base64": base64.b64encode(pem(SEED).encode()).decode(),
    "ssh": SEED.public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode(),
    "jwk": json.dumps(jwk(SEED)),
    "key set": json.dumps({"keys": [jwk(SEED, kid="1")]}),
    "list": json.dumps([jwk(SEED)]),
    "list of texts": json.dumps([RAW.hex()]),
    "private pem": SEED.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    "whsk": f"whsk_{base64.b64encode(SEED.private_bytes_raw()).decode()}",
    "whsk with its public key": f"whsk_{base64.b64encode(SEED.private_bytes_raw() + RAW).decode()}",
    "blanks around": f"\n  {RAW.hex()}  \n",
}

OTHER_FORMS = {
    "rsa pem": (RSA, pem(RSA)),
    "rsa pkcs1 pem": (RSA, RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.PKCS1).decode()),
    "rsa pem that says pkcs1 and is not": (RSA, pem(RSA).replace("PUBLIC KEY", "RSA PUBLIC KEY").replace("\n", " ")),
    "rsa certificate": (RSA, certificate("a.example", RSA)),
    "rsa certificate der": (
        RSA,
        base64.b64encode(base64.b64decode("".join(certificate("a.example", RSA).split("\n")[1:-2]))).decode(),
    ),
    "rsa der": (RSA, base64.b64encode(der(RSA)).decode()),
    "rsa jwk": (RSA, json.dumps(jwk(RSA))),
    "rsa pems by key id": (RSA, json.dumps({"k1": certificate("a.example", RSA)})),
    "rsa pem in an object": (RSA, json.dumps({"publicKey": pem(RSA)})),
    "ec pem": (POINT, pem(POINT)),
    "ec der": (POINT, base64.b64encode(der(POINT)).decode()),
    "ec point": (POINT, POINT.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint).hex()),
    "ec short point": (POINT, POINT.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint).hex()),
    "ec jwk": (POINT, json.dumps(jwk(POINT))),
    "ec with key ids": (
        POINT,
        json.dumps({"public_keys": [{"key_identifier": "k", "key": pem(POINT), "is_current": True}]}),
    ),
    "ec jwk in an answer": (POINT, json.dumps({"key": jwk(POINT), "request_id": "r"})),
    "ec in data": (POINT, json.dumps({"data": {"id": "k", "publicKey": base64.b64encode(der(POINT)).decode()}})),
}


@pytest.mark.parametrize("text", ED_FORMS.values(), ids=ED_FORMS.keys())
def test_an_ed25519_key_is_read_in_every_form(text: str) -> None:
    assert [key.value.public_bytes_raw() for key in read_public_keys(text)] == [RAW]


@pytest.mark.parametrize(("key", "text"), OTHER_FORMS.values(), ids=OTHER_FORMS.keys())
def test_other_keys_are_read_in_every_form(key: Any, text: str) -> None:
    assert [found.value for found in read_public_keys(text)] == [key.public_key()]


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "{", "[]", "{}", "[7]", '{"keys":7}', '{"kty":"EC"}', '{"kty":"RSA","n":7,"e":"AQAB"}',
        '{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}', '{"kty":"OKP","crv":"Ed25519","x":"AA"}',
        "-----BEGIN PUBLIC KEY-----", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        "ssh-ed25519 AAAA", "whsk_AAAA", "whpk_", "00", "MFkw",
        '{"kty":"oct","k":"c2VjcmV0"}', "é" * 50, '{"keys":' * 50 + "1" + "}" * 50, '{"data":' * 900 + "{}" + "}" * 900,
    ],
)  # fmt: skip
def test_what_holds_no_key_is_none(text: str) -> None:
    assert read_public_keys(text) == ()
    assert read_private_key(text) is None


@settings(max_examples=200, deadline=None)
@given(text=st.text(max_size=80) | st.binary(max_size=80).map(lambda data: base64.b64encode(b"\x30" + data).decode()))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert all(key.kind for key in read_public_keys(text))
    read_private_key(text)


@pytest.mark.parametrize("key", [SEED, POINT, RSA], ids=["ed25519", "ecdsa", "rsa"])
def test_a_private_key_is_read_as_pem_base64_and_jwk(key: Any) -> None:
    kind = kind_of(key)
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    short = base64.b64encode(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())).decode()
    if isinstance(key, ed25519.Ed25519PrivateKey):
        d = url64(key.private_bytes_raw())
    elif isinstance(key, rsa.RSAPrivateKey):
        d = number64(key.private_numbers().d)
    else:
        d = url64(key.private_numbers().private_value.to_bytes(32, "big"))
    for form in (text, short, json.dumps(jwk(key) | {"d": d})):
        found = read_private_key(form)
        assert found is not None
        assert (found.kind, found.kid, found.is_secret) == (kind, "", False)
        assert found.value.public_key() == key.public_key()
    named = read_private_key(json.dumps(jwk(key) | {"d": d, "kid": "k1"}))
    assert named is not None
    assert named.kid == "k1"


def test_the_first_certificate_of_a_chain_counts() -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    found = read_public_keys(certificate("leaf", RSA) + certificate("root", other))
    assert [key.value for key in found] == [RSA.public_key()]


def scheme(**more: Any) -> Recipe:
    table = {"kind": "ed25519", "signature": "header:X-Sig", "signed": "{body}", "key_id": "header:X-Kid"}
    return parse_recipe(table | more, "x.toml: signing")


def check(recipe: Recipe, kid: str, *keys: str, documents: dict[str, str] | None = None) -> Verification:
    lines = [("X-Sig", SEED.sign(BODY).hex()), *([("X-Kid", kid)] if kid else [])]
    sent = a_request(BODY, headers=headers_of(lines))
    secrets = [Secret(key) for key in keys]
    payload = Payload(sent)
    return verify(sent, payload, (recipe,), secrets, scheme="x", url="", now=NOON, documents=documents or {})


KEY_SET = json.dumps(
    {"keys": [jwk(ed25519.Ed25519PrivateKey.generate(), kid="old"), jwk(SEED, kid="new"), {"kty": "oct"}]}
)


def test_of_a_key_set_the_key_the_request_names_is_used() -> None:
    assert check(scheme(), "new", KEY_SET).verdict is Verdict.VALID
    assert check(scheme(), "", KEY_SET).verdict is Verdict.VALID
    assert check(scheme(), "old", KEY_SET).verdict is Verdict.INVALID
    assert check(scheme(), "any", RAW.hex()).verdict is Verdict.VALID


def test_a_key_that_is_not_in_the_set_is_named() -> None:
    found = check(scheme(), "unknown", KEY_SET)
    assert found.verdict is Verdict.INVALID
    assert found.title == "The signing key is not known"
    assert "unknown" in found.summary


ADDRESS = "https://keys.example/jwks.json"


def test_published_keys_are_asked_for_until_they_are_at_hand() -> None:
    recipe = scheme(keys_url=ADDRESS, fetch=ADDRESS)
    found = check(recipe, "new")
    assert (found.verdict, found.needs_url) == (Verdict.NO_SECRET, ADDRESS)
    assert any(ADDRESS in (step.expected, step.detail) for step in found.steps)
    assert check(recipe, "new", documents={ADDRESS: KEY_SET}).verdict is Verdict.VALID
    assert check(recipe, "new", KEY_SET).verdict is Verdict.VALID
    assert check(recipe, "new", documents={"https://other.example": KEY_SET}).needs_url == ADDRESS


def test_a_key_set_without_the_named_key_may_be_asked_for_again() -> None:
    found = check(scheme(keys_url=ADDRESS, fetch=ADDRESS), "newer", documents={ADDRESS: KEY_SET})
    assert (found.verdict, found.needs_url) == (Verdict.INVALID, ADDRESS)


def test_an_address_with_a_fact_waits_for_it_and_for_a_pattern() -> None:
    recipe = scheme(keys_url="https://{fact:domain}/jwks", fetch="https://*.keys.example/jwks")
    sent = a_request(BODY, headers=headers_of([("X-Sig", SEED.sign(BODY).hex())]))
    for facts, wanted in (
        ({}, ""),
        ({"domain": "me.keys.example"}, "https://me.keys.example/jwks"),
        ({"domain": "evil.example"}, ""),
        ({"domain": "me.keys.example/x?"}, ""),
    ):
        found = verify(sent, Payload(sent), (recipe,), [], scheme="x", url="", now=NOON, facts=facts)
        assert (found.verdict, found.needs_url) == (Verdict.NO_SECRET, wanted)


def test_an_address_the_request_names_must_fit_a_pattern() -> None:
    recipe = scheme(keys_url="https://keys.example{header:X-Path}", fetch="https://keys.example/prod/*.pem")
    for path, verdict, url in (
        ("/prod/1.pem", Verdict.NO_SECRET, "https://keys.example/prod/1.pem"),
        ("/dev/1.pem", Verdict.INVALID, ""),
        (".evil.example/prod/1.pem", Verdict.INVALID, ""),
        ("@evil.example/prod/1.pem", Verdict.INVALID, ""),
        ("/prod/../dev/1.pem", Verdict.INVALID, ""),
        ("/prod/1.pem?x=.pem", Verdict.INVALID, ""),
    ):
        sent = a_request(BODY, headers=headers_of([("X-Sig", SEED.sign(BODY).hex()), ("X-Path", path)]))
        found = verify(sent, Payload(sent), (recipe,), [], scheme="x", url="", now=NOON)
        assert (found.verdict, found.needs_url) == (verdict, url), path
    right = a_request(BODY, headers=headers_of([("X-Sig", SEED.sign(BODY).hex()), ("X-Path", "/prod/1.pem")]))
    documents = {"https://keys.example/prod/1.pem": pem(SEED)}
    found = verify(right, Payload(right), (recipe,), [], scheme="x", url="", now=NOON, documents=documents)
    assert found.verdict is Verdict.VALID
    bare = replace(right, headers=right.headers[:1])
    found = verify(bare, Payload(bare), (recipe,), [], scheme="x", url="", now=NOON, documents=documents)
    assert found.verdict is Verdict.INVALID
