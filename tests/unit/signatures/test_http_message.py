"""HTTP message signatures: the vectors of RFC 9421 appendix B, every component, and what must not pass."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, StepState, Verdict, Verification
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.signatures.engine import sign, signed_bytes, verify
from inspector.signatures.recipe import Recipe, parse_recipe
from tests.builders import NOON, a_request, headers_of
from tests.unit.signatures.key_pairs import jwk, key_set, private, private_pem, public_pem

NOW = int(NOON.timestamp())
SHARED = "a shared secret, in words"
ALGS = ["hmac-sha256", "ed25519", "ecdsa-p256-sha256", "ecdsa-p384-sha384", "rsa-pss-sha512", "rsa-v1_5-sha256"]

# RFC 9421 appendix B.1 and B.2
RFC_RSA = """-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAr4tmm3r20Wd/PbqvP1s2
+QEtvpuRaV8Yq40gjUR8y2Rjxa6dpG2GXHbPfvMs8ct+Lh1GH45x28Rw3Ry53mm+
oAXjyQ86OnDkZ5N8lYbggD4O3w6M6pAvLkhk95AndTrifbIFPNU8PPMO7OyrFAHq
gDsznjPFmTOtCEcN2Z1FpWgchwuYLPL+Wokqltd11nqqzi+bJ9cvSKADYdUAAN5W
Utzdpiy6LbTgSxP7ociU4Tn0g5I6aDZJ7A8Lzo0KSyZYoA485mqcO0GVAdVw9lq4
aOT9v6d+nb4bnNkQVklLQ3fVAvJm+xdDOp9LCNCN48V2pnDOkFV6+U9nV5oyc6XI
2wIDAQAB
-----END PUBLIC KEY-----"""
RFC_ED25519 = """-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----"""
RFC_SHARED = "uzvJfB4u3N0Jy4T7NZ75MDVcr8zSTInedJtkgcu46YW4XByzNJjxBdtjUkdJPBtbmHhIDi6pcl8jsasjlTMtDQ=="
RFC_AT = datetime.fromtimestamp(1618884475, UTC)
RFC_URL = "https://example.com/foo?param=Value&Pet=dog"
RFC_HEADERS = [
    ("Host", "example.com"),
    ("Date", "Tue, 20 Apr 2021 02:07:55 GMT"),
    ("Content-Type", "application/json"),
    (
        "Content-Digest",
        "sha-512=:WZDPaVn/7XgHaAy8pmojAkGWoRx2UFChF41A2svX+TaPm+AbwAgBWnrIiYllu7BNNyealdVLvRwEmTHWXvJwew==:",
    ),
    ("Content-Length", "18"),
]
RFC: dict[str, tuple[str, str, str, Covers]] = {
    "b21": (
        'sig-b21=();created=1618884473;keyid="test-key-rsa-pss";nonce="b3k2pp5k7z-50gnwp.yemd"',
        "d2pmTvmbncD3xQm8E9ZV2828BjQWGgiwAaw5bAkgibUopemLJcWDy/lkbbHAve4cRAtx31Iq786U7it++wgGxbtRxf8Udx7zFZsckzXaJMkA7ChG"
        "52eSkFxykJeNqsrWH5S+oxNFlD4dzVuwe8DhTSja8xxbR/Z2cOGdCbzR72rgFWhzx2VjBqJzsPLMIQKhO4DGezXehhWwE56YCE+O6c0mKZsfxVro"
        "gUvA4HELjVKWmAvtl6UnCh8jYzuVG5WSb/QEVPnP5TmcAnLH1g+s++v6d4s8m0gCw1fV5/SITLq9mhho8K3+7EPYTU8IU1bLhdxO5Nyt8C8ssinQ"
        "98Xw9Q==",
        RFC_RSA,
        Covers.NONE,
    ),
    "b22": (
        'sig-b22=("@authority" "content-digest");created=1618884473;keyid="test-key-rsa-pss"',
        "Fee1uy9YGZq5UUwwYU6vz4dZNvfw3GYrFl1L6YlVIyUMuWswWDNSvql4dVtSeidYjYZUm7SBCENIb5KYy2ByoC3bI+7gydd2i4OAT5lyDtmeapnA"
        "a8uP/b9xUpg+VSPElbBs6JWBIQsd+nMdHDe+ls/IwVMwXktC37SqsnbNyhNp6kcvcWpevjzFcD2VqdZleUz4jN7P+W5A3wHiMGfIjIWn36KXNB+R"
        "KyrlGnIS8yaBBrom5rcZWLrLbtg6VlrH1+/07RV+kgTh/l10h8qgpl9zQHu7mWbDKTq0tJ8K4ywcPoC4s2I4rU88jzDKDGdTTQFZoTVZxZmuTM1F"
        "vHfzIw==",
        RFC_RSA,
        Covers.BODY,
    ),
    "b23": (
        'sig-b23=("date" "@method" "@path" "@query" "@authority" "content-type" "content-digest" "content-length")'
        ';created=1618884473;keyid="test-key-rsa-pss"',
        "bbN8oArOxYoyylQQUU6QYwrTuaxLwjAC9fbY2F6SVWvh0yBiMIRGOnMYwZ/5MR6fb0Kh1rIRASVxFkeGt683+qRpRRU5p2voTp768ZrCUb38K0fU"
        "xN0O0iC59DzYx8DFll5GmydPxSmme9v6ULbMFkl+V5B1TP/yPViV7KsLNmvKiLJH1pFkh/aYA2HXXZzNBXmIkoQoLd7YfW91kE9o/CCoC1xMy7JA"
        "1ipwvKvfrs65ldmlu9bpG6A9BmzhuzF8Eim5f8ui9eH8LZH896+QIF61ka39VBrohr9iyMUJpvRX2Zbhl5ZJzSRxpJyoEZAFL2FUo5fTIztsDZKE"
        "gM4cUA==",
        RFC_RSA,
        Covers.BODY,
    ),
    "b25": (
        'sig-b25=("date" "@authority" "content-type");created=1618884473;keyid="test-shared-secret"',
        "pxcQw6G3AjtMBQjwo8XzkZf/bws5LelbaMk5rGIGtE8=",
        RFC_SHARED,
        Covers.NONE,
    ),
    "b26": (
        'sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473'
        ';keyid="test-key-ed25519"',
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==",
        RFC_ED25519,
        Covers.NONE,
    ),
}


def recipe(**table: Any) -> Recipe:
    base = {"kind": "http-message", "signature": "header:Signature", "algs": ALGS}
    return parse_recipe(base | table, "x.toml: signing")


def check(
    request: Request, *secrets: str, scheme: Recipe | None = None, url: str = RFC_URL, **others: Any
) -> Verification:
    options: dict[str, Any] = {"scheme": "x", "url": url, "now": NOON} | others
    kept = [Secret(text) for text in secrets]
    return verify(request, Payload(request), (scheme or recipe(),), kept, **options)


def rfc_request(name: str) -> Request:
    inputs, signature, _key, _covers = RFC[name]
    lines = [*RFC_HEADERS, ("Signature-Input", inputs), ("Signature", f"sig-{name}=:{signature}:")]
    return a_request(b'{"hello": "world"}', target="/foo?param=Value&Pet=dog", headers=headers_of(lines))


@pytest.mark.parametrize("name", RFC)
def test_the_examples_of_the_rfc_are_valid_and_cover_what_they_say(name: str) -> None:
    _inputs, _signature, key, covers = RFC[name]
    scheme = recipe(key=["utf8", "base64"])
    found = check(rfc_request(name), key, scheme=scheme, now=RFC_AT)
    assert (found.verdict, found.covers) == (Verdict.VALID, covers), found


@pytest.mark.parametrize("name", [name for name, case in RFC.items() if case[3] is Covers.BODY])
def test_a_changed_body_is_invalid_where_its_digest_is_covered(name: str) -> None:
    changed = replace(rfc_request(name), body=b'{"hello": "World"}')
    assert check(changed, RFC_RSA, now=RFC_AT).title == "The body was changed"


@pytest.mark.parametrize("name", RFC)
def test_the_examples_are_invalid_with_another_key_and_another_time(name: str) -> None:
    request, key = rfc_request(name), RFC[name][2]
    other = {RFC_RSA: public_pem("rsa"), RFC_ED25519: public_pem("ed25519"), RFC_SHARED: "other"}[key]
    assert check(request, other, now=RFC_AT).verdict is Verdict.INVALID
    headers = tuple(
        (name, value.replace(b"created=1618884473", b"created=1618884474")) for name, value in request.headers
    )
    scheme = recipe(key=["utf8", "base64"])
    assert check(replace(request, headers=headers), key, scheme=scheme, now=RFC_AT).verdict is Verdict.INVALID


def test_the_bundled_provider_checks_an_example() -> None:
    profile = load_catalogue([resource_path("providers")]).get("rfc9421")
    assert profile is not None
    request = rfc_request("b26")
    found = verify(
        request, Payload(request), profile.recipes, [Secret(RFC_ED25519)], scheme="x", url=RFC_URL, now=RFC_AT
    )
    assert found.verdict is Verdict.VALID
    late = RFC_AT + timedelta(minutes=6)
    found = verify(request, Payload(request), profile.recipes, [Secret(RFC_ED25519)], scheme="x", url=RFC_URL, now=late)
    assert found.verdict is Verdict.STALE


BASE_HEADERS = [
    ("X-A", " one "),
    ("X-A", "two"),
    ("X-D", 'a=1,   b=(x  y);q=0.50;p, c="\\"s"'),
    ("X-I", "  5;u=:AQI=: "),
]
URL = "https://Www.Example.com:443/path%20x?a=b%20c&e=%C3%BC+x&z"

COMPONENTS: dict[str, bytes] = {
    '"@method"': b"POST",
    '"@target-uri"': URL.encode(),
    '"@authority"': b"www.example.com",
    '"@scheme"': b"https",
    '"@path"': b"/path%20x",
    '"@query"': b"?a=b%20c&e=%C3%BC+x&z",
    '"@request-target"': b"/path%20x?a=b%20c&e=%C3%BC+x&z",
    '"@query-param";name="a"': b"b%20c",
    '"@query-param";name="e"': b"%C3%BC%20x",
    '"@query-param";name="z"': b"",
    '"x-a"': b"one, two",
    '"x-a";bs': b":b25l:, :dHdv:",
    '"x-d";sf': b'a=1, b=(x y);q=0.5;p, c="\\"s"',
    '"x-d";key="b"': b"(x y);q=0.5;p",
    '"x-d";key="c"': b'"\\"s"',
    '"x-i";sf': b"5;u=:AQI=:",
}


def by_hand(
    covered: str, base: bytes, label: str = "sig1", key: str = SHARED, params: str = f";created={NOW}"
) -> Request:
    """Return a request with a signature over `base`, the lines before the last, made with hmac alone."""
    line = f"({covered}){params}"
    text = base + f'"@signature-params": {line}'.encode()
    mac = base64.b64encode(hmac.new(key.encode(), text, hashlib.sha256).digest()).decode()
    lines = [*BASE_HEADERS, ("Signature-Input", f"{label}={line}"), ("Signature", f"{label}=:{mac}:")]
    return a_request(b"body", target="/path%20x?a=b%20c&e=%C3%BC+x&z", headers=headers_of(lines))


@pytest.mark.parametrize("name", COMPONENTS)
def test_each_component_has_the_value_the_rfc_gives_it(name: str) -> None:
    base = name.encode() + b": " + COMPONENTS[name] + b"\n"
    request = by_hand(name, base)
    assert check(request, SHARED, url=URL).verdict is Verdict.VALID
    payload = Payload(request)
    shown = signed_bytes(request, payload, recipe(), url=URL)
    assert shown is not None
    assert shown.startswith(base)
    assert check(by_hand(name, base.replace(b": ", b":  ")), SHARED, url=URL).verdict is Verdict.INVALID


REFUSED = [
    '"@status"',
    '"@unknown"',
    '"x-missing"',
    '"X-A"',
    '"x-a";req',
    '"@method";req',
    '"x-a";tr',
    '"x-a";sf;bs',
    '"x-a";what',
    '"x-d";key="q"',
    '"@query-param"',
    '"@query-param";name="none"',
    '"@method" "@method"',
    '"x-d";sf;key="a" "x-d";key="a";sf',
    "7",
]


@pytest.mark.parametrize("covered", REFUSED)
def test_a_component_that_cannot_be_made_is_refused_by_name(covered: str) -> None:
    found = check(by_hand(covered, b""), SHARED, url=URL)
    assert (found.verdict, found.title) == (Verdict.INVALID, "The signed text cannot be made")
    assert found.steps[-1].state is StepState.FAILED


def test_parameters_are_signed_as_they_are_written_too() -> None:
    """Some senders leave blanks where the strict form has none, and sign what they wrote."""
    line = f'("@method"   "@path" );created={NOW};  keyid="k"'
    text = b'"@method": POST\n"@path": /path%20x\n"@signature-params": ' + line.encode()
    mac = base64.b64encode(hmac.new(SHARED.encode(), text, hashlib.sha256).digest()).decode()
    lines = [("Signature-Input", f"s={line}"), ("Signature", f"s=:{mac}:")]
    request = a_request(b"", target="/path%20x", headers=headers_of(lines))
    assert check(request, SHARED, url=URL).verdict is Verdict.VALID


def test_any_of_several_labels_may_fit() -> None:
    good, bad = by_hand("", b"", "good"), by_hand("", b"", "bad", key="other")
    both = tuple(zip(good.headers[-2:], bad.headers[-2:], strict=True))
    headers = tuple((first[0], second[1] + b", " + first[1]) for first, second in both)
    assert check(replace(good, headers=headers), SHARED).verdict is Verdict.VALID
    assert check(replace(good, headers=headers), "neither").verdict is Verdict.INVALID
    crossed = ((b"Signature-Input", good.headers[-2][1]), (b"Signature", bad.headers[-1][1]))
    assert check(replace(good, headers=crossed), SHARED).title == "The signature is not readable"


@pytest.mark.parametrize("broken", ["", "sig1", "sig1=1", "sig1=:%%:", "sig1=:AA", "=:AA:", "sig1=:AAAA:, ", "a b"])
def test_headers_that_are_no_dictionary_are_invalid(broken: str) -> None:
    good = by_hand("", b"")
    headers = (good.headers[-2], (b"Signature", broken.encode()))
    assert check(replace(good, headers=headers), SHARED).title == "The signature is not readable"
    headers = ((b"Signature-Input", broken.encode() or b"("), good.headers[-1])
    assert check(replace(good, headers=headers), SHARED).verdict is Verdict.INVALID
    assert check(replace(good, headers=good.headers[-1:]), SHARED).title == "A signed value is missing"
    assert check(replace(good, headers=good.headers[-2:-1]), SHARED).verdict is Verdict.UNSIGNED


def test_the_algorithm_is_one_of_the_definitions_and_of_the_keys_kind() -> None:
    relabelled = by_hand("", b"", params=f';created={NOW};alg="hmac-sha256"')
    assert check(relabelled, SHARED).verdict is Verdict.VALID
    assert check(relabelled, SHARED, scheme=recipe(algs=["ed25519"])).title == "The algorithm is not accepted"
    assert check(relabelled, SHARED, facts={"algorithm": "ed25519"}).title == "The algorithm is not accepted"
    assert check(relabelled, SHARED, facts={"algorithm": "something else"}).verdict is Verdict.VALID
    for pair in ("rsa", "p256", "ed25519"):
        forged = by_hand("", b"", key=public_pem(pair), params=f';created={NOW};alg="hmac-sha256"')
        assert check(forged, public_pem(pair)).verdict is Verdict.INVALID
    for name in ("none", "HMAC-SHA256", "hs256", "rsa-v1_5-sha1"):
        assert check(by_hand("", b"", params=f';created={NOW};alg="{name}"'), SHARED).verdict is Verdict.INVALID


def test_an_rsa_signature_with_another_salt_is_valid_as_one_library_makes_it() -> None:
    text = f'"@signature-params": ();created={NOW}'.encode()
    longest = padding.PSS(padding.MGF1(hashes.SHA512()), padding.PSS.MAX_LENGTH)
    value = base64.b64encode(private("rsa").sign(text, longest, hashes.SHA512())).decode()
    lines = [("Signature-Input", f"s=();created={NOW}"), ("Signature", f"s=:{value}:")]
    assert check(a_request(headers=headers_of(lines)), public_pem("rsa")).verdict is Verdict.VALID


TIMES = {
    f";created={NOW - 301}": Verdict.STALE,
    f";created={NOW - 300}": Verdict.VALID,
    f";created={NOW + 301}": Verdict.STALE,
    f";created={NOW - 100};expires={NOW - 1}": Verdict.STALE,
    f";created={NOW - 100};expires={NOW + 1}": Verdict.VALID,
    f";expires={NOW + 1}": Verdict.VALID,
    "": Verdict.VALID,
    ';created="now"': Verdict.INVALID,
    ";created": Verdict.INVALID,
    ";expires=1.5": Verdict.INVALID,
}


@pytest.mark.parametrize("params", TIMES)
def test_times_are_stale_not_invalid_where_the_signature_is_right(params: str) -> None:
    assert check(by_hand("", b"", params=params), SHARED, scheme=recipe(max_age=300)).verdict is TIMES[params]


def test_a_component_that_must_be_covered_is_named_where_it_is_not() -> None:
    scheme = recipe(required_components=["content-digest"])
    found = check(by_hand("", b""), SHARED, scheme=scheme)
    assert (found.verdict, found.steps[-1].expected) == (Verdict.INVALID, "content-digest")


def test_a_key_is_picked_by_its_id() -> None:
    request = by_hand("", b"", params=';keyid="a"')
    keys = key_set(jwk("ES256", "b", 1), jwk("ES256", "c", 2))
    assert check(request, keys).title == "The key is not known"
    signed = sign(a_request(), (recipe(),), Secret(private_pem("p256")), url=URL, now=NOON, facts={"key_id": "a"})
    assert check(signed, key_set(jwk("ES256", "b", 1), jwk("ES256", "a")), url=URL).verdict is Verdict.VALID


SIGNERS = {
    "hmac-sha256": (SHARED, SHARED),
    "ed25519": (private_pem("ed25519"), public_pem("ed25519")),
    "ecdsa-p256-sha256": (private_pem("p256"), public_pem("p256")),
    "ecdsa-p384-sha384": (private_pem("p384"), public_pem("p384")),
    "rsa-pss-sha512": (private_pem("rsa"), public_pem("rsa")),
    "rsa-v1_5-sha256": (private_pem("rsa"), public_pem("rsa")),
}


@pytest.mark.parametrize("alg", SIGNERS)
def test_signing_covers_the_whole_request_and_signing_again_keeps_what_was_covered(alg: str) -> None:
    secret, public = SIGNERS[alg]
    scheme = recipe(algs=[alg])
    made = sign(a_request(), (scheme,), Secret(secret), url=URL, now=NOON)
    found = check(made, public, scheme=scheme, url=URL)
    assert (found.verdict, found.covers) == (Verdict.VALID, Covers.BODY)
    assert f'alg="{alg}"' in made.header("Signature-Input")
    again = sign(replace(made, body=b"{}"), (scheme,), Secret(secret), url=URL, now=NOON + timedelta(days=1))
    assert check(again, public, scheme=scheme, url=URL, now=NOON + timedelta(days=1)).verdict is Verdict.VALID
    covered = again.header("Signature-Input").partition("(")[2].partition(")")[0]
    assert covered == made.header("Signature-Input").partition("(")[2].partition(")")[0]
    assert check(again, public, scheme=scheme, url=URL, now=NOON).verdict is not Verdict.INVALID


def test_a_key_of_no_use_is_refused_when_signing_and_named_when_checking() -> None:
    with pytest.raises(UsageError, match="cannot be used to sign"):
        sign(a_request(), (recipe(algs=["ed25519"]),), Secret(private_pem("rsa")), url=URL, now=NOON)
    found = check(by_hand("", b""), public_pem("rsa"), scheme=recipe(algs=["ed25519"]))
    assert found.title == "The stored secret is not usable"
