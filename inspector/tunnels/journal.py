"""The tunnel's log: the last lines that helper programs, servers and we ourselves have said."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime

from inspector.feed import Feed
from inspector.tunnels.state import LogLine

KEPT = 1000
LONGEST = 2000


class Journal:
    """Keeps the last lines. Feed: `added` with each new one."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.added: Feed[LogLine] = Feed()
        self._now = now
        self._lines: deque[LogLine] = deque(maxlen=KEPT)
        self._hidden: set[str] = set()

    @property
    def lines(self) -> tuple[LogLine, ...]:
        """The lines, oldest first."""
        return tuple(self._lines)

    def hide(self, secret: str) -> None:
        """Never keep this text: a helper may repeat what it was given."""
        if len(secret) >= 4:
            self._hidden.add(secret)

    def covered(self, text: str) -> str:
        """Return a text without what shall never be kept."""
        for secret in self._hidden:
            text = text.replace(secret, "••••")
        return text

    def add(self, text: str) -> None:
        """Keep one line."""
        text = self.covered(text)
        line = LogLine(self._now(), text if len(text) <= LONGEST else f"{text[:LONGEST]}…")
        self._lines.append(line)
        self.added.publish(line)
