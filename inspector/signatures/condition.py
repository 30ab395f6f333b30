"""When a scheme or a mapping applies: `{ "json:event" = ["message.*"], "query:sig" = true }`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from inspector.signatures.place import Place, Scope, parse_place


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a value must be: one of `exact` or starting with one of `prefixes`; or just there (`exists`) or not.

    `negated` turns the texts round: then a missing value fits too.
    """

    exact: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    exists: bool | None = None
    negated: bool = False

    def fits(self, value: str | None) -> bool:
        """Whether a value, None where there is none, is what is wanted."""
        if self.exists is not None:
            return (value is not None) is self.exists
        if value is None:
            return self.negated
        return (value in self.exact or (bool(self.prefixes) and value.startswith(self.prefixes))) is not self.negated


@dataclass(frozen=True, slots=True)
class Condition:
    """One place with what must be there; of several values the first counts."""

    place: Place
    wanted: Wanted

    def holds(self, scope: Scope) -> bool:
        """Whether this request meets the condition."""
        values = self.place.values(scope)
        return self.wanted.fits(values[0].decode("utf-8", "replace") if values else None)


def parse_wanted(value: Any) -> Wanted:
    """Return what a TOML value asks for: true, false, a text, or a list of texts.

    `*` at a text's end means any rest; `!` at its start means anything but that (then all texts must start so).
    """
    if isinstance(value, bool):
        return Wanted(exists=value)
    texts = [value] if isinstance(value, str) else value
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise ValueError("must be true, false, a text, or a list of texts")
    negated = texts[0].startswith("!")
    if any(text.startswith("!") is not negated for text in texts):
        raise ValueError("must have ! before every text or before none")
    texts = [text.removeprefix("!") for text in texts]
    return Wanted(
        negated=negated,
        exact=frozenset(text for text in texts if not text.endswith("*")),
        prefixes=tuple(text[:-1] for text in texts if text.endswith("*")),
    )


def parse_conditions(table: Mapping[str, Any]) -> tuple[Condition, ...]:
    """Return the conditions of a `when` table; all must hold. Raises ValueError."""
    return tuple(Condition(parse_place(place), parse_wanted(value)) for place, value in table.items())
