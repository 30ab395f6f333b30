"""Set-up requests are answered as each provider demands, and nobody is given more than that."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from inspector.directory import Resolved
from inspector.domain.answer import Answer, AnswerRule
from inspector.domain.errors import ProviderError
from inspector.domain.event import Draft
from inspector.domain.report import Kind
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict, Verification
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.providers.encrypted import decrypted
from inspector.providers.handshake import may_be_opened, parse_handshakes
from inspector.providers.handshakes import Handshakes
from inspector.receiver.answering import wire_bytes
from inspector.receiver.handshaking import Greeting, handshake_answer, with_handshake
from inspector.resources import resource_path
from tests.builders import a_request, an_endpoint, headers_of
from tests.unit.receiver.handshake_cases import CASES, SECRET, Case

CATALOGUE = load_catalogue([resource_path("providers")])
KNOWN = Handshakes(CATALOGUE)
KNOWN.load()
URL = "https://hooks.example/in/abc"

each_case = pytest.mark.parametrize("case", CASES, ids=[f"{case.provider} {case.note}".strip() for case in CASES])


def request_of(case: Case) -> Request:
    lines = [("Host", "hooks.example"), *case.sent_headers]
    if case.method == "POST":
        lines.append(("Content-Type", case.sent_type))
    target = f"/in/abc?{case.query}" if case.query else "/in/abc"
    return a_request(case.sent, method=case.method, target=target, headers=headers_of(lines))


def resolved(provider: str, *secrets: str, facts: dict[str, str] | None = None, **others: Any) -> Resolved:
    profile = CATALOGUE.get(provider)
    assert profile is not None or not provider, f"there is no provider {provider}"
    endpoint = an_endpoint(provider=profile.id if profile else "", **others)
    return Resolved(endpoint, profile, tuple(Secret(value) for value in secrets), facts or {})


def asked(
    place: Resolved, request: Request, verdict: Verdict | None = None, known: Handshakes = KNOWN
) -> Greeting | None:
    verification = Verification(verdict) if verdict is not None else None
    return handshake_answer(place, request, Payload(request), URL, verification, known)


def answered(place: Resolved, case: Case, verdict: Verdict | None = None) -> Greeting:
    greeting = asked(place, request_of(case), verdict)
    assert greeting is not None
    return greeting


def case_of(provider: str, note: str = "") -> Case:
    return next(case for case in CASES if (case.provider, case.note) == (provider, note))


@each_case
def test_every_set_up_request_gets_exactly_the_answer_its_provider_demands(case: Case) -> None:
    greeting = answered(resolved(case.provider, case.secret), case, Verdict.VALID if case.valid else Verdict.UNSIGNED)
    answer = greeting.answer
    sent = dict(answer.headers)
    assert (answer.status, sent.get("Content-Type", ""), answer.body) == (case.status, case.content_type, case.body)
    assert {name: sent.get(name) for name, _value in case.headers} == dict(case.headers)
    assert answer.delay_ms == 0
    wire = wire_bytes(answer, method=case.method, keep_alive=True)
    assert wire.partition(b"\r\n\r\n")[2] == (b"" if case.method == "HEAD" else case.body)


@each_case
def test_the_row_of_a_handshake_says_who_asked(case: Case) -> None:
    greeting = answered(resolved(case.provider, case.secret), case, Verdict.VALID if case.valid else Verdict.UNSIGNED)
    profile = CATALOGUE.get(case.provider)
    assert profile is not None
    assert greeting.words == (case.words or f"{profile.name} verified your address")


@each_case
def test_only_what_is_unmistakable_and_harmless_is_answered_elsewhere(case: Case) -> None:
    for other in ("", "stripe"):
        greeting = asked(resolved(other, "stripe's secret"), request_of(case), Verdict.UNSIGNED)
        own = greeting is not None and greeting.profile is CATALOGUE.get(case.provider)
        assert own is case.anywhere, other
        if greeting is not None and case.anywhere:
            assert (greeting.answer.status, greeting.answer.body) == (case.status, case.body)


@each_case
def test_a_handshake_is_no_unsigned_failure_and_no_repeat(case: Case) -> None:
    place, request = resolved(case.provider, case.secret), request_of(case)
    verdict = Verdict.VALID if case.valid else Verdict.UNSIGNED
    draft = Draft(request, Answer(401), verification=Verification(verdict), rule=place.endpoint.duplicates)
    done = with_handshake(draft, place, Payload(request), URL, KNOWN)
    (report,) = done.reports
    assert report.kind is Kind.CHALLENGE
    assert report.label == report.name != ""
    assert (done.rule, done.key) == (None, None)
    assert (done.verification is None) is (not case.valid)


def test_a_wrong_signature_on_a_handshake_is_still_told() -> None:
    request = request_of(case_of("slack"))
    draft = Draft(request, Answer(401), verification=Verification(Verdict.INVALID))
    done = with_handshake(draft, resolved("slack", "other"), Payload(request), URL, KNOWN)
    assert done.answer.status == 200
    assert done.verification == Verification(Verdict.INVALID)


def test_an_ordinary_event_is_left_as_it_is() -> None:
    request = a_request()
    for provider in ("", "stripe", "slack", "meta", "google-rbm"):
        assert asked(resolved(provider, "s"), request) is None
    draft = Draft(request, Answer())
    assert with_handshake(draft, resolved("slack", "s"), Payload(request), URL, KNOWN) is draft


def test_an_event_with_the_endpoints_own_valid_signature_is_no_handshake_of_another_provider() -> None:
    request = request_of(case_of("google-rbm"))
    assert asked(resolved("stripe", "s"), request, Verdict.VALID) is None
    assert asked(resolved("stripe", "s"), request, Verdict.INVALID) is not None


@pytest.mark.parametrize("provider", ["x", "zoom", "smartcar", "braintree"])
def test_nothing_is_signed_with_a_secret_but_for_the_endpoints_own_provider(provider: str) -> None:
    request = request_of(case_of(provider))
    for profile in CATALOGUE.greeters:
        if profile is not CATALOGUE.get(provider):
            greeting = asked(resolved(profile.id, "a:b"), request, Verdict.UNSIGNED)
            assert greeting is None or not greeting.handshake.computes


@pytest.mark.parametrize(
    ("provider", "text"),
    [
        ("x", '{"for_user_id":"1","tweet_create_events":[]}'),
        ("x", ""),
        ("x", "a" * 129),
        ("x", "a b"),
        ("braintree", "PG5vdGlmaWNhdGlvbj48a2luZD5jaGVjazwva2luZD4="),
        ("braintree", "20f9f8ed05f77439fe955c977e4c8a53\n"),
    ],
)
def test_what_could_be_an_event_is_never_put_under_the_secret(provider: str, text: str) -> None:
    case = case_of(provider)
    query = case.query.partition("=")[0] + "=" + quote(text, safe="")
    assert asked(resolved(provider, case.secret), request_of(replace(case, query=query))) is None


def test_zooms_token_cannot_be_a_signed_event() -> None:
    forged = b'{"event":"endpoint.url_validation","payload":{"plainToken":"v0:1654503849:{\\"event\\":1}"}}'
    assert asked(resolved("zoom", SECRET), request_of(replace(case_of("zoom"), sent=forged))) is None


def test_a_handshake_that_needs_a_secret_is_left_alone_without_one() -> None:
    assert asked(resolved("zoom"), request_of(case_of("zoom"))) is None
    assert asked(resolved("braintree", "no colon in it"), request_of(case_of("braintree"))) is None


def test_braintrees_public_key_may_be_a_fact_of_the_endpoint() -> None:
    case, facts = case_of("braintree"), {"key_id": "integration_public_key"}
    for secret in ("integration_private_key", "integration_public_key:integration_private_key"):
        assert answered(resolved("braintree", secret, facts=facts), case).answer.body == case.body


def test_metas_verify_token_counts_once_it_is_set() -> None:
    case = case_of("meta")
    assert answered(resolved("meta", "s", facts={"verify_token": "meatyhamhock"}), case).answer.status == 200
    refused = answered(resolved("meta", "s", facts={"verify_token": "another"}), case)
    assert (refused.answer.status, refused.answer.body) == (403, b"")
    assert refused.words == "Meta sent another hub.verify_token than the one set here"


def test_a_token_that_later_signs_is_found() -> None:
    for provider, words in (("notion", "verification token"), ("asana", "hook secret"), ("google-rbm", "client token")):
        found = answered(resolved(provider, "s"), case_of(provider)).handshake
        assert found.store is not None
        assert found.store_words == words


def test_xero_never_gets_a_body() -> None:
    event = replace(case_of("xero"), sent=b'{"events":[{"resourceId":"1"}]}', sent_headers=(("x-xero-signature", "a"),))
    right = answered(resolved("xero", "s"), event, Verdict.VALID)
    wrong = answered(resolved("xero", "s"), event, Verdict.INVALID)
    assert (right.answer, wrong.answer) == (Answer(200, (), b""), Answer(401, (), b""))
    assert (right.words, wrong.words) == ("", "")


def test_an_answer_of_the_users_own_goes_before_the_providers_wish_for_every_event() -> None:
    request = request_of(replace(case_of("dropbox-sign"), sent=b"json=%7B%7D"))
    greeting = asked(resolved("dropbox-sign", "s"), request, Verdict.VALID)
    assert greeting is not None
    assert greeting.answer.body == b"Hello API Event Received"
    own = AnswerRule(accepted=Answer(202))
    assert asked(resolved("dropbox-sign", "s", answers=own), request, Verdict.VALID) is None
    assert asked(resolved("dropbox-sign", "s"), request, Verdict.INVALID) is None


def test_an_ordinary_row_keeps_its_reports_and_verdict() -> None:
    request = request_of(replace(case_of("dropbox-sign"), sent=b"json=%7B%7D"))
    place = resolved("dropbox-sign", "s")
    draft = Draft(request, Answer(), verification=Verification(Verdict.VALID), rule=place.endpoint.duplicates)
    done = with_handshake(draft, place, Payload(request), URL, KNOWN)
    assert done == replace(draft, answer=done.answer)
    assert done.answer.body == b"Hello API Event Received"


def test_bandwidth_is_asked_for_credentials_only_where_the_endpoint_insists_on_them() -> None:
    request = a_request(b"[]")
    greeting = asked(resolved("bandwidth", "user:password"), request, Verdict.UNSIGNED)
    assert greeting is not None
    assert greeting.answer.status == 401
    assert ("WWW-Authenticate", 'Basic realm="webhooks"') in greeting.answer.headers
    lenient = AnswerRule(reject=frozenset({Verdict.INVALID}))
    assert asked(resolved("bandwidth", "user:password", answers=lenient), request, Verdict.UNSIGNED) is None


def test_a_challenge_is_written_into_json_as_json() -> None:
    case = replace(case_of("lark"), sent=b'{"type":"url_verification","challenge":"a\\"}\\n\\u00e9"}')
    assert answered(resolved("lark", "s"), case).answer.body == '{"challenge":"a\\"}\\né"}'.encode()


def encrypted(plain: bytes, secret: str) -> bytes:
    cipher = Cipher(algorithms.AES(hashlib.sha256(secret.encode()).digest()), modes.CBC(b"i" * 16)).encryptor()
    padding = 16 - len(plain) % 16
    data = cipher.update(plain + bytes([padding]) * padding) + cipher.finalize()
    return b'{"encrypt":"%s"}' % base64.b64encode(b"i" * 16 + data)


def test_larks_encrypted_set_up_request_is_opened_with_the_encrypt_key() -> None:
    sent = encrypted(b'{"challenge":"ajls384kdjx98XX","token":"xxx","type":"url_verification"}', "kudryavka")
    greeting = asked(resolved("lark", "another", "kudryavka"), a_request(sent), Verdict.UNSIGNED)
    assert greeting is not None
    assert greeting.answer.body == b'{"challenge":"ajls384kdjx98XX"}'
    assert asked(resolved("lark", "another"), a_request(sent)) is None
    assert asked(resolved("stripe", "kudryavka"), a_request(sent)) is None
    event = encrypted(b'{"type":"event_callback","challenge":"x"}', "kudryavka")
    assert asked(resolved("lark", "kudryavka"), a_request(event)) is None


def test_larks_published_example_can_be_read() -> None:
    # open.larksuite.com, Encrypt Key: this text is "hello world" under "test key".
    assert decrypted(b"P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=", "test key") is None
    key = hashlib.sha256(b"test key").digest()
    data = base64.b64decode("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk=")
    reader = Cipher(algorithms.AES(key), modes.CBC(data[:16])).decryptor()
    assert (reader.update(data[16:]) + reader.finalize()).startswith(b"hello world")


@pytest.mark.parametrize("text", [b"", b"!", b"AAAA", base64.b64encode(b"x" * 31), base64.b64encode(b"x" * 48)])
def test_what_is_not_encrypted_is_not_opened(text: bytes) -> None:
    assert decrypted(text, "key") is None
    assert decrypted(text, "") is None


def test_a_text_the_request_chose_is_never_a_page() -> None:
    for case in CASES:
        greeting = answered(resolved(case.provider, case.secret), case, Verdict.VALID if case.valid else None)
        assert not greeting.answer.body or ("X-Content-Type-Options", "nosniff") in greeting.answer.headers
        assert dict(greeting.answer.headers).get("Content-Type", "") in ("", "text/plain", "application/json")


def test_an_echoed_header_cannot_begin_another() -> None:
    request = a_request(b"{}", headers=((b"X-Hook-Secret", b"a\r\nSet-Cookie: b"),))
    greeting = asked(resolved("asana", "s"), request)
    assert greeting is not None
    assert b"\r\nSet-Cookie" not in wire_bytes(greeting.answer, method="POST", keep_alive=True)


def test_a_body_that_is_no_handshake_is_not_even_parsed() -> None:
    class Unread(Payload):
        @property
        def json(self) -> Any:  # type: ignore[override]
            raise AssertionError("the body was parsed")

    for provider in ("", "stripe", "slack", "zoom", "google-rbm"):
        request = a_request(b'{"event":"message.delivered","data":{"a":1}}')
        assert handshake_answer(resolved(provider, "s"), request, Unread(request), URL, None, KNOWN) is None


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'"x"', b"{", b'{"type":{"url_verification":1}}', b"\xff" * 99])
@pytest.mark.parametrize("provider", sorted({case.provider for case in CASES}))
def test_no_body_breaks_it(provider: str, body: bytes) -> None:
    case = replace(case_of(provider), sent=body)
    asked(resolved(provider, "a:b"), request_of(case), Verdict.INVALID)
    asked(resolved("", "a:b"), request_of(case))


def test_a_huge_body_is_no_handshake() -> None:
    body = b'{"clientToken":"a","secret":"b","c":"' + b"x" * 100_000 + b'"}'
    assert asked(resolved("stripe", "s"), a_request(body)) is None


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:us-west-2:1:a", True),
        ("https://sns.cn-north-1.amazonaws.com.cn/?Action=ConfirmSubscription", True),
        ("http://sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription", False),
        ("https://sns.us-west-2.amazonaws.com.evil.example/?Action=ConfirmSubscription", False),
        ("https://sns.evil.example/?https://sns.us-west-2.amazonaws.com/", False),
        ("https://sns.a.b.amazonaws.com/?Action=ConfirmSubscription", False),
        ("https://evil.example#sns.us-west-2.amazonaws.com/", False),
        ("https://user@sns.us-west-2.amazonaws.com/?Action=ConfirmSubscription", False),
        ("https://sns.us-west-2.amazonaws.com:8443/?Action=ConfirmSubscription", False),
        ("https://sns.us-west-2.amazonaws.com/?Action=Confirm Subscription", False),
        ("https://sns.us-west-2.amazonaws.com/?a\r\nHost: evil.example", False),
        ("", False),
    ],
)
def test_only_the_providers_own_address_may_be_opened(url: str, allowed: bool) -> None:
    profile = CATALOGUE.get("aws-sns")
    assert profile is not None
    assert may_be_opened(url, profile.handshakes[0].confirm_from) is allowed


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ({"body": "a"}, "acme.toml: handshake.when: is missing; without it every event would be a handshake."),
        ({"when": {"json:a": True}, "status": 99}, "acme.toml: handshake.status: must be a whole number from 200 up."),
        ({"when": {"json:a": True}, "status": 600}, "acme.toml: handshake.status: must be a whole number from 200"),
        ({"when": {"jsn:a": True}}, "acme.toml: handshake.when: 'jsn:a' is no place"),
        ({"when": {"json:a": True}, "body": "{jsn:a}"}, "acme.toml: handshake.body: "),
        ({"when": {"json:a": True}, "headers": {"X-A": "{b"}}, "acme.toml: handshake.headers.X-A: "),
        ({"when": {"json:a": True}, "method": "BREW"}, "acme.toml: handshake.method: must be one of GET, HEAD, POST"),
        ({"when": {"json:a": True}, "token": "["}, "acme.toml: handshake.token: is no regular expression"),
        (
            {"when": {"json:a": True}, "body": "{hmac.hex(secret)}"},
            "acme.toml: handshake.body: {hmac.hex(secret)} signs",
        ),
        ({"when": {"json:a": True}, "alg": "md6"}, "acme.toml: handshake.alg: must be one of sha256"),
        ({"when": {"json:a": True}, "confirm": "json:a"}, "acme.toml: handshake.confirm_from: is missing"),
        ({"when": {"json:a": True}, "confirm_from": "http://a.b/"}, "acme.toml: handshake.confirm_from: "),
        ({"when": {"json:a": True}, "answer": "x"}, "acme.toml: handshake.answer: is not known"),
        (
            {"when": {"json:a": True}, "body": "{hmac.hex(json:a)}", "anywhere": True},
            "acme.toml: handshake.anywhere: must not be true where the answer is made with the secret.",
        ),
        (
            {"when": {"json:a": True}, "body": "{secret}", "anywhere": True},
            "acme.toml: handshake.anywhere: must not be true where the answer is made with the secret.",
        ),
        (
            {"when": {"json:a": True}, "headers": {"A": ["x", "{hmac.base64(json:a)}"]}, "anywhere": True},
            "acme.toml: handshake.anywhere: must not be true where the answer is made with the secret.",
        ),
        (
            {"when": {"json:a": True}, "needs_valid": True, "anywhere": True},
            "acme.toml: handshake.anywhere: must not be true where the signature has to be right.",
        ),
        ({"method": "HEAD", "anywhere": True}, "acme.toml: handshake.anywhere: needs a condition in when"),
    ],
)
def test_a_mistake_in_a_table_names_the_file_and_the_key(table: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ProviderError) as caught:
        parse_handshakes([table], "acme.toml")
    assert str(caught.value).startswith(sentence)


def test_the_second_of_two_tables_is_named() -> None:
    with pytest.raises(ProviderError, match=r"^acme\.toml: handshake 2\.body: "):
        parse_handshakes([{"when": {"json:a": True}}, {"when": {"json:a": True}, "body": 3}], "acme.toml")
