"""A secret for test events, in the form a provider's scheme can sign with: random text, or a private key."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.domain.endpoint import new_secret
from inspector.signatures.asymmetric import pem_pair
from inspector.signatures.scheme import PUBLIC_KEY_KINDS, Recipe

_FAMILIES = {"HS": "", "RS": "rsa", "PS": "rsa", "ES": "ecdsa", "Ed": "ed25519"}
_CURVES = {
    "ES256": "SECP256R1",
    "ES384": "SECP384R1",
    "ES512": "SECP521R1",
    "sha384": "SECP384R1",
    "sha512": "SECP521R1",
}


def trial_secret(recipes: Sequence[Recipe]) -> str:
    """Return a fresh secret; where the first scheme needs a key pair, a private key as PEM, which checks as well.

    Making an RSA key takes some tenths of a second.
    """
    kind, alg = _needed(recipes[0]) if recipes else ("", "")
    if not kind:
        return new_secret()
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if kind == "ed25519":
        return pem_pair(ed25519.Ed25519PrivateKey.generate())[0]
    if kind == "ecdsa":
        return pem_pair(ec.generate_private_key(getattr(ec, _CURVES.get(alg, "SECP256R1"))()))[0]
    return pem_pair(rsa.generate_private_key(65537, 2048))[0]


def _needed(recipe: Recipe) -> tuple[str, str]:
    """Return the kind of key pair a scheme signs with ("" where it takes a shared secret), and its algorithm."""
    if recipe.kind in PUBLIC_KEY_KINDS:
        return recipe.kind, recipe.alg
    if recipe.kind in ("aws-sns", "paypal"):
        return "rsa", recipe.alg
    algs: tuple[str, ...] = getattr(recipe.settings, "algs", ())
    first = algs[0] if algs else ""
    return _FAMILIES.get(first[:2], ""), first
