"""Can it bear how events come? Twice, in the wrong order, slowly, in chunks, fifty at once."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace

from inspector.domain.attempt import Failure
from inspector.domain.errors import UsageError
from inspector.domain.report import Kind
from inspector.domain.request import Request
from inspector.simulator.check.bench import DRIP_S, Bench
from inspector.simulator.check.check import Check, says
from inspector.simulator.check.effects import ANSWERS_ONLY, judge_effect
from inspector.simulator.check.judge import (
    EXPECT_ACCEPTED,
    LIMIT_S,
    RETRIED,
    TARGET_S,
    accepted,
    milliseconds,
    survived,
    unanswered,
    worst,
)
from inspector.simulator.check.outcome import Exchange, Ruling, State
from inspector.simulator.check.probing import Effect, change_words, counts_messages
from inspector.simulator.check.vary import is_json, other_content, spelled_otherwise
from inspector.simulator.check.wire import EXPECT_S

PARALLEL = 50
FORGED_AMONG = 10
MOST_TURNED_AWAY = 0.9
"""A limit that answers 429 to more of fifty than this share is none a campaign can be received with."""

PATIENCE_S = 15.0
PIECES = 20
APART_S = 0.002
CROWDED = "crowded"


async def duplicate(bench: Bench) -> Ruling:
    """The same event twice; the second must be accepted and, by the probe, change nothing."""
    if problem := await bench.plain_is_refused():
        return problem
    event = bench.provider.event(bench.provider.usual, bench.now())
    first = bench.sign(event)
    seen: list[Exchange] = []

    async def once() -> None:
        seen.append(await bench.send(first, "the event"))

    async def again() -> None:
        seen.append(await bench.send(bench.sign(first), "the same event again"))

    effect = await bench.effect_of(once, again) if bench.probe_url else None
    if effect is None:
        await once()
        await again()
    rulings = [accepted(seen[0]), _accepted_again(seen[1])]
    if effect is not None:
        ruling = worst([judge_effect(effect, seen[1], "the duplicate"), *rulings])
        return await _by_its_bytes(bench, first, effect) or ruling if ruling.state is State.PASSED else ruling
    answered = worst(rulings)
    if answered.state is State.FAILED:
        return answered
    text = f"{answered.text} {ANSWERS_ONLY}" if answered.state is State.NOTED else ANSWERS_ONLY
    return Ruling(State.NOTED, "Both were accepted", text, seen[1], "idempotent")


async def _by_its_bytes(bench: Bench, first: Request, effect: Effect) -> Ruling | None:
    """Return the note on a handler that knows a duplicate by its bytes only: it comes again with other blanks."""
    if not is_json(first) or bench.rewrites_body:
        return None
    try:
        spelled = bench.sign(replace(first, body=spelled_otherwise(first.body, escapes=False, numbers=False)))
    except UsageError:
        return None
    seen: list[Exchange] = []

    async def again() -> None:
        seen.append(await bench.send(spelled, "the same event, other blanks in its body"))

    done = await bench.repeats(effect, again)
    if not done or not seen[0].accepted:
        return None
    text = (
        f"By the probe, the same event with other blanks in its body was processed again: {change_words(done)}. Some "
        "providers change a retry (a time, a count of tries). Go by the IDs, not by the bytes."
    )
    return Ruling(State.NOTED, "It knows a duplicate by its bytes only", text, seen[0], "idempotent")


def _accepted_again(exchange: Exchange) -> Ruling:
    ruling = accepted(exchange)
    if ruling.state is not State.FAILED or exchange.response is None:
        return ruling
    text = (
        "The duplicate was refused, so the provider would send it again and again. Answer 200 to what is done already."
    )
    return replace(ruling, text=text, topic="idempotent")


async def out_of_order(bench: Bench) -> Ruling:
    """Read comes before delivered; both must be accepted."""
    provider = bench.provider
    read, delivered = provider.sample_of(Kind.READ), provider.sample_of(Kind.DELIVERED)
    if read is None or delivered is None:
        return Ruling(State.SKIPPED, "Not applicable", "This provider does not report both delivered and read.")
    if problem := await bench.plain_is_refused():
        return problem
    late = provider.event(read, bench.now())
    early = provider.earlier(late, bench.now(), delivered)
    after = "Networks mix events up: accept them in any order and go by their timestamps."
    first = accepted(await bench.send(bench.sign(late), f"{read.title} first"), after=after)
    second = accepted(await bench.send(bench.sign(early), f"then {delivered.title}"), after=after)
    ruling = worst([second, first])
    return replace(ruling, topic="order") if ruling.state is State.FAILED else ruling


async def same_message(bench: Bench) -> Ruling:
    """Delivered and read of one message, in their order; both must be accepted and, by the probe, both must show."""
    provider = bench.provider
    read, delivered = provider.sample_of(Kind.READ), provider.sample_of(Kind.DELIVERED)
    if read is None or delivered is None:
        return Ruling(State.SKIPPED, "Not applicable", "This provider does not report both delivered and read.")
    if problem := await bench.plain_is_refused():
        return problem
    late = provider.event(read, bench.now())
    early = provider.earlier(late, bench.now(), delivered)
    seen: list[Exchange] = []

    async def first() -> None:
        seen.append(await bench.send(bench.sign(early), "the first about a message"))

    async def then() -> None:
        seen.append(await bench.send(bench.sign(late), f"after {delivered.title} of the same message"))

    effect = await bench.effects_of(first, then) if bench.probe_url else None
    if effect is None:
        await first()
        await then()
    ruling = worst([accepted(seen[1]), accepted(seen[0])])
    if ruling.state is not State.PASSED or effect is None or effect.problem:
        unseen = effect.problem if effect else ANSWERS_ONLY
        return replace(ruling, text=f"Both were accepted. {unseen}") if ruling.state is State.PASSED else ruling
    shown = ", ".join(list(effect.first)[:3])
    if effect.again:
        text = f"By the probe, {delivered.title} changed {shown}, and so did {read.title}: {effect.words}."
        return Ruling(State.PASSED, "Both were processed", text, seen[1])
    text = f"By the probe, {delivered.title} changed {shown}, {read.title} of the same message changed nothing."
    if counts_messages(effect.first):
        text = f"{text} That is fine where the probe counts messages, and a lost event where it counts events."
        return Ruling(State.NOTED, "The second event does not show", text, seen[1], "idempotent")
    text = f"{text} A duplicate has the same message ID and the same kind: go by both."
    return Ruling(State.FAILED, "It took another event for a duplicate", text, seen[1], "idempotent")


async def same_id(bench: Bench) -> Ruling:
    """The same ids with another text; it may be taken or refused, but must not crash the handler."""
    if problem := await bench.plain_is_refused():
        return problem
    event = bench.provider.event(bench.provider.usual, bench.now())
    first = bench.sign(event)
    other = other_content(first)
    if other is None:
        return Ruling(State.SKIPPED, "Not applicable", "The content can only be changed in JSON and forms.")
    rulings = [accepted(await bench.send(first, "the event"))]
    exchange = await bench.send(bench.sign(other), "the same ids, another text")
    ruling = survived(exchange, title="It crashed on a known ID")
    if ruling.state is State.PASSED and not exchange.accepted:
        text = f"Answered {exchange.status}, so the provider would send it again. Answer 200 and keep what you have."
        ruling = Ruling(State.NOTED, f"Answered {exchange.status}", text, exchange, "idempotent")
    elif ruling.state is State.FAILED and exchange.response is not None:
        text = f"Answered {exchange.status}. {RETRIED} Answer 200 to an ID that is known, and keep what you have."
        ruling = replace(ruling, text=text, topic="idempotent")
    return worst([ruling, *rulings])


async def slow_client(bench: Bench) -> Ruling:
    """The body drips in over two seconds; the answer must wait for it."""
    if problem := await bench.plain_is_refused():
        return problem
    request = bench.sign(bench.provider.event(bench.provider.usual, bench.now()))
    if not request.body:
        return Ruling(State.SKIPPED, "Not applicable", "This provider’s events have no body.")
    at = bench.now()
    result, early = await bench.wire.drip(
        bench.provider.outgoing(request), pieces=PIECES, over_s=bench.seams.drip_s, timeout_s=LIMIT_S
    )
    exchange = bench.keep(f"the body in {PIECES} pieces over {bench.seams.drip_s:g} s", at, result)
    if early and exchange.accepted:
        text = "It answered before the body was there, so it cannot have checked or kept it. Read the whole body first."
        return Ruling(State.FAILED, "It answered before it had read the event", text, exchange, "body")
    ruling = accepted(exchange, after="A body may come in pieces: read until its announced end.")
    return replace(ruling, topic="body") if ruling.state is State.FAILED else ruling


async def chunked(bench: Bench) -> Ruling:
    """The body in chunks, no length announced; refusing that is worth a note, since few providers send it."""
    if problem := await bench.plain_is_refused():
        return problem
    request = bench.sign(bench.provider.event(bench.provider.usual, bench.now()))
    if not request.body:
        return Ruling(State.SKIPPED, "Not applicable", "This provider’s events have no body.")
    at = bench.now()
    result = await bench.wire.chunked(bench.provider.outgoing(request), timeout_s=LIMIT_S)
    exchange = bench.keep("in chunks, without a length", at, result)
    ruling = accepted(exchange)
    if ruling.state is not State.FAILED:
        return ruling
    plain = bench.provider.outgoing(bench.sign(bench.provider.event(bench.provider.usual, bench.now())))
    if await bench.wire.speaks_http10(plain, timeout_s=LIMIT_S):
        return Ruling(State.SKIPPED, "Not applicable", "The server speaks HTTP/1.0, which has no chunked bodies.")
    text = f"{ruling.title}. Few providers and some proxies send bodies without a length; a full web server takes them."
    return Ruling(State.NOTED, "Chunked bodies are not understood", text, exchange, "body")


async def expect_continue(bench: Bench) -> Ruling:
    """The body is sent only after asking for leave; refusing that is worth a note, since senders ask again without."""
    if problem := await bench.plain_is_refused():
        return problem
    request = bench.sign(bench.provider.event(bench.provider.usual, bench.now()))
    if not request.body:
        return Ruling(State.SKIPPED, "Not applicable", "This provider’s events have no body.")
    at = bench.now()
    result = await bench.wire.expecting(bench.provider.outgoing(request), timeout_s=LIMIT_S)
    exchange = bench.keep("with Expect: 100-continue", at, result)
    ruling = accepted(exchange)
    if ruling.state is not State.FAILED:
        return ruling
    text = (
        f"{ruling.title}. Senders built on curl or .NET may ask this way before a body. They should send it again "
        "without asking (RFC 9110 section 10.1.1), but not all do."
    )
    return Ruling(State.NOTED, "“Expect: 100-continue” is not understood", text, exchange, "body")


async def in_parallel(bench: Bench) -> Ruling:
    """Fifty different events at once, where possible with forged ones among them."""
    if problem := await bench.plain_is_refused():
        return problem
    ruling = _judge_many(*await _wave(bench, apart_s=0.0))
    if ruling.cause != CROWDED:
        return ruling
    # The queue for new connections of a small server holds five: the kernel lets the others wait for seconds.
    paced = _judge_many(*await _wave(bench, apart_s=APART_S))
    if paced.state is State.PASSED:
        text = f"{paced.text} At the very same instant its queue for new connections overflowed, so that some waited."
        return replace(paced, text=text)
    return paced


async def _wave(bench: Bench, *, apart_s: float) -> tuple[list[Exchange], list[Exchange]]:
    """Send fifty events, genuine and forged ones, and return what came back of either."""
    provider, now = bench.provider, bench.now()
    forged: list[Request] = []
    if provider.signs and bench.refuses_forged:
        for _ in range(FORGED_AMONG):
            request = provider.forged(provider.event(provider.usual, now).request, now)
            forged += [request] if request is not None else []
            await asyncio.sleep(0)
    good: list[Request] = []
    for _ in range(PARALLEL - len(forged)):
        good.append(bench.sign(provider.event(provider.usual, now)))
        await asyncio.sleep(0)  # a public key signs in milliseconds, and others use this loop too
    wrong = asyncio.gather(*(_one(bench, forged[n], (5 * n + 2) * apart_s, True) for n in range(len(forged))))
    right = asyncio.gather(*(_one(bench, good[n], n * apart_s * PARALLEL / len(good), False) for n in range(len(good))))
    return await right, await wrong


async def _one(bench: Bench, request: Request, after_s: float, forged: bool) -> Exchange:
    await asyncio.sleep(after_s)
    label = "one of 50, signed with a random secret" if forged else "one of 50"
    return await bench.send(request, label, timeout_s=PATIENCE_S, one_of_many=True)


def _judge_many(good: list[Exchange], forged: list[Exchange]) -> Ruling:
    """Judge fifty answers: all genuine ones accepted in time, none of the forged.

    The `cause` is CROWDED where connections may not have come through, rather than been handled badly.
    """
    let_in = [exchange for exchange in forged if exchange.accepted]
    if let_in:
        text = f"{len(let_in)} of {len(forged)} forged events among them were accepted: requests share a state."
        return Ruling(State.FAILED, "It mixes up requests that come together", text, let_in[0], "parallel")
    bad = [exchange for exchange in good if not exchange.accepted]
    if bad and all(exchange.status == 429 for exchange in bad):
        if len(bad) > MOST_TURNED_AWAY * len(good):
            text = (
                f"{len(bad)} of {len(good)} were answered 429. A limit may bound a flood, but this one lets hardly "
                "anything through: a campaign’s events would come again and again."
            )
            return Ruling(State.FAILED, "It takes hardly any that come together", text, bad[0], "parallel")
        text = (
            f"{len(bad)} of {len(good)} were answered 429. The provider sends them again later; allow for its bursts."
        )
        return Ruling(State.NOTED, "It limits how fast events may come", text, bad[0], "parallel")
    if bad:
        first = next((exchange for exchange in bad if exchange.response and exchange.status != 429), bad[0])
        what = f"answered {first.status}" if first.response else unanswered(first).title
        text = f"{len(bad)} of {len(good)} genuine events were not accepted (first: {what}), though single ones are."
        cause = CROWDED if all(_not_let_in(exchange) for exchange in bad) else ""
        return Ruling(State.FAILED, f"{len(bad)} of {len(good)} were not accepted", text, first, "parallel", cause)
    return _judge_time(good, len(forged))


def _not_let_in(exchange: Exchange) -> bool:
    """Whether a connection may never have reached the handler."""
    kinds = {Failure.TIMEOUT, Failure.REFUSED}
    if sys.platform == "darwin":
        kinds.add(Failure.RESET)
    return exchange.trouble is not None and exchange.trouble.failure in kinds


def _judge_time(good: list[Exchange], forged: int) -> Ruling:
    slowest = max(good, key=lambda exchange: exchange.ms)
    took_s = slowest.ms / 1000
    if took_s > LIMIT_S:
        text = (
            f"The slowest took {took_s:.1f} s; over {LIMIT_S:g} s the provider counts it as failed and sends it again."
        )
        title = f"Over {LIMIT_S:g} s when many come together"
        return Ruling(State.FAILED, title, text, slowest, "queue", CROWDED)
    if took_s > TARGET_S:
        text = f"The slowest of {len(good)} took {took_s:.1f} s; the limit is {LIMIT_S:g} s."
        return Ruling(State.NOTED, "Slow when many come together", text, slowest, "queue", CROWDED)
    text = f"All {len(good)} genuine events were accepted, the slowest in {milliseconds(slowest.ms)}."
    if forged:
        text += f" The {forged} forged ones among them were refused."
    return Ruling(State.PASSED, "All were told apart" if forged else "All were accepted", text, slowest)


DELIVERY_FIRST = (
    Check(
        "duplicate",
        "Duplicate delivery",
        says("the same event twice"),
        "2xx both times, done once",
        "Every provider delivers some events twice. Done twice, they bill, mail and count twice.",
        "idempotent",
        duplicate,
    ),
    Check(
        "read-before-delivered",
        "Read before delivered",
        says("two events in the wrong order"),
        EXPECT_ACCEPTED,
        "Events about one message overtake each other on the way.",
        "order",
        out_of_order,
    ),
    Check(
        "same-message",
        "Read after delivered",
        says("two events of one message"),
        "2xx both times, both done",
        "Both carry one message ID. A handler that goes by it alone throws the second away as a duplicate.",
        "idempotent",
        same_message,
    ),
    Check(
        "same-id",
        "Same ID, another body",
        says("one ID, two contents"),
        "2xx, never 5xx",
        "Some providers reuse IDs. A unique key in the database then turns into a crash.",
        "idempotent",
        same_id,
    ),
)

DELIVERY_LAST = (
    Check(
        "slow-client",
        "Slow client",
        says(f"body in pieces over {DRIP_S:g} s"),
        EXPECT_ACCEPTED,
        "Over a bad line a body arrives in pieces. What was not read was not checked.",
        "body",
        slow_client,
        takes_s=DRIP_S,
    ),
    Check(
        "chunked-body",
        "Chunked body",
        says("no Content-Length"),
        EXPECT_ACCEPTED,
        "Some senders and proxies do not announce the length of a body.",
        "body",
        chunked,
    ),
    Check(
        "expect-continue",
        "Asks before the body",
        says("Expect: 100-continue"),
        EXPECT_ACCEPTED,
        "Some senders ask whether a body is welcome before they send it.",
        "body",
        expect_continue,
        takes_s=EXPECT_S,
    ),
    Check(
        "parallel",
        f"{PARALLEL} in parallel",
        says(f"{PARALLEL} events at once"),
        EXPECT_ACCEPTED,
        "A campaign reports thousands of deliveries within seconds.",
        "parallel",
        in_parallel,
    ),
)
