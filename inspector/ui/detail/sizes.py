"""Sizes, counts and times of the day as the window writes them."""

from __future__ import annotations

from datetime import datetime, tzinfo

from PySide6.QtCore import QLocale


def spell_size(count: int) -> str:
    """Write a number of bytes: 438 B, 12.4 kB, 7.2 MB."""
    if count < 1000:
        return f"{count} B"
    for limit, unit, size in ((1e6, "kB", 1e3), (1e9, "MB", 1e6)):
        if count < limit * 0.99995:
            return f"{locale().toString(count / size, 'f', 1)} {unit}"
    return f"{locale().toString(count / 1e9, 'f', 1)} GB"


def locale() -> QLocale:
    """Return the user's locale; English where the system names none, because "C" groups no digits."""
    found = QLocale()
    return QLocale(QLocale.Language.English) if found.language() == QLocale.Language.C else found


def spell_count(count: int) -> str:
    """Write a whole number with its digits grouped."""
    return locale().toString(count)


def spell_number(event_id: int) -> str:
    """Write an event's number: #12,466."""
    return f"#{spell_count(event_id)}"


def clock(moment: datetime, zone: tzinfo | None = None) -> str:
    """Write a moment's time of the day in a zone (None: the computer's): 14:23:45.218."""
    local = moment.astimezone(zone)
    return f"{local:%H:%M:%S}.{local.microsecond // 1000:03d}"


def day(moment: datetime, zone: tzinfo | None = None) -> str:
    """Write a moment's day in a zone (None: the computer's): 2024-12-20."""
    return f"{moment.astimezone(zone):%Y-%m-%d}"
