"""Signatures made by the cryptography library itself, in every kind and form, checked and tampered with."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from inspector.domain.errors import ProviderError, UsageError
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict, Verification
from inspector.payload.body import Payload
from inspector.signatures.asymmetric import new_key_pair
from inspector.signatures.engine import sign, signed_bytes, verify
from inspector.signatures.recipe import Recipe, parse_recipe
from tests.builders import NOON, a_request, headers_of
from tests.key_pairs import other_rsa_pair, rsa_pair

BODY = '{"event":"sent","text":"Grüße"}\r\n'.encode()
TIME = str(int(NOON.timestamp()))
PARTS = {"signature": "header:X-Sig", "signed": "{header:X-Time}.{body}", "encoding": "base64"}
WINDOW = {"time": {"from": "header:X-Time", "tolerance": 300}}
TEXT = f"{TIME}.".encode() + BODY

SEED = ed25519.Ed25519PrivateKey.generate()
POINT = ec.generate_private_key(ec.SECP256R1())
CURVES: dict[str, ec.EllipticCurvePrivateKey] = {
    "sha256": POINT,
    "sha384": ec.generate_private_key(ec.SECP384R1()),
    "sha512": ec.generate_private_key(ec.SECP521R1()),
}
HASHES: dict[str, hashes.HashAlgorithm] = {
    "sha1": hashes.SHA1(),
    "sha256": hashes.SHA256(),
    "sha384": hashes.SHA384(),
    "sha512": hashes.SHA512(),
}


def rsa_key() -> rsa.RSAPrivateKey:
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    key = load_pem_private_key(rsa_pair()[0].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def pem(key: Any) -> str:
    text: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return text.decode()


def private_pem(key: Any) -> str:
    text: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return text.decode()


def raw_pair(der: bytes, size: int) -> bytes:
    return b"".join(number.to_bytes(size, "big") for number in decode_dss_signature(der))


def pss(alg: hashes.HashAlgorithm) -> padding.PSS:
    return padding.PSS(padding.MGF1(alg), padding.PSS.DIGEST_LENGTH)


Case = tuple[dict[str, Any], Callable[[bytes], bytes], str, str]


def cases() -> dict[str, Case]:
    """Return for each scheme its table, an independent signer, and the two keys as texts."""
    found: dict[str, Case] = {
        "ed25519": ({"kind": "ed25519"}, SEED.sign, private_pem(SEED), pem(SEED)),
    }
    for alg, key in CURVES.items():
        size = (key.key_size + 7) // 8

        def der(text: bytes, key: ec.EllipticCurvePrivateKey = key, alg: str = alg) -> bytes:
            return key.sign(text, ec.ECDSA(HASHES[alg]))

        def raw(text: bytes, der: Callable[[bytes], bytes] = der, size: int = size) -> bytes:
            return raw_pair(der(text), size)

        table = {"kind": "ecdsa", "alg": alg}
        found[f"ecdsa {alg} der"] = (table, der, private_pem(key), pem(key))
        found[f"ecdsa {alg} raw"] = (table | {"form": "raw"}, raw, private_pem(key), pem(key))
    for alg, hashed in HASHES.items():

        def pkcs1(text: bytes, hashed: hashes.HashAlgorithm = hashed) -> bytes:
            return rsa_key().sign(text, padding.PKCS1v15(), hashed)

        found[f"rsa {alg}"] = ({"kind": "rsa", "alg": alg}, pkcs1, *rsa_pair())

    def with_pss(text: bytes) -> bytes:
        return rsa_key().sign(text, pss(hashes.SHA256()), hashes.SHA256())

    found["rsa pss"] = ({"kind": "rsa", "padding": "pss"}, with_pss, *rsa_pair())
    return found


CASES = cases()
each_case = pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())


def recipe(**table: Any) -> Recipe:
    return parse_recipe(PARTS | table, "x.toml: signing")


def request(signature: bytes, body: bytes = BODY, time: str = TIME) -> Request:
    written = base64.b64encode(signature).decode()
    return a_request(body, headers=headers_of([("X-Time", time), ("X-Sig", written)]))


def check(
    sent: Request, scheme: Recipe, *keys: str, later: float = 0, documents: dict[str, str] | None = None
) -> Verification:
    return verify(
        sent,
        Payload(sent),
        (scheme,),
        [Secret(key) for key in keys],
        scheme="x",
        url="https://a.example/in",
        now=NOON + timedelta(seconds=later),
        documents=documents or {},
    )


@each_case
def test_a_signature_of_the_library_is_valid(case: Case) -> None:
    table, signer, _private, public = case
    assert check(request(signer(TEXT)), recipe(**table), public).verdict is Verdict.VALID


@each_case
def test_the_library_accepts_what_we_sign(case: Case) -> None:
    table, _signer, private, public = case
    made = sign(a_request(BODY), (recipe(**table, **WINDOW),), Secret(private), url="", now=NOON)
    assert made.header("X-Time") == TIME
    signature = base64.b64decode(made.header("X-Sig"))
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key: Any = load_pem_public_key(public.encode())
    hashed = HASHES[table.get("alg", "sha256")]
    if table["kind"] == "ed25519":
        key.verify(signature, TEXT)
    elif table["kind"] == "rsa":
        way = pss(hashed) if table.get("padding") == "pss" else padding.PKCS1v15()
        key.verify(signature, TEXT, way, hashed)
    elif table.get("form") != "raw":
        key.verify(signature, TEXT, ec.ECDSA(hashed))
    else:
        assert len(signature) == 2 * ((key.key_size + 7) // 8)
    assert check(made, recipe(**table), public).verdict is Verdict.VALID


@each_case
def test_whatever_is_changed_it_is_invalid(case: Case) -> None:
    table, signer, _private, public = case
    scheme, signature = recipe(**table), signer(TEXT)
    flipped = bytes([*signature[:-1], signature[-1] ^ 1])
    for sent in (
        request(signature, BODY[:-1]),
        request(signature, BODY.replace(b"sent", b"read")),
        request(signature, time="1"),
        request(flipped),
        request(signature[:-1]),
        request(signature + b"\0"),
        request(b""),
        request(b"\0" * len(signature)),
    ):
        assert check(sent, scheme, public).verdict is Verdict.INVALID


@each_case
def test_another_key_or_one_of_another_kind_does_not_fit(case: Case) -> None:
    table, signer, _private, _public = case
    sent, scheme = request(signer(TEXT)), recipe(**table)
    others = [
        other_rsa_pair()[1],
        pem(ed25519.Ed25519PrivateKey.generate()),
        pem(ec.generate_private_key(ec.SECP256R1())),
    ]
    for key in (*others, "no key", "c2VjcmV0LXNlY3JldC1zZWNyZXQt"):
        found = check(sent, scheme, key)
        assert found.verdict is Verdict.INVALID
        assert found.summary


def test_a_key_that_is_none_is_named_with_what_would_be_one() -> None:
    found = check(request(SEED.sign(TEXT)), recipe(kind="ed25519"), "whsec_shared")
    assert found.title == "The stored key is not usable"
    assert "Ed25519" in found.summary


def test_the_second_key_is_tried_too() -> None:
    other = pem(ed25519.Ed25519PrivateKey.generate())
    found = check(request(SEED.sign(TEXT)), recipe(kind="ed25519"), other, pem(SEED))
    assert found.verdict is Verdict.VALID
    assert [step.state.value for step in found.steps] == ["passed", "passed", "failed", "passed"]


def test_a_signature_outside_its_time_window_is_stale() -> None:
    sent, scheme = request(SEED.sign(TEXT)), recipe(kind="ed25519", **WINDOW)
    assert check(sent, scheme, pem(SEED), later=299).verdict is Verdict.VALID
    assert check(sent, scheme, pem(SEED), later=301).verdict is Verdict.STALE
    assert check(sent, scheme, pem(SEED), later=-301).verdict is Verdict.STALE


def test_without_the_signature_it_is_unsigned_and_without_a_key_it_cannot_be_checked() -> None:
    scheme = recipe(kind="ed25519")
    bare = a_request(BODY, headers=headers_of([("X-Time", TIME)]))
    assert check(bare, scheme, pem(SEED)).verdict is Verdict.UNSIGNED
    found = check(request(SEED.sign(TEXT)), scheme)
    assert found.verdict is Verdict.NO_SECRET
    assert found.title == "Cannot check: no public key for this endpoint."


def test_without_a_signed_header_it_is_invalid() -> None:
    sent = request(SEED.sign(TEXT))
    found = check(replace(sent, headers=sent.headers[1:]), recipe(kind="ed25519"), pem(SEED))
    assert found.verdict is Verdict.INVALID
    assert found.title == "A signed value is missing"


def test_of_two_signature_headers_the_right_one_counts_wherever_it_stands() -> None:
    sent = request(SEED.sign(TEXT))
    for garbage in (b"garbage", b"", base64.b64encode(bytes(64))):
        for headers in (((b"X-Sig", garbage), *sent.headers), (*sent.headers, (b"x-sig", garbage))):
            assert check(replace(sent, headers=headers), recipe(kind="ed25519"), pem(SEED)).verdict is Verdict.VALID


def test_the_hash_comes_from_the_definition_alone() -> None:
    weak = rsa_key().sign(TEXT, padding.PKCS1v15(), hashes.SHA1())
    assert check(request(weak), recipe(kind="rsa"), rsa_pair()[1]).verdict is Verdict.INVALID
    assert check(request(weak), recipe(kind="rsa", padding="pss"), rsa_pair()[1]).verdict is Verdict.INVALID


def test_an_announced_hash_must_be_on_the_list() -> None:
    scheme = recipe(kind="rsa", alg="announced", alg_header="X-Alg", algs={"SHA256withRSA": "sha256"})
    good = request(rsa_key().sign(TEXT, padding.PKCS1v15(), hashes.SHA256()))
    weak = request(rsa_key().sign(TEXT, padding.PKCS1v15(), hashes.SHA1()))
    for sent, said, verdict in (
        (good, b"SHA256withRSA", Verdict.VALID),
        (good, b"SHA1withRSA", Verdict.INVALID),
        (weak, b"SHA1withRSA", Verdict.INVALID),
        (weak, b"SHA256withRSA", Verdict.INVALID),
        (good, b"none", Verdict.INVALID),
    ):
        said_so = replace(sent, headers=(*sent.headers, (b"X-Alg", said)))
        assert check(said_so, scheme, rsa_pair()[1]).verdict is verdict


def test_a_public_key_is_never_a_shared_secret() -> None:
    import hmac

    forged = request(hmac.digest(rsa_pair()[1].encode(), TEXT, "sha256"))
    assert check(forged, recipe(kind="rsa"), rsa_pair()[1]).verdict is Verdict.INVALID


def test_signing_needs_the_private_key() -> None:
    with pytest.raises(UsageError, match="cannot be used to sign"):
        sign(a_request(BODY), (recipe(kind="rsa"),), Secret(rsa_pair()[1]), url="", now=NOON)


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
@pytest.mark.parametrize("encoding", ["hex", "base64", "base64url"])
def test_a_new_pair_of_keys_signs_and_checks(kind: str, encoding: str) -> None:
    scheme = recipe(kind=kind, encoding=encoding)
    private, public = new_key_pair(scheme)
    made = sign(a_request(BODY), (scheme,), Secret(private), url="", now=NOON)
    assert check(made, scheme, public).verdict is Verdict.VALID
    assert check(made, scheme, new_key_pair(scheme)[1]).verdict is Verdict.INVALID


def test_the_signed_bytes_are_shown_without_a_key() -> None:
    sent = request(SEED.sign(TEXT))
    assert signed_bytes(sent, Payload(sent), recipe(kind="ed25519")) == TEXT


@pytest.mark.parametrize(
    ("table", "part"),
    [
        ({"kind": "ed25519", "alg": "sha512"}, "signing.alg"),
        ({"kind": "ed25519", "form": "raw"}, "signing.form"),
        ({"kind": "ecdsa", "padding": "pss"}, "signing.padding"),
        ({"kind": "rsa", "alg": "md5"}, "signing.alg"),
        ({"kind": "rsa", "key": "base64"}, "signing.key"),
        ({"kind": "rsa", "signed": "{secret}{body}"}, "signing.signed"),
        ({"kind": "hmac", "padding": "pss"}, "signing.padding"),
        ({"kind": "hmac", "keys_url": "https://a.example/k", "fetch": "https://a.example/k"}, "signing.fetch"),
        ({"kind": "rsa", "keys_url": "https://a.example/keys"}, "signing.fetch"),
        ({"kind": "rsa", "keys_url": "http://a.example/k", "fetch": "https://a.example/k"}, "signing.keys_url"),
        ({"kind": "rsa", "keys_url": "https://a.example/{body}", "fetch": "https://a.example/k"}, "signing.keys_url"),
        ({"kind": "rsa", "fetch": ["http://a.example/k"]}, "signing.fetch"),
        ({"kind": "quantum"}, "signing.kind"),
        ({"kind": 7}, "signing.kind"),
        ({"kind": "rsa", "signature": "fact:x"}, "signing.signature"),
    ],
)
def test_a_mistake_in_the_definition_is_named(table: dict[str, Any], part: str) -> None:
    with pytest.raises(ProviderError, match=part.replace(".", r"\.")):
        recipe(**table)
