"""All providers the program knows, in the order the user sees them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

from inspector.domain.errors import ProviderError
from inspector.providers.profile import Profile, parse_profile

ORDER = (
    *("rcs-events", "rcs-client", "google-rbm", "twilio", "sinch", "meta"),
    *("standard-webhooks", "stripe", "github", "slack"),
)
"""Bundled providers as they are listed; a user's own follow by name."""


class Catalogue:
    """An unchanging list of providers."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        self._profiles = tuple(profiles)
        self._by_id = {profile.id: profile for profile in self._profiles}

    def get(self, id: str) -> Profile | None:
        """Return the provider with this id; None for an unknown one and for "", an endpoint that checks nothing."""
        return self._by_id.get(id)

    def __iter__(self) -> Iterator[Profile]:
        return iter(self._profiles)

    def __len__(self) -> int:
        return len(self._profiles)


def load_catalogue(folders: Sequence[Path]) -> Catalogue:
    """Return the providers of all `*.toml` files in these folders; in a later folder the same name wins.

    Folders that do not exist are skipped. Raises ProviderError naming the file that cannot be understood.
    """
    found: dict[str, Profile] = {}
    for folder in folders:
        for path in sorted(folder.glob("*.toml")):
            found[path.stem] = _load(path)
    return Catalogue(sorted(found.values(), key=_position))


def _load(path: Path) -> Profile:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as reason:
        raise ProviderError(f"{path.name} cannot be read.", f"{reason}.") from None
    return parse_profile(path.stem, table)


def _position(profile: Profile) -> tuple[int, str]:
    known = profile.id in ORDER
    return (ORDER.index(profile.id) if known else len(ORDER), profile.name.lower())
