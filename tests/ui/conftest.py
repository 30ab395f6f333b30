"""Coroutine tests of this folder run on the window's own loop."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.app import AppOptions, open_app
from inspector.ui.fonts import load_fonts
from inspector.ui.icons import Icons
from inspector.ui.loop import AppLoop
from inspector.ui.main_window import MainWindow
from inspector.ui.theme import Theme
from tests.ui.desk import Desk


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], Any]]:
    """Give every coroutine test here an AppLoop instead of asyncio's own."""
    return {"qasync": lambda: AppLoop(QApplication.instance() or QApplication([]))}


@pytest.fixture(scope="session", autouse=True)
def _frozen() -> None:
    """Leave what is loaded out of every later collection: one follows each test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _application(qapp: QApplication) -> Iterator[None]:
    """Let pytest-qt own the one QApplication, which goes on when a test closes its last window.

    The collector waits until the test is over and its windows are gone: a window that it takes apart on its own, in
    the middle of another one's painting or of a change of the style sheet, takes the process with it.
    """
    qapp.setQuitOnLastWindowClosed(False)
    gc.disable()
    yield
    for widget in qapp.topLevelWidgets():
        if shiboken6.isValid(widget) and widget.parent() is None:
            widget.close()
            if shiboken6.isValid(widget):
                shiboken6.delete(widget)
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    gc.enable()


@pytest.fixture
def dressed(qapp: QApplication) -> Iterator[Theme]:
    """Dress the application as the program does, and undress it."""
    load_fonts()
    font, palette = qapp.font(), qapp.palette()
    if qapp.style().name() != "fusion":
        qapp.setStyle("Fusion")
    theme = Theme("light")
    theme.reduced_motion = True
    theme.changed.connect(lambda: theme.apply(qapp))
    theme.apply(qapp)
    yield theme
    qapp.setStyleSheet("")
    qapp.setFont(font)
    qapp.setPalette(palette)


@pytest_asyncio.fixture
async def desk(tmp_path: Path, qtbot: QtBot, dressed: Theme) -> AsyncIterator[Desk]:
    """The program in a fresh folder with its window on screen."""
    async with open_app(tmp_path, AppOptions(port=0, apart=False)) as app, aiohttp.ClientSession() as http:
        app.settings.change(theme="light")
        window = MainWindow(app, dressed, Icons(dressed))
        window.start()
        window.show()
        yield Desk(app, window, http)
        await window.finish()
        window.deleteLater()
