"""The inspector on screen, in the light scheme."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.ui.detail.pane import DetailPane
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from tests.ui.detail.samples import Reader, originals
from tests.ui.dressing import dressed_in_light


@pytest.fixture(autouse=True)
def greenwich(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have times of the day written as in Greenwich, where the system can be told so."""
    monkeypatch.setenv("TZ", "UTC")
    if hasattr(time, "tzset"):
        time.tzset()
    yield
    monkeypatch.undo()
    if hasattr(time, "tzset"):
        time.tzset()


@pytest.fixture
def theme(qapp: QApplication, fonts: None) -> Iterator[Theme]:
    with dressed_in_light(qapp, moving=True) as theme:
        yield theme


@pytest.fixture
def icons(theme: Theme) -> Icons:
    return Icons(theme)


@pytest.fixture
def reader() -> Reader:
    return originals()


@pytest.fixture
def pane(qtbot: QtBot, theme: Theme, icons: Icons, reader: Reader) -> Iterator[DetailPane]:
    pane = DetailPane(theme, icons, reader)
    pane.resize(480, 700)
    with qtbot.waitExposed(pane):
        pane.show()
    yield pane
    # Left to the garbage collector, a pane may go in the middle of another test's change of the style sheet.
    pane.close()
    shiboken6.delete(pane)
