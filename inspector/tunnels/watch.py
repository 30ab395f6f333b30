"""Noticing that the computer slept, and whether there is a network at all."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass

ELSEWHERE = (
    (socket.AF_INET, ("192.0.2.1", 9)),
    (socket.AF_INET6, ("2001:db8::1", 9)),
)
"""Addresses for documentation (RFC 5737, RFC 3849): asking for a route to them sends nothing."""

SLEPT_S = 8.0
"""A gap of so long between two looks is a sleep; a busy loop is never that late."""


def has_route() -> bool:
    """Tell whether this computer has a way to the internet: a route, which is not yet an answer."""
    for family, address in ELSEWHERE:
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect(address)
            return True
    return False


@dataclass(frozen=True, slots=True)
class Moment:
    """Both clocks at once, in seconds: the wall's, and the one that only goes forward."""

    wall: float
    monotonic: float


def slept_s(before: Moment, now: Moment, expected_s: float) -> float:
    """Return for how many seconds the computer slept between two looks `expected_s` apart; 0 where it did not.

    The steady clock stands still during sleep on Linux and macOS and runs on in Windows: in the first case the wall
    clock jumps ahead of it, in the second both are late. A clock that somebody set back is no sleep.
    """
    wall, steady = now.wall - before.wall, now.monotonic - before.monotonic
    gap = max(wall - steady, steady - expected_s)
    return gap if gap >= SLEPT_S else 0.0
