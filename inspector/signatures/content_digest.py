"""Digest fields (RFC 9530, and RFC 3230 before it): whether the hash a header carries is that of the body."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from inspector.domain.request import Request
from inspector.signatures.encodings import decode_digest
from inspector.signatures.structured_fields import Item, parse_dictionary

FIELDS = ("content-digest", "repr-digest", "digest")
"""Headers that may carry the hash of the body, in small letters."""

_HASHES = {"sha-512": "sha512", "sha-256": "sha256"}


@dataclass(frozen=True, slots=True)
class Digest:
    """One hash of a digest header: as it is, and as it must be, both as written there."""

    name: str
    expected: str
    got: str

    @property
    def fits(self) -> bool:
        """Whether it is the body's."""
        return hmac.compare_digest(self.expected, self.got)


def digests_of(request: Request, field: str) -> tuple[Digest, ...]:
    """Return the hashes of a digest header that can be compared, () where it carries none in a strong algorithm."""
    text = b", ".join(request.header_values(field)).decode("latin-1")
    found = []
    for name, sent in (_old_digests(text) if field == "digest" else _members(text)).items():
        alg = _HASHES.get(name.lower())
        if alg:
            made = hashlib.new(alg, request.body).digest()
            found.append(Digest(name, _written(made), _written(sent)))
    return tuple(found)


def content_digest(body: bytes) -> bytes:
    """Return a Content-Digest header's value."""
    return b"sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()) + b":"


def _members(text: str) -> dict[str, bytes]:
    try:
        members = parse_dictionary(text)
    except ValueError:
        return {}
    return {
        name: member.value
        for name, member in members.items()
        if isinstance(member, Item) and isinstance(member.value, bytes)
    }


def _old_digests(text: str) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for item in text.split(","):
        name, equals, value = item.strip().partition("=")
        data = decode_digest(value.encode(), "base64") if equals else None
        if data is not None:
            found[name] = data
    return found


def _written(digest: bytes) -> str:
    return base64.b64encode(digest).decode()
