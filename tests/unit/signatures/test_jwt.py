"""Tokens made with PyJWT: what a genuine one looks like, and what is wrong with each that is not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any

import jwt
import pytest

from inspector.domain.errors import ProviderError
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, StepState, Verdict, Verification
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.signatures.engine import sign, signed_bytes, verify
from inspector.signatures.recipe import Recipe, parse_recipe
from tests.builders import DELIVERED, NOON, a_request, headers_of
from tests.unit.signatures.key_pairs import KEY_OF, jwk, key_set, private, private_pem, public_pem

URL = "https://hooks.example/in/abc"
SHARED = "a-shared-secret-that-is-long-enough-for-every-hash-there-is-here-0123456789"
NOW = int(NOON.timestamp())
HASH = hashlib.sha256(DELIVERED).hexdigest()
KEYS_URL = "https://keys.example/jwks.json"


def recipe(**table: Any) -> Recipe:
    base = {"kind": "jwt", "signature": "header:Authorization", "algs": ["HS256"]}
    return parse_recipe(base | table, "x.toml: signing")


def token(claims: dict[str, Any] | None = None, alg: str = "HS256", key: Any = SHARED, **header: Any) -> str:
    made = {"iat": NOW, "exp": NOW + 60, "hash": HASH} if claims is None else claims
    return jwt.encode(made, key, algorithm=alg, headers=header or None)


def carrying(text: str, body: bytes = DELIVERED, *, target: str = "/in/abc", method: str = "POST") -> Request:
    return a_request(body, target=target, method=method, headers=headers_of([("Authorization", f"Bearer {text}")]))


def check(
    scheme: Recipe,
    request: Request,
    *secrets: str,
    facts: dict[str, str] | None = None,
    documents: dict[str, str] | None = None,
    url: str = URL,
    **others: Any,
) -> Verification:
    return verify(
        request,
        Payload(request),
        (scheme,),
        [Secret(text, ending=text[-4:]) for text in secrets],
        scheme="x",
        url=url,
        now=NOON,
        facts=facts or {},
        documents=documents or {},
        **others,
    )


def failed_step(found: Verification) -> str:
    return next(step.name for step in found.steps if step.state is StepState.FAILED)


BOUND = {"body_claim": "hash", "body_encoding": "hex"}


@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_a_token_of_a_shared_secret_is_valid_and_covers_the_body_it_hashes(alg: str) -> None:
    found = check(recipe(algs=[alg], **BOUND), carrying(token(alg=alg)), "another", SHARED)
    assert (found.verdict, found.covers, found.secret_hint) == (Verdict.VALID, Covers.BODY, "6789")
    assert found.age_s == 0.0


@pytest.mark.parametrize("alg", KEY_OF)
def test_a_token_of_a_private_key_is_valid_with_its_public_one_in_any_form(alg: str) -> None:
    pair = KEY_OF[alg]
    text = token(alg=alg, key=private(pair), kid="one")
    scheme = recipe(algs=[alg], **BOUND)
    for key in (public_pem(pair), private_pem(pair), key_set(jwk(alg, "one")), json.dumps(jwk(alg))):
        assert check(scheme, carrying(text), key).verdict is Verdict.VALID, key
    assert check(scheme, carrying(text), public_pem(pair, 1)).verdict is Verdict.INVALID
    assert check(scheme, carrying(text), "no key at all").title == "The stored secret is not usable"


def test_a_wrong_signature_is_shown_beside_the_one_it_should_be() -> None:
    text = token()
    found = check(recipe(), carrying(text), SHARED[::-1])
    assert (found.verdict, found.title) == (Verdict.INVALID, "The signature does not match")
    step = found.steps[-1]
    assert step.got == text.rpartition(".")[2]
    assert step.expected == token(key=SHARED[::-1]).rpartition(".")[2]


def test_a_token_that_hashes_no_body_covers_nothing() -> None:
    found = check(recipe(covers="none"), carrying(token()), SHARED)
    assert (found.verdict, found.covers) == (Verdict.VALID, Covers.NONE)
    assert "does not protect the body" in found.summary


def test_a_changed_body_is_invalid_and_both_hashes_are_shown() -> None:
    found = check(recipe(**BOUND), carrying(token(), DELIVERED + b" "), SHARED)
    assert (found.verdict, found.title) == (Verdict.INVALID, "The body was changed")
    assert found.steps[-1].got == HASH


@pytest.mark.parametrize("encoding", ["hex", "base64", "base64url"])
def test_the_body_hash_is_read_in_the_schemes_encoding_only(encoding: str) -> None:
    digest = hashlib.sha256(b"\xff\xfe body 7").digest()
    texts = {
        "hex": digest.hex(),
        "base64": base64.b64encode(digest).decode(),
        "base64url": base64.urlsafe_b64encode(digest).decode().rstrip("="),
    }
    for written, text in texts.items():
        scheme = recipe(body_claim="hash", body_encoding=encoding)
        found = check(scheme, carrying(token({"hash": text}), b"\xff\xfe body 7"), SHARED)
        same = written == encoding or (text.rstrip("=") == texts[encoding].rstrip("="))
        assert (found.verdict is Verdict.VALID) is same


def test_a_token_without_the_body_hash_is_invalid_unless_it_is_optional_or_there_is_no_body() -> None:
    bare = token({"iat": NOW})
    assert check(recipe(**BOUND), carrying(bare), SHARED).title == "A claim is missing"
    assert check(recipe(**BOUND), carrying(bare, b""), SHARED).verdict is Verdict.VALID
    found = check(recipe(body_optional=True, **BOUND), carrying(bare), SHARED)
    assert (found.verdict, found.covers) == (Verdict.VALID, Covers.NONE)


def forged(header: dict[str, Any], claims: dict[str, Any], key: bytes) -> str:
    """Return a token that PyJWT refuses to make."""

    def part(value: object) -> bytes:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")

    text = part(header) + b"." + part(claims)
    mac = hmac.new(key, text, hashlib.sha256).digest() if key else b""
    return (text + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


@pytest.mark.parametrize("name", ["none", "None", "NONE", "nOnE", "", "HS384", "ES256", "hs256"])
def test_an_algorithm_the_definition_does_not_name_is_invalid_at_that_step(name: str) -> None:
    text = forged({"alg": name}, {"hash": HASH}, b"" if name.lower() == "none" else SHARED.encode())
    found = check(recipe(**BOUND), carrying(text), SHARED)
    assert (found.verdict, failed_step(found)) == (Verdict.INVALID, "Algorithm")


@pytest.mark.parametrize("pair", ["rsa", "p256", "p521"])
def test_a_public_key_is_never_a_secret_even_where_both_kinds_are_allowed(pair: str) -> None:
    alg = next(alg for alg, name in KEY_OF.items() if name == pair)
    der = "".join(line for line in public_pem(pair).splitlines() if "-" not in line)
    for key in (public_pem(pair), public_pem(pair).strip(), key_set(jwk(alg)), json.dumps(jwk(alg)), der):
        text = forged({"alg": "HS256"}, {"hash": HASH}, key.encode())
        for algs in (["HS256", alg], ["HS256"], [alg]):
            found = check(recipe(algs=algs, **BOUND), carrying(text), key)
            assert found.verdict is Verdict.INVALID, (algs, key)


def test_a_definition_may_not_mix_bare_public_keys_with_secrets() -> None:
    with pytest.raises(ProviderError, match="must not mix EdDSA"):
        recipe(algs=["HS256", "EdDSA"])


def test_a_token_that_asks_for_extensions_is_invalid() -> None:
    text = forged({"alg": "HS256", "crit": ["exp"]}, {}, SHARED.encode())
    assert failed_step(check(recipe(), carrying(text), SHARED)) == "Extensions"


@pytest.mark.parametrize("place", range(0, 400, 7))
def test_a_changed_letter_anywhere_in_a_token_is_invalid(place: int) -> None:
    text = token()
    at = place % len(text)
    letter = "A" if text[at] != "A" else "B"
    found = check(recipe(**BOUND), carrying(text[:at] + letter + text[at + 1 :]), SHARED)
    assert found.verdict is Verdict.INVALID


def test_the_last_letter_of_a_signature_counts_whole() -> None:
    """Base64 leaves bits over in the last letter: a text with other bits there is another text."""
    text = token()
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    verdicts = [check(recipe(), carrying(text[:-1] + letter), SHARED).verdict for letter in letters]
    assert verdicts.count(Verdict.VALID) == 1


@pytest.mark.parametrize(
    "text", ["", "abc", "a.b", "a.b.c.d", "e30.e30", "e30.e30.", "W10.e30.AA", "eyJhbGciOjF9.e30.AA", "é.é.é"]
)
def test_what_is_no_token_is_invalid_and_no_error(text: str) -> None:
    assert check(recipe(), carrying(text), SHARED).verdict is Verdict.INVALID


def test_without_a_header_a_request_is_unsigned_and_without_a_secret_unchecked() -> None:
    assert check(recipe(), a_request(), SHARED).verdict is Verdict.UNSIGNED
    found = check(recipe(), carrying(token()))
    assert (found.verdict, found.needs_url) == (Verdict.NO_SECRET, "")


TIMES: dict[str, tuple[dict[str, Any], dict[str, Any], Verdict]] = {
    "expired": ({"exp": NOW - 1}, {}, Verdict.STALE),
    "expires now": ({"exp": NOW}, {}, Verdict.STALE),
    "expired within the leeway": ({"exp": NOW - 59}, {"leeway": 60}, Verdict.VALID),
    "expired beyond the leeway": ({"exp": NOW - 60}, {"leeway": 60}, Verdict.STALE),
    "not yet": ({"nbf": NOW + 2}, {}, Verdict.STALE),
    "not yet, within the leeway": ({"nbf": NOW + 2}, {"leeway": 2}, Verdict.VALID),
    "from the future": ({"iat": NOW + 30}, {}, Verdict.STALE),
    "from the future, refused": ({"iat": NOW + 30}, {"future_iat": "invalid"}, Verdict.INVALID),
    "from the future, accepted": ({"iat": NOW + 30}, {"future_iat": "accept"}, Verdict.VALID),
    "too old": ({"iat": NOW - 301}, {"max_age": 300}, Verdict.STALE),
    "old enough": ({"iat": NOW - 300}, {"max_age": 300}, Verdict.VALID),
    "no age to tell": ({}, {"max_age": 300}, Verdict.INVALID),
    "no times": ({}, {}, Verdict.VALID),
    "a time in words": ({"exp": "tomorrow"}, {}, Verdict.INVALID),
    "a time as text": ({"exp": str(NOW + 60)}, {}, Verdict.INVALID),
    "a time that is true": ({"exp": True}, {}, Verdict.INVALID),
    "a huge time": ({"exp": 10**400}, {}, Verdict.INVALID),
    "a fraction": ({"exp": NOW + 0.5}, {}, Verdict.VALID),
}


@pytest.mark.parametrize("name", TIMES)
def test_times_are_stale_not_invalid_where_the_signature_is_right(name: str) -> None:
    claims, table, verdict = TIMES[name]
    text = forged({"alg": "HS256"}, claims, SHARED.encode())
    assert check(recipe(**table), carrying(text), SHARED).verdict is verdict
    assert check(recipe(**table), carrying(text), "wrong").verdict is Verdict.INVALID


def test_the_endpoints_own_tolerance_wins_and_zero_means_no_limit() -> None:
    old = carrying(token({"iat": NOW - 900, "exp": NOW - 600}))
    assert check(recipe(max_age=300), old, SHARED, tolerance_s=0).verdict is Verdict.VALID
    assert check(recipe(max_age=300), old, SHARED, tolerance_s=1000).verdict is Verdict.VALID
    assert check(recipe(), old, SHARED, tolerance_s=500).verdict is Verdict.STALE


CLAIMS: dict[str, tuple[Any, Any, dict[str, str], Verdict]] = {
    "a constant": ("me", "me", {}, Verdict.VALID),
    "another": ("me", "you", {}, Verdict.INVALID),
    "missing": ("me", None, {}, Verdict.INVALID),
    "one of two": (["me", "you"], "you", {}, Verdict.VALID),
    "one of the token's": ("me", ["you", "me"], {}, Verdict.VALID),
    "true": (True, True, {}, Verdict.VALID),
    "true is not 1": (True, 1, {}, Verdict.INVALID),
    "true is not a word": (True, "true", {}, Verdict.INVALID),
    "a fact": ("{audience}", "me", {"audience": "me"}, Verdict.VALID),
    "another fact": ("{audience}", "me", {"audience": "you"}, Verdict.INVALID),
    "a fact as a number": ("{account}", 17, {"account": "17"}, Verdict.VALID),
    "an unknown fact": ("{audience}", "me", {}, Verdict.VALID),
    "the first known fact": (["{audience}", "{url}"], "me", {"audience": "me"}, Verdict.VALID),
    "the first known fact, wrong": (["{audience}", "{url}"], URL, {"audience": "me"}, Verdict.INVALID),
    "the address": ("{url}", URL, {}, Verdict.VALID),
    "another address": ("{url}", "https://hooks.example/", {}, Verdict.INVALID),
    "an object": ("me", {"me": 1}, {}, Verdict.INVALID),
}


@pytest.mark.parametrize("name", CLAIMS)
def test_claims_are_compared_with_constants_facts_and_the_address(name: str) -> None:
    wanted, sent, facts, verdict = CLAIMS[name]
    text = forged({"alg": "HS256"}, {} if sent is None else {"c": sent}, SHARED.encode())
    assert check(recipe(claims={"c": wanted}), carrying(text), SHARED, facts=facts).verdict is verdict


def test_an_address_only_this_computer_knows_is_not_compared() -> None:
    found = check(
        recipe(claims={"aud": "{url}"}), carrying(token({"aud": URL})), SHARED, url="http://localhost:8787/in/abc"
    )
    assert found.verdict is Verdict.VALID
    assert any(step.state is StepState.SKIPPED and "public address" in step.hint for step in found.steps)


def test_a_claim_may_go_by_either_of_two_names() -> None:
    scheme = recipe(claims={"azp|appid": "me"})
    for name, verdict in (("azp", Verdict.VALID), ("appid", Verdict.VALID), ("app", Verdict.INVALID)):
        assert check(scheme, carrying(token({name: "me"})), SHARED).verdict is verdict


def test_the_address_hash_covers_the_query_too() -> None:
    made = hashlib.sha256(f"{URL}?a=1".encode()).hexdigest()
    scheme = recipe(url_claim="u")
    assert check(scheme, carrying(token({"u": made}), target="/in/abc?a=1"), SHARED).verdict is Verdict.VALID
    assert check(scheme, carrying(token({"u": made}), target="/in/abc?a=2"), SHARED).title == "The address differs"


def published(**table: Any) -> Recipe:
    return recipe(algs=["RS256"], keys_url=KEYS_URL, fetch=[KEYS_URL], **table)


def test_published_keys_are_asked_for_by_their_address_and_used_once_at_hand() -> None:
    request = carrying(token(alg="RS256", key=private("rsa"), kid="a"))
    found = check(published(), request)
    assert (found.verdict, found.needs_url) == (Verdict.NO_SECRET, KEYS_URL)
    keys = key_set(jwk("RS256", "b", 1), jwk("RS256", "a"))
    assert check(published(), request, documents={KEYS_URL: keys}).verdict is Verdict.VALID
    other = check(published(), request, documents={KEYS_URL: key_set(jwk("RS256", "b"))})
    assert (other.verdict, other.title) == (Verdict.INVALID, "The key is not known")
    assert check(published(), request, documents={"https://evil.example/": keys}).verdict is Verdict.NO_SECRET


def test_keys_at_hand_from_another_of_the_providers_addresses_count_but_not_from_a_pattern() -> None:
    other = "https://keys.example/certs"
    request = carrying(token(alg="RS256", key=private("rsa"), kid="a"))
    certs = json.dumps({"a": public_pem("rsa")})
    base: dict[str, Any] = {"algs": ["RS256"], "keys_url": KEYS_URL}
    assert check(recipe(fetch=[KEYS_URL, other], **base), request, documents={other: certs}).verdict is Verdict.VALID
    anywhere = recipe(fetch=["https://*.example/*"], **base)
    assert check(anywhere, request, documents={other: certs}).verdict is Verdict.NO_SECRET


def test_a_token_never_chooses_where_its_key_lies() -> None:
    request = carrying(
        token(alg="RS256", key=private("rsa", 1), jku="https://evil.example/jwks", jwk=jwk("RS256", number=1))
    )
    found = check(published(), request, documents={"https://evil.example/jwks": key_set(jwk("RS256", number=1))})
    assert (found.verdict, found.needs_url) == (Verdict.NO_SECRET, KEYS_URL)
    assert check(published(), request, public_pem("rsa")).verdict is Verdict.INVALID


def test_a_single_key_is_asked_for_by_the_id_the_token_names_within_the_pattern() -> None:
    scheme = recipe(algs=["RS256"], kid_url="https://keys.example/k/{kid}", fetch=["https://keys.example/k/*"])
    request = carrying(token(alg="RS256", key=private("rsa"), kid="k-1"))
    assert check(scheme, request).needs_url == "https://keys.example/k/k-1"
    assert check(scheme, request, documents={"https://keys.example/k/k-1": public_pem("rsa")}).verdict is Verdict.VALID
    sly = carrying(token(alg="RS256", key=private("rsa"), kid="../../x?y"))
    assert check(scheme, sly).needs_url == ""


def test_every_token_of_a_list_must_fit() -> None:
    scheme = recipe(signature="json:tokens", algs=["RS256"])
    good, bad = (token(alg="RS256", key=private("rsa", number)) for number in (0, 1))
    for texts, verdict in (([good], Verdict.VALID), ([good, good], Verdict.VALID), ([good, bad], Verdict.INVALID)):
        body = json.dumps({"tokens": texts}).encode()
        assert check(scheme, a_request(body), public_pem("rsa")).verdict is verdict
    for bad in (
        b'{"tokens":[]}',
        json.dumps({"tokens": [good, 7]}).encode(),
        json.dumps({"tokens": [good] * 51}).encode(),
    ):
        assert check(scheme, a_request(bad), public_pem("rsa")).verdict is Verdict.INVALID


SIGNING: dict[str, tuple[dict[str, Any], str, str]] = {
    "shared": ({"claims": {"iss": "me", "sub": "{url}"}, **BOUND}, SHARED, SHARED),
    "hash of the address": ({"url_claim": "u", "required_claims": ["jti"], **BOUND}, SHARED, SHARED),
    "query hash": ({"query_claim": "qsh", "prefix": "JWT "}, SHARED, SHARED),
    "in the query": ({"signature": "query:jwt"}, SHARED, SHARED),
    "in the body": (
        {"signature": "body", "algs": ["RS256"], "data_claim": "data"},
        private_pem("rsa"),
        public_pem("rsa"),
    ),
    "claims in the body": ({"signature": "body", "algs": ["ES256"]}, private_pem("p256"), public_pem("p256")),
    "rsa": ({"algs": ["RS256"], **BOUND}, private_pem("rsa"), public_pem("rsa")),
    "rsa or secret": ({"algs": ["HS256", "PS384"], **BOUND}, private_pem("rsa"), public_pem("rsa")),
    "ed25519": ({"algs": ["EdDSA"], **BOUND}, private_pem("ed25519"), public_pem("ed25519")),
    "either name": ({"claims": {"azp|appid": "me"}}, SHARED, SHARED),
    "path": ({"body_claim": "data.SHA256", "body_encoding": "base64url"}, SHARED, SHARED),
}


@pytest.mark.parametrize("name", SIGNING)
def test_signing_makes_a_token_that_is_valid_and_replaces_an_old_one(name: str) -> None:
    table, secret, public = SIGNING[name]
    scheme = recipe(**table)
    request = a_request(target="/in/abc?x=1")
    later = NOON + timedelta(hours=1)
    for moment in (NOON, later):
        request = sign(request, (scheme,), Secret(secret), url=URL, now=moment)
        found = verify(request, Payload(request), (scheme,), [Secret(public)], scheme="x", url=URL, now=moment)
        assert found.verdict is Verdict.VALID, found
        assert found.age_s == 0.0
    assert signed_bytes(request, Payload(request), scheme, url=URL)
    stale = verify(
        request, Payload(request), (scheme,), [Secret(public)], scheme="x", url=URL, now=later + timedelta(days=1)
    )
    assert stale.verdict is Verdict.STALE


def test_signing_again_keeps_what_the_old_token_said() -> None:
    old = carrying(token({"iss": "them", "room": "a", "exp": 1, "jti": "x", "hash": "old"}, "HS512"))
    made = sign(old, (recipe(algs=["HS256", "HS512"], **BOUND),), Secret(SHARED), url=URL, now=NOON)
    text = made.header("Authorization")
    claims = jwt.decode(text, SHARED, algorithms=["HS512"], options={"verify_exp": False, "verify_iat": False})
    assert (claims["iss"], claims["room"], claims["hash"], claims["exp"]) == ("them", "a", HASH, NOW + 300)
    assert claims["jti"] != "x"


def test_rich_notifications_of_microsoft_graph_need_every_token_to_be_of_its_publisher() -> None:
    profile = load_catalogue([resource_path("providers")]).get("microsoft-graph-rich")
    assert profile is not None
    publisher = "0bf30f3b-4a52-48df-9a82-234910c4a086"
    address = "https://login.microsoftonline.com/common/discovery/v2.0/keys"

    def verdict(*parties: str, claim: str = "azp", audience: str = "app", **options: Any) -> Verification:
        claims = [{"aud": audience, claim: party, "exp": NOW + 60} for party in parties]
        texts = [token(each, "RS256", private("rsa"), kid="m1") for each in claims]
        body = json.dumps({"value": [{"clientState": "state"}], "validationTokens": texts}).encode()
        request = a_request(body)
        options = {"documents": {address: key_set(jwk("RS256", "m1"))}, "facts": {"app_id": "app"}} | options
        secrets = [Secret("state")]
        found = (profile.recipes, secrets)
        return verify(request, Payload(request), *found, scheme="x", url=URL, now=NOON, **options)

    assert verdict(publisher).verdict is Verdict.VALID
    assert verdict(publisher, publisher, claim="appid").verdict is Verdict.VALID
    assert verdict(publisher, "somebody").verdict is Verdict.INVALID
    assert verdict(publisher, audience="another app").verdict is Verdict.INVALID
    assert verdict(publisher, documents={}).needs_url == address
    plain = a_request(b'{"value":[{"clientState":"state"}]}')
    found = verify(plain, Payload(plain), profile.recipes, [Secret("state")], scheme="x", url=URL, now=NOON)
    assert (found.verdict, found.covers) == (Verdict.VALID, Covers.NONE)
