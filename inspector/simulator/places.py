"""A general event given the fields in which a provider's signature lies, so that it can be signed as theirs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from inspector.domain.secret import Secret
from inspector.payload.selector import parse_selector
from inspector.signatures.place import Place
from inspector.signatures.recipe import Recipe
from inspector.signatures.signer import can_sign
from inspector.simulator.samples import Sample

GENERAL = "general"
"""The folder of samples that stand for events of providers that have none of their own."""

PLAIN_KINDS = frozenset({"hmac", "token"})
"""Schemes that say all they need by their places; the others have code that makes what is missing."""


def fitted(sample: Sample, recipes: Sequence[Recipe], secret: Secret | None) -> Sample:
    """Return a sample whose JSON body has the fields that the scheme which will sign it keeps in the body.

    Only general samples are changed: a provider's own have what the provider sends. Fields that are there stay.
    """
    if sample.provider != GENERAL or not recipes or secret is None or not sample.body_template.lstrip().startswith("{"):
        return sample
    # A scheme with code and a condition does not apply: what it looks for is not in a general event.
    possible = [recipe for recipe in recipes if recipe.kind in PLAIN_KINDS or not recipe.when]
    recipe = next((recipe for recipe in possible if can_sign(recipe, secret)), recipes[0])
    if recipe.kind not in PLAIN_KINDS:
        return sample
    missing: dict[str, Any] = {}
    for place in recipe.places:
        steps = parse_selector(place.path) if place.kind == "json" else ()
        if steps and isinstance(steps[0], str) and f'"{steps[0]}":' not in sample.body_template:
            _put(missing, steps, _value(recipe, place))
    if not missing:
        return sample
    body = sample.body_template.rstrip().removesuffix("}").rstrip()
    members = "".join(f",\n  {json.dumps(name)}: {json.dumps(value)}" for name, value in missing.items())
    return replace(sample, body_template=f"{body}{members}\n}}\n")


def _value(recipe: Recipe, place: Place) -> str | int:
    """Return what stands in a field until it is signed: nothing where the signature goes, 0 for a time."""
    if place in recipe.signature:
        return ""
    if recipe.time is not None and place == recipe.time.place:
        return 0
    return "{{event_id}}"


def _put(target: Any, steps: Sequence[object], value: str | int) -> None:
    """Put a value at a path, making the objects and lists on its way; a list has one item."""
    for step, following in zip(steps, [*steps[1:], None], strict=True):
        inner: Any = value if following is None else {} if isinstance(following, str) else []
        if isinstance(target, list):
            if not target:
                target.append(inner)
            target = target[0]
        else:
            target = target.setdefault(step, inner)
