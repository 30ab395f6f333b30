"""Signs a request the way its provider would: the inverse of the check, for replays and test events.

Headers keep their order and case: what is there is replaced in place, what is missing is appended.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote, quote_plus, unquote_plus

from inspector.domain.errors import UsageError
from inspector.domain.request import Request, header_values
from inspector.domain.secret import Secret
from inspector.payload.body import FORM, Payload
from inspector.signatures.address import signed_url
from inspector.signatures.encodings import KEY_FORMS, encode_digest, key_bytes
from inspector.signatures.json_text import set_text
from inspector.signatures.place import Place, Scope, to_bytes
from inspector.signatures.recipe import ANNOUNCED, Recipe
from inspector.signatures.stamp import write_stamp
from inspector.signatures.template import MissingPart


def sign(request: Request, recipes: tuple[Recipe, ...], secret: Secret, *, url: str, now: datetime) -> Request:
    """Return the request signed with `secret` as of `now`.

    The first scheme whose `when` holds is used. A timestamp is always renewed, other signed headers are made where
    they are missing; the query string or the body changes only where the scheme keeps its signature or the body's
    hash there. Raises UsageError where the request has no place for the signature or the secret has the wrong form.
    """
    if not recipes:
        raise UsageError("This endpoint does not sign.", todo="Choose a provider for it first.")
    scope = Scope(request, Payload(request), signed_url(url, request))
    fitting = [recipe for recipe in recipes if all(condition.holds(scope) for condition in recipe.when)]
    return _Signer(fitting[0] if fitting else recipes[0], request, secret, url, now).run()


class _Signer:
    """One request on its way to being signed; `request` is replaced step by step."""

    def __init__(self, recipe: Recipe, request: Request, secret: Secret, url: str, now: datetime) -> None:
        self.recipe = recipe
        self.request = request
        self.url = url
        self.now = now
        name, colon, value = secret.value.partition(":")
        if recipe.splits_secret and not colon:
            raise UsageError("This secret has no key name.", todo="Write it as name:secret.")
        self.extra = name if recipe.splits_secret else ""
        key = key_bytes(value if recipe.splits_secret else secret.value, recipe.key)
        if key is None:
            raise UsageError(
                "This secret cannot be used to sign.",
                f"It must be {KEY_FORMS[recipe.key]}.",
                "Copy it from the provider again.",
            )
        self.key = key
        self.alg = recipe.alg

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
        scope = Scope(self.request, Payload(self.request), signed_url(self.url, self.request))
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
        """Write a value to its place in the request."""
        if place.kind == "header":
            self._put_header(place, value)
        elif place.kind == "query":
            pairs = _replaced(self.request.query_string, place.name, quote(value, safe=""))
            self.request = replace(self.request, target=f"{self.request.path}?{pairs}")
        elif place.kind == "form" and (self.request.content_type == FORM or not self.request.body):
            text = self.request.body.decode("utf-8", "surrogateescape")
            self.request = replace(self.request, body=to_bytes(_replaced(text, place.name, quote_plus(value))))
        else:
            self._put_json(place, value)

    def _put_header(self, place: Place, value: bytes) -> None:
        headers: list[tuple[bytes, bytes]] = []
        done = False
        for name, held in self.request.headers:
            if name.lower() != place.lower:
                headers.append((name, held))
            elif not done:
                headers.append((name, value))
                done = True
        if not done:
            headers.append((place.name.encode("latin-1", "replace"), value))
        self.request = replace(self.request, headers=tuple(headers))

    def _put_json(self, place: Place, value: bytes) -> None:
        text = value.decode("utf-8", "replace")
        body = None
        if place.kind == "json":
            body = set_text(self.request.body, place.path, text, as_number=text.isdigit())
        elif place.kind == "formjson":
            held = Payload(self.request).field(place.name)
            inner = set_text(to_bytes(held), place.path, text, as_number=text.isdigit()) if held is not None else None
            if inner is not None:
                form = self.request.body.decode("utf-8", "surrogateescape")
                body = to_bytes(_replaced(form, place.name, quote_plus(inner)))
        if body is None:
            raise UsageError(
                "This request has no place for the signature.",
                f"This scheme keeps it in {place.words}, which the body does not have.",
                "Add the field to the body, with any value.",
            )
        self.request = replace(self.request, body=body)

    def _drop_others(self, kept: Place) -> None:
        """Take away signatures in further headers, which the new body or time would make wrong."""
        others = {place.lower for place in self.recipe.signature if place.kind == "header" and place != kept}
        if any(header_values(self.request.headers, place.name) for place in self.recipe.signature if place != kept):
            headers = tuple((name, value) for name, value in self.request.headers if name.lower() not in others)
            self.request = replace(self.request, headers=headers)


def _replaced(pairs: str, name: str, value: str) -> str:
    """Return an encoded query or form with the field `name` set, every other byte as it was."""
    parts = pairs.split("&") if pairs else []
    for index, part in enumerate(parts):
        if unquote_plus(part.partition("=")[0]) == name:
            parts[index] = f"{part.partition('=')[0]}={value}"
            return "&".join(parts)
    return "&".join([*parts, f"{name}={value}"])
