"""Tells an event in our vocabulary: from a provider's payload to reports, by tables that code walks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from inspector.domain.report import Kind, Report
from inspector.domain.request import Request
from inspector.payload.body import Payload
from inspector.payload.selector import MISSING
from inspector.providers.generic import read_anything
from inspector.providers.moments import parse_moment
from inspector.providers.relevance import keys_of
from inspector.providers.source import (
    Condition,
    Reading,
    Source,
    Steps,
    compile_conditions,
    compile_texts,
    fan_out,
    to_text,
)

if TYPE_CHECKING:
    from inspector.providers.profile import Profile

REPORT_LIMIT = 1000
"""Reports read from one event; a batch beyond that is kept whole but not told item by item, to keep the loop free."""

FIELDS = (
    *("name", "message_id", "recipient", "occurred_at", "event_id", "error_code", "error_text"),
    *("channel", "carrier", "campaign", "template", "text"),
)
"""The fields of a report beside its kind, in its order: the keys of a `[[report]]` table that name sources."""

_WITH_ERROR = frozenset(
    {Kind.FAILED, Kind.EXPIRED, Kind.DELETED, Kind.FALLBACK, Kind.TEMPLATE_REJECTED, Kind.AGENT_STATUS, Kind.OTHER}
)
_WITHOUT_TEXT = frozenset({Kind.QUEUED, Kind.SENT, Kind.DELIVERED, Kind.READ})

_ERROR = ("error_code", "error_text")
_NOTHING_SAID: list[Any] = [None if name == "occurred_at" else "" for name in FIELDS]

PLANS_KEPT = 256
WIDEST_PLANNED = 64


class Plan(NamedTuple):
    """Which fields of a report to read, each by its number in FIELDS: from keys that are there, or by a function."""

    keys: list[tuple[int, str]]
    readers: list[tuple[int, Callable[[Reading], Any]]]


class KindRule:
    """How the kind is found: a constant; else a value, or several joined by a blank, in `values`; else by `exists`.

    Joined values are looked up whole, then without the last, down to the first alone; a key of `values` may end with
    `*`, and where no key fits as written its case does not matter. `exists` holds pairs of source and kind, of which
    the first that is there counts. `otherwise` is the kind of a value that nothing tells.
    """

    def __init__(
        self,
        constant: Kind | None = None,
        sources: tuple[Source, ...] = (),
        values: Mapping[str, Kind] | None = None,
        exists: tuple[tuple[Source, Kind], ...] = (),
        otherwise: Kind | None = None,
    ) -> None:
        self.constant = constant
        self.sources = sources
        self.exists = exists
        self.otherwise = otherwise
        known = values or {}
        self.values = {key: kind for key, kind in known.items() if not key.endswith("*")}
        self._folded = {key.casefold(): kind for key, kind in reversed(self.values.items())}
        self._prefixes = tuple((key[:-1].casefold(), kind) for key, kind in known.items() if key.endswith("*"))
        self._read = compile_texts(sources[:1]) if sources else None

    def find(self, reading: Reading) -> tuple[Kind, str]:
        """Return the kind, OTHER where the rule cannot tell, and the provider's own word for it."""
        if self.constant is not None:
            return self.constant, ""
        said = ""
        if self._read is not None:
            kind: Kind | None
            if len(self.sources) == 1:
                said = self._read(reading)
                kind = self.values.get(said) or self._loosely(said)
            else:
                kind, said = self._joined([source.read(reading) for source in self.sources])
            if kind is not None:
                return kind, said
        for source, kind in self.exists:
            if source.value(reading) not in (MISSING, None, ""):
                return kind, str(source.steps[-1]) if source.steps else source.name
        return self.otherwise or Kind.OTHER, said

    def _joined(self, words: list[str]) -> tuple[Kind | None, str]:
        said = [word for word in words if word]
        whole = " ".join(said)
        for length in range(len(said), 0, -1):
            text = " ".join(said[:length])
            kind = self.values.get(text) or self._folded.get(text.casefold())
            if kind is not None:
                return kind, whole
        return self._loosely(whole), whole

    def _loosely(self, said: str) -> Kind | None:
        folded = said.casefold()
        kind = self._folded.get(folded)
        if kind is None and said:
            kind = next((kind for prefix, kind in self._prefixes if folded.startswith(prefix)), None)
        return kind


class Teller:
    """One `[[report]]` table: `when` speaks about the document, `where` about each item.

    `fields` has the sources of every field of Report but the kind. `applies` tells whether the document at hand is
    what the table speaks of, `fits` whether the item at hand is.
    """

    def __init__(
        self,
        when: tuple[Condition, ...],
        where: tuple[Condition, ...],
        kind: KindRule,
        fields: Mapping[str, tuple[Source, ...]],
    ) -> None:
        self.when = when
        self.where = where
        self.kind = kind
        self.fields = fields
        self.applies = compile_conditions(when)
        self.fits = compile_conditions(where)
        self._plans: dict[tuple[int, tuple[Any, ...]], Plan] = {}

    def tell(self, reading: Reading) -> Report:
        """Return the report about the item at hand."""
        kind, said = self.kind.find(reading)
        values = _NOTHING_SAID.copy()
        item = reading.item
        plan = self._plan(kind, item)
        for slot, key in plan.keys:
            value = item[key]
            values[slot] = value if type(value) is str else to_text(value)
        for slot, read in plan.readers:
            values[slot] = read(reading)
        if not values[0]:
            values[0] = said
        return Report(kind, *values)

    def _plan(self, kind: Kind, item: Any) -> Plan:
        """Return how to read a report of this kind from an item with just these keys.

        A provider's items have few shapes, and of the places a value may be at, most are not there in each: what is
        left is worked out once and kept.
        """
        if type(item) is not dict or len(item) > WIDEST_PLANNED:
            return self._made_plan(kind, None)
        shape = (id(kind), tuple(item))  # the identity: hashing an enum's member runs Python code
        plan = self._plans.get(shape)
        if plan is None:
            if len(self._plans) >= PLANS_KEPT:
                self._plans.clear()
            plan = self._plans[shape] = self._made_plan(kind, item)
        return plan

    def _made_plan(self, kind: Kind, item: dict[str, Any] | None) -> Plan:
        left_out = unsaid(kind)
        plan = Plan([], [])
        for slot, name in enumerate(FIELDS):
            sources = self.fields.get(name, ())
            if item is not None:
                sources = tuple(source for source in sources if source.kind != "json" or _may_be_in(source, item))
            if not sources or name in left_out:
                continue
            if name == "occurred_at":
                plan.readers.append((slot, _moment_of(sources)))
            elif item is not None and len(sources) == 1 and sources[0].key is not None:
                plan.keys.append((slot, sources[0].key))
            else:
                plan.readers.append((slot, compile_texts(sources)))
        return plan


def unsaid(kind: Kind) -> tuple[str, ...]:
    """Return the fields a report of this kind leaves out: a delivered message has no error, whatever its keys hold."""
    return (() if kind in _WITH_ERROR else _ERROR) + (("text",) if kind in _WITHOUT_TEXT else ())


def _may_be_in(source: Source, item: dict[str, Any]) -> bool:
    return not source.steps or str(source.steps[0]) in item


def _moment_of(sources: tuple[Source, ...]) -> Callable[[Reading], datetime | None]:
    values = tuple(source.value for source in sources)

    def read(reading: Reading) -> datetime | None:
        for value in values:
            moment = parse_moment(value(reading))
            if moment is not None:
                return moment
        return None

    return read


@dataclass(frozen=True, slots=True)
class Rule:
    """One or more `[[report]]` tables that look at the same items; the first that fits an item tells it.

    `insides` lead to texts that hold the real document; the first that can be opened and fits counts, () is the body
    itself. `each` fans out over its items. After a `final` rule that told something no other is asked.
    """

    insides: tuple[Source, ...]
    each: Steps
    tellers: tuple[Teller, ...]
    final: bool = False

    def apply(self, reading: Reading, limit: int) -> list[Report]:
        """Return what this rule tells, at most `limit` reports."""
        if not self.insides:
            return self._told(reading, reading.root, limit)
        for inside in self.insides:
            document = reading.opened(inside)
            if document is not MISSING:
                found = self._told(reading, document, limit)
                if found:
                    return found
        return []

    def _told(self, reading: Reading, document: Any, limit: int) -> list[Report]:
        reading.look_at(document)
        if not self.each:
            for teller in self.tellers:
                if teller.applies(reading) and teller.fits(reading):
                    return [teller.tell(reading)]
            return []
        tellers = [teller for teller in self.tellers if teller.applies(reading)]
        found: list[Report] = []
        for item, parents in fan_out(document, self.each, limit) if tellers else ():
            reading.look_at(item, parents)
            for teller in tellers:
                if teller.fits(reading):
                    found.append(teller.tell(reading))
                    break
        return found


@runtime_checkable
class Readers(Protocol):
    """A catalogue that knows, without parsing everything, which providers tell what their payloads mean."""

    @property
    def readers(self) -> tuple[Profile, ...]:
        """The providers with a mapping, in the order of the list."""
        ...


def normalise(
    profile: Profile | None, request: Request, payload: Payload, others: Iterable[Profile] | Readers = ()
) -> tuple[Report, ...]:
    """Return what a request says, as at least one report. Never raises.

    The endpoint's own provider is asked first, then `others` (the catalogue), whose conditions must fit the payload,
    so that an event sent to the wrong endpoint still reads well. Where nobody knows the shape, common key names give
    one report of the kind OTHER, with the id and name the provider's file points at.
    """
    reading = Reading(payload)
    if profile is not None:
        reports = _apply(profile.mapping, reading)
        if reports:
            return reports
    listed = others.readers if isinstance(others, Readers) else others
    keys: set[str] | None = None
    for other in listed:
        if other.mapping and other is not profile:
            keys = keys or keys_of(request, reading)
            reports = () if other.needs.isdisjoint(keys) else _apply(other.mapping, reading)
            if reports:
                return reports
    report = read_anything(request, payload, reading.root)
    return (report if profile is None else _pointed_at(profile, report, reading),)


def writers_of(request: Request, payload: Payload, profiles: Iterable[Profile]) -> tuple[Profile, ...]:
    """Return the providers among `profiles` whose mapping tells something about this request, in their order."""
    reading = Reading(payload)
    keys = keys_of(request, reading)
    return tuple(
        profile
        for profile in profiles
        if not profile.needs.isdisjoint(keys) and any(rule.apply(reading, 1) for rule in profile.mapping)
    )


def _apply(rules: tuple[Rule, ...], reading: Reading) -> tuple[Report, ...]:
    if len(rules) == 1:
        return tuple(rules[0].apply(reading, REPORT_LIMIT))
    found: list[Report] = []
    for rule in rules:
        more = rule.apply(reading, REPORT_LIMIT - len(found))
        found.extend(more)
        if len(found) >= REPORT_LIMIT or (more and rule.final):
            break
    return tuple(found)


def _pointed_at(profile: Profile, report: Report, reading: Reading) -> Report:
    """Return the report with the event id and name that lie where the provider's file says."""
    reading.look_at(reading.root)
    event_id, name = compile_texts(profile.event_id)(reading), compile_texts(profile.event_name)(reading)
    if not event_id and not name:
        return report
    return replace(report, event_id=event_id or report.event_id, name=name or report.name)
