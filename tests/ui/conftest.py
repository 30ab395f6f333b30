"""Coroutine tests of this folder run on the window's own loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from inspector.ui.loop import AppLoop


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], Any]]:
    """Give every coroutine test here an AppLoop instead of asyncio's own."""
    return {"qasync": lambda: AppLoop(QApplication.instance() or QApplication([]))}


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> None:
    """Let pytest-qt own the one QApplication, which goes on when a test closes its last window."""
    qapp.setQuitOnLastWindowClosed(False)
