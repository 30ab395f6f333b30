"""How the window writes the times of events: in the computer's zone, in UTC, or as how long ago they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, tzinfo
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class TimeStyle:
    """The zone of dates and clock times (None: the computer's), and whether the list tells how long ago instead.

    Relative times stand in the list and in the head of the inspector. Wherever several moments are compared the clock
    stays, because "3 min ago" twice does not tell which of the two was first.
    """

    zone: tzinfo | None = None
    relative: bool = False


LOCAL = TimeStyle()
TIME_STYLES: Mapping[str, TimeStyle] = MappingProxyType(
    {"local": LOCAL, "utc": TimeStyle(UTC), "relative": TimeStyle(relative=True)}
)
"""By the value of the setting `times`."""
