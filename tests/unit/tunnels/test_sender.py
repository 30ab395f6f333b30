"""Whose address counts for what comes through a tunnel, and when that can be mended by one click."""

from __future__ import annotations

import pytest

from inspector.domain.access import AccessRule
from inspector.tunnels.sender import can_trust, trusting

HEADER = "CF-Connecting-IP"


@pytest.mark.parametrize(
    ("peers", "header", "can"),
    [
        ((), "", True),
        (("10.0.0.1",), "", True),
        (("127.0.0.1",), "", True),
        (("10.0.0.1",), "cf-connecting-ip", True),
        (("127.0.0.1",), HEADER, False),
        (("127.0.0.0/8",), HEADER, False),
        (("127.0.0", "nonsense"), HEADER, True),
        (("10.0.0.1",), "X-Real-IP", False),
    ],
)
def test_trusting_the_tunnel_is_possible_where_it_changes_something_and_spoils_nothing(
    peers: tuple[str, ...], header: str, can: bool
) -> None:
    assert can_trust(AccessRule(trusted_peers=peers, client_header=header), HEADER) is can


def test_a_carrier_without_a_header_cannot_be_trusted() -> None:
    assert not can_trust(AccessRule(), "")


def test_the_peers_that_are_trusted_already_stay() -> None:
    rule = trusting(AccessRule(trusted_peers=("10.0.0.1",), allowed=("203.0.113.0/24",)), HEADER)
    assert rule == AccessRule(
        trusted_peers=("10.0.0.1", "127.0.0.1"), client_header=HEADER, allowed=("203.0.113.0/24",)
    )
    assert trusting(rule, HEADER) == rule
    assert not can_trust(rule, HEADER)
