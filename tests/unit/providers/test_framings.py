"""How senders frame what they sign, put together here without the recipes: written once more from their documents.

A recipe and this table can only agree if both are right, or both wrong in the same way.
"""

from __future__ import annotations

import base64
import hmac
from datetime import UTC, datetime

import pytest

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict
from inspector.payload.body import Payload
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.signatures.engine import verify

CATALOGUE = load_catalogue([resource_path("providers")])
NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
BODY = '{"id":"evt_1","type":"thing.created","data":{"name":"Zoë – 日本","n":1.50}}'
URL = "https://hooks.example/in/abc"
KEYS = {
    "text": ("s3cret-text-of-some-length", b"s3cret-text-of-some-length"),
    "base64": (base64.b64encode(b"k" * 32).decode(), b"k" * 32),
    "whsec": ("whsec_" + base64.b64encode(b"k" * 32).decode(), b"k" * 32),
    "hex": ((b"q" * 32).hex(), b"q" * 32),
}
TIMES = {
    "s": "1795334400",
    "ms": "1795334400000",
    "iso": "2026-11-22T08:00:00Z",
    "http": "Sun, 22 Nov 2026 08:00:00 GMT",
}

BARE = "{s}"
"""The header is the digest alone: `{s}` is the signature, `{t}` the time, `{b}` the body, `{u}` the address."""

OVER_THE_BODY = [
    *[(id, header, BARE, "hex sha256") for id, header in (
        ("attio", "attio-signature"), ("asana", "x-hook-signature"), ("cal-com", "x-cal-signature-256"),
        ("chargify", "x-chargify-webhook-signature-hmac-sha-256"), ("checkout-com", "cko-signature"),
        ("clickup", "x-signature"), ("coinbase-commerce", "x-cc-webhook-signature"), ("dropbox", "x-dropbox-signature"),
        ("dub", "dub-signature"), ("dwolla", "x-request-signature-sha-256"), ("gocardless", "webhook-signature"),
        ("launchdarkly", "x-ld-signature"), ("lemon-squeezy", "x-signature"), ("logto", "logto-signature-sha-256"),
        ("messente", "x-messente-signature"), ("modern-treasury", "x-signature"), ("nylas", "x-nylas-signature"),
        ("pusher", "x-pusher-signature"), ("razorpay", "x-razorpay-signature"), ("sentry", "sentry-hook-signature"),
        ("sumsub", "x-payload-digest"),
    )],
    *[(id, header, BARE, "base64 sha256") for id, header in (
        ("ably", "x-ably-signature"), ("aftership", "aftership-hmac-sha256"), ("bolt", "x-bolt-hmac-sha256"),
        ("docusign", "x-docusign-signature-1"), ("fastspring", "x-fs-signature"),
        ("heroku", "heroku-webhook-hmac-sha256"), ("primer", "x-signature-primary"),
        ("quickbooks", "intuit-signature"), ("shopify", "x-shopify-hmac-sha256"),
        ("woocommerce", "x-wc-webhook-signature"), ("xero", "x-xero-signature"),
    )],
    ("autodesk", "x-adsk-signature", "sha1hash={s}", "hex sha1"),
    ("bitbucket", "x-hub-signature", "sha256={s}", "hex sha256"),
    ("circleci", "circleci-signature", "v1={s}", "hex sha256"),
    ("greenhouse", "signature", "sha256 {s}", "hex sha256"),
    ("intercom", "x-hub-signature", "sha1={s}", "hex sha1"),
    ("jira", "x-hub-signature", "sha256={s}", "hex sha256"),
    ("meta", "x-hub-signature-256", "sha256={s}", "hex sha256"),
    ("mongodb-atlas", "x-mms-signature", BARE, "base64 sha1"),
    ("monnify", "monnify-signature", BARE, "hex sha512"),
    ("notion", "x-notion-signature", "sha256={s}", "hex sha256"),
    ("npm", "x-npm-signature", "sha256={s}", "hex sha256"),
    ("pagerduty", "x-pagerduty-signature", "v1=00,v1={s}", "hex sha256"),
    ("paystack", "x-paystack-signature", BARE, "hex sha512"),
    ("segment", "x-signature", BARE, "hex sha1"),
    ("typeform", "typeform-signature", "sha256={s}", "base64 sha256"),
    ("vercel", "x-vercel-signature", BARE, "hex sha1"),
    ("x-twitter", "x-twitter-webhooks-signature", "sha256={s}", "base64 sha256"),
]  # fmt: skip

WITH_KEYS = [
    ("airtable", "x-airtable-content-mac", "hmac-sha256={s}", "hex sha256", "base64"),
    ("authorize-net", "x-anet-signature", "sha512={s}", "hex sha512", "hex"),
    ("microsoft-teams", "authorization", "HMAC {s}", "base64 sha256", "base64"),
    ("onfleet", "x-onfleet-signature", BARE, "hex sha512", "hex"),
    ("squarespace", "squarespace-signature", BARE, "hex sha256", "hex"),
]

DOT, COLON, SLACK = "{t}.{b}", "{t}:{b}", "v0:{t}:{b}"
STANDARD = [("clerk", "svix"), ("resend", "svix"), ("stytch", "svix"), ("vanta", "svix")]
STANDARD += [(id, "webhook") for id in ("brex", "etsy", "incident-io", "openai", "render", "replicate", "supabase")]

TIMED = [
    *[(id, header, "t={t},v1={s}", "hex sha256", DOT, "s", {}) for id, header in (
        ("calendly", "calendly-webhook-signature"), ("mux", "mux-signature"), ("persona", "persona-signature"),
        ("shippo", "shippo-auth-signature"), ("stripe", "stripe-signature"),
    )],
    *[(id, header, BARE, "hex sha256", framed, unit, {stamp: "{t}"}) for id, header, framed, unit, stamp in (
        ("airship", "x-ua-signature", COLON, "s", "x-ua-timestamp"),
        ("airwallex", "x-signature", "{t}{b}", "ms", "x-timestamp"),
        ("customer-io", "x-cio-signature", SLACK, "s", "x-cio-timestamp"),
        ("klaviyo", "klaviyo-signature", "{b}{t}", "http", "klaviyo-timestamp"),
        ("lob", "lob-signature", DOT, "s", "lob-signature-timestamp"),
        ("smsportal", "x-signature", "v1:{t}|POST|{u}|{b}", "s", "x-timestamp"),
        ("webflow", "x-webflow-signature", COLON, "ms", "x-webflow-timestamp"),
    )],
    *[(id, header, "v0={s}", "hex sha256", SLACK, "s", {stamp: "{t}"}) for id, header, stamp in (
        ("frame-io", "x-frameio-signature", "x-frameio-request-timestamp"),
        ("slack", "x-slack-signature", "x-slack-request-timestamp"),
        ("zoom", "x-zm-signature", "x-zm-request-timestamp"),
    )],
    ("affirm", "x-affirm-signature", "t={t},v0={s}", "hex sha512", DOT, "s", {}),
    ("buildkite", "x-buildkite-signature", "timestamp={t},signature={s}", "hex sha256", DOT, "s", {}),
    ("everee", "x-everee-webhook-signature", "v1=00,v1={s}", "hex sha256", DOT, "s", {
        "x-everee-webhook-timestamp": "{t}",
    }),
    ("front", "x-front-signature", BARE, "base64 sha256", COLON, "ms", {"x-front-request-timestamp": "{t}"}),
    ("ghost", "x-ghost-signature", "sha256={s}, t={t}", "hex sha256", "{b}{t}", "ms", {}),
    ("hubspot", "x-hubspot-signature-v3", BARE, "base64 sha256", "POST{u}{b}{t}", "ms", {
        "x-hubspot-request-timestamp": "{t}",
    }),
    ("linkedin", "x-li-signature", BARE, "hex sha256", "hmacsha256={b}", "s", {}),
    ("paddle", "paddle-signature", "ts={t};h1={s}", "hex sha256", COLON, "s", {}),
    ("sanity", "sanity-webhook-signature", "t={t},v1={s}", "base64url sha256", DOT, "ms", {}),
    ("sinch", "x-sinch-webhook-signature", BARE, "base64 sha256", "{b}.n1.{t}", "s", {
        "x-sinch-webhook-signature-timestamp": "{t}", "x-sinch-webhook-signature-nonce": "n1",
        "x-sinch-webhook-signature-algorithm": "HmacSHA256",
    }),
    ("square", "x-square-hmacsha256-signature", BARE, "base64 sha256", "{u}{b}", "s", {}),
    ("tiktok", "tiktok-signature", "t={t},s={s}", "hex sha256", DOT, "s", {}),
    ("trello", "x-trello-webhook", BARE, "base64 sha1", "{b}{u}", "s", {}),
    ("twitch", "twitch-eventsub-message-signature", "sha256={s}", "hex sha256", "id-1{t}{b}", "iso", {
        "twitch-eventsub-message-timestamp": "{t}", "twitch-eventsub-message-id": "id-1",
    }),
    ("workos", "workos-signature", "t={t}, v1={s}", "hex sha256", DOT, "ms", {}),
    ("ycloud", "ycloud-signature", "t={t},s={s}", "hex sha256", DOT, "s", {}),
    ("zendesk", "x-zendesk-webhook-signature", BARE, "base64 sha256", "{t}{b}", "iso", {
        "x-zendesk-webhook-signature-timestamp": "{t}",
    }),
]  # fmt: skip

CASES = [
    *[(*row, "text", "{b}", "s", {}) for row in OVER_THE_BODY],
    *[(*row, "{b}", "s", {}) for row in WITH_KEYS],
    *[(*row[:4], "text", *row[4:]) for row in TIMED],
    *[(id, f"{name}-signature", "v1,{s}", "base64 sha256", key, "msg_1.{t}.{b}", "s", {
        f"{name}-id": "msg_1", f"{name}-timestamp": "{t}",
    }) for id, name, key in ((*each, "whsec") for each in STANDARD)],
    ("polar", "webhook-signature", "v1,{s}", "base64 sha256", "text", "msg_1.{t}.{b}", "s", {
        "webhook-id": "msg_1", "webhook-timestamp": "{t}",
    }),
]  # fmt: skip


@pytest.mark.parametrize(
    ("id", "header", "written", "how", "key", "framed", "unit", "beside"), CASES, ids=[case[0] for case in CASES]
)
def test_what_a_sender_signs_is_what_its_recipe_checks(
    id: str, header: str, written: str, how: str, key: str, framed: str, unit: str, beside: dict[str, str]
) -> None:
    encoding, digest = how.split()
    pasted, secret = KEYS[key]
    values = {"t": TIMES[unit], "b": BODY, "u": URL}
    values["s"] = _encoded(hmac.new(secret, _filled(framed, values).encode(), digest).digest(), encoding)
    lines = {header: written, "content-type": "application/json"} | beside
    headers = tuple((name.encode(), _filled(text, values).encode()) for name, text in lines.items())
    profile = CATALOGUE.get(id)
    assert profile is not None
    for body, verdict in ((BODY, Verdict.VALID), (BODY.replace("evt_1", "evt_2"), Verdict.INVALID)):
        sent = Request("POST", "/in/abc", headers, body.encode(), NOW)
        found = verify(sent, Payload(sent), profile.recipes, [Secret(pasted)], scheme=id, url=URL, now=NOW, facts={})
        assert found.verdict is verdict, found


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def _encoded(digest: bytes, encoding: str) -> str:
    if encoding == "hex":
        return digest.hex()
    if encoding == "base64url":
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")
    return base64.b64encode(digest).decode()
