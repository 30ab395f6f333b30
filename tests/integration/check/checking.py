"""Runs checks against a handler as quickly as they go: short pauses, the same chance every time."""

from __future__ import annotations

from functools import cache
from random import Random

from inspector.domain.secret import Secret
from inspector.providers.catalogue import Catalogue, load_catalogue
from inspector.resources import resource_path
from inspector.simulator.check.bench import Seams
from inspector.simulator.check.checks import CHECKS, chosen
from inspector.simulator.check.outcome import Run, State
from inspector.simulator.check.provider import Identity
from inspector.simulator.check.runner import HandlerCheck
from inspector.simulator.test_event import GENERAL, merged_samples
from tests.integration.check.handlers import SECRET


@cache
def catalogue() -> Catalogue:
    """Return the bundled providers."""
    return load_catalogue([resource_path("providers")])


def identity(provider: str = "rcs-events", secret: str = SECRET) -> Identity:
    """Return whom to play."""
    folders = [resource_path("samples")]
    samples = merged_samples(folders, provider) or merged_samples(folders, GENERAL)
    return Identity(catalogue().get(provider), Secret(secret), samples)


def quick() -> Seams:
    """Return seams that do not wait longer than a test can bear."""
    return Seams(retry_s=0.1, drip_s=0.2, pace=0.08, rng=Random(7))


async def checked(
    url: str, provider: str = "rcs-events", secret: str = SECRET, *, probe: str = "", only: str = ""
) -> Run:
    """Run all checks, or those that `only` names."""
    checking = HandlerCheck(url, identity(provider, secret), probe_url=probe, seams=quick())
    return await checking.run(chosen(only.split(",")) if only else CHECKS)


def keys(run: Run, *states: State) -> set[str]:
    """Return the checks that ended so."""
    return {outcome.key for outcome in run.outcomes if outcome.state in states}
