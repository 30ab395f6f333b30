"""Whose rules could apply at all? A cheap test by the names an event carries, before any rule is tried.

There are many providers, and an event that none of them describes would otherwise be held against every rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from inspector.domain.request import Request
from inspector.providers.source import Reading, Source

if TYPE_CHECKING:
    from inspector.providers.mapping import Rule

ANY = "*"

_PLACES = ("form", "query", "param", "header")


def needed_keys(rules: tuple[Rule, ...]) -> frozenset[str]:
    """Return one key for each way a rule can apply without which that way is barred; ANY where it cannot be told.

    A key is a name at the top of the document, or `form:x`, `query:x`, `param:x` (either of the two), `header:x` in
    small letters.
    """
    return frozenset(key for rule in rules for key in _ways(rule))


def keys_of(request: Request, reading: Reading) -> set[str]:
    """Return the keys an event has; ANY is always among them."""
    keys = {ANY}
    if isinstance(reading.root, dict):
        keys.update(reading.root)
    for kind, names in (("form", reading.form), ("query", reading.query)):
        for name in names:
            keys.update((f"{kind}:{name}", f"param:{name}"))
    keys.update([f"header:{name.lower().decode('latin-1')}" for name, _value in request.headers])
    return keys


def _ways(rule: Rule) -> Iterator[str]:
    if rule.insides:
        yield from (next(_named([source]), ANY) for source in rule.insides)
        return
    for teller in rule.tellers:
        asked = [
            source for source, wanted in teller.when if wanted.exists or (wanted.exists is None and not wanted.negated)
        ]
        yield next(_named(asked), ANY)


def _named(sources: list[Source]) -> Iterator[str]:
    for source in sources:
        if source.kind in ("json", "root") and source.steps and isinstance(source.steps[0], str):
            yield source.steps[0]
        elif source.kind in _PLACES:
            yield f"{source.kind}:{source.name.lower() if source.kind == 'header' else source.name}"
