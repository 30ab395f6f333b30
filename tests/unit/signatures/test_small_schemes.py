"""Schemes with a little code of their own, and signatures that vendors publish for the catalogue's providers."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Verdict, Verification
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.signatures.engine import verify
from tests.builders import a_request, headers_of

CATALOGUE = load_catalogue([resource_path("providers")])
URL = "https://hooks.example/in/abc"
BODY = b'{"type":"message.new"}'


def found(
    provider: str,
    lines: Sequence[tuple[str, str]],
    body: bytes = BODY,
    *,
    secret: str = "key",
    target: str = "/in/abc",
    at: int = 1772366400,
    facts: dict[str, str] | None = None,
) -> Verification:
    profile = CATALOGUE.get(provider)
    assert profile is not None
    request = a_request(body, target=target, headers=headers_of(lines))
    now = datetime.fromtimestamp(at, UTC)
    secrets = [Secret(secret)]
    return verify(
        request, Payload(request), profile.recipes, secrets, scheme=provider, url=URL, now=now, facts=facts or {}
    )


def mac(text: bytes, key: bytes = b"key") -> str:
    return hmac.new(key, text, hashlib.sha256).hexdigest()


def test_a_compressed_body_is_signed_as_it_was_before() -> None:
    lines = [("X-Signature", mac(BODY)), ("Content-Encoding", "gzip")]
    assert found("stream-chat", lines, gzip.compress(BODY)).verdict is Verdict.VALID
    assert found("stream-chat", lines, gzip.compress(BODY + b" ")).verdict is Verdict.INVALID
    assert found("stream-chat", lines, b"no gzip").verdict is Verdict.INVALID
    assert found("stream-chat", lines[:1]).verdict is Verdict.VALID


@pytest.mark.parametrize("id", ["123456", "ORD01AB"])
def test_an_id_in_the_address_is_signed_as_it_is_or_in_small_letters(id: str) -> None:
    for signed in {id, id.lower()}:
        value = f"ts=1772366400,v1={mac(f'id:{signed};request-id:r;ts:1772366400;'.encode())}"
        lines = [("x-signature", value), ("x-request-id", "r")]
        valid = found("mercado-pago", lines, target=f"/in/abc?data.id={id}&type=payment")
        assert (valid.verdict, valid.covers) == (Verdict.VALID, Covers.NONE)
        assert found("mercado-pago", lines, target="/in/abc?data.id=7").verdict is Verdict.INVALID


def test_the_second_version_of_hook0_binds_the_headers_it_names() -> None:
    value = mac(b"1772366400.content-type x-event-id.application/json.e1." + BODY)
    line = ("X-Hook0-Signature", f"t=1772366400,h=content-type x-event-id,v1={value}")
    kind = ("Content-Type", "application/json")
    assert found("coinbase-cdp", [line, kind, ("X-Event-Id", "e1")]).verdict is Verdict.VALID
    assert found("coinbase-cdp", [line, kind, ("X-Event-Id", "e2")]).verdict is Verdict.INVALID
    assert found("coinbase-cdp", [line, kind]).verdict is Verdict.INVALID
    assert found("hook0", [line, kind, ("X-Event-Id", "e1")], at=1772370000).verdict is Verdict.STALE


@pytest.mark.parametrize("word", ["Basic", "basic", "BASIC"])
def test_a_user_and_a_password_may_be_one_secret_or_two_values(word: str) -> None:
    lines = [("Authorization", f"{word} {base64.b64encode(b'shop:pa:ss').decode()}")]
    for secret, facts in (("shop:pa:ss", {}), ("pa:ss", {"username": "shop"}), ("shop:pa:ss", {"username": "shop"})):
        valid = found("basic-auth", lines, secret=secret, facts=facts)
        assert (valid.verdict, valid.covers) == (Verdict.VALID, Covers.NONE)
    assert found("basic-auth", lines, secret="shop:pass").verdict is Verdict.INVALID
    assert found("basic-auth", []).verdict is Verdict.UNSIGNED
    assert found("basic-auth", [("Authorization", "Bearer x")]).verdict is Verdict.INVALID


PUBLISHED = {
    # circleci.com/docs/webhooks, "Validate webhooks": body, secret, signature.
    "circleci 1": (
        "circleci",
        "circleci-signature",
        "v1=734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a",
        b"hello world",
        "secret",
    ),
    "circleci 2": (
        "circleci",
        "circleci-signature",
        "v1=daa220016c8f29a8b214fbfc3671aeec2145cfb1e6790184ffb38b6d0425fa00",
        b"lalala",
        "another-secret",
    ),
    "circleci 3": (
        "circleci",
        "circleci-signature",
        "v1=9be2242094a9a8c00c64306f382a7f9d691de910b4a266f67bd314ef18ac49fa,v2=00",
        b"an-important-request-payload",
        "hunter123",
    ),
    # support.atlassian.com, "Manage webhooks", Testing the webhook payload validation.
    "bitbucket": (
        "bitbucket",
        "X-Hub-Signature",
        "sha256=a4771c39fbe90f317c7824e83ddef3caae9cb3d976c214ace1f2937e133263c9",
        b"Hello World!",
        "It's a Secret to Everybody",
    ),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_published_signature_is_valid_and_changed_it_is_not(name: str) -> None:
    provider, header, value, body, secret = PUBLISHED[name]
    assert found(provider, [(header, value)], body, secret=secret).verdict is Verdict.VALID
    assert found(provider, [(header, value)], body + b" ", secret=secret).verdict is Verdict.INVALID
    assert found(provider, [(header, value)], body, secret=secret[:-1]).verdict is Verdict.INVALID


def test_the_published_signature_of_hook0_is_valid() -> None:
    # hook0-client, webhook_verification.rs
    line = ("X-Hook0-Signature", "t=1636936200,v0=1b3d69df55f1e52f05224ba94a5162abeb17ef52cd7f4948c390f810d6a87e98")
    assert found("hook0", [line], b"hello !", secret="secret", at=1636936260).verdict is Verdict.VALID


def test_hygraphs_own_library_made_this_one() -> None:
    # @hygraph/utils, generateWebhookSignature
    value = "sign=HPus/zVmovhoWi/eaPSvy8wj3LWec+Gcodxuh8A8uvE=, env=master, t=1795310259339"
    body = '{"operation":"publish","x":"Zoë \u2028\\"q\\""}'.encode()
    assert found("hygraph", [("gcms-signature", value)], body, secret="s3cret").verdict is Verdict.VALID
    assert found("hygraph", [("gcms-signature", value)], body + b" ", secret="s3cret").verdict is Verdict.INVALID
