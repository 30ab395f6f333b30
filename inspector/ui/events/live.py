"""Whether the list follows what comes in or stands still: the rule alone, without a window.

Live: the newest row is in view and new rows push the others away. Held: the rows under the reader stay where they are,
and what came meanwhile is counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class LiveState:
    """`held` and how many events came `waiting` since."""

    held: bool = False
    waiting: int = 0

    def hold(self) -> LiveState:
        """Stand still from now on."""
        return self if self.held else LiveState(held=True)

    def follow(self) -> LiveState:
        """Follow what comes in; nothing is waiting any more."""
        return LiveState()

    def arrived(self, events: int) -> LiveState:
        """Take note of new rows."""
        return replace(self, waiting=self.waiting + events) if self.held else self

    def scrolled(self, *, at_newest: bool) -> LiveState:
        """The reader moved the list: away from the newest row holds it, back to it follows again."""
        return self.follow() if at_newest else self.hold()
