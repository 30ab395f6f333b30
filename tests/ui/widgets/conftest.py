"""A theme that dresses the application, and its icons."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from inspector.ui.icons import Icons
from inspector.ui.theme import Theme
from tests.ui.dressing import dressed_in_light


@pytest.fixture
def theme(qapp: QApplication, fonts: None) -> Iterator[Theme]:
    with dressed_in_light(qapp) as theme:
        yield theme


@pytest.fixture
def icons(theme: Theme) -> Icons:
    return Icons(theme)
