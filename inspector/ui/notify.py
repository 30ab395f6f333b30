"""Native notifications: only while the window is not in front, and at most one of a kind in five minutes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

QUIET_S = 300.0
"""So long after a notification others of its kind wait, and are then told as one with a count."""


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to tell; `open_cause` is what a click does, `holds` whether it is still worth telling later."""

    kind: str
    title: str
    text: str
    open_cause: Callable[[], object]
    holds: Callable[[], bool] = lambda: True


@dataclass(slots=True)
class Gate:
    """Decides what may be told when. Times are seconds of any steady clock."""

    quiet_s: float = QUIET_S
    _told: dict[str, float] = field(default_factory=dict)
    _waiting: dict[str, list[Note]] = field(default_factory=dict)

    def offer(self, note: Note, now: float) -> bool:
        """Whether a note may be told now; else it is kept for later."""
        told = self._told.get(note.kind)
        if told is not None and now < told + self.quiet_s:
            self._waiting.setdefault(note.kind, []).append(note)
            return False
        self._told[note.kind] = now
        return True

    def wait_s(self, now: float) -> float | None:
        """Return how long until the next kept notes are due, None where none are kept."""
        return min((max(0.0, self._told[kind] + self.quiet_s - now) for kind in self._waiting), default=None)

    def due(self, now: float) -> list[tuple[Note, int]]:
        """Take out the kinds whose quiet time is over: the latest note that still holds, and how many there are."""
        found = []
        for kind in [kind for kind in self._waiting if now >= self._told[kind] + self.quiet_s]:
            notes = [note for note in self._waiting.pop(kind) if note.holds()]
            if notes:
                self._told[kind] = now
                found.append((notes[-1], len(notes)))
        return found

    def forget_waiting(self) -> None:
        """Drop what is kept: the user has come to look."""
        self._waiting.clear()


class Messenger(Protocol):
    """What shows a notification: the icon in the tray."""

    def show_message(self, title: str, text: str) -> None:
        """Show a notification of the system."""


class Notifier(QObject):
    """Tells what happens while nobody looks. Without a messenger (where there is no tray) it is quiet."""

    def __init__(
        self,
        in_front: Callable[[], bool],
        wanted: Callable[[], bool],
        parent: QObject | None = None,
        *,
        now: Callable[[], float] = time.monotonic,
        gate: Gate | None = None,
    ) -> None:
        super().__init__(parent)
        self.messenger: Messenger | None = None
        self._in_front, self._wanted, self._now = in_front, wanted, now
        self._gate = gate or Gate()
        self._open: Callable[[], object] | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.tell_due)

    def tell(self, note: Note) -> None:
        """Show a note now, or with others of its kind later, or not at all where the user sees it anyway."""
        if self.messenger is None or not self._wanted() or self._in_front():
            return
        if self._gate.offer(note, self._now()):
            self._show(note, 1)
        self._wait()

    def tell_due(self) -> None:
        """Show what was kept back long enough."""
        if self._in_front() or not self._wanted():
            self._gate.forget_waiting()
            return
        for note, count in self._gate.due(self._now()):
            self._show(note, count)
        self._wait()

    def open_cause(self) -> None:
        """Open what the last notification was about."""
        if self._open is not None:
            self._open()

    def _show(self, note: Note, count: int) -> None:
        if self.messenger is not None:
            self._open = note.open_cause
            more = f", and {count - 1} more" if count > 1 else ""
            self.messenger.show_message(f"{note.title}{more}", note.text)

    def _wait(self) -> None:
        seconds = self._gate.wait_s(self._now())
        if seconds is not None:
            self._timer.start(round(seconds * 1000) + 50)
