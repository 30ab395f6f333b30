"""The keys of the event list, and what each one asks for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QKeyCombination, Qt
from PySide6.QtGui import QKeySequence


class Command(StrEnum):
    """What the list can ask for; the page and the window do it."""

    OPEN = "open"
    OWN_WINDOW = "own_window"
    REPLAY = "replay"
    REPLAY_TO = "replay_to"
    COPY_BODY = "copy_body"
    COPY_CURL = "copy_curl"
    OPEN_ORIGINAL = "open_original"
    MESSAGE = "message"
    SIBLING = "sibling"
    COMPARE = "compare"
    COMPARE_ORIGINAL = "compare_original"
    STAR = "star"
    UNREAD = "unread"
    DELETE = "delete"
    NEXT_ISSUE = "next_issue"
    PREVIOUS_ISSUE = "previous_issue"
    HOLD = "hold"
    CLEAR_SEARCH = "clear_search"


@dataclass(frozen=True, slots=True)
class ListKey:
    """One key and its command; letters can be turned off in the settings."""

    keys: str
    command: Command

    @property
    def is_letter(self) -> bool:
        """Whether it is a letter alone or with Shift."""
        return len(self.keys.removeprefix("Shift+")) == 1


LIST_KEYS: tuple[ListKey, ...] = (
    ListKey("Return", Command.OPEN),
    ListKey("Enter", Command.OPEN),
    ListKey("Ctrl+Return", Command.OWN_WINDOW),
    ListKey("Ctrl+Enter", Command.OWN_WINDOW),
    ListKey("R", Command.REPLAY),
    ListKey("Shift+R", Command.REPLAY_TO),
    ListKey("Ctrl+C", Command.COPY_BODY),
    ListKey("Ctrl+Shift+C", Command.COPY_CURL),
    ListKey("O", Command.OPEN_ORIGINAL),
    ListKey("M", Command.MESSAGE),
    ListKey("Ctrl+D", Command.COMPARE),
    ListKey("D", Command.COMPARE_ORIGINAL),
    ListKey("S", Command.STAR),
    ListKey("U", Command.UNREAD),
    ListKey("Del", Command.DELETE),
    ListKey("Ctrl+Backspace", Command.DELETE),  # Cmd+Backspace on macOS, which has no Del key
    ListKey("N", Command.NEXT_ISSUE),
    ListKey("Shift+N", Command.PREVIOUS_ISSUE),
    ListKey("L", Command.HOLD),
    ListKey("Esc", Command.CLEAR_SEARCH),
)

MOVE_KEYS = {Qt.Key.Key_J: Qt.Key.Key_Down, Qt.Key.Key_K: Qt.Key.Key_Up}


def command_for(pressed: QKeyCombination, *, letters: bool) -> Command | None:
    """Return what a pressed key asks for, None when it is nothing of ours."""
    # The key pad's Enter is the same key to the reader.
    modifiers = pressed.keyboardModifiers() & ~Qt.KeyboardModifier.KeypadModifier
    sequence = QKeySequence(QKeyCombination(modifiers, pressed.key()))
    for entry in LIST_KEYS:
        if (letters or not entry.is_letter) and QKeySequence(entry.keys) == sequence:
            return entry.command
    return None


def shown_key(command: Command) -> str:
    """Return the key a menu shows beside a command, "" for none."""
    found = next((entry.keys for entry in LIST_KEYS if entry.command is command), "")
    return QKeySequence(found).toString(QKeySequence.SequenceFormat.NativeText)
