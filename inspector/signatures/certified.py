"""Checks with a key or certificate whose address the request names: allowed addresses only, and nothing is fetched."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from inspector.domain.secret import Secret
from inspector.domain.verification import Step, StepState, Verdict, Verification
from inspector.signatures import wording
from inspector.signatures.documents import is_allowed, keys_address
from inspector.signatures.keys import read_public_keys
from inspector.signatures.scheme import Job
from inspector.signatures.template import MissingPart

Inspect = Callable[[str], Step | None]
Verify = Callable[[Job], Verification]

WHAT = "certificate"


def check_certified(job: Job, verify: Verify, inspect: Inspect | None = None, what: str = WHAT) -> Verification:
    """Return the verdict of a recipe whose `keys_url` reads the request.

    The document is looked up among those at hand; a key or certificate among the secrets, pasted by the user, takes
    its place. `inspect` returns a step about a document, a failed one where it must not be used; `verify` is the check
    with the keys at hand.
    """
    recipe = job.recipe
    present = next((place for place in recipe.signature if place.values(job.scope)), None)
    if present is None:
        return wording.unsigned(recipe, job.scheme)
    steps = [wording.present(present)]
    try:
        url = keys_address(recipe, job.scope)
    except MissingPart as absent:
        title = f"The {what} address is missing"
        steps.append(wording.missing(absent.place, absent.why))
        return wording.failure(Verdict.INVALID, job.scheme, title, f"Expected {absent.place.words}.", steps)
    if not is_allowed(url, recipe.fetch):
        return wording.foreign_document(job.scheme, url, what, recipe.fetch, steps)
    text = job.documents.get(url, "")
    pasted = [secret for secret in job.secrets if _holds_key(secret, recipe.kind)]
    keys = [Secret(text, what)] if text.strip() else pasted
    if not keys:
        return wording.no_document(job.scheme, url, what, steps)
    steps = [Step(f"{what.capitalize()} address", StepState.PASSED, url)]
    for key in keys if inspect else ():
        step = inspect(key.value) if inspect else None
        if step is not None:
            steps.append(step)
        if step is not None and step.state is StepState.FAILED:
            title = f"The {what} is not the provider's"
            return wording.failure(Verdict.INVALID, job.scheme, title, f"{step.detail.capitalize()}.", steps)
    found = verify(replace(job, secrets=tuple(keys)))
    return replace(found, steps=(*found.steps[:1], *steps, *found.steps[1:]))


def _holds_key(secret: Secret, kind: str) -> bool:
    return any(key.kind == kind for key in read_public_keys(secret.value))
