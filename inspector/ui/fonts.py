"""Registers the bundled fonts with Qt."""

from __future__ import annotations

import logging

from PySide6.QtGui import QFontDatabase

from inspector.resources import resource_path

log = logging.getLogger(__name__)

FONT_SUFFIXES = frozenset({".otf", ".ttf"})


def load_fonts() -> tuple[str, ...]:
    """Register every bundled font file and return the families they brought, in alphabetical order.

    A file Qt cannot read is logged and skipped: the window then shows the system's font.
    """
    families: set[str] = set()
    folder = resource_path("fonts")
    if not folder.is_dir():
        return ()
    for file in sorted(folder.iterdir()):
        if file.suffix not in FONT_SUFFIXES:
            continue
        font_id = QFontDatabase.addApplicationFont(str(file))
        if font_id < 0:
            log.warning("The font %s could not be read", file.name)
            continue
        families.update(QFontDatabase.applicationFontFamilies(font_id))
    return tuple(sorted(families))
