"""Digests in the sender's encoding, secrets in the key form a scheme uses."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import unicodedata

from inspector.signatures.place import to_bytes

ALGORITHMS = {"sha256": 32, "sha1": 20, "sha512": 64, "md5": 16, "sha224": 28, "sha384": 48}
"""Hash names a scheme may use, with the digest's size in bytes."""

ALGORITHM_NAMES = {"md5": "MD5"} | {name: f"SHA-{name[3:]}" for name in ALGORITHMS if name != "md5"}

ENCODINGS = ("hex", "base64", "base64url")

KEY_FORMS = {
    "utf8": "text that is not empty",
    "whsec": "base64, with or without whsec_ in front",
    "base64": "base64",
    "hex": "hex",
    "sha1": "text that is not empty",
    "nfkd": "text that is not empty",
}
"""How a scheme turns its secret into a key, each with how the secret must look."""

_URL_TO_PLAIN = bytes.maketrans(b"-_", b"+/")
_PLAIN_TO_URL = bytes.maketrans(b"+/", b"-_")
_LABEL = re.compile(r"([A-Za-z][A-Za-z0-9_-]{0,30}[=,:])(?=.)")
_HEX = re.compile(r"[0-9a-fA-F]+\Z")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]+={0,2}\Z")


def decode_digest(text: bytes, encoding: str) -> bytes | None:
    """Return the bytes of a written digest, or None where it is not written in `encoding`.

    Hex may be upper case. Base64 is strict (its own alphabet, no blanks, no stray bits) but may lack its padding.
    """
    try:
        if encoding == "hex":
            return binascii.unhexlify(text)
        bare = text.rstrip(b"=")
        if len(text) - len(bare) not in (0, -len(bare) % 4):
            return None
        if encoding == "base64url":
            if b"+" in bare or b"/" in bare:
                return None
            bare = bare.translate(_URL_TO_PLAIN)
        digest = binascii.a2b_base64(bare + b"=" * (-len(bare) % 4), strict_mode=True)
        return digest if binascii.b2a_base64(digest, newline=False).rstrip(b"=") == bare else None
    except (binascii.Error, ValueError):
        return None


def encode_digest(digest: bytes, encoding: str) -> bytes:
    """Return a digest as a sender writes it: lower-case hex, or base64 with padding."""
    if encoding == "hex":
        return binascii.hexlify(digest)
    plain = binascii.b2a_base64(digest, newline=False)
    return plain.translate(_PLAIN_TO_URL) if encoding == "base64url" else plain


def key_bytes(secret: str, form: str) -> bytes | None:
    """Return the key a secret stands for, or None where the secret does not have the form the scheme needs."""
    if form == "utf8":
        return to_bytes(secret) or None
    if form == "nfkd":
        return to_bytes(unicodedata.normalize("NFKD", secret)) or None
    if form == "sha1":
        return hashlib.sha1(to_bytes(secret)).digest() if secret else None
    try:
        if form == "hex":
            return binascii.unhexlify(secret.encode("ascii")) or None
        text = secret.removeprefix("whsec_") if form == "whsec" else secret
        bare = text.rstrip("=")
        return base64.b64decode(bare + "=" * (-len(bare) % 4), altchars=None, validate=True) or None
    except (ValueError, UnicodeEncodeError):
        return None


def expected_words(size: int, encoding: str) -> str:
    """Say how a digest of `size` bytes looks: `64 hex characters`, `44 characters of base64`; 0 is any size."""
    if not size:
        return "hex" if encoding == "hex" else f"text in {encoding}"
    if encoding == "hex":
        return f"{size * 2} hex characters"
    return f"{-(-size // 3) * 4} characters of {encoding}"


def describe(value: bytes) -> str:
    """Say what a value looks like without showing it: `sha1= and 40 hex characters`, `44 characters of base64`."""
    if not value:
        return "nothing"
    try:
        text = value.decode("ascii")
    except UnicodeDecodeError:
        return f"{len(value)} bytes that are no text"
    match = _LABEL.match(text)
    if match and not set(text[match.end(1) :]) <= {"="}:
        return f"{match[1]} and {_shape(text[match.end(1) :])}"
    return _shape(text)


def _shape(text: str) -> str:
    plural = "" if len(text) == 1 else "s"
    if _HEX.match(text):
        return f"{len(text)} hex character{plural}"
    if len(text) >= 16 and _BASE64.match(text):
        kind = "base64url" if "-" in text or "_" in text else "base64"
        return f"{len(text)} character{plural} of {kind}"
    return f"{len(text)} character{plural}"
