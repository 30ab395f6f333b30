"""Idempotency is judged by what a probe shows, whatever its form, and said to be unseen where it shows nothing."""

from __future__ import annotations

import pytest
from aiohttp import web

from inspector.simulator.check.outcome import State
from tests.integration.check import schemes
from tests.integration.check.checking import checked, keys
from tests.integration.check.handlers import Handler, served

FORMS = ("", "?bare=1", "?text=1")


@pytest.mark.asyncio
@pytest.mark.parametrize("form", FORMS, ids=["json", "number", "metrics"])
@pytest.mark.parametrize("flaws", [(), ("processes later",)], ids=["at once", "later"])
async def test_an_event_processed_once_passes(form: str, flaws: tuple[str, ...]) -> None:
    async with served(Handler(schemes.rcs, frozenset(flaws))) as base:
        run = await checked(f"{base}/hook", probe=f"{base}/probe{form}", only="slow-response,duplicate")
    assert keys(run, State.PASSED) == {"slow-response", "duplicate"}
    assert "changed none of it" in run.outcomes[1].ruling.text


@pytest.mark.asyncio
@pytest.mark.parametrize("form", FORMS, ids=["json", "number", "metrics"])
@pytest.mark.parametrize("flaws", [(), ("processes later",)], ids=["at once", "later"])
async def test_an_event_processed_twice_fails_with_the_figures(form: str, flaws: tuple[str, ...]) -> None:
    async with served(Handler(schemes.rcs, frozenset({"not idempotent", *flaws}))) as base:
        run = await checked(f"{base}/hook", probe=f"{base}/probe{form}", only="duplicate")
    assert keys(run, State.FAILED) == {"duplicate"}
    assert "went from 2 to 3" in run.outcomes[0].ruling.text or "went from 1 to 2" in run.outcomes[0].ruling.text


@pytest.mark.asyncio
async def test_without_a_probe_the_answers_alone_are_judged_and_that_is_said() -> None:
    async with served(Handler(schemes.rcs, frozenset({"not idempotent"}))) as base:
        run = await checked(f"{base}/hook", only="duplicate")
    assert keys(run, State.NOTED) == {"duplicate"}
    assert "Only the answers were seen" in run.outcomes[0].ruling.text


@pytest.mark.asyncio
@pytest.mark.parametrize(("form", "reason"), [("?broken=1", "answered 404"), ("?deaf=1", "shows nothing")])
async def test_a_probe_that_shows_nothing_is_no_proof(form: str, reason: str) -> None:
    async with served(Handler(schemes.rcs)) as base:
        run = await checked(f"{base}/hook", probe=f"{base}/probe{form}", only="duplicate")
    assert keys(run, State.NOTED) == {"duplicate"}
    assert reason in run.outcomes[0].ruling.text


@pytest.mark.asyncio
async def test_a_read_that_is_lost_after_its_delivered_is_found_by_the_probe() -> None:
    async with served(Handler(schemes.rcs, frozenset({"goes by the message"}))) as base:
        run = await checked(f"{base}/hook", probe=f"{base}/probe", only="same-message")
    assert keys(run, State.FAILED) == {"same-message"}
    assert "message.read of the same message changed nothing" in run.outcomes[0].ruling.text


@pytest.mark.asyncio
async def test_a_probe_that_counts_messages_accuses_nobody_of_losing_events() -> None:
    async with served(Handler(schemes.rcs)) as base:
        run = await checked(f"{base}/hook", probe=f"{base}/probe?messages=1", only="same-message")
    assert keys(run, State.NOTED) == {"same-message"}
    assert "fine where the probe counts messages" in run.outcomes[0].ruling.text


class NotAlone(Handler):
    """A good handler that somebody else sends an event to while the duplicate is looked at."""

    async def take(self, request: web.Request) -> web.StreamResponse:
        """Take one event."""
        answer = await super().take(request)
        if self.requests == 3:  # a plain one to compare with, the event, the duplicate
            self.processed["another sender's event"] += 1
        return answer


@pytest.mark.asyncio
async def test_a_change_that_a_third_sending_does_not_repeat_is_no_proof() -> None:
    async with served(NotAlone(schemes.rcs)) as base:
        run = await checked(f"{base}/hook", probe=f"{base}/probe", only="duplicate")
    assert keys(run, State.UNKNOWN) == {"duplicate"}
    assert "Keep other traffic away" in run.outcomes[0].ruling.text


@pytest.mark.asyncio
async def test_a_list_that_moves_in_every_place_is_told_in_a_few_words() -> None:
    async with served(Handler(schemes.rcs, frozenset({"not idempotent"}))) as base:
        run = await checked(f"{base}/hook", probe=f"{base}/probe?list=1", only="1-5,duplicate")
    assert keys(run, State.FAILED) == {"duplicate"}
    assert len(run.outcomes[-1].ruling.text) < 400
