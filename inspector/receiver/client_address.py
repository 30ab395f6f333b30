"""Who really sent a request: the connection's other end, or what a trusted proxy's header says about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

FORWARDED = "forwarded"

_PORT = re.compile(r":\d{1,5}\Z")
_ELEMENT = re.compile(r'\s*([!#$%&\'*+.^_`|~0-9A-Za-z-]+)=(?:"((?:[^"\\]|\\.)*)"|([^\s",;]*))\s*(?=[;,]|\Z)')


@dataclass(frozen=True, slots=True)
class Client:
    """A sender. `address` is None where it cannot be told; `shown` is how the row names it, `why` what is amiss."""

    address: Address | None
    shown: str
    why: str = ""


def parse_network(text: str) -> Network:
    """Return the network a text like `198.51.100.0/24`, `203.0.113.24` or `2001:db8::/32` names.

    Bits behind the prefix are let go; an IPv4 address in its IPv6 form (RFC 4291 section 2.5.5.2) is meant as IPv4.
    Raises ValueError for anything else.
    """
    network = ip_network(text.strip(), strict=False)
    if isinstance(network, IPv6Network) and network.prefixlen >= 96:
        mapped = network.network_address.ipv4_mapped
        if mapped is not None:
            return IPv4Network((mapped, network.prefixlen - 96))
    return network


def parse_address(text: str) -> Address | None:
    """Return an address as the connection or a header writes it, with or without brackets and port; None for others."""
    text = text.strip()
    if text.startswith("["):
        inside, closed, port = text[1:].partition("]")
        if not closed or (port and not _PORT.match(port)):
            return None
        text = inside
    elif text.count(":") == 1:
        text = _PORT.sub("", text)
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.scope_id is not None:
            return IPv6Address(int(address))
    return address


def is_among(address: Address, networks: Iterable[Network]) -> bool:
    """Tell whether an address lies in one of the networks."""
    return any(address.version == network.version and address in network for network in networks)


def client_of(peer: str, values: Sequence[bytes], header: str, trusted: Sequence[Network]) -> Client:
    """Return who sent a request that came over a connection from `peer`.

    `values` are the lines of `header`, in order. They count only where the peer is trusted, and then from the right:
    every proxy adds its own peer at the end, so the last hop that is no trusted proxy is the sender, and whatever
    stands before it may be made up. Where that hop cannot be read the sender is unknown, and not the one before it.
    """
    address = parse_address(peer)
    own = Client(address, peer if address is None else str(address))
    if not header or address is None or not values or not is_among(address, trusted):
        return own
    leftmost = own
    for line in reversed(values):
        hops = _hops(line.decode("latin-1"), header)
        for hop in reversed(hops):
            found = None if hop is None else parse_address(hop)
            if found is None:
                return Client(None, own.shown, f"{header} does not say who the sender is")
            leftmost = Client(found, str(found))
            if not is_among(found, trusted):
                return leftmost
    return leftmost


def _hops(line: str, header: str) -> list[str | None]:
    """Return the hops of one header line; None stands for one that cannot be read."""
    if header.lower() == FORWARDED:
        return _forwarded(line)
    return [part.strip() for part in line.split(",")]


def _forwarded(line: str) -> list[str | None]:
    """Return what each element of a Forwarded header says after `for=` (RFC 7239 section 4).

    A line with a quote left open, or with anything behind one that is closed, is not read at all: a sender could hide
    in it what its proxy adds.
    """
    hops: list[str | None] = []
    hop: str | None = None
    at = 0
    while True:
        match = _ELEMENT.match(line, at)
        if match is None:
            return [None]
        name, quoted, bare = match.groups()
        if name.lower() == "for":
            if hop is not None:
                return [None]
            hop = bare if quoted is None else re.sub(r"\\(.)", r"\1", quoted)
        at = match.end()
        if at == len(line) or line[at] == ",":
            hops.append(hop)
            hop = None
        if at == len(line):
            return hops
        at += 1
