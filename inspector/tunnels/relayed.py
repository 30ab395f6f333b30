"""What a relay's message says about the request it stands for. Pure.

smee.io sends `{…headers, body: parsed JSON, query, timestamp}` (probot/smee.io, lib/server.js): the body has been
parsed and written again, so its bytes are not the provider's. gosmee sends `bodyB`, the body's own bytes in base64
(chmouel/gosmee, gosmee/server.go). Both lower the header names.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

RELAY_HEADER = "X-Relayed-By"
"""Names the relay on every request that came by it."""

_NOT_HEADERS = frozenset({"body", "bodyB", "query", "timestamp"})
# What belongs to the connection between provider and relay (RFC 9110 section 7.6.1), or is made anew by us.
_DROPPED = frozenset({
    "connection", "content-encoding", "content-length", "expect", "host", "keep-alive", "proxy-authorization",
    "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", RELAY_HEADER.lower(),
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Relayed:
    """A request as the relay told it. `exact` tells whether `body` has the provider's own bytes."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    query: str
    exact: bool


def relayed_request(data: str) -> Relayed | None:
    """Return the request a message stands for, None where it stands for none (a greeting, a sign of life).

    Raises ValueError where it cannot be read.
    """
    message = json.loads(data)
    if not isinstance(message, dict):
        raise ValueError("The relay's message is not a JSON object.")
    if "body" not in message and "bodyB" not in message:
        return None
    body, exact = _body(message)
    headers = tuple((name, value) for name, value in _headers(message))
    return Relayed(headers, body, _query(message.get("query")), exact)


def _body(message: Mapping[str, Any]) -> tuple[bytes, bool]:
    if isinstance(message.get("bodyB"), str):
        try:
            return base64.b64decode(message["bodyB"], validate=True), True
        except binascii.Error as error:
            raise ValueError(f"The relay's body is not base64: {error}.") from None
    body = message.get("body")
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass"), False
    # The form JSON.stringify gives, which most providers sign: the best guess there is.
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass"), False


def _headers(message: Mapping[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in message.items():
        low = name.lower()
        if name in _NOT_HEADERS or low in _DROPPED or not _is_token(name):
            continue
        values = value if isinstance(value, list) else [value]
        found += [(name, _one_line(item)) for item in values if isinstance(item, str | int | float)]
    return found


def _is_token(name: str) -> bool:
    """Tell whether a name can be a header's (RFC 9110 section 5.6.2)."""
    return bool(name) and name.isascii() and all(sign.isalnum() or sign in "!#$%&'*+-.^_`|~" for sign in name)


def _one_line(value: str | float) -> str:
    return "".join(sign for sign in str(value) if sign >= " " or sign == "\t").strip()


def _query(query: Any) -> str:
    return urlencode(query, doseq=True) if isinstance(query, dict) and query else ""


def request_bytes(relayed: Relayed, *, host: str, path: str, relay: str) -> bytes:
    """Return the request as it is sent to our own receiver, told to come from `relay`."""
    target = f"{path}?{relayed.query}" if relayed.query else path
    lines = [f"POST {target} HTTP/1.1", f"host: {host}"]
    lines += [f"{name}: {value}" for name, value in relayed.headers]
    lines += [f"{RELAY_HEADER}: {relay}", f"content-length: {len(relayed.body)}", "connection: close", "", ""]
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + relayed.body
