"""Causes of schemes with keys, tokens, names and bound bodies; and any request gets some answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict
from inspector.signatures.diagnosis.case import Case
from inspector.signatures.diagnosis.cause import Cause, Diagnosis, Do
from inspector.signatures.diagnosis.search import diagnose
from inspector.signatures.engine import sign
from inspector.signatures.recipe import parse_recipe
from tests.builders import NOON, a_request, headers_of
from tests.unit.signatures.diagnosis.broken import (
    BODY,
    COMPACT,
    FORM,
    LINES,
    SCHEMES,
    SLACK,
    STRIPE,
    TWILIO,
    URL,
    Scheme,
    catalogue,
    delivered,
    known,
    with_header,
)


def found(case: Case) -> tuple[Cause, Do]:
    diagnosis = diagnose(case)
    return diagnosis.cause, diagnosis.action.do


def case_of(table: dict[str, Any], request: Request, *secrets: str, **more: Any) -> Case:
    held = tuple(known(secret, f"s{number}") for number, secret in enumerate(secrets))
    return Case(request, (parse_recipe(table, "own.toml: signing"),), "own", "Own", held, url=URL, **more)


def signed(table: dict[str, Any], secret: str, request: Request | None = None) -> Request:
    recipe = parse_recipe(table, "own.toml: signing")
    return sign(request or a_request(COMPACT), (recipe,), Secret(secret), url=URL, now=NOON)


def test_a_form_that_was_encoded_anew_is_recognised() -> None:
    slack_form = replace(SLACK, headers=headers_of([("Content-Type", "application/x-www-form-urlencoded")]))
    request = delivered(slack_form, FORM, FORM.replace(b"+", b"%20"))
    assert found(slack_form.case(request)) == (Cause.FORM_REWRITTEN, Do.HOW_TO_FIX)


def test_a_signed_header_that_is_missing_is_named() -> None:
    table = {"signature": "header:X-Sig", "signed": "{header:X-Id}.{body}"}
    request = signed(table, "secret", a_request(COMPACT, headers=headers_of([("X-Id", "7")])))
    kept = tuple(line for line in request.headers if line[0] != b"X-Id")
    assert found(case_of(table, replace(request, headers=kept), "other")) == (Cause.VALUE_MISSING, Do.HOW_TO_FIX)


def test_a_required_header_with_another_value_is_named() -> None:
    table = {"signature": "header:X-Sig", "signed": "{body}", "require": {"header:X-Version": "2"}}
    request = with_header(signed(table, "secret"), "X-Version", lambda _value: b"1")
    assert found(case_of(table, request, "secret")) == (Cause.VALUE_MISSING, Do.HOW_TO_FIX)


def test_a_body_whose_signed_hash_is_another_was_changed() -> None:
    twilio_json = replace(TWILIO, body=COMPACT, headers=LINES)
    request = twilio_json.signed()
    changed = replace(request, body=COMPACT.replace(b"evt_7f3a9c", b"evt_000000"))
    assert found(twilio_json.case(changed)) == (Cause.BODY_CHANGED, Do.SHOW_BYTES)
    with_break = replace(request, body=COMPACT + b"\n")
    assert found(twilio_json.case(with_break)) == (Cause.LINE_BREAK, Do.SHOW_BYTES)


def test_a_secret_of_another_form_is_not_usable() -> None:
    table = {"signature": "header:X-Sig", "signed": "{body}", "key": "hex"}
    request = signed(table, "00112233445566778899aabbccddeeff")
    assert found(case_of(table, request, "no hex at all")) == (Cause.SECRET_FORM, Do.EDIT_SECRET)


def test_a_signature_that_is_none_is_not_readable() -> None:
    request = with_header(BODY.signed(), "X-Hub-Signature-256", lambda _value: b"sha256=not a digest")
    assert found(BODY.case(request)) == (Cause.UNREADABLE, Do.EDIT_SECRET)


def test_the_name_of_the_key_is_taken_from_the_header() -> None:
    table = {"signature": "header:X-Sig", "signed": "{body}", "items": "&", "pair": "|", "field_extra": True}
    request = signed(table, "merchant:5b0c7f3a9e1d4826")
    assert found(case_of(table, request, "wrong:5b0c7f3a9e1d4826")) == (Cause.KEY_NAME, Do.REPLACE_SECRET)


def test_a_certificate_that_is_not_at_hand_is_asked_for() -> None:
    profile = catalogue().get("aws-sns")
    assert profile is not None
    url = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-1.pem"
    body = (
        b'{"Type":"Notification","MessageId":"m","TopicArn":"arn:aws:sns:eu-west-1:1:t","Message":"hi","Timestamp":'
        b'"2026-03-01T12:00:00.000Z","SignatureVersion":"2","Signature":"eHh4","SigningCertURL":"'
        + url.encode()
        + b'"}'
    )
    diagnosis = diagnose(Case(a_request(body), profile.recipes, "aws-sns", "Amazon SNS", url=URL))
    assert (diagnosis.cause, diagnosis.action.do, diagnosis.action.value) == (Cause.DOCUMENT, Do.GET_DOCUMENT, url)
    assert [action.do for action in diagnosis.others] == [Do.PASTE_DOCUMENT]


def _pem(key: ec.EllipticCurvePrivateKey) -> str:
    public = key.public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return public.public_bytes(serialization.Encoding.PEM, form).decode()


def _ecdsa(key: ec.EllipticCurvePrivateKey, body: bytes) -> bytes:
    return base64.b64encode(key.sign(body, ec.ECDSA(hashes.SHA256())))


ECDSA = {"kind": "ecdsa", "signature": "header:X-Sig", "signed": "{body}", "encoding": "base64"}


def _ecdsa_case(key: ec.EllipticCurvePrivateKey, came: bytes, stored: str, **more: Any) -> Case:
    request = a_request(came, headers=headers_of([("X-Sig", _ecdsa(key, COMPACT).decode())]))
    return case_of(ECDSA, request, stored, **more)


def test_public_key_schemes_get_causes_too() -> None:
    key, other = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    others = (known(_pem(key), endpoint_id=2, endpoint="Shop"),)
    assert found(_ecdsa_case(key, COMPACT, _pem(other), others=others)) == (Cause.OTHER_ENDPOINT, Do.ADD_SECRET)
    assert found(_ecdsa_case(key, COMPACT + b"\n", _pem(key))) == (Cause.LINE_BREAK, Do.SHOW_BYTES)
    spaced = COMPACT.replace(b'":', b'": ').replace(b',"', b', "').replace(b",2", b", 2").replace(b",{", b", {")
    assert found(_ecdsa_case(key, spaced, _pem(key))) == (Cause.JSON_REWRITTEN, Do.HOW_TO_FIX)
    assert found(_ecdsa_case(key, COMPACT, _pem(other))) == (Cause.UNKNOWN, Do.EDIT_SECRET)


def test_a_token_with_another_label_is_recognised() -> None:
    table = {"kind": "token", "signature": "header:X-Token"}
    request = a_request(COMPACT, headers=headers_of([("X-Token", "Bearer 5b0c7f3a9e1d4826")]))
    assert found(case_of(table, request, "5b0c7f3a9e1d4826")) == (Cause.PREFIX, Do.OWN_SCHEME)


def test_a_jwt_signed_with_the_secret_of_another_endpoint_is_recognised() -> None:
    def part(text: bytes) -> bytes:
        return base64.urlsafe_b64encode(text).rstrip(b"=")

    head = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(b'{"iss":"x","iat":1772366400,"exp":1772370000}')
    made = head + b"." + part(hmac.new(b"0123456789abcdef0123456789abcdef", head, hashlib.sha256).digest())
    table = {"kind": "jwt", "signature": "header:X-Token", "algs": ["HS256"]}
    request = a_request(COMPACT, headers=headers_of([("X-Token", made.decode())]))
    others = (known("0123456789abcdef0123456789abcdef", endpoint_id=2, endpoint="Shop"),)
    assert found(case_of(table, request, "another-secret-another-secret-xx", others=others)) == (
        Cause.OTHER_ENDPOINT,
        Do.ADD_SECRET,
    )


def test_an_action_that_replaces_the_secret_makes_the_signature_valid() -> None:
    request = STRIPE.signed()
    stored = base64.b64encode(STRIPE.secret.encode()).decode()
    diagnosis = diagnose(STRIPE.case(request, secrets=(known(stored, "s1"),)))
    assert diagnosis.action.ref_key == "s1"
    after = STRIPE.case(request, secrets=(known(diagnosis.action.value, "s1"),))
    assert after.check().verdict is Verdict.VALID


def test_secrets_never_show_in_a_diagnosis() -> None:
    secret = "a-very-secret-secret"
    diagnosis = diagnose(BODY.case(BODY.signed(), secrets=(known(f" {secret}", "s1"),)))
    assert diagnosis.action.do is Do.EDIT_SECRET or secret not in repr(diagnosis)
    padded = diagnose(BODY.case(BODY.signed(), secrets=(known(f" {BODY.secret}", "s1"),)))
    assert padded.action.value == BODY.secret
    assert BODY.secret not in repr(padded)


def test_the_search_rests_as_it_goes_and_can_be_given_up() -> None:
    class GivenUp(Exception):
        pass

    moments = iter(range(1_000_000))

    def rest() -> None:
        raise GivenUp

    with pytest.raises(GivenUp):
        diagnose(BODY.case(BODY.signed(secret="unknown")), rest=rest, clock=lambda: next(moments) / 500)


def test_a_search_that_runs_out_of_time_says_so() -> None:
    moments = iter(range(10_000_000))
    others = tuple(known(f"other{number:040d}", endpoint_id=number, endpoint="E") for number in range(1, 6))
    case = BODY.case(BODY.signed(secret="unknown"), others=others)
    assert not diagnose(case, clock=lambda: next(moments) / 100).complete
    assert diagnose(case).complete


def test_an_endpoint_without_a_scheme_cannot_be_explained() -> None:
    with pytest.raises(ValueError, match="checks nothing"):
        diagnose(Case(a_request(), (), "", ""))


HEADERS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                *(b"X-Hub-Signature-256", b"Stripe-Signature", b"webhook-signature", b"webhook-id", b"Content-Type"),
                *(b"X-Slack-Signature", b"X-Slack-Request-Timestamp", b"X-Twilio-Signature", b"X-Goog-Signature"),
                *(b"webhook-timestamp", b"X-Gitlab-Token", b"X-Forwarded-Host", b"Content-Encoding", b"Forwarded"),
            ]
        ),
        st.one_of(
            st.binary(max_size=80),
            st.sampled_from([b"sha256=" + b"a" * 64, b"t=1772366400,v1=" + b"0" * 64, b"application/json", b"gzip"]),
        ),
    ),
    max_size=6,
)
BODIES = st.one_of(
    st.binary(max_size=300), st.sampled_from([COMPACT, FORM, b"{", b"[[[[", b'{"a":"\\ud800"}', b"\x1f\x8b"])
)


@settings(max_examples=60, deadline=None)
@given(HEADERS, BODIES, st.sampled_from(SCHEMES), st.text(max_size=40))
def test_any_request_gets_an_answer(
    headers: list[tuple[bytes, bytes]], body: bytes, scheme: Scheme, secret: str
) -> None:
    request = a_request(body, headers=tuple(headers), target="/in/abc?x=%2F")
    diagnosis = diagnose(scheme.case(request, secrets=(known(secret, "s1"),), others=(known("x", endpoint="E"),)))
    assert isinstance(diagnosis, Diagnosis)
    assert diagnosis.title
    assert diagnosis.action.words


def test_every_bundled_provider_can_be_diagnosed() -> None:
    for profile in (profile for profile in catalogue() if profile.recipes):
        lines = {place.name: "sha256=" + "0" * 64 for recipe in profile.recipes for place in recipe.places}
        named = headers_of([(name, value) for name, value in lines.items() if name.isascii() and " " not in name])
        for secret in ("a-secret-of-twenty-one", "key:whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"):
            case = Case(a_request(COMPACT, headers=named), profile.recipes, profile.id, profile.name, (known(secret),))
            diagnosis = diagnose(case)
            assert diagnosis.title, profile.id
            assert diagnosis.action.words, profile.id
