"""Contentful's canonical request: method, path, the headers the request lists, and the body, a line each.

As @contentful/node-apps-toolkit signs it: names lower-cased and sorted, `name:value` joined by `;`. The query string
is percent-encoded as a whole before path and query are encoded once more.
"""

from __future__ import annotations

from urllib.parse import quote

from inspector.domain.request import Request, header_values
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
from inspector.signatures.rewriting import with_header
from inspector.signatures.scheme import Job, SignJob
from inspector.signatures.table import Table
from inspector.signatures.template import MissingPart

LIST = Place("header", "x-contentful-signed-headers", "", b"x-contentful-signed-headers")
TIME = Place("header", "x-contentful-timestamp", "", b"x-contentful-timestamp")
_WORDS = "method, path, listed headers and body"

# What encodeURI of JavaScript leaves as it is, beside letters and digits.
_URI_SAFE = ";,/?:@&=+$-_.!~*'()#"
_ESCAPE_SAFE = "-_.!~*'()"


class ContentfulScheme:
    """The kind `contentful`."""

    kind = "contentful"
    keys: tuple[str, ...] = ()

    def parse(self, source: Table) -> Reads:
        """Return what is read beside the signature; there is one way to do it."""
        return Reads((LIST,))

    def check(self, job: Job) -> Verification:
        """Return the verdict."""
        return check_canonical(job, signed_by_contentful, "hex", _WORDS)

    def sign(self, job: SignJob) -> Request:
        """Return the request signed: the listed headers stay listed, the timestamp is renewed."""
        names = f"{LIST.name},{TIME.name}".encode()
        request = stamped(job, {LIST.name: names})
        listed = _listed(scope_of(job, request))
        request = with_header(request, LIST.name, ",".join(sorted({*listed, LIST.name, TIME.name})).encode())
        return put_signature(job, request, signed_by_contentful(scope_of(job, request), b"").texts[0], "hex")

    def signed_bytes(self, job: Job) -> bytes | None:
        """Return the canonical request."""
        return canonical_bytes(job, signed_by_contentful)


def signed_by_contentful(scope: Scope, header: bytes) -> Signed:
    """Return the signature and the canonical requests it may be made over."""
    for place in (LIST, TIME):
        if not place.values(scope):
            raise MissingPart(place)
    values: dict[str, bytes] = {}
    for name in _listed(scope):
        found = header_values(scope.request.headers, name)
        if found:
            values[name] = b", ".join(found).strip()
    names = sorted({*values, LIST.name, TIME.name})
    values[LIST.name] = ",".join(names).encode("utf-8", "surrogateescape")
    values[TIME.name] = TIME.values(scope)[0].strip()
    lines = b";".join(to_bytes(name) + b":" + values[name] for name in names)
    path, query = _path_and_query(scope.url)
    plain = f"{path}?{query}" if query else path
    paths = dict.fromkeys((_encoded(path, query), plain))
    head = scope.request.method.upper().encode("utf-8", "surrogateescape")
    texts = tuple(b"\n".join([head, to_bytes(one), lines, scope.request.body]) for one in paths)
    return Signed((header.strip(),), texts, Covers.BODY)


def _listed(scope: Scope) -> list[str]:
    """Return the names the request lists, lower-cased, without the signature itself."""
    text = b",".join(LIST.values(scope)[:1]).decode("utf-8", "surrogateescape")
    names = [name.strip().lower() for name in text.split(",")]
    return [name for name in dict.fromkeys(names) if name and name != "x-contentful-signature"]


def _path_and_query(url: str) -> tuple[str, str]:
    after = url.partition("://")[2].partition("#")[0]
    _host, slash, rest = after.partition("/")
    path, _mark, query = (slash + rest or "/").partition("?")
    return path, query


def _encoded(path: str, query: str) -> str:
    text = path if not query else f"{path}?{quote(query, safe=_ESCAPE_SAFE, errors='surrogateescape')}"
    return quote(text, safe=_URI_SAFE, errors="surrogateescape")
