"""What is to be told about a certificate: facts, problems, and when it ends; loaded once HTTPS is on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong with a certificate: a sentence, what to do, and whether nothing works with it."""

    code: str
    words: str
    todo: str = ""
    fatal: bool = False


@dataclass(frozen=True, slots=True)
class CertificateFacts:
    """What is to be told about a certificate. `names` are host names and addresses; `chain` begins with itself."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime
    key: str
    fingerprint: str
    chain: tuple[str, ...] = ()
    self_signed: bool = False


def days_left(until: datetime, now: datetime) -> str:
    """Return when something ends, in days: "in 3 days", "tomorrow", "today"."""
    days = (until.astimezone(UTC).date() - now.astimezone(UTC).date()).days
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
