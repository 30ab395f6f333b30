"""Hook0's signature, which Coinbase Developer Platform uses too: version 1 also binds headers that it names.

    X-Hook0-Signature: t=1765443663,h=content-type x-event-id,v1=85da…

Version 0 is made over `{t}.{body}`; version 1 over `{t}.{h}.{values of those headers, joined by dots}.{body}`
(hook0-client, signature.rs; docs.cdp.coinbase.com/webhooks/verify-signatures). Where both are sent, version 1 counts.
"""

from __future__ import annotations

import re
from dataclasses import replace

from inspector.domain.request import Request
from inspector.domain.verification import Verification
from inspector.signatures.check import check_recipe, recipe_bytes
from inspector.signatures.place import Scope
from inspector.signatures.scheme import Job, Recipe, SignJob
from inspector.signatures.signer import sign_recipe
from inspector.signatures.table import Table
from inspector.signatures.template import compile_template

_VERSION_1 = re.compile(rb"(?:^|,)\s*v1=")
_NAMES = re.compile(rb"(?:^|,)\s*h=([^,]*)")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")
_MOST_NAMES = 64

_PLAIN = compile_template("{field:t}.{body}")


class Hook0Scheme:
    """The kind `hook0`."""

    kind = "hook0"
    keys: tuple[str, ...] = ()

    def parse(self, source: Table) -> object:
        """Return nothing: there is nothing to set."""
        return None

    def check(self, job: Job) -> Verification:
        """Return the verdict on the version that was sent."""
        return check_recipe(replace(job, recipe=_recipe_for(job.recipe, job.scope)))

    def sign(self, job: SignJob) -> Request:
        """Return the request signed as version 0 does, which binds no headers."""
        return sign_recipe(replace(job, recipe=_version(job.recipe, b"v0", None)))

    def signed_bytes(self, job: Job) -> bytes | None:
        """Return the text that the version sent is made over."""
        return recipe_bytes(replace(job, recipe=_recipe_for(job.recipe, job.scope)))


def _recipe_for(recipe: Recipe, scope: Scope) -> Recipe:
    """Return the recipe of the version in the header; the names of bound headers are the header's own."""
    raw = next((value for place in recipe.signature for value in place.values(scope)), b"")
    if not _VERSION_1.search(raw):
        return _version(recipe, b"v0", None)
    match = _NAMES.search(raw)
    return _version(recipe, b"v1", match[1].decode("ascii", "replace").split() if match else [])


def _version(recipe: Recipe, field: bytes, names: list[str] | None) -> Recipe:
    signed = _PLAIN
    if names is not None:
        # A header that was not sent counts as empty; so does a name that cannot be one.
        kept = [name if _NAME.match(name) else "-" for name in names[:_MOST_NAMES]]
        values = ".".join([f"{{header:{name}?}}" for name in kept])
        signed = compile_template(f"{{field:t}}.{{field:h?}}.{values}.{{body}}")
    return replace(recipe, kind="hmac", signed=(signed,), items=",", pair="=", field=field)
