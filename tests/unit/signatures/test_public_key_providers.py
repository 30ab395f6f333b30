"""Providers that sign with a private key: published examples, and requests signed as each one's documentation says."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Verdict, Verification
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.signatures.engine import verify
from tests.builders import a_request, headers_of
from tests.key_pairs import rsa_pair

CATALOGUE = load_catalogue([resource_path("providers")])
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECONDS = str(int(NOW.timestamp()))
MILLIS = f"{SECONDS}123"
ISO = "2026-03-01T11:59:59Z"
URL = "https://hooks.example/in/abc"
BODY = '{"type":"sent","text":"Grüße","recipient_client_id":"me"}'.encode()

SEED = ed25519.Ed25519PrivateKey.generate()
POINT = ec.generate_private_key(ec.SECP256R1())
RSA = load_pem_private_key(rsa_pair()[0].encode(), None)
assert isinstance(RSA, rsa.RSAPrivateKey)
RSA_KEY = RSA


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def ed(text: bytes) -> bytes:
    return SEED.sign(text)


def ecdsa(text: bytes) -> bytes:
    return POINT.sign(text, ec.ECDSA(hashes.SHA256()))


def rsa256(text: bytes) -> bytes:
    return RSA_KEY.sign(text, padding.PKCS1v15(), hashes.SHA256())


def rsa512(text: bytes) -> bytes:
    return RSA_KEY.sign(text, padding.PKCS1v15(), hashes.SHA512())


def rsa1(text: bytes) -> bytes:
    return RSA_KEY.sign(text, padding.PKCS1v15(), hashes.SHA1())


ED_RAW = SEED.public_key().public_bytes_raw()
EC_KEY = b64(POINT.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
ED_SET = json.dumps(
    {
        "keys": [
            {"kty": "OKP", "crv": "Ed25519", "kid": "k1", "x": base64.urlsafe_b64encode(ED_RAW).decode().rstrip("=")}
        ]
    }
)


@dataclass(frozen=True)
class Signed:
    """How a provider signs: the headers beside the signature, its name and writing, and the text that is signed."""

    provider: str
    key: str
    name: str
    make: Callable[[bytes], str]
    text: Callable[[bytes], bytes]
    headers: Mapping[str, str] = field(default_factory=dict)
    signed_headers: tuple[str, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)
    document: str = ""
    window_s: int = 0

    def request(self, body: bytes = BODY) -> Request:
        lines = [*self.headers.items(), (self.name, self.make(self.text(body)))]
        return a_request(body, headers=headers_of(lines))

    def check(self, sent: Request, *, later: float = 0, key: str | None = None) -> Verification:
        profile = CATALOGUE.get(self.provider)
        assert profile is not None
        own = self.key if key is None else key
        return verify(
            sent,
            Payload(sent),
            profile.recipes,
            [Secret(own)] if own else [],
            scheme=self.provider,
            url=URL,
            now=NOW + timedelta(seconds=later),
            facts=self.facts,
            documents={self.document: ED_SET if self.document.endswith(("json", "jwks")) else rsa_pair()[1]},
        )


def finance(body: bytes) -> bytes:
    digest = b64(hashlib.sha512(body).digest())
    return f"{digest}|evt-1|{ISO}|req-1|{ISO}|3".encode()


SIGNED = (
    Signed(
        "sendgrid",
        EC_KEY,
        "X-Twilio-Email-Event-Webhook-Signature",
        lambda text: b64(ecdsa(text)),
        lambda body: SECONDS.encode() + body,
        {"X-Twilio-Email-Event-Webhook-Timestamp": SECONDS},
        ("X-Twilio-Email-Event-Webhook-Timestamp",),
    ),
    Signed(
        "discord",
        ED_RAW.hex(),
        "X-Signature-Ed25519",
        lambda text: ed(text).hex(),
        lambda body: SECONDS.encode() + body,
        {"X-Signature-Timestamp": SECONDS},
        ("X-Signature-Timestamp",),
    ),
    Signed(
        "telnyx",
        b64(ED_RAW),
        "telnyx-signature-ed25519",
        lambda text: b64(ed(text)),
        lambda body: SECONDS.encode() + b"|" + body,
        {"telnyx-timestamp": SECONDS},
        ("telnyx-timestamp",),
        window_s=300,
    ),
    Signed(
        "fal",
        "",
        "X-Fal-Webhook-Signature",
        lambda text: ed(text).hex(),
        lambda body: f"r1\nu1\n{SECONDS}\n{hashlib.sha256(body).hexdigest()}".encode(),
        {"X-Fal-Webhook-Request-Id": "r1", "X-Fal-Webhook-User-Id": "u1", "X-Fal-Webhook-Timestamp": SECONDS},
        ("X-Fal-Webhook-Request-Id", "X-Fal-Webhook-User-Id", "X-Fal-Webhook-Timestamp"),
        document="https://rest.fal.ai/.well-known/jwks.json",
        window_s=300,
    ),
    Signed(
        "sourcehut",
        b64(ED_RAW),
        "X-Payload-Signature",
        lambda text: b64(ed(text)),
        lambda body: body + b"0123456789abcdef",
        {"X-Payload-Nonce": "0123456789abcdef"},
        ("X-Payload-Nonce",),
    ),
    Signed(
        "integrated-finance",
        b64(ED_RAW),
        "X-Webhook-Signature",
        lambda text: b64(ed(text)),
        finance,
        {
            "X-Webhook-Content-Digest": b64(hashlib.sha512(BODY).digest()),
            "X-Webhook-Event-Id": "evt-1",
            "X-Webhook-Event-Timestamp": ISO,
            "X-Webhook-Request-Id": "req-1",
            "X-Webhook-Request-Timestamp": ISO,
            "X-Webhook-Key-Version": "3",
        },
        ("X-Webhook-Content-Digest", "X-Webhook-Event-Id", "X-Webhook-Request-Timestamp", "X-Webhook-Key-Version"),
    ),
    Signed(
        "standard-webhooks",
        f"whpk_{b64(ED_RAW)}",
        "webhook-signature",
        lambda text: f"v1,{b64(bytes(32))} v1a,{b64(ed(text))}",
        lambda body: f"msg_1.{SECONDS}.".encode() + body,
        {"webhook-id": "msg_1", "webhook-timestamp": SECONDS},
        ("webhook-id", "webhook-timestamp"),
        window_s=300,
    ),
    Signed(
        "turnkey",
        "",
        "X-Turnkey-Signature",
        lambda text: ed(text).hex(),
        lambda body: f"v1.ed25519.k1.{MILLIS}.e1.".encode() + body,
        {
            "X-Turnkey-Signature-Key-Id": "k1",
            "X-Turnkey-Timestamp": MILLIS,
            "X-Turnkey-Event-Id": "e1",
            "X-Turnkey-Signature-Algorithm": "ed25519",
            "X-Turnkey-Signature-Version": "v1",
        },
        ("X-Turnkey-Event-Id", "X-Turnkey-Signature-Algorithm", "X-Turnkey-Signature-Version"),
        document="https://api.turnkey.com/public/v1/discovery/webhooks/jwks",
        window_s=300,
    ),
    Signed(
        "kiwify",
        b64(ED_RAW),
        "x-kiwify-digital-signature",
        lambda text: base64.urlsafe_b64encode(ed(text)).decode().rstrip("="),
        lambda body: b"/in/abc:POST:" + body + b":" + MILLIS.encode(),
        {"x-kiwify-timestamp": MILLIS},
        ("x-kiwify-timestamp",),
        window_s=300,
    ),
    Signed("wise", rsa_pair()[1], "X-Signature-SHA256", lambda text: b64(rsa256(text)), lambda body: body),
    Signed("wise", rsa_pair()[1], "X-Signature", lambda text: b64(rsa1(text)), lambda body: body),
    Signed("freshchat", rsa_pair()[1], "X-Freshchat-Signature", lambda text: b64(rsa256(text)), lambda body: body),
    Signed("woovi", rsa_pair()[1], "x-webhook-signature", lambda text: b64(rsa256(text)), lambda body: body),
    Signed("chip-in", rsa_pair()[1], "X-Signature", lambda text: b64(rsa256(text)), lambda body: body),
    Signed("dyte", rsa_pair()[1], "dyte-signature", lambda text: b64(rsa256(text)), lambda body: body),
    Signed("fireblocks", rsa_pair()[1], "Fireblocks-Signature", lambda text: b64(rsa512(text)), lambda body: body),
    Signed("circle", EC_KEY, "X-Circle-Signature", lambda text: b64(ecdsa(text)), lambda body: body),
    Signed(
        "github-secret-scanning",
        json.dumps({"public_keys": [{"key_identifier": "id1", "key": EC_KEY, "is_current": True}]}),
        "Github-Public-Key-Signature",
        lambda text: b64(ecdsa(text)),
        lambda body: body,
        {"Github-Public-Key-Identifier": "id1"},
    ),
    Signed(
        "bridge",
        rsa_pair()[1],
        "X-Webhook-Signature",
        lambda text: f"t={MILLIS},v0={b64(rsa256(hashlib.sha256(text).digest()))}",
        lambda body: MILLIS.encode() + b"." + body,
        window_s=600,
    ),
    Signed(
        "manus",
        rsa_pair()[1],
        "X-Webhook-Signature",
        lambda text: b64(rsa256(text)),
        lambda body: f"{SECONDS}.{URL}.{hashlib.sha256(body).hexdigest()}".encode(),
        {"X-Webhook-Timestamp": SECONDS},
        ("X-Webhook-Timestamp",),
        window_s=300,
    ),
    Signed(
        "adobe-io",
        "",
        "x-adobe-digital-signature-2",
        lambda text: b64(rsa256(text)),
        lambda body: body,
        {"x-adobe-public-key2-path": "/prod/keys/pub-key-1.pem"},
        ("x-adobe-public-key2-path",),
        facts={"client_id": "me"},
        document="https://static.adobeioevents.com/prod/keys/pub-key-1.pem",
    ),
)

each = pytest.mark.parametrize("scheme", SIGNED, ids=lambda scheme: f"{scheme.provider} {scheme.name}")


@each
def test_a_request_signed_as_documented_is_valid(scheme: Signed) -> None:
    found = scheme.check(scheme.request())
    assert found.verdict is Verdict.VALID, found
    assert found.covers is Covers.BODY
    assert scheme.check(scheme.request(b"")).verdict is (
        Verdict.INVALID if scheme.provider in ("integrated-finance", "adobe-io") else Verdict.VALID
    )


@each
def test_every_changed_or_missing_part_is_invalid(scheme: Signed) -> None:
    sent = scheme.request()
    for body in (BODY[:-1], BODY + b"\n", BODY.replace(b"sent", b"read"), b""):
        assert scheme.check(replace(sent, body=body)).verdict is Verdict.INVALID
    for name in scheme.signed_headers:
        kept = tuple(line for line in sent.headers if line[0] != name.encode())
        assert len(kept) == len(sent.headers) - 1
        assert scheme.check(replace(sent, headers=kept)).verdict is Verdict.INVALID, name
        value = dict(sent.headers)[name.encode()]
        other = (*kept, (name.encode(), value[:-1] + (b"1" if value[-1:] != b"1" else b"2")))
        assert scheme.check(replace(sent, headers=other)).verdict is not Verdict.VALID, name
    unsigned = tuple(line for line in sent.headers if line[0] != scheme.name.encode())
    assert scheme.check(replace(sent, headers=unsigned)).verdict is Verdict.UNSIGNED


@each
def test_a_late_one_is_stale_where_there_is_a_window(scheme: Signed) -> None:
    late = scheme.check(scheme.request(), later=scheme.window_s + 5 if scheme.window_s else 10_000_000)
    assert late.verdict is (Verdict.STALE if scheme.window_s else Verdict.VALID)


@each
def test_a_foreign_key_does_not_fit(scheme: Signed) -> None:
    foreign = ed25519.Ed25519PrivateKey.generate().public_key().public_bytes_raw().hex()
    bare = replace(scheme, document="")
    assert bare.check(scheme.request(), key=foreign).verdict in (Verdict.INVALID, Verdict.NO_SECRET)


def test_another_client_is_refused_where_it_is_known() -> None:
    adobe = next(scheme for scheme in SIGNED if scheme.provider == "adobe-io")
    found = replace(adobe, facts={"client_id": "somebody"}).check(adobe.request())
    assert (found.verdict, found.title) == (Verdict.INVALID, "A required value differs")


def paddle(fields: Mapping[str, str], **more: str) -> Request:
    """Return a form signed the way PHP's serialize() and openssl_sign() do it."""
    ordered = sorted(fields.items())
    texts = "".join(f's:{len(text.encode())}:"{text}";' for pair in ordered for text in pair)
    made = b64(rsa1(f"a:{len(ordered)}:{{{texts}}}".encode()))
    body = urlencode({**more, **fields, "p_signature": made}).encode()
    return a_request(body, headers=headers_of([("Content-Type", "application/x-www-form-urlencoded")]))


def check_paddle(sent: Request) -> Verdict:
    profile = CATALOGUE.get("paddle-classic")
    assert profile is not None
    payload, secrets = Payload(sent), [Secret(rsa_pair()[1])]
    return verify(sent, payload, profile.recipes, secrets, scheme="p", url="", now=NOW).verdict


def test_paddle_classic_signs_all_fields_as_php_writes_them() -> None:
    fields = {
        "alert_name": "payment_succeeded",
        "email": "ü@a.example",
        "amount": "10.00",
        "note": 'a "b"; c&d',
        "x": "",
    }
    assert check_paddle(paddle(fields)) is Verdict.VALID
    assert check_paddle(paddle(dict(reversed(fields.items())))) is Verdict.VALID
    assert check_paddle(paddle(fields, extra="1")) is Verdict.INVALID
    sent = paddle(fields)
    assert check_paddle(replace(sent, body=sent.body.replace(b"10.00", b"99.00"))) is Verdict.INVALID
    assert check_paddle(replace(sent, headers=())) is Verdict.UNSIGNED


BRIDGE_KEY = (
    r"-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtqsEE4eI7EmzhcquGJXt\nLX9PMK"
    r"0UH6Kl1WIR21sv8HtueG8BuvvpP3MiN7ltzmIhS8KaynCjN4l+620PnXeu\nxWG+CSnEdkinL9hCqbEid5vv9zl0j9LWiJx3FkKH"
    r"qADU7cgm46aa8dKUdIQYF2X+\nO7WmyLkC4wUM/mWhBPMsIQBznashRMZxx7XJjsVp27ACUE4eNIjEXbVYN6U8jSbU\nhG++CfL8"
    r"xXu+GHDqKmFE6Po6HnuURvLFVnCtE3mXXBcVFlPy+octfx8nOMLT3X8O\n9UehIigJ34o2yMm/Fq3HUJzg2BsiAiGgtr0vmeoV9Q"
    r"7upSNj9TuOumAzZFi4pYA+\nqwIDAQAB\n-----END PUBLIC KEY-----\n"
)
BRIDGE_HEADER = (
    "t=1705854411204,v0=jz/0dmHJ63FAzacGutrDTEoq+iSz/PHm/ugdooXDQu5NwuVIT2LmZGjsnCsBHgR9Py6OBP9zurzW4dHgy"
    "gU4EDqmMPTUOvhvndYb4lWt+TY66LihaFI2whL6DAf/jb1QjYjNU0A6x9SLzC45dgE6X7zTDUM+2Z+scG/WEQf6SxQMt4E2sEipl"
    "5PqMK5lYUe3otdJV+X2c9D64bGwCEE7QSia+Vhozg8QNOQEk/rdz2IEONIg6oC43CeiN4E2kF9XLAGuy9uAHx9O9OJH5ZPLJZjyo"
    "4VcXYeWQgxaQ1gZ1Qu6hEEzgiPSff/1nou58dm4bIIazgCWli/mO0NyGcpfFw=="
)
FRESHCHAT_KEY = (
    "-----BEGIN RSA PUBLIC KEY----- MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAuGJLF4hTTtxWogT6dNkGf3CEg"
    "LAR2mGJzlds5cNbrHFoJNFnmVhkRYGzLYxx4EtDiezNCZVHfyMI2AKuNSQW2fEdDatVIG+q3Zr/X9eeDl8kQOGy804J/fgCYDrN8"
    "RQu0n5Dh1inv4puca0wb29SCvoAwrWb33ehDBIvv6+rUKBdjtv2xTV65kNiVDo5VRCaYRVeE10osxeONgw55HVY4nczuxnR+dmc2"
    "282de6WHe5LXtr0ZBdJ8yttFOLIluZ/sNM5DIWZBkIWQhyT581tbA7bTpsIbrT/IMBlmioIILw8WGtI7zcmNkjU5dnq5HnlVKEDh"
    "j/Ug/dLiyno8+Vp7QIDAQAB -----END RSA PUBLIC KEY-----"
)
FRESHCHAT_SIGNATURE = (
    "AhrmypOSWoewHG6LmIRuWjxyokuMDmPklrSU9p0gpUNjdSRCJzvpL6rjuTi5poV/ZLzWRWNM7X9yWjT5m9YFPshYrvigcd1ph4Ot"
    "2xmaJGYoUNJHijQccE6oDtDIp6i/8oLRafHgObQnGukZWPbP9OE5EiKz/VcsMP0Wv7hawI/sfIviM0w+6fNOKXWi0jDBH9ap1mj5"
    "CqOUOojni7OD5iYmIrjV/h33dyNmbvAta9E+trzcEhYqxfHIN4Z8R2FsatfRHWicoQ4PE5cQ8+UONVya8qr85nQ9w8N7Ql7yNg9f"
    "EViYG4/W/JnGEbPPEf8WrYtKzoVyuupDz4mVHdfKWg=="
)
FRESHCHAT_BODY = (
    b'{"actor":{"actor_type":"user","actor_id":"882f3926-b292-414b-a411-96380db373cd"},"action":"message_c'
    b'reate","action_time":"2019-06-21T17:43:20.875Z","data":{"message":{"message_parts":[{"text":{"conten'
    b't":"Test 2"}}],"app_id":"55b190fa-5d3c-45c4-bc49-74ddcfcf53d7","actor_id":"882f3926-b292-414b-a411-9'
    b'6380db373cd","id":"7a454fde-c720-4c97-a61d-0ffe70449eb6","channel_id":"c8fddfaf-622a-4a0e-b060-4f3cc'
    b'beab606","conversation_id":"c327498e-f713-481e-8d83-0603e03d2521","message_type":"normal","actor_typ'
    b'e":"user","created_time":"2019-06-21T17:43:20.866Z"}}}'
)

PUBLISHED: dict[str, tuple[str, str, str, str, bytes, int]] = {
    # apidocs.bridge.xyz, "Webhook event signature verification", test data
    "bridge": ("bridge", BRIDGE_KEY, "X-Webhook-Signature", BRIDGE_HEADER, b'{"message":"Hello World!"}', 1705854412),
    # nyaruka/courier, handlers/freshchat: a request Freshchat sent
    "freshchat": ("freshchat", FRESHCHAT_KEY, "X-FreshChat-Signature", FRESHCHAT_SIGNATURE, FRESHCHAT_BODY, 1561139001),
}


@pytest.mark.parametrize("vector", PUBLISHED.values(), ids=PUBLISHED.keys())
def test_a_published_example_is_valid_and_fragile(vector: tuple[Any, ...]) -> None:
    provider, key, name, value, body, at = vector
    profile = CATALOGUE.get(provider)
    assert profile is not None
    for changed, verdict in ((body, Verdict.VALID), (body + b" ", Verdict.INVALID), (body[:-1], Verdict.INVALID)):
        sent = a_request(changed, headers=headers_of([(name, value)]))
        now = datetime.fromtimestamp(at, UTC)
        found = verify(sent, Payload(sent), profile.recipes, [Secret(key)], scheme=provider, url="", now=now)
        assert found.verdict is verdict, found
