"""A request that is broken in one way gets that way as its first and only answer, whatever the scheme."""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from inspector.domain.verification import Verdict
from inspector.signatures.diagnosis.case import Case
from inspector.signatures.diagnosis.cause import Cause, Do
from inspector.signatures.diagnosis.search import diagnose
from tests.builders import NOON
from tests.unit.signatures.diagnosis.broken import (
    BODY,
    BODY_SCHEMES,
    COMPACT,
    INNER,
    OTHER_SECRET,
    OTHER_WHSEC,
    PAYLOAD,
    RBM,
    SCHEMES,
    SLACK,
    STANDARD,
    STRIPE,
    TIMED_SCHEMES,
    TOKEN,
    TWILIO,
    URL,
    WHSEC,
    Scheme,
    delivered,
    known,
    with_header,
)

SIGNATURE_HEADERS = {
    "github": "X-Hub-Signature-256",
    "stripe": "Stripe-Signature",
    "standard-webhooks": "webhook-signature",
    "slack": "X-Slack-Signature",
    "twilio": "X-Twilio-Signature",
    "google-rbm": "X-Goog-Signature",
    "token": "X-Gitlab-Token",
}


@dataclass(frozen=True)
class Break:
    """One way to break a request: the cause that must be found, and the action that must be offered."""

    name: str
    cause: Cause
    do: Do
    case: Callable[[], Case]


def every_break() -> Iterator[Break]:
    for scheme in SCHEMES:
        yield from secret_breaks(scheme)
    for scheme in BODY_SCHEMES:
        yield from body_breaks(scheme)
        yield from header_breaks(scheme)
    for scheme in TIMED_SCHEMES:
        yield from time_breaks(scheme)
    yield from single_breaks()


def secret_breaks(scheme: Scheme) -> Iterator[Break]:
    def spoiled(value: str) -> Callable[[], Case]:
        return lambda: scheme.case(scheme.signed(), secrets=(known(value, "s1"),))

    def by_other(**more: Any) -> Callable[[], Case]:
        return lambda: scheme.case(scheme.signed(secret=scheme.other), **more)

    id = scheme.id
    former = (known(scheme.secret, "s1"), known(scheme.other, "s0", former=True))
    others = (known(scheme.other, endpoint_id=2, endpoint="RCS staging"),)
    yield Break(f"{id}: former secret", Cause.FORMER_SECRET, Do.ACCEPT_FORMER, by_other(secrets=former))
    yield Break(f"{id}: other endpoint", Cause.OTHER_ENDPOINT, Do.ADD_SECRET, by_other(others=others))
    for text, name in ((f" {scheme.secret}", "blank before"), (f"{scheme.secret}\n", "line break after")):
        yield Break(f"{id}: {name}", Cause.SECRET_BLANKS, Do.REPLACE_SECRET, spoiled(text))
    yield Break(f"{id}: quotes", Cause.SECRET_BLANKS, Do.REPLACE_SECRET, spoiled(f'"{scheme.secret}"'))
    if scheme not in (STANDARD, TOKEN):
        broken = f"{scheme.secret}\n"
        yield Break(
            f"{id}: sender's line break",
            Cause.SECRET_LINE_BREAK,
            Do.REPLACE_SECRET,
            lambda: scheme.case(scheme.signed(secret=broken)),
        )
        in_base64 = base64.b64encode(scheme.secret.encode()).decode()
        yield Break(f"{id}: base64 stored", Cause.SECRET_DECODED, Do.REPLACE_SECRET, spoiled(in_base64))
        yield Break(f"{id}: hex stored", Cause.SECRET_DECODED, Do.REPLACE_SECRET, spoiled(scheme.secret.encode().hex()))
        yield Break(f"{id}: whsec stored", Cause.SECRET_DECODED, Do.REPLACE_SECRET, spoiled("whsec_" + in_base64))
    yield Break(f"{id}: unknown secret", Cause.UNKNOWN, Do.EDIT_SECRET, by_other())


def body_breaks(scheme: Scheme) -> Iterator[Break]:
    spaced = json.dumps(PAYLOAD, ensure_ascii=False).encode()
    php = json.dumps(PAYLOAD, separators=(",", ":")).replace("/", "\\/").encode()
    indented = json.dumps(PAYLOAD, indent=2, ensure_ascii=False).encode()
    ways: tuple[tuple[str, Cause, Do, bytes, bytes], ...] = (
        ("line break added", Cause.LINE_BREAK, Do.SHOW_BYTES, COMPACT, COMPACT + b"\n"),
        ("CRLF added", Cause.LINE_BREAK, Do.SHOW_BYTES, COMPACT, COMPACT + b"\r\n"),
        ("line break removed", Cause.LINE_BREAK, Do.SHOW_BYTES, COMPACT + b"\n", COMPACT),
        ("written with blanks", Cause.JSON_REWRITTEN, Do.HOW_TO_FIX, COMPACT, spaced),
        ("written compactly", Cause.JSON_REWRITTEN, Do.HOW_TO_FIX, spaced, COMPACT),
        ("indentation lost", Cause.JSON_REWRITTEN, Do.HOW_TO_FIX, indented, COMPACT),
        (
            "keys sorted by the sender",
            Cause.JSON_REWRITTEN,
            Do.HOW_TO_FIX,
            json.dumps(PAYLOAD, separators=(",", ":"), sort_keys=True, ensure_ascii=False).encode(),
            COMPACT,
        ),
        ("PHP's escapes lost", Cause.JSON_REWRITTEN, Do.HOW_TO_FIX, php, COMPACT),
        ("PHP's escapes added", Cause.JSON_REWRITTEN, Do.HOW_TO_FIX, COMPACT, php),
        (
            "escapes of letters lost",
            Cause.JSON_REWRITTEN,
            Do.HOW_TO_FIX,
            json.dumps(PAYLOAD, separators=(",", ":")).encode(),
            COMPACT,
        ),
        (
            "escapes of letters added",
            Cause.JSON_REWRITTEN,
            Do.HOW_TO_FIX,
            COMPACT,
            json.dumps(PAYLOAD, separators=(",", ":")).encode(),
        ),
        ("CRLF lost", Cause.LINE_ENDINGS, Do.SHOW_BYTES, indented.replace(b"\n", b"\r\n"), indented),
        ("CRLF made", Cause.LINE_ENDINGS, Do.SHOW_BYTES, indented, indented.replace(b"\n", b"\r\n")),
        ("byte order mark added", Cause.TEXT_ENCODING, Do.SHOW_BYTES, COMPACT, b"\xef\xbb\xbf" + COMPACT),
        ("inflated on the way", Cause.INFLATED, Do.HOW_TO_FIX, gzip.compress(COMPACT, mtime=0), COMPACT),
        ("cut off", Cause.BODY_CUT, Do.HOW_TO_FIX, COMPACT, COMPACT[:120]),
        ("another body", Cause.UNKNOWN, Do.EDIT_SECRET, COMPACT, COMPACT.replace(b"evt_7f3a9c", b"evt_000000")),
    )
    for name, cause, do, signed, came in ways:
        yield Break(
            f"{scheme.id}: {name}",
            cause,
            do,
            partial(_delivered, scheme, signed, came),
        )

    def compressed() -> Case:
        request = delivered(scheme, COMPACT, gzip.compress(COMPACT))
        return scheme.case(replace(request, headers=(*request.headers, (b"Content-Encoding", b"gzip"))))

    yield Break(f"{scheme.id}: compressed on the way", Cause.COMPRESSED, Do.HOW_TO_FIX, compressed)


def _delivered(scheme: Scheme, signed: bytes, came: bytes) -> Case:
    return scheme.case(delivered(scheme, signed, came))


def header_breaks(scheme: Scheme) -> Iterator[Break]:
    header = SIGNATURE_HEADERS[scheme.id]

    def changed(change: Callable[[bytes], bytes], rename: str = "") -> Callable[[], Case]:
        return lambda: scheme.case(with_header(scheme.signed(), header, change, rename=rename))

    def as_base64(value: bytes) -> bytes:
        head, _equals, digest = value.rpartition(b"=")
        return head + b"=" + base64.b64encode(bytes.fromhex(digest.decode()))

    yield Break(f"{scheme.id}: cut header", Cause.HEADER_CUT, Do.HOW_TO_FIX, changed(lambda value: value[:-14]))
    if scheme is not STANDARD:
        yield Break(f"{scheme.id}: base64 for hex", Cause.ENCODING, Do.OWN_SCHEME, changed(as_base64))
    labels = {"github": (b"sha256=", b"sha1="), "slack": (b"v0=", b"v1="), "stripe": (b"v1=", b"v0=")}
    if scheme.id in labels:
        old, new = labels[scheme.id]
        yield Break(
            f"{scheme.id}: other label", Cause.PREFIX, Do.OWN_SCHEME, changed(lambda value: value.replace(old, new))
        )
    if scheme is BODY:
        renamed = changed(lambda value: value, "X-Signature")
        yield Break(f"{scheme.id}: other header", Cause.OTHER_HEADER, Do.OWN_SCHEME, renamed)


def time_breaks(scheme: Scheme) -> Iterator[Break]:
    def at(seconds: float, **more: Any) -> Callable[[], Case]:
        return lambda: scheme.case(scheme.signed(at=NOON - timedelta(seconds=seconds)), **more)

    yield Break(f"{scheme.id}: a time zone off", Cause.CLOCK, Do.SET_LIMIT, at(7200))
    yield Break(f"{scheme.id}: late", Cause.LATE, Do.SET_LIMIT, at(1000))
    yield Break(f"{scheme.id}: a late retry", Cause.LATE, Do.SET_LIMIT, at(3600, retried=True))
    if scheme is not STRIPE:  # Stripe's libraries take any time ahead
        yield Break(f"{scheme.id}: ahead", Cause.CLOCK, Do.SET_LIMIT, at(-1000))


def _hmac(text: bytes, key: str, alg: str = "sha256") -> str:
    return hmac.new(key.encode(), text, alg).hexdigest()


def _github(signature: str, **changes: Any) -> Case:
    request = replace(BODY.signed(), **changes)
    return BODY.case(with_header(request, "X-Hub-Signature-256", lambda _value: signature.encode()))


def single_breaks() -> Iterator[Break]:
    key = BODY.secret
    stamp = str(int(NOON.timestamp()))

    def with_lines(signature: str, *lines: tuple[str, str]) -> Callable[[], Case]:
        def case() -> Case:
            made = _github(signature)
            more = tuple((name.encode(), value.encode()) for name, value in lines)
            return replace(made, request=replace(made.request, headers=(*made.request.headers, *more)))

        return case

    stamped, named = ("X-Timestamp", stamp), ("X-Request-Id", "req_81726354")
    body = COMPACT
    for name, text, lines in (
        ("timestamp.body", f"{stamp}.".encode() + body, (stamped,)),
        ("timestamp and body", stamp.encode() + body, (stamped,)),
        ("body and timestamp", body + stamp.encode(), (stamped,)),
        ("id.timestamp.body", f"req_81726354.{stamp}.".encode() + body, (stamped, named)),
        ("v0:timestamp:body", f"v0:{stamp}:".encode() + body, (stamped,)),
        ("address and body", URL.encode() + body, ()),
    ):
        signature = "sha256=" + _hmac(text, key)
        yield Break(f"github: {name} is signed", Cause.SIGNED_TEXT, Do.OWN_SCHEME, with_lines(signature, *lines))
    yield Break("github: SHA-1", Cause.HASH, Do.OWN_SCHEME, lambda: _github("sha1=" + _hmac(body, key, "sha1")))
    yield Break("github: SHA-512", Cause.HASH, Do.OWN_SCHEME, lambda: _github("sha256=" + _hmac(body, key, "sha512")))
    plain = hashlib.sha256(key.encode() + body).hexdigest()
    yield Break("github: a plain hash", Cause.HASH, Do.OWN_SCHEME, lambda: _github("sha256=" + plain))
    yield Break("github: no label", Cause.PREFIX, Do.OWN_SCHEME, lambda: _github(_hmac(body, key)))
    by_id = _hmac(body, str(PAYLOAD["webhook_id"]))
    yield Break("github: an ID as secret", Cause.ID_AS_SECRET, Do.ADD_SECRET, lambda: _github("sha256=" + by_id))
    yield Break("stripe: only the body", Cause.SIGNED_TEXT, Do.OWN_SCHEME, _stripe_without_time)
    yield Break("slack: only the body", Cause.SIGNED_TEXT, Do.OWN_SCHEME, _slack_without_time)
    yield Break("stripe: milliseconds", Cause.TIME_UNIT, Do.OWN_SCHEME, _stripe_in_milliseconds)
    yield Break("standard-webhooks: raw secret", Cause.SECRET_RAW, Do.REPLACE_SECRET, _standard_with_raw_secret)
    yield Break("google-rbm: the whole body", Cause.SIGNED_TEXT, Do.OWN_SCHEME, _rbm_over_the_body)
    yield Break("github: a field decoded", Cause.INNER_FIELD, Do.OWN_SCHEME, _github_over_a_field)
    yield Break("github: an unsigned event", Cause.UNSIGNED, Do.ACCEPT_UNSIGNED, _github_unsigned)
    yield Break("github: Slack signed", Cause.OTHER_PROVIDER, Do.SWITCH_PROVIDER, _signed_by_slack)
    yield Break("github: no secret", Cause.NO_SECRET, Do.EDIT_SECRET, lambda: BODY.case(BODY.signed(), secrets=()))
    yield Break(
        "github: no secret, but another endpoint's fits",
        Cause.OTHER_ENDPOINT,
        Do.ADD_SECRET,
        lambda: BODY.case(BODY.signed(), secrets=(), others=(known(BODY.secret, endpoint_id=2, endpoint="Shop"),)),
    )
    yield Break("github: already fixed", Cause.FIXED, Do.CHECK_AGAIN, lambda: BODY.case(BODY.signed()))
    for name, url in (
        ("https for http", "http://hooks.example.com/in/abc"),
        ("a port", "https://hooks.example.com:8443/in/abc"),
        ("a slash at the end", "https://hooks.example.com/in/abc/"),
        ("another host", "https://quiet-otter.example.net/in/abc"),
    ):
        yield Break(f"twilio: {name}", Cause.ADDRESS, Do.SET_ADDRESS, partial(_twilio_at, url))
    yield Break("twilio: the query lost", Cause.ADDRESS, Do.HOW_TO_FIX, _twilio_without_query)
    yield Break("twilio: two changes", Cause.OTHER_ENDPOINT, Do.ADD_SECRET, _twilio_two_changes)
    yield Break("github: two changes", Cause.OTHER_ENDPOINT, Do.ADD_SECRET, _github_two_changes)
    yield Break("github: decoded secret in base64", Cause.SECRET_DECODED, Do.OWN_SCHEME, _github_decoded_and_base64)


def _stripe_without_time() -> Case:
    signature = _hmac(COMPACT, STRIPE.secret)
    request = STRIPE.signed()
    return STRIPE.case(
        with_header(request, "Stripe-Signature", lambda v: v.partition(b",v1=")[0] + b",v1=" + signature.encode())
    )


def _slack_without_time() -> Case:
    signature = b"v0=" + _hmac(COMPACT, SLACK.secret).encode()
    return SLACK.case(with_header(SLACK.signed(), "X-Slack-Signature", lambda _value: signature))


def _stripe_in_milliseconds() -> Case:
    stamp = str(int(NOON.timestamp() * 1000))
    signature = _hmac(f"{stamp}.".encode() + COMPACT, STRIPE.secret)
    value = f"t={stamp},v1={signature}".encode()
    return STRIPE.case(with_header(STRIPE.signed(), "Stripe-Signature", lambda _value: value))


def _standard_with_raw_secret() -> Case:
    request = STANDARD.signed()
    text = f"{request.header('webhook-id')}.{request.header('webhook-timestamp')}.".encode() + COMPACT
    made = base64.b64encode(hmac.new(WHSEC.encode(), text, "sha256").digest())
    return STANDARD.case(with_header(request, "webhook-signature", lambda _value: b"v1," + made))


def _rbm_over_the_body() -> Case:
    made = base64.b64encode(hmac.new(RBM.secret.encode(), INNER.encode(), "sha512").digest())
    return RBM.case(with_header(RBM.signed(), "X-Goog-Signature", lambda _value: made))


def _github_over_a_field() -> Case:
    inner = base64.b64decode(json.loads(INNER)["message"]["data"])
    return _github("sha256=" + _hmac(inner, BODY.secret), body=INNER.encode())


def _github_unsigned() -> Case:
    request = BODY.signed()
    kept = tuple(line for line in request.headers if line[0] != b"X-Hub-Signature-256")
    return BODY.case(replace(request, headers=kept))


def _signed_by_slack() -> Case:
    return BODY.case(SLACK.signed(secret=BODY.secret))


def _twilio_at(url: str) -> Case:
    request = replace(TWILIO.signed(url=url), target="/in/abc")
    host = url.partition("://")[2].partition("/")[0]
    headers = (*request.headers, (b"X-Forwarded-Host", host.encode()))
    return TWILIO.case(replace(request, headers=headers), address_of=lambda public: public)


def _twilio_without_query() -> Case:
    request = TWILIO.signed(url=URL)
    return TWILIO.case(replace(request, target="/in/abc?added=1"), address_of=lambda public: public)


def _twilio_two_changes() -> Case:
    request = TWILIO.signed(secret=OTHER_SECRET, url="http://hooks.example.com/in/abc")
    return TWILIO.case(request, others=(known(OTHER_SECRET, endpoint_id=2, endpoint="RCS staging"),))


def _github_two_changes() -> Case:
    made = _hmac(COMPACT + b"\n", OTHER_WHSEC)
    case = _github("sha256=" + made)
    return replace(case, others=(known(OTHER_WHSEC, endpoint_id=2, endpoint="RCS staging"),))


def _github_decoded_and_base64() -> Case:
    key = bytes(range(200, 232))
    made = base64.b64encode(hmac.new(key, COMPACT, "sha256").digest()).decode()
    return replace(_github("sha256=" + made), secrets=(known(base64.b64encode(key).decode(), "s1"),))


BREAKS = tuple(every_break())


@pytest.mark.parametrize("broken", BREAKS, ids=[item.name for item in BREAKS])
def test_a_request_broken_in_one_way_gets_that_cause_first(broken: Break) -> None:
    found = diagnose(broken.case())
    assert (found.cause, found.action.do) == (broken.cause, broken.do), found
    assert found.title
    assert found.sentence.endswith((".", "?"))
    assert found.action.words
    if found.action.do is Do.HOW_TO_FIX or any(other.do is Do.HOW_TO_FIX for other in found.others):
        assert found.guide


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.id)
def test_every_scheme_of_the_table_is_valid_before_it_is_broken(scheme: Scheme) -> None:
    assert scheme.case(scheme.signed()).check().verdict is Verdict.VALID


def test_the_table_breaks_requests_in_every_way_the_program_knows() -> None:
    unreached = set(Cause) - {broken.cause for broken in BREAKS}
    assert unreached <= {
        *(Cause.KEY_NAME, Cause.FORM_REWRITTEN, Cause.VALUE_MISSING, Cause.BODY_CHANGED, Cause.DOCUMENT),
        *(Cause.UNREADABLE, Cause.SECRET_FORM),
    }, unreached
