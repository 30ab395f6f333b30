"""The steps and sentences a verdict is told in; the ones that never change for a scheme are built once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Step, StepState, Verdict, Verification
from inspector.signatures.encodings import ALGORITHM_NAMES, KEY_FORMS, describe, expected_words
from inspector.signatures.found import Carried
from inspector.signatures.keys import KEY_WORDS
from inspector.signatures.place import Place
from inspector.signatures.scheme import Recipe
from inspector.signatures.stamp import TimeRule, limit_words, span_words
from inspector.signatures.template import Template

PASSED, FAILED, SKIPPED = StepState.PASSED, StepState.FAILED, StepState.SKIPPED

UNKNOWN_KEY = "Key"
"""The name of the step that fails where a request names a key that is not at hand."""

_UNIT_WORDS = {
    "s": "seconds since 1970",
    "ms": "milliseconds since 1970",
    "us": "microseconds since 1970",
    "ns": "nanoseconds since 1970",
    "iso": "a date and time like 2026-01-31T12:00:00Z",
    "http": "a date like Sat, 31 Jan 2026 12:00:00 GMT",
}

_CURRENT = ("current", "previous", "old", "new", "primary", "secondary")

NOT_CHECKED = Verification(
    verdict=Verdict.UNSIGNED,
    title="Signatures are not checked",
    summary="This endpoint does not check signatures. Choose a provider in its settings to have them checked.",
)
"""The verdict of an endpoint without a scheme."""


@lru_cache(maxsize=256)
def present(place: Place) -> Step:
    """The signature was sent."""
    return Step("Header present" if place.kind == "header" else "Signature present", PASSED, place.title)


@lru_cache(maxsize=256)
def well_formed(recipe: Recipe, size: int) -> Step:
    """The signature is written as the scheme writes it."""
    return Step("Format", PASSED, _format_words(recipe, size))


def malformed(recipe: Recipe, size: int, raw: bytes) -> Step:
    """The signature is there but cannot be one of this scheme."""
    expected, got = _format_words(recipe, size), describe(raw)
    if recipe.pair:
        name = recipe.field.decode() or "the key's own name"
        expected = f"an item {name}{recipe.pair} with {expected}"
    hint = ""
    if not raw:
        hint = "The header was sent without a value."
    elif expected == got:
        hint = "The length is right, the characters are not."
    return Step("Format", FAILED, "not readable", expected, got, hint)


def _format_words(recipe: Recipe, size: int) -> str:
    words = expected_words(size, recipe.encoding)
    return f"{recipe.prefix.decode()} and {words}" if recipe.prefix else words


def unsigned(recipe: Recipe, scheme: str) -> Verification:
    """The signature was not sent."""
    place = recipe.signature[0]
    words = " or ".join(place.words for place in recipe.signature)
    name = "Header present" if place.kind == "header" else "Signature present"
    step = Step(name, FAILED, "not sent", expected=" or ".join(place.title for place in recipe.signature))
    return Verification(
        Verdict.UNSIGNED,
        scheme,
        title="No signature was sent.",
        summary=f"Expected {words}. Is signing switched on at the provider?",
        steps=(step,),
    )


def no_secret(recipe: Recipe, scheme: str, first: Step) -> Verification:
    """Signed, but there is nothing to check it with."""
    word = "public key" if recipe.is_public else "secret"
    return Verification(
        Verdict.NO_SECRET,
        scheme,
        title=f"Cannot check: no {word} for this endpoint.",
        summary=f"The event is signed. Add the provider's {word} to have its signature checked.",
        steps=(
            first,
            Step(_capital(word), SKIPPED, "none stored", hint=f"Add the {word} in the endpoint's settings."),
        ),
    )


def no_fact(scheme: str, place: Place, steps: Sequence[Step]) -> Verification:
    """Something the scheme needs to know besides the secret is not in the endpoint's settings."""
    step = Step(_capital(place.title), SKIPPED, "not set", hint="Add it in the endpoint's settings.")
    return Verification(
        Verdict.NO_SECRET,
        scheme,
        title=f"Cannot check: no {place.title} for this endpoint.",
        summary=f"The event is signed. The {place.title} is signed too: add it in the endpoint's settings.",
        steps=(*steps, step),
    )


def no_document(scheme: str, url: str, what: str, steps: Sequence[Step]) -> Verification:
    """A certificate or key set (`what`) has to be fetched, or pasted, before the signature can be checked."""
    step = Step(_capital(what), SKIPPED, "not fetched yet", expected=url, hint="Fetch it once, or paste it.")
    return Verification(
        Verdict.NO_SECRET,
        scheme,
        title=f"Cannot check: the {what} is not here yet.",
        summary=f"The event is signed. Its {what} lies at {url}.",
        steps=(*steps, step),
        needs_url=url,
    )


def foreign_document(
    scheme: str, url: str, what: str, patterns: tuple[str, ...], steps: Sequence[Step]
) -> Verification:
    """A request names an address for its certificate or key set that is not one of the provider's."""
    shown = url[:200] or "nothing"
    step = Step(f"{_capital(what)} address", FAILED, "not the provider's", " or ".join(patterns), shown)
    return failure(
        Verdict.INVALID,
        scheme,
        f"The {what} address is not the provider's",
        f"Expected {step.expected}, got {shown}.",
        [*steps, step],
    )


def with_keys_missing(found: Verification, url: str) -> Verification:
    """A verdict without a key, told that the provider publishes its keys at `url`."""
    return replace(no_document(found.scheme, url, "public key", found.steps[:1]), covers=found.covers)


def missing(place: Place, why: str) -> Step:
    """Something the signed text is made from was not sent."""
    name = "Signed header" if place.kind == "header" else "Signed value"
    return Step(name, FAILED, why or "not sent", expected=place.title, hint=f"{_capital(place.words)} is signed too.")


def unusable_secret(recipe: Recipe, label: str) -> Step:
    """A stored secret does not have the form the scheme needs."""
    wanted = KEY_WORDS[recipe.kind] if recipe.is_public else KEY_FORMS[recipe.key]
    if recipe.splits_secret:
        wanted = f"name:secret, where the secret is {wanted}"
    return Step("Secret", FAILED, f"{label} is not usable", expected=wanted, hint="Copy it from the provider again.")


def wrong_value(place: Place, expected: str, got: str) -> Step:
    """A header that must have a fixed value has another, or is missing."""
    return Step("Required value", FAILED, place.title, expected, got or "not sent")


def stamp_read(rule: TimeRule, age_s: float, tolerance_s: int, stale: bool) -> Step:
    """The timestamp's age against the limit."""
    words = f"{span_words(age_s)} old" if age_s >= 0 else f"{span_words(-age_s)} ahead of this computer"
    if not tolerance_s:
        detail = f"{words}, no limit"
    elif age_s < 0 and not rule.future:
        detail = f"{words}, accepted"
    else:
        detail = f"{words}, limit {limit_words(tolerance_s)}"
    return Step("Timestamp", FAILED if stale else PASSED, detail)


def stamp_unreadable(rule: TimeRule, got: bytes) -> Step:
    """The timestamp is not written as the scheme writes it."""
    shown = got[:60].decode("utf-8", "backslashreplace")
    return Step("Timestamp", FAILED, "not readable", _UNIT_WORDS[rule.unit], shown or "nothing")


@lru_cache(maxsize=512)
def matched(recipe: Recipe, template: Template | None, alg: str, label: str) -> Step:
    """The digest fits."""
    return Step(_digest_name(recipe, template, alg, label), PASSED, "match")


def unmatched(recipe: Recipe, template: Template | None, alg: str, label: str, expected: str, got: str) -> Step:
    """The digest does not fit."""
    return Step(_digest_name(recipe, template, alg, label), FAILED, "no match", expected, got)


def unfitting(recipe: Recipe, alg: str, label: str, sent: Sequence[Carried]) -> Step:
    """No signature that was sent fits a public key."""
    got = b", ".join([written for carrier in sent for written in carrier.written])
    name = f"{public_name(recipe, alg)} of {recipe.signed[0].words}, {label}"
    return Step(name, FAILED, "no match", got=got.decode("utf-8", "backslashreplace"))


def unknown_key(place: Place, named: bytes, label: str) -> Step:
    """The key that a request names is not in a key set."""
    got = named[:200].decode("utf-8", "backslashreplace")
    return Step(
        UNKNOWN_KEY, FAILED, f"not in {label}", f"a key of {label}", got, f"{_capital(place.words)} names the key."
    )


def public_name(recipe: Recipe, alg: str) -> str:
    """What a public-key signature is called: `Ed25519`, `ECDSA with SHA-256`, `RSA-PSS with SHA-512`."""
    if recipe.kind == "ed25519":
        return "Ed25519"
    name = "ECDSA" if recipe.kind == "ecdsa" else "RSA-PSS" if recipe.padding == "pss" else "RSA"
    return f"{name} with {ALGORITHM_NAMES[alg]}"


def _digest_name(recipe: Recipe, template: Template | None, alg: str, label: str) -> str:
    if template is None:
        return f"Token, {label}"
    return f"{public_name(recipe, alg) if recipe.is_public else ALGORITHM_NAMES[alg]} of {template.words}, {label}"


def also_step(place: Place, template: Template, expected: bytes, got: bytes) -> Step:
    """A further equality the scheme asks for, such as the body's hash in the signed address."""
    texts = [text.decode("utf-8", "backslashreplace") for text in (expected, got)]
    if expected == got:
        return Step(f"{_capital(template.words)} is {place.title}", PASSED, "match")
    return Step(f"{_capital(template.words)} is {place.title}", FAILED, "no match", texts[0], texts[1])


def secret_label(recipe: Recipe, secret: Secret, index: int) -> str:
    """What a step calls a secret: `current secret`, `secret Staging`, the provider's word for its second key."""
    if 0 < index <= len(recipe.extra_secrets):
        return recipe.extra_secrets[index - 1]
    word = "key" if recipe.is_public else "secret"
    if secret.name:
        lowered = secret.name.lower()
        if lowered in _CURRENT:
            return f"{lowered} {word}"
        return secret.name if word in lowered or lowered == "certificate" else f"{word} {secret.name}"
    return f"current {word}" if index == 0 else f"previous {word}" if index == 1 else f"{word} {index + 1}"


@lru_cache(maxsize=512)
def valid_summary(recipe: Recipe, template: Template | None, alg: str, place: Place) -> str:
    """Scheme and place of a valid signature, and what it does not protect; the secret's ending follows."""
    return f"{_scheme_words(recipe, template, alg)}, {place.words.removeprefix('the ')}"


@lru_cache(maxsize=256)
def protects(recipe: Recipe, covers: Covers) -> str:
    """What a reader of a valid verdict should know besides."""
    sentence = ""
    if recipe.kind == "token":
        sentence = " A token shows who sent it, not that the body is unchanged."
    elif covers is Covers.PARTIAL:
        sentence = " The signature protects a part of the body only."
    elif covers is Covers.NONE:
        sentence = " The signature does not protect the body."
    return f"{sentence} {recipe.note}" if recipe.note else sentence


def _scheme_words(recipe: Recipe, template: Template | None, alg: str) -> str:
    if template is None:
        return "Token"
    name = f"HMAC-{alg.upper()}" if recipe.kind == "hmac" else ALGORITHM_NAMES[alg]
    if recipe.is_public:
        name = public_name(recipe, alg)
    return f"{name} of {'the ' if template.is_body else ''}{template.words}"


def failure(verdict: Verdict, scheme: str, title: str, summary: str, steps: list[Step]) -> Verification:
    """A verdict that is not valid; what a wrong signature covers is nothing."""
    return Verification(verdict, scheme, title=title, summary=summary, steps=tuple(steps))


def mismatch_summary(recipe: Recipe, secrets: int, published: str) -> str:
    """Why a well formed signature is invalid; `published` is what the provider's own key came in, if it did."""
    if published:
        return f"Well formed, but does not fit the {published}."
    word = "public key" if recipe.is_public else "secret"
    whose = f"this endpoint’s current {word}" if secrets == 1 else f"any of this endpoint’s {secrets} {word}s"
    return f"Well formed, but {'does not fit' if recipe.is_public else 'not made with'} {whose}."


def stale_words(age_s: float, tolerance_s: int) -> tuple[str, str]:
    """Title and summary of a signature that is right but outside its time window."""
    limit = limit_words(tolerance_s)
    if age_s < 0:
        return (
            f"Genuine, but {span_words(-age_s)} in the future",
            f"Limit is {limit}. The clock here or at the provider is wrong.",
        )
    return (
        f"Genuine, but {span_words(age_s)} old",
        f"Limit is {limit}. A late retry, a replay by someone else, or a wrong clock.",
    )


def masked(secret: Secret, size: int) -> str:
    """A token that was expected, without giving it away."""
    return f"{size} characters ending {secret.ending}" if secret.ending else f"{size} characters"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
