"""A request that each scheme can sign, made from what its recipe reads, with the keys to sign and to check it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Verification
from inspector.payload.body import Payload
from inspector.payload.selector import find, parse_selector
from inspector.providers.catalogue import load_catalogue
from inspector.providers.profile import Profile
from inspector.resources import resource_path
from inspector.signatures.asymmetric import new_key_pair
from inspector.signatures.condition import Condition
from inspector.signatures.engine import sign, verify
from inspector.signatures.place import Place
from inspector.signatures.scheme import KINDS, Recipe
from tests.key_pairs import Keys, keys_for, other_rsa_pair, rsa_pair

CATALOGUE = load_catalogue([resource_path("providers")])
NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
BASE = "https://hooks.example"
WITH_CODE = ("basic", "hook0", "contentful", "hmac-prepared")
"""Kinds with code that sign with a text; those that need certificates or tokens have tests of their own."""

_FORM = (b"Content-Type", b"application/x-www-form-urlencoded")
_JSON = (b"Content-Type", b"application/json")
_WRONG = {"hex": "0badc0de" * 8, "base64": "d3Jvbmctd3Jvbmctd3Jvbmc=", "whsec": "whsec_d3Jvbmctd3Jvbmctd3Jvbmc="}


@dataclass(frozen=True)
class Scheme:
    """One recipe of one provider, and the keys that belong to it."""

    profile: Profile
    number: int
    recipe: Recipe = field(repr=False)

    def __str__(self) -> str:
        return f"{self.profile.id} {self.number}" if len(self.profile.recipes) > 1 else self.profile.id

    @property
    def covers(self) -> Covers:
        """How much a valid signature protects; a password never protects anything."""
        return Covers.NONE if self.recipe.kind == "basic" else self.recipe.covers

    @property
    def keys(self) -> Keys:
        """The right keys."""
        return _keys(self.recipe, self.profile)

    @property
    def wrong_keys(self) -> tuple[Secret, ...]:
        """Keys of the right form that did not sign."""
        if self.recipe.is_public:
            return (Secret(_other_public(self.recipe)),)
        wrong = _WRONG.get(self.recipe.key, "wrong-wrong-wrong-wrong")
        return (Secret(f"key1:{wrong}" if self.recipe.splits_secret or self.recipe.kind == "basic" else wrong),)

    def signed(self) -> Request:
        """Return a request that this scheme signed."""
        return self._sign(_bare(self.recipe))

    def checked(self, request: Request, secrets: tuple[Secret, ...] | None = None, later_s: float = 0) -> Verification:
        """Check a request as an endpoint with this provider would."""
        return verify(
            request,
            Payload(request),
            self.profile.recipes,
            self.keys.public if secrets is None else secrets,
            scheme=self.profile.id,
            url=f"{BASE}{request.path}",
            now=NOW + timedelta(seconds=later_s),
            facts=self.keys.facts,
        )

    def without_signature(self, request: Request) -> Request | None:
        """Return the request without its signature, None where it lies in the body."""
        places = [place for recipe in self.profile.recipes for place in recipe.signature]
        if any(place.kind not in ("header", "query") for place in self.recipe.signature):
            return None
        names = {place.lower for place in places if place.kind == "header"}
        target = request.target if not any(place.kind == "query" for place in places) else request.path
        headers = tuple(line for line in request.headers if line[0].lower() not in names)
        return replace(request, headers=headers, target=target)

    def _sign(self, request: Request) -> Request:
        facts = self.keys.facts
        return sign(request, (self.recipe,), self.keys.private, url=f"{BASE}{request.path}", now=NOW, facts=facts)


def every_scheme() -> list[Scheme]:
    """Return every recipe of every provider that signs with a key made here and is checked without any document."""
    return [
        Scheme(profile, number, recipe)
        for profile in CATALOGUE
        for number, recipe in enumerate(profile.recipes, 1)
        if recipe.kind in (*KINDS, *WITH_CODE) and not (recipe.keys_url and recipe.keys_url.places)
    ]


def changed_bodies(body: bytes, most: int = 40) -> Iterator[bytes]:
    """Yield the body with one letter or digit changed, at up to `most` places."""
    places = [place for place, byte in enumerate(body) if chr(byte).isascii() and chr(byte).isalnum()]
    for place in places[:: max(1, len(places) // most)]:
        other = b"7" if body[place : place + 1] != b"7" else b"8"
        yield body[:place] + other + body[place + 1 :]


@cache
def _keys(recipe: Recipe, profile: Profile) -> Keys:
    keys = keys_for(recipe)
    facts = {item.key: "key1" for item in profile.fields if not item.optional} | dict(keys.facts)
    facts |= {
        condition.place.name: "key1"
        for condition in recipe.when
        if condition.place.kind == "fact" and condition.wanted.exists
    }
    return Keys(keys.private, keys.public, facts)


@cache
def _other_public(recipe: Recipe) -> str:
    if recipe.kind == "rsa":
        assert rsa_pair() != other_rsa_pair()
        return other_rsa_pair()[1]
    return new_key_pair(recipe)[1]


def _bare(recipe: Recipe) -> Request:
    """Return a request with everything the recipe reads and a signer does not make."""
    places = [*recipe.places, *(condition.place for condition in recipe.when if _positive(condition))]
    values = {(condition.place.kind, condition.place.name): _value(condition) for condition in recipe.when}
    headers: list[tuple[bytes, bytes]] = []
    for condition in (*recipe.when, *recipe.require):
        if condition.place.kind == "header" and _positive(condition) and condition.place not in recipe.signature:
            headers.append((condition.place.name.encode(), _value(condition).encode()))
    query = {place.name: values.get(("query", place.name), "q1") for place in places if place.kind == "query"}
    body, kind = _body(places, values, recipe)
    if not any(name.lower() == b"content-type" for name, _value in headers):
        headers.append(kind)
    target = f"/in/abc?{urlencode(query)}" if query else "/in/abc"
    return Request("POST", target, tuple(headers), body, NOW)


def _body(places: list[Place], values: dict[tuple[str, str], str], recipe: Recipe) -> tuple[bytes, tuple[bytes, bytes]]:
    """Return a body that has every field the recipe reads."""
    form = {place.name: values.get(("form", place.name), "f1") for place in places if place.kind == "form"}
    inner: dict[str, Any] = {}
    for place in places:
        if place.kind == "formjson":
            _put(inner.setdefault(place.name, {}), place.path, "v1")
    whole = any(template.atoms & {"form.sorted", "form.amp", "form.php"} for template in recipe.signed)
    if form or inner or whole:
        fields = form | {name: json.dumps(value) for name, value in inner.items()}
        beside = {"Body": "Zoë – 日本", "To": "+123"} if whole or recipe.covers is not Covers.BODY else {}
        return urlencode(fields | beside).encode(), _FORM
    document: Any = {"text": "Zoë – 日本", "number": 1.5}
    for place in places:
        if place.kind == "json" and not isinstance(find(document, place.path), dict | list):
            value = "aGVsbG8gd29ybGQ=" if "b64decode" in str([form.text for form in recipe.signed]) else "v1"
            document = _put(document, place.path, values.get(("json", place.name), value))
    return json.dumps(document, ensure_ascii=False).encode(), _JSON


def _put(document: Any, path: str, value: str) -> Any:
    """Put a value into a document, making the objects and lists on the way; returns the document."""
    steps = parse_selector(path)
    if steps and isinstance(steps[0], int) and isinstance(document, dict):
        document = [document]
    here = document
    for step, following in zip(steps, (*steps[1:], None), strict=True):
        new: Any = value if following is None else [] if isinstance(following, int) else {}
        if isinstance(here, list):
            if not here:
                here.append(new)
            elif following is None:
                here[0] = value
            here = here[0]
        elif following is None:
            here[step] = value
        else:
            here = here.setdefault(step, new)
    return document


def _positive(condition: Condition) -> bool:
    return condition.wanted.exists is not False and not condition.wanted.negated


def _value(condition: Condition) -> str:
    wanted = condition.wanted
    return next(iter((*sorted(wanted.exact), *wanted.prefixes)), "v1")
