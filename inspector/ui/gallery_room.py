"""Gallery screens of a full and of a nearly full disk, and of what is asked about them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QWidget

from inspector.domain.errors import StoreFull
from inspector.store.room import Room
from inspector.store.wire import Held

if TYPE_CHECKING:
    from inspector.ui.gallery import Stage

SETTLE_S = 0.35
HELD = Held(412, 1_300_000, 0, 5_000)


async def full(stage: Stage) -> None:
    """The disk is full, and events are held."""
    store = stage.app.store
    stage.window.page.table.select_event(stage.ids[-1])
    store.in_trouble = StoreFull("The disk is full. An event could not be stored.", "", "Free some space.")
    store.held = HELD
    store.trouble.publish(store.in_trouble)
    await asyncio.sleep(SETTLE_S)


async def low(stage: Stage) -> None:
    """The disk is nearly full."""
    room = stage.app.store.room
    stage.window.page.table.select_event(stage.ids[-1])
    room.now = Room(312_000_000, 14_200_000, 0)
    room.changed.publish(room.now)
    await asyncio.sleep(SETTLE_S)


async def limit(stage: Stage) -> None:
    """The user's own limit is nearly reached."""
    room = stage.app.store.room
    room.now = Room(80_000_000_000, 4_620_000_000, 5_000_000_000)
    room.changed.publish(room.now)
    await asyncio.sleep(SETTLE_S)


async def deleting(stage: Stage) -> QWidget | None:
    """What is asked before old events go."""
    await low(stage)
    stage.window.room.delete_old()
    await asyncio.sleep(SETTLE_S)
    return QApplication.activeModalWidget()


async def quitting(stage: Stage) -> QWidget | None:
    """What is asked before the program ends with events in memory only."""
    await full(stage)
    stage.window.close()
    await asyncio.sleep(SETTLE_S)
    return QApplication.activeModalWidget()
