"""The exact text a signature is made over: which part came from where, and every byte of it made visible."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from inspector.domain.request import Request
from inspector.domain.secret import Secret
from inspector.payload.body import Payload
from inspector.signatures.address import signed_url
from inspector.signatures.check import take_secret
from inspector.signatures.diagnosis.template_pieces import pieces
from inspector.signatures.engine import signed_bytes
from inspector.signatures.found import carried
from inspector.signatures.place import Scope
from inspector.signatures.scheme import Recipe
from inspector.signatures.template import MissingPart, compile_template

RunKind = Literal["plain", "wide", "escape"]

SHOWN_BYTES = 4000
_NAMES = {0x0A: "\\n", 0x0D: "\\r", 0x09: "\\t", 0x00: "\\0"}
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the signed text. `source` says where it came from, "" for a fixed text; `hidden` is the secret's."""

    source: str
    data: bytes
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Characters shown alike: plain ones, letters beyond ASCII, and names of bytes that cannot be seen."""

    text: str
    kind: RunKind


def signed_parts(
    request: Request,
    recipe: Recipe,
    *,
    url: str = "",
    secret: Secret | None = None,
    facts: Mapping[str, str] = _NOTHING,
    template: str = "",
) -> tuple[Part, ...]:
    """Return the text a scheme signs for a request, piece by piece; () where a part was not sent or nothing is signed.

    `template` stands in for the scheme's own text. A scheme with code of its own gives one piece.
    """
    payload = Payload(request)
    if not template and not recipe.signed:
        whole = signed_bytes(request, payload, recipe, url=url, secret=secret, facts=facts)
        return (Part("as the scheme builds it", whole),) if whole else ()
    scope = Scope(request, payload, signed_url(url, request), facts)
    if secret is not None and not recipe.is_public:
        take_secret(recipe, scope, secret)
    for first in carried(recipe, scope)[:1]:
        scope.fields = first.fields
    try:
        return tuple(_parts(template or recipe.signed[0].text, scope))
    except MissingPart:
        return ()


def _parts(text: str, scope: Scope) -> Iterator[Part]:
    for is_atom, piece in pieces(text):
        if is_atom:
            atom = compile_template(f"{{{piece}}}")
            yield Part(atom.words, atom.render(scope), "secret" in atom.atoms)
        else:
            yield Part("", piece.encode())


def runs(data: bytes, limit: int = SHOWN_BYTES) -> list[Run]:
    """Return bytes as text in which every byte can be told: a line break as `\\n`, odd bytes as `\\x..`.

    Letters beyond ASCII are followed by their bytes. A line break is shown and breaks the line too. Only the first
    `limit` bytes are shown.
    """
    found: list[Run] = []
    text = data[:limit].decode("utf-8", "surrogateescape")
    for sign in text:
        kind, shown = _sign(sign)
        if found and found[-1].kind == kind and kind == "plain":
            found[-1] = Run(found[-1].text + shown, "plain")
        elif kind == "wide":
            found += [Run(sign, "wide"), Run(_escaped(sign), "escape")]
        else:
            found.append(Run(shown, kind))
        if sign == "\n":
            found.append(Run("\n", "plain"))
    if len(data) > limit:
        found.append(Run(f"… {len(data) - limit:,} more bytes", "escape"))
    return found


def _sign(sign: str) -> tuple[RunKind, str]:
    code = ord(sign)
    if 0x20 <= code < 0x7F:
        return "plain", sign
    if code in _NAMES:
        return "escape", _NAMES[code]
    if 0xDC80 <= code <= 0xDCFF:
        return "escape", f"\\x{code - 0xDC00:02x}"
    if unicodedata.category(sign)[0] in ("C", "Z"):
        return "escape", _escaped(sign)
    return "wide", sign


def _escaped(sign: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in sign.encode("utf-8", "surrogatepass"))
