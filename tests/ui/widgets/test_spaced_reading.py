"""Reading now and then: one at a time, not before its time, and rarer where it takes long."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QObject

from inspector.domain.errors import UsageError
from inspector.ui.tasks import Tasks
from inspector.ui.widgets import spaced_reading
from inspector.ui.widgets.spaced_reading import SpacedReading
from tests.ui.waiting import until

pytestmark = pytest.mark.asyncio

LEAST_MS = 20


class _Reader:
    """Counts readings; each waits until it may end."""

    def __init__(self) -> None:
        self.begun = 0
        self.ended = 0
        self.may_end = asyncio.Event()

    async def read(self) -> None:
        self.begun += 1
        await self.may_end.wait()
        self.ended += 1


@pytest.fixture
def owner() -> QObject:
    return QObject()


def _reading(reader: _Reader, owner: QObject) -> SpacedReading:
    return SpacedReading(Tasks(lambda _error: None), "Read", reader.read, LEAST_MS, owner)


async def test_what_is_asked_for_often_is_read_once(owner: QObject) -> None:
    reader = _Reader()
    reading = _reading(reader, owner)
    for _ in range(5):
        reading.soon()
    reader.may_end.set()
    await until(lambda: reader.ended)

    assert reader.begun == 1


async def test_asking_at_once_during_a_reading_reads_once_more(owner: QObject) -> None:
    reader = _Reader()
    reading = _reading(reader, owner)
    reading.now()
    await until(lambda: reader.begun == 1)
    reading.now()
    reading.now()
    assert reader.begun == 1, "two never run beside each other"
    reader.may_end.set()
    await until(lambda: reader.ended == 2)

    assert reader.begun == 2


async def test_long_reading_makes_the_next_one_rarer(owner: QObject, monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter((100.0, 102.0))
    monkeypatch.setattr(spaced_reading, "time", SimpleNamespace(monotonic=lambda: next(times)))
    reader = _Reader()
    reader.may_end.set()
    reading = _reading(reader, owner)
    assert reading.interval_ms == LEAST_MS
    reading.now()
    await until(lambda: reading.interval_ms != LEAST_MS)

    assert reading.interval_ms == 20_000, "two seconds are a tenth of twenty"


async def test_a_stopped_reading_reads_nothing_more(owner: QObject) -> None:
    reader = _Reader()
    reader.may_end.set()
    reading = _reading(reader, owner)
    reading.soon()
    reading.stop()
    reading.soon()
    reading.now()
    await asyncio.sleep(3 * LEAST_MS / 1000)  # that nothing comes can only be waited for

    assert reader.begun == 0


async def test_a_reading_that_fails_is_followed_by_others(owner: QObject) -> None:
    told: list[str] = []
    begun = 0

    async def read() -> None:
        nonlocal begun
        begun += 1
        if begun == 1:
            raise UsageError("The disk is gone.")

    reading = SpacedReading(Tasks(lambda error: told.append(str(error))), "Read", read, LEAST_MS, owner)
    reading.now()
    await until(lambda: told)
    reading.now()
    await until(lambda: begun == 2)
