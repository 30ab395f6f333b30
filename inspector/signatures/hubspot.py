"""HubSpot's version 3: method, address, body and time, where the address may be signed with some characters decoded.

The page "Validating requests" lists the percent codes to decode before signing; HubSpot's libraries sign the address
as it is. Either may fit.
"""

from __future__ import annotations

import re

from inspector.domain.request import Request
from inspector.domain.verification import Covers, Verification
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

TIME = Place("header", "X-HubSpot-Request-Timestamp", "", b"x-hubspot-request-timestamp")
_WORDS = "method, address, body and time"

_DECODED = {
    "%3A": ":",
    "%2F": "/",
    "%3F": "?",
    "%40": "@",
    "%21": "!",
    "%24": "$",
    "%27": "'",
    "%28": "(",
    "%29": ")",
    "%2A": "*",
    "%2C": ",",
    "%3B": ";",
}
_CODES = re.compile("|".join(_DECODED), re.IGNORECASE)


class HubSpotScheme:
    """The kind `hubspot-v3`."""

    kind = "hubspot-v3"
    keys: tuple[str, ...] = ()

    def parse(self, source: Table) -> Reads:
        """Return what is read beside the signature; there is one way to do it."""
        return Reads((TIME,))

    def check(self, job: Job) -> Verification:
        """Return the verdict."""
        return check_canonical(job, signed_by_hubspot, "base64", _WORDS)

    def sign(self, job: SignJob) -> Request:
        """Return the request signed, the address as it is."""
        request = stamped(job, {})
        return put_signature(job, request, signed_by_hubspot(scope_of(job, request), b"").texts[0], "base64")

    def signed_bytes(self, job: Job) -> bytes | None:
        """Return the text that is signed."""
        return canonical_bytes(job, signed_by_hubspot)


def signed_by_hubspot(scope: Scope, header: bytes) -> Signed:
    """Return the signature and the texts it may be made over."""
    time = TIME.values(scope)
    if not time:
        raise MissingPart(TIME)
    urls = dict.fromkeys((scope.url, _CODES.sub(lambda found: _DECODED[found[0].upper()], scope.url)))
    method = to_bytes(scope.request.method.upper())
    texts = tuple(method + to_bytes(url) + scope.request.body + time[0] for url in urls)
    return Signed((header.strip(),), texts, Covers.BODY)
