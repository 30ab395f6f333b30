"""Who really sends what comes through a tunnel: every connection is from this computer, only a header tells.

The header counts where the endpoint trusts this computer to set it, see `domain.access.AccessRule`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from ipaddress import ip_address, ip_network

from inspector.domain.access import AccessRule

INNER_PEER = "127.0.0.1"
"""From where a tunnel's connections come."""


def can_trust(rule: AccessRule, header: str) -> bool:
    """Return whether trusting a tunnel's header ("" for a carrier without one) would change a rule and spoil nothing.

    A rule has room for one header: one that other proxies set is not taken from them.
    """
    if not header or rule.client_header.lower() not in ("", header.lower()):
        return False
    return not rule.client_header or not _trusts_inner(rule.trusted_peers)


def trusting(rule: AccessRule, header: str) -> AccessRule:
    """Return the rule with the sender's address taken from this header where a request came through a tunnel."""
    peers = rule.trusted_peers if _trusts_inner(rule.trusted_peers) else (*rule.trusted_peers, INNER_PEER)
    return replace(rule, trusted_peers=peers, client_header=header)


def _trusts_inner(peers: Sequence[str]) -> bool:
    """Return whether addresses and networks hold this computer's; what is neither (half typed) holds nothing."""
    inner = ip_address(INNER_PEER)
    for text in peers:
        try:
            if inner in ip_network(text, strict=False):
                return True
        except ValueError:
            continue
    return False
