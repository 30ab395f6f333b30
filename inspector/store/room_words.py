"""What is said about a full disk and a nearly full one, in the window and on the command line."""

from __future__ import annotations

from inspector.domain.errors import StoreError, StoreFull
from inspector.store.room import Room
from inspector.store.wire import Held

DISK_FULL = "Disk full: new events are kept in memory only"


def trouble_words(error: StoreError, held: Held) -> tuple[str, str]:
    """Return title and text for trouble of the store: how much is held where the disk is full, and what to do."""
    if not isinstance(error, StoreFull) and not held.events:
        return error.what, f"{error.why} {error.todo}".strip()
    return DISK_FULL, f"{held_words(held)}, providers are asked to retry. Free some space or delete old events."


def held_words(held: Held) -> str:
    """Return how much is held: `412 of 5,000 held`, `5,000 of 5,000 held and 38 turned away`."""
    words = f"{held.events:,} of {held.most:,} held" if held.most else f"{held.events:,} held"
    return f"{words} and {held.beyond:,} more turned away" if held.beyond else words


def low_words(room: Room) -> tuple[str, str]:
    """Return title and text for little room; the disk goes before the user's own limit."""
    if room.is_disk_low:
        return (
            f"Disk nearly full: {size_words(room.free_bytes)} free",
            "When it is full, new events are only held in memory and providers are asked to retry.",
        )
    used, most = size_words(room.used_bytes), size_words(room.most_bytes)
    return (
        f"Events take {used} of the {most} they may",
        "Above that the oldest are deleted by themselves; starred ones stay.",
    )


def size_words(size: int) -> str:
    """Return a number of bytes: `14.2 MB`, `312 MB`, `1.35 GB`."""
    if size >= 1_000_000_000:
        return f"{size / 1e9:.2f} GB"
    return f"{size / 1e6:.0f} MB" if size >= 100_000_000 else f"{size / 1e6:.1f} MB"
