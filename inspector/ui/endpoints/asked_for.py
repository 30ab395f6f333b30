"""What a provider's schemes ask the user for, so that the form shows exactly that."""

from __future__ import annotations

from dataclasses import dataclass

from inspector.providers.profile import Profile
from inspector.signatures.encodings import ALGORITHM_NAMES
from inspector.signatures.recipe import Recipe

KIND_WORDS = {
    "hmac": "HMAC",
    "hash": "Hash with the secret",
    "token": "Shared token",
    "ed25519": "Ed25519 signature",
    "ecdsa": "ECDSA signature",
    "rsa": "RSA signature",
    "basic": "User name and password",
    "aws-sns": "Certificate signature of AWS SNS",
    "paypal": "Certificate signature of PayPal",
    "jwt": "Signed token (JWT)",
    "plivo-v3": "HMAC-SHA256 of address, fields and nonce",
    "contentful": "HMAC-SHA256 of the canonical request",
    "hook0": "HMAC-SHA256 of time, chosen headers and body",
    "detached-jws": "Detached signature (JWS)",
    "http-message": "HTTP message signature (RFC 9421)",
}

_PUBLIC_WORDS = ("public key", "certificate", "jwks", "key set")
_SIGNED_ADDRESS = frozenset({"url", "url.base", "url.port"})
_SIGN_ADDRESS = frozenset({"plivo-v3", "contentful", "detached-jws", "http-message"})


@dataclass(frozen=True, slots=True)
class AskedFor:
    """What the signature section shows for a provider.

    `secret` is False where the provider does not sign, and so has none to give. `several_lines` is for keys in PEM or
    JWK form, which are public and shown as they are. `others` are what the provider calls its further secrets.
    `limit_s` is the scheme's own time window, None where it signs no time, 0 where it sets no limit. `address` says
    that the public address is part of what is signed. `fetched` says that the key comes from the provider's own
    address, so that none need be pasted.
    """

    secret: bool
    label: str
    help: str
    several_lines: bool
    others: tuple[str, ...]
    limit_s: int | None
    address: bool
    fetched: bool


def asked_for(profile: Profile) -> AskedFor:
    """Return what a provider's schemes ask for."""
    recipes = profile.recipes
    label = profile.secret_label or "Secret"
    limits = [recipe.time.tolerance_s for recipe in recipes if recipe.time is not None]
    return AskedFor(
        secret=bool(recipes),
        label=label,
        help=profile.secret_help,
        several_lines=_is_public(label, recipes),
        others=tuple(dict.fromkeys(name for recipe in recipes for name in recipe.extra_secrets)),
        limit_s=limits[0] if limits else None,
        address=any(_signs_address(recipe) for recipe in recipes),
        fetched=bool(recipes) and all(recipe.keys_url is not None or recipe.fetch for recipe in recipes),
    )


def _is_public(label: str, recipes: tuple[Recipe, ...]) -> bool:
    small = label.lower()
    public = bool(recipes) and all(recipe.is_public for recipe in recipes)
    return public or any(word in small for word in _PUBLIC_WORDS)


def _signs_address(recipe: Recipe) -> bool:
    return recipe.kind in _SIGN_ADDRESS or any(template.atoms & _SIGNED_ADDRESS for template in recipe.signed)


def scheme_words(profile: Profile) -> str:
    """Return how a provider signs, in one sentence: `HMAC-SHA256, hex, of the raw body, in the header X-Signature.`."""
    if not profile.recipes:
        return "This provider does not sign its events, so nothing can be checked."
    recipe = profile.recipes[0]
    kind = KIND_WORDS.get(recipe.kind, recipe.kind.replace("-", " ").capitalize())
    algorithm = ALGORITHM_NAMES.get(recipe.alg, "").replace("SHA-", "SHA")
    parts = [f"{kind}-{algorithm}" if recipe.kind == "hmac" and algorithm else kind]
    if recipe.signed:
        parts[0] += f", {recipe.encoding},"
        parts.append(f"of the {recipe.signed[0].words}")
    if recipe.signature:
        parts.append(f"in {recipe.signature[0].words}")
    more = len(profile.recipes) - 1
    others = f", and {more} more scheme{'s' if more > 1 else ''}" if more else ""
    return f"{' '.join(parts)}{others}."
