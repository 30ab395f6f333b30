"""What the doctor found, as text for a colleague and as plain values for programs."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inspector import __version__
from inspector.doctor.doctor import CHECKS
from inspector.doctor.finding import Finding, Outcome

MARKS = {Outcome.GOOD: "ok", Outcome.DOUBT: "??", Outcome.BAD: "NO", Outcome.SKIPPED: "--"}
TITLE_WIDTH = max(len(check.title) for check in CHECKS)


def as_text(findings: Mapping[str, Finding], verdict: Finding, endpoint: str, now: datetime) -> str:
    """Return the findings as lines that survive a chat or a ticket."""
    lines = [
        f"Webhook Inspector {__version__} on {platform.system()} {platform.release()}",
        f"{now.astimezone():%Y-%m-%d %H:%M:%S %z}",
        f"Endpoint: {endpoint or 'none'}",
        "",
        *(line for check in CHECKS if check.key in findings for line in _lines(check.title, findings[check.key])),
        "",
        f"{verdict.words} {verdict.detail}".strip(),
    ]
    return "\n".join(lines) + "\n"


def _lines(title: str, finding: Finding) -> list[str]:
    lines = [f"{MARKS[finding.outcome]}  {title:<{TITLE_WIDTH}}  {finding.words}"]
    if finding.detail:
        lines.append(f"    {'':<{TITLE_WIDTH}}  {finding.detail}")
    return lines


def as_json(findings: Mapping[str, Finding], verdict: Finding, endpoint: str, address: str) -> dict[str, Any]:
    """Return the findings as plain values."""
    return {
        "outcome": verdict.outcome.value,
        "endpoint": endpoint,
        "address": address,
        "checks": [
            {"key": check.key, "title": check.title, **finding_as_json(findings[check.key])}
            for check in CHECKS
            if check.key in findings
        ],
    }


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """Return one finding as plain values."""
    action = finding.action
    return {
        "outcome": finding.outcome.value,
        "words": finding.words,
        "detail": finding.detail,
        "action": {"deed": action.deed.value, "words": action.words, "detail": action.detail} if action else None,
    }
