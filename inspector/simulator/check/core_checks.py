"""The seven scenarios of the guide to RCS webhooks, with their exact pass rules."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace

from inspector.domain.report import Kind
from inspector.domain.request import Request
from inspector.simulator.check.bench import HANG_UP_S, Bench
from inspector.simulator.check.causes import cause_of_refusal
from inspector.simulator.check.check import Check
from inspector.simulator.check.effects import judge_effect
from inspector.simulator.check.judge import EXPECT_ACCEPTED, EXPECT_REFUSED, accepted, refused, worst
from inspector.simulator.check.outcome import Exchange, Ruling, State
from inspector.simulator.check.provider import Provider
from inspector.simulator.check.vary import is_json
from inspector.simulator.samples import Sample

FORGED = "Your handler accepted a forged event"
OPEN_DOOR = "Anyone who knows the URL could send fake opt-outs or deliveries."
LOST_OPTOUT = "A lost opt-out means messages to someone who said stop."
UNSIGNED = Ruling(State.SKIPPED, "Not applicable", "This provider does not sign its events.")

_NO_RETRY = (
    "Refused with anything but 2xx, the provider sends it again and again, and in the end switches the webhook off."
)


def _named(*kinds: Kind, usual: bool = False) -> Callable[[Provider], str]:
    def says(provider: Provider) -> str:
        sample = provider.sample_of(*kinds) or (provider.usual if usual else None)
        return sample.title if sample else "this provider has no such event"

    return says


async def _plain(bench: Bench, sample: Sample | None, after: str = "") -> Ruling:
    """Send one signed event of a sample; it must be accepted."""
    if sample is None:
        return Ruling(State.SKIPPED, "Not applicable", f"{bench.provider.name} has no such event among its samples.")
    event = bench.provider.event(sample, bench.now())
    exchange = await bench.send(bench.sign(event), "signed" if bench.provider.signs else "not signed")
    ruling = accepted(exchange, after=after)
    if bench.baseline is None and sample is bench.provider.usual:
        await bench.settle(ruling)
        if ruling.state is State.FAILED:
            bench.cause = await cause_of_refusal(bench, event, exchange)
    if ruling.state is State.FAILED and (words := _other_form(event.request, bench)):
        ruling = replace(ruling, text=f"{ruling.text} {words}")
    if ruling.state is State.FAILED and bench.cause and exchange.status < 500:
        ruling = replace(ruling, text=f"{ruling.text} {bench.cause}", cause=bench.cause)
    return ruling


def _other_form(request: Request, bench: Bench) -> str:
    """Return the sentence on an event that has no field in common with the usual one, "" for all others."""
    usual = bench.provider.event(bench.provider.usual, bench.now()).request
    if not is_json(request) or not is_json(usual):
        return ""
    data, plain = json.loads(request.body), json.loads(usual.body)
    if not isinstance(data, dict) or not isinstance(plain, dict) or data.keys() & plain.keys():
        return ""
    shown = ", ".join(list(data)[:8])
    return f"{bench.provider.name} sends this event in a form of its own, with the fields {shown}."


async def successful_delivery(bench: Bench) -> Ruling:
    """1: a delivered message."""
    bench.baseline, bench.cause, bench.is_silent = None, "", False
    return await _plain(bench, bench.provider.usual)


async def failed_delivery(bench: Bench) -> Ruling:
    """2: a failed message with its error code."""
    return await _plain(bench, bench.provider.sample_of(Kind.FAILED, Kind.EXPIRED))


async def user_click(bench: Bench) -> Ruling:
    """3: a tap on a button or a link."""
    return await _plain(bench, bench.provider.sample_of(Kind.CLICKED))


async def user_reply(bench: Bench) -> Ruling:
    """4: an answer of the recipient."""
    return await _plain(bench, bench.provider.sample_of(Kind.INBOUND))


async def user_optout(bench: Bench) -> Ruling:
    """5: the recipient said stop."""
    return await _plain(bench, bench.provider.sample_of(Kind.OPTOUT), LOST_OPTOUT)


async def invalid_signature(bench: Bench) -> Ruling:
    """6: an event signed with a random secret must be refused."""
    if not bench.provider.signs:
        return UNSIGNED
    plain = await bench.plain()
    event = bench.provider.event(bench.provider.usual, bench.now())
    request = await asyncio.to_thread(bench.provider.forged, event.request, bench.now())
    if request is None:
        return Ruling(State.SKIPPED, "Not applicable", "No wrong secret of the right form could be made.")
    exchange = await bench.send(request, "signed with a random secret")
    ruling = told_apart(plain, exchange, refused(exchange, forged=FORGED, harm=OPEN_DOOR))
    bench.is_silent = exchange.response is None and plain.exchange is not None and plain.exchange.response is None
    bench.refuses_forged = ruling.state in (State.PASSED, State.NOTED)
    return ruling


def told_apart(plain: Ruling, exchange: Exchange, ruling: Ruling) -> Ruling:
    """Return the ruling on a request that must be refused, unless rightly signed ones are refused alike."""
    if plain.state is not State.FAILED or plain.exchange is None or exchange.accepted:
        return ruling
    if plain.exchange.status != exchange.status:
        return ruling
    text = f"A rightly signed event ended with “{plain.title}” too, so nothing was told apart."
    return Ruling(State.UNKNOWN, "Genuine and forged events end alike", text, exchange, plain.topic)


async def slow_response(bench: Bench) -> Ruling:
    """7: we hang up like an impatient provider and send the event again; the retry must be accepted."""
    sample = bench.provider.sample_of(Kind.READ) or bench.provider.usual
    event = bench.provider.event(sample, bench.now())
    first = bench.sign(event)
    retried: list[Exchange] = []

    async def hang_up() -> None:
        at = bench.now()
        result = await bench.wire.hang_up(bench.provider.outgoing(first), after_s=HANG_UP_S, timeout_s=5.0)
        bench.keep(f"we hang up after {HANG_UP_S:g} s", at, result, hung_up=result.trouble is None)
        bench.tell_wait(bench.seams.retry_s)
        await bench.seams.sleep(bench.seams.retry_s)

    async def retry() -> None:
        label = f"the same event again, {bench.seams.retry_s:g} s later"
        retried.append(await bench.send(bench.sign(first), label))

    effect = await bench.effect_of(hang_up, retry) if bench.probe_url else None
    if effect is None:
        await hang_up()
        await retry()
    ruling = accepted(retried[0])
    if ruling.state is State.FAILED and retried[0].response is not None and not retried[0].accepted:
        plain = bench.baseline
        alike = plain is not None and plain.exchange is not None and plain.exchange.status == retried[0].status
        if not alike and (told := await _refused_anyway(bench, sample, retried[0])):
            return told
        text = "The retry was refused: your handler treated it as an error instead of a duplicate."
        if alike and plain is not None and plain.state is State.FAILED:
            text = f"The retry was refused, as plain events are. {bench.cause}".strip()
        return replace(ruling, text=text, topic="idempotent" if not alike else ruling.topic)
    if effect is None or effect.problem:
        return ruling
    return worst([judge_effect(effect, retried[0], "the retry"), ruling])


async def _refused_anyway(bench: Bench, sample: Sample, retried: Exchange) -> Ruling | None:
    """Return the ruling where an event is refused when it comes once too, None where the retry was the reason.

    A handler may refuse “read” of a message it has not seen delivered; then it is tried in the right order.
    """
    provider = bench.provider
    delivered = provider.sample_of(Kind.DELIVERED)
    if sample.kind is not Kind.READ or delivered is None:
        return None
    fresh = await bench.send(bench.sign(provider.event(sample, bench.now())), f"another {sample.title}, sent once")
    if fresh.status != retried.status:
        return None
    read = provider.event(sample, bench.now())
    before = bench.sign(provider.earlier(read, bench.now(), delivered))
    if not (await bench.send(before, f"{delivered.title} of a third message")).accepted:
        return None  # nothing is accepted any more: it did not get over the hanging up
    signed = bench.sign(read)
    once = await bench.send(signed, f"then its {sample.title}")
    again = await bench.send(bench.sign(signed), "and the same event again")
    text = f"A {sample.title} that is sent only once is refused too, so the retry is not the reason."
    if not once.accepted:
        return Ruling(State.FAILED, f"Answered {retried.status}", text, retried, accepted(retried).topic)
    if not again.accepted:
        return None
    text = f"{text} After {delivered.title} both were accepted. See the check “Read before delivered”."
    return Ruling(State.NOTED, "Retried safely, in the right order only", text, again, "order")


CORE = (
    Check(
        "successful-delivery",
        "Successful delivery",
        _named(Kind.DELIVERED, usual=True),
        EXPECT_ACCEPTED,
        "The most frequent event of all. " + _NO_RETRY,
        "verify",
        successful_delivery,
        folded=False,
    ),
    Check(
        "failed-delivery",
        "Failed delivery with error code",
        _named(Kind.FAILED, Kind.EXPIRED),
        EXPECT_ACCEPTED,
        "A failed message is still a good event: the code tells why, and a fallback may hang on it.",
        "crash",
        failed_delivery,
        folded=False,
    ),
    Check(
        "user-click",
        "User click",
        _named(Kind.CLICKED),
        EXPECT_ACCEPTED,
        "Clicks are what a campaign is measured by.",
        "crash",
        user_click,
        folded=False,
    ),
    Check(
        "user-reply",
        "User reply",
        _named(Kind.INBOUND),
        EXPECT_ACCEPTED,
        "A person wrote to you and waits for an answer.",
        "crash",
        user_reply,
        folded=False,
    ),
    Check(
        "user-optout",
        "User opt-out",
        _named(Kind.OPTOUT),
        EXPECT_ACCEPTED,
        f"{LOST_OPTOUT} In most countries that is against the law.",
        "crash",
        user_optout,
        folded=False,
    ),
    Check(
        "invalid-signature",
        "Invalid signature is rejected",
        lambda provider: f"{provider.usual.title}, wrong secret",
        EXPECT_REFUSED,
        "The address of a webhook is no secret. Only the signature tells the provider from everybody else.",
        "verify",
        invalid_signature,
        folded=False,
    ),
    Check(
        "slow-response",
        "Slow response is retried safely",
        lambda provider: f"{(provider.sample_of(Kind.READ) or provider.usual).title}, sent twice",
        "2xx on the retry within 5 s",
        "A provider that hears nothing in time sends the event again, though you may have processed it.",
        "idempotent",
        slow_response,
        folded=False,
        takes_s=12.0,
    ),
)
