"""The providers as the picker lists them: by category, found by name, id, alias or signature header."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from inspector.domain.endpoint import UNSIGNED_PROVIDER
from inspector.providers.profile import Profile
from inspector.signatures.engine import signature_headers

OWN = "Your own"
OTHER = "Other"
FIRST = (OWN, "RCS", "Messaging")
"""Categories that come first; the others follow by name, what has none comes last."""


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """One provider of the list; `words` is everything it is found by, in small letters."""

    id: str
    title: str
    category: str
    words: str


NOT_SIGNED = ProviderRow(UNSIGNED_PROVIDER, "Not signed", "", "not signed unsigned none no signature")
"""The choice to check nothing, always last."""


def row_of(profile: Profile, *, own: bool) -> ProviderRow:
    """Return a provider's row; the user's own stand under a heading of theirs."""
    words = (profile.id, profile.name, profile.title, profile.category, *profile.aliases)
    headers = signature_headers(profile.recipes)
    return ProviderRow(
        profile.id,
        profile.title or profile.name,
        OWN if own else profile.category or OTHER,
        " ".join((*words, *headers)).lower(),
    )


def listed(rows: Iterable[ProviderRow], text: str = "") -> list[ProviderRow | str]:
    """Return headings and the rows under them; with a text only rows that hold all its words, the best first.

    A row whose name begins with the text is better than one that holds it elsewhere.
    """
    wanted = text.lower().split()
    found = [row for row in rows if all(word in row.words for word in wanted)]
    start = text.lower().strip()
    groups: dict[str, list[ProviderRow]] = {}
    for row in sorted(found, key=lambda row: (not row.title.lower().startswith(start), row.title.lower())):
        groups.setdefault(row.category, []).append(row)
    lines: list[ProviderRow | str] = []
    for category in sorted(groups, key=_category_order):
        lines.extend([category, *groups[category]])
    if all(word in NOT_SIGNED.words for word in wanted):
        lines.extend(["", NOT_SIGNED] if lines else [NOT_SIGNED])
    return lines


def _category_order(category: str) -> tuple[int, str]:
    if category in FIRST:
        return (FIRST.index(category), "")
    return (len(FIRST) + (category == OTHER), category.lower())
