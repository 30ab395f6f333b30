"""The theme and the icons the events page is painted with, and the page over events in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from inspector.ui.events.page import EventsPage
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from tests.ui.events.fake_rows import FakeRows, HandStarter, some_events


@pytest.fixture
def theme(qapp: QApplication, fonts: None) -> Theme:
    """Return the light theme with the bundled fonts."""
    return Theme("light")


@pytest.fixture
def icons(theme: Theme) -> Icons:
    """Return the icons in the theme's colours."""
    return Icons(theme)


@pytest.fixture
def rows() -> FakeRows:
    """Return forty plain events, ids 1 to 40."""
    return FakeRows(some_events(40))


@pytest.fixture
def tasks() -> HandStarter:
    """Return a starter that runs coroutines step by step."""
    return HandStarter()


@pytest.fixture
def page(theme: Theme, icons: Icons, rows: FakeRows, tasks: HandStarter) -> Iterator[EventsPage]:
    """Return a started page in a window of 1,300 by 500 pixels."""
    page = EventsPage(theme, icons, rows, tasks)
    page.resize(1300, 500)
    page.show()
    page.start()
    yield page
    page.close()
    page.deleteLater()
