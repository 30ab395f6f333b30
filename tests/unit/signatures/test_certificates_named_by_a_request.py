"""AWS SNS and PayPal: the request names a certificate, which must be the provider's and at hand."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from inspector.domain.errors import ProviderError, UsageError
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict, Verification
from inspector.payload.body import Payload
from inspector.signatures.documents import is_allowed, parse_pattern
from inspector.signatures.engine import sign, signature_headers, signed_bytes, verify
from inspector.signatures.recipe import Recipe, parse_recipe
from tests.builders import NOON, a_request, headers_of
from tests.certificates import certificate
from tests.key_pairs import other_rsa_pair, rsa_pair

KEY = load_pem_private_key(rsa_pair()[0].encode(), None)
OTHER = load_pem_private_key(other_rsa_pair()[0].encode(), None)
assert isinstance(KEY, rsa.RSAPrivateKey)

SNS = parse_recipe(
    {
        "kind": "aws-sns",
        "signature": "json:Signature",
        "fetch": ["https://sns.*.amazonaws.com/*.pem", "https://sns.*.amazonaws.com.cn/*.pem"],
    },
    "aws-sns.toml: signing",
)
PAYPAL = parse_recipe(
    {
        "kind": "paypal",
        "signature": "header:PAYPAL-TRANSMISSION-SIG",
        "fetch": ["https://*.paypal.com/*", "https://*.sandbox.paypal.com/*"],
    },
    "paypal.toml: signing",
)

SNS_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"
SNS_PEM = certificate("sns.amazonaws.com", KEY)
HASHES = {"1": hashes.SHA1(), "2": hashes.SHA256()}
ORDER = {
    "Notification": ("Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"),
    "SubscriptionConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
    "UnsubscribeConfirmation": ("Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"),
}


def message(kind: str = "Notification", version: str = "2", **more: Any) -> dict[str, Any]:
    """Return an SNS message signed the way AWS documents it."""
    fields: dict[str, Any] = {
        "Type": kind,
        "MessageId": "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
        "TopicArn": "arn:aws:sns:eu-west-1:123456789012:mine",
        "Message": '{"eventType":"RCS_DELIVERED","text":"Grüße\\n"}',
        "Timestamp": "2026-03-01T11:59:59.123Z",
        "SignatureVersion": version,
        "SigningCertURL": SNS_URL,
    }
    if kind != "Notification":
        fields |= {"Token": "2336412f37", "SubscribeURL": "https://sns.eu-west-1.amazonaws.com/?Action=Confirm"}
    fields |= more
    text = "".join(f"{name}\n{fields[name]}\n" for name in ORDER[kind] if name in fields)
    made = KEY.sign(text.encode(), padding.PKCS1v15(), HASHES[version])
    return fields | {"Signature": base64.b64encode(made).decode()}


def delivered(fields: Mapping[str, Any]) -> Request:
    body = json.dumps(fields, ensure_ascii=False, indent=2).encode()
    return a_request(body, headers=headers_of([("Content-Type", "text/plain; charset=UTF-8")]))


def check(
    sent: Request,
    recipe: Recipe = SNS,
    *secrets: str,
    facts: Mapping[str, str] = {},
    documents: Mapping[str, str] = {SNS_URL: SNS_PEM},
) -> Verification:
    return verify(
        sent,
        Payload(sent),
        (recipe,),
        [Secret(secret) for secret in secrets],
        scheme="x",
        url="",
        now=NOON,
        facts=facts,
        documents=documents,
    )


@pytest.mark.parametrize("kind", ORDER)
@pytest.mark.parametrize("version", ["1", "2"])
def test_sns_messages_of_all_types_and_versions_are_valid(kind: str, version: str) -> None:
    found = check(delivered(message(kind, version)))
    assert found.verdict is Verdict.VALID, found
    assert [step.name for step in found.steps][:2] == ["Signature present", "Certificate address"]


def test_an_sns_subject_is_signed_where_there_is_one() -> None:
    fields = message(Subject="Hello")
    assert check(delivered(fields)).verdict is Verdict.VALID
    assert check(delivered(fields | {"Subject": "Bye"})).verdict is Verdict.INVALID
    assert check(delivered(message() | {"Subject": None})).verdict is Verdict.VALID
    assert check(delivered(message() | {"Subject": "Added"})).verdict is Verdict.INVALID


@pytest.mark.parametrize("kind", ORDER)
def test_every_signed_sns_field_counts(kind: str) -> None:
    fields = message(kind)
    for name in {*ORDER[kind], "SignatureVersion", "Signature", "SigningCertURL"} & set(fields):
        changed = fields | {name: "1" if name == "SignatureVersion" else f"{fields[name]}x"}
        assert check(delivered(changed)).verdict is Verdict.INVALID, name
        without = {key: value for key, value in fields.items() if key != name}
        verdict = Verdict.UNSIGNED if name == "Signature" else Verdict.INVALID
        assert check(delivered(without)).verdict is verdict, name


def test_an_sns_version_that_does_not_exist_is_invalid() -> None:
    for version in ("0", "3", "none", "", 2.5, ["2"]):
        assert check(delivered(message() | {"SignatureVersion": version})).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-west-1.amazonaws.com/x.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/x.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/x.pem",
        "https://evil.example/sns.eu-west-1.amazonaws.com/x.pem",
        "https://sns.eu.west.amazonaws.com/x.pem",
        "https://s3.eu-west-1.amazonaws.com/x.pem",
        "https://sns.eu-west-1.amazonaws.com/x.txt",
        "https://sns.eu-west-1.amazonaws.com/x.txt?y=.pem",
        "https://sns.eu-west-1.amazonaws.com/x.txt#.pem",
        "https://sns.eu-west-1.amazonaws.com:8443/x.pem",
        "https://sns..amazonaws.com/x.pem",
        "https://sns.eu-west-1.amazonaws.com\\@evil.example/x.pem",
        " https://sns.eu-west-1.amazonaws.com/x.pem",
        "https://sns.eu-west-1.amazonaws.com/x.pem\n",
        "file:///x.pem",
        "",
    ],
)
def test_a_certificate_of_somebody_else_is_refused_even_where_it_is_at_hand(url: str) -> None:
    found = check(delivered(message(SigningCertURL=url)), documents={url: SNS_PEM})
    assert (found.verdict, found.needs_url) == (Verdict.INVALID, "")
    assert found.title == "The certificate address is not the provider's"


def test_a_certificate_that_is_not_at_hand_is_asked_for() -> None:
    for documents in ({}, {SNS_URL: ""}, {f"{SNS_URL}x": SNS_PEM}):
        found = check(delivered(message()), documents=documents)
        assert (found.verdict, found.needs_url) == (Verdict.NO_SECRET, SNS_URL)
    assert check(delivered(message()), SNS, SNS_PEM, documents={}).verdict is Verdict.VALID
    assert check(delivered(message()), SNS, "not a key", documents={}).needs_url == SNS_URL


def test_a_certificate_that_does_not_fit_is_said_so() -> None:
    found = check(delivered(message()), documents={SNS_URL: certificate("sns.amazonaws.com", OTHER)})
    assert found.verdict is Verdict.INVALID
    assert found.summary == "Well formed, but does not fit the certificate."
    assert check(delivered(message()), documents={SNS_URL: "garbage"}).verdict is Verdict.INVALID


def test_another_topic_is_invalid_where_the_topic_is_known() -> None:
    sent = delivered(message())
    assert check(sent, facts={"topic_arn": "arn:aws:sns:eu-west-1:123456789012:mine"}).verdict is Verdict.VALID
    found = check(sent, facts={"topic_arn": "arn:aws:sns:eu-west-1:123456789012:other"})
    assert (found.verdict, found.title) == (Verdict.INVALID, "This is another topic")


def test_an_sns_message_is_signed_anew_and_completed_where_it_must_be() -> None:
    for body in (b"{}", b'{"Type":"SubscriptionConfirmation"}', json.dumps(message("Notification", "1")).encode()):
        made = sign(a_request(body), (SNS,), Secret(rsa_pair()[0]), url="", now=NOON)
        found = check(made, SNS, rsa_pair()[1], documents={})
        assert found.verdict is Verdict.VALID, found
        assert found.age_s == 0
    with pytest.raises(UsageError):
        sign(a_request(b"text"), (SNS,), Secret(rsa_pair()[0]), url="", now=NOON)
    with pytest.raises(UsageError):
        sign(a_request(b"{}"), (SNS,), Secret(rsa_pair()[1]), url="", now=NOON)


def test_the_signed_sns_text_is_shown() -> None:
    sent = delivered(message("SubscriptionConfirmation"))
    text = signed_bytes(sent, Payload(sent), SNS)
    assert text is not None
    assert text.startswith(b"Message\n")
    assert b"\nSubscribeURL\nhttps://" in text
    assert signed_bytes(a_request(b"{}"), Payload(a_request(b"{}")), SNS) is None


def test_a_definition_without_addresses_is_refused() -> None:
    for kind in ("aws-sns", "paypal"):
        with pytest.raises(ProviderError, match="fetch"):
            parse_recipe({"kind": kind, "signature": "json:Signature"}, "x.toml: signing")
        with pytest.raises(ProviderError, match="prefix"):
            parse_recipe({"kind": kind, "signature": "json:S", "prefix": "x"}, "x.toml: signing")


WEBHOOK_ID = "8PT597110X687430LKGECATA"
OWNER = "messageverificationcerts.paypal.com"
PAYPAL_URL = "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-5edc0ebc"
PAYPAL_PEM = certificate(OWNER, KEY)
EVENT = b'{"id":"WH-1","event_type":"PAYMENT.SALE.COMPLETED"}'


def paid(body: bytes = EVENT, algorithm: str = "SHA256withRSA", webhook_id: str = WEBHOOK_ID) -> Request:
    """Return a PayPal webhook signed the way PayPal documents it."""
    at = "2026-03-01T11:59:58Z"
    text = f"b2384410-f8d2|{at}|{webhook_id}|{zlib.crc32(body)}".encode()
    hashed = HASHES["1" if algorithm.startswith("SHA1") else "2"]
    lines = [
        ("Paypal-Transmission-Id", "b2384410-f8d2"),
        ("Paypal-Transmission-Time", at),
        ("Paypal-Transmission-Sig", base64.b64encode(KEY.sign(text, padding.PKCS1v15(), hashed)).decode()),
        ("Paypal-Cert-Url", PAYPAL_URL),
        ("Paypal-Auth-Algo", algorithm),
    ]
    return a_request(body, headers=headers_of(lines))


def without(sent: Request, name: str) -> Request:
    kept = tuple(line for line in sent.headers if line[0].lower() != name.lower().encode())
    return replace(sent, headers=kept)


def with_header(sent: Request, name: str, value: str) -> Request:
    return replace(sent, headers=(*without(sent, name).headers, (name.encode(), value.encode())))


AT_HAND = {PAYPAL_URL: PAYPAL_PEM}


@pytest.mark.parametrize("algorithm", ["SHA256withRSA", "SHA1withRSA"])
def test_a_paypal_event_is_valid_with_the_id_as_a_fact_or_as_the_secret(algorithm: str) -> None:
    sent = paid(algorithm=algorithm)
    assert check(sent, PAYPAL, facts={"webhook_id": WEBHOOK_ID}, documents=AT_HAND).verdict is Verdict.VALID
    assert check(sent, PAYPAL, WEBHOOK_ID, documents=AT_HAND).verdict is Verdict.VALID
    assert check(sent, PAYPAL, "older-id", WEBHOOK_ID, documents=AT_HAND).verdict is Verdict.VALID
    assert check(sent, PAYPAL, WEBHOOK_ID, PAYPAL_PEM, documents={}).verdict is Verdict.VALID
    assert check(sent, PAYPAL, WEBHOOK_ID, rsa_pair()[1], documents={}).verdict is Verdict.VALID


def test_a_changed_paypal_event_is_invalid() -> None:
    sent = paid()
    for changed in (
        replace(sent, body=EVENT + b" "),
        with_header(sent, "PAYPAL-TRANSMISSION-ID", "another"),
        with_header(sent, "PAYPAL-TRANSMISSION-TIME", "2026-03-01T11:59:59Z"),
        with_header(sent, "PAYPAL-AUTH-ALGO", "SHA1withRSA"),
        with_header(sent, "PAYPAL-AUTH-ALGO", "none"),
        with_header(sent, "PAYPAL-CERT-URL", "https://evil.example/cert.pem"),
        *(
            without(sent, f"PAYPAL-{name}")
            for name in ("TRANSMISSION-ID", "TRANSMISSION-TIME", "AUTH-ALGO", "CERT-URL")
        ),
    ):
        assert check(changed, PAYPAL, WEBHOOK_ID, documents=AT_HAND).verdict is Verdict.INVALID
    assert check(paid(webhook_id="other"), PAYPAL, WEBHOOK_ID, documents=AT_HAND).verdict is Verdict.INVALID
    assert check(without(sent, "PAYPAL-TRANSMISSION-SIG"), PAYPAL, WEBHOOK_ID).verdict is Verdict.UNSIGNED


@pytest.mark.parametrize(
    ("pem", "why"),
    [
        (certificate("paypal.example", KEY), "made out to somebody else"),
        (certificate("notpaypal.com", KEY), "made out to somebody else"),
        (certificate(f"{OWNER}.evil.example", KEY), "made out to somebody else"),
        (certificate(OWNER, KEY, until=NOON - timedelta(days=1)), "run out"),
        (certificate(OWNER, KEY, issuer="Root", issuer_key=KEY) + certificate("Root", OTHER), "chain is broken"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "no certificate"),
        ("<html>", "no certificate"),
    ],
)
def test_a_certificate_that_is_not_paypals_is_refused_and_why(pem: str, why: str) -> None:
    found = check(paid(), PAYPAL, WEBHOOK_ID, documents={PAYPAL_URL: pem})
    assert found.verdict is Verdict.INVALID
    assert why in found.summary


def test_a_whole_chain_is_accepted() -> None:
    chain = certificate(OWNER, KEY, issuer="Root", issuer_key=OTHER) + certificate("Root", OTHER)
    assert check(paid(), PAYPAL, WEBHOOK_ID, documents={PAYPAL_URL: chain}).verdict is Verdict.VALID


def test_a_paypal_certificate_is_asked_for_and_the_webhook_id_too() -> None:
    found = check(paid(), PAYPAL, WEBHOOK_ID, documents={})
    assert (found.verdict, found.needs_url) == (Verdict.NO_SECRET, PAYPAL_URL)
    found = check(paid(), PAYPAL, documents=AT_HAND)
    assert (found.verdict, found.needs_url) == (Verdict.NO_SECRET, "")
    assert "webhook ID" in found.title


def test_a_paypal_event_is_signed_anew() -> None:
    facts = {"webhook_id": WEBHOOK_ID}
    made = sign(a_request(EVENT), (PAYPAL,), Secret(rsa_pair()[0]), url="", now=NOON, facts=facts)
    found = check(made, PAYPAL, rsa_pair()[1], facts=facts, documents={})
    assert found.verdict is Verdict.VALID
    text = signed_bytes(made, Payload(made), PAYPAL, facts=facts)
    assert text is not None
    assert text.endswith(f"|{WEBHOOK_ID}|{zlib.crc32(EVENT)}".encode())
    with pytest.raises(UsageError, match="webhook ID"):
        sign(a_request(EVENT), (PAYPAL,), Secret(rsa_pair()[0]), url="", now=NOON)


def test_the_headers_of_a_scheme_with_code_are_known() -> None:
    assert signature_headers((PAYPAL,)) == (
        *("PAYPAL-TRANSMISSION-SIG", "PAYPAL-TRANSMISSION-ID", "PAYPAL-TRANSMISSION-TIME"),
        *("PAYPAL-AUTH-ALGO", "PAYPAL-CERT-URL"),
    )
    assert signature_headers((SNS,)) == ()


@pytest.mark.parametrize("text", ["http://a.example/x", "https://*/x", "https://*.*/x", "https://a.example", "a", ""])
def test_a_pattern_that_allows_everything_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no pattern"):
        parse_pattern(text)


def test_a_star_in_a_host_is_no_dot() -> None:
    patterns = (parse_pattern("https://*.paypal.com/*"),)
    assert is_allowed("https://api.paypal.com/v1/x", patterns)
    assert is_allowed("HTTPS://API.PayPal.com/v1/x", patterns)
    for url in (
        "https://paypal.com/x",
        "https://a.b.paypal.com/x",
        "https://x.com/.paypal.com/x",
        "https://apipaypal.com/x",
    ):
        assert not is_allowed(url, patterns)
