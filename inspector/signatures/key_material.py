"""What a person pastes as THE key, read for schemes in which either a shared secret or a public key may check.

A public key is public: whoever forges a request knows it too. So a text that holds one is never taken for a shared
secret, whatever algorithm a request asks for.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from inspector.domain.secret import Secret
from inspector.payload.body import parse_json
from inspector.signatures.encodings import decode_digest, key_bytes
from inspector.signatures.keys import read_private_key, read_public_keys
from inspector.signatures.place import to_bytes

_KINDS = ("rsa", "ecdsa", "ed25519")
_SHORTEST_DER = 44  # SubjectPublicKeyInfo of Ed25519, RFC 8410


@dataclass(frozen=True, slots=True)
class Key:
    """One key: the bytes of a shared secret, or a key object of `cryptography` with its kind (`rsa` …) and key id."""

    value: Any = field(repr=False)
    kind: str = "secret"
    kid: str = ""

    @property
    def is_secret(self) -> bool:
        """Whether this is a shared secret, not half of a key pair."""
        return self.kind == "secret"


def is_public(text: str) -> bool:
    """Whether a text is written as a key of a pair, a certificate or a key set, so that it is no shared secret."""
    stripped = text.strip()
    if "-----BEGIN " in stripped or stripped.startswith(("ssh-", "ecdsa-sha2-", "whpk_")):
        return True
    if stripped.startswith(("{", "[")):
        return bool(public_keys(stripped))
    data = decode_digest(to_bytes("".join(stripped.split())), "base64")
    return data is not None and len(data) >= _SHORTEST_DER and data[:1] == b"\x30" and bool(read_public_keys(stripped))


def public_keys(text: str) -> tuple[Key, ...]:
    """Return every public key a text holds, in order, of a private key the public half; () where it holds none."""
    return tuple(Key(key.public, key.kind, key.kid) for key in read_public_keys(text) or read_public_keys(_inner(text)))


def _inner(text: str) -> str:
    """Return the JWK in a provider's answer that wraps one (Plaid: `{"key": {…}, "request_id": …}`), else ""."""
    found = parse_json(to_bytes(text)) if text.lstrip().startswith("{") else None
    inner = found.get("key") if isinstance(found, dict) else None
    return json.dumps(inner) if isinstance(inner, dict) else ""


def private_key(text: str) -> Key | None:
    """Return the private key a text holds, None where it holds none."""
    for kind in _KINDS:
        found = read_private_key(text, kind)
        if found is not None:
            return Key(found, kind, _kid_of(text))
    return None


def _kid_of(text: str) -> str:
    found = parse_json(to_bytes(text)) if text.lstrip().startswith("{") else None
    kid = found.get("kid") if isinstance(found, dict) else None
    return kid if isinstance(kid, str) else ""


def shared_secret(secret: Secret, form: str = "utf8") -> Key | None:
    """Return the shared secret a pasted text stands for, None where it is no secret or not written in `form`.

    A JWK of the kind `oct` (RFC 7518 section 6.4) gives its bytes.
    """
    if is_public(secret.value):
        return None
    found = parse_json(to_bytes(secret.value)) if secret.value.lstrip().startswith("{") else None
    if isinstance(found, dict) and found.get("kty") == "oct" and isinstance(found.get("k"), str):
        value = decode_digest(to_bytes(found["k"]), "base64url")
        return Key(value, kid=_kid_of(secret.value)) if value else None
    value = key_bytes(secret.value, form)
    return None if value is None else Key(value)
