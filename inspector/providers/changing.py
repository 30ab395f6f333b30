"""Which fields of a provider's events are never the same twice: event ids and times, read off its mapping."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inspector.payload.diff_ignore import HEADER, entry_for_place
from inspector.payload.selector import EACH
from inspector.providers.profile import Profile
from inspector.providers.source import Source, Steps

FIELDS = ("event_id", "occurred_at")
TOLD = ("message_id", "name", "recipient", "error_code")
"""What is told although an event id is made of it. An id that is joined from several fields leaves out none of them."""

COMMON = (
    *("event_id", "eventId", "timestamp", "occurred_at", "occurredAt", "event_time", "eventTime"),
    *("sendTime", "publishTime", "created_at", "createdAt"),
)
"""Names for a provider whose mapping names none of its own."""

HEADERS = (
    *("Date", "Content-Length", "Age", "X-Request-Id", "Request-Id", "X-Correlation-Id", "Traceparent", "Tracestate"),
    *("CF-Ray", "X-Amzn-Trace-Id", "X-Cloud-Trace-Context", "CF-Connecting-IP", "X-Forwarded-For", "X-Real-IP"),
)
"""Headers that differ with every request, whoever sends it: RFC 9110, W3C Trace Context, and what proxies add."""


def changing_fields(profile: Profile | None) -> tuple[str, ...]:
    """Return what a comparison leaves out by default, as entries of `payload.diff_ignore`."""
    headers = tuple(HEADER + name for name in HEADERS)
    if profile is None:
        return COMMON + headers
    found = [entry for source in profile.event_id for entry in _entries(source, ())]
    for rule in profile.mapping:
        if rule.insides:
            continue  # what is inside a text of the body cannot be left out by itself: the whole text differs
        for teller in rule.tellers:
            told = {source.text for name in TOLD for source in teller.fields.get(name, ())}
            sources = [source for name in FIELDS for source in teller.fields.get(name, ()) if source.text not in told]
            found += [entry for source in sources for entry in _entries(source, rule.each)]
    fields = tuple(dict.fromkeys(found))
    named = any(not entry.startswith(HEADER) for entry in fields)
    return (*fields, *(() if named else COMMON), *headers)


def _entries(source: Source, each: Steps) -> Iterator[str]:
    if source.kind == "header":
        yield HEADER + source.name
    elif source.kind in ("form", "param"):
        yield entry_for_place((source.name,))
    elif source.into or not source.steps:
        return
    elif source.kind == "json":
        yield _place((*each, *source.steps))
    elif source.kind == "root":
        yield _place(source.steps)
    elif source.kind == "parent":
        # Some object around the item: wherever these names stand below each other.
        yield _place(source.steps).removeprefix("$").removeprefix(".")


def _place(steps: Iterable[str | int]) -> str:
    return entry_for_place(tuple(0 if step == EACH else step for step in steps))
