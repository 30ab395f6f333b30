"""Requests of several schemes, signed rightly and then broken in one way each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from inspector.domain.endpoint import ending_of
from inspector.domain.request import Headers, Request
from inspector.domain.secret import Secret
from inspector.providers.catalogue import Catalogue, load_catalogue
from inspector.providers.profile import Profile, parse_profile
from inspector.resources import resource_path
from inspector.signatures.diagnosis.case import Case, KnownSecret
from inspector.signatures.engine import sign
from tests.builders import NOON, a_request, headers_of

URL = "https://hooks.example.com/in/abc"
PLAIN_SECRET = "5b0c7f3a9e1d4826b7f0a3c5d9e8174c"
OTHER_SECRET = "0f9e8d7c6b5a49382716051423324150"
WHSEC = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER_WHSEC = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"

PAYLOAD: dict[str, Any] = {
    "type": "message.delivered",
    "id": "evt_7f3a9c",
    "webhook_id": "wh_5512aa90ff",
    "timestamp": "2026-03-01T12:00:00Z",
    "data": {"to": "+14155550132", "price": 0.5, "url": "https://example.com/a/b", "name": "Zoë", "list": [1, 2, {}]},
    "a_first_key": True,
}
COMPACT = json.dumps(PAYLOAD, separators=(",", ":"), ensure_ascii=False).encode()

JSON_HEADERS = (("Host", "hooks.example.com"), ("Content-Type", "application/json"))
FORM_HEADERS = (("Host", "hooks.example.com"), ("Content-Type", "application/x-www-form-urlencoded"))
FORM = b"MessageSid=SM8f31&MessageStatus=delivered&To=%2B14155550132&Body=Hello+there"

LINES = headers_of(JSON_HEADERS)

TOKEN_TABLE = {
    "name": "Tokens",
    "signing": [{"kind": "token", "signature": "header:X-Gitlab-Token"}],
}
LOCAL_TABLE = {
    "name": "Plain",
    "signing": [{"signature": "header:X-Plain-Signature", "signed": "{body}"}],
}


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    return load_catalogue([resource_path("providers")])


def profile_of(id: str) -> Profile:
    if id == "token":
        return parse_profile("token", TOKEN_TABLE)
    if id == "plain":
        return parse_profile("plain", LOCAL_TABLE)
    found = catalogue().get(id)
    assert found is not None
    return found


@dataclass(frozen=True)
class Scheme:
    """A provider with a secret, another secret of the same form, a body, and its headers before they are signed."""

    id: str
    secret: str = PLAIN_SECRET
    other: str = OTHER_SECRET
    body: bytes = COMPACT
    headers: Headers = LINES

    @property
    def profile(self) -> Profile:
        return profile_of(self.id)

    def signed(self, body: bytes | None = None, *, secret: str = "", url: str = URL, at: Any = NOON) -> Request:
        """Return a request signed over `body` as of `at` for `url`."""
        target = "/" + url.partition("://")[2].partition("/")[2]
        request = a_request(self.body if body is None else body, target=target, headers=self.headers, received_at=NOON)
        return sign(request, self.profile.recipes, Secret(secret or self.secret), url=url, now=at)

    def case(self, request: Request, **more: Any) -> Case:
        """Return the case of a request that came to an endpoint with this scheme's secret."""
        values: dict[str, Any] = {
            "secrets": (known(self.secret, "s1"),),
            "url": URL,
            "profiles": tuple(catalogue()),
        }
        return Case(request, self.profile.recipes, self.id, self.profile.name, **(values | more))


BODY = Scheme("github")
STRIPE = Scheme("stripe", "whsec_4b1c7f3a9e1d4826", "whsec_99aa7f3a9e1d4826")
STANDARD = Scheme("standard-webhooks", WHSEC, OTHER_WHSEC)
SLACK = Scheme("slack")
TWILIO = Scheme("twilio", body=FORM, headers=headers_of(FORM_HEADERS))
INNER = json.dumps({"message": {"data": "eyJldmVudFR5cGUiOiJSRUFEIiwibWVzc2FnZUlkIjoibXNnXzEifQ==", "messageId": "1"}})
RBM = Scheme("google-rbm", body=INNER.encode())
TOKEN = Scheme("token")

SCHEMES = (BODY, STRIPE, STANDARD, SLACK, TWILIO, RBM, TOKEN)
BODY_SCHEMES = (BODY, STRIPE, STANDARD, SLACK)
TIMED_SCHEMES = (STRIPE, STANDARD, SLACK)


def known(value: str, ref_key: str = "", **more: Any) -> KnownSecret:
    return KnownSecret(Secret(value, "", ending_of(value)), ref_key, **more)


def delivered(scheme: Scheme, signed: bytes, came: bytes) -> Request:
    """Return a request that was signed over one body and came with another."""
    return replace(scheme.signed(signed), body=came)


def with_header(request: Request, name: str, change: Callable[[bytes], bytes], *, rename: str = "") -> Request:
    """Return the request with one header's value changed, and its name where another is given."""
    wanted = name.lower().encode()
    assert any(key.lower() == wanted for key, _ in request.headers), name
    headers = tuple(
        (rename.encode() or key, change(value)) if key.lower() == wanted else (key, value)
        for key, value in request.headers
    )
    return replace(request, headers=headers)
