"""Waiting in tests: for a condition, never for a time, and long enough for a machine that has much else to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

PATIENCE_S = 40.0
"""Nothing that works takes so long, even on a small machine under load; a test may take longer (`timeout`)."""


async def until(condition: Callable[[], T], patience_s: float = PATIENCE_S) -> T:
    """Wait until `condition` is true and return what it returned; fails with its last value."""
    deadline = asyncio.get_running_loop().time() + patience_s
    while not (value := condition()):
        assert asyncio.get_running_loop().time() < deadline, f"still {value!r} after {patience_s} s"
        await asyncio.sleep(0.005)
    return value
