"""Registers the bundled fonts with Qt, and tells which others there are to choose from."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence

from PySide6.QtGui import QFontDatabase

from inspector.resources import resource_path

log = logging.getLogger(__name__)

FONT_SUFFIXES = frozenset({".otf", ".ttf"})
LOOKED_AT_ONCE = 20
"""So many families are looked at before the loop gets its turn; one may have to be read from its file."""


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


def system_family() -> str:
    """Return the family that the desktop itself uses for its windows."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont).family()


def fixed_families(families: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Yield those of the families whose characters are all of one width and that are for writing with, in parts.

    The system's own hidden families (macOS begins them with a dot) and the bitmap ones, which cannot take every text
    size, are left out.
    """
    for start in range(0, len(families), LOOKED_AT_ONCE):
        yield tuple(
            family
            for family in families[start : start + LOOKED_AT_ONCE]
            if not QFontDatabase.isPrivateFamily(family)
            and QFontDatabase.isFixedPitch(family)
            and QFontDatabase.isSmoothlyScalable(family)
            and QFontDatabase.WritingSystem.Latin in QFontDatabase.writingSystems(family)
        )
