"""A captured request turned into one that goes to a target: the same bytes, only addressed anew."""

from __future__ import annotations

from inspector.domain.attempt import Outgoing
from inspector.domain.request import Headers, Request
from inspector.replay.target import Target, parse_target

HOP_BY_HOP = frozenset({
    b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade",
})  # fmt: skip
"""Header lines that belong to one connection, not to the message (RFC 9110 section 7.6.1)."""

TUNNEL_ADDED = frozenset({
    b"cdn-loop", b"forwarded", b"true-client-ip", b"via", b"x-client-ip", b"x-cluster-client-ip",
    b"x-original-host", b"x-real-ip", b"x-request-start",
})  # fmt: skip
"""What cloudflared, ngrok and other proxies add on the way; the provider did not send it."""

DROPPED_BEGINNINGS = (b"cf-", b"x-forwarded-")

_BODYLESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "CONNECT", "DELETE"})


def outgoing_of(request: Request, url: str) -> Outgoing:
    """Return what a replay of `request` to `url` sends: its method, its header lines in order, case and number, and
    its body as captured (gzip stays gzip); Host first and Content-Length last are ours. Raises UsageError.
    """
    target = parse_target(url)
    kept = tuple(line for line in request.headers if not dropped_reason(line[0].strip().lower()))
    return addressed(Outgoing(request.method, url, kept, request.body), target)


def addressed(outgoing: Outgoing, target: Target | None = None) -> Outgoing:
    """Return `outgoing` with the header lines that depend on target, connection and body made right; safe to repeat."""
    target = target or parse_target(outgoing.url)
    gone = nominated(outgoing.headers) | HOP_BY_HOP | {b"host", b"content-length"}
    kept = [line for line in outgoing.headers if line[0].strip().lower() not in gone]
    length: Headers = ()
    if outgoing.body or outgoing.method.upper() not in _BODYLESS:
        length = ((b"Content-Length", b"%d" % len(outgoing.body)),)
    headers: Headers = ((b"Host", target.authority.encode("ascii")), *kept, *length)
    return Outgoing(outgoing.method, target.url, headers, outgoing.body)


def nominated(headers: Headers) -> frozenset[bytes]:
    """Return the names that Connection lines declare to belong to the connection too, in small letters."""
    values = [value for name, value in headers if name.strip().lower() == b"connection"]
    return frozenset(word.strip().lower() for value in values for word in value.split(b",")) - {b""}


def dropped_reason(name: bytes) -> str:
    """Return why a captured header of this name (in small letters) is not sent on, "" where it is."""
    if name.startswith(b"proxy-"):
        return "It was meant for a proxy."
    if name in TUNNEL_ADDED or name.startswith(DROPPED_BEGINNINGS):
        return "A tunnel or proxy added it; the provider did not send it."
    return ""


def wire_bytes(outgoing: Outgoing, path: str) -> bytes:
    """Return the request as it goes over the wire, `path` being the request target."""
    lines = [f"{outgoing.method} {path} HTTP/1.1".encode("ascii", "replace")]
    lines += [name + b": " + value for name, value in outgoing.headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + outgoing.body
