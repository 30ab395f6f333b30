"""Makes the checks in order, each within its time, and says at the end what it comes down to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace

from inspector.directory import Resolved
from inspector.doctor import endpoint_checks, local_checks, public_checks
from inspector.doctor.check import Check
from inspector.doctor.endpoint_checks import address_of
from inspector.doctor.finding import Action, Deed, Finding, Outcome, bad, skipped
from inspector.doctor.scene import Scene
from inspector.domain.endpoint import EndpointId

CHECKS: tuple[Check, ...] = (
    *local_checks.CHECKS,
    *public_checks.ROUND_TRIP,
    *endpoint_checks.CHECKS,
    *endpoint_checks.AFTER,
    public_checks.CLOCK,
)
"""Every check in the order a webhook meets its subject."""

_log = logging.getLogger(__name__)

News = Callable[[Check, Finding | None], None]
"""Hears that a check begins (None) and what it found."""


class Doctor:
    """Runs checks over one program. `findings` are the latest by key; `news` hears of each."""

    def __init__(self, scene: Scene, news: News = lambda _check, _finding: None) -> None:
        self.findings: dict[str, Finding] = {}
        self._scene = scene
        self._news = news

    @property
    def resolved(self) -> Resolved | None:
        """The endpoint that is looked at."""
        return self._scene.resolved

    def look_at(self, endpoint_id: EndpointId | None) -> None:
        """Look at another endpoint from now on."""
        self._scene.endpoint_id = endpoint_id

    @property
    def address(self) -> str:
        """The address a provider has to be given, "" without an endpoint."""
        resolved = self.resolved
        return address_of(self._scene, resolved) if resolved is not None else ""

    async def run(self) -> Mapping[str, Finding]:
        """Make every check, one after the other."""
        self.findings.clear()
        for check in CHECKS:
            await self._make(check)
        return self.findings

    async def run_one(self, key: str) -> Finding:
        """Make one check again, whatever others found."""
        check = next(check for check in CHECKS if check.key == key)
        for needed in check.needs:
            # What it builds on may have been mended since.
            if self._went_badly(needed):
                await self._make(next(item for item in CHECKS if item.key == needed))
        return await self._make(check)

    async def _make(self, check: Check) -> Finding:
        self._news(check, None)
        finding = self.findings[check.key] = await self._found(check)
        self._news(check, finding)
        return finding

    async def _found(self, check: Check) -> Finding:
        blocker = next((key for key in check.needs if self._went_badly(key)), "")
        if blocker:
            title = next(item.title for item in CHECKS if item.key == blocker)
            return skipped(f"Not tried: “{title}” has to work first.")
        try:
            async with asyncio.timeout(check.limit_s):
                return await check.run(self._scene)
        except TimeoutError:
            return bad("The check took too long.", f"No result within {check.limit_s:.0f} s.")
        except Exception as error:
            _log.exception("The check %s failed", check.key)
            return Finding(Outcome.DOUBT, "The check itself failed.", f"{type(error).__name__}: {error}.")

    def _went_badly(self, key: str) -> bool:
        finding = self.findings.get(key)
        if finding is None:
            return False
        check = next(item for item in CHECKS if item.key == key)
        return finding.outcome is Outcome.BAD or (
            finding.outcome is Outcome.SKIPPED and any(self._went_badly(needed) for needed in check.needs)
        )

    def verdict(self) -> Finding:
        """Return what it comes down to: the first thing that is wrong, else what the provider has to be told."""
        found = [(check, self.findings[check.key]) for check in CHECKS if check.key in self.findings]
        for outcome in (Outcome.BAD, Outcome.DOUBT):
            wrong = [(check, finding) for check, finding in found if finding.outcome is outcome]
            if wrong:
                first = wrong[0][1]
                more = f" {len(wrong) - 1} more below." if len(wrong) > 1 else ""
                return replace(first, detail=f"{first.detail}{more}".strip())
        tunnel = self.findings.get("tunnel")
        if tunnel is not None and tunnel.outcome is Outcome.SKIPPED:
            detail = "Providers on the internet cannot reach this computer without one."
            words = "Everything here works, but there is no public address."
            return Finding(Outcome.DOUBT, words, detail, tunnel.action)
        return Finding(
            Outcome.GOOD,
            "Everything on this side works.",
            f"If nothing arrives, the provider sends elsewhere, or not at all. Its settings must say {self.address}",
            Action(Deed.COPY_ADDRESS, "Copy the address", self.address),
        )
