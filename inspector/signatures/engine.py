"""Is it really them? Checks and makes signatures as a provider's schemes describe them, and says what they cover."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from inspector.domain.errors import UsageError
from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Verdict, Verification
from inspector.payload.body import Payload
from inspector.signatures import wording
from inspector.signatures.address import signed_url
from inspector.signatures.check import check_recipe, recipe_bytes
from inspector.signatures.place import Scope
from inspector.signatures.plain import quick_verdict
from inspector.signatures.recipe import Recipe
from inspector.signatures.scheme import NOTHING, Job, SignJob
from inspector.signatures.schemes import scheme_of
from inspector.signatures.signer import can_sign, sign_recipe

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
    facts: Mapping[str, str] = NOTHING,
    documents: Mapping[str, str] = NOTHING,
) -> Verification:
    """Return the verdict on a request's signature, with every step that led to it. Never raises.

    Every scheme whose `when` holds is tried and the best verdict counts; where none holds, the first scheme is.
    `scheme` is the provider's id for the record. `url` is the address as the provider knows it (the request's own
    query string takes the place of its query), or what works it out, because few schemes sign it. `tolerance_s`
    overrides the scheme's time window; 0 means no limit. `facts` are what schemes ask for besides a secret, by their
    names (`audience`, `webhook_id` …). `documents` are the certificates and key sets at hand, by address; where one
    is missing the verdict is NO_SECRET and its `needs_url` names the address.
    """
    if not recipes:
        return wording.NOT_CHECKED
    if len(recipes) == 1 and secrets:
        quick = quick_verdict(request, recipes[0], secrets[0], scheme)
        if quick is not None:
            return quick
    scope = Scope(request, payload, lambda: signed_url(url() if callable(url) else url, request), facts)
    kept = tuple([secret for secret in secrets if secret.value])
    best: Verification | None = None
    for recipe in _fitting(recipes, scope):
        found = _check(Job(recipe, scope, kept, scheme, now, tolerance_s, facts, documents))
        if found.verdict is Verdict.VALID:
            return found
        if best is None or _RANK.index(found.verdict) < _RANK.index(best.verdict):
            best = found
    assert best is not None  # there is always a recipe that fits
    return best


def sign(
    request: Request,
    recipes: tuple[Recipe, ...],
    secret: Secret,
    *,
    url: str,
    now: datetime,
    facts: Mapping[str, str] = NOTHING,
    documents: Mapping[str, str] = NOTHING,
) -> Request:
    """Return the request signed with `secret` (for public-key schemes the private key) as of `now`.

    The first scheme whose `when` holds and whose kind of key the secret is signs. A timestamp is always renewed, other
    signed headers are made where they are missing; the query string or the body changes only where the scheme keeps
    its signature or the body's hash there. Raises UsageError where the request has no place for the signature or the
    secret has the wrong form. Signing needs no `documents`; they are taken so that both calls look the same.
    """
    if not recipes:
        raise UsageError("This endpoint does not sign.", todo="Choose a provider for it first.")
    scope = Scope(request, Payload(request), signed_url(url, request), facts)
    fitting = [recipe for recipe in recipes if all(condition.holds(scope) for condition in recipe.when)] or [recipes[0]]
    recipe = next((recipe for recipe in fitting if can_sign(recipe, secret)), fitting[0])
    job = SignJob(recipe, request, secret, url, now, facts)
    code = scheme_of(recipe.kind)
    return code.sign(job) if code else sign_recipe(job)


def covers_of(recipes: tuple[Recipe, ...]) -> Covers:
    """Return how much of a request the weakest of these schemes protects."""
    return min((recipe.covers for recipe in recipes), key=_WEAKEST.index, default=Covers.NONE)


def signature_headers(recipes: tuple[Recipe, ...]) -> tuple[str, ...]:
    """Return the headers the schemes read, the signature's first, each once."""
    names = [place.name for recipe in recipes for place in recipe.places if place.kind == "header"]
    return tuple({name.lower(): name for name in reversed(names)}[key] for key in dict.fromkeys(map(str.lower, names)))


def signed_bytes(
    request: Request,
    payload: Payload,
    recipe: Recipe,
    *,
    url: str = "",
    secret: Secret | None = None,
    facts: Mapping[str, str] = NOTHING,
) -> bytes | None:
    """Return the exact bytes a scheme signs, or None where a part of them was not sent (or a token signs nothing)."""
    scope = Scope(request, payload, signed_url(url, request), facts)
    job = Job(recipe, scope, (secret,) if secret else (), "", request.received_at, None, facts)
    code = scheme_of(recipe.kind)
    return code.signed_bytes(job) if code else recipe_bytes(job)


def _check(job: Job) -> Verification:
    code = scheme_of(job.recipe.kind)
    return code.check(job) if code else check_recipe(job)


def _fitting(recipes: tuple[Recipe, ...], scope: Scope) -> tuple[Recipe, ...]:
    if len(recipes) == 1:
        return recipes
    fitting = tuple(recipe for recipe in recipes if all(condition.holds(scope) for condition in recipe.when))
    return fitting or recipes[:1]
