"""Under which address other computers on the local network reach this one."""

from __future__ import annotations

import contextlib
import socket

ELSEWHERE = ("192.0.2.1", 9)
"""An address for documentation (RFC 5737): choosing a route to it tells our own address, and nothing is sent."""

ELSEWHERE_6 = ("2001:db8::1", 9)
"""The same for IPv6 (RFC 3849)."""

LOOPBACK_HOSTS = frozenset({"", "127.0.0.1", "localhost", "::1"})


def network_url(host: str, port: int, scheme: str = "http") -> str:
    """Return scheme, host and port for other computers, "" where the receiver listens on this computer only.

    `host` is what the receiver listens on; for every network the address of the usual route is taken, and "" is
    returned where there is none.
    """
    address = network_address(host)
    if not address or not port:
        return ""
    return f"{scheme}://{f'[{address}]' if ':' in address else address}:{port}"


def network_address(host: str) -> str:
    """Return the address other computers use for a receiver that listens on `host`, "" where there is none."""
    if host in LOOPBACK_HOSTS:
        return ""
    if host == "0.0.0.0":
        return own_address()
    if host == "::":
        return own_address() or own_address_6()
    return host


def own_address() -> str:
    """Return this computer's IPv4 address on its usual network, "" without one."""
    return _address_towards(socket.AF_INET, ELSEWHERE)


def own_address_6() -> str:
    """Return this computer's IPv6 address on its usual network, "" without one."""
    return _address_towards(socket.AF_INET6, ELSEWHERE_6)


def _address_towards(family: socket.AddressFamily, elsewhere: tuple[str, int]) -> str:
    with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
        probe.connect(elsewhere)
        return str(probe.getsockname()[0]).partition("%")[0]
    return ""
