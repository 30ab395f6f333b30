"""Does it know the provider from everybody else? Signatures that are missing, damaged, relabelled, old or misplaced."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.domain.verification import Covers, Verdict
from inspector.signatures.put import put_header, put_value
from inspector.simulator.check.bench import Bench
from inspector.simulator.check.check import Check, says
from inspector.simulator.check.core_checks import OPEN_DOOR, UNSIGNED, told_apart
from inspector.simulator.check.judge import EXPECT_ACCEPTED, EXPECT_REFUSED, accepted, refused, worst
from inspector.simulator.check.outcome import Ruling, State
from inspector.simulator.check.provider import PASSWORDS, header_places, with_headers
from inspector.simulator.check.vary import is_form, is_json, spelled_otherwise, tampered

OLD = timedelta(days=1)

OTHER_NAMES = (
    *("X-Signature", "Signature", "X-Hub-Signature", "X-Hub-Signature-256", "X-Signature-256", "Webhook-Signature"),
    *("X-Webhook-Signature", "X-Original-Signature", "X-Signature-Sha256", "X-Hmac-Signature"),
)
OTHER_PASSWORD_NAMES = ("X-Authorization", "X-Api-Key", "X-Token", "X-Auth-Token", "Proxy-Authentication-Info")

_LABELS = {
    b"sha256=": b"sha1=",
    b"sha1=": b"sha256=",
    b"sha512=": b"sha256=",
    b"v1=": b"v9=",
    b"v0=": b"v9=",
}


def _not_applicable(text: str) -> Ruling:
    return Ruling(State.SKIPPED, "Not applicable", text)


async def _must_refuse(bench: Bench, request: Request, label: str, forged: str, harm: str = OPEN_DOOR) -> Ruling:
    plain = await bench.plain()
    if bench.is_silent:
        text = "It answers neither genuine nor forged events, so this one was not sent."
        return Ruling(State.UNKNOWN, "It gives no answers", text, topic="queue")
    exchange = await bench.send(request, label)
    return told_apart(plain, exchange, refused(exchange, forged=forged, harm=harm))


def _new(bench: Bench) -> Request:
    return bench.provider.event(bench.provider.usual, bench.now()).request


async def missing_signature(bench: Bench) -> Ruling:
    """No signature at all, then an empty one."""
    if not bench.provider.signs:
        return UNSIGNED
    rulings = []
    for label, empty in (("without a signature", False), ("with an empty signature", True)):
        request = _unsigned(bench, bench.sign(_new(bench)), empty=empty)
        if request is not None:
            rulings.append(await _must_refuse(bench, request, label, f"It accepted an event {label}"))
    return (
        worst(rulings) if rulings else _not_applicable("This scheme keeps its signature where it cannot be left out.")
    )


def _unsigned(bench: Bench, request: Request, *, empty: bool) -> Request | None:
    names = set(header_places(bench.provider.recipes))
    if empty:
        lines = [(name, b"" if name.lower() in names else value) for name, value in request.headers]
    else:
        lines = [(name, value) for name, value in request.headers if name.lower() not in names]
    made = with_headers(request, lines)
    parameters = {
        place.name for recipe in bench.provider.recipes for place in recipe.signature if place.kind == "query"
    }
    if parameters and "?" in made.target:
        path, _, query = made.target.partition("?")
        kept = [part for part in query.split("&") if part.partition("=")[0] not in parameters]
        if empty:
            kept += [f"{name}=" for name in sorted(parameters)]
        made = replace(made, target=f"{path}?{'&'.join(kept)}" if kept else path)
    if made == request and empty:
        made = _emptied(bench, request)
    if made == request or bench.provider.is_valid(made, bench.now()):
        return None
    return made


def _emptied(bench: Bench, request: Request) -> Request:
    """Return a request with an empty text where the body holds its signature."""
    for place in bench.provider.recipe_for_usual.signature:
        if place.kind in ("json", "form", "formjson"):
            try:
                return put_value(request, place, b"")
            except UsageError:
                continue
    return request


async def damaged_signature(bench: Bench) -> Ruling:
    """The right signature cut in half, with one character changed, and where case matters with its case swapped."""
    if not bench.provider.signs:
        return UNSIGNED
    rulings = []
    for label, damage in (
        ("cut in half", _halved),
        ("one character changed", _changed),
        ("its case swapped", _swapped),
    ):
        request = _damaged(bench, bench.sign(_new(bench)), damage)
        if request is not None:
            rulings.append(
                await _must_refuse(
                    bench, request, f"the signature {label}", f"It accepted a signature with {_what(label)}"
                )
            )
    return worst(rulings) if rulings else _not_applicable("This scheme has no signature header that could be damaged.")


def _what(label: str) -> str:
    return {"cut in half": "its second half missing"}.get(label, label)


def _damaged(bench: Bench, request: Request, damage: object) -> Request | None:
    assert callable(damage)
    names = header_places(bench.provider.recipes)
    for name, value in request.headers:
        if name.lower() in names:
            made = put_header(request, name.decode("latin-1"), damage(value))
            if made == request or bench.provider.is_valid(made, bench.now()):
                return None
            return made
    return None


def _tail(value: bytes) -> int:
    """Return where the signature itself begins: behind labels, items and the scheme's word."""
    text = value.rstrip(b"=")
    return max(text.rfind(b"="), text.rfind(b","), text.rfind(b" "), text.rfind(b":"), text.rfind(b".")) + 1


def _halved(value: bytes) -> bytes:
    start = _tail(value)
    return value[: start + (len(value) - start) // 2]


def _changed(value: bytes) -> bytes:
    place = _tail(value) + (len(value) - _tail(value)) // 2
    sign = value[place : place + 1]
    other = b"0" if sign != b"0" else b"1"
    return value[:place] + other + value[place + 1 :]


def _swapped(value: bytes) -> bytes:
    return value[: _tail(value)] + value[_tail(value) :].swapcase()


async def relabelled_signature(bench: Bench) -> Ruling:
    """The right signature under other header names; then, where it has a label, under another label."""
    if not bench.provider.signs:
        return UNSIGNED
    signed = bench.sign(_new(bench))
    request = _renamed(bench, signed)
    if request is None:
        return _not_applicable("This scheme keeps its signature in no header of its own.")
    first = await _must_refuse(
        bench,
        request,
        "the right signature under other header names",
        "It trusts a signature under any header name",
        "Only the header the provider names counts: others may come from a proxy or another sender.",
    )
    if first.exchange is not None and first.exchange.accepted:
        bare = _unsigned(bench, bench.sign(_new(bench)), empty=False)
        if bare is not None and (await bench.send(bare, "no signature at all, to compare")).accepted:
            text = "It accepts events without any signature, so the header’s name makes no difference."
            return replace(first, title="It accepted an event without its signature header", text=text)
    second = await _other_label(bench)
    return worst([first, second]) if second else first


def _renamed(bench: Bench, request: Request) -> Request | None:
    names = set(header_places(bench.provider.recipes))
    known = {name.lower() for name in bench.provider.signature_names}
    held = next((value for name, value in request.headers if name.lower() in names), None)
    if held is None:
        return None
    kept = [line for line in request.headers if line[0].lower() not in names]
    others: tuple[str, ...] = OTHER_NAMES
    if bench.provider.recipe_for_usual.kind in PASSWORDS:
        others = (*OTHER_NAMES, *OTHER_PASSWORD_NAMES)
    added = [(name.encode(), held) for name in others if name.lower() not in known]
    made = with_headers(request, [*kept, *added])
    return None if bench.provider.is_valid(made, bench.now()) else made


async def _other_label(bench: Bench) -> Ruling | None:
    """Send `sha256=…` as `sha1=…`, `v1=…` as `v9=…`; being accepted is worth a note."""
    request = bench.sign(_new(bench))
    names = header_places(bench.provider.recipes)
    for name, value in request.headers:
        if name.lower() not in names:
            continue
        for label, other in _LABELS.items():
            if label in value:
                made = put_header(request, name.decode("latin-1"), value.replace(label, other, 1))
                if bench.provider.is_valid(made, bench.now()):
                    return None
                said = f"{label.decode()} sent as {other.decode()}"
                ruling = await _must_refuse(bench, made, said, "It does not look at the signature’s label")
                if ruling.exchange is not None and ruling.exchange.accepted:
                    text = f"A signature labelled {other.decode()} was accepted. Compare the label as well."
                    return replace(ruling, state=State.NOTED, text=text)
                return ruling
    return None


async def changed_body(bench: Bench) -> Ruling:
    """One letter or digit of the body changed after it was signed."""
    if not bench.provider.signs:
        return UNSIGNED
    covers = bench.provider.recipe_for_usual.covers
    if covers is Covers.NONE:
        return _not_applicable("This scheme does not sign the body, so nobody can tell that it was changed.")
    signed = bench.sign(_new(bench))
    now = bench.now()
    request = next((made for made in tampered(signed) if not bench.provider.is_valid(made, now)), None)
    if request is None:
        return _not_applicable("The part of the body that this scheme signs cannot be changed without breaking it.")
    return await _must_refuse(
        bench,
        request,
        "one character changed after signing",
        "It accepted a body that was changed after signing",
        "Somebody between the provider and you could change numbers, texts and amounts.",
    )


async def stale_timestamp(bench: Bench) -> Ruling:
    """Rightly signed, but a day ago."""
    if not bench.provider.signs:
        return UNSIGNED
    provider, now = bench.provider, bench.now()
    try:
        request = provider.signed(provider.event(provider.usual, now - OLD).request, now - OLD)
    except UsageError:
        return _not_applicable("This scheme cannot sign for the past.")
    verdict = provider.verdict(request, now)
    if verdict is Verdict.VALID:
        return _not_applicable("This scheme signs no timestamp with a limit, so an old event cannot be told.")
    if verdict is not Verdict.STALE:
        return _not_applicable("An old event of this scheme cannot be made.")
    return await _must_refuse(
        bench,
        request,
        "signed a day ago",
        "It accepted an event signed a day ago",
        "Whoever recorded an event once can send it again at any time; the timestamp is there to prevent that.",
    )


async def header_case(bench: Bench) -> Ruling:
    """All header names in small letters, as HTTP/2 and many proxies write them."""
    if problem := await bench.plain_is_refused():
        return problem
    signed = bench.sign(_new(bench))
    request = with_headers(signed, [(name.lower(), value) for name, value in signed.headers])
    after = "Header names mean the same in any case (RFC 9110 section 5.1); HTTP/2 and proxies write them small."
    ruling = accepted(await bench.send(request, "header names in small letters"), after=after)
    return replace(ruling, topic="verify") if ruling.state is State.FAILED else ruling


async def spelled_body(bench: Bench) -> Ruling:
    """The same JSON spelled so that no program would write it again byte for byte."""
    provider = bench.provider
    if not provider.signs:
        return UNSIGNED
    usual = _new(bench)
    if is_form(usual) or not is_json(usual):
        return _not_applicable("This provider sends no JSON.")
    if provider.recipe_for_usual.covers is not Covers.BODY:
        return _not_applicable("This scheme does not sign the body as a whole.")
    if bench.rewrites_body:
        text = "See check 1: it accepted a signature over the body as parsed and written again."
        return Ruling(State.FAILED, "The signature is checked over a rewritten body", text, topic="verify")
    if problem := await bench.plain_is_refused():
        return problem
    ruling = await _spelled(bench, "blanks, escapes and fractions written differently")
    if ruling.state is not State.FAILED:
        return ruling
    parts = (
        *(("blanks", "blanks between the tokens"), ("end", "a line end behind it")),
        *(("escapes", "escapes"), ("numbers", "84.50 for 84.5")),
    )
    broken = []
    for part, words in parts:
        single = await _spelled(bench, words, only=part)
        if single.state is State.FAILED:
            broken.append(words)
    text = f"Genuine, but refused because of {' and '.join(broken) or 'its spelling'}."
    done = "trimmed" if [part for part, words in parts if words in broken] == ["end"] else "parsed and written again"
    text += f" The handler signs the body as {done}; the raw bytes must be checked."
    return replace(ruling, title="The signature is not checked over the raw bytes", text=text, topic="verify")


async def _spelled(bench: Bench, label: str, *, only: str = "") -> Ruling:
    usual = _new(bench)
    chosen: dict[str, bool] = {part: only in ("", part) for part in ("blanks", "end", "escapes", "numbers")}
    body = spelled_otherwise(usual.body, **chosen)
    return accepted(await bench.send(bench.sign(replace(usual, body=body)), label))


async def repeated_headers(bench: Bench) -> Ruling:
    """Header lines that come twice: harmless ones, then the signature itself."""
    if problem := await bench.plain_is_refused():
        return problem
    signed = bench.sign(_new(bench))
    extra = [
        (b"X-Forwarded-For", b"203.0.113.7"),
        (b"X-Forwarded-For", b"198.51.100.4"),
        (b"X-Tag", b"a"),
        (b"X-Tag", b"b"),
    ]
    rulings = [accepted(await bench.send(with_headers(signed, [*signed.headers, *extra]), "harmless headers twice"))]
    names: Sequence[bytes] = header_places(bench.provider.recipes) if bench.provider.signs else ()
    again = bench.sign(_new(bench))
    double = [line for line in again.headers if line[0].lower() in names]
    if double:
        exchange = await bench.send(with_headers(again, [*again.headers, *double]), "the signature header twice")
        if exchange.status >= 500 or exchange.response is None:
            rulings.append(replace(accepted(exchange), topic="verify"))
        else:
            text = f"Answered {exchange.status} to the right signature sent twice; both ways are fine."
            rulings.append(Ruling(State.PASSED, "Taken calmly", text, exchange))
    return worst(rulings)


SIGNATURE = (
    Check(
        "missing-signature",
        "Missing signature",
        says("no signature, then an empty one"),
        EXPECT_REFUSED,
        "Many handlers check a signature only if there is one, or crash where there is none.",
        "verify",
        missing_signature,
    ),
    Check(
        "damaged-signature",
        "Damaged signature",
        says("half a signature, one character changed"),
        EXPECT_REFUSED,
        "A comparison that stops early, or ignores the case, can be guessed piece by piece.",
        "verify",
        damaged_signature,
    ),
    Check(
        "relabelled-signature",
        "Relabelled signature",
        says("right signature, wrong header name"),
        EXPECT_REFUSED,
        "Only the header the provider documents says who signed.",
        "verify",
        relabelled_signature,
    ),
    Check(
        "changed-body",
        "Body changed after signing",
        says("one character changed"),
        EXPECT_REFUSED,
        "The signature proves that the body is what the provider wrote, if the handler compares it with the body.",
        "verify",
        changed_body,
    ),
    Check(
        "stale-timestamp",
        "Stale timestamp",
        says("signed a day ago"),
        EXPECT_REFUSED,
        "A recorded event stays genuine for ever unless its age is checked.",
        "stale",
        stale_timestamp,
    ),
    Check(
        "raw-bytes",
        "Same JSON, other spelling",
        says("blanks, \\u escapes, 84.50"),
        EXPECT_ACCEPTED,
        "Providers spell JSON in their own ways. Parsed and written again, its bytes and so its signature differ.",
        "verify",
        spelled_body,
    ),
    Check(
        "header-case",
        "Header names in small letters",
        says("x-webhook-signature"),
        EXPECT_ACCEPTED,
        "HTTP/2 and many proxies write all header names in small letters.",
        "verify",
        header_case,
    ),
    Check(
        "repeated-headers",
        "Repeated headers",
        says("some headers twice"),
        "2xx, never 5xx",
        "Proxies add lines. A handler that expects each name once may crash.",
        "verify",
        repeated_headers,
    ),
)
