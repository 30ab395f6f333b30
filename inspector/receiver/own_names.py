"""Under which names and addresses this computer is reached: what a certificate made here has to be for."""

from __future__ import annotations

import contextlib
import re
import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path

from inspector.receiver.network import own_address, own_address_6

_FIB = Path("/proc/net/fib_trie")
_INET6 = Path("/proc/net/if_inet6")
_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*\Z")

Address = IPv4Address | IPv6Address


def own_names() -> tuple[str, ...]:
    """Return host names, then addresses, the loopback ones first. Blocks: the host name is looked up."""
    addresses = dict.fromkeys([*map(ip_address, ("127.0.0.1", "::1")), *sorted(own_addresses(), key=_order)])
    return (*_host_names(), *map(str, addresses))


def own_addresses() -> set[Address]:
    """Return the addresses of this computer's networks, without loopback and link-local ones."""
    return {address for address in _found() if _is_reachable(address)}


def _host_names() -> Iterator[str]:
    yield "localhost"
    name = socket.gethostname().rstrip(".").lower()
    if name and name != "localhost" and _HOST_NAME.match(name):
        yield name
        if "." not in name:
            yield f"{name}.local"  # multicast DNS, RFC 6762


def _found() -> Iterator[Address]:
    for text in (own_address(), own_address_6(), *_from_linux(), *_from_name()):
        with contextlib.suppress(ValueError):
            yield ip_address(text.partition("%")[0])


def _from_name() -> list[str]:
    try:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)]
    except OSError:
        return []


def _from_linux() -> list[str]:
    """Return every address of every interface, as Linux lists them."""
    found: list[str] = []
    with contextlib.suppress(OSError):
        found += re.findall(r"\|-- (\S+)\n\s+/32 host LOCAL", _FIB.read_text())
    with contextlib.suppress(OSError):
        for line in _INET6.read_text().splitlines():
            digits = line.partition(" ")[0]
            found.append(":".join(digits[at : at + 4] for at in range(0, 32, 4)))
    return found


def _is_reachable(address: Address) -> bool:
    return not (address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast)


def _order(address: Address) -> tuple[int, int]:
    return address.version, int(address)
