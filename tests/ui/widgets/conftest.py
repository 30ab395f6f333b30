"""A theme that dresses the application, and its icons."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from inspector.ui.fonts import load_fonts
from inspector.ui.icons import Icons
from inspector.ui.theme import Theme


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    load_fonts()
    font, palette = qapp.font(), qapp.palette()
    theme = Theme("light")
    theme.reduced_motion = True
    theme.changed.connect(lambda: theme.apply(qapp))
    theme.apply(qapp)
    yield theme
    qapp.setStyleSheet("")
    qapp.setFont(font)
    qapp.setPalette(palette)


@pytest.fixture
def icons(theme: Theme) -> Icons:
    return Icons(theme)
