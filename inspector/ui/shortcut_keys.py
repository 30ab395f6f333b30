"""Which keys do what after the user changed some: read from the settings, checked for conflicts, written back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtGui import QKeySequence

from inspector.ui.actions import ActionSpec

Changed = Mapping[str, tuple[str, ...]]
"""New keys by the key of an action; () takes its keys away."""

TAKEN = {
    **{f"Ctrl+Shift+{number}": f"Show endpoint {number}" for number in range(1, 10)},
    **{f"Alt+{number}": f"Tab {number} of the inspector" for number in range(1, 9)},
    "Ctrl+Tab": "Next tab of the inspector",
    "Ctrl+Shift+Tab": "Previous tab of the inspector",
    "Ctrl+C": "Copy",
    "Ctrl+V": "Paste",
    "Ctrl+X": "Cut",
    "Ctrl+A": "Select all",
    "Esc": "Close",
}
"""Keys that are handled where they are pressed, and cannot be given to anything else."""

_SHORTCUT = re.compile(r"(Shift\+)?F\d+$|(.*\+)?(Ctrl|Alt|Meta)\+")


def changed_keys(stored: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Read the setting: each text is `action=Ctrl+X`, or `action=` for none; what cannot be read is left out."""
    found: dict[str, tuple[str, ...]] = {}
    for text in stored:
        action, equals, keys = text.partition("=")
        if equals and action and (not keys or normal(keys)):
            found[action] = (normal(keys),) if keys else ()
    return found


def stored_keys(changed: Changed) -> tuple[str, ...]:
    """Return the setting that says so."""
    return tuple(f"{action}={keys[0] if keys else ''}" for action, keys in sorted(changed.items()))


def with_keys(specs: Sequence[ActionSpec], changed: Changed) -> tuple[ActionSpec, ...]:
    """Return the table of actions with other keys."""
    return tuple(replace(spec, keys=changed[spec.key]) if spec.key in changed else spec for spec in specs)


def normal(keys: str) -> str:
    """Return keys as the table writes them, "" for what are none."""
    return QKeySequence(keys, QKeySequence.SequenceFormat.PortableText).toString()


def keys_problem(keys: str, action: str, specs: Sequence[ActionSpec]) -> str:
    """Return why these keys cannot be given to an action, naming who has them; "" where they can."""
    written = normal(keys)
    if not written:
        return "Press the keys."
    if not _SHORTCUT.match(written):
        return "Press Ctrl or Alt with it, or take a function key: a letter alone would get lost in text fields."
    if written in TAKEN:
        return f"{written} is taken: {TAKEN[written]}."
    for spec in specs:
        if spec.key == action:
            continue
        if written in (normal(item) for item in (*spec.keys, spec.list_key)):
            return f"{written} is taken: {spec.text.rstrip('…')}."
    return ""
