"""How much room there is, looked at now and then and off the loop; and a file that keeps some for when there is none.

Deleting takes room too: SQLite writes down what it changes before it changes it. On a disk that is full to the last
byte nothing could be deleted any more, so a file of RESERVE_BYTES lies in the data folder, made while there is plenty,
and makes way when the user deletes old events.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from inspector.domain.errors import StoreError, StoreFull
from inspector.feed import Feed
from inspector.store.holding import end_way, make_way
from inspector.store.retention import DAY_US, Retention, Write

LOW_BYTES = 500_000_000
"""With less than this free the disk is nearly full."""

LIMIT_SHARE = 0.9
"""From this share of the user's own limit on it is nearly reached."""

EVERY_S = 30.0
FIRST_S = 15.0
"""The first look comes so long after the start, in which nothing may be in the way."""

RESERVE_NAME = "reserve"
RESERVE_BYTES = 64 * 1024 * 1024
"""Twice as long as the log may stay: what is in it has to move into the database before anything can be deleted, and
on a disk that is filling up it becomes up to twice as long, because it cannot move any more."""

TRIES = 8
TRY_EVERY_S = 1.5
"""On a full disk deleting is tried so often; in between the writer makes use of what was freed."""

_CHUNK_BYTES = 1024 * 1024

Free = Callable[[Path], int]
"""Tells how many bytes are free on the disk of a folder; may raise OSError."""

_log = logging.getLogger(__name__)


class Room(NamedTuple):
    """Bytes: free on the disk of the data folder, used by events, and as many as these may take (0: no limit)."""

    free_bytes: int
    used_bytes: int
    most_bytes: int

    @property
    def is_disk_low(self) -> bool:
        """Whether the disk is nearly full."""
        return self.free_bytes < LOW_BYTES

    @property
    def is_limit_near(self) -> bool:
        """Whether the user's own limit is nearly reached."""
        return bool(self.most_bytes) and self.used_bytes >= LIMIT_SHARE * self.most_bytes

    @property
    def is_low(self) -> bool:
        """Whether the user should do something."""
        return self.is_disk_low or self.is_limit_near


def free_bytes(folder: Path) -> int:
    """Return how much is free on the disk of a folder; blocks for a moment. Raises OSError."""
    return shutil.disk_usage(folder).free


class RoomWatch:
    """Looks every half minute; `changed` tells what was found, on the loop, when it is another thing than before."""

    def __init__(self, folder: Path, retention: Retention, write: Write, free: Free = free_bytes) -> None:
        self.changed: Feed[Room] = Feed()
        self.now: Room | None = None
        self._folder, self._retention, self._write, self._free = folder, retention, write, free
        self._task: asyncio.Task[None] | None = None
        self._giving_back: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Look now and then from now on."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name="room")

    async def close(self) -> None:
        """Look no more."""
        tasks = [task for task in (self._task, self._giving_back) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def look(self) -> Room | None:
        """Look now and return what was found, None where the system does not say."""
        try:
            free = await asyncio.to_thread(self._look)
            room = Room(free, await self._retention.used_bytes(), self._retention.most_bytes)
        except (OSError, StoreError) as error:
            _log.debug("How much room there is cannot be told: %s", error)
            return None
        before, self.now = self.now, room
        if room != before:
            self.changed.publish(room)
        return room

    async def count_older(self, days: int) -> int:
        """Return how many events are older than some days and have no star. Raises StoreError."""
        return await self._retention.count_older(_before_us(days))

    async def delete_older(self, days: int) -> int:
        """Delete the events older than some days but for starred ones, for good; returns how many there were.

        On a full disk the reserve makes way first, and what is held waits. Their room goes back to the disk a little
        later. Raises StoreFull where there is no room even so.
        """
        before_us = _before_us(days)
        count = await self._retention.count_older(before_us)
        try:
            await self._remove(before_us)
        finally:
            await self._write(end_way, needs=("way",))
        count -= await self._retention.count_older(before_us)
        if self._giving_back is None or self._giving_back.done():
            self._giving_back = asyncio.get_running_loop().create_task(self._give_back(), name="room-give-back")
        return count

    async def _give_back(self) -> None:
        with contextlib.suppress(StoreError):
            await self._retention.give_back()
        await self.look()

    async def _remove(self, before_us: int) -> None:
        for left in reversed(range(TRIES)):
            try:
                await self._retention.remove_older(before_us)
            except StoreFull as error:
                _log.info("Deleting waits for room: %s", error)
                if not left:
                    raise
                await self._write(make_way, self._folder / RESERVE_NAME, needs=("way",))
                await asyncio.sleep(TRY_EVERY_S)
            else:
                return

    async def _run(self) -> None:
        await asyncio.sleep(FIRST_S)
        while True:
            await self.look()
            await asyncio.sleep(EVERY_S)

    def _look(self) -> int:
        free = self._free(self._folder)
        reserve = self._folder / RESERVE_NAME
        if free >= LOW_BYTES + RESERVE_BYTES and not reserve.exists():
            _fill(reserve)
        return free


def _fill(path: Path) -> None:
    """Make a file that takes RESERVE_BYTES on the disk, or none."""
    try:
        with path.open("wb") as file:
            if hasattr(os, "posix_fallocate"):
                os.posix_fallocate(file.fileno(), 0, RESERVE_BYTES)
            else:
                for _ in range(RESERVE_BYTES // _CHUNK_BYTES):
                    file.write(bytes(_CHUNK_BYTES))
    except OSError as error:
        _log.debug("No room could be kept for a full disk: %s", error)
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)


def _before_us(days: int) -> int:
    return time.time_ns() // 1000 - days * DAY_US
