"""Every scheme of every provider that a recipe describes: it signs, checks, explains and rejects."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.domain.verification import Covers, Verdict, Verification
from inspector.payload.body import FORM, Payload
from inspector.payload.selector import parse_selector
from inspector.providers.catalogue import load_catalogue
from inspector.resources import resource_path
from inspector.signatures.engine import sign, signed_bytes, verify
from inspector.signatures.place import Place, Scope
from inspector.signatures.put import put_value
from inspector.signatures.recipe import Recipe
from tests.builders import NOON, a_request, headers_of
from tests.key_pairs import RSA_KINDS, Keys, is_ours, keys_for, other_rsa_pair

URL = "https://hooks.example/in/abc"
RECIPES = [
    pytest.param(recipe, id=f"{profile.id}-{number}")
    for profile in load_catalogue([resource_path("providers")])
    for number, recipe in enumerate(profile.recipes, 1)
    if is_ours(recipe)
]
each_recipe = pytest.mark.parametrize("recipe", RECIPES)


def put_json(value: Any, steps: tuple[str | int, ...], leaf: str) -> Any:
    """Return `value` with a text at the end of some steps, objects and lists made on the way."""
    if not steps:
        return leaf
    if isinstance(steps[0], int):
        held = list(value) if isinstance(value, list) else []
        held += [{}] * (steps[0] + 1 - len(held))
        held[steps[0]] = put_json(held[steps[0]], steps[1:], leaf)
        return held
    held_object = dict(value) if isinstance(value, dict) else {}
    return held_object | {steps[0]: put_json(held_object.get(steps[0]), steps[1:], leaf)}


def leaves_for(recipe: Recipe) -> dict[Place, str]:
    """Return a text for each place that is read, those of conditions first and as they ask."""
    leaves: dict[Place, str] = {}
    for condition in (*recipe.when, *recipe.require):
        wanted = condition.wanted
        if not wanted.negated and wanted.exists is not False:
            leaves[condition.place] = min(wanted.exact, default=next(iter(wanted.prefixes), "x"))
    absent = {condition.place for condition in recipe.when if condition.wanted.exists is False}
    if recipe.kind not in RSA_KINDS:
        leaves |= {place: "MTIzNDU2Nzg5" for place in recipe.places if place not in leaves and place not in absent}
    leaves |= {place: "MTIzNDU2Nzg5" for place in recipe.signature if place.kind != "header"}
    if recipe.keys_url is not None:
        leaves |= dict.fromkeys(recipe.keys_url.places, "/prod/keys/a.pem")
    return leaves


def request_for(recipe: Recipe) -> Request:
    """Return a request that has every field of the body the recipe reads, and meets its conditions."""
    body: Any = {"text": "Grüße"}
    inner: dict[str, Any] = {}
    leaves = leaves_for(recipe)
    for place, leaf in leaves.items():
        if place.kind == "json":
            body = put_json(body, parse_selector(place.path), leaf)
        elif place.kind == "formjson":
            inner[place.name] = put_json(inner.get(place.name), parse_selector(place.path), leaf)
    reads_form = any(form.atoms & {"form.sorted", "form.php", "form", "formjson"} for form in recipe.signed)
    is_form = reads_form or any(place.kind in ("form", "formjson") for place in leaves)
    lines = headers_of([("Content-Type", FORM)] if is_form else [])
    sent = a_request(b"a=1&b=2" if is_form else json.dumps(body, ensure_ascii=False).encode(), headers=lines)
    for name, held in inner.items():
        sent = put_value(sent, Place("form", name), json.dumps(held).encode())
    for place, leaf in leaves.items():
        if place.kind in ("form", "query") or (place.kind == "header" and place not in recipe.signature):
            sent = put_value(sent, place, leaf.encode())
    return sent


def check(sent: Request, recipe: Recipe, secrets: tuple[Secret, ...], keys: Keys) -> Verification:
    payload = Payload(sent)
    return verify(sent, payload, (recipe,), secrets, scheme="x", url=URL, now=NOON, facts=keys.facts)


def signed(recipe: Recipe, keys: Keys) -> Request:
    made = sign(request_for(recipe), (recipe,), keys.private, url=URL, now=NOON, facts=keys.facts)
    scope = Scope(made, Payload(made), URL, keys.facts)
    assert all(condition.holds(scope) for condition in recipe.when)
    return made


@each_recipe
def test_what_we_sign_is_valid_and_explained(recipe: Recipe) -> None:
    keys = keys_for(recipe)
    made = signed(recipe, keys)
    found = check(made, recipe, keys.public, keys)
    assert found.verdict is Verdict.VALID, found
    assert len(found.steps) > 1
    assert found.summary.endswith(".")
    text = signed_bytes(made, Payload(made), recipe, url=URL, secret=keys.public[0], facts=keys.facts)
    assert (text is None) is (recipe.kind == "token")


@each_recipe
def test_signed_again_it_is_still_valid(recipe: Recipe) -> None:
    keys = keys_for(recipe)
    again = sign(signed(recipe, keys), (recipe,), keys.private, url=URL, now=NOON, facts=keys.facts)
    assert check(again, recipe, keys.public, keys).verdict is Verdict.VALID


@each_recipe
def test_another_secret_does_not_fit(recipe: Recipe) -> None:
    keys = keys_for(recipe)
    other = "b3RoZXItc2VjcmV0LW90aGVyLXNlY3JldA=="
    if recipe.kind == "rsa" or recipe.kind in ("paypal", "aws-sns"):
        other = other_rsa_pair()[1]
    elif recipe.is_public:
        other = keys_for(recipe).public[0].value
    elif recipe.key == "hex":
        other = "0000"
    other = f"key1:{other}" if recipe.splits_secret else other
    found = check(signed(recipe, keys), recipe, (Secret(other),), keys)
    assert found.verdict is Verdict.INVALID
    assert found.summary


@each_recipe
def test_without_a_secret_it_cannot_be_checked(recipe: Recipe) -> None:
    keys = keys_for(recipe)
    found = check(signed(recipe, keys), recipe, (), keys)
    assert found.verdict is Verdict.NO_SECRET
    assert found.title.startswith("Cannot check")


@each_recipe
def test_without_its_signature_it_is_unsigned(recipe: Recipe) -> None:
    keys = keys_for(recipe)
    made = signed(recipe, keys)
    if any(place.kind != "header" for place in recipe.signature):
        made = a_request(b"[]", target="/in/abc")
    names = {place.lower for place in recipe.signature}
    bare = replace(made, headers=tuple(line for line in made.headers if line[0].lower() not in names))
    assert check(bare, recipe, keys.public, keys).verdict is Verdict.UNSIGNED


@each_recipe
def test_a_changed_body_is_noticed_where_the_scheme_covers_it(recipe: Recipe) -> None:
    keys = keys_for(recipe)
    made = signed(recipe, keys)
    found = check(made, recipe, keys.public, keys)
    # The text alone: a signature in the body may have the same two letters by chance.
    changed = replace(made, body=re.sub(rb"Gr(?=\xc3|\\u|%C3)", b"gr", made.body).replace(b"a=1", b"a=2"))
    assert changed.body != made.body
    part = recipe.signed and recipe.signed[0].atoms <= {"form", "formjson"}  # Braintree puts all there is in one field
    expected = Verdict.INVALID if found.covers is Covers.BODY and not part else Verdict.VALID
    assert check(changed, recipe, keys.public, keys).verdict is expected


@each_recipe
def test_an_empty_or_garbled_signature_is_invalid(recipe: Recipe) -> None:
    keys = keys_for(recipe)
    made = signed(recipe, keys)
    for place in recipe.signature:
        if place.kind == "header" and made.header_values(place.name):
            for value in (b"", b"garbage", b"=", b",", b"v1=", b"\xff\xfe", b"0" * 64):
                broken = put_value(made, place, value)
                assert check(broken, recipe, keys.public, keys).verdict is Verdict.INVALID
