"""Numbers of the monitor in words."""

from __future__ import annotations


def per_cent(share: float) -> str:
    """Return a share as "1.6 %", "1 %", "100 %"."""
    return f"{share * 100:.3g} %" if share * 100 < 99.95 or share == 1 else f"{share * 100:.4g} %"


def duration(seconds: float) -> str:
    """Return a time in its largest fitting unit: "5 min", "30 s", "5.4 s", "0.25 s", "2 h", "90 min"."""
    if seconds >= 7200 and seconds % 3600 == 0:
        return f"{seconds / 3600:.0f} h"
    if seconds >= 120:
        return f"{seconds / 60:.0f} min"
    return f"{seconds:.3g} s"
