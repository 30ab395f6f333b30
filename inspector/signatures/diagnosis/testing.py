"""Whether a variation fits: a digest computed and looked up among those sent, or the engine asked again."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol

from inspector.domain.secret import Secret
from inspector.domain.verification import Verdict
from inspector.payload.body import Payload
from inspector.signatures.address import signed_url
from inspector.signatures.check import take_secret
from inspector.signatures.diagnosis.case import KnownSecret
from inspector.signatures.diagnosis.cause import Cause
from inspector.signatures.diagnosis.ground import Ground
from inspector.signatures.diagnosis.variant import Variant
from inspector.signatures.diagnosis.written import Written
from inspector.signatures.encodings import ALGORITHMS, encode_digest
from inspector.signatures.found import carried, decode_all
from inspector.signatures.place import Place, Scope
from inspector.signatures.scheme import ANNOUNCED, Recipe
from inspector.signatures.template import MissingPart, Template, compile_template

AS_STORED = Variant(Cause.UNKNOWN)
"""Nothing varied."""

Keyed = Any  # hmac.HMAC, whose type the standard library does not let be named


@dataclass(frozen=True, slots=True)
class Fit:
    """A variation that fits. `secret` made the signature, `origin` is the stored one it came from, None for a guess.

    `written` is the digest as sent, `strange` tells that the scheme as stored would not read it. `bound` is False
    where the signature fits but a further value of the scheme (a body hash that is signed) does not.
    """

    variant: Variant
    secret: Secret
    origin: KnownSecret | None
    recipe: Recipe
    written: Written | None = None
    place: Place | None = None
    signed: bytes | None = None
    words: str = ""
    strange: bool = False
    bound: bool = True


class Tester(Protocol):
    """Answers one question, many times."""

    def fit(self, variant: Variant) -> Fit | None:
        """Return how a variation fits, None where it does not."""

    def bound(self, fit: Fit) -> bool:
        """Whether nothing else is in the way of a valid verdict but the time."""


class DigestTester:
    """For schemes whose signature is a digest of a text and a key: one digest for each pair, in whatever writing."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.expected_alg = announced_alg(ground)
        self._received = ground.digests
        self._plain: dict[bytes, tuple[Place | None, Written]] = {
            digest: (None, written) for digest, written in ground.digests.items()
        }
        self._algs = tuple(dict.fromkeys(written.alg for written in self._received.values()))
        other = {written.alg for _place, written in ground.other_digests.values()}
        self._all_algs = tuple(dict.fromkeys((*self._algs, *other)))
        self._readable = self._read_by_scheme()
        self._keys: dict[tuple[str, str], tuple[bytes, bytes] | None] = {}
        self._states: dict[tuple[bytes, str], Keyed] = {}
        self._last: tuple[tuple[object, ...], bytes | None] = ((), None)
        self._templates: dict[str, Template] = {}

    def fit(self, variant: Variant) -> Fit | None:
        """Return how a variation fits, None where it does not."""
        received, algs = self._plain, self._algs
        if variant.place is not None:
            received, algs = dict(self.ground.other_digests), self._all_algs
        if not received:
            return None
        for secret, origin in self._secrets(variant):
            taken = self._take(secret, variant.key)
            if taken is None:
                continue
            for template in self._templates_of(variant):
                text = self._text(template, variant, taken)
                if text is None:
                    continue
                for alg in algs:
                    digest = self._digest(template, taken[0], alg, text)
                    found = received.get(digest)
                    if found is not None and (variant.place is None or found[0] == variant.place):
                        return self._made(variant, secret, origin, template, text, found)
        return None

    def _made(
        self,
        variant: Variant,
        secret: Secret,
        origin: KnownSecret | None,
        template: Template,
        text: bytes,
        found: tuple[Place | None, Written],
    ) -> Fit:
        place, written = found
        strange = (written.digest, written.alg) not in self._readable or template not in self.ground.recipe.signed
        fit = Fit(
            variant, secret, origin, self.ground.recipe, written, place, text, template.words, strange or bool(place)
        )
        return replace(fit, bound=self.bound(fit))

    def bound(self, fit: Fit) -> bool:
        """Whether the further values the scheme asks for are as they must be."""
        recipe = self.ground.recipe
        scope = self._scope(fit.variant)
        take_secret(recipe, scope, fit.secret)
        if not all(condition.holds(scope) for condition in recipe.require):
            return False
        if any(place.values(scope)[:1] != [scope.extra] for place in recipe.require_extra):
            return False
        if any(place.values(scope)[:1] != fact.values(scope)[:1] for place, fact in recipe.require_facts):
            return False
        for place, template in recipe.also:
            try:
                if place.values(scope)[:1] != [template.render(scope)]:
                    return False
            except MissingPart:
                return False
        return True

    def expected(self, secret: Secret) -> tuple[bytes, bytes] | None:
        """Return the signature a secret gives by the scheme as stored: as it is written, and the digest alone."""
        recipe = self.ground.recipe
        taken = self._take(secret, "")
        alg = self.expected_alg
        if taken is None or not alg:
            return None
        text = self._text(recipe.signed[0], AS_STORED, taken)
        if text is None:
            return None
        digest = self._digest(recipe.signed[0], taken[0], alg, text)
        written = encode_digest(digest, recipe.encoding)
        return recipe.prefix + written, written

    def _secrets(self, variant: Variant) -> list[tuple[Secret, KnownSecret | None]]:
        if variant.secret is not None:
            return [(variant.secret, variant.origin)]
        return [(known.secret, known) for known in self.ground.case.accepted if known.secret.value]

    def _templates_of(self, variant: Variant) -> tuple[Template, ...]:
        if not variant.signed:
            return self.ground.recipe.signed
        if variant.signed not in self._templates:
            try:
                self._templates[variant.signed] = compile_template(variant.signed)
            except ValueError:
                return ()
        return (self._templates[variant.signed],)

    def _scope(self, variant: Variant) -> Scope:
        case = self.ground.case
        request = variant.request or case.request
        payload = self.ground.payload if variant.request is None else Payload(request)
        url = signed_url(case.url if variant.url is None else variant.url, request)
        scope = Scope(request, payload, url, case.facts)
        scope.fields = self.ground.fields
        return scope

    def _take(self, secret: Secret, form: str) -> tuple[bytes, bytes] | None:
        """Return key and key name a secret comes to, None where it does not have the form."""
        name = (secret.value, form)
        if name not in self._keys:
            recipe = self.ground.recipe
            scope = Scope(self.ground.case.request, self.ground.payload, "", self.ground.case.facts)
            key = take_secret(replace(recipe, key=form) if form else recipe, scope, secret)
            self._keys[name] = None if key is None else (key, scope.extra)
        return self._keys[name]

    def _text(self, template: Template, variant: Variant, taken: tuple[bytes, bytes]) -> bytes | None:
        """Return the signed text; the last one is kept, because many keys are tried on one text."""
        if template.is_body:
            return (variant.request or self.ground.case.request).body
        keyed = "secret" in template.atoms or "extra" in template.atoms
        name = (template.text, variant.request, variant.url, taken if keyed else None)
        if self._last[0] == name:
            return self._last[1]
        scope = self._scope(variant)
        scope.secret, scope.extra = taken
        try:
            text: bytes | None = template.render(scope)
        except MissingPart:
            text = None
        self._last = (name, text)
        return text

    def _digest(self, template: Template, key: bytes, alg: str, text: bytes) -> bytes:
        if "secret" in template.atoms:
            return hashlib.new(alg, text, usedforsecurity=False).digest()
        state = self._states.get((key, alg))
        if state is None:
            state = self._states[(key, alg)] = hmac.new(key, b"", alg)
        made = state.copy()
        made.update(text)
        return bytes(made.digest())

    def _read_by_scheme(self) -> set[tuple[bytes, str]]:
        """Return the digests the scheme as stored would read, with its hash."""
        alg = self.expected_alg
        if not alg:
            return set()
        sent = carried(self.ground.recipe, self.ground.scope())
        if self.ground.recipe.field_extra:
            return {(digest, written.alg) for digest, written in self._received.items()}
        decode_all(self.ground.recipe, sent, ALGORITHMS[alg])
        return {(digest, alg) for carrier in sent for digest in carrier.digests}


class EngineTester:
    """For all other schemes: the engine checks the varied request."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    def fit(self, variant: Variant) -> Fit | None:
        """Return how a variation fits, None where it does not."""
        case = self.ground.case
        recipe = self.varied(variant)
        if recipe is None:
            return None
        secrets: Mapping[str, KnownSecret | None] = (
            {variant.secret.value: variant.origin}
            if variant.secret is not None
            else {known.secret.value: known for known in case.accepted}
        )
        values = (variant.secret,) if variant.secret is not None else tuple(known.secret for known in case.accepted)
        for secret in values or (Secret(""),):
            found = case.check(request=variant.request, recipes=(recipe,), secrets=(secret,), url=variant.url)
            if found.verdict in (Verdict.VALID, Verdict.STALE):
                strange = recipe is not self.ground.recipe
                return Fit(variant, secret, secrets.get(secret.value), recipe, place=variant.place, strange=strange)
        return None

    def bound(self, fit: Fit) -> bool:
        """The engine's verdict has weighed everything already."""
        return True

    def varied(self, variant: Variant) -> Recipe | None:
        """Return the scheme with a variation's changes, None where they make no sense for it."""
        recipe = self.ground.recipe
        changes: dict[str, Any] = {}
        for name, value in variant.changes:
            changes[name] = value.encode() if name == "prefix" and isinstance(value, str) else value
        if variant.key:
            changes["key"] = variant.key
        if variant.signed:
            if not recipe.signed:
                return None
            try:
                changes["signed"] = (compile_template(variant.signed),)
            except ValueError:
                return None
        if variant.place is not None:
            changes["signature"] = (variant.place,)
        return replace(recipe, **changes) if changes else recipe


def announced_alg(ground: Ground) -> str:
    """Return the hash the scheme asks for here: its own, or the listed one the request announces; "" for none."""
    recipe = ground.recipe
    if recipe.alg != ANNOUNCED:
        return recipe.alg
    allowed = {name.lower(): alg for name, alg in recipe.algs}
    values = recipe.alg_place.values(ground.scope()) if recipe.alg_place else []
    if not values:
        return recipe.algs[0][1]
    name = values[0].decode("utf-8", "backslashreplace").strip()
    if recipe.alg_field:
        items = dict(item.strip().partition("=")[::2] for item in name.split(","))
        name = items.get(recipe.alg_field, "") or recipe.algs[0][0]
    return allowed.get(name.lower(), "")
