"""Have we seen it? The key by which a repeat of an event is recognised, from the surest sign down.

Identical bytes are a poor sign: many providers change a counter, a nonce or a timestamp on a retry. So a true event id
counts first, then the message together with what happened to it (never the message alone, or `read` would pass for a
repeat of `delivered`), and the body only where neither is known. An endpoint may name a place of its own instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

from inspector.domain.endpoint import DuplicateKey, DuplicateRule
from inspector.domain.event import DedupeKey, DuplicateLevel
from inspector.domain.report import Kind, Report
from inspector.domain.request import Request
from inspector.payload.body import Payload
from inspector.providers.mapping import REPORT_LIMIT
from inspector.providers.profile import DedupeFields, Profile
from inspector.signatures.place import Place, Scope, parse_place

DIGEST_BYTES = 16

PLACE_KINDS = ("header", "query", "form", "json", "formjson")
"""Where a key of the user's own choice may lie; see inspector/signatures/place.py."""

_DEFAULT = DedupeFields()


def dedupe_key(
    profile: Profile | None, rule: DuplicateRule, request: Request, payload: Payload, reports: Sequence[Report]
) -> DedupeKey | None:
    """Return the key of an event within its endpoint, None where repeats are not looked for or cannot be told.

    A request without a body and without any id is never a repeat: there is nothing to know it by. A batch too long to
    be told item by item is known by its body. A rule that names one sign (the event id, a place) takes no other.
    """
    asked = rule.key
    if asked is DuplicateKey.AUTO or asked is DuplicateKey.EVENT_ID:
        if 0 < len(reports) < REPORT_LIMIT:
            fields = _DEFAULT if profile is None else profile.dedupe
            digest = _by_event_id(fields, reports)
            if digest is not None:
                return DedupeKey(DuplicateLevel.EVENT_ID, digest, fields.id_words)
            if asked is DuplicateKey.AUTO:
                digest = _by_fields(fields, reports)
                if digest is not None:
                    return DedupeKey(DuplicateLevel.COMPOSITE, digest, fields.words)
        if asked is DuplicateKey.EVENT_ID:
            return None
    elif asked is DuplicateKey.FIELD:
        return _by_place(rule.place, request, payload)
    elif asked is DuplicateKey.OFF:
        return None
    if not request.body:
        return None
    return DedupeKey(DuplicateLevel.BODY, blake2b(request.body, digest_size=DIGEST_BYTES).digest(), "Same body")


def parse_key_place(text: str) -> Place:
    """Return the place a duplicate key may be read from; raises ValueError with the reason for any other text."""
    place = parse_place(text)
    if place.kind not in PLACE_KINDS:
        raise ValueError(f"{text!r} is no place of a request; write one of header:…, query:…, form:…, json:…")
    return place


def _by_event_id(fields: DedupeFields, reports: Sequence[Report]) -> bytes | None:
    parts = ["event_id"]
    for report in reports:
        if not report.event_id:
            return None
        parts.append(report.event_id)
        if fields.beside:
            _add(parts, report, fields.beside)
    return _digest(parts)


def _by_fields(fields: DedupeFields, reports: Sequence[Report]) -> bytes | None:
    parts = ["composite"]
    for report in reports:
        if not report.message_id:
            return None
        _add(parts, report, fields.composite)
        if report.kind is Kind.OTHER:
            # What an unknown event says about its message may stand where we do not look; its time tells it apart.
            if not report.name or report.occurred_at is None:
                return None
            parts.append(report.occurred_at.isoformat())
    return _digest(parts)


def _add(parts: list[str], report: Report, names: tuple[str, ...]) -> None:
    for name in names:
        if name == "name":
            parts.append(report.name or report.kind.value)
        elif name == "occurred_at":
            at = report.occurred_at
            parts.append("" if at is None else at.isoformat())
        else:
            parts.append(getattr(report, name) or "")


def _by_place(text: str, request: Request, payload: Payload) -> DedupeKey | None:
    """Return the key of what stands at a place; None where nothing does, because nothing is no sign of a repeat."""
    try:
        place = _place(text)
    except ValueError:
        return None
    values = place.values(Scope(request, payload, ""))
    if not any(values):
        return None
    parts = [b"field", text.encode("utf-8", "surrogatepass"), *values]
    framed = b"".join([b"%d:%b" % (len(part), part) for part in parts])
    return DedupeKey(DuplicateLevel.EVENT_ID, blake2b(framed, digest_size=DIGEST_BYTES).digest(), f"Same {place.title}")


@lru_cache(maxsize=64)
def _place(text: str) -> Place:
    return parse_key_place(text)


def _digest(parts: list[str]) -> bytes:
    """Return a digest that differs for every different list of texts: each is preceded by its length."""
    text = "".join([f"{len(part)}:{part}" for part in parts])
    try:
        data = text.encode()
    except UnicodeEncodeError:
        data = text.encode("utf-8", "surrogatepass")
    return blake2b(data, digest_size=DIGEST_BYTES).digest()
