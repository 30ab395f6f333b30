"""Have we seen it? The key by which a repeat of an event is recognised, from the surest sign down.

Identical bytes are a poor sign: many providers change a counter, a nonce or a timestamp on a retry. So a true event id
counts first, then the message together with what happened to it (never the message alone, or `read` would pass for a
repeat of `delivered`), and the body only where neither is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b

from inspector.domain.endpoint import DuplicateKey, DuplicateRule
from inspector.domain.event import DedupeKey, DuplicateLevel
from inspector.domain.report import Kind, Report
from inspector.domain.request import Request
from inspector.payload.body import Payload
from inspector.providers.mapping import REPORT_LIMIT
from inspector.providers.profile import DedupeFields, Profile

DIGEST_BYTES = 16

_DEFAULT = DedupeFields()


def dedupe_key(
    profile: Profile | None, rule: DuplicateRule, request: Request, payload: Payload, reports: Sequence[Report]
) -> DedupeKey | None:
    """Return the key of an event within its endpoint, None where repeats are not looked for or cannot be told.

    A request without a body and without any id is never a repeat: there is nothing to know it by. A batch too long to
    be told item by item is known by its body.
    """
    if rule.key is DuplicateKey.OFF:
        return None
    if rule.key is DuplicateKey.AUTO and 0 < len(reports) < REPORT_LIMIT:
        fields = profile.dedupe if profile is not None else _DEFAULT
        by_id = _by_event_id(fields, reports)
        if by_id is not None:
            return DedupeKey(DuplicateLevel.EVENT_ID, by_id, fields.id_words)
        composite = _by_fields(fields, reports)
        if composite is not None:
            return DedupeKey(DuplicateLevel.COMPOSITE, composite, fields.words)
    if not request.body:
        return None
    return DedupeKey(DuplicateLevel.BODY, blake2b(request.body, digest_size=DIGEST_BYTES).digest(), "Same body")


def _by_event_id(fields: DedupeFields, reports: Sequence[Report]) -> bytes | None:
    parts: list[str] = ["event_id"]
    for report in reports:
        if not report.event_id:
            return None
        parts.append(report.event_id)
        parts.extend([_text(report, name) for name in fields.beside])
    return _digest(parts)


def _by_fields(fields: DedupeFields, reports: Sequence[Report]) -> bytes | None:
    parts: list[str] = ["composite"]
    for report in reports:
        if not report.message_id:
            return None
        parts.extend([_text(report, name) for name in fields.composite])
        if report.kind is Kind.OTHER:
            # What an unknown event says about its message may stand where we do not look; its time tells it apart.
            if not report.name or report.occurred_at is None:
                return None
            parts.append(_text(report, "occurred_at"))
    return _digest(parts)


def _text(report: Report, name: str) -> str:
    if name == "name":
        return report.name or report.kind.value
    value = getattr(report, name)
    return value.isoformat() if isinstance(value, datetime) else value or ""


def _digest(parts: list[str]) -> bytes:
    """Return a digest that differs for every different list of texts: each is preceded by its length."""
    text = "".join([f"{len(part)}:{part}" for part in parts])
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()
