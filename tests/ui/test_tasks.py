"""The window's coroutines are kept, reported, and ended with the window."""

from __future__ import annotations

import asyncio
import logging

import pytest

from inspector.domain.errors import InspectorError
from inspector.ui.tasks import Tasks
from tests.ui.waiting import until


@pytest.mark.asyncio
async def test_an_error_the_user_can_act_on_is_reported_as_it_is() -> None:
    reported: list[InspectorError] = []
    tasks = Tasks(reported.append)

    async def fail() -> None:
        raise InspectorError("The disk is full.", "", "Free some space.")

    tasks.start(fail(), "Store")
    await until(lambda: reported)
    assert reported[0].todo == "Free some space."


@pytest.mark.asyncio
async def test_a_bug_is_logged_with_its_traceback_and_told_in_one_sentence(caplog: pytest.LogCaptureFixture) -> None:
    reported: list[InspectorError] = []

    async def fail() -> None:
        raise ValueError("odd")

    with caplog.at_level(logging.ERROR):
        Tasks(reported.append).start(fail(), "Count events")
        await until(lambda: reported)
    assert str(reported[0]).startswith("Count events failed.")
    assert caplog.records[0].exc_info


@pytest.mark.asyncio
async def test_closing_cancels_what_runs_and_nothing_starts_afterwards() -> None:
    tasks = Tasks(lambda _error: None)
    done: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            done.append("ended")

    async def late() -> None:
        done.append("late")

    running = tasks.start(forever(), "Wait")
    await asyncio.sleep(0)
    await tasks.close()
    assert running.cancelled()
    refused = tasks.start(late(), "Late")
    await asyncio.wait([refused])
    assert refused.cancelled()
    assert done == ["ended"]
