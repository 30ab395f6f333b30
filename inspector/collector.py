"""Python's cycle collector, tuned for a program that makes a few hundred short-lived objects for every event."""

from __future__ import annotations

import gc

THRESHOLDS = (20_000, 50, 100)
"""Net new objects before the youngest generation is looked at, and how many of these before the older ones are.

With the usual (700, 10, 10) the collector ran several times for each event and took about 15 % of the time from the
socket to the store; events make hardly any cycles.
"""


def hold_during_start() -> None:
    """Do not collect while modules are imported: nothing they make goes away again."""
    gc.disable()


def settle_after_start() -> None:
    """Leave out of every later collection what the start has made, and collect less often from now on."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    gc.enable()
