"""Answers that go wrong on purpose: never sent, the connection reset, or half of the bytes."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys

SILENT_S = 600.0
"""So long a client that is never answered may wait before the connection is closed: longer than any provider does."""

_LINGER = struct.Struct("hh" if sys.platform == "win32" else "ii")


def reset(transport: asyncio.Transport | None) -> None:
    """End a connection so that its client sees a reset: what is not sent is dropped (SO_LINGER of 0 s, socket(7))."""
    if transport is None:
        return
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None:
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER.pack(1, 0))
    transport.abort()


def first_half(data: bytes) -> bytes:
    """Return the first half of an answer's bytes."""
    return data[: max(1, len(data) // 2)]
