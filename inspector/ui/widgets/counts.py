"""Numbers as people read them, in the user's own locale."""

from __future__ import annotations

from PySide6.QtCore import QLocale


def grouped(number: int) -> str:
    """Write a whole number with the locale's group separators: 11,940.

    The "C" locale of a bare environment has none; English ones are used there.
    """
    locale = QLocale()
    if locale.language() is QLocale.Language.C:
        locale = QLocale(QLocale.Language.English)
    return locale.toString(number)
