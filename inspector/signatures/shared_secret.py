"""What a person pastes as THE key, read as a shared secret, for schemes in which either that or a public key may check.

A public key is public: whoever forges a request knows it too. So a text that holds one is never taken for a shared
secret, whatever algorithm a request asks for.
"""

from __future__ import annotations

from inspector.domain.secret import Secret
from inspector.payload.body import parse_json
from inspector.signatures.encodings import decode_digest, key_bytes
from inspector.signatures.keys import Key, read_public_keys
from inspector.signatures.place import to_bytes

_SHORTEST_DER = 44  # SubjectPublicKeyInfo of Ed25519, RFC 8410


def is_public(text: str) -> bool:
    """Whether a text is written as a key of a pair, a certificate or a key set, so that it is no shared secret."""
    stripped = text.strip()
    if "-----BEGIN " in stripped or stripped.startswith(("ssh-", "ecdsa-sha2-", "whpk_")):
        return True
    if stripped.startswith(("{", "[")):
        return bool(read_public_keys(stripped))
    data = decode_digest(to_bytes("".join(stripped.split())), "base64")
    return data is not None and len(data) >= _SHORTEST_DER and data[:1] == b"\x30" and bool(read_public_keys(stripped))


def shared_secret(secret: Secret, form: str = "utf8") -> Key | None:
    """Return the shared secret a pasted text stands for, None where it is no secret or not written in `form`.

    A JWK of the kind `oct` (RFC 7518 section 6.4) gives its bytes.
    """
    if is_public(secret.value):
        return None
    found = parse_json(to_bytes(secret.value)) if secret.value.lstrip().startswith("{") else None
    if isinstance(found, dict) and found.get("kty") == "oct" and isinstance(found.get("k"), str):
        value = decode_digest(to_bytes(found["k"]), "base64url")
        kid = found.get("kid")
        return Key(value, kid=kid if isinstance(kid, str) else "") if value else None
    value = key_bytes(secret.value, form)
    return None if value is None else Key(value)
