"""Who sent which header: the provider, the tunnel in between, and we in our answer. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from inspector.domain.event import Event
from inspector.payload.text import show_controls
from inspector.payload.values import escape_odd
from inspector.ui.detail.facts import status_line

# What cloudflared, ngrok, localtunnel, tailscale and reverse proxies add on the way (RFC 7239 and their documents).
_TUNNEL_PREFIXES = ("cf-", "x-forwarded-", "ngrok-", "x-localtunnel-", "tailscale-", "fly-")
_TUNNEL_NAMES = frozenset({"cdn-loop", "forwarded", "via", "x-real-ip", "true-client-ip", "x-original-host"})
_SECRET_NAMES = re.compile(
    r"authorization|cookie|password|passwd|secret|api[-_]?key|access[-_]?token|auth[-_]?token|(?:^|[-_])token$|(?:^|[-_])jwt"
)
MASK = "•" * 12


@dataclass(frozen=True, slots=True)
class HeaderLine:
    """One header as it was sent, with its order, case and repeats; `secret` values are masked until clicked."""

    name: str
    value: str
    secret: bool = False
    signature: bool = False


@dataclass(frozen=True, slots=True)
class HeaderGroup:
    """Headers of one sender."""

    title: str
    lines: tuple[HeaderLine, ...]


def header_groups(event: Event, signature_headers: tuple[str, ...]) -> tuple[HeaderGroup, ...]:
    """Return the three groups; one without headers is left out, and our answer begins with its status."""
    marked = {name.lower() for name in signature_headers}
    ours: list[HeaderLine] = []
    tunnel: list[HeaderLine] = []
    for raw_name, raw_value in event.request.headers:
        name = _readable(raw_name)
        low = name.lower()
        line = HeaderLine(name, _readable(raw_value), is_secret(low) and low not in marked, low in marked)
        (tunnel if is_tunnel(low) else ours).append(line)
    answer = event.answer
    back = [HeaderLine("Status", status_line(answer.status))]
    back += [HeaderLine(name, value) for name, value in answer.headers]
    if not any(name.lower() == "content-length" for name, _ in answer.headers):
        back.append(HeaderLine("Content-Length", str(len(answer.body))))
    groups = (("From the provider", ours), ("Added by the tunnel", tunnel), ("Our answer", back))
    return tuple(HeaderGroup(title, tuple(lines)) for title, lines in groups if lines)


def is_tunnel(low_name: str) -> bool:
    """Whether a header, named in lower case, is one that tunnels and proxies add."""
    return low_name in _TUNNEL_NAMES or low_name.startswith(_TUNNEL_PREFIXES)


def is_secret(low_name: str) -> bool:
    """Whether a header, named in lower case, usually carries something that should not be seen over a shoulder."""
    return _SECRET_NAMES.search(low_name) is not None


def _readable(data: bytes) -> str:
    return escape_odd(show_controls(data.decode("utf-8", "backslashreplace")))
