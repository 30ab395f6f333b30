"""Tells an event in our vocabulary: from a provider's payload to reports, by tables that code walks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inspector.domain.report import Kind, Report
from inspector.domain.request import Request
from inspector.payload.body import Payload
from inspector.payload.selector import MISSING
from inspector.providers.generic import read_anything
from inspector.providers.moments import parse_moment
from inspector.providers.source import Reading, Source, fan_out
from inspector.signatures.condition import Wanted

if TYPE_CHECKING:
    from inspector.providers.profile import Profile

REPORT_LIMIT = 1000
"""Reports read from one event; a batch beyond that is kept whole but not told item by item, to keep the loop free."""

_WITH_ERROR = frozenset(
    {Kind.FAILED, Kind.EXPIRED, Kind.DELETED, Kind.FALLBACK, Kind.TEMPLATE_REJECTED, Kind.AGENT_STATUS, Kind.OTHER}
)
_WITHOUT_TEXT = frozenset({Kind.QUEUED, Kind.SENT, Kind.DELIVERED, Kind.READ})


@dataclass(frozen=True, slots=True)
class KindRule:
    """How the kind is found: a constant; else a value, or several joined by a blank, in `values`; else by `exists`.

    Joined values are looked up whole and then by the first alone. `exists` holds pairs of source and kind, of which
    the first that is there counts.
    """

    constant: Kind | None = None
    sources: tuple[Source, ...] = ()
    values: Mapping[str, Kind] | None = None
    exists: tuple[tuple[Source, Kind], ...] = ()

    def find(self, reading: Reading) -> tuple[Kind | None, str]:
        """Return the kind, None where the rule cannot tell, and the provider's own word for it."""
        if self.constant is not None:
            return self.constant, ""
        if self.values is not None:
            words = [source.read(reading) for source in self.sources]
            said = " ".join([word for word in words if word]) if len(words) > 1 else words[0]
            kind = self.values.get(said) or self.values.get(words[0])
            if kind is not None or not self.exists:
                return kind, said
        for source, kind in self.exists:
            if source.value(reading) not in (MISSING, None, ""):
                return kind, str(source.steps[-1]) if source.steps else source.name
        return None, ""


@dataclass(frozen=True, slots=True)
class Rule:
    """One `[[report]]` table: when it applies, what it fans out over, and where each field of a report comes from.

    `when` speaks about the document, `where` about each item. `inside` leads to a base64 or text value that holds the
    real document. `fields` has every field of Report but the kind.
    """

    when: tuple[tuple[Source, Wanted], ...]
    where: tuple[tuple[Source, Wanted], ...]
    inside: Source | None
    each: tuple[str | int, ...]
    kind: KindRule
    fields: Mapping[str, tuple[Source, ...]]

    def tell(self, reading: Reading) -> Report:
        """Return the report about the item at hand."""
        kind, said = self.kind.find(reading)
        kind = kind or Kind.OTHER
        fields = self.fields
        moment = None
        for source in fields["occurred_at"]:
            moment = parse_moment(source.value(reading))
            if moment is not None:
                break
        with_error = kind in _WITH_ERROR
        return Report(
            kind,
            _first(fields["name"], reading) or said,
            _first(fields["message_id"], reading),
            _first(fields["recipient"], reading),
            moment,
            _first(fields["event_id"], reading),
            _first(fields["error_code"], reading) if with_error else "",
            _first(fields["error_text"], reading) if with_error else "",
            _first(fields["channel"], reading),
            _first(fields["carrier"], reading),
            _first(fields["campaign"], reading),
            _first(fields["template"], reading),
            "" if kind in _WITHOUT_TEXT else _first(fields["text"], reading),
        )


def normalise(
    profile: Profile | None, request: Request, payload: Payload, others: Iterable[Profile] = ()
) -> tuple[Report, ...]:
    """Return what a request says, as at least one report. Never raises.

    The endpoint's own provider is asked first, then `others` (the catalogue), whose conditions must fit the payload,
    so that an event sent to the wrong endpoint still reads well. Where nobody knows the shape, common key names give
    one report of the kind OTHER.
    """
    reading = Reading(payload)
    if profile is not None:
        reports = _apply(profile.mapping, reading)
        if reports:
            return reports
    for other in others:
        if other is not profile:
            reports = _apply(other.mapping, reading)
            if reports:
                return reports
    return (read_anything(request, payload),)


def _holds(conditions: tuple[tuple[Source, Wanted], ...], reading: Reading) -> bool:
    for source, wanted in conditions:
        value = source.value(reading)
        if not wanted.fits(None if value is MISSING else value if type(value) is str else source.read(reading)):
            return False
    return True


def _apply(rules: tuple[Rule, ...], reading: Reading) -> tuple[Report, ...]:
    found: list[Report] = []
    for rule in rules:
        if len(found) >= REPORT_LIMIT:
            break
        document = reading.document(rule.inside)
        reading.look_at(document)
        if rule.inside is not None and document is MISSING:
            continue
        if not _holds(rule.when, reading):
            continue
        if not rule.each:
            found.append(rule.tell(reading))
            continue
        for item, parents in fan_out(document, rule.each, REPORT_LIMIT - len(found)):
            reading.look_at(item, parents)
            if _holds(rule.where, reading):
                found.append(rule.tell(reading))
    return tuple(found)


def _first(sources: tuple[Source, ...], reading: Reading) -> str:
    item = reading.item
    for source in sources:
        if source.key is not None and type(item) is dict:
            value = item.get(source.key)
            if value is None:
                continue
            if type(value) is str:
                if value:
                    return value
                continue
        text = source.read(reading)
        if text:
            return text
    return ""
