"""HTTP Basic authentication (RFC 7617): the user name and password a provider was given for our address.

The secret is written `user:password`, or it is the password alone and the fact `username` names the user.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import replace

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Verification
from inspector.signatures.check import check_recipe
from inspector.signatures.place import Scope, to_bytes
from inspector.signatures.scheme import Job, Recipe, SignJob
from inspector.signatures.signer import sign_recipe
from inspector.signatures.table import Table

_WORD = re.compile(rb"basic +", re.IGNORECASE)


class BasicScheme:
    """The kind `basic`: a token that is made of two words."""

    kind = "basic"
    keys: tuple[str, ...] = ()

    def parse(self, source: Table) -> object:
        """Return nothing: there is nothing to set."""
        return None

    def check(self, job: Job) -> Verification:
        """Return the verdict: the header holds what the secret comes to, or not."""
        secrets = tuple([_token(secret, job.facts) for secret in job.secrets])
        scope = _with_usual_word(job.scope, job.recipe)
        return check_recipe(replace(job, recipe=_as_token(job.recipe), secrets=secrets, scope=scope))

    def sign(self, job: SignJob) -> Request:
        """Return the request with the header."""
        return sign_recipe(replace(job, recipe=_as_token(job.recipe), secret=_token(job.secret, job.facts)))

    def signed_bytes(self, job: Job) -> bytes | None:
        """Return None: a password signs nothing."""
        return None


def _as_token(recipe: Recipe) -> Recipe:
    return replace(recipe, kind="token", prefix=b"Basic ", covers=Covers.NONE)


def _token(secret: Secret, facts: Mapping[str, str]) -> Secret:
    """Return the secret as the header writes it; a colon in it parts the user from the password."""
    text, user = secret.value, facts.get("username", "").strip()
    if user and not text.startswith(f"{user}:"):
        text = f"{user}:{text}"
    return replace(secret, value=base64.b64encode(to_bytes(text)).decode() if text else "")


def _with_usual_word(scope: Scope, recipe: Recipe) -> Scope:
    """Return a scope in which the scheme's name is written `Basic`: RFC 7235 lets it be in any case."""
    names = {place.lower for place in recipe.signature if place.kind == "header"}
    request = scope.request
    headers = tuple(
        (name, _WORD.sub(b"Basic ", value, count=1) if name.lower() in names and _WORD.match(value) else value)
        for name, value in request.headers
    )
    if headers == request.headers:
        return scope
    return Scope(replace(request, headers=headers), scope.payload, lambda: scope.url, scope.facts)
