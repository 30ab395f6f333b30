"""The user's own providers as files in the data folder: read, save, rename, delete, export, import."""

from __future__ import annotations

import os
from pathlib import Path

from inspector.domain.errors import UsageError
from inspector.providers.own_scheme import id_for

LARGEST_BYTES = 256 * 1024
"""A definition has a few kilobytes; what is much larger is some other file."""


class SchemeFiles:
    """Own providers under their ids. Every method may be called from any thread; mistakes are UsageErrors."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ids(self) -> frozenset[str]:
        """Return the ids of all own providers, also of those that cannot be understood."""
        return frozenset(path.stem for path in self.folder.glob("*.toml"))

    def read(self, id: str) -> str:
        """Return a provider's text."""
        return read_text(self._path(id))

    def save(self, id: str, text: str, *, before: str = "") -> None:
        """Keep a provider; `before` is the id it had so far, whose file goes."""
        path = self._path(id)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            write_text(path, text)
            if before and before != id:
                self._path(before).unlink(missing_ok=True)
        except OSError as error:
            raise UsageError(f"{path.name} was not saved.", f"{error.strerror or error}.", "Try again.") from error

    def delete(self, id: str) -> None:
        """Remove a provider's file; nothing happens where there is none."""
        try:
            self._path(id).unlink(missing_ok=True)
        except OSError as error:
            raise UsageError(f"{id}.toml was not deleted.", f"{error.strerror or error}.") from error

    def import_from(self, path: Path) -> tuple[str, str]:
        """Return a free id and the text of a file from elsewhere; nothing is saved yet."""
        return id_for(path.stem, self.ids()), read_text(path)

    def _path(self, id: str) -> Path:
        return self.folder / f"{id}.toml"


def read_text(path: Path) -> str:
    """Return the text of a definition. Raises UsageError where it cannot be one."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise UsageError(f"{path.name} is too large.", "A provider's definition has a few kilobytes.")
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path.name} is no text.", "A definition is written in UTF-8.") from error
    except OSError as error:
        raise UsageError(f"{path.name} cannot be read.", f"{error.strerror or error}.") from error


def write_text(path: Path, text: str) -> None:
    """Write a file whole or not at all. Raises OSError."""
    draft = path.with_name(f".{path.name}.tmp")
    draft.write_text(text, "utf-8", newline="\n")
    os.replace(draft, path)
