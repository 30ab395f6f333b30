"""What each scheme signs and checks with, made once: shared secrets, pairs of keys, and what else it asks for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

from inspector.domain.secret import Secret
from inspector.signatures.asymmetric import new_key_pair
from inspector.signatures.recipe import Recipe
from inspector.signatures.scheme import KINDS, PUBLIC_KEY_KINDS

SHARED = "c2VjcmV0LXNlY3JldC1zZWNyZXQt"

RSA_KINDS = ("aws-sns", "paypal")


class Keys(NamedTuple):
    """One key to sign with, those to check with, and the facts."""

    private: Secret
    public: tuple[Secret, ...]
    facts: Mapping[str, str]


def is_ours(recipe: Recipe) -> bool:
    """Whether `keys_for` knows what this recipe needs."""
    return recipe.kind in KINDS or recipe.kind in RSA_KINDS


@cache
def rsa_pair() -> tuple[str, str]:
    """Return a private and a public RSA key, the same ones each time: making them takes long."""
    return new_key_pair(Recipe("rsa", ()))


@cache
def other_rsa_pair() -> tuple[str, str]:
    """Return another pair."""
    return new_key_pair(Recipe("rsa", ()))


def keys_for(recipe: Recipe) -> Keys:
    """Return what signs and checks a recipe."""
    facts = {"webhook_id": "WH-2WR32451HC0233532-67976317FL4543714"}
    told = [
        condition.place.name for condition in recipe.when if condition.place.kind == "fact" and condition.wanted.exists
    ]
    facts |= dict.fromkeys(told, "key1")
    if recipe.kind in RSA_KINDS or recipe.kind == "rsa":
        private, public = rsa_pair()
    elif recipe.kind in PUBLIC_KEY_KINDS:
        private, public = new_key_pair(recipe)
    else:
        shared = "5ec2e75ec2e75ec2" if recipe.key == "hex" else SHARED
        shared = f"key1:{shared}" if recipe.splits_secret else shared
        private = public = shared
    return Keys(Secret(private, "", "priv"), (Secret(public, "", "publ"),), facts)
