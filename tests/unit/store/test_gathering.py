"""Many small writes share a commit, and each gets its own result."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from inspector.store.gathering import Gathering

pytestmark = pytest.mark.asyncio


class Work:
    """Doubles numbers, one call after the other; odd ones above 100 are errors of their own."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []
        self.called = asyncio.Event()
        self.gate = asyncio.Event()

    async def __call__(self, items: Sequence[int]) -> list[int | Exception]:
        self.calls.append(list(items))
        self.called.set()
        await self.gate.wait()
        return [ValueError(str(item)) if item > 100 else item * 2 for item in items]


async def test_what_comes_while_one_is_on_its_way_goes_together_with_the_next() -> None:
    work = Work()
    gathering: Gathering[int, int] = Gathering(work, most=3)
    first = asyncio.create_task(gathering.add(1))
    await work.called.wait()
    others = [asyncio.create_task(gathering.add(number)) for number in (2, 3, 4, 5)]
    await asyncio.sleep(0)
    work.gate.set()
    assert await asyncio.gather(first, *others) == [2, 4, 6, 8, 10]
    assert work.calls == [[1], [2, 3, 4], [5]]


async def test_one_that_fails_fails_alone() -> None:
    work = Work()
    work.gate.set()
    gathering: Gathering[int, int] = Gathering(work)
    good, bad = await asyncio.gather(gathering.add(1), gathering.add(101), return_exceptions=True)
    assert good == 2
    assert isinstance(bad, ValueError)


async def test_an_error_of_the_whole_is_everybodys_and_the_next_is_tried_again() -> None:
    fails = [True]

    async def work(items: Sequence[int]) -> list[int | Exception]:
        if fails.pop():
            raise OSError("full")
        return list(items)

    gathering: Gathering[int, int] = Gathering(work)
    found = await asyncio.gather(gathering.add(1), gathering.add(2), return_exceptions=True)
    assert [str(error) for error in found] == ["full", "full"]
    fails.append(False)
    assert await gathering.add(3) == 3


async def test_one_who_does_not_wait_any_more_holds_up_nobody() -> None:
    work = Work()
    gathering: Gathering[int, int] = Gathering(work)
    gone, stays = asyncio.create_task(gathering.add(1)), asyncio.create_task(gathering.add(2))
    await work.called.wait()
    gone.cancel()
    work.gate.set()
    assert await stays == 4
    with pytest.raises(asyncio.CancelledError):
        await gone
