"""Schemes whose signed text a rule makes of the request: Plivo V3, Contentful, Hook0, HubSpot V3, detached JWS."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Verdict, Verification
from inspector.payload.body import Payload
from inspector.signatures.atlassian import canonical_requests
from inspector.signatures.engine import sign, signed_bytes, verify
from inspector.signatures.recipe import Recipe, parse_recipe
from tests.builders import NOON, a_request, headers_of
from tests.unit.signatures.key_pairs import jwk, key_set, private_pem, public_pem

SECRET = "s" * 64
URL = "https://hooks.example/in/abc"
NOW = int(NOON.timestamp())
FORM = ("Content-Type", "application/x-www-form-urlencoded")

TABLES: dict[str, dict[str, Any]] = {
    "plivo": {"kind": "plivo-v3", "signature": ["header:X-Plivo-Signature-V3", "header:X-Plivo-Signature-Ma-V3"]},
    "contentful": {
        "kind": "contentful",
        "signature": "header:x-contentful-signature",
        "time": {"from": "header:x-contentful-timestamp", "unit": "ms", "tolerance": 30, "future": False},
    },
    "hook0": {
        "kind": "hook0",
        "signature": "header:X-Hook0-Signature",
        "time": {"from": "field:t", "tolerance": 300, "future": False},
    },
    "hubspot": {
        "kind": "hubspot-v3",
        "signature": "header:X-HubSpot-Signature-v3",
        "time": {"from": "header:X-HubSpot-Request-Timestamp", "unit": "ms", "tolerance": 300},
    },
    "truelayer": {
        "kind": "detached-jws",
        "signature": "header:Tl-Signature",
        "algs": ["ES512"],
        "payload": "truelayer",
        "fetch": ["https://keys.example/jwks"],
    },
    "detached": {"kind": "detached-jws", "signature": "header:X-JWS-Signature", "algs": ["PS256", "ES256"]},
}
RECIPES = {name: parse_recipe(table, "x.toml: signing") for name, table in TABLES.items()}
KEYS = {
    "truelayer": (private_pem("p521"), public_pem("p521"), public_pem("p521", 1)),
    "detached": (private_pem("rsa"), public_pem("rsa"), public_pem("rsa", 1)),
}


def keys_of(name: str) -> tuple[str, str, str]:
    """Return what signs, what checks, and what does not."""
    return KEYS.get(name, (SECRET, SECRET, "t" * 64))


def check(scheme: Recipe, request: Request, *secrets: str, url: str = URL, **others: Any) -> Verification:
    options: dict[str, Any] = {"scheme": "x", "url": url, "now": NOON} | others
    return verify(request, Payload(request), (scheme,), [Secret(text) for text in secrets], **options)


def mac(text: str | bytes, key: str = SECRET) -> bytes:
    return hmac.new(key.encode(), text.encode() if isinstance(text, str) else text, hashlib.sha256).digest()


@pytest.mark.parametrize("name", TABLES)
def test_what_is_signed_is_valid_and_anything_changed_is_not(name: str) -> None:
    scheme, (secret, public, other) = RECIPES[name], keys_of(name)
    plain = a_request(b"a=1&b=%C3%BC&a=0", target="/in/abc?q=1&p=%20x", headers=headers_of([FORM, ("X-Kept", "1")]))
    made = sign(plain, (scheme,), Secret(secret), url=URL, now=NOON)
    found = check(scheme, made, "no key", public)
    assert (found.verdict, found.covers) == (Verdict.VALID, Covers.BODY), found
    assert check(scheme, made, other).verdict is Verdict.INVALID
    assert check(scheme, made).verdict is Verdict.NO_SECRET
    assert check(scheme, plain, public).verdict is Verdict.UNSIGNED
    assert check(scheme, replace(made, body=made.body + b"0"), public).verdict is Verdict.INVALID
    if name not in ("hook0", "detached"):
        assert check(scheme, made, public, url="https://hooks.example/in/other").verdict is Verdict.INVALID
    assert made.headers[: len(plain.headers)] == plain.headers
    assert signed_bytes(made, Payload(made), scheme, url=URL)


@pytest.mark.parametrize("name", TABLES)
def test_signing_again_replaces_the_signature_in_place(name: str) -> None:
    scheme, (secret, public, _other) = RECIPES[name], keys_of(name)
    later = NOON + timedelta(days=1)
    made = sign(a_request(b"", target="/in/abc"), (scheme,), Secret(secret), url=URL, now=NOON)
    again = sign(replace(made, body=b'{"a":1}'), (scheme,), Secret(secret), url=URL, now=later)
    assert [key for key, _value in again.headers] == [key for key, _value in made.headers]
    assert check(scheme, again, public, now=later).verdict is Verdict.VALID


@pytest.mark.parametrize("name", ["contentful", "hook0", "hubspot"])
def test_an_old_signature_is_stale_and_an_unreadable_time_invalid(name: str) -> None:
    scheme = RECIPES[name]
    made = sign(a_request(), (scheme,), Secret(SECRET), url=URL, now=NOON)
    found = check(scheme, made, SECRET, now=NOON + timedelta(hours=1))
    assert (found.verdict, found.age_s) == (Verdict.STALE, 3600.0)
    assert check(scheme, made, SECRET, now=NOON + timedelta(hours=1), tolerance_s=0).verdict is Verdict.VALID
    stamp = str(NOW).encode()
    for bad in (b"", b"yesterday"):
        headers = tuple((key, value.replace(stamp, bad).replace(b"000", bad)) for key, value in made.headers)
        assert check(scheme, replace(made, headers=headers), SECRET).verdict is Verdict.INVALID


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize(
    "broken", [b"", b"abc", b"A" * 44, b"0" * 64, b"t=1", b"t=1,v1=,h=", b"e30..", b"e30..AA", b"a.b.c", b"\xff"]
)
def test_what_is_no_signature_is_invalid_and_no_error(name: str, broken: bytes) -> None:
    scheme = RECIPES[name]
    header = (scheme.signature[0].name.encode(), broken)
    assert check(scheme, a_request(headers=(header,)), keys_of(name)[1]).verdict is Verdict.INVALID


def plivo(text: str, body: bytes = b"", method: str = "POST", nonce: str = "n1", *, query: str = "") -> Verification:
    lines: Sequence[tuple[str, str]] = [
        FORM,
        ("X-Plivo-Signature-V3", f"AAAA, {base64.b64encode(mac(text + '.n1')).decode()}"),
        ("X-Plivo-Signature-V3-Nonce", nonce),
    ]
    request = a_request(body, method=method, target=f"/in/abc{query}", headers=headers_of(lines))
    return check(RECIPES["plivo"], request, SECRET)


def test_plivo_signs_address_sorted_parameters_and_nonce() -> None:
    assert plivo(URL).verdict is Verdict.VALID
    assert plivo(f"{URL}?a=1&a=2&b=x y", query="?b=x+y&a=2&a=1").verdict is Verdict.VALID
    assert plivo(f"{URL}?A1B2B3", b"B=3&A=1&B=2").verdict is Verdict.VALID
    assert plivo(f"{URL}?q=.A1", b"A=1", query="?q=").verdict is Verdict.VALID
    assert plivo(f"{URL}?q=1", b"A=1", "GET", query="?q=1").covers is Covers.NONE
    assert plivo(URL, nonce="n2").verdict is Verdict.INVALID
    assert plivo(f"{URL}?", b"").verdict is Verdict.INVALID


def test_hook0_lets_the_version_that_binds_headers_decide() -> None:
    names, body = "x-a X-B", "body"
    bound = mac(f"{NOW}.{names}.1.2.{body}").hex()
    plain = mac(f"{NOW}.{body}").hex()

    def found(header: str, value: str = "2") -> Verdict:
        lines = [("X-Hook0-Signature", header), ("X-A", "1"), ("x-b", value)]
        return check(RECIPES["hook0"], a_request(body.encode(), headers=headers_of(lines)), SECRET).verdict

    assert found(f"t={NOW},v0={plain}") is Verdict.VALID
    assert found(f"t={NOW},h={names},v1={bound}") is Verdict.VALID
    assert found(f"v1={bound}, h={names}, v0={plain}, t={NOW}") is Verdict.VALID
    assert found(f"t={NOW},h={names},v0={plain},v1={bound}", "3") is Verdict.INVALID
    assert found(f"t={NOW},v1={plain}") is Verdict.INVALID
    assert found(f"v0={plain}") is Verdict.INVALID


def test_hubspot_signs_the_address_as_it_is_or_with_its_list_of_characters_decoded() -> None:
    url = f"{URL}?u=https%3A%2f%2fx.example&n=%C3%BC%20"
    for signed in (url, f"{URL}?u=https://x.example&n=%C3%BC%20"):
        value = base64.b64encode(mac(f"POST{signed}body{NOW}000")).decode()
        lines = [("X-HubSpot-Signature-v3", value), ("X-HubSpot-Request-Timestamp", f"{NOW}000")]
        request = a_request(b"body", target=url.removeprefix("https://hooks.example"), headers=headers_of(lines))
        assert check(RECIPES["hubspot"], request, SECRET).verdict is Verdict.VALID


def test_a_listed_header_that_was_changed_or_taken_away_is_invalid_for_contentful() -> None:
    lines = [("X-Topic", " a "), ("x-contentful-signed-headers", "x-topic,x-contentful-signed-headers")]
    made = sign(a_request(headers=headers_of(lines)), (RECIPES["contentful"],), Secret(SECRET), url=URL, now=NOON)
    assert check(RECIPES["contentful"], made, SECRET).verdict is Verdict.VALID
    for headers in (made.headers[1:], ((b"X-Topic", b"b"), *made.headers[1:])):
        assert check(RECIPES["contentful"], replace(made, headers=headers), SECRET).verdict is Verdict.INVALID
    trimmed = ((b"x-TOPIC", b"a"), *made.headers[1:])
    assert check(RECIPES["contentful"], replace(made, headers=trimmed), SECRET).verdict is Verdict.VALID


def tl_header(request: Request) -> dict[str, Any]:
    part = request.header("Tl-Signature").partition(".")[0]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


def with_tl_header(request: Request, **changes: Any) -> Request:
    """Return the request with its token's header changed, the signature as it was."""
    table = {key: value for key, value in (tl_header(request) | changes).items() if value is not None}
    part = base64.urlsafe_b64encode(json.dumps(table).encode()).rstrip(b"=").decode()
    text = f"{part}..{request.header('Tl-Signature').rpartition('.')[2]}"
    return replace(request, headers=headers_of([("X-Tl-Webhook-Timestamp", "now"), ("Tl-Signature", text)]))


def test_truelayer_refuses_what_its_libraries_refuse() -> None:
    scheme = RECIPES["truelayer"]
    plain = a_request(headers=headers_of([("X-Tl-Webhook-Timestamp", "now")]))
    made = sign(plain, (scheme,), Secret(private_pem("p521")), url=URL, now=NOON)
    assert tl_header(made)["tl_headers"] == "X-Tl-Webhook-Timestamp"
    key = public_pem("p521")
    assert check(scheme, made, key).verdict is Verdict.VALID
    for changes, title in (
        ({"alg": "HS512"}, "The algorithm is not accepted"),
        ({"alg": "none"}, "The algorithm is not accepted"),
        ({"tl_version": "1"}, "The version is not accepted"),
        ({"tl_version": None}, "The version is not accepted"),
        ({"tl_headers": ""}, "The signature does not match"),
        ({"tl_headers": "X-Missing"}, "A signed value is missing"),
        ({"crit": ["x"]}, "The token cannot be checked"),
        ({"jku": "https://evil.example/jwks"}, "The key address is not the provider’s"),
        ({"jku": ["https://keys.example/jwks"]}, "The key address is not the provider’s"),
    ):
        assert check(scheme, with_tl_header(made, **changes), key).title == title, changes


def test_the_key_address_of_a_token_counts_only_where_the_definition_allows_it() -> None:
    scheme, address = RECIPES["truelayer"], "https://keys.example/jwks"
    made = sign(a_request(), (scheme,), Secret(private_pem("p521")), url=URL, now=NOON, facts={"key_id": "k"})
    named = with_tl_header(made, jku=address)
    assert check(scheme, named).needs_url == address
    # The address is part of what is signed: here it was added later, so the key is found and does not fit.
    keys = key_set(jwk("ES512", "k"))
    assert check(scheme, named, documents={address: keys}).title == "The signature does not match"
    assert check(scheme, made, keys).verdict is Verdict.VALID
    assert check(scheme, made, key_set(jwk("ES512", "other"))).title == "The key is not known"


def test_a_path_counts_with_and_without_its_last_slash_for_truelayer() -> None:
    scheme = RECIPES["truelayer"]
    made = sign(a_request(), (scheme,), Secret(private_pem("p521")), url=f"{URL}/", now=NOON)
    for url, verdict in ((URL, Verdict.VALID), (f"{URL}/", Verdict.VALID), (f"{URL}/x", Verdict.INVALID)):
        assert check(scheme, made, public_pem("p521"), url=url).verdict is verdict


def test_a_detached_signature_needs_a_private_key_of_its_kind() -> None:
    with pytest.raises(UsageError, match="cannot be used to sign"):
        sign(a_request(), (RECIPES["truelayer"],), Secret(private_pem("p256")), url=URL, now=NOON)


def test_atlassians_canonical_request_counts_the_path_from_the_base_url() -> None:
    """The examples of "Understanding JWT for Connect apps" and its rule on characters."""
    base = "https://example.atlassian.net"
    texts = list(canonical_requests("get", f"{base}/rest/api/2/project?b=2&a=1&jwt=x&a=0", base))
    assert texts == ["GET&/rest/api/2/project&a=0,1&b=2"]
    assert list(canonical_requests("POST", f"{base}/a/b/?q=%2A+~", f"{base}/a")) == ["POST&/b&q=%2A%20~"]
    assert list(canonical_requests("GET", base, base)) == ["GET&/&"]
    assert "GET&/b%26c&" in list(canonical_requests("GET", f"{base}/a/b&c"))
