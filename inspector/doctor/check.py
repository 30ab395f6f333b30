"""What a check is: its title, how long it may take, and the coroutine that makes it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from inspector.doctor.finding import Finding
from inspector.doctor.scene import Scene


@dataclass(frozen=True, slots=True)
class Check:
    """One line. It is skipped where one of those it `needs` (by key) went badly; `limit_s` is a hard limit."""

    key: str
    title: str
    run: Callable[[Scene], Awaitable[Finding]]
    needs: tuple[str, ...] = ()
    limit_s: float = 5.0
