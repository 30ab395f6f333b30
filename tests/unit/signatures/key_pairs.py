"""Key pairs for tests, made once a run, as the texts a person would paste."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import jwt.algorithms
from cryptography.hazmat.primitives import serialization as write
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

_MAKERS: dict[str, Any] = {
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "p256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "p384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "p521": lambda: ec.generate_private_key(ec.SECP521R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}

KEY_OF = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), "rsa"),
    "ES256": "p256",
    "ES384": "p384",
    "ES512": "p521",
    "EdDSA": "ed25519",
}
"""Which pair an algorithm needs."""


def private(name: str, number: int = 0) -> Any:
    """Return a private key of a kind; another for each number."""
    return _made(name, number)


@lru_cache(maxsize=16)
def _made(name: str, number: int) -> Any:
    return _MAKERS[name]()


def private_pem(name: str, number: int = 0) -> str:
    """Return a private key as PEM."""
    form = (write.Encoding.PEM, write.PrivateFormat.PKCS8, write.NoEncryption())
    text: bytes = private(name, number).private_bytes(*form)
    return text.decode()


def public_pem(name: str, number: int = 0) -> str:
    """Return a public key as PEM."""
    form = (write.Encoding.PEM, write.PublicFormat.SubjectPublicKeyInfo)
    text: bytes = private(name, number).public_key().public_bytes(*form)
    return text.decode()


def jwk(alg: str, kid: str = "", number: int = 0) -> dict[str, Any]:
    """Return the public key an algorithm checks with as a JWK."""
    maker: Any = jwt.algorithms.get_default_algorithms()[alg]
    table = json.loads(maker.to_jwk(private(KEY_OF[alg], number).public_key()))
    return table | ({"kid": kid} if kid else {})


def key_set(*keys: dict[str, Any]) -> str:
    """Return a key set as text."""
    return json.dumps({"keys": list(keys)})
