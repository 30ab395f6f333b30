"""Many requests at a steady pace over a few kept-alive connections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from inspector.domain.attempt import Outgoing
from inspector.replay.outgoing import wire_bytes
from inspector.replay.response_reader import MAX_LINE, ProtocolProblem, read_response
from inspector.replay.target import Target, parse_target

CONNECTIONS = 16


@dataclass(slots=True)
class Tally:
    """How a burst went: requests sent, those answered 2xx, and those that got no response."""

    sent: int = 0
    accepted: int = 0
    failed: int = 0


async def burst(url: str, make: Callable[[], Outgoing], *, rate: float, seconds: float) -> Tally:
    """Send `rate` requests a second to one address for `seconds`; `make` is called for each. Cancelling stops it."""
    target = parse_target(url)
    tally = Tally()
    turns = iter(range(int(rate * seconds)))
    started = asyncio.get_running_loop().time()
    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(_worker(target, make, turns, started, 1 / rate, tally))
    return tally


async def _worker(
    target: Target, make: Callable[[], Outgoing], turns: Iterator[int], started: float, gap_s: float, tally: Tally
) -> None:
    """Take one turn after the other, each when it is due; a broken connection is made anew with the next turn."""
    loop = asyncio.get_running_loop()
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None
    try:
        for turn in turns:
            await asyncio.sleep(max(0.0, started + turn * gap_s - loop.time()))
            outgoing = make()
            tally.sent += 1
            try:
                if reader is None or writer is None:
                    reader, writer = await asyncio.open_connection(target.host, target.port, limit=MAX_LINE)
                writer.write(wire_bytes(outgoing, parse_target(outgoing.url).path))
                response = await read_response(reader, outgoing.method)
                tally.accepted += 200 <= response.status < 300
            except (OSError, ProtocolProblem, asyncio.IncompleteReadError):
                tally.failed += 1
                reader = None
                if writer is not None:
                    writer.transport.abort()
                    writer = None
    finally:
        if writer is not None:
            writer.transport.abort()
