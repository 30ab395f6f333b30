"""The gallery's pictures of an outage rehearsal."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from inspector.domain.answer import Outage
from inspector.domain.endpoint import EndpointId
from inspector.domain.event import EventId
from inspector.domain.values import to_us
from inspector.replay.outage import OutageTable, Sighting, Step, Struck
from inspector.ui.outage.desk import OutageDesk
from inspector.ui.outage.dialog import EVENTS, SMALLEST, OutageDialog
from inspector.ui.outage.words import ANSWERS

if TYPE_CHECKING:
    from inspector.ui.gallery import Stage

SETTLE_S = 0.35
SINCE = timedelta(minutes=9)

_STRUCK: tuple[tuple[str, tuple[float, ...], bool], ...] = (
    ("message.delivered", (0, 60.2, 301.0), True),
    ("message.read", (4, 60.1, 300.4), True),
    ("message.delivered", (11, 60.4), False),
    ("message.failed", (15, 61.0, 299.8), True),
    ("message.clicked", (22,), False),
    ("message.optout", (31, 60.0), False),
    ("message.delivered", (44, 60.2, 300.9), True),
)


class _StillDesk(OutageDesk):
    """The desk with a table that stands still."""

    async def table(self, endpoint_id: EndpointId) -> OutageTable | None:
        endpoint = self.endpoint(endpoint_id)
        if endpoint is None or endpoint.answers.outage is None:
            return None
        since, until = to_us(endpoint.answers.outage.since), to_us(endpoint.answers.outage.until)
        struck = [_struck(number, since, *one) for number, one in enumerate(_STRUCK)]
        steps = (
            Step(1, 60.0, 6, 0, 60.2, 60.0, 61.0),
            Step(2, 300.0, 4, 4, 300.9, 299.8, 301.0),
            Step(3, 1800.0, 0, 0),
            Step(4, 7200.0, 0, 0),
        )
        return OutageTable(since, until, tuple(struck), steps)


def _struck(number: int, since_us: int, kind: str, waits: tuple[float, ...], back: bool) -> Struck:
    at, sightings, total = since_us, [], 0.0
    for place, wait_s in enumerate(waits):
        at += round(wait_s * 1_000_000)
        accepted = back and place == len(waits) - 1
        total += wait_s if place else 0.0
        status = 200 if accepted else 503
        sightings.append(
            Sighting(EventId(40 + 3 * number + place), at, status, accepted, total, wait_s if place else 0)
        )
    return Struck(EventId(40 + 3 * number), kind, f"msg_8f2fe6c{number}", tuple(sightings), total if back else None)


async def _opened(stage: Stage, since: timedelta, minutes: int, size: QSize | None = None) -> OutageDialog:
    app, window = stage.app, stage.window
    begun = datetime.now(UTC) - since
    outage = Outage(begun, begun + timedelta(minutes=minutes), ANSWERS[0][2], ("status", "message.clicked"))
    endpoint = app.directory.all()[0]
    await app.directory.save(replace(endpoint, answers=replace(endpoint.answers, outage=outage)))
    dialog = OutageDialog(
        window.theme,
        window.icons,
        window.tasks,
        _StillDesk(app, lambda _event: None, lambda _text: None),
        endpoint.id,
        window,
    )
    if size is not None:
        dialog.resize(size)
    dialog.show()
    await asyncio.sleep(SETTLE_S)
    return dialog


async def running(stage: Stage) -> QWidget:
    """Show a rehearsal that goes on, retry by retry."""
    return await _opened(stage, SINCE, 11)


async def over(stage: Stage) -> QWidget:
    """Show what became of the events of one that is over."""
    dialog = await _opened(stage, SINCE, 5)
    dialog.page.set_current(EVENTS)
    await asyncio.sleep(SETTLE_S)
    return dialog


async def smallest(stage: Stage) -> QWidget:
    """Show it as small as it gets."""
    dialog = await _opened(stage, SINCE, 5, SMALLEST)
    dialog.page.set_current(EVENTS)
    await asyncio.sleep(SETTLE_S)
    return dialog


async def fresh(stage: Stage) -> QWidget:
    """Show it before the first rehearsal."""
    dialog = stage.window.outages.open()
    await asyncio.sleep(SETTLE_S)
    return dialog


async def banner(stage: Stage) -> None:
    """Show the window while its endpoint is down."""
    dialog = await _opened(stage, SINCE, 11)
    dialog.close()
    await asyncio.sleep(SETTLE_S)
