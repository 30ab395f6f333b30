"""Public and private keys in whatever form a provider shows them: PEM, certificate, base64, hex, JWK, key set.

The library that does the arithmetic is loaded when the first key is read: most endpoints never need it.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from inspector.payload.body import parse_json
from inspector.signatures.place import to_bytes

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    Private: TypeAlias = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey

KEY_WORDS = {
    "ed25519": "an Ed25519 public key (32 bytes as hex or base64, PEM, or JWK)",
    "ecdsa": "an elliptic curve public key (PEM, certificate, base64, or JWK)",
    "rsa": "an RSA public key (PEM, certificate, base64, or JWK)",
}
"""How a public key must look, by kind."""

_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]{3,40})-----(.*?)-----END \1-----", re.DOTALL)
_BLANKS = re.compile(r"\s+|\\r|\\n")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+\Z")
_CURVES = {"P-256": "SECP256R1", "P-384": "SECP384R1", "P-521": "SECP521R1", "secp256k1": "SECP256K1"}
_LONGEST = 256 * 1024
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Key:
    """One key with the id its provider gave it ("" where it has none), and its kind.

    `value` is a key object of `cryptography` of the kind `ed25519`, `ecdsa` or `rsa`, or the bytes of a shared secret.
    """

    value: Any = field(repr=False)
    kind: str = "secret"
    kid: str = ""

    @property
    def is_secret(self) -> bool:
        """Whether this is a shared secret, not half of a key pair."""
        return self.kind == "secret"


@lru_cache(maxsize=64)
def read_public_keys(text: str) -> tuple[Key, ...]:
    """Return every public key a text holds, in order; () where it holds none. A private key stands for its public one.

    Of several certificates the first counts: those behind it vouch for it.
    """
    text = text.strip()
    if not text or len(text) > _LONGEST:
        return ()
    if text[0] in "{[":
        return tuple(_from_json(parse_json(to_bytes(text))))
    if "-----BEGIN " in text:
        return tuple(_from_pem(text, ""))
    return _listed("", _first(_raw_forms(text), text))


def read_private_key(text: str) -> Key | None:
    """Return the private key a text holds, with its key id where it is a JWK; None where it holds none."""
    text, kid = text.strip(), ""
    if text.startswith("{"):
        jwk = parse_json(to_bytes(text))
        found, kid = _private_jwk(jwk), _kid_of(jwk)
    elif "-----BEGIN " in text:
        found = next((key for label, der in _blocks(text) if (key := _private_der(label, der))), None)
    else:
        found = None
        for data in _decoded(text.removeprefix("whsk_")):
            found = found or _seed(data) or _private_der("PRIVATE KEY", data)
    kind = kind_of(found)
    return Key(found, kind, kid) if kind else None


def kind_of(key: object) -> str:
    """Return the kind of a key object: `ed25519`, `ecdsa`, `rsa`, or "" for any other."""
    name = type(key).__name__
    for kind, part in (("ed25519", "Ed25519"), ("ecdsa", "EllipticCurve"), ("ecdsa", "EC"), ("rsa", "RSA")):
        if name.startswith(part):
            return kind
    return ""


def _listed(kid: str, public: Any) -> tuple[Key, ...]:
    kind = kind_of(public)
    return (Key(public, kind, kid),) if kind else ()


def _first(makers: list[Callable[[str], Any]], text: str) -> Any:
    return next((found for make in makers if (found := make(text)) is not None), None)


def _raw_forms(text: str) -> list[Callable[[str], Any]]:
    if text.startswith(("ssh-", "ecdsa-sha2-")):
        return [_from_ssh]
    if text.startswith("whsk_"):
        return [lambda text: _public_of(_seed_of(text.removeprefix("whsk_")))]
    return [lambda text: next((key for data in _decoded(text.removeprefix("whpk_")) if (key := _raw(data))), None)]


def _decoded(text: str) -> Iterator[bytes]:
    """Yield the bytes a text may stand for: hex where it is all hex, base64 or base64url otherwise."""
    bare = _BLANKS.sub("", text)
    if _HEX.match(bare):
        yield binascii.unhexlify(bare)
    plain = bare.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        yield base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except ValueError:
        return


def _raw(data: bytes) -> Any:
    """Return the public key in bytes: 32 of Ed25519, a point of P-256, or DER."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    if data.startswith(b"-----BEGIN "):  # a PEM text in base64, as some providers show it
        return next((key.value for key in _from_pem(data.decode("ascii", "replace"), "")), None)
    if len(data) == 32:
        return ed25519.Ed25519PublicKey.from_public_bytes(data)
    if (len(data), data[:1]) in ((65, b"\x04"), (33, b"\x02"), (33, b"\x03")):
        return _tried(lambda: ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), data))
    return _public_der(data) or _certificate_key(data) or _public_of(_private_der("PRIVATE KEY", data))


def _tried(make: Callable[[], Any]) -> Any:
    """Return what `make` makes, None where the library refuses the bytes."""
    from cryptography.exceptions import UnsupportedAlgorithm

    try:
        return make()
    except (ValueError, TypeError, OverflowError, UnsupportedAlgorithm):
        return None


def _public_der(data: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_public_key

    return _tried(lambda: load_der_public_key(data)) if data[:1] == b"\x30" else None


def _certificate_key(data: bytes) -> Any:
    from cryptography import x509

    return _tried(lambda: x509.load_der_x509_certificate(data).public_key()) if data[:1] == b"\x30" else None


def _private_der(label: str, data: bytes) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_private_key

    usable = label.endswith("PRIVATE KEY") and data[:1] == b"\x30"
    return _tried(lambda: load_der_private_key(data, None)) if usable else None


def _public_of(private: Any) -> Any:
    return None if private is None else private.public_key()


def _seed(data: bytes) -> Any:
    """Return the Ed25519 key of a seed (32 bytes), or of a seed with its public key behind it (64 bytes)."""
    from cryptography.hazmat.primitives.asymmetric import ed25519

    return ed25519.Ed25519PrivateKey.from_private_bytes(data[:32]) if len(data) in (32, 64) else None


def _seed_of(text: str) -> Any:
    return next((key for data in _decoded(text) if (key := _seed(data))), None)


def _from_ssh(text: str) -> Any:
    from cryptography.hazmat.primitives.serialization import load_ssh_public_key

    return _tried(lambda: load_ssh_public_key(to_bytes(text)))


def _blocks(text: str) -> Iterator[tuple[str, bytes]]:
    """Yield label and bytes of each PEM block, also where line breaks were lost or written as \\n."""
    for match in _PEM.finditer(text):
        yield from ((match[1], data) for data in list(_decoded(match[2]))[-1:])


def _from_pem(text: str, kid: str) -> Iterator[Key]:
    certified = False
    for label, data in _blocks(text):
        if label == "CERTIFICATE":
            if not certified:
                yield from _listed(kid, _certificate_key(data))
            certified = True
        elif label.endswith("PUBLIC KEY"):
            yield from _listed(kid, _public_der(data))
        else:
            yield from _listed(kid, _public_of(_private_der(label, data)))


def _from_json(value: Any, depth: int = 0) -> Iterator[Key]:
    """Yield the keys of a JWK, of a key set, of a list of keys, or of an object of PEM texts by key id."""
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value[:200]:
            yield from read_public_keys(item) if isinstance(item, str) else _from_object(item)
    elif isinstance(value, dict) and isinstance(listed := value.get("keys", value.get("public_keys")), list):
        yield from _from_json(listed, depth + 1)
    elif isinstance(value, dict) and isinstance(value.get("data"), dict | list):
        yield from _from_json(value["data"], depth + 1)
    elif isinstance(value, dict) and "kty" not in value and all("-----BEGIN" in str(item) for item in value.values()):
        for kid, pem in list(value.items())[:200]:
            yield from _from_pem(str(pem), kid)
    else:
        yield from _from_object(value)


def _from_object(value: Any) -> Iterator[Key]:
    """Yield the key of a JWK (RFC 7517), or of an object with its id and its text beside each other."""
    if not isinstance(value, dict):
        return
    kid = _kid_of(value)
    if "kty" in value:
        chain = value.get("x5c")
        certified = chain[0] if isinstance(chain, list) and chain and isinstance(chain[0], str) else ""
        public = _tried(lambda: _jwk(value))
        if public is None and certified:
            public = next((key for data in _decoded(certified) if (key := _certificate_key(data))), None)
        yield from _listed(kid, public)
        return
    inner = next((value[name] for name in ("key", "public_key", "publicKey", "pem") if name in value), "")
    if isinstance(inner, dict) and "kty" in inner:  # a provider's answer around a JWK, as Plaid gives it
        yield from _from_object(inner)
    elif isinstance(inner, str) and inner.strip()[:1] not in ("{", "["):
        yield from (Key(key.value, key.kind, kid) for key in read_public_keys(inner))


def _kid_of(value: Any) -> str:
    """Return the id beside a key, "" where there is none."""
    if not isinstance(value, dict):
        return ""
    kid = next((value[name] for name in ("kid", "key_identifier", "key_id", "id") if name in value), "")
    return kid if isinstance(kid, str) else ""


def _number(value: Any) -> int:
    return int.from_bytes(_bytes(value), "big")


def _bytes(value: Any) -> bytes:
    if not isinstance(value, str):
        raise TypeError("a JWK holds texts")
    return base64.urlsafe_b64decode(value.rstrip("=") + "=" * (-len(value.rstrip("=")) % 4))


def _jwk(value: dict[str, Any]) -> Any:
    """Return the public key of a JWK (RFC 7518 section 6, RFC 8037); None for a kind that signs nothing here."""
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    if value["kty"] == "OKP" and value.get("crv") == "Ed25519":
        return ed25519.Ed25519PublicKey.from_public_bytes(_bytes(value.get("x")))
    if value["kty"] == "EC" and value.get("crv") in _CURVES:
        curve: ec.EllipticCurve = getattr(ec, _CURVES[value["crv"]])()
        return ec.EllipticCurvePublicNumbers(_number(value.get("x")), _number(value.get("y")), curve).public_key()
    if value["kty"] == "RSA":
        return rsa.RSAPublicNumbers(_number(value.get("e")), _number(value.get("n"))).public_key()
    return None


def _private_jwk(value: Any) -> Any:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    def make() -> Any:
        if value["kty"] == "OKP" and value.get("crv") == "Ed25519":
            return ed25519.Ed25519PrivateKey.from_private_bytes(_bytes(value["d"]))
        public = _jwk(value)
        secret = _number(value["d"])
        if isinstance(public, ec.EllipticCurvePublicKey):
            return ec.EllipticCurvePrivateNumbers(secret, public.public_numbers()).private_key()
        if not isinstance(public, rsa.RSAPublicKey):
            return None
        numbers = public.public_numbers()
        p, q = rsa.rsa_recover_prime_factors(numbers.n, numbers.e, secret)
        parts = (rsa.rsa_crt_dmp1(secret, p), rsa.rsa_crt_dmq1(secret, q), rsa.rsa_crt_iqmp(p, q))
        return rsa.RSAPrivateNumbers(p, q, secret, *parts, numbers).private_key()

    return _tried(make) if isinstance(value, dict) and "d" in value and "kty" in value else None
