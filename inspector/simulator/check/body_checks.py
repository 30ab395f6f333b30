"""Can it read what comes? Kinds and fields it does not know, broken, empty and large bodies."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.simulator.check.bench import Bench
from inspector.simulator.check.check import Check, says
from inspector.simulator.check.judge import EXPECT_ACCEPTED, accepted, survived
from inspector.simulator.check.outcome import Exchange, Ruling, State
from inspector.simulator.check.vary import cut_short, enlarged, of_unknown_kind, with_unknown_fields

LARGE = 1_000_000
"""Bytes of the large body; a megabyte, and less than the 1 MiB (1,048,576) at which several frameworks stop."""


def _skip(text: str) -> Ruling:
    return Ruling(State.SKIPPED, "Not applicable", text)


def _new(bench: Bench) -> Request:
    return bench.provider.event(bench.provider.usual, bench.now()).request


async def _signed(bench: Bench, request: Request, label: str) -> Exchange | None:
    """Sign a changed event and send it; None where the scheme has no place for a signature in it."""
    try:
        made = bench.sign(request)
    except UsageError:
        return None
    return await bench.send(made, label)


async def _accepts(bench: Bench, request: Request | None, label: str, absent: str, topic: str, after: str) -> Ruling:
    """Send a changed event that must be accepted."""
    if request is None:
        return _skip(absent)
    if problem := await bench.plain_is_refused():
        return problem
    exchange = await _signed(bench, request, label)
    if exchange is None:
        return _skip("This scheme cannot sign such a body.")
    ruling = accepted(exchange, after=after)
    return replace(ruling, topic=topic) if ruling.state is State.FAILED and exchange.response else ruling


async def unknown_kind(bench: Bench) -> Ruling:
    """An event of a kind that nobody has heard of."""
    usual = _new(bench)
    return await _accepts(
        bench,
        of_unknown_kind(usual, bench.provider.reports(usual)),
        "an event of an unknown kind",
        "Where this provider names the kind of an event is not known.",
        "unknown",
        "Ignore kinds you do not know and answer 200.",
    )


async def unknown_fields(bench: Bench) -> Ruling:
    """An event with more fields than documented."""
    ruling = await _accepts(
        bench,
        with_unknown_fields(_new(bench)),
        "with fields nobody documented",
        "Fields can only be added to JSON and forms.",
        "unknown",
        "Providers add fields without notice; ignore those you do not know.",
    )
    if ruling.state is not State.FAILED or ruling.exchange is None or ruling.exchange.status not in (400, 401, 403):
        return ruling
    plain = with_unknown_fields(_new(bench), "u")
    control = await _signed(bench, plain, "the same fields in plain letters") if plain else None
    if control is None or not control.accepted:
        return ruling
    text = (
        "The same fields in plain letters are accepted, with “ü” in them they are refused: it signs a text that was "
        "decoded, and in the wrong way. Names and messages have such letters; check the signature over the raw bytes."
    )
    return replace(ruling, title="It refuses letters such as “ü”", text=text, topic="verify")


async def malformed_json(bench: Bench) -> Ruling:
    """JSON that breaks off inside, rightly signed."""
    request = cut_short(_new(bench))
    if request is None:
        return _skip("This provider sends no JSON.")
    if problem := await bench.plain_is_refused():
        return problem
    exchange = await _signed(bench, request, "JSON that breaks off")
    if exchange is None:
        return _skip("This scheme cannot sign a body it cannot read.")
    note = (
        "It accepted a body that cannot be read. That is fine where bodies are queued and read later; else the event "
        "is lost without a trace. 400 would tell the sender."
    )
    return survived(exchange, title="It crashed on malformed JSON", note=note)


async def empty_body(bench: Bench) -> Ruling:
    """No body at all, rightly signed where that is possible."""
    if problem := await bench.plain_is_refused():
        return problem
    exchange = await _signed(bench, replace(_new(bench), body=b""), "an empty body")
    if exchange is None:
        return _skip("This scheme cannot sign an empty body.")
    return survived(exchange, title="It crashed on an empty body")


def _of_size(bench: Bench, size: int) -> Request | None:
    """Return an event that is as large as wanted once it is signed: a few schemes wrap the body up."""
    request = enlarged(_new(bench), size)
    if request is None:
        return None
    signed = len(bench.sign(request).body)
    return request if signed <= size else enlarged(_new(bench), size * size // signed)


async def large_body(bench: Bench) -> Ruling:
    """A body of one megabyte that means the same as a small one."""
    ruling = await _accepts(
        bench,
        await asyncio.to_thread(_of_size, bench, LARGE),
        "a body of 1 MB",
        "Only JSON and forms can be made larger without changing what they say.",
        "large",
        "Batches and long texts make large bodies: raise the limit of your framework or proxy to at least 1 MB.",
    )
    if ruling.state is not State.FAILED or ruling.exchange is None or ruling.exchange.status not in (400, 401, 403):
        return ruling
    usual = _new(bench)
    control = enlarged(usual, len(usual.body) + 64)
    small = await _signed(bench, control, "a small body with as many blanks") if control else None
    if small is not None and not small.accepted:
        text = "It refuses a small body with blanks in it as well, so its size is not the reason. See “other spelling”."
        return Ruling(State.UNKNOWN, "Refused, but not for its size", text, ruling.exchange, "verify")
    return replace(ruling, text=f"{ruling.text} Or it reads only the beginning of the body.", topic="body")


BODY = (
    Check(
        "unknown-kind",
        "Unknown event type",
        says("a kind that does not exist"),
        EXPECT_ACCEPTED,
        "Providers add kinds of events. A handler that fails on one is called again and again, then switched off.",
        "unknown",
        unknown_kind,
    ),
    Check(
        "unknown-fields",
        "Unknown fields",
        says("two fields more"),
        EXPECT_ACCEPTED,
        "New fields are no breaking change to a provider, so they come without notice.",
        "unknown",
        unknown_fields,
    ),
    Check(
        "malformed-json",
        "Malformed JSON",
        says("JSON that breaks off, signed"),
        "4xx, never 5xx",
        "A crash is retried for hours and hides real faults in your error log.",
        "malformed",
        malformed_json,
    ),
    Check(
        "empty-body",
        "Empty body",
        says("no body, signed"),
        "2xx or 4xx, never 5xx",
        "Providers and monitors probe an address with nothing in it.",
        "malformed",
        empty_body,
    ),
    Check(
        "large-body",
        "1 MB body",
        says("1,000,000 bytes"),
        EXPECT_ACCEPTED,
        "Frameworks and proxies limit bodies, some to 100 kB. The large event is the one that gets lost.",
        "large",
        large_body,
    ),
)
