"""Plivo's V3 signature: address, sorted parameters and a nonce (docs.plivo.com, "Signature validation").

A GET request signs `url?sorted query.nonce`, a POST request `url?sorted query.sorted fields.nonce`, values decoded.
With fields but no query a bare question mark stays.
"""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl

from inspector.domain.request import Request
from inspector.domain.verification import Covers, Verification
from inspector.signatures.address import without_query
from inspector.signatures.canonical import (
    Reads,
    Signed,
    canonical_bytes,
    check_canonical,
    put_signature,
    scope_of,
    stamped,
)
from inspector.signatures.place import Place, Scope, to_bytes
from inspector.signatures.scheme import Job, SignJob
from inspector.signatures.table import Table
from inspector.signatures.template import MissingPart

NONCE = Place("header", "X-Plivo-Signature-V3-Nonce", "", b"x-plivo-signature-v3-nonce")
_WORDS = "address, parameters and nonce"


class PlivoScheme:
    """The kind `plivo-v3`."""

    kind = "plivo-v3"
    keys: tuple[str, ...] = ()

    def parse(self, source: Table) -> Reads:
        """Return what is read beside the signature; there is one way to do it."""
        return Reads((NONCE,))

    def check(self, job: Job) -> Verification:
        """Return the verdict; the header lists several signatures while a token is replaced."""
        return check_canonical(job, signed_by_plivo, "base64", _WORDS)

    def sign(self, job: SignJob) -> Request:
        """Return the request signed, with a nonce where there is none."""
        request = stamped(job, {NONCE.name: secrets.token_hex(10).encode()})
        return put_signature(job, request, signed_by_plivo(scope_of(job, request), b"").texts[0], "base64")

    def signed_bytes(self, job: Job) -> bytes | None:
        """Return address, parameters and nonce as they are signed."""
        return canonical_bytes(job, signed_by_plivo)


def signed_by_plivo(scope: Scope, header: bytes) -> Signed:
    """Return the signatures of the header and the text they are made over."""
    nonce = NONCE.values(scope)
    if not nonce:
        raise MissingPart(NONCE)
    base, _mark, query = scope.url.partition("?")
    base, query = without_query(base), query.partition("#")[0]
    pairs = _pairs(query)
    fields = [] if scope.request.method.upper() == "GET" else list(scope.payload.form)
    text = _text(base, pairs, fields)
    body = scope.request.body
    written = tuple(item.strip() for item in header.split(b",") if item.strip())
    return Signed(written, (to_bytes(text) + b"." + nonce[0],), Covers.BODY if fields or not body else Covers.NONE)


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True, errors="surrogateescape")


def _text(base: str, pairs: list[tuple[str, str]], fields: list[tuple[str, str]]) -> str:
    """Return the signed text without its nonce. Repeats of a name are sorted by value."""
    query = "&".join(f"{name}={value}" for name, value in sorted(pairs))
    if query or fields:
        base += f"?{query}"
    if query and fields:
        base += "."
    return base + "".join(name + value for name, value in sorted(fields))
