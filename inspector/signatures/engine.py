"""Is it really them? Checks and makes signatures as a provider's schemes describe them, and says what they cover."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Verdict, Verification
from inspector.payload.body import Payload
from inspector.signatures import wording
from inspector.signatures.address import signed_url
from inspector.signatures.check import Check, take_secret
from inspector.signatures.found import carried
from inspector.signatures.place import Scope
from inspector.signatures.plain import quick_verdict
from inspector.signatures.recipe import Recipe
from inspector.signatures.signer import sign
from inspector.signatures.template import MissingPart

__all__ = ["covers_of", "sign", "signature_headers", "signed_bytes", "verify"]

_RANK = (Verdict.VALID, Verdict.STALE, Verdict.INVALID, Verdict.NO_SECRET, Verdict.UNSIGNED)
_WEAKEST = (Covers.NONE, Covers.PARTIAL, Covers.BODY)


def verify(
    request: Request,
    payload: Payload,
    recipes: tuple[Recipe, ...],
    secrets: Sequence[Secret],
    *,
    scheme: str,
    url: str | Callable[[], str],
    now: datetime,
    tolerance_s: int | None = None,
) -> Verification:
    """Return the verdict on a request's signature, with every step that led to it. Never raises.

    Every scheme whose `when` holds is tried and the best verdict counts; where none holds, the first scheme is.
    `scheme` is the provider's id for the record. `url` is the address as the provider knows it (the request's own
    query string takes the place of its query), or what works it out, because few schemes sign it. `tolerance_s`
    overrides the scheme's time window; 0 means no limit.
    """
    if not recipes:
        return wording.NOT_CHECKED
    if len(recipes) == 1 and secrets:
        quick = quick_verdict(request, recipes[0], secrets[0], scheme)
        if quick is not None:
            return quick
    scope = Scope(request, payload, lambda: signed_url(url() if callable(url) else url, request))
    kept = [secret for secret in secrets if secret.value]
    best: Verification | None = None
    for recipe in _fitting(recipes, scope):
        found = Check(recipe, scope, kept, scheme, now, tolerance_s).run()
        if found.verdict is Verdict.VALID:
            return found
        if best is None or _RANK.index(found.verdict) < _RANK.index(best.verdict):
            best = found
    assert best is not None  # there is always a recipe that fits
    return best


def covers_of(recipes: tuple[Recipe, ...]) -> Covers:
    """Return how much of a request the weakest of these schemes protects."""
    return min((recipe.covers for recipe in recipes), key=_WEAKEST.index, default=Covers.NONE)


def signature_headers(recipes: tuple[Recipe, ...]) -> tuple[str, ...]:
    """Return the headers the schemes read, the signature's first, each once."""
    names = [place.name for recipe in recipes for place in recipe.places if place.kind == "header"]
    return tuple({name.lower(): name for name in reversed(names)}[key] for key in dict.fromkeys(map(str.lower, names)))


def signed_bytes(
    request: Request, payload: Payload, recipe: Recipe, *, url: str = "", secret: Secret | None = None
) -> bytes | None:
    """Return the exact bytes a scheme signs, or None where a part of them was not sent (or a token signs nothing)."""
    if recipe.kind == "token":
        return None
    scope = Scope(request, payload, signed_url(url, request))
    if secret is not None:
        take_secret(recipe, scope, secret)
    first = carried(recipe, scope)[:1]
    if first:
        scope.fields = first[0].fields
    try:
        return recipe.signed[0].render(scope)
    except MissingPart:
        return None


def _fitting(recipes: tuple[Recipe, ...], scope: Scope) -> tuple[Recipe, ...]:
    if len(recipes) == 1:
        return recipes
    fitting = tuple(recipe for recipe in recipes if all(condition.holds(scope) for condition in recipe.when))
    return fitting or recipes[:1]
