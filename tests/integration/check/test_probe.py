"""Idempotency is judged by what a probe shows, whatever its form, and said to be unseen where it shows nothing."""

from __future__ import annotations

import pytest

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
