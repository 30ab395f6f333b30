"""`inspector replay --versus`: the same events to two targets, and what differs."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from inspector.commands.command import NOT_OK, OK, print_json
from inspector.domain.errors import UsageError
from inspector.replay.plan import Captured, Options, plan

if TYPE_CHECKING:
    from inspector.commands.replay import Replays
    from inspector.domain.attempt import Attempt
    from inspector.domain.event import EventId
    from inspector.replay.run import Progress
    from inspector.replay.versus import VersusRow
    from inspector.store.beside import Beside

MOST_SHOWN = 50


def run_versus(
    beside: Beside, replays: Replays, ids: Sequence[EventId], how: Options, options: argparse.Namespace
) -> int:
    """Send events to both targets, keep the attempts, and tell what differs."""
    from inspector.commands.reports import write_report
    from inspector.replay.run import Run
    from inspector.replay.versus import Versus, to_csv, to_json, totals

    kept = [row for row in beside.page(ids) if row.refusal is None]
    sendings = plan([Captured(row.id, row.received_us) for row in kept], how)
    if not sendings:
        raise UsageError("There is nothing to send.", "Every event was left out, is gone, or was turned away.")

    async def send_to(event_id: EventId, target: str) -> Attempt:
        return await replays.send(event_id, to=target)

    versus = Versus(options.to, options.versus, send_to)
    many = Run(sendings, how, versus.send)

    async def go() -> Progress:
        return await many.run()

    progress = asyncio.run(go())
    as_json = partial(to_json, versus.rows, versus.a, versus.b)
    if options.report is not None:
        text = as_json() if options.report.suffix.lower() == ".json" else to_csv(versus.rows)
        write_report(options.report, text)
    found = totals(versus.rows)
    if options.json:
        print_json(json.loads(as_json()))
    else:
        for row in versus.differences[:MOST_SHOWN]:
            print(f"#{row.event_id}: {_words(row)}")
        left = len(versus.differences) - MOST_SHOWN
        if left > 0:
            print(f"… and {left:,} more")
        print(f"{found.same:,} of {found.events:,} the same, {found.status_differs:,} with another status")
    if not any(side.status is not None for row in versus.rows for side in (row.a, row.b)):
        if not options.json:
            print("Neither target answered, so nothing was compared.")
        return NOT_OK
    return OK if found.same == found.events and progress.done == progress.total and found.events else NOT_OK


def _words(row: VersusRow) -> str:
    sides = [str(side.status) if side.status is not None else side.failure for side in (row.a, row.b)]
    body = f", body: {row.body}" if row.body else ""
    return f"{sides[0]} and {sides[1]}{body}, {row.a.total_ms:.0f} and {row.b.total_ms:.0f} ms"
