"""Runs checks against a handler as quickly as they go: short pauses, the same chance every time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cache
from random import Random
from typing import TypeVar

from inspector.domain.secret import Secret
from inspector.providers.catalogue import Catalogue, load_catalogue
from inspector.resources import resource_path
from inspector.simulator.check.bench import Seams
from inspector.simulator.check.checks import CHECKS, chosen
from inspector.simulator.check.outcome import Run, State
from inspector.simulator.check.provider import Identity
from inspector.simulator.check.runner import HandlerCheck
from inspector.simulator.test_event import GENERAL, merged_samples
from tests.integration.check.handlers import SECRET, Handler, served

Key = TypeVar("Key")

AT_ONCE = 8


@cache
def catalogue() -> Catalogue:
    """Return the bundled providers."""
    return load_catalogue([resource_path("providers")])


def identity(provider: str = "rcs-events", secret: str = SECRET) -> Identity:
    """Return whom to play."""
    folders = [resource_path("samples")]
    samples = merged_samples(folders, provider) or merged_samples(folders, GENERAL)
    return Identity(catalogue().get(provider), Secret(secret), samples)


def quick(pace: float = 0.08) -> Seams:
    """Return seams that do not wait longer than a test can bear."""
    return Seams(retry_s=0.1, drip_s=0.2, pace=pace, rng=Random(7))


async def checked(
    url: str,
    provider: str = "rcs-events",
    secret: str = SECRET,
    *,
    probe: str = "",
    only: str = "",
    seams: Seams | None = None,
) -> Run:
    """Run all checks, or those that `only` names."""
    checking = HandlerCheck(url, identity(provider, secret), probe_url=probe, seams=seams or quick())
    return await checking.run(chosen(only.split(",")) if only else CHECKS)


async def all_checked(cases: Mapping[Key, tuple[Handler, str, str]]) -> dict[Key, Run]:
    """Run all checks against every handler, given with provider and secret: some at once, for checks mostly wait."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def run(handler: Handler, provider: str, secret: str) -> Run:
        async with turns, served(handler) as base:
            calm = quick(pace=0.2)  # the others take their turns in between
            return await checked(f"{base}/hook", provider, secret, probe=f"{base}/probe", seams=calm)

    runs = await asyncio.gather(*(run(*case) for case in cases.values()))
    return dict(zip(cases, runs, strict=True))


def keys(run: Run, *states: State) -> set[str]:
    """Return the checks that ended so."""
    return {outcome.key for outcome in run.outcomes if outcome.state in states}
