"""What the bench was asked to do, and where it may work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how much to measure.

    `display` is the environment that leads to an X server, None where there is none; `filled` is a folder to keep
    filled stores in, so that a later run need not fill them again.
    """

    folder: Path
    connections: tuple[int, ...] = (1, 16, 64)
    seconds: float = 4.0
    rounds: int = 3
    steady_seconds: float = 60.0
    rate: float = 500.0
    million: int = 1_000_000
    stored: int = 100_000
    received: int = 20_000
    starts: int = 5
    kills: int = 20
    display: Mapping[str, str] | None = None
    filled: Path | None = None

    @property
    def screen(self) -> Mapping[str, str]:
        """The environment of a window: on the X server where there is one."""
        return self.display or OFFSCREEN

    @property
    def screen_name(self) -> str:
        """Where such a window is shown."""
        return "offscreen" if self.display is None else "Xvfb"
