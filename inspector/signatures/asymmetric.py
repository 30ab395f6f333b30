"""Signatures of public keys: does one fit, how is one made, and a fresh pair of keys for test events."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any

from inspector.signatures.keys import Key
from inspector.signatures.scheme import ANNOUNCED, Recipe

if TYPE_CHECKING:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    from inspector.signatures.keys import Private

ED25519_BYTES = 64

_CURVES = {"sha256": "SECP256R1", "sha1": "SECP256R1", "sha384": "SECP384R1", "sha512": "SECP521R1"}


def fits(key: Key, recipe: Recipe, alg: str, signature: bytes, text: bytes) -> bool:
    """Whether a signature is this key's over this text, as the recipe writes it; never raises.

    `alg` is the hash, from our definition only. A key of another kind never fits.
    """
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    if key.kind != recipe.kind:
        return False
    public: Any = key.value
    try:
        if key.kind == "ed25519":
            public.verify(signature, text)
        elif key.kind == "ecdsa":
            from cryptography.hazmat.primitives.asymmetric import ec

            der = _der(signature, public.curve.key_size) if recipe.form == "raw" else signature
            public.verify(der, text, ec.ECDSA(_hash(alg)))
        else:
            public.verify(signature, text, _padding(recipe, alg, any_salt=True), _hash(alg))
    except (InvalidSignature, ValueError, OverflowError, UnsupportedAlgorithm):
        return False
    return True


def make_signature(key: Private, recipe: Recipe, alg: str, text: bytes) -> bytes:
    """Return the signature of a text, written as the recipe writes it."""
    private: Any = key
    if recipe.kind == "ed25519":
        return bytes(private.sign(text))
    if recipe.kind == "rsa":
        return bytes(private.sign(text, _padding(recipe, alg, any_salt=False), _hash(alg)))
    from cryptography.hazmat.primitives.asymmetric import ec, utils

    der = private.sign(text, ec.ECDSA(_hash(alg)))
    if recipe.form != "raw":
        return bytes(der)
    size = (private.curve.key_size + 7) // 8
    return b"".join(number.to_bytes(size, "big") for number in utils.decode_dss_signature(der))


def new_key_pair(recipe: Recipe) -> tuple[str, str]:
    """Return a fresh private and public key for a public-key recipe, as texts: what to sign and what to check with.

    Ed25519 keys are written as providers show them (hex, base64, whsk_ and whpk_); others as PEM. Schemes with code
    that sign with RSA (AWS SNS, PayPal) get RSA keys.
    """
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if recipe.kind == "ed25519":
        seed = ed25519.Ed25519PrivateKey.generate()
        return _ed25519_texts(recipe, seed.private_bytes_raw(), seed.public_key().public_bytes_raw())
    if recipe.kind == "ecdsa":
        alg = recipe.algs[0][1] if recipe.alg == ANNOUNCED else recipe.alg
        return pem_pair(ec.generate_private_key(getattr(ec, _CURVES[alg])()))
    return pem_pair(rsa.generate_private_key(65537, 2048))


def pem_pair(key: Private) -> tuple[str, str]:
    """Return a private key and its public one as PEM texts."""
    from cryptography.hazmat.primitives import serialization as write

    private = key.private_bytes(write.Encoding.PEM, write.PrivateFormat.PKCS8, write.NoEncryption())
    public = key.public_key().public_bytes(write.Encoding.PEM, write.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def _ed25519_texts(recipe: Recipe, seed: bytes, public: bytes) -> tuple[str, str]:
    if recipe.encoding == "hex":
        return binascii.hexlify(seed).decode(), binascii.hexlify(public).decode()
    front = ("whsk_", "whpk_") if recipe.key == "whsec" else ("", "")
    return front[0] + base64.b64encode(seed).decode(), front[1] + base64.b64encode(public).decode()


def _hash(alg: str) -> hashes.HashAlgorithm:
    from cryptography.hazmat.primitives import hashes

    made: hashes.HashAlgorithm = getattr(hashes, alg.upper())()
    return made


def _padding(recipe: Recipe, alg: str, *, any_salt: bool) -> padding.AsymmetricPadding:
    from cryptography.hazmat.primitives.asymmetric import padding

    if recipe.padding == "pkcs1":
        return padding.PKCS1v15()
    return padding.PSS(padding.MGF1(_hash(alg)), padding.PSS.AUTO if any_salt else padding.PSS.DIGEST_LENGTH)


def _der(signature: bytes, bits: int) -> bytes:
    """Return r and s, written side by side, as DER; raises ValueError where their length is another."""
    from cryptography.hazmat.primitives.asymmetric import utils

    size = (bits + 7) // 8
    if len(signature) != size * 2:
        raise ValueError("r and s have another length")
    return utils.encode_dss_signature(int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big"))
