"""Which processes a process has started, as Linux tells it."""

from __future__ import annotations

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
