"""Signatures that vendors publish or their own SDKs made; nothing here was computed with our code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict, Verification
from inspector.payload.body import Payload
from inspector.providers.catalogue import Catalogue, load_catalogue
from inspector.resources import resource_path
from inspector.signatures.engine import verify
from inspector.signatures.recipe import parse_recipe
from tests.builders import a_request, headers_of

SDK_SECRET = "whsec_dGVzdC1zZWNyZXQtMTIzNDU2"
SDK_BODY = b'{"event":"message.delivered","message_id":"msg_7f3a"}'
SDK_TIME = 1772366400

SLACK_BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
    b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
    b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
    b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
TWILIO_URL = "https://mycompany.com/myapp.php"
TWILIO_FORM = b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
TWILIO_HASH = "7e7a43d3a395d5edc9df3acdd4c6a4f1bc3d491b93d5a79cb5ebf0dbed520d79"
FORM = ("Content-Type", "application/x-www-form-urlencoded")
JSON = ("Content-Type", "application/json")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue([resource_path("providers")])


def verdict_of(
    catalogue: Catalogue, provider: str, request: Request, secret: str, *, url: str = "", at: int = SDK_TIME
) -> Verification:
    profile = catalogue.get(provider)
    assert profile is not None
    now = datetime.fromtimestamp(at, UTC)
    return verify(request, Payload(request), profile.recipes, [Secret(secret)], scheme=provider, url=url, now=now)


def request_of(lines: Sequence[tuple[str, str]], body: bytes, target: str = "/in/abc") -> Request:
    return a_request(body, target=target, headers=headers_of(lines))


VECTORS: dict[str, tuple[str, Request, str, dict[str, Any]]] = {
    # docs.github.com, "Testing the webhook payload validation"
    "github": (
        "github",
        request_of(
            [("X-Hub-Signature-256", "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17")],
            b"Hello, World!",
        ),
        "It's a Secret to Everybody",
        {},
    ),
    # docs.slack.dev, "Verifying requests from Slack"
    "slack": (
        "slack",
        request_of(
            [
                ("X-Slack-Request-Timestamp", "1531420618"),
                ("X-Slack-Signature", "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"),
                FORM,
            ],
            SLACK_BODY,
        ),
        "8f742231b10e8888abcd99yyyzzz85a5",
        {"at": 1531420618},
    ),
    # The example that the Standard Webhooks and Svix libraries share
    "standard webhooks": (
        "standard-webhooks",
        request_of(
            [
                ("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
                ("webhook-timestamp", "1614265330"),
                ("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
            ],
            b'{"test": 2432232314}',
        ),
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        {"at": 1614265330},
    ),
    # twilio.com/docs/usage/security
    "twilio form": (
        "twilio",
        request_of([FORM, ("X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")], TWILIO_FORM, "/in/abc?foo=1&bar=2"),
        "12345",
        {"url": TWILIO_URL},
    ),
    # made with stripe 16.1.0
    "stripe sdk": (
        "stripe",
        request_of(
            [
                (
                    "Stripe-Signature",
                    "t=1772366400,v1=f427064c3a70ad4e305c5b3a0fb1de2c290d44d8ab29064ad08d6cb56edeb040",
                )
            ],
            SDK_BODY,
        ),
        SDK_SECRET,
        {},
    ),
    # made with standardwebhooks 1.1.0
    "standardwebhooks sdk": (
        "standard-webhooks",
        request_of(
            [
                ("webhook-id", "msg_1"),
                ("webhook-timestamp", "1772366400"),
                ("webhook-signature", "v1,tKcIJckfmvkFSHKTy3g6jLRhwLwUVDo/KK7uCiDOvw8="),
            ],
            SDK_BODY,
        ),
        SDK_SECRET,
        {},
    ),
    # made with svix 2.9.1
    "svix sdk": (
        "standard-webhooks",
        request_of(
            [
                ("svix-id", "msg_1"),
                ("svix-timestamp", "1772366400"),
                ("svix-signature", "v1a,abcd v1,tKcIJckfmvkFSHKTy3g6jLRhwLwUVDo/KK7uCiDOvw8="),
            ],
            SDK_BODY,
        ),
        SDK_SECRET,
        {},
    ),
    # the next four made with twilio 9.13.0, RequestValidator.compute_signature
    "twilio shared key": (
        "twilio",
        request_of(
            [
                FORM,
                ("X-Twilio-Webhooks-Signature-Settings", "key=webhooks_sharedkey_1,algorithm=HMAC_SHA256"),
                ("X-Twilio-Signature", "A9IknK8KxytNcfPplSJdGLbYgkBvLOtO4Qj4Ym17dQo="),
            ],
            b"A=1&B=%C3%BC",
            "/in/abc?foo=1&bar=2",
        ),
        "12345",
        {"url": TWILIO_URL},
    ),
    "twilio signed with the default port": (
        "twilio",
        request_of([FORM, ("X-Twilio-Signature", "T09ZmDTWf5VDyox4wC+5TsCsLyU=")], b"A=1", "/in/abc?foo=1&bar=2"),
        "12345",
        {"url": TWILIO_URL},
    ),
    "twilio repeated fields": (
        "twilio",
        request_of(
            [FORM, ("X-Twilio-Signature", "UYcUicPQ8HcmFcvLL3j1P1ueNQk=")], b"B=2&A=x&B=1&B=2", "/in/abc?foo=1&bar=2"
        ),
        "12345",
        {"url": TWILIO_URL},
    ),
    "twilio json": (
        "twilio",
        request_of(
            [JSON, ("X-Twilio-Signature", "lKD4LeEZEtX0TXkUCsm+lpG8PVA=")],
            SDK_BODY,
            f"/in/abc?bodySHA256={TWILIO_HASH}",
        ),
        "12345",
        {"url": TWILIO_URL},
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_a_published_signature_is_valid(catalogue: Catalogue, name: str) -> None:
    provider, request, secret, options = VECTORS[name]
    found = verdict_of(catalogue, provider, request, secret, **options)
    assert found.verdict is Verdict.VALID, found
    assert found.title == "Signed by the provider."


@pytest.mark.parametrize("name", VECTORS)
def test_a_published_signature_is_invalid_with_another_secret(catalogue: Catalogue, name: str) -> None:
    provider, request, secret, options = VECTORS[name]
    found = verdict_of(catalogue, provider, request, secret[:-1] + ("A" if secret[-1] != "A" else "B"), **options)
    assert found.verdict is Verdict.INVALID


def test_a_wrong_body_hash_in_a_signed_twilio_url_is_invalid_and_named(catalogue: Catalogue) -> None:
    _provider, request, secret, options = VECTORS["twilio json"]
    changed = a_request(SDK_BODY + b" ", target=request.target, headers=request.headers)
    found = verdict_of(catalogue, "twilio", changed, secret, **options)
    assert found.verdict is Verdict.INVALID
    assert found.title == "The body was changed"
    assert found.steps[-1].got == TWILIO_HASH


# Schemes of section 4 that no bundled provider uses, each with an example its vendor publishes.
LANGUAGE: dict[str, tuple[dict[str, Any], Request, str, int]] = {
    # circleci.com/docs/webhooks, "Validate webhooks"
    "circleci 1": (
        {"signature": "header:circleci-signature", "signed": "{body}", "items": ",", "pair": "=", "field": "v1"},
        request_of(
            [("circleci-signature", "v1=734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a")],
            b"hello world",
        ),
        "secret",
        0,
    ),
    "circleci 2": (
        {"signature": "header:circleci-signature", "signed": "{body}", "items": ",", "pair": "=", "field": "v1"},
        request_of(
            [("circleci-signature", "v2=x, v1=daa220016c8f29a8b214fbfc3671aeec2145cfb1e6790184ffb38b6d0425fa00")],
            b"lalala",
        ),
        "another-secret",
        0,
    ),
    # developer.box.com and the Box SDKs' tests
    "box": (
        {
            "signature": ["header:box-signature-primary", "header:box-signature-secondary"],
            "signed": "{body}{header:box-delivery-timestamp}",
            "encoding": "base64",
            "time": {"from": "header:box-delivery-timestamp", "unit": "iso", "tolerance": 600},
            "require": {"header:box-signature-version": "1", "header:box-signature-algorithm": "HmacSHA256"},
        },
        request_of(
            [
                ("box-delivery-timestamp", "2020-01-01T00:00:00-07:00"),
                ("box-signature-algorithm", "HmacSHA256"),
                ("box-signature-version", "1"),
                ("box-signature-primary", "6TfeAW3A1PASkgboxxA5yqHNKOwFyMWuEXny/FPD5hI="),
            ],
            b'{"type":"webhook_event","webhook":{"id":"1234567890"},"trigger":"FILE.UPLOADED","source":'
            b'{"id":"1234567890","type":"file","name":"Test.txt"}}',
        ),
        "SamplePrimaryKey",
        1577862000,
    ),
    # Adyen's API libraries, HmacSignatureTest
    "adyen": (
        {
            "signature": "json:additionalData.hmacSignature",
            "signed": "{json:pspReference}:{json:originalReference?}:{json:merchantAccountCode}"
            ":{json:merchantReference}:{json:amount.value}:{json:amount.currency}:{json:eventCode}:{json:success}",
            "encoding": "base64",
            "key": "hex",
        },
        request_of(
            [JSON],
            b'{"pspReference":"7914073381342284","merchantAccountCode":"TestMerchant","merchantReference":'
            b'"TestPayment-1407325143704","amount":{"value":1130,"currency":"EUR"},"eventCode":"AUTHORISATION",'
            b'"success":"true","additionalData":{"hmacSignature":"Ny9gS2veKo5E4w8/OL6xz1/wvT/hYkAXy1xNc/QvO4I="}}',
        ),
        "DFB1EB5485895CFA84146406857104ABB4CBCABDC8AAF103A624C8F6A3EAAB00",
        0,
    ),
}


@pytest.mark.parametrize("name", LANGUAGE)
def test_a_scheme_written_as_a_table_reproduces_the_vendors_example(name: str) -> None:
    table, request, secret, at = LANGUAGE[name]
    recipe = parse_recipe(table, "example.toml: signing")
    now = datetime.fromtimestamp(at, UTC)
    found = verify(request, Payload(request), (recipe,), [Secret(secret)], scheme="x", url="", now=now)
    assert found.verdict is Verdict.VALID, found
