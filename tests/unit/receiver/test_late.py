"""A late answer is kept before it leaves; where it cannot be, or nobody has one, the provisional one stands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from inspector.domain.answer import Answer, AskHandler
from inspector.domain.endpoint import EndpointId
from inspector.domain.errors import StoreError
from inspector.domain.event import EventId
from inspector.receiver.choosing import ByHandWish
from inspector.receiver.late import Late

pytestmark = pytest.mark.asyncio

FIXED, MINE = Answer(202), Answer(418)
ASK = AskHandler("http://127.0.0.1:9/", 5.0)


class Shelf:
    """A store that keeps late answers, or cannot."""

    def __init__(self, error: StoreError | None = None) -> None:
        self.kept: list[tuple[EventId, Answer]] = []
        self._error = error

    async def amend_answer(self, event_id: EventId, answer: Answer) -> None:
        await asyncio.sleep(0)
        if self._error is not None:
            raise self._error
        self.kept.append((event_id, answer))


def asked(late: Late, answer: Answer | None) -> None:
    async def ask(_event_id: EventId, _asked: AskHandler) -> Answer | None:
        return answer

    late.ask = ask


async def never() -> None:
    await asyncio.Event().wait()


async def found(
    late: Late, wish: ByHandWish | AskHandler = ASK, given_up: Callable[[], Awaitable[None]] = never
) -> Answer:
    return await late.answer(EventId(7), EndpointId(1), FIXED, wish, lambda answer: answer, given_up)


async def test_the_handlers_answer_is_kept_and_then_given() -> None:
    shelf = Shelf()
    late = Late(shelf)
    asked(late, MINE)
    assert await found(late) == MINE
    assert shelf.kept == [(EventId(7), MINE)]


async def test_an_answer_that_is_the_provisional_one_needs_no_keeping() -> None:
    shelf = Shelf()
    late = Late(shelf)
    asked(late, Answer(202))
    assert await found(late) is FIXED
    assert shelf.kept == []


async def test_an_answer_that_cannot_be_kept_is_not_given(caplog: pytest.LogCaptureFixture) -> None:
    late = Late(Shelf(StoreError("No room.")))
    asked(late, MINE)
    assert await found(late) is FIXED
    assert "could not be kept" in caplog.text


async def test_nobody_is_waited_for_when_the_client_has_gone() -> None:
    late = Late(Shelf())

    async def gone() -> None:
        while not late.by_hand.held:  # noqa: ASYNC110 - the condition is a value
            await asyncio.sleep(0)

    assert await found(late, ByHandWish(60.0), gone) is FIXED
    assert late.by_hand.held == ()


async def test_two_events_are_answered_apart() -> None:
    late = Late(Shelf())

    async def wait(number: int) -> Answer:
        wish = ByHandWish(60.0)
        return await late.answer(EventId(number), EndpointId(1), FIXED, wish, lambda answer: answer, never)

    waiting = [asyncio.create_task(wait(number)) for number in (1, 2)]
    while len(late.by_hand.held) < 2:  # noqa: ASYNC110 - the condition is a value
        await asyncio.sleep(0)
    assert [held.event_id for held in late.by_hand.held] == [1, 2]
    assert late.by_hand.answer(EventId(2), MINE)
    assert late.by_hand.answer(EventId(1), Answer(500))
    assert not late.by_hand.answer(EventId(1), MINE)
    assert [answer.status for answer in await asyncio.gather(*waiting)] == [500, 418]
