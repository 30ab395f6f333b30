"""Under which address other computers on the local network reach this one."""

from __future__ import annotations

import contextlib
import socket

ELSEWHERE = ("192.0.2.1", 9)
"""An address for documentation (RFC 5737): choosing a route to it tells our own address, and nothing is sent."""

LOOPBACK_HOSTS = frozenset({"", "127.0.0.1", "localhost", "::1"})


def network_url(host: str, port: int) -> str:
    """Return scheme, host and port for other computers, "" where the receiver listens on this computer only.

    `host` is what the receiver listens on; for every network the address of the usual route is taken, and "" is
    returned where there is none.
    """
    if host in LOOPBACK_HOSTS or not port:
        return ""
    address = own_address() if host in ("0.0.0.0", "::") else host
    return f"http://{address}:{port}" if address else ""


def own_address() -> str:
    """Return this computer's IPv4 address on its usual network, "" without one."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(ELSEWHERE)
        return str(probe.getsockname()[0])
    return ""
