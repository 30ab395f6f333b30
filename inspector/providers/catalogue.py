"""All providers the program knows, in the order the user sees them; a file is understood when it is first asked for.

There are some two hundred of them and an installation uses a few, so their texts are read at the start (a few
milliseconds) and parsed on demand: one by its id, all of them only where a list is shown.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from inspector.domain.errors import ProviderError
from inspector.feed import Feed
from inspector.providers.profile import Profile, parse_profile

ORDER = (
    *("rcs-events", "rcs-client", "google-rbm", "twilio", "sinch", "meta"),
    *("standard-webhooks", "stripe", "github", "slack"),
)
"""Bundled providers that are listed first; all others follow by name."""

_REPORT = "[[report]]"
_HANDSHAKE = "[[handshake]]"


@dataclass(frozen=True, slots=True)
class _File:
    """One file as read; `text` is None where it could not be, and `problem` then says why."""

    id: str
    text: str | None
    problem: ProviderError | None
    own: bool


class Catalogue:
    """A list of providers, parsed on demand and kept; only `reload` changes it.

    A file that cannot be understood is left out and named in `problems`; where a user's file hides a bundled one of
    the same name and is wrong, the bundled one counts.
    """

    def __init__(self, files: Sequence[_File], folders: Sequence[Path] = ()) -> None:
        self.changed: Feed[None] = Feed()
        self._folders = tuple(folders)
        self._files: dict[str, list[_File]] = {}
        for file in files:
            self._files.setdefault(file.id, []).insert(0, file)
        self._ids = {canonical_id(id): id for id in self._files}
        self._parsed: dict[str, Profile | None] = {}
        self._problems: dict[str, ProviderError] = {}

    def get(self, id: str) -> Profile | None:
        """Return the provider with this id or alias, in any case and whatever stands between its words.

        None for an unknown one and for "", an endpoint that checks nothing. Only an alias needs all files parsed.
        """
        if not id:
            return None
        known = id if id in self._files else self._ids.get(canonical_id(id))
        if known is not None:
            return self._load(known)
        return self._aliases.get(canonical_id(id))

    def reload(self, id: str) -> None:
        """Read one provider's files again, after one of them was written, changed or deleted.

        Profiles handed out before stay as they were: whoever keeps one asks for it again, when `changed` tells.
        """
        files = [
            _read(path, own=number > 0)
            for number, folder in enumerate(self._folders)
            if (path := folder / f"{id}.toml").is_file()
        ]
        self._files.pop(id, None)
        if files:
            self._files[id] = files[::-1]
        self._ids = {canonical_id(known): known for known in self._files}
        self._parsed.pop(id, None)
        self._problems = {key: error for key, error in self._problems.items() if key.rpartition(" ")[0] != id}
        for derived in ("ids", "readers", "greeters", "_listed", "_aliases"):
            self.__dict__.pop(derived, None)
        self.changed.publish(None)

    def __iter__(self) -> Iterator[Profile]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids of all files, sorted; nothing is parsed for them."""
        return tuple(sorted(self._files))

    @cached_property
    def readers(self) -> tuple[Profile, ...]:
        """The providers whose files tell what their payloads mean, in the order of the list; parses only those."""
        told = [id for id, files in self._files.items() if any(_REPORT in (file.text or "") for file in files)]
        return tuple(profile for profile in self._sorted(told) if profile.mapping)

    @cached_property
    def greeters(self) -> tuple[Profile, ...]:
        """The providers with set-up handshakes, in the order of the list; parses only those."""
        told = [id for id, files in self._files.items() if any(_HANDSHAKE in (file.text or "") for file in files)]
        return tuple(profile for profile in self._sorted(told) if profile.handshakes)

    @property
    def problems(self) -> tuple[ProviderError, ...]:
        """What is wrong with the user's own files (they are parsed for it), and with any other that was met."""
        for id, files in self._files.items():
            if any(file.own for file in files):
                self._load(id)
        return tuple(self._problems.values())

    @cached_property
    def _listed(self) -> tuple[Profile, ...]:
        return self._sorted(self._files)

    @cached_property
    def _aliases(self) -> dict[str, Profile]:
        return {canonical_id(alias): profile for profile in reversed(self._listed) for alias in profile.aliases}

    def _sorted(self, ids: Sequence[str] | dict[str, list[_File]]) -> tuple[Profile, ...]:
        return tuple(sorted([profile for id in ids if (profile := self._load(id))], key=_position))

    def _load(self, id: str) -> Profile | None:
        if id not in self._parsed:
            self._parsed[id] = self._parse(id)
        return self._parsed[id]

    def _parse(self, id: str) -> Profile | None:
        for file in self._files[id]:
            try:
                return _profile_of(file)
            except ProviderError as error:
                self._problems[f"{id} {len(self._problems)}"] = error
        return None


def load_catalogue(folders: Sequence[Path]) -> Catalogue:
    """Return the providers of all `*.toml` files in these folders; in a later folder, a user's own, the same name wins.

    Folders that do not exist are skipped. Files that cannot be read or understood are told by `Catalogue.problems`.
    """
    return Catalogue(
        [_read(path, number > 0) for number, folder in enumerate(folders) for path in sorted(folder.glob("*.toml"))],
        folders,
    )


def canonical_id(text: str) -> str:
    """Return an id as it is compared: letters and digits only, in small letters ("HubSpot_v3" is "hubspot-v3")."""
    return "".join([letter for letter in text.casefold() if letter.isalnum()])


def _read(path: Path, own: bool) -> _File:
    try:
        return _File(path.stem, path.read_text("utf-8"), None, own)
    except (OSError, UnicodeDecodeError) as reason:
        return _File(path.stem, None, ProviderError(f"{path.name} cannot be read.", f"{reason}."), own)


def _profile_of(file: _File) -> Profile:
    if file.problem is not None or file.text is None:
        raise file.problem or ProviderError(f"{file.id}.toml cannot be read.")
    try:
        table = tomllib.loads(file.text)
    except tomllib.TOMLDecodeError as reason:
        raise ProviderError(f"{file.id}.toml cannot be read.", f"{reason}.") from None
    return parse_profile(file.id, table)


def _position(profile: Profile) -> tuple[int, str]:
    known = profile.id in ORDER
    return (ORDER.index(profile.id) if known else len(ORDER), profile.name.lower())
