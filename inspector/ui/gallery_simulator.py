"""The simulator's pictures: the composer, a campaign before it runs, while it runs, and with its result."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from inspector.ui.simulator.campaign_dialog import CampaignDialog

if TYPE_CHECKING:
    from inspector.ui.gallery import Stage

SETTLE_S = 0.35
WAIT_S, MOST_WAITS = 0.02, 1000


async def composed(stage: Stage) -> QWidget | None:
    """Show the values of an event, one of them filled in, and that it was sent."""
    dialog = stage.window.simulators.compose("message.failed")
    await asyncio.sleep(SETTLE_S)
    dialog.side.fields.blanks["recipient"].setText("+14155550132")
    dialog.side.fields.blanks["recipient"].textEdited.emit("+14155550132")
    await asyncio.sleep(SETTLE_S)
    dialog.send()
    await asyncio.sleep(2 * SETTLE_S)
    return dialog


async def sibling(stage: Stage) -> QWidget | None:
    """Show the text of a captured event's sibling."""
    dialog = stage.window.simulators.sibling([stage.ids[-1]])
    if dialog is not None:
        dialog.side.tabs.set_current("text")
    await asyncio.sleep(2 * SETTLE_S)
    return dialog


async def planned(stage: Stage) -> QWidget | None:
    """Show a scenario before it runs."""
    dialog = stage.window.simulators.open_campaign()
    dialog.reload("bad-list")
    await asyncio.sleep(SETTLE_S)
    return dialog


async def running(stage: Stage) -> QWidget | None:
    """Show a campaign held in the middle."""
    dialog = _begun(stage, "duplicates-storm")
    await _until(lambda: dialog.session is not None and dialog.session.player.tally.sent >= 60)
    if dialog.session is not None:
        dialog.session.player.pause()
    await asyncio.sleep(SETTLE_S)
    return dialog


async def compared(stage: Stage) -> QWidget | None:
    """Show the result of a campaign beside what was recognised."""
    dialog = _begun(stage, "out-of-order-night")
    await _until(lambda: dialog.outcome is not None)
    await asyncio.sleep(SETTLE_S)
    return dialog


async def _until(reached: Callable[[], bool]) -> None:
    for _ in range(MOST_WAITS):
        if reached():
            return
        await asyncio.sleep(WAIT_S)


def _begun(stage: Stage, name: str) -> CampaignDialog:
    dialog = stage.window.simulators.open_campaign()
    dialog.reload(name)
    dialog.form.recipients.setText("60")
    dialog.form.seed.setText("7")
    dialog.form.speed.set_current("fast")
    dialog.start()
    return dialog
