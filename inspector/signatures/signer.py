"""Signs a request the way its provider would: the inverse of the check, for replays and test events.

Headers keep their order and case: what is there is replaced in place, what is missing is appended.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from typing import TYPE_CHECKING

from inspector.domain.errors import UsageError
from inspector.domain.request import Request, header_values
from inspector.domain.secret import Secret
from inspector.payload.body import Payload
from inspector.signatures.address import signed_url
from inspector.signatures.asymmetric import make_signature
from inspector.signatures.encodings import KEY_FORMS, encode_digest, key_bytes
from inspector.signatures.keys import read_private_key
from inspector.signatures.place import Place, Scope, to_bytes
from inspector.signatures.put import put_value
from inspector.signatures.scheme import ANNOUNCED, KINDS, Recipe, SignJob
from inspector.signatures.stamp import write_stamp
from inspector.signatures.template import MissingPart

if TYPE_CHECKING:
    from inspector.signatures.keys import Private


def sign_recipe(job: SignJob) -> Request:
    """Return the request signed as a recipe without code of its own says. Raises UsageError where that cannot be."""
    return _Signer(job).run()


def can_sign(recipe: Recipe, secret: Secret) -> bool:
    """Whether a secret has the form this recipe signs with; a scheme with code finds out when it signs."""
    if recipe.is_public:
        return _private(secret, recipe) is not None
    return recipe.kind not in KINDS or key_bytes(secret.value, recipe.key) is not None


class _Signer:
    """One request on its way to being signed; `request` is replaced step by step."""

    def __init__(self, job: SignJob) -> None:
        self.recipe = job.recipe
        self.request = job.request
        self.url = job.url
        self.now = job.now
        self.facts = job.facts
        self.extra = ""
        self.key = b""
        self.private: Private | None = None
        self.alg = job.recipe.alg
        if self.recipe.is_public:
            self.private = private_key(job)
        else:
            self._take(job.secret.value)

    def _take(self, value: str) -> None:
        """Take the secret apart into the key and, where the scheme asks for it, the key's name."""
        recipe = self.recipe
        if recipe.splits_secret:
            name, colon, rest = value.partition(":")
            known = self.facts.get("key_id", "").strip()
            if not colon and not known:
                raise UsageError("This secret has no key name.", todo="Write it as name:secret.")
            if not known or name == known:
                value = rest
            self.extra = known or name
        key = key_bytes(value, recipe.key)
        if key is None:
            raise UsageError(
                "This secret cannot be used to sign.",
                f"It must be {KEY_FORMS[recipe.key]}.",
                "Copy it from the provider again.",
            )
        self.key = key

    def run(self) -> Request:
        self._make_values()
        for place, template in self.recipe.also:
            self._put(place, template.render(self._scope()))
        place = self._signature_place()
        fields = self._fields(place)
        try:
            written = self._written(fields)
        except MissingPart as absent:
            raise UsageError(
                "This request cannot be signed.", f"{absent.place.words} is missing.", "Add it to the request."
            ) from None
        self._put(place, self._join(place, fields, written))
        self._drop_others(place)
        return self.request

    def _scope(self) -> Scope:
        scope = Scope(self.request, Payload(self.request), signed_url(self.url, self.request), self.facts)
        scope.secret = self.key
        scope.extra = to_bytes(self.extra)
        return scope

    def _make_values(self) -> None:
        """Renew the timestamp; make the required and the signed headers that are missing."""
        recipe = self.recipe
        if recipe.time and recipe.time.place.kind != "field":
            self._put(recipe.time.place, write_stamp(self.now, recipe.time.unit).encode())
        for condition in recipe.require:
            if not condition.holds(self._scope()) and condition.wanted.exact:
                self._put(condition.place, to_bytes(min(condition.wanted.exact)))
        for place in recipe.require_extra:
            self._put(place, to_bytes(self.extra))
        for place, fact in recipe.require_facts:
            for told in fact.values(self._scope()):
                self._put(place, told)
        if recipe.alg == ANNOUNCED:
            self._announce()
        for template in recipe.signed[:1]:
            for place in template.places:
                if place.kind == "header" and not place.values(self._scope()):
                    self._put(place, self._made_up(place.name))

    def _announce(self) -> None:
        """Keep the announced algorithm where it is allowed; announce the first where another is announced."""
        recipe = self.recipe
        place, allowed = recipe.alg_place, {name.lower(): alg for name, alg in recipe.algs}
        self.alg = recipe.algs[0][1]
        assert place is not None
        said = b"".join(place.values(self._scope())[:1]).decode("utf-8", "replace").strip()
        items = dict(item.strip().partition("=")[::2] for item in said.split(","))
        name = items.get(recipe.alg_field, "") if recipe.alg_field else said
        if name.lower() in allowed:
            self.alg = allowed[name.lower()]
        elif name:
            first = recipe.algs[0][0]
            self._put(place, to_bytes(f"{recipe.alg_field}={first}" if recipe.alg_field else first))

    def _made_up(self, name: str) -> bytes:
        """Return a value for a missing header: a timestamp where its name says so, else an id made from the request."""
        if any(word in name.lower() for word in ("time", "date")):
            return write_stamp(self.now, "s").encode()
        seed = self.request.body + self.now.isoformat().encode() + name.encode()
        mark = hashlib.blake2b(seed, digest_size=18).digest()
        return b"msg_" + base64.urlsafe_b64encode(mark).replace(b"-", b"a").replace(b"_", b"b")

    def _signature_place(self) -> Place:
        scope = self._scope()
        return next((place for place in self.recipe.signature if place.values(scope)), self.recipe.signature[0])

    def _fields(self, place: Place) -> dict[bytes, bytes]:
        """Return the items to write beside the signature: those that were there, with the timestamp renewed."""
        recipe = self.recipe
        fields: dict[bytes, bytes] = {}
        if not recipe.pair:
            return fields
        raw = b"".join(place.values(self._scope())[:1])
        for item in raw.split(recipe.items.encode()) if recipe.items else [raw]:
            name, found, value = item.strip().partition(recipe.pair.encode())
            if found:
                fields.setdefault(name.strip(), value.strip())
        for needed in (needed for needed in recipe.places if needed.kind == "field"):
            if recipe.time and needed == recipe.time.place:
                fields[needed.lower] = write_stamp(self.now, recipe.time.unit).encode()
            elif needed.lower not in fields:
                fields[needed.lower] = self._made_up(needed.name)
        return fields

    def _written(self, fields: dict[bytes, bytes]) -> bytes:
        if self.recipe.kind == "token":
            return self.recipe.prefix + self.key
        scope = self._scope()
        scope.fields = fields
        text = self.recipe.signed[0].render(scope)
        if self.private is not None:
            made = make_signature(self.private, self.recipe, self.alg, text)
            return self.recipe.prefix + encode_digest(made, self.recipe.encoding)
        keyed = self.recipe.kind == "hmac"
        made = hmac.new(self.key, text, self.alg).digest() if keyed else hashlib.new(self.alg, text).digest()
        return self.recipe.prefix + encode_digest(made, self.recipe.encoding)

    def _join(self, place: Place, fields: dict[bytes, bytes], written: bytes) -> bytes:
        recipe = self.recipe
        if not recipe.pair:
            return written
        wanted = to_bytes(self.extra) if recipe.field_extra else recipe.field
        kept = {needed.lower for needed in recipe.places if needed.kind == "field"} | {wanted}
        fields.pop(wanted, None)
        ordered = [*((name, value) for name, value in fields.items() if name in kept), (wanted, written)]
        return recipe.items.encode().join(name + recipe.pair.encode() + value for name, value in ordered)

    def _put(self, place: Place, value: bytes) -> None:
        self.request = put_value(self.request, place, value)

    def _drop_others(self, kept: Place) -> None:
        """Take away signatures in further headers, which the new body or time would make wrong."""
        others = {place.lower for place in self.recipe.signature if place.kind == "header" and place != kept}
        if any(header_values(self.request.headers, place.name) for place in self.recipe.signature if place != kept):
            headers = tuple((name, value) for name, value in self.request.headers if name.lower() not in others)
            self.request = replace(self.request, headers=headers)


def private_key(job: SignJob) -> Private:
    """Return the private key a public-key recipe signs with. Raises UsageError where the secret is none."""
    private = _private(job.secret, job.recipe)
    if private is None:
        raise UsageError(
            "This key cannot be used to sign.",
            "A public key only checks; signing needs the private key that belongs to it.",
            "Make a pair of keys for test events.",
        )
    return private


def _private(secret: Secret, recipe: Recipe) -> Private | None:
    """Return the private key of the recipe's kind, None where the secret is none."""
    key = read_private_key(secret.value)
    return key.value if key is not None and key.kind == recipe.kind else None
