"""Whether the receiver listens and the tunnel answers, as the monitor was told, and since when not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class _Kind:
    up: bool
    since_us: int
    is_fault: bool


class Presence:
    """What is there now. A kind that is not in use is unknown here."""

    def __init__(self) -> None:
        self._kinds: dict[str, _Kind] = {}

    def note(self, kind: str, up: bool | None, now_us: int, *, is_fault: bool = True) -> bool:
        """Say that a kind is there, is not, or (None) is not in use; returns whether that is new.

        What is away because the user wants it so is no fault: it counts as down and makes no alert.
        """
        known = self._kinds.get(kind)
        if up is None:
            return self._kinds.pop(kind, None) is not None
        if known is not None and (known.up, known.is_fault) == (up, is_fault):
            return False
        self._kinds[kind] = _Kind(up, now_us, is_fault)
        return True

    @property
    def states(self) -> dict[str, str]:
        """Every kind in use as "up" or "down"."""
        return {kind: "up" if known.up else "down" for kind, known in self._kinds.items()}

    @property
    def since_us(self) -> dict[str, int]:
        """Since when it is so, µs since the epoch."""
        return {kind: known.since_us for kind, known in self._kinds.items()}

    @property
    def faults(self) -> dict[str, int]:
        """Since when each kind is down that should not be, µs since the epoch."""
        return {kind: known.since_us for kind, known in self._kinds.items() if not known.up and known.is_fault}

    def up_since_us(self, kind: str) -> int | None:
        """Return since when a kind is there, None where it is not."""
        known = self._kinds.get(kind)
        return known.since_us if known is not None and known.up else None
