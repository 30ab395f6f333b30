"""Good, odd, broken, slow and oversized conversations by the thousand: all answered rightly or refused, none lost.

The usual run has a few hundred; INSPECTOR_VARIATIONS=10000 sets how many, INSPECTOR_SEED which.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from inspector.domain.access import AccessRule
from inspector.domain.event import EventId
from inspector.domain.query import Query
from inspector.receiver.limits import Limits
from tests.integration.receiver.conftest import SECRET, Station
from tests.integration.receiver.variations import (
    ABORT,
    CLEAN,
    HALF_CLOSE,
    LINGER_OFF,
    WAIT_FOR_100,
    Place,
    Variation,
    variations,
)

pytestmark = pytest.mark.asyncio

COUNT = int(os.environ.get("INSPECTOR_VARIATIONS", "400"))
SEED = int(os.environ.get("INSPECTOR_SEED", "1"))
AT_ONCE = 24
PATIENCE_S = 25.0
SLOW_AFTER_S = 2.0
SMALL = 20_000
WARM = 2_000
"""After so many conversations memory must not grow any more."""

MOST_GROWTH = 48 * 1024 * 1024


@dataclass
class Told:
    """What came back over all conversations."""

    answers: int = 0
    families: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)


@pytest.mark.timeout(1800)
async def test_every_conversation_ends_rightly_and_leaves_its_rows(
    station: Station, caplog: pytest.LogCaptureFixture
) -> None:
    troubles: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: troubles.append(context))
    small = await station.directory.create("Small", provider="")
    small = await station.directory.save(replace(small, access=AccessRule(max_body_bytes=SMALL)))
    station.receiver.limits = Limits(connections=1000, head_s=SLOW_AFTER_S, body_s=SLOW_AFTER_S)
    place = Place(station.endpoint.path, SECRET, small.path, SMALL)
    made = list(variations(SEED, COUNT, place))
    told = Told()

    waiting = iter(made)
    await asyncio.gather(*[talk_all(station.port, waiting, told) for _ in range(AT_ONCE)])

    assert not told.wrong, told_by_family(told.wrong)
    rows = await targets(station)
    wanted = Counter(mark for variation in made for mark in variation.marks)
    missing = {mark: count for mark, count in wanted.items() if rows[mark] < count}
    assert missing == {}
    seen = sum(rows.values()) + station.receiver.state.aborted
    assert seen >= len(made)
    assert caplog.records == []
    assert troubles == []
    if len(told.memory) > WARM:
        assert told.memory[-1] - told.memory[WARM] < MOST_GROWTH
    report(told, rows, station)


async def talk_all(port: int, waiting: Iterator[Variation], told: Told) -> None:
    for variation in waiting:
        try:
            async with asyncio.timeout(PATIENCE_S):
                statuses = await talk(port, variation)
        except Exception as error:
            told.wrong.append(f"{variation.family}: {error!r} after {begin(variation)}")
            continue
        told.families[variation.family] += 1
        told.statuses.update(statuses)
        told.answers += len(statuses)
        told.memory.append(memory())
        right = set(statuses) <= CLEAN if variation.statuses is None else tuple(statuses) == variation.statuses
        if not right:
            told.wrong.append(f"{variation.family}: {statuses}, not {variation.statuses}, after {begin(variation)}")


async def talk(port: int, variation: Variation) -> list[int]:
    """Hold one conversation and return the statuses of its answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        with contextlib.suppress(ConnectionError):
            for step in variation.steps:
                if step is ABORT:
                    sock: socket.socket = writer.get_extra_info("socket")
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_OFF)
                    writer.transport.abort()
                    return []
                if step is HALF_CLOSE:
                    writer.write_eof()
                elif step is WAIT_FOR_100:
                    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
                else:
                    assert isinstance(step, bytes)
                    writer.write(step)
                    await writer.drain()
                    await asyncio.sleep(0)
        if variation.statuses is None:
            return await answers_to_the_end(reader)
        return [await answer(reader, method) for method in variation.methods]
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


async def answer(reader: asyncio.StreamReader, method: str) -> int:
    """Read one answer, strictly."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head[:-4].decode().split("\r\n")
    version, status, _ = first.split(" ", 2)
    assert version == "HTTP/1.1"
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    if method != "HEAD" and status != "204":
        await reader.readexactly(int(headers["content-length"]))
    return int(status)


async def answers_to_the_end(reader: asyncio.StreamReader) -> list[int]:
    """Read what comes until the connection ends; a reset at the end is one of the ways in which it may."""
    data = bytearray()
    with contextlib.suppress(ConnectionError):
        while part := await reader.read(65536):
            data += part
    return [int(piece[:3]) for piece in bytes(data).split(b"HTTP/1.1 ")[1:] if piece[:3] != b"100"]


async def targets(station: Station) -> Counter[str]:
    """Return how many rows each target has."""
    found: Counter[str] = Counter()
    for number in await station.store.ids(Query()):
        event = station.store.event(EventId(number))
        assert event is not None
        found[event.request.target] += 1
    return found


def begin(variation: Variation) -> bytes:
    return b"".join(step for step in variation.steps if isinstance(step, bytes))[:160]


def memory() -> int:
    """Return how much memory this process has in bytes, 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def told_by_family(wrong: list[str]) -> str:
    return "\n".join(sorted(wrong)[:40])


def report(told: Told, rows: Counter[str], station: Station) -> None:
    megabytes = [told.memory[at] // 2**20 for at in (0, min(WARM, len(told.memory) - 1), -1)]
    print(f"\n{sum(told.families.values())} conversations, {told.answers} answers: {dict(told.statuses)}")
    print(f"{sum(rows.values())} rows, {station.receiver.state.aborted} broken off; memory {megabytes} MB")
    print(dict(told.families))
