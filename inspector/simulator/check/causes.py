"""Why a handler may refuse an event that is signed as it should be: by its answer, and by a few tries."""

from __future__ import annotations

import base64
from dataclasses import replace

from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.domain.verification import Covers
from inspector.signatures.diagnosis.json_rewrites import rewrites
from inspector.signatures.put import put_header
from inspector.signatures.scheme import Recipe
from inspector.simulator.check.bench import Bench
from inspector.simulator.check.outcome import Exchange
from inspector.simulator.check.provider import Event, header_places
from inspector.simulator.check.vary import is_json

MOST_TRIES = 6
REFUSALS = (400, 401, 403, 422)

_BY_STATUS = {
    400: "It may expect another provider’s format, or it checks the signature over something else.",
    401: "Most likely its secret differs from the one used here, or it checks another header.",
    403: "Most likely its secret differs from the one used here, or a guard (CSRF check, allow-list) stops it.",
    404: "There is nothing at this path: is the address complete?",
    405: "This path does not take POST: is the address complete?",
    411: "It wants the length of the body announced.",
    413: "It takes only very small bodies.",
    415: "It does not take the content type the provider sends.",
    419: "That is the CSRF check of a web form; leave the webhook’s path out of it.",
    429: "It limits how often it may be called, and counts this run too.",
}


async def cause_of_refusal(bench: Bench, event: Event, exchange: Exchange) -> str:
    """Return the likely cause of a refused plain event in a sentence, after trying whether it is a known mistake."""
    status = exchange.status
    if not 400 <= status < 500:
        return ""
    if bench.provider.signs and not bench.provider.is_valid(bench.sign(event), bench.now()):
        return f"{bench.provider.name} signs with keys that only it has, so a careful handler refuses what is made up."
    if status in REFUSALS and bench.provider.signs:
        words = await _signature_written_otherwise(bench, event)
        if words:
            return f"It accepts the event when {words}; this provider writes its signature otherwise."
    if status in REFUSALS and bench.provider.signs and is_json(event.request):
        words = await _signed_over_a_rewrite(bench, event)
        if words:
            bench.rewrites_body = True
            return (
                f"It accepts the event when the signature is made over the body as parsed and written again ({words}): "
                "it must be checked over the raw bytes."
            )
    return _BY_STATUS.get(status, "")


async def _signature_written_otherwise(bench: Bench, event: Event) -> str:
    """Send the event with its signature in other letters; return how it was written where that was accepted."""
    provider = bench.provider
    recipe, names = provider.recipe_for(event.request), header_places(provider.recipes)
    if recipe.kind != "hmac" or recipe.items or recipe.pair:
        return ""
    signed = bench.sign(provider.event(event.sample, bench.now()))
    name, value = next(((name, value) for name, value in signed.headers if name.lower() in names), (b"", b""))
    for words, other in _spellings(value, recipe):
        fresh = bench.sign(provider.event(event.sample, bench.now()))
        held = next(held for known, held in fresh.headers if known == name)
        made = dict(_spellings(held, recipe))[words]
        if (
            other != value
            and (await bench.send(put_header(fresh, name.decode("latin-1"), made), f"the signature {words}")).accepted
        ):
            return f"the signature is {words}"
    return ""


def _spellings(value: bytes, recipe: Recipe) -> list[tuple[str, bytes]]:
    """Return a signature in other forms that handlers expect by mistake."""
    bare = value.removeprefix(recipe.prefix)
    try:
        raw = bytes.fromhex(bare.decode()) if recipe.encoding == "hex" else base64.b64decode(bare)
    except ValueError:
        return []
    found = [
        ("written in capitals", recipe.prefix + raw.hex().upper().encode()),
        ("written in hexadecimal", recipe.prefix + raw.hex().encode()),
        ("written in base64", recipe.prefix + base64.b64encode(raw)),
        (f"preceded by {recipe.alg}=", f"{recipe.alg}=".encode() + bare),
        ("without anything before it", bare),
    ]
    return [(words, other) for words, other in found if other != value]


async def _signed_over_a_rewrite(bench: Bench, event: Event) -> str:
    """Send the event with a signature that only fits its body written again; return which spelling was accepted."""
    provider = bench.provider
    if provider.recipe_for(event.request).covers is not Covers.BODY:
        return ""
    tried = 0
    seen = {event.request.body}
    for found in rewrites(event.request.body):
        if found is None or found[1] in seen:
            continue
        words, body = found
        seen.add(body)
        fresh = provider.event(event.sample, bench.now()).request
        written = next((other[1] for other in rewrites(fresh.body) if other and other[0] == words), None)
        if written is None or written == fresh.body:
            continue
        request = _with_signature_of(bench, fresh, written)
        if request is None:
            return ""
        answer = await bench.send(request, f"signed over the body {words}")
        if answer.accepted:
            return words
        tried += 1
        if tried == MOST_TRIES:
            break
    return ""


def _with_signature_of(bench: Bench, request: Request, body: bytes) -> Request | None:
    try:
        made = bench.sign(replace(request, body=body))
    except UsageError:
        return None
    if made.body != body or not header_places(bench.provider.recipes):
        return None
    return replace(made, body=request.body)
