"""Coroutine tests of this folder run on the window's own loop."""

from __future__ import annotations

import gc
import itertools
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
from inspector.ui.detail import slices
from inspector.ui.fonts import load_fonts
from inspector.ui.icons import Icons
from inspector.ui.loop import AppLoop
from inspector.ui.main_window import MainWindow
from inspector.ui.theme import Theme
from tests.ui.desk import Desk
from tests.ui.dressing import dressed_in_light
from tests.ui.patient_bot import PatientBot

STEPS_A_SLICE = 40


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], Any]]:
    """Give every coroutine test here an AppLoop instead of asyncio's own."""
    return {"qasync": lambda: AppLoop(QApplication.instance() or QApplication([]))}


@pytest.fixture(scope="module", autouse=True)
def _frozen() -> None:
    """Leave what is loaded, and what pytest keeps of every test, out of later collections: one follows each test."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def fonts(qapp: QApplication) -> None:
    """Load the program's fonts once: Qt would keep each further copy beside the first."""
    load_fonts()


@pytest.fixture(autouse=True)
def _steady_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have a slice end after so many steps, not after a time: what is small is done at once on a busy machine too."""
    looks = itertools.count()
    monkeypatch.setattr(slices, "perf_counter", lambda: next(looks) * slices.SLICE_MS / 1000 / STEPS_A_SLICE)


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
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    """Return a bot that waits as long for what must come as everything else here."""
    return PatientBot(request)


@pytest.fixture
def dressed(qapp: QApplication, fonts: None) -> Iterator[Theme]:
    """Dress the application as the program does, and undress it."""
    with dressed_in_light(qapp) as theme:
        yield theme


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
