"""The signatures a request carries: found in their places, split into items, decoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from inspector.signatures.encodings import decode_digest
from inspector.signatures.place import Scope
from inspector.signatures.scheme import Recipe

NO_FIELDS: Mapping[bytes, bytes] = {}


@dataclass(slots=True)
class Carried:
    """One signature header (or field): its signatures as written and decoded, and the items beside them."""

    raw: bytes
    written: list[bytes]
    fields: Mapping[bytes, bytes]
    digests: list[bytes] = field(default_factory=list)


def carried(recipe: Recipe, scope: Scope) -> list[Carried]:
    """Return what lies in each of the signature's places, in order; [] where nothing was sent."""
    raws = [raw for place in recipe.signature for raw in place.values(scope)]
    if not recipe.items and not recipe.pair:
        return [Carried(raw, [raw], NO_FIELDS) for raw in raws]
    return [_split(recipe, raw, scope.extra) for raw in raws]


def _split(recipe: Recipe, raw: bytes, extra: bytes) -> Carried:
    """Split a header into its signatures and its other items; the first of a repeated item counts."""
    items = [item.strip() for item in raw.split(recipe.items.encode())] if recipe.items else [raw]
    if not recipe.pair:
        return Carried(raw, [item for item in items if item], NO_FIELDS)
    wanted = extra if recipe.field_extra else recipe.field
    pair = recipe.pair.encode()
    written: list[bytes] = []
    fields: dict[bytes, bytes] = {}
    for item in items:
        name, found, value = item.partition(pair)
        if not found:
            continue
        name = name.strip()
        if name == wanted:
            written.append(value.strip())
        else:
            fields.setdefault(name, value.strip())
    return Carried(raw, written, fields)


def decode_all(recipe: Recipe, sent: list[Carried], size: int) -> bool:
    """Decode every signature that is one of this scheme into `digests`; False where there is none.

    `size` is its length in bytes, 0 where that depends on the key.
    """
    found = False
    for carrier in sent:
        for written in carrier.written:
            digest = _digest_of(recipe, written, size)
            if digest is not None:
                carrier.digests.append(digest)
                found = True
    return found


def _digest_of(recipe: Recipe, written: bytes, size: int) -> bytes | None:
    """Return the digest a signature is written for; None where its label, encoding or length is another."""
    prefix = recipe.prefix
    if prefix:
        if not written.startswith(prefix):
            return None
        written = written[len(prefix) :]
    digest = decode_digest(written, recipe.encoding)
    return digest if digest is not None and len(digest) == (size or len(digest)) and digest else None
