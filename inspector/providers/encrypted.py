"""A document that a provider sends encrypted under the endpoint's secret, opened to be read in its place."""

from __future__ import annotations

import binascii
import hashlib
from collections.abc import Sequence
from dataclasses import replace

from inspector.domain.secret import Secret
from inspector.payload.body import Payload
from inspector.signatures.place import Place, Scope, to_bytes

BLOCK = 16


def opened(scope: Scope, place: Place, secrets: Sequence[Secret]) -> Scope | None:
    """Return what may be read with the encrypted text at `place` as the body, None where no secret opens it."""
    values = place.values(scope)
    for secret in secrets if values else ():
        plain = decrypted(values[0], secret.value)
        if plain is not None:
            headers = tuple([line for line in scope.request.headers if line[0].lower() != b"content-encoding"])
            request = replace(scope.request, body=plain, headers=headers)
            return Scope(request, Payload(request), scope.url, scope.facts)
    return None


def decrypted(text: bytes, secret: str) -> bytes | None:
    """Return the JSON object a text holds, None where it is not one under this secret.

    Lark's rule (open.larksuite.com, Encrypt Key): base64 of 16 bytes of IV and AES-256-CBC with PKCS #7 padding, the
    key being the SHA-256 of the encrypt key.
    """
    try:
        data = binascii.a2b_base64(text, strict_mode=True)
    except (binascii.Error, ValueError):
        return None
    if len(data) < 2 * BLOCK or len(data) % BLOCK or not secret:
        return None
    # Few endpoints need it, and it takes some 20 ms to load.
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key = hashlib.sha256(to_bytes(secret)).digest()
    decryptor = Cipher(algorithms.AES(key), modes.CBC(data[:BLOCK])).decryptor()
    plain = decryptor.update(data[BLOCK:]) + decryptor.finalize()
    padding = plain[-1]
    if not 1 <= padding <= BLOCK or plain[-padding:] != bytes([padding]) * padding:
        return None
    plain = plain[:-padding]
    return plain if plain.lstrip()[:1] == b"{" else None
