"""How much of the receiver's time and room one client, or all of them together, may take."""

from __future__ import annotations

import importlib
from dataclasses import dataclass

RESERVED_FILES = 128
"""Open files the rest of the program needs: database, log, outgoing connections."""


@dataclass(frozen=True, slots=True)
class Limits:
    """`connections` at once; seconds for a request's head from its first byte (or from connecting), and for a body."""

    connections: int = 1000
    head_s: float = 10.0
    body_s: float = 60.0


def most_connections(wanted: int) -> int:
    """Return how many connections can be held: the system may allow the program fewer open files than wanted.

    The program asks for more first, as far as the system lets it without special rights (POSIX: the soft limit).
    """
    try:
        resource = importlib.import_module("resource")
    except ImportError:
        return wanted  # Windows has no such limit on sockets
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = wanted + RESERVED_FILES
    if soft in (resource.RLIM_INFINITY, -1) or soft >= needed:
        return wanted
    reachable = needed if hard in (resource.RLIM_INFINITY, -1) else min(needed, hard)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (reachable, hard))
        soft = reachable
    except (OSError, ValueError):
        pass
    return max(1, min(wanted, int(soft) - RESERVED_FILES))
