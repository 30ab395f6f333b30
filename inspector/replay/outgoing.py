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

DROPPED_BEGINNINGS = (b"cf-", b"proxy-", b"x-forwarded-")

_BODYLESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "CONNECT", "DELETE"})


def outgoing_of(request: Request, url: str) -> Outgoing:
    """Return what a replay of `request` to `url` sends: its method, its header lines in order, case and number, and
    its body as captured (gzip stays gzip); Host first and Content-Length last are ours. Raises UsageError.
    """
    target = parse_target(url)
    return addressed(Outgoing(request.method, url, request.headers, request.body), target)


def addressed(outgoing: Outgoing, target: Target | None = None) -> Outgoing:
    """Return `outgoing` with the header lines that depend on target and body made right; safe to repeat."""
    target = target or parse_target(outgoing.url)
    kept = [line for line in outgoing.headers if not _dropped(line[0].strip().lower())]
    length: Headers = ()
    if outgoing.body or outgoing.method.upper() not in _BODYLESS:
        length = ((b"Content-Length", b"%d" % len(outgoing.body)),)
    headers: Headers = ((b"Host", target.authority.encode("ascii")), *kept, *length)
    return Outgoing(outgoing.method, target.url, headers, outgoing.body)


def _dropped(name: bytes) -> bool:
    if name in (b"host", b"content-length") or name in HOP_BY_HOP or name in TUNNEL_ADDED:
        return True
    return name.startswith(DROPPED_BEGINNINGS)


def wire_bytes(outgoing: Outgoing, path: str) -> bytes:
    """Return the request as it goes over the wire, `path` being the request target."""
    lines = [f"{outgoing.method} {path} HTTP/1.1".encode("ascii", "replace")]
    lines += [name + b": " + value for name, value in outgoing.headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + outgoing.body
