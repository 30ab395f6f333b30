"""The request as the trials see it: the scheme that applies, what was sent as a signature, and what else was sent."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property

from inspector.payload.body import Payload
from inspector.signatures.address import signed_url
from inspector.signatures.diagnosis.case import Case
from inspector.signatures.diagnosis.written import Written, read_digests
from inspector.signatures.found import carried
from inspector.signatures.place import Place, Scope
from inspector.signatures.scheme import Recipe

DIGEST_KINDS = ("hmac", "hash")

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,60}\Z")
_ITEM = re.compile(rb"([A-Za-z][A-Za-z0-9_-]{0,20})=([^,;&\s]+)")


class Ground:
    """Everything trials look at; nothing here is changed by them."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.payload = Payload(case.request)
        self.recipe = self._fitting()

    def _fitting(self) -> Recipe:
        """Return the scheme the engine would judge by; of several the one whose signature was sent."""
        scope = self.scope()
        recipes = self.case.recipes
        fitting = [recipe for recipe in recipes if all(condition.holds(scope) for condition in recipe.when)]
        usable = fitting or list(recipes[:1])
        sent = (recipe for recipe in usable if any(place.values(scope) for place in recipe.signature))
        return next(sent, usable[0])

    def scope(self) -> Scope:
        """Return a fresh scope on the request as received."""
        return Scope(self.case.request, self.payload, signed_url(self.case.url, self.case.request))

    @property
    def is_digest(self) -> bool:
        """Whether a signature is a digest that can be computed from key and text alone."""
        return self.recipe.kind in DIGEST_KINDS

    @cached_property
    def raws(self) -> tuple[bytes, ...]:
        """The values at the signature's places, as sent."""
        scope = self.scope()
        return tuple(value for place in self.recipe.signature for value in place.values(scope))

    @cached_property
    def digests(self) -> dict[bytes, Written]:
        """Every digest in the signature's places, by its bytes."""
        texts = list(self.raws)
        for item in carried(self.recipe, self.scope()):
            texts += [*item.written, *item.fields.values()]  # split as no other scheme splits
        return {written.digest: written for text in reversed(texts) for written in reversed(read_digests(text))}

    @cached_property
    def fields(self) -> Mapping[bytes, bytes]:
        """The items beside the signature: as the scheme splits its header, and else as headers are usually split."""
        found = {name: value for raw in self.raws for name, value in reversed(_ITEM.findall(raw))}
        for item in carried(self.recipe, self.scope())[:1]:
            found.update(item.fields)
        return found

    @cached_property
    def headers(self) -> tuple[tuple[str, bytes], ...]:
        """Headers with an ordinary name, each name once."""
        found: dict[str, tuple[str, bytes]] = {}
        for name, value in self.case.request.headers:
            text = name.decode("latin-1")
            if _NAME.match(text):
                found.setdefault(text.lower(), (text, value))
        return tuple(found.values())

    @cached_property
    def other_digests(self) -> dict[bytes, tuple[Place, Written]]:
        """Digests in headers the scheme does not take its signature from."""
        own = {place.lower for place in self.recipe.signature if place.kind == "header"}
        found: dict[bytes, tuple[Place, Written]] = {}
        for name, value in self.headers:
            lower = name.lower().encode("latin-1")
            if lower in own or lower in _NEVER:
                continue
            for written in read_digests(value):
                found.setdefault(written.digest, (Place("header", name, "", lower), written))
        return found


_NEVER = frozenset({b"host", b"content-type", b"content-length", b"user-agent", b"accept", b"cookie", b"etag"})
