"""How handlers check signatures: rightly for several providers, and wrongly in one way each."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from urllib.parse import parse_qsl

from aiohttp import web

from tests.integration.check.handlers import SECRET, Handler, hex_hmac, same

WHSEC = "whsec_" + base64.b64encode(b"a secret of twenty-four b").decode()

HEADER = "X-Webhook-Signature"


def rcs(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Check as the guide to RCS webhooks says."""
    return same(hex_hmac(body), request.headers.get(HEADER, ""))


def rcs_client(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Check as the RCS client's guide says."""
    return same(hex_hmac(body), request.headers.get("Signature", ""))


def github(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Check as GitHub documents."""
    return same("sha256=" + hex_hmac(body), request.headers.get("X-Hub-Signature-256", ""))


def stripe(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Check as Stripe documents: signature first, then the age."""
    items = [item.partition("=")[::2] for item in request.headers.get("Stripe-Signature", "").split(",")]
    stamp = dict(items).get("t", "")
    made = hex_hmac(f"{stamp}.".encode() + body)
    if not any(name == "v1" and same(made, value) for name, value in items):
        return False
    return "accepts stale" in handler.flaws or abs(time.time() - int(stamp)) < 300


def standard(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Check as the Standard Webhooks specification says."""
    headers = request.headers
    name, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if "accepts stale" not in handler.flaws and (not stamp.isdigit() or abs(time.time() - int(stamp)) > 300):
        return False
    key = base64.b64decode(WHSEC.removeprefix("whsec_"))
    digest = hmac.new(key, f"{name}.{stamp}.".encode() + body, hashlib.sha256).digest()
    made = "v1," + base64.b64encode(digest).decode()
    sent = headers.get("webhook-signature", "").split(" ")
    if "ignores case" in handler.flaws:
        return any(same(made.lower(), value.lower()) for value in sent)
    return any(same(made, value) for value in sent)


def twilio(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Check as Twilio documents for forms: address and sorted fields."""
    text = str(request.url) + "".join(name + value for name, value in sorted(parse_qsl(body.decode(), True)))
    made = base64.b64encode(hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).digest()).decode()
    return same(made, request.headers.get("X-Twilio-Signature", ""))


def slack(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Check as Slack documents."""
    stamp = request.headers.get("X-Slack-Request-Timestamp", "")
    if not stamp.isdigit() or ("accepts stale" not in handler.flaws and abs(time.time() - int(stamp)) > 300):
        return False
    return same("v0=" + hex_hmac(f"v0:{stamp}:".encode() + body), request.headers.get("X-Slack-Signature", ""))


# -- wrong ones -------------------------------------------------------------------------------------------------------


def none(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Check nothing."""
    return True


def only_presence(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Look whether there is a signature."""
    return bool(request.headers.get(HEADER))


def only_where_sent(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Let in what carries no signature."""
    return HEADER not in request.headers or rcs(handler, request, body)


def crashes_without(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Take for granted that the header is there."""
    if HEADER not in request.headers:
        raise web.HTTPInternalServerError
    return rcs(handler, request, body)


def rewritten_by_python(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Sign the body as Python's json writes it again."""
    return same(hex_hmac(_again(body)), request.headers.get(HEADER, ""))


def rewritten_compact(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Sign the body as JSON.stringify writes it again."""
    again = _again(body, separators=(",", ":"), ensure_ascii=False)
    return same(hex_hmac(again), request.headers.get(HEADER, ""))


def _again(body: bytes, **options: object) -> bytes:
    try:
        return json.dumps(json.loads(body), **options).encode()  # type: ignore[arg-type]  # as dumps has them
    except ValueError:
        return body


def stripped(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Strip the body's ends before signing it."""
    return same(hex_hmac(body.strip()), request.headers.get(HEADER, ""))


def in_plain_letters(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Sign the body as text, without the letters that ASCII does not have."""
    return same(hex_hmac(body.decode("ascii", "ignore").encode()), request.headers.get(HEADER, ""))


def beginning(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Compare as much as was sent."""
    sent = request.headers.get(HEADER, "")
    return bool(sent) and hex_hmac(body).startswith(sent)


def first_characters(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Compare eight characters."""
    return hex_hmac(body)[:8] == request.headers.get(HEADER, "")[:8]


def any_header(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Take the signature from whatever header is called so."""
    sent = [value for name, value in request.headers.items() if "signature" in name.lower()]
    return any(same(hex_hmac(body), value) for value in sent)


def exact_name(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Look for the header's name as documented, letter by letter."""
    raw: Mapping[bytes, bytes] = dict(request.raw_headers)
    return same(hex_hmac(body), raw.get(HEADER.encode(), b"").decode())


def body_only_once(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Once a sender was genuine, believe everybody."""
    if rcs(handler, request, body):
        handler.flaws |= {"trusts"}
    return "trusts" in handler.flaws


def forbids(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Refuse with 403."""
    if not rcs(handler, request, body):
        raise web.HTTPForbidden
    return True


def bad_request(handler: Handler, request: web.Request, body: bytes) -> bool:
    """Refuse with 400, as some libraries do."""
    if not rcs(handler, request, body):
        raise web.HTTPBadRequest
    return True
