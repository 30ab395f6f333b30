"""Which processes a process has started and which of them still run, as Linux tells it."""

from __future__ import annotations

import os
from pathlib import Path


def children_of(parent: int) -> list[int]:
    """Return the ids of a process's children, running or ended and not yet waited for; empty outside Linux.

    /proc/PID/task/TID/children is not used: it leaves children out while another one of them ends (proc(5)).
    """
    return sorted(int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _parent_of(entry) == parent)


def _parent_of(entry: Path) -> int | None:
    try:
        fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return None
    return int(fields[1])


def is_running(process: int) -> bool:
    """Tell whether a process runs; one that has ended and only waits to be noticed does not.

    In a container there may be nobody who notices the end of a process whose parent is gone.
    """
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    try:
        state = Path(f"/proc/{process}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[0]
    except OSError:
        return not Path("/proc/self").exists()
    return state not in ("Z", "X")
