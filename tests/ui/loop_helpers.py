"""Makes an AppLoop for a test, in both ways of watching sockets, and sees that it leaves nothing behind."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from inspector.ui.loop import AppLoop
from inspector.ui.loop_sockets import NotifierSelector, best_selector

# On Windows qasync watches the sockets, and there is only one way.
SELECTORS = (best_selector,) if sys.platform in ("win32", "darwin") else (best_selector, NotifierSelector)


def application() -> QCoreApplication:
    """Return the one application of this process."""
    return QApplication.instance() or QApplication([])


@contextmanager
def an_app_loop(selector: Any = best_selector) -> Iterator[AppLoop]:
    """Give a loop; cancel, finish and close what the test has left in it."""
    loop = AppLoop(application(), selector)
    try:
        yield loop
    finally:
        if not loop.is_closed():
            for task in asyncio.all_tasks(loop):
                task.cancel()
            loop.run_until_complete(asyncio.sleep(0))
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor())
            loop.close()


def run_until(loop: AppLoop, condition: Callable[[], bool], timeout_s: float = 10) -> None:
    """Run the loop until `condition` holds; it is looked at every few milliseconds."""

    deadline = loop.time() + timeout_s

    def look() -> None:
        if condition() or loop.time() >= deadline:
            loop.stop()
        else:
            loop.call_later(0.002, look)

    look()
    loop.run_forever()
    if not condition():
        raise TimeoutError(f"not within {timeout_s} s")
