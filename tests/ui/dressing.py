"""Dresses the application of the tests as the program dresses its own, and undresses it again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtWidgets import QApplication

from inspector.ui.theme import Theme


@contextmanager
def dressed_in_light(application: QApplication, *, moving: bool = False) -> Iterator[Theme]:
    """Give a light theme that the application wears until the block ends; nothing moves unless asked for."""
    font, palette = application.font(), application.palette()
    if application.style().name() != "fusion":
        application.setStyle("Fusion")
    theme = Theme("light")
    theme.reduced_motion = not moving
    theme.changed.connect(lambda: theme.apply(application))
    theme.apply(application)
    try:
        yield theme
    finally:
        # Qt keeps the function, the function keeps the theme, and no collector sees it: cut here, or all of them stay.
        theme.changed.disconnect()
        application.setStyleSheet("")
        application.setFont(font)
        application.setPalette(palette)
