"""Waiting for windows in coroutine tests."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QWidget

from tests.waiting import PATIENCE_S, until

__all__ = ["PATIENCE_S", "a_dialog", "until"]


async def a_dialog(kind: type[QWidget]) -> QWidget:
    """Wait until a window of this kind is on screen and return it."""

    def shown() -> QWidget | None:
        return next(
            (item for item in QApplication.topLevelWidgets() if isinstance(item, kind) and item.isVisible()), None
        )

    found = await until(shown)
    assert found is not None
    return found
