"""Waiting inside coroutine tests: for a condition, never for a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtWidgets import QApplication, QWidget

T = TypeVar("T")
PATIENCE_S = 10.0


async def until(condition: Callable[[], T], patience_s: float = PATIENCE_S) -> T:
    """Wait until `condition` is true and return what it returned; fails with its last value."""
    deadline = asyncio.get_running_loop().time() + patience_s
    while not (value := condition()):
        assert asyncio.get_running_loop().time() < deadline, f"still {value!r} after {patience_s} s"
        await asyncio.sleep(0.01)
    return value


async def a_dialog(kind: type[QWidget]) -> QWidget:
    """Wait until a window of this kind is on screen and return it."""

    def shown() -> QWidget | None:
        return next(
            (item for item in QApplication.topLevelWidgets() if isinstance(item, kind) and item.isVisible()), None
        )

    found = await until(shown)
    assert found is not None
    return found
