"""Keys that a widget keeps for itself while it has the focus, whatever the window does with them."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtGui import QKeyEvent, QKeySequence

COPY_PATH = QKeySequence("Ctrl+Shift+C")
FIND_NEXT = QKeySequence("Ctrl+G")
FIND_PREVIOUS = QKeySequence("Ctrl+Shift+G")

Keys = QKeySequence | QKeySequence.StandardKey


def is_key(event: QKeyEvent, keys: Keys) -> bool:
    """Whether a key event is one of the given keys."""
    if isinstance(keys, QKeySequence.StandardKey):
        return event.matches(keys)
    return QKeySequence(event.keyCombination()) == keys


def claim(event: QEvent, *wanted: Keys) -> bool:
    """Accept a key before the window's shortcuts are asked, so that it comes as an ordinary key press; True if so."""
    if event.type() is not QEvent.Type.ShortcutOverride or not isinstance(event, QKeyEvent):
        return False
    if not any(is_key(event, keys) for keys in wanted):
        return False
    event.accept()
    return True
