"""The user's own events, "Mine": TOML files in the data folder in the same form as the bundled ones."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

from inspector.domain.errors import ProviderError, UsageError
from inspector.providers.toml_text import write_toml
from inspector.simulator.samples import Sample, parse_sample

FOLDER = "samples"
LONGEST_TITLE = 80


def sample_text(sample: Sample) -> str:
    """Return a sample as the text of its file; `parse_sample` reads it back equal."""
    table: dict[str, Any] = {"title": sample.title, "kind": sample.kind.value, "group": sample.group}
    if sample.order:
        table["order"] = sample.order
    if sample.method != "POST":
        table["method"] = sample.method
    if not sample.compact:
        table["compact"] = False
    table["body"] = sample.body_template
    if sample.inside_template:
        table["inside"] = sample.inside_template
    if sample.headers:
        table["headers"] = dict(sample.headers)
    if sample.expect:
        table["expect"] = [dict(item) for item in sample.expect]
    return write_toml(table)


class OwnSamples:
    """The files under `<data folder>/samples`; every change is a short write of one file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / FOLDER

    def path_of(self, provider: str, key: str) -> Path:
        """Return where one lies."""
        return self._folder / provider / f"{key}.toml"

    def save(self, sample: Sample, title: str, taken: frozenset[str] = frozenset()) -> Sample:
        """Keep a sample under a new name and return it as kept; `taken` are keys that belong to bundled ones.

        Raises UsageError where the name cannot be used or nothing can be written.
        """
        title = checked_title(title)
        stem = key_of(title)
        key, number = stem, 1
        while key in taken or self.path_of(sample.provider, key).exists():
            number += 1
            key = f"{stem}-{number}"
        return self.put(replace(sample, key=key, title=title, mine=True))

    def put(self, sample: Sample) -> Sample:
        """Write a sample under its own key, over what is there. Raises UsageError."""
        text = sample_text(sample)
        try:
            read = replace(parse_sample(text, sample.provider, sample.key), mine=True)
        except ProviderError as error:
            raise UsageError("This event cannot be saved.", error.what, "Change it first.") from error
        path = self.path_of(sample.provider, sample.key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_suffix(".toml.part")
            unfinished.write_text(text, encoding="utf-8", newline="\n")
            unfinished.replace(path)
        except OSError as error:
            raise UsageError("The event was not saved.", f"{error.strerror or error}.", f"Look at {path}.") from error
        return read

    def rename(self, sample: Sample, title: str) -> Sample:
        """Give one of Mine another title; its key, by which it was sent last, stays. Raises UsageError."""
        return self.put(replace(sample, title=checked_title(title)))

    def delete(self, sample: Sample) -> None:
        """Take one of Mine away. Raises UsageError where it cannot be."""
        try:
            self.path_of(sample.provider, sample.key).unlink(missing_ok=True)
        except OSError as error:
            raise UsageError(f"{sample.title} was not deleted.", f"{error.strerror or error}.") from error


def checked_title(title: str) -> str:
    """Return a name as it is kept. Raises UsageError for one that cannot be used."""
    kept = " ".join(title.split())
    if not kept:
        raise UsageError("The event needs a name.")
    if len(kept) > LONGEST_TITLE:
        raise UsageError("The name is too long.", f"The limit is {LONGEST_TITLE} characters.")
    return kept


def key_of(title: str) -> str:
    """Return a file's name for a title: small ASCII letters, digits, dots and dashes."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9.]+", "-", plain.lower()).strip("-.")[:48] or "event"
