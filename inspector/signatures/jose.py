"""The algorithms and the compact form of JSON Web Signatures (RFC 7515, RFC 7518, RFC 8037).

Which algorithm is used is for the caller to say. The names are those of the registry; `none` is not among them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from inspector.signatures.encodings import decode_digest
from inspector.signatures.keys import Key

ALGORITHMS = {
    "HS256": "HMAC-SHA256",
    "HS384": "HMAC-SHA384",
    "HS512": "HMAC-SHA512",
    "RS256": "RSA with SHA-256",
    "RS384": "RSA with SHA-384",
    "RS512": "RSA with SHA-512",
    "PS256": "RSA-PSS with SHA-256",
    "PS384": "RSA-PSS with SHA-384",
    "PS512": "RSA-PSS with SHA-512",
    "ES256": "ECDSA P-256",
    "ES384": "ECDSA P-384",
    "ES512": "ECDSA P-521",
    "EdDSA": "Ed25519",
}
"""Every algorithm there is here, with what a sentence calls it."""

_CURVES = {"ES256": "secp256r1", "ES384": "secp384r1", "ES512": "secp521r1"}
_HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


class Unreadable(ValueError):
    """A text is no token; the message says why, in a few words."""


@dataclass(frozen=True, slots=True)
class Token:
    """A compact JWS taken apart: `signed` is what the signature is made over, `payload` what lies between the dots."""

    header: dict[str, Any]
    payload: bytes
    signed: bytes
    signature: bytes

    @property
    def alg(self) -> str:
        """The algorithm the token names: a claim to be compared, never an instruction."""
        return _text(self.header.get("alg"))

    @property
    def kid(self) -> str:
        """The key id the token names, "" where it names none."""
        return _text(self.header.get("kid"))


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def is_shared(alg: str) -> bool:
    """Whether an algorithm needs a shared secret."""
    return alg.startswith("HS")


def fits(alg: str, key: Key) -> bool:
    """Whether a key is of the kind an algorithm needs: a secret, an RSA key, a key on the right curve."""
    if is_shared(alg) or key.is_secret:
        return is_shared(alg) and key.is_secret
    if alg in _CURVES:
        return key.kind == "ecdsa" and str(key.value.curve.name) == _CURVES[alg]
    return key.kind == ("ed25519" if alg == "EdDSA" else "rsa")


def verifies(alg: str, key: Key, message: bytes, signature: bytes, *, any_salt: bool = False) -> bool:
    """Whether `signature` is that of `message`; the key must fit the algorithm. HMACs are compared in constant time.

    RSA-PSS salts are as long as the hash (RFC 7518 section 3.5, RFC 9421 section 3.3.1), or of any length.
    """
    if is_shared(alg):
        return hmac.compare_digest(hmac.new(key.value, message, _HASHES[alg]).digest(), signature)
    try:
        if any_salt and alg.startswith("PS"):
            return _verifies_pss(alg, key, message, signature)
        return bool(_algorithm(alg).verify(message, key.value, signature))
    except (ValueError, TypeError, OverflowError):
        return False


def _verifies_pss(alg: str, key: Key, message: bytes, signature: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    hash_alg = getattr(hashes, f"SHA{alg[2:]}")()
    try:
        key.value.verify(signature, message, padding.PSS(padding.MGF1(hash_alg), padding.PSS.AUTO), hash_alg)
    except InvalidSignature:
        return False
    return True


def signature_of(alg: str, key: Key, message: bytes) -> bytes:
    """Return the signature of `message`; an asymmetric algorithm needs a private key that fits it."""
    if is_shared(alg):
        return hmac.new(key.value, message, _HASHES[alg]).digest()
    made: bytes = _algorithm(alg).sign(message, key.value)
    return made


@lru_cache(maxsize=1)
def _algorithms() -> dict[str, Any]:
    import jwt.algorithms

    return dict(jwt.algorithms.get_default_algorithms())


def _algorithm(alg: str) -> Any:
    return _algorithms()[alg]


def split_token(text: bytes) -> Token:
    """Return the parts of a compact JWS that carries its payload; raises Unreadable."""
    header, payload, signature = _parts(text)
    data = decode_digest(payload, "base64url")
    if data is None:
        raise Unreadable("a part is not base64url")
    return Token(_header(header), data, header + b"." + payload, _signature(signature))


def split_detached(text: bytes, payload: bytes) -> Token:
    """Return the parts of a compact JWS whose payload travels elsewhere (RFC 7515 appendix F); raises Unreadable.

    With `"b64": false` in its header the payload is signed as it is (RFC 7797).
    """
    header, between, signature = _parts(text)
    if between:
        raise Unreadable("there is a payload between its dots, where a detached signature has none")
    table = _header(header)
    written = payload if table.get("b64") is False else b64url(payload)
    return Token(table, payload, header + b"." + written, _signature(signature))


def _parts(text: bytes) -> tuple[bytes, bytes, bytes]:
    dots = text.count(b".")
    if dots != 2:  # counted first: a body may be all dots
        raise Unreadable(f"it has {dots} dots, a token has 2")
    header, payload, signature = text.strip().split(b".")
    return header, payload, signature


def _header(part: bytes) -> dict[str, Any]:
    data = decode_digest(part, "base64url")
    table = None if data is None else json_object(data)
    if table is None:
        raise Unreadable("its header is not a JSON object")
    return table


def _signature(part: bytes) -> bytes:
    data = decode_digest(part, "base64url")
    if data is None:
        raise Unreadable("its signature is not base64url")
    return data


def join_token(header: dict[str, Any], payload: bytes, alg: str, key: Key) -> bytes:
    """Return a signed compact JWS."""
    signed = b64url(compact_json(header)) + b"." + b64url(payload)
    return signed + b"." + b64url(signature_of(alg, key, signed))


def join_detached(header: dict[str, Any], payload: bytes, alg: str, key: Key) -> bytes:
    """Return a signed compact JWS without its payload."""
    front = b64url(compact_json(header))
    written = payload if header.get("b64") is False else b64url(payload)
    return front + b".." + b64url(signature_of(alg, key, front + b"." + written))


def json_object(data: bytes) -> dict[str, Any] | None:
    """Return the JSON object in `data`, None where there is none. NaN and Infinity are not JSON."""
    try:
        found = json.loads(data, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _refuse(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def compact_json(value: Any) -> bytes:
    """Return JSON without blanks, as tokens are written."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


def b64url(data: bytes) -> bytes:
    """Return base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=")
